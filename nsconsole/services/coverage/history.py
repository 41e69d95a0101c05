"""The audits so far, and what came and went between two of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from nsconsole.services.errors import BadInputError
from nsconsole.services.workspace import Workspace
from nsconsole.store import coverage as store


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An audit. `opened` and `closed` count gaps of tables and columns."""

    id: int
    at: datetime
    trigger: str
    catalog_at: datetime
    tables_total: int
    tables_mirrored: int
    columns_total: int
    columns_mirrored: int
    weighted_percent: float | None
    opened: int
    closed: int
    seconds: float

    @property
    def coverage_percent(self) -> float:
        """How much of the columns is mirrored; 100 only if all of them are."""
        return percent(self.columns_mirrored, self.columns_total)


@dataclass(frozen=True, slots=True)
class DomainShare:
    """How many columns and tables of a domain NetSuite gives, and how many are mirrored."""

    name: str
    total: int
    mirrored: int
    tables_total: int
    tables_mirrored: int

    @property
    def coverage_percent(self) -> float:
        """How much of its columns is mirrored; 100 only if all of them are."""
        return percent(self.mirrored, self.total)


@dataclass(frozen=True, slots=True)
class TableShare:
    """How many columns of a table NetSuite gives, and how many are mirrored."""

    name: str
    total: int
    mirrored: int

    @property
    def coverage_percent(self) -> float:
        """How much of them is mirrored; 100 only if all of them are."""
        return percent(self.mirrored, self.total)


@dataclass(frozen=True, slots=True)
class GapMoved:
    """A gap that came or went; without a column it is the table's."""

    table: str
    column: str
    gap: str
    reason: str


@dataclass(frozen=True, slots=True)
class Delta:
    """What came and went from one audit to another, the most valuable first."""

    earlier: int
    later: int
    opened: tuple[GapMoved, ...]
    closed: tuple[GapMoved, ...]
    percent_before: float
    percent_after: float


def percent(mirrored: int, total: int) -> float:
    """Give a share in percent, to two places; 100 only if nothing is missing."""
    if mirrored >= total:
        return 100.0
    return min(round(100 * mirrored / total, 2), 99.99)


def audits(workspace: Workspace, *, limit: int | None = None) -> list[AuditLine]:
    """Give the audits, the newest first."""
    with workspace.database.reading() as connection:
        return [line(row) for row in store.audits(connection, limit=limit)]


def domains(workspace: Workspace) -> list[DomainShare]:
    """Give the domains as the last audit counted them; none before the first audit."""
    with workspace.database.reading() as connection:
        last = store.audits(connection, limit=1)
    return [domain for row in last for domain in domains_in(row.summary_json)]


def domains_in(summary_json: str) -> list[DomainShare]:
    """Read the domains of what an audit kept."""
    return [DomainShare(**each) for each in json.loads(summary_json).get("domains", ())]


def table_shares(workspace: Workspace) -> list[TableShare]:
    """Give the tables of which NetSuite gives columns, as the last audit counted them, by name."""
    with workspace.database.reading() as connection:
        rows = store.counted_tables(connection)
    return [TableShare(row.name, row.columns_total, row.columns_mirrored) for row in rows]


def compare(workspace: Workspace, earlier: int, later: int | None = None) -> Delta:
    """Give what came and went between two audits; `later` is by default the last.

    Raises BadInputError for an audit that there is not.
    """
    with workspace.database.reading() as connection:
        rows = (
            store.audits(connection, limit=1) if later is None else [store.audit(connection, later)]
        )
        after, before = rows[0] if rows else None, store.audit(connection, earlier)
        if before is None or after is None:
            missing = earlier if before is None else later
            raise BadInputError(
                f"there is no audit {missing}; `nsconsole coverage history` lists them"
            )
        opened, closed = store.came_and_went(connection, before.id, after.id)
    return Delta(
        before.id, after.id, _moved(opened), _moved(closed), _percent(before), _percent(after)
    )


def line(row: Row[Any]) -> AuditLine:
    """Read an audit as it is stored."""
    return AuditLine(
        row.id,
        row.at,
        row.trigger,
        row.catalog_at,
        row.tables_total,
        row.tables_mirrored,
        row.columns_total,
        row.columns_mirrored,
        row.weighted_percent,
        row.opened,
        row.closed,
        row.seconds,
    )


def _percent(row: Row[Any]) -> float:
    return percent(row.columns_mirrored, row.columns_total)


def _moved(rows: Sequence[Row[Any]]) -> tuple[GapMoved, ...]:
    return tuple(GapMoved(row.table_name, row.name, row.gap, row.reason) for row in rows)
