"""The words of SYNC_TABLE_MAP: which NetSuite table is mirrored, how, and how often."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

TIERS = (5, 15, 60)
"""Minutes between two syncs of a table."""

DELETIONS = "deletedrecord"
"""The table in which NetSuite tells what was deleted."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,127}")


def is_name(text: str) -> bool:
    """Whether a text can be the name of a NetSuite table or column, in lower case."""
    return _NAME.fullmatch(text) is not None


class Kind(StrEnum):
    """What a mirrored column holds."""

    INTEGER = "integer"
    REAL = "real"
    TEXT = "text"
    BOOLEAN = "boolean"  # 1 and 0 in the mirror, T and F in NetSuite
    DATE = "date"  # 2026-11-22
    DATETIME = "datetime"  # 2026-11-22T09:15:00Z, in UTC


class Mode(StrEnum):
    """How a table is kept equal to NetSuite's."""

    INCREMENTAL = "incremental"  # what changed, by the cursor column; the whole table once
    FULL = "full"  # the whole table, each row written anew
    SNAPSHOT_DIFF = "snapshot-diff"  # the whole table, only what differs is written


@dataclass(frozen=True, slots=True)
class Column:
    """A mirrored column; `name` is NetSuite's, in lower case."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Parent:
    """The table whose rows own these lines, and the column of the lines that names the owner."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class MappedTable:
    """A NetSuite table in the mirror.

    `columns` holds every mapped column, those of `key` and the `cursor` included. `tracked_as` are
    the script ids under which `deletedrecord` tells of deleted rows; empty if it does not.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    mode: Mode
    tier: int
    cursor: str | None = None
    tracked_as: tuple[str, ...] = ()
    parent: Parent | None = None

    @property
    def mirror(self) -> str:
        """The name of the mirror table."""
        return f"ns_{self.name}"

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The columns of the key, in its order."""
        return tuple(self.column(name) for name in self.key)

    @property
    def has_ordered_key(self) -> bool:
        """Whether NetSuite and the mirror are sure to put the keys into the same order."""
        return all(column.kind is Kind.INTEGER for column in self.key_columns)

    def column(self, name: str) -> Column:
        """Give a column by name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def without(self, names: Collection[str]) -> "MappedTable":
        """The same table without some columns."""
        return replace(self, columns=tuple(c for c in self.columns if c.name not in names))

    def with_columns(self, columns: Iterable[Column]) -> "MappedTable":
        """The same table with some columns more."""
        return replace(self, columns=(*self.columns, *columns))
