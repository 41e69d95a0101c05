"""Replay: a dead letter goes out again, by a new push of the same approval."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.dead_letters.letters import CANARY, held_by, in_turns, wanted
from nsconsole.services.errors import BadInputError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.pushes.attempts import Cause
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters as store
from nsconsole.store import replays
from nsconsole.store.dead_letters import Filter

_NORMAL, _BEHIND = 1, 2  # priorities: what is newly approved goes before many replays
_ENDED = ("dead", "cancelled")


@dataclass(frozen=True, slots=True)
class Replayed:
    """A dead letter that goes out again, by a new push."""

    id: int
    push_id: int


def replay(
    workspace: Workspace, authority: Authority, which: Sequence[int] | Filter
) -> list[Replayed]:
    """Send dead letters again (admin): those of some ids, or all open ones that fit a filter.

    What may have been done goes under the same request id, so that NetSuite does it once at most;
    what surely was not goes under a new one. NetSuite compares what the approver saw once more.
    Whoever comes second replays nothing.

    Of many, the first is a canary: the others wait until it is applied, and rest again as they
    were if it is not. Then they go as fast as the account takes calls, which the governor knows
    better than a fixed pace, but behind all that is newly approved.

    Raises BadInputError for an id that is not there, or of a push that was never approved so;
    RefusedError if the authority does not reach.
    """
    ids = _sendable(workspace, which)
    replayed: dict[int, int] = {}
    canary: int | None = None
    for some in in_turns(ids):
        with workspace.database.writing() as connection:
            require(connection, authority, Role.ADMIN)
            if canary is not None and replays.status_of(connection, canary) in _ENDED:
                break
            staging = _Staging(connection, authority.operator.name, workspace.now())
            letters = staging.take(some)
            if letters and len(ids) > 1 and canary is None:
                first, *letters = letters
                replayed |= staging.send([first], reason=CANARY)
                canary = replayed[first]
            replayed |= staging.send(letters, canary=canary)
    return [Replayed(id_, push_id) for id_, push_id in replayed.items()]


def _sendable(workspace: Workspace, which: Sequence[int] | Filter) -> list[int]:
    ids = wanted(workspace, which)
    with workspace.database.reading() as connection:
        causes = store.causes(connection, ids)
    tampered = [id_ for id_ in ids if causes[id_] == Cause.TAMPERED]
    if tampered and not isinstance(which, Filter):
        raise BadInputError(
            f"dead letter {tampered[0]} is not what was approved, and is never sent; dismiss it"
        )
    return [id_ for id_ in ids if causes[id_] != Cause.TAMPERED]


@dataclass(frozen=True, slots=True)
class _Staging:
    """A transaction that puts dead letters back on the queue, and in whose name."""

    connection: Connection
    name: str
    at: datetime

    def take(self, ids: Sequence[int]) -> list[int]:
        """Take those that nobody has seen to: of any number who try, one has each."""
        return store.resolve(
            self.connection, ids, resolution="replayed", by=self.name, reason="", at=self.at
        )

    def send(
        self, letters: Sequence[int], *, canary: int | None = None, reason: str = ""
    ) -> dict[int, int]:
        """Make their new pushes, behind a canary if there is one; give those by letter."""
        if not letters:
            return {}
        replays.enqueue(
            self.connection,
            {letter: str(uuid.uuid4()) for letter in letters},
            at=self.at,
            priority=_NORMAL if canary is None else _BEHIND,
            held_by=self._holder(canary),
        )
        replayed = replays.link(self.connection, letters, reason=reason)
        entries = [
            Entry(self.name, "letter_replayed", f"letter:{letter}", {"push": push})
            for letter, push in replayed.items()
        ]
        append(self.connection, self.at, entries)
        return replayed

    def _holder(self, canary: int | None) -> str | None:
        if canary is None or replays.status_of(self.connection, canary) == "applied":
            return None
        return held_by(canary)
