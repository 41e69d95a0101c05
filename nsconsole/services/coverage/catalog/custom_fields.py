"""Reading what the account made itself: record types, lists and fields."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nsconsole.catalog import ColumnFact, TableFact
from nsconsole.mapping import MappedTable
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.keyset import Query, by_key
from nsconsole.netsuite.metadata import customization
from nsconsole.netsuite.metadata.naming import united_columns
from nsconsole.netsuite.suiteql import MAX_PAGE, Page
from nsconsole.services.coverage.catalog.asking import Asker


@dataclass(frozen=True, slots=True)
class CustomTables:
    """Custom record types or lists, and their tables by internal id."""

    facts: tuple[TableFact, ...]
    by_id: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CustomFields:
    """The custom fields by their table, and by name those that do not tell theirs.

    `mark` stands for them: it is another one as soon as one of them changes.
    """

    mark: str
    by_table: Mapping[str, Sequence[ColumnFact]]
    by_name: Mapping[str, ColumnFact]

    def of(self, table: str, columns: Iterable[str]) -> tuple[ColumnFact, ...]:
        """Give the fields of a table, of whose columns some or all are known."""
        loose = (self.by_name[column] for column in columns if column in self.by_name)
        return united_columns([*self.by_table.get(table, ()), *loose])


def read_tables(asker: Asker, source: MappedTable) -> CustomTables:
    """Read the record types or the lists. Raises NetSuiteError and StoppedError."""
    rows = _rows(asker, source)
    by_id = {row["internalid"]: row.get("scriptid", "").lower() for row in rows}
    return CustomTables(customization.read_tables(rows), by_id)


def read_fields(
    asker: Asker, record_types: Mapping[str, str], before: str | None
) -> CustomFields | None:
    """Read the fields; None if they are still those that the mark `before` stands for.

    `record_types` has the tables of record types by id. Raises NetSuiteError and StoppedError.
    """
    mark = json.dumps(_page(asker, customization.MARK).rows, sort_keys=True)
    if mark == before:
        return None
    by_table: dict[str, list[ColumnFact]] = {}
    by_name: dict[str, ColumnFact] = {}
    for custom in customization.read_fields(_rows(asker, customization.FIELDS), record_types):
        if custom.table:
            by_table.setdefault(custom.table, []).append(custom.fact)
        else:
            by_name[custom.fact.name] = custom.fact
    return CustomFields(mark, by_table, by_name)


def _rows(asker: Asker, source: MappedTable) -> list[dict[str, str]]:
    """Read a whole table, page by page in the order of its key."""
    rows: list[dict[str, str]] = []
    after = "0"
    while True:
        page = _page(asker, by_key(source, source.columns, after=(after,)))
        rows += page.rows
        if not page.has_more:
            return rows
        after = _last(page.rows, after)


def _page(asker: Asker, query: Query) -> Page:
    return asker.ask(
        lambda netsuite: netsuite.suiteql(query.sql, query.params, limit=MAX_PAGE, urgent=False)
    )


def _last(rows: Sequence[Mapping[str, str]], after: str) -> str:
    last = rows[-1].get("internalid", "") if rows else ""
    if not last.isdecimal() or int(last) <= int(after):
        raise NetSuiteError(Outcome.PERMANENT, "NetSuite gave rows that do not lead on")
    return last
