"""A schema that drifts: columns come, go, change their names or their visibility."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nsconsole.sandbox.doors import DoorError
from nsconsole.sandbox.schema import Access, Column, Kind, Table, affinity, quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.rows import Rows

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,127}")
_RESERVED = re.compile(r"(sqlite|sandbox)_.*|dual")
_KINDS = {
    **{kind.value: kind for kind in Kind},
    "boolean": Kind.BOOLEAN, "checkbox": Kind.BOOLEAN, "bool": Kind.BOOLEAN,
    "int": Kind.INTEGER, "bigint": Kind.INTEGER, "number": Kind.DECIMAL, "float": Kind.DECIMAL,
    "double": Kind.DECIMAL, "real": Kind.DECIMAL, "numeric": Kind.DECIMAL,
    "currency": Kind.DECIMAL, "percent": Kind.DECIMAL, "string": Kind.TEXT, "varchar": Kind.TEXT,
    "clob": Kind.MEMO, "clobtext": Kind.MEMO, "timestamp": Kind.DATETIME,
    "date-time": Kind.DATETIME, "reference": Kind.INTEGER,
}  # fmt: skip
"""The words for a column's type, as NetSuite, SQL and JSON Schema have them."""


def drift(database: Database, table_name: str, change: object) -> dict[str, object]:
    """Change a column of a table; return the table's columns as they are then.

    One of: `{"drop": C}` (gone; its values come back with an `add` of the same name),
    `{"rename": [C, D]}`, `{"hide": C}` (not exposed to SuiteQL any more), `{"show": C}`,
    `{"add": {"name": C, "type": T}}`.

    Raises:
        DoorError: unknown table, column, change or type.
    """
    if not isinstance(change, dict) or len(change) != 1:
        raise DoorError("The body must be one of drop, rename, hide, show or add.")
    ((verb, what),) = change.items()
    work = _CHANGES.get(verb)
    if work is None:
        raise DoorError(f"There is no change {verb}: it is drop, rename, hide, show or add.")

    def redefined(rows: Rows) -> list[Table]:
        table = rows.tables.get(table_name.lower())
        if table is None:
            raise DoorError(f"There is no table {table_name}.")
        return [work(rows, table, what)]

    database.redefine(redefined)
    columns = database.tables[table_name.lower()].columns.values()
    return {"columns": {column.name: column.access.value for column in columns}}


def turn_features(database: Database, wanted: object) -> dict[str, object]:
    """Turn features of the account on and off, `{"name": true}`; return those that are on.

    Raises:
        DoorError: the body has another shape.
    """
    if not isinstance(wanted, dict) or not all(isinstance(on, bool) for on in wanted.values()):
        raise DoorError('The body must be an object of features: {"name": true or false}.')
    database.turn_features(wanted)
    return {"features": sorted(database.features)}


def kind_of(word: object) -> Kind:
    """The kind of column that a word stands for.

    Raises:
        DoorError: none.
    """
    kind = _KINDS.get(word.lower()) if isinstance(word, str) else None
    if kind is None:
        raise DoorError(f"There is no type {word}; there are {', '.join(sorted(_KINDS))}.")
    return kind


def checked_name(name: object) -> str:
    """A name that a table or column may have, in lower case.

    Raises:
        DoorError: it may not.
    """
    lower = name.lower() if isinstance(name, str) else ""
    if not _NAME.fullmatch(lower) or _RESERVED.fullmatch(lower):
        raise DoorError(f"{name!r} is not a name that a table or column can have.")
    return lower


def _column(table: Table, name: object) -> Column:
    column = table.columns.get(name.lower()) if isinstance(name, str) else None
    if column is None or column.access is Access.REMOVED:
        raise DoorError(f"The table {table.name} has no column {name}.")
    return column


def _with_access(access: Access) -> Callable[[Rows, Table, object], Table]:
    def change(_: Rows, table: Table, name: object) -> Table:
        column = replace(_column(table, name), access=access)
        return table.with_columns({**table.columns, column.name: column})

    return change


def _rename(rows: Rows, table: Table, names: object) -> Table:
    if not isinstance(names, list) or len(names) != 2:
        raise DoorError('A rename has two names: {"rename": ["old", "new"]}.')
    column, new = _column(table, names[0]), checked_name(names[1])
    if table.view or new in table.columns:
        raise DoorError(f"A column of {table.name} cannot get the name {new}.")
    rows.connection.execute(
        f"ALTER TABLE {quote(table.name)} RENAME COLUMN {quote(column.name)} TO {quote(new)}"
    )
    columns = {
        (new if name == column.name else name): (
            replace(each, name=new) if name == column.name else each
        )
        for name, each in table.columns.items()
    }
    renamed = replace(
        table,
        key=tuple(new if name == column.name else name for name in table.key),
        label=new if table.label == column.name else table.label,
    )
    return renamed.with_columns(columns)


def _add(rows: Rows, table: Table, given: object) -> Table:
    if not isinstance(given, dict) or not {"name", "type"} >= set(given):
        raise DoorError('An added column has a name and a type: {"add": {"name": …, "type": …}}.')
    column = Column(checked_name(given.get("name")), kind_of(given.get("type")))
    present = table.columns.get(column.name)
    if table.view or (present is not None and present.access is not Access.REMOVED):
        raise DoorError(f"The table {table.name} cannot get another column {column.name}.")
    if present is not None and present.kind is not column.kind:
        raise DoorError(f"{table.name}.{column.name} was of type {present.kind.value}.")
    if present is None:
        rows.connection.execute(
            f"ALTER TABLE {quote(table.name)} ADD COLUMN {quote(column.name)} {affinity(column)}"
        )
    returned = column if present is None else replace(present, access=Access.OPEN)
    return table.with_columns({**table.columns, column.name: returned})


_CHANGES: dict[object, Callable[[Rows, Table, object], Table]] = {
    "drop": _with_access(Access.REMOVED),
    "hide": _with_access(Access.NOT_EXPOSED),
    "show": _with_access(Access.OPEN),
    "rename": _rename,
    "add": _add,
}
