"""The tables that tell of the account's own records, lists and fields, kept in step with them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from nsconsole.sandbox.schema import Access, Column, Kind, Table, table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from nsconsole.sandbox.schema import Tables
    from nsconsole.sandbox.values import Stored

    _Row: TypeAlias = dict[str, Stored]

CUSTOMIZATION = (
    table(
        "customrecordtype",
        """
        internalid integer*, scriptid text*, name text*, description memo*, owner ->employee*,
        isinactive boolean*, allowattachments boolean*, allowinlineediting boolean*,
        allowquicksearch boolean*, usepermissions boolean*, nopermissionrequired boolean*,
        enableoptimisticlocking boolean*, lastmodifieddate datetime*
        """,
        key=("internalid",),
    ),
    table(
        "customlist",
        """
        internalid integer*, scriptid text*, name text*, description memo*, owner ->employee*,
        isordered boolean*, ismatrixoption boolean*, isinactive boolean*, lastmodifieddate datetime*
        """,
        key=("internalid",),
    ),
    table(
        "customfield",
        """
        internalid integer*, scriptid text*, name text*, description memo*, fieldtype text*,
        fieldvaluetype text*, fieldvaluetyperecord text*, recordtype ->customrecordtype*,
        owner ->employee*, ismandatory boolean*, isshowinlist boolean*, isstored boolean*,
        isinactive boolean*, lastmodifieddate datetime*
        """,
        key=("internalid",),
    ),
)
"""Script ids stand in capitals there, unlike in the names of tables and columns."""

_SORTS = {
    "custbody": "BODY",
    "custcol": "COLUMN",
    "custentity": "ENTITY",
    "custevent": "EVENT",
    "custitem": "ITEM",
    "custrecord": "RECORD",
}
_VALUE_TYPES = {
    Kind.TEXT: "Free-Form Text",
    Kind.MEMO: "Long Text",
    Kind.INTEGER: "Integer Number",
    Kind.DECIMAL: "Decimal Number",
    Kind.BOOLEAN: "Check Box",
    Kind.DATE: "Date",
    Kind.DATETIME: "Date/Time",
}
_ENDS = {
    "pct": "Percent",
    "amount": "Currency",
    "cost": "Currency",
    "price": "Currency",
    "email": "Email Address",
    "phone": "Phone Number",
    "url": "Hyperlink",
    "notes": "Text Area",
}
"""What the end of a field's name says more exactly than the kind of its column."""

_CAPITALS = "id url edi wms b2b crm cpq pos qc ap po un"
_ACRONYMS = {word: word.upper() for word in _CAPITALS.split()}
_GONE = (Access.REMOVED, Access.FEATURE_OFF)


def label_of(column: Column) -> str:
    """What people call a custom field: its label, or the words of its script id."""
    if column.label is not None:
        return column.label
    words = [word for word in column.name.split("_")[1:] if word != "gfs"]
    return " ".join(_ACRONYMS.get(word) or word.capitalize() for word in words) or column.name


def value_type(tables: Mapping[str, Table], owner: Table, column: Column) -> str:
    """A custom field's type, in the words of `customfield.fieldvaluetype`."""
    if f"map_{owner.name}_{column.name}" in tables:
        return "Multiple Select"
    if column.target or column.choices:
        return "List/Record"
    return _ENDS.get(column.name.rpartition("_")[2], _VALUE_TYPES[column.kind])


def keep_in_step(connection: sqlite3.Connection, tables: Tables, at: str | None = None) -> None:
    """Make the customization tables tell of `tables`, in a transaction of the caller's.

    What stays keeps its internal id; `at` is the moment of the change, as the database keeps it.
    A table of the user's own in the place of one of these is left alone.
    """
    makers = (_record_types, _lists, _fields)
    for born, wanted in zip(CUSTOMIZATION, makers, strict=True):
        present = tables.get(born.name)
        if present is not None and present.columns.keys() >= born.columns.keys():
            _write(connection, born.name, wanted(connection, tables), at)


def _record_types(_: sqlite3.Connection, tables: Tables) -> dict[str, _Row]:
    return {
        name: {
            "name": each.title or name,
            "isinactive": "F",
            "allowattachments": "T",
            "allowinlineediting": _flag(name, 3),
            "allowquicksearch": "F",
            "usepermissions": _flag(name, 5),
            "nopermissionrequired": "F",
            "enableoptimisticlocking": "T",
        }
        for name, each in tables.items()
        if each.custom and name.startswith("customrecord") and each.access not in _GONE
    }


def _lists(_: sqlite3.Connection, tables: Tables) -> dict[str, _Row]:
    return {
        name: {
            "name": each.title or name,
            "isordered": _flag(name, 4),
            "ismatrixoption": "F",
            "isinactive": "F",
        }
        for name, each in tables.items()
        if each.custom and name.startswith("customlist") and each.access not in _GONE
    }


def _fields(connection: sqlite3.Connection, tables: Tables) -> dict[str, _Row]:
    """Every custom field once, however many tables it is on."""
    types = connection.execute("SELECT lower(scriptid), internalid FROM customrecordtype")
    numbers = dict(tuple(row) for row in types)
    return {
        column.name: _field(tables, owner, column, numbers.get(owner.name))
        for owner in tables.values()
        if owner.access not in _GONE
        for column in owner.columns.values()
        if column.custom and column.access not in _GONE
    }


def _field(tables: Tables, owner: Table, column: Column, record_type: int | None) -> _Row:
    return {
        "name": label_of(column),
        "fieldtype": _SORTS[column.name.partition("_")[0].rstrip("0123456789")],
        "fieldvaluetype": value_type(tables, owner, column),
        "fieldvaluetyperecord": column.target.upper() if column.target else None,
        "ismandatory": _flag(column.name, 15),
        "isshowinlist": _flag(column.name, 6),
        "isstored": "T",
        "isinactive": "F",
        "recordtype": record_type,
    }


def _flag(name: str, one_in: int) -> str:
    return "F" if crc32(name.encode()) % one_in else "T"


def _write(
    connection: sqlite3.Connection, name: str, wanted: Mapping[str, _Row], at: str | None
) -> None:
    """Delete what is gone, add what is new, change what is other."""
    rows = connection.execute(f"SELECT * FROM {name}")  # noqa: S608 - one of ours
    present = {row["scriptid"].lower(): row for row in rows}
    connection.executemany(
        f"DELETE FROM {name} WHERE scriptid = ?",  # noqa: S608 - one of ours
        [(scriptid.upper(),) for scriptid in present.keys() - wanted.keys()],
    )
    unused = count(max((row["internalid"] for row in present.values()), default=0) + 1)
    changed = [
        (next(unused) if old is None else old["internalid"], scriptid.upper(), at, *row.values())
        for scriptid, row in wanted.items()
        if (old := present.get(scriptid)) is None
        or any(old[column] != value for column, value in row.items())
    ]
    columns = ["internalid", "scriptid", "lastmodifieddate", *next(iter(wanted.values()), ())]
    connection.executemany(
        f"INSERT OR REPLACE INTO {name} ({', '.join(columns)}) "  # noqa: S608 - one of ours
        f"VALUES ({', '.join('?' * len(columns))})",
        changed,
    )
