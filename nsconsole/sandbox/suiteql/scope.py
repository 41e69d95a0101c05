"""Which names a query can see: the tables of its FROM, what their columns are, who may see them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nsconsole.sandbox.manners import unexpected
from nsconsole.sandbox.schema import Access, Column, Table, quote
from nsconsole.sandbox.suiteql.errors import (
    hidden_field,
    refused_query,
    removed_field,
    unknown_identifier,
    unsupported,
)
from nsconsole.sandbox.suiteql.terms import NULL, Session, Term, Type, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nsconsole.sandbox.behaviour import Behaviour
    from nsconsole.sandbox.forms import Refusal
    from nsconsole.sandbox.schema import Tables

_HIDDEN = (Access.NOT_EXPOSED, Access.NO_PERMISSION)


@dataclass(slots=True)
class Context:
    """What one query is compiled against, and the columns in it that are found to be bad."""

    tables: Tables
    behaviour: Behaviour
    bad_columns: list[str] = field(default_factory=list)

    @property
    def session(self) -> Session:
        """What of the account's settings bears on values."""
        return Session(self.behaviour.time_zone, self.behaviour.date_format)

    def bad_column(self, detail: str) -> Term:
        """Note a column that cannot be had, and go on without it."""
        self.bad_columns.append(detail)
        return NULL

    def refusal(self) -> Refusal:
        """The refusal of a query with bad columns, of which NetSuite usually names the first."""
        if self.behaviour.bad_column == "error_500":
            return unexpected()
        named = list(dict.fromkeys(self.bad_columns))
        return refused_query(*(named if self.behaviour.name_all_bad_columns else named[:1]))


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a sub-query's answer; `column` is what it is a bare copy of."""

    name: str
    type: Type
    column: Column | None = None


@dataclass(slots=True)
class Source:
    """A table or sub-query of a FROM.

    `keys` are sets of columns of which each tells its rows apart. `nullable` says that an outer
    join may leave all its columns empty. If it `is_numbered`, its columns are those of the rows
    that have got their ROWNUM.
    """

    alias: str
    name: str
    table: Table | None = None
    outputs: Mapping[str, Output] = field(default_factory=dict)
    keys: tuple[tuple[str, ...], ...] = ()
    nullable: bool = False
    is_numbered: bool = False

    def sql(self, name: str) -> str:
        """The column of that name."""
        if self.is_numbered:
            return quote(f"{self.alias}.{name}")
        return f"{quote(self.alias)}.{quote(name)}"

    @property
    def prefix(self) -> str:
        """What the SQL of all its columns begins with."""
        return f"{quote(self.alias)[:-1]}." if self.is_numbered else f"{quote(self.alias)}."

    def term(self, name: str) -> Term | None:
        """The column of that lower-case name, if a query may see it."""
        sql = self.sql(name)
        if self.table is not None:
            column = self.table.columns.get(name)
            if column is None or column.access is not Access.OPEN:
                return None
            return Term(sql, type_of(column), column, self, bare=True)
        output = self.outputs.get(name)
        if output is None:
            return None
        return Term(sql, output.type, output.column, self, bare=True)

    def complaint(self, name: str) -> str | None:
        """Why a column that the table has cannot be seen."""
        column = self.table.columns.get(name) if self.table is not None else None
        if column is not None and column.access in _HIDDEN:
            return hidden_field(name, self.name)
        if column is not None and column.access is Access.REMOVED:
            return removed_field(name, self.name)
        return None

    def open_columns(self) -> Iterator[tuple[str, Term]]:
        """What `*` stands for."""
        names = self.outputs if self.table is None else self.table.columns
        for name in names:
            term = self.term(name)
            if term is not None:
                yield name, term

    def is_unique(self, sql: str) -> bool:
        """Whether the SQL of a term is a column that alone is a table's key, and so never empty."""
        if self.table is None or self.nullable:
            return False
        return any(self.sql(key[0]) == sql for key in self.keys if len(key) == 1)


def table_source(alias: str, table: Table) -> Source:
    """A table as a source: a line is known by its key, or by its number within its owner."""
    owner = next((column.name for column in table.references if column.owned), None)
    keys: tuple[tuple[str, ...], ...] = (table.key,)
    if owner is not None and "id" in table.columns and table.key != ("id",):
        keys = (table.key, (owner, "id"))
    return Source(alias, table.name, table=table, keys=keys)


class Scope:
    """The sources of one SELECT by their lower-case alias, within those of the SELECT around."""

    def __init__(self, context: Context, parent: Scope | None = None) -> None:
        self.context = context
        self.sources: dict[str, Source] = {}
        self.parent = parent
        self.is_numbered = False

    def number_rows(self) -> list[str]:
        """From here on columns are those of the numbered rows; the columns that these must have."""
        self.is_numbered = True
        columns = []
        for source in self.sources.values():
            names = source.outputs if source.table is None else source.table.columns
            plain = {name: source.sql(name) for name in names}
            source.is_numbered = True
            columns += [f"{sql} AS {source.sql(name)}" for name, sql in plain.items()]
        return columns

    def add(self, source: Source) -> None:
        """Put a source into reach.

        Raises:
            Refusal: its alias is taken.
        """
        if source.alias in self.sources:
            raise unsupported()
        self.sources[source.alias] = source

    def has(self, name: str) -> bool:
        """Whether a source of this very scope has the column."""
        return any(source.term(name.lower()) is not None for source in self.sources.values())

    def column(self, name: str, table: str | None) -> Term:
        """The column of that name, by itself or behind the alias of its table.

        One that cannot be had is noted, and NULL comes in its place.

        Raises:
            Refusal: there is more than one.
        """
        scope: Scope | None = self
        while scope is not None:
            found = scope._here(name, table.lower() if table is not None else None)
            if found is not None:
                return found
            scope = scope.parent
        if table is not None:
            return self.context.bad_column(unknown_identifier(table, self._names()))
        return self.context.bad_column(self._unknown(name))

    def _here(self, name: str, alias: str | None) -> Term | None:
        """The column, if a source of this very scope has it or the alias names one."""
        lower = name.lower()
        if alias is None:
            sources = list(self.sources.values())
        elif alias in self.sources:
            sources = [self.sources[alias]]
        else:
            return None
        found = [term for source in sources if (term := source.term(lower)) is not None]
        if len(found) > 1:
            raise unsupported()
        if found:
            return found[0]
        complaints = (source.complaint(lower) for source in sources)
        complaint = next(filter(None, complaints), None)
        if complaint is None and alias is not None:
            complaint = self._missing(name, sources[0])
        return self.context.bad_column(complaint) if complaint is not None else None

    def _missing(self, name: str, source: Source) -> str:
        if self.context.behaviour.unknown_column == "identifier":
            return unknown_identifier(name, self._names())
        return removed_field(name, source.name)

    def _unknown(self, name: str) -> str:
        if self.context.behaviour.unknown_column == "field" and self.sources:
            return removed_field(name, next(iter(self.sources.values())).name)
        return unknown_identifier(name, self._names())

    def all_columns(self, table: str | None) -> list[tuple[str, Term]]:
        """The columns of `*`, or of `table.*`, with their names."""
        if table is not None and table.lower() not in self.sources:
            self.context.bad_column(unknown_identifier(table, self._names()))
            return []
        wanted = [table.lower()] if table is not None else list(self.sources)
        return [pair for alias in wanted for pair in self.sources[alias].open_columns()]

    def _names(self) -> dict[str, str]:
        return {alias: source.name for alias, source in self.sources.items()}


def output_of(name: str, term: Term) -> Output:
    """A term as a column of an answer."""
    column = term.column
    if column is not None and "/" in (column.choices or ""):
        column = None  # what tells its choices apart is not in reach any more
    return Output(name, term.type, column and replace(column, name=name))
