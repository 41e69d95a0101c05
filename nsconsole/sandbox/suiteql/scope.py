"""Which names a query can see: the tables of its FROM, and what their columns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import quote
from nsconsole.sandbox.suiteql.errors import (
    unknown_field,
    unknown_identifier,
    unsupported,
)
from nsconsole.sandbox.suiteql.functions import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.schema import Column


@dataclass(frozen=True, slots=True)
class Source:
    """A table or sub-query of a FROM: the name of what it is, and its columns."""

    table: str
    columns: Mapping[str, Column]


class Scope:
    """The sources of one SELECT by their lower-case alias, within those of the SELECT around."""

    def __init__(self, parent: Scope | None = None) -> None:
        self.sources: dict[str, Source] = {}
        self.parent = parent

    def add(self, alias: str, source: Source) -> None:
        """Put a source into reach.

        Raises:
            Refusal: the alias is taken.
        """
        if alias in self.sources:
            raise unsupported()
        self.sources[alias] = source

    def column(self, name: str, table: str | None) -> Term:
        """The column of that name, by itself or behind the alias of its table.

        Raises:
            Refusal: there is none, or more than one.
        """
        if table is not None:
            return self._qualified(name, table.lower())
        scope: Scope | None = self
        while scope is not None:
            holders = [a for a, s in scope.sources.items() if name.lower() in s.columns]
            if len(holders) > 1:
                raise unsupported()
            if holders:
                return _term(holders[0], scope.sources[holders[0]].columns[name.lower()])
            scope = scope.parent
        raise unknown_identifier(name, self._names())

    def _qualified(self, name: str, alias: str) -> Term:
        scope: Scope | None = self
        while scope is not None:
            source = scope.sources.get(alias)
            if source is not None:
                column = source.columns.get(name.lower())
                if column is None:
                    raise unknown_field(name, source.table)
                return _term(alias, column)
            scope = scope.parent
        raise unknown_identifier(alias, self._names())

    def all_columns(self, table: str | None) -> list[tuple[str, Term]]:
        """The columns of `*`, or of `table.*`, with their names."""
        if table is not None and table.lower() not in self.sources:
            raise unknown_identifier(table, self._names())
        wanted = [table.lower()] if table is not None else list(self.sources)
        return [
            (name, _term(alias, column))
            for alias in wanted
            for name, column in self.sources[alias].columns.items()
        ]

    def _names(self) -> dict[str, str]:
        return {alias: source.table for alias, source in self.sources.items()}


def _term(alias: str, column: Column) -> Term:
    source = quote(alias)
    return Term(f"{source}.{quote(column.name)}", column.kind, column, source)
