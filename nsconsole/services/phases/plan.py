"""A phase as it is planned: what it adds to the mirror, why so, at what cost, and what it rests on.

It is kept as JSON, so that what a person approves is what is applied, whatever moved meanwhile.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nsconsole.catalog import Reason
from nsconsole.mapping import Column, Kind, MappedTable, Mode, Parent


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the first pull costs: rows, requests, seconds at the account's pace, and megabytes."""

    rows: int
    requests: int
    seconds: float
    megabytes: float

    @property
    def minutes(self) -> float:
        """The time in minutes."""
        return self.seconds / 60


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """A table as the map is to have it, whole.

    `new_columns` are those that the map does not have yet: all of a `new` table's. `why` tells in a
    sentence each what decided on `key`, `cursor`, `mode` and `tier`; `rows` is None if unknown.
    """

    table: MappedTable
    new: bool
    new_columns: tuple[str, ...]
    why: Mapping[str, str]
    rows: int | None
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was looked at and not planned: a column, or with an empty `column` the table itself."""

    table: str
    column: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A phase.

    `base` is what it rests on: for each touched table a digest of its map entry, its mirror's true
    schema and its catalog. `revision_path` is relative to the workspace's folder; `sql` is what the
    revision does to SQLite.
    """

    number: int
    name: str
    title: str
    tables: tuple[PlannedTable, ...]
    left_out: tuple[LeftOut, ...]
    estimate: Estimate
    base: Mapping[str, str]
    revision_path: str
    revision_digest: str
    sql: str
    audit_id: int | None = None

    @property
    def new_tables(self) -> tuple[str, ...]:
        """The names of the tables that the mirror does not have yet."""
        return tuple(planned.table.name for planned in self.tables if planned.new)

    @property
    def new_columns(self) -> int:
        """How many columns come into the map, those of new tables included."""
        return sum(len(planned.new_columns) for planned in self.tables)


def total(estimates: Iterable[Estimate]) -> Estimate:
    """Add up what several tables cost."""
    each = list(estimates)
    return Estimate(
        rows=sum(one.rows for one in each),
        requests=sum(one.requests for one in each),
        seconds=sum(one.seconds for one in each),
        megabytes=sum(one.megabytes for one in each),
    )


def to_json(plan: PhasePlan) -> str:
    """Write a plan as JSON that `from_json` reads back as the same."""
    return json.dumps(asdict(plan), ensure_ascii=False)


def from_json(text: str) -> PhasePlan:
    """Read what `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    content: dict[str, Any] = json.loads(text)
    return PhasePlan(
        **content
        | {
            "tables": tuple(_planned(each) for each in content["tables"]),
            "left_out": tuple(_left_out(each) for each in content["left_out"]),
            "estimate": Estimate(**content["estimate"]),
        }
    )


def _planned(content: dict[str, Any]) -> PlannedTable:
    return PlannedTable(
        **content
        | {
            "table": _mapped(content["table"]),
            "new_columns": tuple(content["new_columns"]),
            "estimate": Estimate(**content["estimate"]),
        }
    )


def _mapped(content: dict[str, Any]) -> MappedTable:
    parent = content["parent"]
    columns = (Column(each["name"], Kind(each["kind"])) for each in content["columns"])
    return MappedTable(
        **content
        | {
            "columns": tuple(columns),
            "key": tuple(content["key"]),
            "mode": Mode(content["mode"]),
            "tracked_as": tuple(content["tracked_as"]),
            "parent": Parent(**parent) if parent else None,
        }
    )


def _left_out(content: dict[str, Any]) -> LeftOut:
    return LeftOut(**content | {"reason": Reason(content["reason"])})
