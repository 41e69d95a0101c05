"""A schema that drifts: columns come, go, change their names or their visibility."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from nsconsole.sandbox.birth import FEATURES
from nsconsole.sandbox.doors import DoorError
from nsconsole.sandbox.schema import Access, Column, Kind, Table, affinity, quote
from nsconsole.sandbox.values import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.rows import Rows

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,127}")
_RESERVED = re.compile(r"(sqlite|sandbox)_.*|dual")
_KINDS = {
    **{kind.value: kind for kind in Kind},
    "boolean": Kind.BOOLEAN, "checkbox": Kind.BOOLEAN, "bool": Kind.BOOLEAN,
    "check box": Kind.BOOLEAN,
    "int": Kind.INTEGER, "bigint": Kind.INTEGER, "smallint": Kind.INTEGER, "id": Kind.INTEGER,
    "integer number": Kind.INTEGER, "reference": Kind.INTEGER, "select": Kind.INTEGER,
    "list/record": Kind.INTEGER,
    "number": Kind.DECIMAL, "float": Kind.DECIMAL, "double": Kind.DECIMAL, "real": Kind.DECIMAL,
    "double precision": Kind.DECIMAL, "numeric": Kind.DECIMAL, "decimal number": Kind.DECIMAL,
    "currency": Kind.DECIMAL, "percent": Kind.DECIMAL,
    "string": Kind.TEXT, "varchar": Kind.TEXT, "varchar2": Kind.TEXT, "nvarchar": Kind.TEXT,
    "nvarchar2": Kind.TEXT, "char": Kind.TEXT, "email": Kind.TEXT, "email address": Kind.TEXT,
    "url": Kind.TEXT, "hyperlink": Kind.TEXT, "phone": Kind.TEXT, "phone number": Kind.TEXT,
    "free-form text": Kind.TEXT, "time": Kind.TEXT, "time of day": Kind.TEXT,
    "multiselect": Kind.TEXT, "multiple select": Kind.TEXT,
    "clob": Kind.MEMO, "clobtext": Kind.MEMO, "text area": Kind.MEMO, "long text": Kind.MEMO,
    "rich text": Kind.MEMO,
    "timestamp": Kind.DATETIME, "date-time": Kind.DATETIME, "date/time": Kind.DATETIME,
}  # fmt: skip
"""The words for a column's type, as NetSuite, SQL and JSON Schema have them."""
_SIZE = re.compile(r"\s*\([^()]*\)\s*$")


_ACCESS = {access.value: access for access in (Access.OPEN, Access.NO_PERMISSION, Access.REMOVED)}


def drift(database: Database, table_name: str, change: object, at: datetime) -> dict[str, object]:
    """Change a column of a table at a moment; return the table's columns as they are then.

    One of: `{"drop": C}` (gone; its values come back with an `add` of the same name and type),
    `{"rename": [C, D]}`, `{"hide": C}` (not exposed to SuiteQL any more), `{"show": C}`,
    `{"add": {"name": C, "type": T}}`. A view loses the columns whose source got another name.

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
        changed = work(rows, _table(rows, table_name), what)
        return [changed, *unfit_views(rows, {changed.name})]

    try:
        database.redefine(redefined, at=moment(at))
    except sqlite3.OperationalError as problem:
        raise DoorError(f"The table {table_name} cannot change so: {problem}.") from None
    columns = database.tables[table_name.lower()].columns.values()
    return {"columns": {column.name: column.access.value for column in columns}}


def set_access(database: Database, table_name: str, given: object) -> dict[str, object]:
    """Show a whole table or take it away, `{"access": "open"}`; return how it is then.

    `no permission` hides it from the role; `removed` is as if there had never been such a table.
    Its rows stay, and come back with `open`.

    Raises:
        DoorError: unknown table, or a body of another shape.
    """
    word = given.get("access") if isinstance(given, dict) and len(given) == 1 else None
    access = _ACCESS.get(word) if isinstance(word, str) else None
    if access is None:
        raise DoorError(f'The body must be {{"access": one of {", ".join(_ACCESS)}}}.')
    database.redefine(lambda rows: [replace(_table(rows, table_name), access=access)])
    return {"access": database.tables[table_name.lower()].access.value}


def unfit_views(rows: Rows, changed: set[str]) -> Iterator[Table]:
    """The views that lost columns, or everything, now that the `changed` tables are others."""
    for view in rows.tables.values():
        if view.view is None or view.name in changed or view.access is Access.REMOVED:
            continue
        try:
            query = f"SELECT * FROM {quote(view.name)} LIMIT 0"  # noqa: S608 - names are quoted
            names = {column[0] for column in rows.connection.execute(query).description}
        except sqlite3.OperationalError:
            # A view that fails would keep every table from being altered.
            rows.connection.execute(f"DROP VIEW {quote(view.name)}")
            yield replace(view, access=Access.REMOVED)
            continue
        lost = {name for name in view.columns if name not in names}
        if lost:
            columns = {
                name: replace(column, access=Access.REMOVED) if name in lost else column
                for name, column in view.columns.items()
            }
            yield view.with_columns(columns)


def turn_features(database: Database, wanted: object) -> dict[str, object]:
    """Turn features of the account on and off, `{"name": true}`; return those that are on.

    Raises:
        DoorError: the body has another shape, or names a feature that there is not.
    """
    if not isinstance(wanted, dict) or not all(isinstance(on, bool) for on in wanted.values()):
        raise DoorError('The body must be an object of features: {"name": true or false}.')
    unknown = sorted(wanted.keys() - FEATURES.keys())
    if unknown:
        raise DoorError(f"There is no feature {unknown[0]}; there are {', '.join(FEATURES)}.")
    database.turn_features(wanted)
    return {"features": sorted(database.features)}


def kind_of(word: object) -> Kind:
    """The kind of column that a word stands for; a size in brackets behind it says nothing more.

    Raises:
        DoorError: none.
    """
    kind = _KINDS.get(_SIZE.sub("", word.lower())) if isinstance(word, str) else None
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


def _table(rows: Rows, name: str) -> Table:
    table = rows.tables.get(name.lower())
    if table is None:
        raise DoorError(f"There is no table {name}.")
    return table


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


def _drop(rows: Rows, table: Table, name: object) -> Table:
    if _column(table, name).name in table.key:
        raise DoorError(f"{name} is the key of {table.name}, which no record ever loses.")
    return _with_access(Access.REMOVED)(rows, table, name)


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
    if present is not None and present.kind is column.kind:
        column = replace(present, access=Access.OPEN)
    else:
        if present is not None:
            _put_away(rows, table, present)
        rows.connection.execute(
            f"ALTER TABLE {quote(table.name)} ADD COLUMN {quote(column.name)} {affinity(column)}"
        )
    return table.with_columns({**table.columns, column.name: column})


def _put_away(rows: Rows, table: Table, column: Column) -> None:
    """Make room for another column of the same name; views may still need the old one."""
    query = (
        "SELECT count(*) FROM pragma_table_info(?) WHERE name LIKE 'sandbox\\_was\\_%' ESCAPE '\\'"
    )
    (number,) = rows.connection.execute(query, (table.name,)).fetchone()
    old = quote(f"sandbox_was_{number}_{column.name}")
    rows.connection.execute(
        f"ALTER TABLE {quote(table.name)} RENAME COLUMN {quote(column.name)} TO {old}"
    )


_CHANGES: dict[object, Callable[[Rows, Table, object], Table]] = {
    "drop": _drop,
    "hide": _with_access(Access.NOT_EXPOSED),
    "show": _with_access(Access.OPEN),
    "rename": _rename,
    "add": _add,
}
