"""What is not mirrored, and why: the open gaps, the most valuable first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row

from nsconsole.catalog import Reason
from nsconsole.services.coverage.domains import domains
from nsconsole.services.errors import BadInputError
from nsconsole.services.workspace import Workspace
from nsconsole.store import coverage as store

_DRIFTED = ("mapped_gone", "set_aside", "type_changed")


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap in a column, or without one in the table as a whole.

    `gap` says what it is: missing_table, missing_column, mapped_gone, set_aside, unmapped (the
    mirror has it, the map does not) or type_changed. `kind` is what a column holds, None if no
    catalog tells; `rows` NetSuite's own count; `filled` of `sampled` values were there at the last
    probe; `since` is the time of the audit that found it first.
    """

    table: str
    column: str
    gap: str
    reason: Reason
    priority: int
    domain: str
    label: str
    kind: str | None
    native_type: str
    rows: int | None
    filled: int | None
    sampled: int | None
    since: datetime
    note: str


class MissingColumn(NamedTuple):
    """A column that NetSuite gives and the mirror lacks; `kind` is None if no catalog tells."""

    table: str
    column: str
    kind: str | None


def list_gaps(
    workspace: Workspace,
    *,
    table: str | None = None,
    domain: str | None = None,
    reason: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Gap]:
    """Give the open gaps. Raises BadInputError for a domain or reason that there is not."""
    conditions = []
    if table is not None:
        conditions.append(store.of_table(table))
    if domain is not None:
        conditions.append(store.of_domain(_known("domain", domain, domains())))
    if reason is not None:
        conditions.append(store.for_reason(_known("reason", reason, tuple(Reason))))
    return _gaps(workspace, *conditions, limit=limit, offset=offset)


def missing_tables(workspace: Workspace) -> list[str]:
    """Give the tables that NetSuite gives, as far as is known, and the mirror lacks, by name."""
    with workspace.database.reading() as connection:
        return [row.table_name for row in store.missing(connection, columns=False)]


def missing_columns(workspace: Workspace) -> list[MissingColumn]:
    """Give the columns that the mirror lacks, those of missing tables too, by name."""
    with workspace.database.reading() as connection:
        rows = store.missing(connection, columns=True)
    return [MissingColumn(row.table_name, row.name, row.kind) for row in rows]


def drifted(workspace: Workspace) -> list[Gap]:
    """Give what is mapped and no longer as it was: gone, set aside, or of another type."""
    return _gaps(workspace, store.of_sort(*_DRIFTED))


def _known(what: str, word: str, words: tuple[str, ...]) -> str:
    if word in words:
        return word
    raise BadInputError(f"there is no {what} {word}; there are {', '.join(words)}")


def _gaps(
    workspace: Workspace,
    *conditions: ColumnElement[bool],
    limit: int | None = None,
    offset: int = 0,
) -> list[Gap]:
    with workspace.database.reading() as connection:
        rows = store.gaps(connection, *conditions, limit=limit, offset=offset)
        return [_gap(row) for row in rows]


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        table=row.table_name,
        column=row.name,
        gap=row.gap,
        reason=Reason(row.reason),
        priority=row.priority,
        domain=row.domain,
        label=row.label,
        kind=row.kind,
        native_type=row.native_type,
        rows=row.row_count,
        filled=row.filled,
        sampled=row.sampled,
        since=row.since,
        note=row.note,
    )
