"""What a SuiteQL table is made of: columns, their kinds, and the links between tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What a column holds; the value is the word that a table's declaration uses."""

    TEXT = "text"  # at most 300 characters
    MEMO = "memo"  # at most 4,000 characters
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"  # 'T' or 'F'
    DATE = "date"  # stored as YYYY-MM-DD 00:00:00
    DATETIME = "datetime"  # stored as YYYY-MM-DD HH:MM:SS, UTC


AFFINITY = {Kind.INTEGER: "INTEGER", Kind.DECIMAL: "REAL"}  # every other kind is TEXT


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `target` is the table whose id it holds; `owned` says that the row goes when its target goes.
    `choices` names the list of codes it draws from; a `/` is followed by the column that
    tells which of several such lists counts (the status words depend on the transaction's type).
    """

    name: str
    kind: Kind
    target: str | None = None
    owned: bool = False
    choices: str | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One SuiteQL table.

    `key` names the columns that identify a row; `label` the column shown for a reference to it.
    `space` names the sequence its ids come from: customers, vendors, employees and contacts share
    one, as in NetSuite. `stamp` is the column that moves with every change, if there is one.
    """

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    label: str
    space: str
    view: str | None = None
    stamp: str | None = None
    born: str | None = None
    references: tuple[Column, ...] = field(default=())


_STAMPS = ("lastmodifieddate", "linelastmodifieddate")
_BIRTHS = ("datecreated", "createddate")


def table(
    name: str,
    declaration: str,
    *,
    label: str = "name",
    key: tuple[str, ...] = ("id",),
    space: str | None = None,
    view: str | None = None,
) -> Table:
    """Read a table from its declaration: `name kind` pairs, separated by commas.

    A kind is a word of `Kind`, `->table` (a reference), `=>table` (a reference to the owner) or
    `list:choices`; a trailing `*` makes the column read-only to scripts.
    """
    columns = [_column(text.strip()) for text in declaration.split(",")]
    named = {column.name: column for column in columns}
    return Table(
        name=name,
        columns=named,
        key=key,
        label=label,
        space=space or name,
        view=view,
        stamp=next((stamp for stamp in _STAMPS if stamp in named), None),
        born=next((birth for birth in _BIRTHS if birth in named), None),
        references=tuple(column for column in columns if column.target),
    )


def _column(text: str) -> Column:
    name, word = text.split()
    read_only = word.endswith("*")
    word = word.removesuffix("*")
    if word.startswith(("->", "=>")):
        return Column(
            name,
            Kind.INTEGER,
            target=word[2:],
            owned=word.startswith("=>"),
            read_only=read_only,
        )
    if word.startswith("list:"):
        return Column(name, Kind.TEXT, choices=word[5:], read_only=read_only)
    return Column(name, Kind(word), read_only=read_only)


def quote(name: str) -> str:
    """An identifier for SQLite."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def ddl(table: Table) -> str:
    """The SQL that makes `table` (or the view that stands for it) in SQLite."""
    if table.view is not None:
        return f"CREATE VIEW {quote(table.name)} AS {table.view}"
    columns = ", ".join(_column_ddl(table, column) for column in table.columns.values())
    if len(table.key) == 1:
        return f"CREATE TABLE {quote(table.name)} ({columns})"
    key = ", ".join(quote(name) for name in table.key)
    return f"CREATE TABLE {quote(table.name)} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID"


def _column_ddl(table: Table, column: Column) -> str:
    if table.key == (column.name,):
        return f"{quote(column.name)} INTEGER PRIMARY KEY"
    return f"{quote(column.name)} {AFFINITY.get(column.kind, 'TEXT')}"
