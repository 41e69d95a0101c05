"""A proposal in full: what one needs to decide it, and what NetSuite holds now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row

from nsconsole.services.actions.canonical import Json
from nsconsole.services.actions.drafts import field_of
from nsconsole.services.actions.fields import Field, same
from nsconsole.services.actions.kinds import APPLY_PHASE, KINDS, Operation
from nsconsole.services.actions.records import record_called
from nsconsole.services.actions.sentences import Seen, displayed
from nsconsole.services.current import Target, UnreadableError, read_current
from nsconsole.services.errors import BadInputError, ServiceError
from nsconsole.services.lines import Line, to_line
from nsconsole.services.link import calling
from nsconsole.services.pushes.listing import Push, to_push
from nsconsole.services.workspace import Workspace
from nsconsole.store import proposals as store
from nsconsole.store import pushes

if TYPE_CHECKING:
    from nsconsole.services.phases.listing import Phase


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a proposal: as it was seen when staged, and as it is to be. For reading."""

    name: str
    label: str
    seen: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Detail:
    """All that a person needs to decide a proposal, and what came of it.

    One that changes the mirror rather than NetSuite has a `phase` and no `operation`; while it is
    pending, `stale` says what has moved under its plan.
    """

    line: Line
    operation: Operation | None
    changes: tuple[Change, ...]
    lines: Mapping[str, tuple[Mapping[str, str], ...]]
    reason: str
    decision_reason: str | None
    pushes: tuple[Push, ...]
    phase: "Phase | None" = None
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Now:
    """What NetSuite holds now, for reading, by field; `moved` are those that are not as seen."""

    values: Mapping[str, str]
    moved: frozenset[str]
    missing: bool = False


def detail(workspace: Workspace, proposal_id: int) -> Detail | None:
    """Give a proposal in full; None if there is none of this id."""
    with workspace.database.reading() as connection:
        rows = store.get_many(connection, [proposal_id])
        pushed = pushes.of_proposal(connection, proposal_id)
        if rows and rows[0].action_type == APPLY_PHASE:
            return _of_phase(connection, rows[0])
    return _detail(rows[0], tuple(map(to_push, pushed))) if rows else None


def _of_phase(connection: Connection, row: Row[Any]) -> Detail:
    from nsconsole.services.phases.listing import of_proposal  # few proposals are of a phase
    from nsconsole.services.phases.stale import what_moved

    phase = of_proposal(connection, row.id)
    moved: list[str] = []
    if phase and row.status == "pending":
        moved = what_moved(connection, phase.plan, since=phase.line.created_at)
    return Detail(
        line=to_line(row._asdict()),
        operation=None,
        changes=(),
        lines={},
        reason=row.reason,
        decision_reason=row.decision_reason,
        pushes=(),
        phase=phase,
        stale=tuple(moved),
    )


def _detail(row: Row[Any], pushed: tuple[Push, ...]) -> Detail:
    change: dict[str, Json] = json.loads(row.proposed_change_json)
    seen, record = _seen(row), record_called(row.target_record)
    plain = {name: value for name, value in change.items() if not isinstance(value, list)}
    operation = KINDS[row.action_type].operation
    # A deletion changes no field; it shows those that tell which record goes.
    shown = seen.values if operation is Operation.DELETE else plain
    fields = {name: field_of(record, name) for name in shown}
    return Detail(
        line=to_line(row._asdict()),
        operation=operation,
        changes=tuple(
            Change(
                name=name,
                label=field.label,
                seen=_shown(field, seen.values, name, seen),
                proposed=_shown(field, plain, name, seen),
            )
            for name, field in fields.items()
        ),
        lines={name: _lines(row, name, v, seen) for name, v in change.items() if name not in plain},
        reason=row.reason,
        decision_reason=row.decision_reason,
        pushes=pushed,
    )


def _shown(field: Field, values: Mapping[str, Json], name: str, seen: Seen) -> str:
    return displayed(field, values[name], seen) if name in values else ""


def _seen(row: Row[Any]) -> Seen:
    seen = json.loads(row.seen_json)
    return Seen(row.target_name, seen["values"], seen["names"])


def _lines(row: Row[Any], name: str, lines: Json, seen: Seen) -> tuple[Mapping[str, str], ...]:
    record = record_called(row.target_record)
    sublist = record.sublist(name) if record else None
    known = {field.name: field for field in sublist.fields} if sublist else {}
    return tuple(
        {
            key: displayed(known[key], value, seen) if key in known else str(value)
            for key, value in line.items()
        }
        for line in (lines if isinstance(lines, list) else [])
        if isinstance(line, dict)
    )


def look_now(workspace: Workspace, proposal_id: int) -> Now | None:
    """Ask NetSuite what the fields of a proposal hold now; None if it is not about a record there.

    Raises BadInputError for an unknown id, NetSuiteUnavailableError, or ServiceError if NetSuite
    will not tell.
    """
    with workspace.database.reading() as connection:
        rows = store.get_many(connection, [proposal_id])
    if not rows:
        raise BadInputError(f"there is no proposal {proposal_id}")
    row = rows[0]
    if row.target_id is None or row.action_type == APPLY_PHASE:
        return None
    then = _seen(row)
    target = Target(row.target_record, row.target_id, tuple(sorted(then.values)))
    try:
        with calling(workspace) as netsuite:
            found = read_current(netsuite, [target]).get(target)
    except UnreadableError as error:
        raise ServiceError(f"NetSuite will not tell: {error}") from error
    if found is None:
        return Now({}, frozenset(), missing=True)
    return _compare(row, then, found)


def _compare(row: Row[Any], then: Seen, now: Seen) -> Now:
    record = record_called(row.target_record)
    fields = {name: field_of(record, name) for name in then.values}
    return Now(
        values={
            name: displayed(field, now.values.get(name), now) for name, field in fields.items()
        },
        moved=frozenset(
            name
            for name, field in fields.items()
            if not same(field, then.values.get(name), now.values.get(name))
        ),
    )
