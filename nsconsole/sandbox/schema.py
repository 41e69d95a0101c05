"""What a SuiteQL table is made of: columns, their kinds, who may see them, links between tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache, cached_property


class Kind(Enum):
    """What a column holds; the value is the word that a table's declaration uses."""

    TEXT = "text"  # at most 300 characters
    MEMO = "memo"  # at most 4,000 characters
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"  # 'T' or 'F'
    DATE = "date"  # a day of the account's calendar, stored as YYYY-MM-DD 00:00:00
    DATETIME = "datetime"  # a moment, stored as YYYY-MM-DD HH:MM:SS in UTC


EXTERNAL_ID = "externalid"
"""The column with the id that whoever made a record from outside has given it."""
AFFINITY = {Kind.INTEGER: "INTEGER", Kind.DECIMAL: "REAL"}  # every other kind is TEXT


class Access(Enum):
    """How far SuiteQL lets a table or column be seen.

    The record service knows a column that is NOT_EXPOSED; a REMOVED one is known to have been;
    one whose FEATURE_OFF is as if it had never been, while such a table is known but not found.
    """

    OPEN = "open"
    NOT_EXPOSED = "not exposed"
    REMOVED = "removed"
    NO_PERMISSION = "no permission"  # the role may not see it
    FEATURE_OFF = "feature off"


_CUSTOM_COLUMNS = ("custentity", "custbody", "custitem", "custcol", "custrecord", "custevent")
_CUSTOM_TABLE = re.compile(r"(map_)?custom(record|list|transaction)[_0-9]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `target` is the table whose id it holds; `owned` says that the row goes when its target goes.
    `choices` names the list of codes it draws from; a `/` is followed by the column that
    tells which of several such lists counts (the status words depend on the transaction's type).
    `feature` names the account feature without which the column is not there.
    """

    name: str
    kind: Kind
    target: str | None = None
    owned: bool = False
    choices: str | None = None
    read_only: bool = False
    access: Access = Access.OPEN
    feature: str | None = None
    label: str | None = None

    @property
    def custom(self) -> bool:
        """Whether somebody of the account has added it."""
        return self.name.startswith(_CUSTOM_COLUMNS)


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
    access: Access = Access.OPEN
    feature: str | None = None
    title: str | None = None

    @property
    def custom(self) -> bool:
        """Whether somebody of the account has made it: a custom record, list or transaction."""
        return _CUSTOM_TABLE.match(self.name) is not None

    def with_columns(self, columns: Mapping[str, Column]) -> Table:
        """The table with these columns in the place of its own."""
        return _completed(replace(self, columns=dict(columns)))


class Tables(Mapping[str, Table]):
    """The account's tables by their lower-case names, as they are at one moment."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __len__(self) -> int:
        return len(self._tables)

    def having(self, *tables: Table) -> Tables:
        """These tables with others added, or put in the place of those of the same name."""
        return Tables({**self._tables, **{table.name: table for table in tables}})

    def with_features(self, on: Collection[str]) -> Tables:
        """These tables as an account sees them that has those features on, and no others."""
        return Tables({name: _with_features(table, on) for name, table in self._tables.items()})

    @cached_property
    def spaces(self) -> dict[str, list[tuple[str, str]]]:
        """The tables and keys whose ids come from each sequence."""
        found: dict[str, list[tuple[str, str]]] = {}
        for table in self._tables.values():
            if not table.view and table.columns[table.key[0]].kind is Kind.INTEGER:
                found.setdefault(table.space, []).append((table.name, table.key[0]))
        return found

    @cached_property
    def referrers(self) -> dict[str, list[tuple[Table, Column]]]:
        """Every stored column that holds ids of a table, by that table's name."""
        found: dict[str, list[tuple[Table, Column]]] = {}
        for table in self._tables.values():
            if table.view is None:
                for column in table.references:
                    found.setdefault(str(column.target), []).append((table, column))
        return found


def _with_features(table: Table, on: Collection[str]) -> Table:
    columns = {
        name: replace(column, access=_access(column.access, column.feature, on))
        for name, column in table.columns.items()
        if column.feature is not None
    }
    access = _access(table.access, table.feature, on)
    if not columns and access is table.access:
        return table
    return replace(table, columns={**table.columns, **columns}, access=access)


def _access(access: Access, feature: str | None, on: Collection[str]) -> Access:
    if feature is not None and feature not in on:
        return Access.FEATURE_OFF
    return Access.OPEN if access is Access.FEATURE_OFF else access


_STAMPS = ("lastmodifieddate", "linelastmodifieddate", "lastmodified")
_BIRTHS = ("datecreated", "createddate", "created")


def table(
    name: str,
    declaration: str,
    *,
    label: str = "name",
    key: tuple[str, ...] = ("id",),
    space: str | None = None,
    view: str | None = None,
    access: Access = Access.OPEN,
    feature: str | None = None,
    title: str | None = None,
) -> Table:
    """Read a table from its declaration: `name kind` pairs, separated by commas.

    A kind is a word of `Kind`, `->table` (a reference), `=>table` (a reference to the owner) or
    `list:choices`. Marks may follow it, in this order: `*` read-only to scripts, `!` known to the
    record service but not exposed to SuiteQL, `~` hidden from the role, `@feature` only there
    with that feature of the account.
    """
    columns = [_column(text.strip()) for text in declaration.split(",")]
    return make_table(
        name,
        columns,
        label=label,
        key=key,
        space=space,
        view=view,
        access=access,
        feature=feature,
        title=title,
    )


def make_table(
    name: str,
    columns: list[Column],
    *,
    label: str,
    key: tuple[str, ...],
    space: str | None = None,
    view: str | None = None,
    access: Access = Access.OPEN,
    feature: str | None = None,
    title: str | None = None,
) -> Table:
    """A table of these columns; see `table`."""
    return _completed(
        Table(
            name=name,
            columns={column.name: column for column in columns},
            key=key,
            label=label,
            space=space or name,
            view=view,
            access=access,
            feature=feature,
            title=title,
        )
    )


def _completed(table: Table) -> Table:
    """`table` with what follows from its columns."""
    return replace(
        table,
        stamp=next((stamp for stamp in _STAMPS if stamp in table.columns), None),
        born=next((birth for birth in _BIRTHS if birth in table.columns), None),
        references=tuple(column for column in table.columns.values() if column.target),
    )


@cache
def _column(text: str) -> Column:
    name, word = text.split()
    word, _, feature = word.partition("@")
    access = Access.OPEN
    for mark, meaning in (("~", Access.NO_PERMISSION), ("!", Access.NOT_EXPOSED)):
        if word.endswith(mark):
            word, access = word.removesuffix(mark), meaning
    read_only = word.endswith("*")
    word = word.removesuffix("*")
    target = word[2:] if word.startswith(("->", "=>")) else None
    choices = word[5:] if word.startswith("list:") else None
    kind = Kind.INTEGER if target else Kind.TEXT if choices else Kind(word)
    return Column(
        name,
        kind,
        target=target,
        owned=word.startswith("=>"),
        choices=choices,
        read_only=read_only,
        access=access,
        feature=feature or None,
    )


def quote(name: str) -> str:
    """An identifier for SQLite."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def ddl(table: Table) -> str:
    """The SQL that makes `table` (or the view that stands for it) in SQLite."""
    if table.view is not None:
        return f"CREATE VIEW {quote(table.name)} AS {table.view}"
    kinds = {name: affinity(column) for name, column in table.columns.items()}
    by_rowid = len(table.key) == 1 and kinds[table.key[0]] == "INTEGER"
    if by_rowid:
        kinds[table.key[0]] = "INTEGER PRIMARY KEY"
    columns = ", ".join(f"{quote(name)} {kind}" for name, kind in kinds.items())
    if by_rowid:
        return f"CREATE TABLE {quote(table.name)} ({columns})"
    key = ", ".join(map(quote, table.key))
    return f"CREATE TABLE {quote(table.name)} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID"


def index_ddl(table: str, column: str) -> str:
    """The SQL that makes looking up a row of `table` by that column quick."""
    # Few records have an external id, and nobody looks for those that have none.
    few = f" WHERE {quote(column)} IS NOT NULL" if column == EXTERNAL_ID else ""
    return f"CREATE INDEX {quote(f'{table}_{column}')} ON {quote(table)} ({quote(column)}){few}"


def affinity(column: Column) -> str:
    """The type that SQLite keeps the column's values with."""
    return AFFINITY.get(column.kind, "TEXT")
