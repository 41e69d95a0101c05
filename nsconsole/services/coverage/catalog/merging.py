"""Merging what sources say into the catalog, for some tables in one transaction.

Nothing is written of what stays the same, but when a table was last seen. What came, went and
changed is kept as history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from nsconsole.catalog import ColumnFact, Source, State, TableFact
from nsconsole.services.coverage.catalog import hearing
from nsconsole.services.coverage.catalog.column_rows import column_changes, column_rows
from nsconsole.services.coverage.catalog.hearing import Told
from nsconsole.services.coverage.catalog.table_rows import table_changes, table_rows
from nsconsole.store import catalog as store
from nsconsole.store.catalog import Change, ColumnRow, Fact, TableRow


class _OfTable(Protocol):
    @property
    def table_name(self) -> str: ...


_Row = TypeVar("_Row", bound=_OfTable)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge for one fetch; `at` is when its sources were asked (UTC)."""

    connection: Connection
    fetch_id: int
    at: datetime

    def tables(self, said: Mapping[Source, Iterable[TableFact]]) -> list[Change]:
        """Merge lists of tables, each of them whole; give what became of tables."""
        before = hearing.by_name(store.table_facts(self.connection), of_tables=True)
        told = before
        for source, facts in said.items():
            now = {fact.name: hearing.of_table(source, fact, self.at) for fact in facts}
            told = hearing.hear(told, source, now, self.at)
        store.replace_facts(self.connection, hearing.facts_in(before), hearing.facts_in(told))
        known = {row.name: row for row in store.tables(self.connection)}
        rows = table_rows(known, told, self.at)
        self._put_tables(known, rows)
        return self._noted(table_changes(known, rows, before, told))

    def columns(self, said: Mapping[str, Mapping[Source, Sequence[ColumnFact]]]) -> list[Change]:
        """Merge columns of tables, of each all that a source says; give what became of them."""
        facts = store.column_facts(self.connection, said.keys())
        facts_by_table = _by_table(facts)
        known = _by_table(store.columns(self.connection, said.keys()))
        rows: list[ColumnRow] = []
        changes: list[Change] = []
        heard: list[Fact] = []
        for table in store.tables(self.connection, said.keys()):
            before = hearing.by_name(facts_by_table.pop(table.name, ()))
            told = self._told(table, before, said[table.name])
            present = {row.name: row for row in known.get(table.name, ())}
            after = column_rows(table, present, told, said[table.name], self.at)
            changes += column_changes(present, after, before, told)
            rows += after
            heard += hearing.facts_in(told)
        store.replace_facts(self.connection, facts, heard)
        store.put_columns(self.connection, rows)
        return self._noted(changes)

    def _told(
        self, table: TableRow, before: Told, said: Mapping[Source, Sequence[ColumnFact]]
    ) -> Told:
        told = before
        for source, facts in said.items():
            now = {f.name: hearing.of_column(source, table.name, f, self.at) for f in facts}
            told = hearing.hear(told, source, now, self.at)
        return told

    def _put_tables(self, known: Mapping[str, TableRow], rows: Sequence[TableRow]) -> None:
        """Store tables; one that is closed to queries now, or gone, takes its columns along."""
        gone = [row.name for row in rows if row.gone_at == self.at]
        closed = {
            row.name: row.reason
            for row in rows
            if row.state is State.UNQUERYABLE and not _is_closed_alike(known.get(row.name), row)
        }
        store.put_tables(self.connection, rows)
        store.close_columns(self.connection, closed)
        store.lose_columns(self.connection, gone, self.at)
        # Once it is back, its description is to be merged even if it is what it was.
        store.forget_digests(self.connection, [*gone, *closed])

    def _noted(self, changes: list[Change]) -> list[Change]:
        store.note_changes(self.connection, self.fetch_id, changes, self.at)
        return changes


def _is_closed_alike(before: TableRow | None, row: TableRow) -> bool:
    return before is not None and (before.state, before.reason) == (row.state, row.reason)


def _by_table(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    return {name: list(group) for name, group in groupby(rows, key=attrgetter("table_name"))}
