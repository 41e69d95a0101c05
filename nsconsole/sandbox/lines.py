"""Transactions on the way to the books: their lines, totals and what follows from terms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from nsconsole.sandbox.fields import RefusedError, check_references, stored_value
from nsconsole.sandbox.tables import TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from nsconsole.sandbox.records import RecordType, Sublist
    from nsconsole.sandbox.values import Stored

_FIRST_STATUS = {"SalesOrd": "A", "CustInvc": "A", "PurchOrd": "B", "VendBill": "A", "Journal": "B"}
_PREFIX = {"SalesOrd": "SO", "CustInvc": "INV", "PurchOrd": "PO", "VendBill": "BILL", "Journal": "JE"}
_COLUMNS = TABLES["transactionline"].columns
_CENT = 2


def head_defaults(
    connection: sqlite3.Connection, kind: RecordType, row: Mapping[str, Stored], at: str
) -> dict[str, Stored]:
    """What a new transaction's header gets beyond what was given: number, dates, period, terms."""
    tran_type = kind.fixed["type"]
    day = str(row.get("trandate") or f"{at[:10]} 00:00:00")
    party = _party(connection, row.get("entity"))
    terms = row.get("terms") or party.get("terms")
    tranid = row.get("tranid") or f"{_PREFIX[tran_type]}{10_000 + int(str(row['id']))}"
    posting = tran_type in ("CustInvc", "VendBill", "Journal")
    made: dict[str, Stored] = {
        "tranid": tranid,
        "recordtype": kind.name,
        "trandisplayname": f"{kind.label} #{tranid}",
        "trandate": day,
        "status": _FIRST_STATUS[tran_type],
        "posting": "T" if posting else "F",
        "exchangerate": row.get("exchangerate") or 1.0,
        "currency": row.get("currency") or party.get("currency") or 1,
        "terms": terms,
    }
    if posting:
        made["postingperiod"] = row.get("postingperiod") or _period(connection, day)
    if tran_type in ("CustInvc", "VendBill"):
        made["duedate"] = row.get("duedate") or _due(connection, day, terms)
    return made


def edit(
    connection: sqlite3.Connection,
    kind: RecordType,
    number: int,
    sublists: Mapping[str, list[dict[str, object]]],
    at: str,
) -> None:
    """Add and change the lines of transaction `number`, then bring its totals into line.

    A line with the `line` (its id within the transaction) of one that is there changes it;
    without `line` it is added.

    Raises:
        RefusedError: unknown sublist, line or field, a bad value, or lines that do not add up.
    """
    for name, given in sublists.items():
        sublist = kind.sublists.get(name)
        if sublist is None:
            raise RefusedError("SSS_INVALID_SUBLIST_ID", f"The sublist {name} is invalid.")
        for line in given:
            _edit_line(connection, sublist, number, line, at)
    if kind.sublists:
        _total(connection, kind, number, at)


def _party(connection: sqlite3.Connection, entity: Stored) -> dict[str, Stored]:
    for table in ("vendor", "customer"):
        row = connection.execute(
            f"SELECT terms, currency FROM {table} WHERE id = ?",  # noqa: S608 - names above
            (entity,),
        ).fetchone()
        if row is not None:
            return dict(row)
    return {}


def _period(connection: sqlite3.Connection, day: str) -> Stored:
    row = connection.execute(
        "SELECT id FROM accountingperiod WHERE isposting = 'T' AND ? BETWEEN startdate AND enddate",
        (day,),
    ).fetchone()
    return row["id"] if row else None


def _due(connection: sqlite3.Connection, day: str, terms: Stored) -> str:
    row = connection.execute(
        "SELECT daysuntilnetdue FROM term WHERE id = ?", (terms,)
    ).fetchone()
    days = row["daysuntilnetdue"] if row and row["daysuntilnetdue"] else 0
    return f"{date.fromisoformat(day[:10]) + timedelta(days=days)} 00:00:00"


def _edit_line(
    connection: sqlite3.Connection,
    sublist: Sublist,
    number: int,
    line: Mapping[str, object],
    at: str,
) -> None:
    given = _stored_line(sublist, line)
    check_references(connection, _COLUMNS, given)
    before = _existing(connection, number, line.get("line"))
    if before is None:
        _add_line(connection, sublist, number, given, at)
        return
    merged = {**before, **_priced(given, before), "linelastmodifieddate": at}
    assignments = ", ".join(f'"{name}" = ?' for name in merged)
    connection.execute(
        f"UPDATE transactionline SET {assignments} WHERE uniquekey = ?",  # noqa: S608 - columns
        (*merged.values(), before["uniquekey"]),
    )


def _stored_line(sublist: Sublist, line: Mapping[str, object]) -> dict[str, Stored]:
    """The line's fields as columns; what is sold is booked with a negative sign."""
    given: dict[str, Stored] = {}
    for name, value in line.items():
        if name == "line":
            continue
        column = _COLUMNS.get(sublist.columns.get(name, ""))
        stored = stored_value(name, column, value)
        assert column is not None  # noqa: S101 - stored_value refuses an unknown field
        if column.name in ("quantity", "foreignamount") and isinstance(stored, int | float):
            stored = sublist.sign * stored
        given[column.name] = stored
    return given


def _existing(
    connection: sqlite3.Connection, number: int, line: object
) -> dict[str, Stored] | None:
    """The line to change; None when the transaction has none yet or a new one is meant."""
    if line is None:
        return None
    rows = connection.execute(
        "SELECT * FROM transactionline WHERE transaction_ = ? AND mainline = 'F'".replace(
            "transaction_", '"transaction"'
        ),
        (number,),
    ).fetchall()
    return next((dict(row) for row in rows if str(row["id"]) == str(line)), None)


def _add_line(
    connection: sqlite3.Connection,
    sublist: Sublist,
    number: int,
    given: dict[str, Stored],
    at: str,
) -> None:
    needed = [name for name in sublist.mandatory if given.get(sublist.columns[name]) is None]
    if needed:
        raise RefusedError("USER_ERROR", f"Please enter value(s) for: {', '.join(needed)}")
