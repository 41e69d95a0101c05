"""Transactions in the books: what their headers say by themselves, their totals, who owes what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet.fields import RefusedError
from nsconsole.sandbox.restlet.lines import CENT, insert_line
from nsconsole.sandbox.restlet.rules import PENDING, period_of
from nsconsole.sandbox.seed.parties import BUYER
from nsconsole.sandbox.seed.setup import PAYABLES, RECEIVABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.restlet.records import RecordType
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.values import Stored

USER = BUYER
"""The employee whose token the script's callers have."""

HEAD = (
    *("id", "type", "entity", "exchangerate", "status"),
    *("foreignamountpaid", "foreignamountunpaid"),
)
"""What of a header its lines and totals need."""

_FIRST_STATUS = {"SalesOrd": "A", "CustInvc": "A", "PurchOrd": "B", "VendBill": "A", "Journal": "B"}
_PENDING_STATUS = {"PurchOrd": "A", "VendBill": "D", "Journal": "A"}
_OPEN, _PAID = "A", "B"  # of bills and invoices
_PREFIX = {
    "SalesOrd": "SO",
    "CustInvc": "INV",
    "PurchOrd": "PO",
    "VendBill": "BILL",
    "Journal": "JE",
}
_ABBREVIATION = {**_PREFIX, "SalesOrd": "SALESORD", "PurchOrd": "PURCHORD", "Journal": "GENJRNL"}
_OWED = ("CustInvc", "VendBill")
_BALANCES = {
    "CustInvc": (
        ("customer", "id", ("balancesearch", "balance")),
        ("customersubsidiaryrelationship", "entity", ("balance",)),
    ),
    "VendBill": (
        ("vendor", "id", ("balance", "balanceprimary")),
        ("vendorsubsidiaryrelationship", "entity", ("balance",)),
    ),
}


def new_head(rows: Rows, kind: RecordType, row: Mapping[str, Stored], at: str) -> dict[str, Stored]:
    """What a new transaction's header gets beyond what was given: number, dates, period, terms."""
    tran_type = kind.fixed["type"]
    day = row.get("trandate") or f"{at[:10]} 00:00:00"
    party = rows.record(kind.party or "", row.get("entity"), "terms", "currency")
    terms = row.get("terms") or party.get("terms")
    tranid = row.get("tranid") or f"{_PREFIX[tran_type]}{10_000 + int(str(row['id']))}"
    currency = row.get("currency") or party.get("currency") or 1
    rate = rows.record("currency", currency, "exchangerate").get("exchangerate")
    approval = row.get("approvalstatus") or (None if tran_type in ("SalesOrd", "CustInvc") else "2")
    made: dict[str, Stored] = {
        "tranid": tranid,
        "transactionnumber": str(20_000 + int(str(row["id"]))),
        "recordtype": kind.name,
        "abbrevtype": _ABBREVIATION[tran_type],
        "trandisplayname": f"{kind.label} #{tranid}",
        "trandate": day,
        "approvalstatus": approval,
        "status": _status(tran_type, approval),
        "posting": "T" if tran_type in (*_OWED, "Journal") else "F",
        "currency": currency,
        "exchangerate": row.get("exchangerate") or rate or 1.0,
        "terms": terms,
        "createdby": USER,
    }
    if made["posting"] == "T":
        made["postingperiod"] = row.get("postingperiod") or period_of(rows, day)
    if tran_type in _OWED:
        made |= {"duedate": row.get("duedate") or _due(rows, day, terms), "foreignamountpaid": 0.0}
    return made


def follow(
    rows: Rows, kind: RecordType, before: Mapping[str, Stored], given: Mapping[str, Stored]
) -> dict[str, Stored]:
    """What else of a header changes with the `given` values: period, due date, status, name."""
    after = {**before, **given}
    changed = {name for name, value in given.items() if before.get(name) != value}
    made: dict[str, Stored] = {}
    if "tranid" in changed:
        made["trandisplayname"] = f"{kind.label} #{after['tranid']}"
    if "trandate" in changed and before.get("posting") == "T" and "postingperiod" not in given:
        made["postingperiod"] = period_of(rows, after["trandate"])
    owed = kind.fixed["type"] in _OWED
    if owed and changed & {"trandate", "terms"} and "duedate" not in given:
        made["duedate"] = _due(rows, after.get("trandate"), after.get("terms"))
    paid = before.get("status") == _PAID and owed
    if "approvalstatus" in changed and kind.fixed["type"] in _PENDING_STATUS and not paid:
        made["status"] = _status(kind.fixed["type"], after["approvalstatus"])
    return made


def total(rows: Rows, kind: RecordType, number: Stored, at: str) -> None:
    """Make the header, the main line and the party's balance say what the lines add up to.

    Raises:
        RefusedError: no lines, a journal that does not balance, or less than was paid.
    """
    head = rows.record("transaction", number, *HEAD)
    count, amount, net, debits = rows.connection.execute(
        """SELECT count(*), coalesce(sum(foreignamount), 0), coalesce(sum(netamount), 0),
               coalesce(sum(debitforeignamount), 0)
           FROM transactionline WHERE "transaction" = ? AND mainline = 'F'""",
        (number,),
    ).fetchone()
    if not count:
        raise RefusedError(
            "USER_ERROR", "You must enter at least one line item for this transaction."
        )
    if kind.party is None:
        if round(amount, CENT):
            raise RefusedError("USER_ERROR", "The amounts in a journal entry must balance.")
        _spread_rounding(rows, number, net)
        rows.change("transaction", {"foreigntotal": round(debits, CENT)}, {"id": number})
        return
    totals = {"foreigntotal": round(-amount, CENT)}
    if kind.fixed["type"] in _OWED:
        totals |= _owed(head, abs(totals["foreigntotal"]))
    rows.change("transaction", rows.fitting("transaction", totals), {"id": number})
    _set_main_line(rows, head, totals["foreigntotal"], round(-net, CENT), at)
    settle(rows, head, unpaid(totals) - unpaid(head))


def settle(rows: Rows, head: Mapping[str, Stored], by: float) -> None:
    """Let what the transaction's party owes, or is owed, be more `by` an amount."""
    if not round(by, CENT):
        return
    for table, key, names in _BALANCES.get(str(head["type"]), ()):
        present = rows.tables.get(table)
        if present is None or key not in present.columns:
            continue
        sums = ", ".join(
            f"{name} = round(coalesce({name}, 0) + :by, 2)"
            for name in names
            if name in present.columns
        )
        if sums:
            rows.connection.execute(
                f"UPDATE {table} SET {sums} WHERE {key} = :party",  # noqa: S608 - constants above
                {"by": by, "party": head["entity"]},
            )


def _status(tran_type: str, approval: Stored) -> str:
    pending = _PENDING_STATUS.get(tran_type) if approval == PENDING else None
    return pending or _FIRST_STATUS[tran_type]


def _due(rows: Rows, day: Stored, terms: Stored) -> Stored:
    if day is None:
        return None
    days = rows.record("term", terms, "daysuntilnetdue").get("daysuntilnetdue") or 0
    try:
        due = date.fromisoformat(str(day)[:10]) + timedelta(days=int(days))
    except OverflowError:
        due = date.max
    return f"{due} 00:00:00"


def _owed(head: Mapping[str, Stored], amount: float) -> dict[str, Stored]:
    """What is unpaid of a bill or invoice over `amount`, and its status."""
    paid = float(head.get("foreignamountpaid") or 0)
    left = round(amount - paid, CENT)
    if left < 0:
        raise RefusedError("INVALID_LINK_SUM", "Links sum to more than original transaction amount")
    owed: dict[str, Stored] = {"foreignamountunpaid": left}
    if head.get("status") in (_OPEN, _PAID):
        owed["status"] = _PAID if paid and not left else _OPEN
    return owed


def unpaid(row: Mapping[str, Stored]) -> float:
    """What is still to be paid of a bill or invoice; of any other transaction nothing."""
    return float(row.get("foreignamountunpaid") or 0)


def _spread_rounding(rows: Rows, number: Stored, net: float) -> None:
    """Take what rounding to the base currency has left over from a journal's last line."""
    if round(net, CENT):
        rows.connection.execute(
            """UPDATE transactionline SET netamount = round(netamount - ?, 2)
               WHERE "transaction" = ? AND id =
                   (SELECT max(id) FROM transactionline WHERE "transaction" = ?)""",
            (net, number, number),
        )


def _set_main_line(
    rows: Rows, head: Mapping[str, Stored], amount: float, net: float, at: str
) -> None:
    which: dict[str, Stored] = {"transaction": head["id"], "mainline": "T"}
    amounts: dict[str, Stored] = {"foreignamount": amount, "netamount": net}
    amounts["entity"] = head["entity"]
    main = rows.one("transactionline", tuple(amounts), which)
    if main is None:
        insert_line(rows, head, 0, {**_main_line(head), **amounts}, at)
    elif dict(main) != amounts:
        moved = rows.fitting("transactionline", {"linelastmodifieddate": at})
        rows.change("transactionline", amounts | moved, which)


def _main_line(head: Mapping[str, Stored]) -> dict[str, Stored]:
    sale = head["type"] in ("SalesOrd", "CustInvc")
    return {
        "mainline": "T",
        "expenseaccount": RECEIVABLES if sale else PAYABLES,
        "accountinglinetype": "ACCOUNTSRECEIVABLE" if sale else "ACCOUNTSPAYABLE",
    }
