"""A decision from the key to the answer: the question, the edit token, the service, the outcome."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.console import words
from nsconsole.console.inbox.dialogs import ApproveDialog, RejectDialog, TokenDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session
    from nsconsole.services.approvals import Decision
    from nsconsole.services.lines import Line
    from nsconsole.services.operators import Authority


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to tell: what went well, what did not, and which proposals are settled."""

    said: str = ""
    trouble: str = ""
    settled: frozenset[int] = frozenset()


async def ask(
    app: "NsConsole", verdict: str, lines: "Sequence[Line]", *, hidden: int, moved: bool
) -> str | None:
    """Give the reason, which an approval needs none of; None if the person went back."""
    if verdict == "reject":
        return await app.push_screen_wait(RejectDialog(lines, hidden=hidden))
    dialog = ApproveDialog(lines, hidden=hidden, moved=moved)
    return "" if await app.push_screen_wait(dialog) else None


class Deciding:
    """Runs one decision; the services work in threads, so that the screen stays alive."""

    def __init__(self, app: "NsConsole", session: "Session") -> None:
        self._app = app
        self._session = session

    async def run(self, verdict: str, lines: "Sequence[Line]", reason: str) -> Outcome:
        """Decide, and say what came of it."""
        from nsconsole.services.errors import ServiceError
        from nsconsole.store.engine import DatabaseError

        try:
            authority = await self._authority()
            if authority is None:
                return Outcome()
            decisions = await self._decide(authority, verdict, lines, reason)
        except (ServiceError, DatabaseError) as error:
            return Outcome(trouble=str(error))
        if verdict == "approve" and any(decision.won for decision in decisions):
            self._app.drain_soon()
        return _outcome(verdict, decisions)

    async def _authority(self) -> "Authority | None":
        from nsconsole.services.operators import authenticate

        session = self._session
        if session.authority is None:
            operator = await asyncio.to_thread(session.identify)
            token = session.edit_token
            if token is None and operator:
                token = await self._app.push_screen_wait(TokenDialog(operator.name))
                if token is None:
                    return None
            session.edit_token = None  # one that is refused is not tried again
            session.authority = await asyncio.to_thread(
                authenticate, session.workspace, operator, token
            )
        return session.authority

    async def _decide(
        self, authority: "Authority", verdict: str, lines: "Sequence[Line]", reason: str
    ) -> "list[Decision]":
        from nsconsole.services.approvals import Choice, Verdict, decide
        from nsconsole.services.errors import RefusedError

        choices = [Choice(line.id, line.digest) for line in lines]
        wanted = Verdict.APPROVE if verdict == "approve" else Verdict.REJECT
        try:
            return await asyncio.to_thread(
                decide, self._session.workspace, authority, wanted, choices, reason=reason
            )
        except RefusedError:
            self._session.authority = None  # a token that was changed is asked for anew
            raise


def _outcome(verdict: str, decisions: "Sequence[Decision]") -> Outcome:
    won = [decision for decision in decisions if decision.won]
    lost = [decision for decision in decisions if not decision.won]
    done = "Approved" if verdict == "approve" else "Rejected"
    if len(won) == 1:
        said = f"{done} #{won[0].proposal_id}."
    else:
        said = f"{done} {words.counted(len(won), 'proposal')}." if won else ""
    return Outcome(said, _trouble(lost), frozenset(decision.proposal_id for decision in decisions))


def _trouble(lost: "Sequence[Decision]") -> str:
    if not lost:
        return ""
    if len(lost) == 1:
        return f"#{lost[0].proposal_id} was not decided by you: {lost[0].why}."
    reasons = sorted({decision.why for decision in lost})
    return f"{len(lost):,} were not decided by you: {reasons[0]}" + (
        f"; and {len(reasons) - 1} other reasons." if len(reasons) > 1 else "."
    )
