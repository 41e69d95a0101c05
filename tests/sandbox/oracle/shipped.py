"""Some of the account's own tables, read from its state beside the query service."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal

from .queries import Session
from .tables import Field, Table

_KEY, _CODE, _NAME = Field("integer", "key"), Field("text", "", shown=True), Field("text")
_REFERENCE, _FLAG = Field("integer", "key", shown=True), Field("boolean", "", shown=True)
_MONEY, _DAY, _MOMENT = Field("decimal", "cents"), Field("date"), Field("datetime")

_TABLES = {
    "vendor": (
        ("id",),
        {"id": _KEY, "companyname": _NAME, "terms": _REFERENCE, "isinactive": _FLAG,
         "cost": _MONEY, "lastmodifieddate": _MOMENT},
    ),
    "term": (("id",), {"id": _KEY, "name": _NAME, "daysuntilnetdue": _KEY}),
    "transaction": (
        ("id",),
        {"id": _KEY, "type": _NAME, "status": _CODE, "entity": _REFERENCE, "trandate": _DAY,
         "posting": _FLAG, "foreigntotal": _MONEY, "lastmodifieddate": _MOMENT},
    ),
    "transactionline": (
        ("transaction", "id"),
        {"transaction": _KEY, "id": _KEY, "quantity": _MONEY, "memo": _NAME, "mainline": _FLAG},
    ),
}  # fmt: skip
_STATUSES = {
    "CustInvc": {"A": "Invoice : Open", "B": "Invoice : Paid In Full"},
    "Journal": {"B": "Journal : Approved for Posting"},
    "PurchOrd": {
        "B": "Purchase Order : Pending Receipt",
        "F": "Purchase Order : Pending Bill",
        "G": "Purchase Order : Fully Billed",
    },
    "SalesOrd": {
        "A": "Sales Order : Pending Approval",
        "B": "Sales Order : Pending Fulfillment",
        "F": "Sales Order : Pending Billing",
        "G": "Sales Order : Billed",
        "H": "Sales Order : Closed",
    },
    "VendBill": {
        "A": "Bill : Open",
        "B": "Bill : Paid In Full",
        "D": "Bill : Pending Approval",
    },
}
"""NetSuite's words for the status of a transaction, by its type and code."""


def read(state):
    """The tables of a state file, and a session over them."""
    with closing(sqlite3.connect(state)) as connection:
        tables = [_table(connection, name, *made) for name, made in _TABLES.items()]
        names = dict(connection.execute("SELECT id, name FROM term"))
        parties = dict(
            connection.execute(
                "SELECT id, entityid FROM vendor UNION ALL SELECT id, entityid FROM customer"
            )
        )
    flag = {"T": "Yes", "F": "No"}.get
    displays = {
        "terms": lambda value, _: names.get(value),
        "entity": lambda value, _: parties.get(value),
        "status": lambda value, row: value and _STATUSES[row["type"]].get(value),
        **dict.fromkeys(("isinactive", "posting", "mainline"), lambda value, _: flag(value)),
    }
    rows = {table.name: table.rows for table in tables}
    columns = {table.name: tuple(table.fields) for table in tables}
    return tables, Session(rows, columns, displays=displays)


def _table(connection, name, key, fields):
    columns = ", ".join(f'"{column}"' for column in fields)
    rows = tuple(
        {
            column: _value(field, kept)
            for (column, field), kept in zip(fields.items(), row, strict=True)
        }
        for row in connection.execute(f'SELECT {columns} FROM "{name}"')
    )
    return Table(name, fields, key, rows, whole=False)


def _value(field, kept):
    if kept is None:
        return None
    if field.word in ("integer", "decimal"):
        return Decimal(str(kept))
    if field.word in ("date", "datetime"):
        moment = datetime.fromisoformat(kept)
        return moment.replace(tzinfo=UTC) if field.word == "datetime" else moment
    return kept
