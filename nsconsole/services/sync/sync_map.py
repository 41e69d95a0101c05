"""SYNC_TABLE_MAP: reading it, replacing it as a whole, and asking NetSuite whether it holds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from nsconsole.mapping import TIERS, MappedTable
from nsconsole.netsuite.drift import read_drift
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.netsuite.keyset import column_groups, count_unstamped, probe
from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.errors import BadInputError
from nsconsole.services.link import calling
from nsconsole.services.sync.log import Level, note
from nsconsole.services.workspace import Workspace
from nsconsole.store import mirror_tables
from nsconsole.store import sync_map as store
from nsconsole.store import tiers as tier_store
from nsconsole.store.sync_map import MapEntry

__all__ = ["Finding", "MapChange", "MapEntry", "check_map", "load_map", "replace_map"]


@dataclass(frozen=True, slots=True)
class MapChange:
    """Tables by name: those that came into the map, went out of it, and changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What NetSuite does not give as the map has it."""

    table: str
    column: str | None
    what: str


def load_map(workspace: Workspace) -> list[MapEntry]:
    """Give the map with what became of its tables; the base map is laid down at the first use."""
    with workspace.database.reading() as connection:
        if tier_store.listed(connection):
            return store.entries(connection)
    _lay_down_base(workspace)
    with workspace.database.reading() as connection:
        return store.entries(connection)


def _lay_down_base(workspace: Workspace) -> None:
    from nsconsole.services.sync.map_text import base_map  # once in a workspace's life

    at = workspace.now()
    with workspace.database.writing() as connection:
        if not tier_store.listed(connection):
            store.put(connection, base_map(), at)
            tier_store.seed(connection, TIERS, at)


class TableBusyError(BadInputError):
    """A table is being synced whose rows would be read in another way."""


def replace_map(
    workspace: Workspace,
    tables: Sequence[MappedTable],
    *,
    told: Sequence[Entry] = (),
    first: Callable[[Connection], None] = lambda connection: None,
) -> MapChange:
    """Put a whole map in the place of the present one; what is mirrored already stays as it is.

    Only a mirror that would have another key is renamed, and begun anew. `told` is what the audit
    trail is told of it; `first` is done in the same transaction before anything else. Raises
    BadInputError for a map that cannot be, and TableBusyError.
    """
    from nsconsole.services.sync.map_text import check_rules

    check_rules(tables)
    before = {entry.table.name: entry.table for entry in load_map(workspace)}
    after = {table.name: table for table in tables}
    change = MapChange(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(n for n, table in after.items() if n in before and before[n] != table),
    )
    at = workspace.now()
    read_otherwise = [n for n in change.changed if _is_read_otherwise(before[n], after[n])]
    with (
        _resting(workspace, [*read_otherwise, *change.removed]),
        workspace.database.writing() as connection,
    ):
        first(connection)
        store.put(connection, tables, at)
        note(connection, at, Level.INFO, "map_changed", detail=asdict(change))
        append(connection, at, told)
        _make_way(connection, tables, at)
    return change


def _is_read_otherwise(before: MappedTable, after: MappedTable) -> bool:
    """Whether a run that began with the one would be wrong about the other."""
    same_place = (before.key, before.cursor) == (after.key, after.cursor)
    return not (same_place and set(before.columns) == set(after.columns))


@contextmanager
def _resting(workspace: Workspace, names: Iterable[str]) -> Iterator[None]:
    """Keep tables from being synced for the block. Raises TableBusyError if one is just now."""
    with ExitStack() as held:
        for name in names:
            lock = workspace.locks.try_take(f"table-{name}")
            if lock is None:
                raise TableBusyError(
                    f"{name} is being synced just now; cancel it (c) or wait, "
                    "and save the map again"
                )
            held.enter_context(lock)
        yield


def _make_way(connection: Connection, tables: Iterable[MappedTable], at: datetime) -> None:
    for table in tables:
        old = mirror_tables.make_way(connection, table, at)
        if old is not None:
            detail = {"mirror": old}
            note(connection, at, Level.WARNING, "mirror_renamed", table=table.name, detail=detail)


def check_map(
    workspace: Workspace, progress: Callable[[int, int], None] = lambda done, of: None
) -> list[Finding]:
    """Ask NetSuite for each table, its columns and its cursor; give what it does not have.

    Raises NetSuiteUnavailableError if it cannot be asked.
    """
    entries = load_map(workspace)
    findings: list[Finding] = []
    for done, entry in enumerate(entries):
        progress(done, len(entries))
        findings += _check(workspace, entry.table)
    progress(len(entries), len(entries))
    return findings


def _check(workspace: Workspace, table: MappedTable) -> list[Finding]:
    findings: list[Finding] = []
    for group in column_groups(table, table.columns):
        left = [*table.key_columns, *group]
        while left:
            try:
                with calling(workspace) as netsuite:
                    query = probe(table, left)
                    netsuite.suiteql(query.sql, query.params, limit=1)
                break
            except NetSuiteError as error:
                drift = read_drift(error)
                if drift is None or drift.table is not None:
                    return [Finding(table.name, None, str(error))]
                found = [column for column in left if column.name in drift.columns]
                findings += [Finding(table.name, c.name, drift.message) for c in found]
                if not found:
                    return [*findings, Finding(table.name, None, str(error))]
                left = [column for column in left if column not in found]
    return findings or _check_cursor(workspace, table)


def _check_cursor(workspace: Workspace, table: MappedTable) -> list[Finding]:
    if table.cursor is None:
        return []
    try:
        with calling(workspace) as netsuite:
            (row,) = netsuite.suiteql(count_unstamped(table).sql, limit=1).rows
    except NetSuiteError as error:
        return [Finding(table.name, table.cursor, str(error))]
    missing = int(row["unstamped"])
    if not missing:
        return []
    what = f"{missing:,} rows have none, so that the whole table is read each time"
    return [Finding(table.name, table.cursor, what)]
