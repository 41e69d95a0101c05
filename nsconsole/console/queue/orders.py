"""What the keys ask of the services, each answered by what to tell.

All of these write to the database: call them in a thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.console import words

if TYPE_CHECKING:
    from nsconsole.services.operators import Authority
    from nsconsole.services.pushes.queue import Changed
    from nsconsole.services.pushes.waiting import Waiting
    from nsconsole.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to tell: what went well, and what did not."""

    said: str = ""
    trouble: str = ""


def hold_or_release(
    workspace: "Workspace", authority: "Authority", pushes: "Sequence[Waiting]"
) -> Outcome:
    """Hold what is not held; if all of it is, let it go."""
    from nsconsole.services.pushes import queue

    free = [push.id for push in pushes if not push.held_by]
    if free:
        return _told(queue.hold(workspace, authority, free), "held; h lets go")
    return release(workspace, authority, pushes)


def release(workspace: "Workspace", authority: "Authority", pushes: "Sequence[Waiting]") -> Outcome:
    """Let go what is held."""
    from nsconsole.services.pushes import queue

    return _told(queue.release(workspace, authority, [push.id for push in pushes]), "let go")


def first(workspace: "Workspace", authority: "Authority", pushes: "Sequence[Waiting]") -> Outcome:
    """Let pushes go before all others; if all of them do, let them go in their turn again."""
    from nsconsole.services.pushes import queue

    others = [push.id for push in pushes if push.priority > 0]
    if others:
        return _told(queue.first(workspace, authority, others), "put first")
    ids = [push.id for push in pushes]
    return _told(queue.first(workspace, authority, ids, normal=True), "put back in turn")


def cancel(
    workspace: "Workspace", authority: "Authority", pushes: "Sequence[Waiting]", reason: str
) -> Outcome:
    """Never send pushes, and withdraw their proposals."""
    from nsconsole.services.pushes import queue

    ids = [push.id for push in pushes]
    changed = queue.cancel(workspace, authority, ids, reason=reason)
    return _told(changed, "cancelled, the proposal withdrawn")


def undo(workspace: "Workspace", authority: "Authority", proposal_ids: Sequence[int]) -> Outcome:
    """Take approvals back."""
    from nsconsole.services.pushes import queue

    undone = queue.undo(workspace, authority, proposal_ids)
    done = [one for one in undone if one.done]
    said = f"{_named([one.proposal_id for one in done], 'proposal')} pending again." if done else ""
    return Outcome(said, _trouble([(one.proposal_id, one.why) for one in undone if not one.done]))


def hold_breaker(workspace: "Workspace", authority: "Authority", reason: str) -> Outcome:
    """Stop all calls."""
    from nsconsole.services.pushes import breaker

    breaker.hold(workspace, authority, reason)
    return Outcome("The breaker is held open: nothing is sent until B resets it.")


def reset_breaker(workspace: "Workspace", authority: "Authority") -> Outcome:
    """Let calls go through again."""
    from nsconsole.services.pushes import breaker

    breaker.reset(workspace, authority)
    return Outcome("The breaker is closed: what is due goes now.")


def _told(changed: "Sequence[Changed]", what: str) -> Outcome:
    done = [one.id for one in changed if one.done]
    said = f"{_named(done, 'push')} {what}." if done else ""
    return Outcome(said, _trouble([(one.id, one.why) for one in changed if not one.done]))


def _named(ids: Sequence[int], what: str) -> str:
    return f"#{ids[0]}" if len(ids) == 1 else words.counted(len(ids), what)


def _trouble(missed: Sequence[tuple[int, str]]) -> str:
    if not missed:
        return ""
    id_, why = missed[0]
    more = f" Nor {len(missed) - 1:,} more." if len(missed) > 1 else ""
    return f"Not #{id_}: {why}.{more}"
