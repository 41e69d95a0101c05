"""What the keys ask of the services, each answered by a sentence. Call these in a thread."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nsconsole.console import words

if TYPE_CHECKING:
    from nsconsole.services.dead_letters.letters import Group
    from nsconsole.services.operators import Authority
    from nsconsole.services.pushes.attempts import Cause
    from nsconsole.services.workspace import Workspace


def members(workspace: "Workspace", groups: "Iterable[Group]", text: str) -> "dict[int, Cause]":
    """Give the letters of some groups that match a filter, each with its cause."""
    from nsconsole.services.dead_letters.letters import Filter, wanted

    return {
        id_: group.cause
        for group in groups
        for id_ in wanted(workspace, Filter(cause=group.cause, code=group.code, text=text))
    }


def hidden(workspace: "Workspace", chosen: "Mapping[int, Cause]", text: str) -> int:
    """Count those that a filter does not let through."""
    from nsconsole.services.dead_letters.letters import Filter, wanted

    return len(chosen.keys() - set(wanted(workspace, Filter(text=text)))) if text else 0


def replay(workspace: "Workspace", authority: "Authority", ids: Sequence[int]) -> str:
    """Let dead letters go out again."""
    from nsconsole.services.dead_letters.replay import replay as replay_them

    done = [replayed.id for replayed in replay_them(workspace, authority, ids)]
    then = ": one goes first, the others once it is applied" if len(done) > 1 else ""
    return _told(done, "on the queue again" + then, ids)


def dismiss(
    workspace: "Workspace", authority: "Authority", ids: Sequence[int], *, reason: str
) -> str:
    """Let dead letters rest for good."""
    from nsconsole.services.dead_letters.letters import dismiss as dismiss_them

    return _told(dismiss_them(workspace, authority, ids, reason=reason), "dismissed", ids)


def edit(workspace: "Workspace", authority: "Authority", *, id_: int, text: str) -> str:
    """Stage a dead letter's change anew as it was edited."""
    from nsconsole.services.dead_letters import editing

    proposal_id = editing.edit(workspace, authority, id_, editing.parse_change(text.encode()))
    return f"Proposal #{proposal_id} is in the inbox in place of letter {id_}."


def _told(done: Sequence[int], what: str, wanted: Sequence[int]) -> str:
    late = len(wanted) - len(done)
    others = f"{words.counted(late, 'letter')} somebody else saw to before." if late else ""
    if not done:
        return others
    which = f"Letter {done[0]}" if len(done) == 1 else words.counted(len(done), "letter")
    return f"{which} {what}. {others}".strip()
