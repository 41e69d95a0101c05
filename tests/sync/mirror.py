"""A mirror under test: its map, its syncs, what it holds, and what NetSuite really holds."""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from nsconsole.mapping import Kind
from nsconsole.services.sync import log
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.sync_map import load_map, replace_map
from nsconsole.store import sync_map, sync_state

from .tables import as_netsuite_has_it


@dataclass
class Mirror:
    """The mirror of a workspace; `state` is the file in which the sandbox keeps NetSuite."""

    workspace: object
    sandbox: object
    state: Path

    def use(self, *tables):
        """Have these tables in the map, and no others."""
        replace_map(self.workspace, tables)

    def load(self, table, rows, **as_others):
        """Have a table with rows in NetSuite; `as_others` are columns of another type there."""
        there = as_netsuite_has_it(table)
        there["columns"] |= as_others
        self.sandbox.load(**{table.name: there | {"rows": list(rows)}})

    def sync(self, *names, **how):
        """Sync tables, all of the map unless some are named; give the reports by table."""
        return {report.table: report for report in sync(self.workspace, names or None, **how)}

    def table(self, name):
        """A table of the map."""
        return self.entry(name).table

    def entry(self, name):
        """A table of the map, with what stands in its way."""
        with self.workspace.database.reading() as connection:
            return sync_map.entry(connection, name)

    def set_aside(self, name):
        """The columns of a table that are set aside."""
        return {aside.column for aside in self.entry(name).set_aside}

    def state_of(self, name):
        """How far the mirror of a table is."""
        with self.workspace.database.reading() as connection:
            return sync_state.get(connection, name)

    def query(self, sql, *values):
        """Ask the workspace's database; give the rows as dictionaries."""
        with self.workspace.database.reading() as connection:
            return [row._asdict() for row in connection.exec_driver_sql(sql, values)]

    def execute(self, sql, *values):
        """Change the workspace's database by force."""
        with self.workspace.database.writing() as connection:
            connection.exec_driver_sql(sql, values)

    def netsuite(self, sql):
        """Ask the file in which the sandbox keeps NetSuite."""
        return netsuite_rows(self.state, sql)

    def live(self, name):
        """The rows that the mirror shows as not deleted, by key, without the mirror's own columns.

        As with `truth`, columns that are set aside are left out.
        """
        table = self._shown(name)
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        return _by_key(table, self.query(f"SELECT {columns} FROM {table.mirror}_live"))

    def truth(self, name, *, called=None):
        """NetSuite's rows, read past all that stands between it and the mirror.

        `called` is what a column is called in the sandbox's file, if not as in the map.
        """
        table, called = self._shown(name), called or {}
        columns = ", ".join(f'"{called.get(c.name, c.name)}" AS "{c.name}"' for c in table.columns)
        rows = [
            {column.name: _as_mirrored(column.kind, row[column.name]) for column in table.columns}
            for row in netsuite_rows(self.state, f'SELECT {columns} FROM "{name}"')
        ]
        return _by_key(table, rows)

    def _shown(self, name):
        entry = self.entry(name)
        return entry.table.without({aside.column for aside in entry.set_aside})

    def agrees(self, *names):
        """Whether the mirror of these tables is what NetSuite holds; all of the map if none."""
        names = names or [entry.table.name for entry in load_map(self.workspace)]
        return all(self.live(name) == self.truth(name) for name in names)

    def told(self, event, table=None):
        """The details of the log's entries of an event, the oldest first."""
        found = log.entries(self.workspace, table=table, limit=10_000)
        return [entry.detail for entry in found if entry.event == event]

    def requests(self):
        """How many queries NetSuite has answered, or refused, so far."""
        return sum(self.sandbox.stats()["requests"].get("suiteql", {}).values())

    def hide_table(self, name, access="no permission"):
        """Take a whole table away from the role, or give it back (`open`)."""
        self.sandbox._door(f"tables/{name}", {"access": access})

    def no_more_faults(self):
        """Forget all faults that were ordered."""
        self.sandbox._door("faults", method="DELETE")


def netsuite_rows(state, sql):
    """Ask the file in which the sandbox keeps NetSuite."""
    uri = f"{state.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(sql).fetchall()


def differences(mirrored, truth):
    """What the mirror has otherwise, by key: its own row, and NetSuite's."""
    return [
        (mirrored.get(key), truth.get(key))
        for key in mirrored.keys() | truth.keys()
        if mirrored.get(key) != truth.get(key)
    ]


def _by_key(table, rows):
    return {tuple(row[name] for name in table.key): row for row in rows}


def _as_mirrored(kind, value):
    if value is None:
        return None
    match kind:
        case Kind.BOOLEAN:
            return int(value == "T")
        case Kind.DATE:
            return value[:10]
        case Kind.DATETIME:
            return value.replace(" ", "T") + "Z"
        case Kind.REAL:
            return float(value)
    return value
