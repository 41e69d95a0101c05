"""The lists with which a fetch begins, and which tables are to be described after them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nsconsole.catalog import Source, TableFact
from nsconsole.netsuite.metadata.naming import united_tables
from nsconsole.netsuite.metadata.records import table_of
from nsconsole.services.coverage.catalog.custom_fields import CustomTables
from nsconsole.services.coverage.catalog.describing import Wanted
from nsconsole.store.catalog import TableRow


@dataclass(frozen=True, slots=True)
class Lists:
    """What was listed; None if NetSuite did not give it."""

    suiteql: Sequence[TableFact] | None
    record_types: Sequence[TableFact] | None
    custom_records: CustomTables | None
    custom_lists: CustomTables | None

    def said(self) -> dict[Source, Sequence[TableFact]]:
        """Give what each source says of tables, of those that gave all that they have."""
        found: dict[Source, Sequence[TableFact]] = {}
        if self.record_types is not None:
            found[Source.RECORDS] = self._record_tables(self.record_types)
        if self.custom_records is not None and self.custom_lists is not None:
            custom = [*self.custom_records.facts, *self.custom_lists.facts]
            found[Source.CUSTOMIZATION] = united_tables(custom)
        if self.suiteql is not None:
            found[Source.SUITEQL] = self.suiteql
        return found

    def types_by_table(self) -> dict[str, list[str]]:
        """Give the names of the record types whose rows are in a table."""
        listed = self._listed()
        found: dict[str, list[str]] = {}
        for each in self.record_types or ():
            found.setdefault(table_of(each.name, listed), []).append(each.shown_name)
        return found

    def _record_tables(self, record_types: Iterable[TableFact]) -> tuple[TableFact, ...]:
        listed = self._listed()
        return united_tables(
            replace(each, name=table_of(each.name, listed)) for each in record_types
        )

    def _listed(self) -> set[str]:
        return {table.name for table in self.suiteql or ()}


def wanted(lists: Lists, known: Mapping[str, TableRow]) -> list[Wanted]:
    """Give the tables to describe; first those of many record types, which take longest.

    Those that only the record service has are described once. `known` is the catalog so far.
    """
    types = lists.types_by_table()
    in_suiteql = {table.name: _spelling(table) for table in lists.suiteql or ()}
    found = []
    for name in {**in_suiteql, **types}:
        row = known.get(name)
        is_described = row is not None and row.described_at is not None
        if name in in_suiteql or not is_described:
            digest, listed = row.digest if row else None, in_suiteql.get(name)
            types_of = tuple(types.get(name, ()))
            found.append(Wanted(name, types_of, listed, digest, is_described=is_described))
    return sorted(found, key=lambda each: -len(each.record_types))


def _spelling(table: TableFact) -> str:
    """Give a table's name as it is listed; of one that is listed twice, in lower case."""
    return table.shown_name if table.shown_name.lower() == table.name else table.name
