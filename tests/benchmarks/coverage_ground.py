"""The ground that coverage is measured on: a workspace with a large catalog, half of it mirrored.

Nothing asks NetSuite here; what a fetch would have written is written by force.
"""

from datetime import UTC, datetime

from sqlalchemy import insert

from nsconsole.mapping import Column, Kind, MappedTable, Mode
from nsconsole.services.sync.sync_map import replace_map
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from nsconsole.store import mirror_tables
from nsconsole.store.tables import ns_catalog_columns, ns_catalog_fetches, ns_catalog_tables

_AT = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
_KINDS = (Kind.INTEGER, Kind.TEXT, Kind.REAL, Kind.BOOLEAN, Kind.DATETIME)
_SEEN = {"first_seen_at": _AT, "seen_at": _AT, "state": "queryable", "custom": 0, "label": ""}
_FETCH = {"kind": "fetch", "owner": "", "started_at": _AT, "ended_at": _AT, "status": "done"}


def make_workspace(home, *, tables, columns):
    """Make a workspace whose catalog has so many tables, with so many columns in all."""
    workspace = open_workspace(load_settings({}, home=home), environ={})
    furnish(workspace, tables=tables, columns=columns)
    workspace.close()
    return home


def furnish(workspace, *, tables, columns):
    """Fill a catalog, and mirror two thirds of the columns of every other table."""
    each = columns // tables
    names = [f"customrecord_ground_{number:05}" for number in range(tables)]
    rows = [_column(name, position) for name in names for position in range(each)]
    with workspace.database.writing() as connection:
        connection.execute(insert(ns_catalog_fetches), _FETCH)
        connection.execute(insert(ns_catalog_tables), [_table(name) for name in names])
        connection.execute(insert(ns_catalog_columns), rows)
    mapped = [_mapped(name, each * 2 // 3) for name in names[::2]]
    replace_map(workspace, mapped)
    with workspace.database.writing() as connection:
        for table in mapped:
            mirror_tables.ensure(connection, table)


def _table(name):
    number = int(name[-5:])
    rows = {"row_count": number * 37 % 90_000, "described_at": _AT, "digest": name}
    return {"name": name, "domain": "custom", **rows, **_SEEN}


def _column(table, position):
    kind = _KINDS[position % len(_KINDS)]
    return {
        "table_name": table,
        "name": _name(position),
        "position": position,
        "kind": kind.value,
        "native_type": kind.value.upper(),
        "filled": 1_000 - position * 13 % 900 if position % 3 else None,
        "sampled": 1_000 if position % 3 else None,
        **_SEEN,
    }


def _mapped(name, columns):
    placed = (Column(_name(n), _KINDS[n % len(_KINDS)]) for n in range(columns))
    return MappedTable(name, tuple(placed), ("id",), Mode.FULL, 60)


def _name(position):
    return "id" if position == 0 else f"custrecord_field_{position:03}"
