"""Dead letters: approved changes that did not reach NetSuite, with all that is known of why.

A person replays one, edits it into a new proposal, or dismisses it with a reason. A newer change
that reaches NetSuite retires those that it makes pointless.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services.actions.canonical import Json
from nsconsole.services.actions.kinds import Operation
from nsconsole.services.audit_trail import SYSTEM, Entry, append
from nsconsole.services.dead_letters import three_way as comparing
from nsconsole.services.dead_letters.three_way import Field, Values, values_of
from nsconsole.services.errors import BadInputError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.pushes.attempts import Cause
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters as store
from nsconsole.store import replays
from nsconsole.store.dead_letters import Filter
from nsconsole.text import has_control_characters

__all__ = ["Field", "Filter"]

CANARY = "canary"
"""The reason of a replay that goes first of many; the others are held by `canary:` and its push."""

_LONGEST_REASON = 2_000
_AT_ONCE = 2_000  # dead letters that one transaction sees to, so that others have their turn


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A push that rests. Times are UTC.

    `resolution` is `replayed`, `dismissed`, `superseded` or `edited` once somebody saw to it, and
    then `replay_push_id` or `edited_proposal_id` is what became of it.
    """

    id: int
    push_id: int
    proposal_id: int
    cause: Cause
    code: str
    summary: str
    action_type: str
    target_record: str
    target_id: str | None
    target_name: str | None
    attempts: int
    last_at: datetime
    error: str
    resolution: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    reason: str | None
    replay_push_id: int | None
    edited_proposal_id: int | None


@dataclass(frozen=True, slots=True)
class DeadLetterInFull:
    """A dead letter with what was to be sent, and what each attempt met.

    `change`, `risk_tier` and `reason` are the proposal's, by our names. `maybe_done` says that
    NetSuite may have done it although nobody heard so; a replay then goes under the same request
    id.
    """

    letter: DeadLetter
    payload: Mapping[str, Any]
    error: Mapping[str, Any]
    attempts: Sequence[Mapping[str, Any]]
    change: Mapping[str, Json]
    risk_tier: str
    reason: str
    values: Values
    maybe_done: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The open dead letters of one cause and code: how many, and when the last attempts were."""

    cause: Cause
    code: str
    count: int
    oldest: datetime
    newest: datetime


def list_dead_letters(
    workspace: Workspace,
    *,
    matching: Filter = Filter(),  # noqa: B008 - frozen
    resolved: bool = False,
    grouped: bool = False,
    offset: int = 0,
    limit: int = 10_000,
) -> list[DeadLetter]:
    """List those that nobody has seen to, the newest first; or with `resolved` all of them.

    `grouped` puts those of one cause and code together, in the order of `groups`.
    """
    with workspace.database.reading() as connection:
        rows = store.listed(
            connection, matching, resolved=resolved, grouped=grouped, offset=offset, limit=limit
        )
    return [_letter(row) for row in rows]


def groups(workspace: Workspace, *, matching: Filter = Filter()) -> list[Group]:  # noqa: B008 - frozen
    """Count those that nobody has seen to, by cause and code."""
    with workspace.database.reading() as connection:
        rows = store.groups(connection, matching)
    return [Group(Cause(r.cause), r.code, r.number, r.oldest, r.newest) for r in rows]


def open_by_cause(workspace: Workspace) -> dict[str, int]:
    """Count those that nobody has seen to, by cause; no cause that has none."""
    with workspace.database.reading() as connection:
        return store.count_open(connection)


def show_dead_letter(workspace: Workspace, id_: int) -> DeadLetterInFull:
    """Give a dead letter in full. Raises BadInputError if there is none of that id."""
    with workspace.database.reading() as connection:
        found = store.whole(connection, [id_])
    if not found:
        raise no_such_letter(id_)
    (row,) = found
    error = json.loads(row.error_json)
    attempts = error.pop("attempts", [])
    return DeadLetterInFull(
        letter=_letter(row),
        payload=json.loads(row.payload_json),
        error=error,
        attempts=attempts,
        change=json.loads(row.proposed_change_json),
        risk_tier=row.risk_tier,
        reason=row.proposal_reason,
        values=values_of(row.target_record, row.proposed_change_json, row.seen_json),
        maybe_done=bool(row.maybe_done),
    )


def no_such_letter(id_: int) -> BadInputError:
    """The refusal of an id that no dead letter has."""
    return BadInputError(f"there is no dead letter {id_}; `nsconsole dlq` lists them")


def three_way(letter: DeadLetterInFull) -> list[Field]:
    """Lay a change side by side with what NetSuite held at the last attempt, if it told."""
    now = comparing.by_our_names(letter.values, letter.error.get("current"))
    return comparing.compare(letter.values, now)


def _letter(row: Row[Any]) -> DeadLetter:
    error = json.loads(row.error_json)
    return DeadLetter(
        id=row.id,
        push_id=row.push_id,
        proposal_id=row.proposal_id,
        cause=Cause(row.cause),
        code=row.code,
        summary=row.summary,
        action_type=row.action_type,
        target_record=row.target_record,
        target_id=row.target_id,
        target_name=row.target_name,
        attempts=row.attempts,
        last_at=row.last_at,
        error=f"{error.get('code', '')}: {error.get('message', '')}",
        resolution=row.resolution,
        resolved_by=row.resolved_by,
        resolved_at=row.resolved_at,
        reason=row.reason,
        replay_push_id=row.replay_push_id,
        edited_proposal_id=row.edited_proposal_id,
    )


# What a person, or a newer change, puts an end to


def dismiss(
    workspace: Workspace, authority: Authority, which: Sequence[int] | Filter, *, reason: str
) -> list[int]:
    """Let dead letters rest for good (admin), for a reason; give those that were still open.

    `which` are ids, or all open ones that fit a filter. Raises BadInputError for an id that is not
    there or a reason that cannot be kept, RefusedError if the authority does not reach.
    """
    _check_reason(reason)
    name, done = authority.operator.name, list[int]()
    for some in in_turns(wanted(workspace, which)):
        at = workspace.now()
        with workspace.database.writing() as connection:
            require(connection, authority, Role.ADMIN)
            won = store.resolve(
                connection, some, resolution="dismissed", by=name, reason=reason, at=at
            )
            told = {"reason": reason}
            append(connection, at, [_entry(name, "letter_dismissed", id_, told) for id_ in won])
        done += won
    return done


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise BadInputError("say why: a reason of at most 2,000 characters")
    if has_control_characters(reason, allow_newlines=True):
        raise BadInputError("the reason holds control characters")


def wanted(workspace: Workspace, which: Sequence[int] | Filter) -> list[int]:
    """Give the ids that are meant, each once. Raises BadInputError for one that is not there."""
    with workspace.database.reading() as connection:
        if isinstance(which, Filter):
            return store.open_ids(connection, which)
        known = store.causes(connection, which)
    missing = [id_ for id_ in which if id_ not in known]
    if missing:
        raise no_such_letter(missing[0])
    return list(dict.fromkeys(which))


def in_turns(ids: Sequence[int]) -> list[Sequence[int]]:
    """Cut ids into what one transaction sees to."""
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]


def _entry(actor: str, event: str, letter: int, detail: Mapping[str, object]) -> Entry:
    return Entry(actor, event, f"letter:{letter}", detail)


# What the end of a push means for dead letters


def retire_superseded(
    connection: Connection, applied: Sequence[Row[Any]], at: datetime
) -> list[int]:
    """Retire what newer changes made pointless, within the transaction that applied them.

    `applied` are the rows of their pushes. A dead letter of the same record that was approved
    earlier goes if every field of it was written anew; one that is on the queue again, and was not
    sent yet, is called off. Lines are not compared: only a deletion retires them. Gives the ids.
    """
    newer = {push.record_key: push for push in applied if push.record_key}
    waiting = replays.waiting_on(connection, list(newer)) if newer else []
    pointless = [row.replay_push_id for row in _superseded(connection, newer, waiting)]
    called_off = replays.call_off(connection, pointless, at) if pointless else []
    if called_off:
        after_settled(connection, [], called_off, at)
        replays.reopen(connection, called_off)
    resting = replays.resting_on(connection, list(newer)) if newer else []
    older = _superseded(connection, newer, resting)
    for row in older:
        _retire(connection, row.id, newer[row.record_key], at)
    return [row.id for row in older]


def _superseded(
    connection: Connection, newer: Mapping[str, Row[Any]], letters: Sequence[Row[Any]]
) -> list[Row[Any]]:
    if not letters:
        return []
    proposals = [row.proposal_id for row in (*letters, *newer.values())]
    order = replays.approvals(connection, proposals)
    return [
        row
        for row in letters
        if order[newer[row.record_key].proposal_id] > order[row.proposal_id]
        and _covers(newer[row.record_key].payload_json, row.payload_json)
    ]


def _covers(newer: str, older: str) -> bool:
    new, old = json.loads(newer), json.loads(older)
    if new["operation"] == Operation.DELETE:
        return True
    whole = old["operation"] == Operation.UPDATE and not old["sublists"]
    return whole and old["values"].keys() <= new["values"].keys()


def _retire(connection: Connection, letter: int, push: Row[Any], at: datetime) -> None:
    reason = f"push {push.id}"
    store.resolve(connection, [letter], resolution="superseded", by=SYSTEM, reason=reason, at=at)
    append(connection, at, [_entry(SYSTEM, "letter_superseded", letter, {"push": push.id})])


def after_settled(
    connection: Connection, applied: Sequence[int], ended: Sequence[int], at: datetime
) -> None:
    """Let replays go whose canary was applied, within the transaction that settled it.

    Those whose canary `ended`, dead or cancelled, rest among the dead letters again, as they were.
    """
    for push_id in replays.among(connection, [*applied, *ended], reason=CANARY):
        if push_id in applied:
            replays.let_go(connection, held_by=held_by(push_id), at=at)
        else:
            _lay_back(connection, push_id, at)


def held_by(canary: int) -> str:
    """Name what holds the replays that wait for a canary."""
    return f"{CANARY}:{canary}"


def _lay_back(connection: Connection, canary: int, at: datetime) -> None:
    cancelled = replays.recall(connection, held_by=held_by(canary), at=at)
    ids = replays.reopen(connection, cancelled)
    told = {"canary": canary}
    append(connection, at, [_entry(SYSTEM, "letter_laid_back", id_, told) for id_ in ids])
