"""Phases as they are shown: what each changes, how it stands, and which step it is at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services.errors import BadInputError
from nsconsole.services.phases.plan import PhasePlan, from_json
from nsconsole.services.workspace import Workspace
from nsconsole.store import phases as store


class PhaseState(StrEnum):
    """How a phase stands."""

    PROPOSED = "proposed"  # waits for a decision
    APPROVED = "approved"  # waits to be applied
    APPLYING = "applying"  # at one of its steps, or cut off there
    FAILED = "failed"  # at one of its steps, and waits for somebody to look
    APPLIED = "applied"
    UNDONE = "undone"  # out of the map again; what was mirrored stays
    WITHDRAWN = "withdrawn"  # rejected, or what it rests on moved before anything was done


class Step(StrEnum):
    """What is done to apply a phase, in this order."""

    BACKUP = "backup"
    MIGRATION = "migration"
    MAP = "map"
    PULL = "pull"
    AUDIT = "audit"


class StepState(StrEnum):
    """How a step stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepBegun:
    """A step that was begun; `detail` says what came of it, or how far it is."""

    step: Step
    state: StepState
    started_at: datetime
    ended_at: datetime | None
    owner: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase in a list; `columns` counts those that come into the map."""

    id: int
    number: int
    name: str
    title: str
    state: PhaseState
    tables: tuple[str, ...]
    columns: int
    proposal_id: int | None
    planned_by: str
    created_at: datetime
    applied_at: datetime | None
    result_audit_id: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase in full. `sql` is what its migration does."""

    line: PhaseLine
    plan: PhasePlan
    sql: str
    steps: tuple[StepBegun, ...]

    @property
    def step(self) -> StepBegun | None:
        """The step that was begun last."""
        return self.steps[-1] if self.steps else None


def phases(workspace: Workspace) -> list[PhaseLine]:
    """Give all phases by number."""
    with workspace.database.reading() as connection:
        return [_line(row) for row in store.listed(connection)]


def phase(workspace: Workspace, phase_id: int) -> Phase:
    """Give a phase in full. Raises BadInputError if there is none of this id."""
    with workspace.database.reading() as connection:
        return read(connection, phase_id)


def read(connection: Connection, phase_id: int) -> Phase:
    """Give a phase within a transaction. Raises BadInputError if there is none of this id."""
    row = store.get(connection, phase_id)
    if row is None:
        raise BadInputError(f"there is no phase {phase_id}; `nsconsole phase list` lists them")
    return _whole(connection, row)


def of_proposal(connection: Connection, proposal_id: int) -> Phase | None:
    """Give the phase that a proposal is about; None if it is about a record of NetSuite."""
    row = store.of_proposal(connection, proposal_id)
    return _whole(connection, row) if row else None


def _whole(connection: Connection, row: Row[Any]) -> Phase:
    begun = {step.step: step for step in map(_step, store.steps(connection, row.id))}
    in_order = tuple(begun[step] for step in Step if step in begun)
    return Phase(_line(row), from_json(row.plan_json), row.sql_text, in_order)


def _line(row: Row[Any]) -> PhaseLine:
    change = json.loads(row.change_json or "{}")
    return PhaseLine(
        id=row.id,
        number=row.number,
        name=row.name,
        title=row.title,
        state=PhaseState(row.state),
        tables=tuple(change.get("tables", ())),
        columns=change.get("columns", 0),
        proposal_id=row.proposal_id,
        planned_by=row.planned_by,
        created_at=row.created_at,
        applied_at=row.applied_at,
        result_audit_id=row.result_audit_id,
        error=row.error,
    )


def _step(row: Row[Any]) -> StepBegun:
    return StepBegun(
        Step(row.step),
        StepState(row.state),
        row.started_at,
        row.ended_at,
        row.owner,
        json.loads(row.detail_json),
    )
