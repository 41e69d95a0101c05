"""What NetSuite has, what is mapped and what is mirrored, laid down by hand and audited."""

from dataclasses import dataclass
from typing import Any

from nsconsole.catalog import Reason
from nsconsole.mapping import TIERS, Column, Kind, MappedTable, Mode
from nsconsole.services.coverage.audit import take_stock
from nsconsole.services.coverage.domains import domain_of
from nsconsole.services.workspace import Workspace
from nsconsole.store import mirror_tables, sync_map, tiers
from nsconsole.store.tables import stamp

KINDS = {kind.value for kind in Kind}


@dataclass
class World:
    """A workspace whose catalog, map and mirror a test fills by hand."""

    workspace: Workspace

    def begin(self):
        """Be a workspace with an empty map, and a catalog that is empty too."""
        with self.workspace.database.writing() as connection:
            tiers.seed(connection, TIERS, self.workspace.now())
        self.fetched()
        return self

    def fetched(self):
        """A fetch of the catalog has just ended."""
        at = stamp(self.workspace.now())
        self.sql(
            "INSERT INTO ns_catalog_fetches (kind, owner, started_at, ended_at, status)"
            " VALUES ('fetch', 'test', ?, ?, 'done')",
            at,
            at,
        )

    def tells(self, table, *, rows=None, source="suiteql", **columns):
        """The catalog tells of a table: `state`, `reason`, `gone_at` and columns.

        A column is its kind, or a dictionary of what the catalog says of it.
        """
        at = stamp(self.workspace.now())
        of_table = {"state": "queryable", "reason": None, "gone_at": None}
        of_table |= {name: columns.pop(name) for name in of_table if name in columns}
        self.put(
            "ns_catalog_tables",
            name=table,
            label=table.title(),
            domain=domain_of(table, custom=table.startswith("customrecord")),
            custom=0,
            first_seen_at=at,
            seen_at=at,
            row_count=rows,
            **of_table,
        )
        for position, (name, said) in enumerate(columns.items()):
            self.column(table, name, position, source, **_told(said))

    def column(self, table, name, position=0, source="suiteql", **said):
        """The catalog tells of a column."""
        at = stamp(self.workspace.now())
        row = {"label": name, "kind": "text", "custom": 0, "state": "queryable"}
        row |= {"native_type": "STRING", "first_seen_at": at, "seen_at": at} | said
        self.put("ns_catalog_columns", table_name=table, name=name, position=position, **row)
        if not said.get("gone_at"):
            self.put(
                "ns_catalog_facts",
                table_name=table,
                name=name,
                source=source,
                at=at,
                shown_name=name,
                label="",
                native_type="STRING",
                exposed=said.get("state") != "unqueryable",
            )

    def map(self, **tables):
        """The map is these tables, each with its columns besides the key: name=kind."""
        mapped = [mapped_table(name, **columns) for name, columns in tables.items()]
        with self.workspace.database.writing() as connection:
            sync_map.put(connection, mapped, self.workspace.now())
        return mapped

    def mirror(self, *tables):
        """The mirror has these tables as they are mapped, and they were synced."""
        with self.workspace.database.writing() as connection:
            for table in tables:
                mirror_tables.ensure(connection, table)
        for table in tables:
            at = stamp(self.workspace.now())
            self.sql("UPDATE sync_state SET synced_at = ? WHERE table_name = ?", at, table.name)

    def mirrored(self, **tables):
        """Map tables and mirror them."""
        self.mirror(*self.map(**tables))

    def changed(self, event, table, column="", before=None, after=None):
        """The catalog notes what became of something."""
        at = stamp(self.workspace.now())
        self.put(
            "ns_catalog_changes",
            at=at,
            fetch_id=1,
            table_name=table,
            name=column,
            event=event,
            before=before,
            after=after,
        )

    def audit(self):
        """Audit by what is laid down; give the report."""
        return take_stock(self.workspace, trigger="person")

    def gaps(self):
        """Give the open gaps: table and column, with the gap and its reason."""
        rows = self.sql(
            "SELECT table_name, name, gap, reason FROM coverage_gaps WHERE closed_audit_id IS NULL"
        )
        return {_name(table, name): (gap, Reason(reason)) for table, name, gap, reason in rows}

    def order(self):
        """Give the names of the open gaps, the most valuable first."""
        query = "SELECT table_name, name FROM coverage_gaps WHERE closed_audit_id IS NULL"
        return [_name(*row) for row in self.sql(f"{query} ORDER BY priority, table_name, name")]

    def put(self, into, **row: Any):
        """Write a row, in the place of one with the same key."""
        places = ", ".join("?" * len(row))
        self.sql(
            f"INSERT OR REPLACE INTO {into} ({', '.join(row)}) VALUES ({places})", *row.values()
        )

    def sql(self, statement, *values):
        """Run SQL; give the rows."""
        with self.workspace.database.writing() as connection:
            found = connection.exec_driver_sql(statement, values)
            return [tuple(row) for row in found] if found.returns_rows else []


def mapped_table(name, /, **columns):
    """A table of the map with the key id."""
    listed = [Column("id", Kind.INTEGER)]
    listed += [Column(column, Kind(kind)) for column, kind in columns.items()]
    return MappedTable(name, tuple(listed), key=("id",), mode=Mode.FULL, tier=60)


def _told(said):
    if isinstance(said, dict):
        return said
    return {"kind": said} if said in KINDS else {"state": said}


def _name(table, column):
    return f"{table}.{column}" if column else table
