"""Edit and replay: a dead letter becomes a new proposal, which is decided like any other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from nsconsole.services.actions.kinds import KINDS, Operation
from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.dead_letters.letters import DeadLetterInFull, show_dead_letter
from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.proposals import parse_proposals, propose
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters as store

if TYPE_CHECKING:
    from nsconsole.services.actions.canonical import Json

_LONGEST_REASON = 2_000


def edit(workspace: Workspace, authority: Authority, id_: int, change: "Mapping[str, Json]") -> int:
    """Stage a dead letter's proposal anew with another change (admin); give the new proposal's id.

    `change` is the whole of it, by our names, as a proposal takes it. The new proposal sees what
    NetSuite holds now, has the risk of the old one at least, and who edits is its author. Both name
    each other. Whoever edits second is refused, and so is what somebody saw to before.

    Raises BadInputError for an unknown id, a change that cannot be, or a dead letter that has
    nothing to edit; RefusedError, or NetSuiteUnavailableError.
    """
    with workspace.database.reading() as connection:
        require(connection, authority, Role.ADMIN)
    old = show_dead_letter(workspace, id_)
    _check_editable(old)
    name = authority.operator.name

    def resolve(connection: Connection, ids: Sequence[int]) -> None:
        require(connection, authority, Role.ADMIN)
        (new,), at = ids, workspace.now()
        if not store.resolve(connection, [id_], resolution="edited", by=name, reason="", at=at):
            raise _too_late(id_)
        store.link_edit(connection, id_, new)
        told = {"proposal": new}
        append(connection, at, [Entry(name, "letter_edited", f"letter:{id_}", told)])

    (staged,) = propose(workspace, [_entry(old, change)], author=name, also=resolve)
    return staged.id


def parse_change(data: bytes) -> "dict[str, Json]":
    """Read a whole change from JSON. Raises BadInputError."""
    found = parse_proposals(data)
    if data.lstrip()[:1] != b"{" or not isinstance(found[0], dict):
        raise BadInputError("a change is a JSON object: fields and their new values")
    return found[0]


def _check_editable(old: DeadLetterInFull) -> None:
    letter = old.letter
    operation = KINDS[letter.action_type].operation
    if letter.resolution is not None:
        raise _too_late(letter.id)
    if operation is Operation.DELETE:
        raise BadInputError(
            f"dead letter {letter.id} is a deletion: there is nothing to edit in it"
        )
    if operation is Operation.CREATE and old.maybe_done:
        raise BadInputError(
            f"NetSuite may have made the record of dead letter {letter.id}, and an edited one "
            "would be another; replay it, which asks NetSuite first"
        )


def _too_late(id_: int) -> RefusedError:
    return RefusedError(f"somebody saw to dead letter {id_} already; `nsconsole dlq show {id_}`")


def _entry(old: DeadLetterInFull, change: "Mapping[str, Json]") -> dict[str, object]:
    letter = old.letter
    why = f"In place of dead letter {letter.id}, of proposal {letter.proposal_id}. {old.reason}"
    return {
        "action_type": letter.action_type,
        "target_record": letter.target_record,
        "target_id": letter.target_id,
        "change": dict(change),
        "risk_tier": old.risk_tier,
        "reason": why.strip()[:_LONGEST_REASON],
    }
