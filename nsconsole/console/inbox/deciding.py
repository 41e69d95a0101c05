"""A decision from the key to the answer: the question, the edit token, the service, the outcome."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.console import words
from nsconsole.console.authority import with_authority
from nsconsole.console.inbox.dialogs import ApproveDialog, RejectDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session
    from nsconsole.services.approvals import Decision
    from nsconsole.services.lines import Line
    from nsconsole.services.operators import Authority


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to tell: what went well and what did not; and which proposals are settled.

    `approved` are those that this approved, which can be taken back for a while.
    """

    said: str = ""
    trouble: str = ""
    settled: frozenset[int] = frozenset()
    approved: frozenset[int] = frozenset()


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
            decisions = await with_authority(
                self._app, self._session, lambda by: self._decide(by, verdict, lines, reason)
            )
        except (ServiceError, DatabaseError) as error:
            return Outcome(trouble=str(error))
        if decisions is None:
            return Outcome()
        if verdict == "approve" and any(decision.won for decision in decisions):
            self._app.drain_soon()
        return _outcome(verdict, decisions, self._undo_seconds(lines))

    def _undo_seconds(self, lines: "Sequence[Line]") -> float:
        known = self._session.workspace.settings.undo_seconds
        return max(known[line.risk_tier] for line in lines)

    async def undo(self, proposal_ids: "Sequence[int]") -> Outcome:
        """Take approvals back, and say what came of it."""
        from nsconsole.console.queue import orders
        from nsconsole.services.errors import ServiceError
        from nsconsole.store.engine import DatabaseError

        workspace = self._session.workspace
        try:
            outcome = await with_authority(
                self._app, self._session, lambda by: orders.undo(workspace, by, proposal_ids)
            )
        except (ServiceError, DatabaseError) as error:
            return Outcome(trouble=str(error))
        if outcome is None:
            return Outcome()
        return Outcome(outcome.said, outcome.trouble, frozenset(proposal_ids))

    def _decide(
        self, authority: "Authority", verdict: str, lines: "Sequence[Line]", reason: str
    ) -> "list[Decision]":
        from nsconsole.services.approvals import Choice, Verdict, decide

        choices = [Choice(line.id, line.digest) for line in lines]
        wanted = Verdict.APPROVE if verdict == "approve" else Verdict.REJECT
        return decide(self._session.workspace, authority, wanted, choices, reason=reason)


def _outcome(verdict: str, decisions: "Sequence[Decision]", undo_seconds: float) -> Outcome:
    won = frozenset(decision.proposal_id for decision in decisions if decision.won)
    lost = [decision for decision in decisions if not decision.won]
    approves = verdict == "approve"
    pushed = frozenset(decision.proposal_id for decision in decisions if decision.push_id)
    return Outcome(
        _said("Approved" if approves else "Rejected", won, undo_seconds if won & pushed else 0),
        _trouble(lost),
        settled=frozenset(decision.proposal_id for decision in decisions),
        approved=won & pushed if approves else frozenset(),
    )


def _said(done: str, won: frozenset[int], undo_seconds: float) -> str:
    if not won:
        return ""
    one = len(won) == 1
    what = f"#{min(won)}" if one else words.counted(len(won), "proposal")
    undo = (
        f" u takes {'it' if one else 'them'} back for {undo_seconds:g} s." if undo_seconds else ""
    )
    return f"{done} {what}.{undo}"


def _trouble(lost: "Sequence[Decision]") -> str:
    if not lost:
        return ""
    if len(lost) == 1:
        return f"#{lost[0].proposal_id} was not decided by you: {lost[0].why}."
    reasons = sorted({decision.why for decision in lost})
    return f"{len(lost):,} were not decided by you: {reasons[0]}" + (
        f"; and {len(reasons) - 1} other reasons." if len(reasons) > 1 else "."
    )
