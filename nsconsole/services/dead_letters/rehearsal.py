"""Dry run: what a replay would come to, as NetSuite stands now. Nothing is written anywhere."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.actions.kinds import KINDS, Operation
from nsconsole.services.actions.records import record_called
from nsconsole.services.actions.sentences import Seen
from nsconsole.services.current import Progress, Target, UnreadableError, read_current
from nsconsole.services.dead_letters.letters import wanted
from nsconsole.services.dead_letters.three_way import Field, Values, compare, moved, values_of
from nsconsole.services.errors import ServiceError
from nsconsole.services.link import calling
from nsconsole.services.pushes.attempts import Cause
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters as store
from nsconsole.store.dead_letters import Filter

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite
    from nsconsole.netsuite.restlet import OperationResult

_AT_ONCE = 500  # letters that are judged together, as many as one query of NetSuite takes
_MOST_LOOKED_UP = 50


class Answer(StrEnum):
    """What a replay would come to."""

    WOULD_APPLY = "would_apply"
    ALREADY_APPLIED = "already_applied"
    CONFLICT = "conflict"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"  # NetSuite cannot tell
    NOT_SENT = "not_sent"  # somebody saw to it, or it is not what was approved


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a replay of a dead letter would come to, why, and its fields as they are now."""

    id: int
    verdict: Answer
    why: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class _Facts:
    """What NetSuite tells of some dead letters: what was done, what exists, and what it holds."""

    done: frozenset[str]  # request ids
    made: frozenset[str]  # external ids
    held: Mapping[Target, Seen]
    unreadable: Mapping[Target, str]


def dry_run(
    workspace: Workspace,
    which: Sequence[int] | Filter,
    *,
    progress: Progress = lambda done, of: None,
) -> list[Verdict]:
    """Tell what a replay would come to: of some ids, or of all open ones that fit a filter.

    Fields of the map are read by SuiteQL, hundreds of records a request; what only NetSuite knows
    by the RESTlet, a record a request. Nothing is written. Raises BadInputError for an id that is
    not there, NetSuiteUnavailableError, or ServiceError if NetSuite will not tell.
    """
    ids = wanted(workspace, which)
    verdicts: list[Verdict] = []
    for start in range(0, len(ids), _AT_ONCE):
        with workspace.database.reading() as connection:
            rows = store.whole(connection, ids[start : start + _AT_ONCE])
        verdicts += _judged(workspace, rows)
        progress(len(verdicts), len(ids))
    order = {id_: place for place, id_ in enumerate(ids)}
    return sorted(verdicts, key=lambda verdict: order[verdict.id])


def _judged(workspace: Workspace, rows: Sequence[Row[Any]]) -> list[Verdict]:
    told = [verdict for row in rows if (verdict := _without_asking(row))]
    asked = [row for row in rows if row.resolution is None and row.cause != Cause.TAMPERED]
    if not asked:
        return told
    try:
        with calling(workspace) as netsuite:
            facts = _ask(netsuite, asked)
    except NetSuiteError as error:
        raise ServiceError(str(error)) from error
    return told + [_judge(row, facts) for row in asked]


def _without_asking(row: Row[Any]) -> Verdict | None:
    if row.resolution == "superseded":
        why = f"a newer change made it pointless: {row.reason}"
        return Verdict(row.id, Answer.SUPERSEDED, why)
    if row.resolution is not None:
        return Verdict(row.id, Answer.NOT_SENT, f"{row.resolved_by} {row.resolution} it")
    if row.cause == Cause.TAMPERED:
        return Verdict(row.id, Answer.NOT_SENT, "it is not what was approved")
    return None


def _values(row: Row[Any]) -> Values:
    return values_of(row.target_record, row.proposed_change_json, row.seen_json)


def _target(row: Row[Any]) -> Target:
    return Target(row.target_record, str(row.target_id), tuple(sorted(_values(row).fields)))


def _operation(row: Row[Any]) -> Operation:
    return KINDS[row.action_type].operation


# Asking


def _ask(netsuite: "NetSuite", rows: Sequence[Row[Any]]) -> _Facts:
    new = [row for row in rows if _operation(row) is Operation.CREATE]
    targets = [_target(row) for row in rows if _operation(row) is not Operation.CREATE]
    unsure = [row.request_id for row in rows if row.maybe_done]
    held, unreadable = _read(netsuite, list(dict.fromkeys(targets)))
    return _Facts(_done(netsuite, unsure), _made(netsuite, new), held, unreadable)


def _read(
    netsuite: "NetSuite", targets: Sequence[Target]
) -> tuple[dict[Target, Seen], dict[Target, str]]:
    unreadable: dict[Target, str] = {}
    while True:
        try:
            return read_current(netsuite, [t for t in targets if t not in unreadable]), unreadable
        except UnreadableError as error:
            refused = (error.target.record, error.target.fields)
            alike = [t for t in targets if (t.record, t.fields) == refused]
            unreadable |= dict.fromkeys(alike, str(error))


def _done(netsuite: "NetSuite", request_ids: Sequence[str]) -> frozenset[str]:
    """Ask the RESTlet what it did; one that keeps no record of requests says nothing."""
    found: dict[str, OperationResult | None] = {}
    try:
        for start in range(0, len(request_ids), _MOST_LOOKED_UP):
            found |= netsuite.lookup(request_ids[start : start + _MOST_LOOKED_UP])
    except NetSuiteError as error:
        if error.outcome is not Outcome.PERMANENT:
            raise
    return frozenset(id_ for id_, result in found.items() if result and result.ok)


def _made(netsuite: "NetSuite", rows: Sequence[Row[Any]]) -> frozenset[str]:
    """Ask which of the records to be made are there, where the map tells how to ask."""
    wanted_of: dict[str, list[str]] = {}
    for row in rows:
        if record := record_called(row.target_record):
            wanted_of.setdefault(record.table, []).append(row.external_id)
    found: set[str] = set()
    for table, ids in wanted_of.items():
        marks = ", ".join("?" for _ in ids)
        sql = f"SELECT externalid FROM {table} WHERE externalid IN ({marks}) ORDER BY id ASC"  # noqa: S608 - names are the map's
        found |= {row["externalid"] for row in netsuite.suiteql(sql, ids).rows}
    return frozenset(found)


# Judging


def _judge(row: Row[Any], facts: _Facts) -> Verdict:
    if row.request_id in facts.done:
        why = "NetSuite did it; a replay asks under the same request id and learns so"
        return Verdict(row.id, Answer.ALREADY_APPLIED, why)
    if _operation(row) is Operation.CREATE:
        return _judge_new(row, facts)
    target = _target(row)
    if target in facts.unreadable:
        return Verdict(row.id, Answer.UNKNOWN, facts.unreadable[target])
    if target not in facts.held:
        return _judge_gone(row)
    now = facts.held[target]
    fields = tuple(compare(_values(row), now.values, now))
    answer, why = _answer(row, fields)
    return Verdict(row.id, answer, why, fields)


def _judge_new(row: Row[Any], facts: _Facts) -> Verdict:
    fields = tuple(compare(_values(row), None))
    if row.external_id in facts.made:
        why = "NetSuite has the new record"
        return Verdict(row.id, Answer.ALREADY_APPLIED, why, fields)
    if record_called(row.target_record) is None:
        why = "nothing tells the new record from others"
        return Verdict(row.id, Answer.UNKNOWN, why, fields)
    return Verdict(
        row.id, Answer.WOULD_APPLY, _and_mended(row, "NetSuite has no such record"), fields
    )


def _judge_gone(row: Row[Any]) -> Verdict:
    if _operation(row) is Operation.DELETE:
        return Verdict(row.id, Answer.ALREADY_APPLIED, "the record is gone")
    why = f"there is no {row.target_record} {row.target_id} in NetSuite any more"
    return Verdict(row.id, Answer.CONFLICT, why)


def _answer(row: Row[Any], fields: Sequence[Field]) -> tuple[Answer, str]:
    proposed = [field for field in fields if field.proposed is not None]
    has_lines = any(
        isinstance(value, list) for value in json.loads(row.proposed_change_json).values()
    )
    if proposed and not has_lines and all(field.reached for field in proposed):
        return Answer.ALREADY_APPLIED, "NetSuite holds the proposed values already"
    if names := ", ".join(field.label for field in moved(fields)):
        return Answer.CONFLICT, f"no longer as the approver saw it: {names}"
    if has_lines:
        return Answer.UNKNOWN, "lines cannot be compared; they would be written over what is there"
    return Answer.WOULD_APPLY, _and_mended(row, "NetSuite holds what the approver saw")


def _and_mended(row: Row[Any], why: str) -> str:
    refused = row.cause == Cause.REFUSED
    return f"{why}, if what was refused ({row.code}) is mended" if refused else why
