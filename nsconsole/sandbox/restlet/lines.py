"""Transactions on the way to the books: their lines, totals and what follows from terms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet.fields import RefusedError, check_references, stored_value
from nsconsole.sandbox.seed.setup import PAYABLES, RECEIVABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from nsconsole.sandbox.restlet.records import RecordType, Sublist
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Column
    from nsconsole.sandbox.values import Stored

_FIRST_STATUS = {"SalesOrd": "A", "CustInvc": "A", "PurchOrd": "B", "VendBill": "A", "Journal": "B"}
_PREFIX = {
    "SalesOrd": "SO",
    "CustInvc": "INV",
    "PurchOrd": "PO",
    "VendBill": "BILL",
    "Journal": "JE",
}
_CENT = 2


def head_defaults(
    rows: Rows, kind: RecordType, row: Mapping[str, Stored], at: str
) -> dict[str, Stored]:
    """What a new transaction's header gets beyond what was given: number, dates, period, terms."""
    tran_type = kind.fixed["type"]
    day = str(row.get("trandate") or f"{at[:10]} 00:00:00")
    party = _party(rows, row.get("entity"))
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
        made["postingperiod"] = row.get("postingperiod") or _period(rows, day)
    if tran_type in ("CustInvc", "VendBill"):
        made["duedate"] = row.get("duedate") or _due(rows, day, terms)
    return made


def edit(
    rows: Rows,
    kind: RecordType,
    number: int,
    sublists: Mapping[str, list[dict[str, object]]],
    at: str,
    *,
    fresh: bool,
) -> None:
    """Add and change the lines of transaction `number`, then bring its totals into line.

    In a transaction that is not `fresh`, a line that says its `line` (its id within the
    transaction) changes that one; every other is added.

    Raises:
        RefusedError: unknown sublist, line or field, a bad value, or lines that do not add up.
    """
    if not kind.sublists and not sublists:
        return
    head = rows.first("transaction", "id", number)
    assert head is not None  # noqa: S101 - the caller has just written it
    columns = rows.tables["transactionline"].columns
    for name, given in sublists.items():
        sublist = kind.sublists.get(name)
        if sublist is None:
            raise RefusedError("SSS_INVALID_SUBLIST_ID", f"The sublist {name} is invalid.")
        for line in given:
            values = _stored_line(columns, sublist, line)
            check_references(rows, columns, values)
            if fresh or line.get("line") is None:
                _add_line(rows, sublist, head, values, at)
            else:
                _change_line(rows, head, line["line"], values, at)
    _total(rows, kind, head, at)


def _party(rows: Rows, entity: Stored) -> dict[str, Stored]:
    for table in ("vendor", "customer"):
        row = rows.first(table, "id", entity)
        if row is not None:
            return {"terms": row["terms"], "currency": row["currency"]}
    return {}


def _period(rows: Rows, day: str) -> Stored:
    row = rows.connection.execute(
        "SELECT id FROM accountingperiod WHERE isposting = 'T' AND ? BETWEEN startdate AND enddate",
        (day,),
    ).fetchone()
    return row["id"] if row else None


def _due(rows: Rows, day: str, terms: Stored) -> str:
    row = rows.first("term", "id", terms)
    days = row["daysuntilnetdue"] if row and row["daysuntilnetdue"] else 0
    return f"{date.fromisoformat(day[:10]) + timedelta(days=days)} 00:00:00"


def _stored_line(
    columns: Mapping[str, Column], sublist: Sublist, line: Mapping[str, object]
) -> dict[str, Stored]:
    """The line's fields as columns; what is sold is booked with a negative sign."""
    given: dict[str, Stored] = {}
    for name, value in line.items():
        if name == "line":
            continue
        column = columns.get(sublist.columns.get(name, ""))
        stored = stored_value(name, column, value)
        assert column is not None  # noqa: S101 - stored_value refuses an unknown field
        if column.name in ("quantity", "foreignamount") and isinstance(stored, int | float):
            stored = sublist.sign * stored
        given[column.name] = stored
    return given


def _add_line(
    rows: Rows,
    sublist: Sublist,
    head: sqlite3.Row,
    given: dict[str, Stored],
    at: str,
) -> None:
    missing = [name for name in sublist.mandatory if given.get(sublist.columns[name]) is None]
    if missing:
        raise RefusedError("USER_ERROR", f"Please enter value(s) for: {', '.join(missing)}")
    line = _item_defaults(rows, sublist, given) | given
    _insert_line(rows, head, _priced(line, given, head) | _kinds(sublist), at)


def _kinds(sublist: Sublist) -> dict[str, Stored]:
    return {"mainline": "F", "accountinglinetype": sublist.linetype}


def _item_defaults(rows: Rows, sublist: Sublist, given: Mapping[str, Stored]) -> dict[str, Stored]:
    """What choosing an item fills in: its type, unit, description, price and a quantity of one."""
    item = rows.first("item", "id", given.get("item"))
    if item is None:
        return {}
    return {
        "itemtype": item["itemtype"],
        "units": item["stockunit"],
        "memo": item["displayname"],
        "rate": item["baseprice"] if sublist.sign < 0 else item["cost"],
        "quantity": float(sublist.sign),
    }


def _change_line(
    rows: Rows,
    head: sqlite3.Row,
    line: object,
    given: Mapping[str, Stored],
    at: str,
) -> None:
    present = rows.connection.execute(
        """SELECT * FROM transactionline WHERE "transaction" = ? AND mainline = 'F'""",
        (head["id"],),
    ).fetchall()
    row = next((dict(row) for row in present if str(row["id"]) == str(line)), None)
    if row is None:
        raise RefusedError("SSS_INVALID_SUBLIST_OPERATION", f"There is no line {line} to change.")
    changed = _priced({**row, **given}, given, head) | {"linelastmodifieddate": at}
    rows.change("transactionline", changed, {"uniquekey": row["uniquekey"]})


def _priced(
    line: dict[str, Stored], given: Mapping[str, Stored], head: sqlite3.Row
) -> dict[str, Stored]:
    """`line` with the amount that its given quantity, rate, debit or credit make."""
    quantity, rate = _number(line, "quantity"), _number(line, "rate")
    if line.get("debitforeignamount") is not None or line.get("creditforeignamount") is not None:
        amount = _number(line, "debitforeignamount") - _number(line, "creditforeignamount")
    elif given.get("foreignamount") is not None:
        amount = _number(line, "foreignamount")
        if "rate" not in given and quantity:
            rate = amount / quantity
    elif quantity or rate:
        amount = quantity * rate
    else:
        amount = _number(line, "foreignamount")
    amount = round(amount, _CENT)
    priced = {"foreignamount": amount, "netamount": round(amount * head["exchangerate"], _CENT)}
    return line | priced | ({"rate": rate} if line.get("item") is not None else {})


def _number(line: Mapping[str, Stored], name: str) -> float:
    value = line.get(name)
    return float(value) if value is not None else 0.0


def _insert_line(rows: Rows, head: sqlite3.Row, line: Mapping[str, Stored], at: str) -> None:
    """Add a line at the end; the main line is number 0."""
    (last,) = rows.connection.execute(
        'SELECT coalesce(max(id), 0) FROM transactionline WHERE "transaction" = ?', (head["id"],)
    ).fetchone()
    number = 0 if line["mainline"] == "T" else last + 1
    row = {
        "transaction": head["id"],
        "id": number,
        "linesequencenumber": number,
        "taxline": "F",
        "isclosed": "F",
        "entity": head["entity"],
        "subsidiary": 1,
        "linecreateddate": at,
        "linelastmodifieddate": at,
        **line,
    }
    rows.insert("transactionline", row)


def _total(rows: Rows, kind: RecordType, head: sqlite3.Row, at: str) -> None:
    """Make the header and the main line say what the lines add up to."""
    count, amount, debits = rows.connection.execute(
        """SELECT count(*), coalesce(sum(foreignamount), 0), coalesce(sum(debitforeignamount), 0)
           FROM transactionline WHERE "transaction" = ? AND mainline = 'F'""",
        (head["id"],),
    ).fetchone()
    if not count:
        raise RefusedError(
            "USER_ERROR", "You must enter at least one line item for this transaction."
        )
    journal = kind.fixed["type"] == "Journal"
    if journal and round(amount, _CENT):
        raise RefusedError("USER_ERROR", "The amounts in a journal entry must balance.")
    total = round(debits if journal else -amount, _CENT)
    unpaid = abs(total) - (head["foreignamountpaid"] or 0) if head["posting"] == "T" else None
    totals = {"foreigntotal": total, "foreignamountunpaid": None if journal else unpaid}
    rows.change("transaction", totals, {"id": head["id"]})
    if not journal:
        _set_main_line(rows, head, total, at)


def _set_main_line(rows: Rows, head: sqlite3.Row, total: float, at: str) -> None:
    net = round(total * head["exchangerate"], _CENT)
    amounts: dict[str, Stored] = {"foreignamount": total, "netamount": net}
    which: dict[str, Stored] = {"transaction": head["id"], "mainline": "T"}
    if rows.change("transactionline", {**amounts, "linelastmodifieddate": at}, which):
        return
    sale = head["type"] in ("SalesOrd", "CustInvc")
    main: dict[str, Stored] = {
        "mainline": "T",
        "expenseaccount": RECEIVABLES if sale else PAYABLES,
        "accountinglinetype": "ACCOUNTSRECEIVABLE" if sale else "ACCOUNTSPAYABLE",
        **amounts,
    }
    _insert_line(rows, head, main, at)
