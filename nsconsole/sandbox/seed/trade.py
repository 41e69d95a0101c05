"""Two years of orders, invoices, bills and journals, in the order of their dates.

Here is what chance decides; what follows from it in every transaction is left to SQL.
A sale's lines bear negative quantities and amounts and its main line the positive total; a
purchase is the other way round, so that the lines of a transaction always add up to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from nsconsole.sandbox.seed.parties import BUYER
from nsconsole.sandbox.seed.setup import (
    ACCRUED,
    CURRENCIES,
    EPOCH,
    FIRST_DAY,
    IMPORTED,
    PAYABLES,
    PRICE_LEVELS,
    RECEIVABLES,
    RENT,
    TERMS,
    UTILITIES,
    Row,
    periods,
    stamp,
)

if TYPE_CHECKING:
    from random import Random

    from nsconsole.sandbox.seed.goods import Goods
    from nsconsole.sandbox.seed.parties import Parties

_PREFIX = {
    "SalesOrd": "SO",
    "CustInvc": "INV",
    "PurchOrd": "PO",
    "VendBill": "BILL",
    "Journal": "JE",
}
_SHARES = {"SalesOrd": 35, "CustInvc": 30, "PurchOrd": 17, "VendBill": 15, "Journal": 3}
_POSTING = ("CustInvc", "VendBill", "Journal")
_SALE_MEMOS = (
    None, None, None, "Rush: call before delivery", "Blanket order release", "Ship complete",
    "Will call", "Standing monthly order", "Per quote", "Tax exempt: resale",
)  # fmt: skip
_PURCHASE_MEMOS = (None, None, None, "Stock replenishment", "Drop ship", "Freight prepaid")


@dataclass(slots=True)
class Trade:
    """The transactions and their lines, as rows."""

    transactions: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, list[Row]]:
        """The rows by the name of their table."""
        return {"transaction": self.transactions, "transactionline": self.lines}


def trade(rng: Random, parties: Parties, goods: Goods, *, transactions: int) -> Trade:
    """Make `transactions` transactions; ids rise with their dates."""
    made = Trade()
    months = _months()
    buying = _Catalogue(goods)
    customers = [row for row in parties.customers if row["isinactive"] == "F"]
    vendors = [row for row in parties.vendors if row["id"] in buying.by_vendor]
    kinds = rng.choices(list(_SHARES), list(_SHARES.values()), k=transactions)
    for day, kind in zip(_days(rng, transactions), kinds, strict=True):
        head = _head(rng, made, kind, day, months)
        if kind == "Journal":
            _journal(rng, made, head)
        elif kind in ("SalesOrd", "CustInvc"):
            _sale(rng, made, head, rng.choice(customers), buying)
        else:
            _purchase(rng, made, head, rng.choice(vendors), buying)
    return made


class _Catalogue:
    """Which items a vendor sells, and which are sold on."""

    def __init__(self, goods: Goods) -> None:
        by_id = {row["id"]: row for row in goods.items}
        self.sold = goods.items
        self.by_vendor: dict[object, list[Row]] = {}
        for source in goods.sources:
            self.by_vendor.setdefault(source["vendor"], []).append(by_id[source["item"]])


def _months() -> dict[tuple[int, int], object]:
    found = {}
    for row in periods():
        if row["isposting"] == "T":
            start = date.fromisoformat(str(row["startdate"])[:10])
            found[start.year, start.month] = row["id"]
    return found


def _days(rng: Random, count: int) -> list[date]:
    """`count` working days in order, busier towards the end."""
    made = []
    for _ in range(count):
        day = FIRST_DAY + timedelta(days=int(729 * rng.random() ** 0.85))
        made.append(day - timedelta(days=max(0, day.weekday() - 4)))
    return sorted(max(day, FIRST_DAY) for day in made)


def _head(
    rng: Random, made: Trade, kind: str, day: date, months: dict[tuple[int, int], object]
) -> Row:
    number = len(made.transactions) + 1
    born = stamp(day, rng.randrange(8 * 3600, 18 * 3600))
    touched = min(EPOCH, day + timedelta(days=rng.choice((0, 0, 1, 3, 10, 30))))
    head: Row = {
        "id": number,
        "tranid": f"{_PREFIX[kind]}{10_000 + number}",
        "type": kind,
        "trandate": stamp(day),
        "postingperiod": months[day.year, day.month] if kind in _POSTING else None,
        "createddate": born,
        "lastmodifieddate": max(born, stamp(touched, rng.randrange(8 * 3600, 18 * 3600))),
    }
    if number % 12 == 0:
        head["lastmodifieddate"] = max(born, IMPORTED)
    made.transactions.append(head)
    return head


def _sale(rng: Random, made: Trade, head: Row, customer: Row, goods: _Catalogue) -> None:
    level = cast("int", customer["pricelevel"])
    factor = 1 + PRICE_LEVELS[level][1] / 100
    items = rng.sample(goods.sold, rng.choice((1, 1, 2, 3, 3, 4, 5, 6)))
    total = 0.0
    for item in items:
        rate = round(cast("float", item["baseprice"]) * factor, 2)
        quantity = _quantity(rng, rate)
        total += quantity * rate
        _line(made, head, item, quantity=-quantity, rate=rate, price=level)
    head |= {
        "memo": rng.choice(_SALE_MEMOS),
        "terms": customer["terms"],
        "otherrefnum": f"PO-{rng.randrange(1000, 99_999)}",
        "employee": customer["salesrep"],
        "billingaddress": customer["defaultbillingaddress"],
        "shippingaddress": customer["defaultshippingaddress"],
    }
    _finish(rng, made, head, customer, round(total, 2))


def _purchase(rng: Random, made: Trade, head: Row, vendor: Row, goods: _Catalogue) -> None:
    stock = goods.by_vendor[vendor["id"]]
    total = 0.0
    for item in rng.sample(stock, min(len(stock), rng.choice((1, 2, 2, 3, 4)))):
        rate = cast("float", item["cost"])
        quantity = cast("float", item["reorderpoint"])
        total += quantity * rate
        _line(made, head, item, quantity=quantity, rate=rate)
    head |= {
        "memo": rng.choice(_PURCHASE_MEMOS),
        "terms": vendor["terms"],
        "employee": BUYER,
        "approvalstatus": "2",
    }
    if head["type"] == "VendBill":
        head["otherrefnum"] = f"{rng.randrange(100_000, 999_999)}"
    _finish(rng, made, head, vendor, -round(total, 2))


def _journal(rng: Random, made: Trade, head: Row) -> None:
    amount = round(rng.uniform(200, 9000), 2)
    account, memo = rng.choice(((RENT, "Rent accrual"), (UTILITIES, "Utilities accrual")))
    head |= {
        "memo": memo,
        "status": "B",
        "approvalstatus": "2",
        "currency": 1,
        "exchangerate": 1.0,
        "foreigntotal": amount,
    }
    for side, booked in ((account, amount), (ACCRUED, -amount)):
        _post(
            made,
            head,
            expenseaccount=side,
            foreignamount=booked,
            debitforeignamount=booked if booked > 0 else None,
            creditforeignamount=-booked if booked < 0 else None,
        )


def _quantity(rng: Random, rate: float) -> float:
    most = 60 if rate < 10 else 24 if rate < 50 else 8 if rate < 200 else 3
    return float(rng.randrange(1, most + 1))


def _line(
    made: Trade, head: Row, item: Row, *, quantity: float, rate: float, price: int | None = None
) -> None:
    _post(
        made,
        head,
        item=item["id"],
        quantity=quantity,
        rate=rate,
        foreignamount=round(quantity * rate, 2),
        price=price,
    )


def _post(made: Trade, head: Row, **line: object) -> None:
    """Add a line; its number within the transaction goes up from 0, the main line's."""
    before = made.lines[-1] if made.lines else {"transaction": None, "id": 0}
    number = cast("int", before["id"]) + 1 if before["transaction"] == head["id"] else 1
    made.lines.append(
        {
            "uniquekey": len(made.lines) + 1,
            "transaction": head["id"],
            "id": number,
            "mainline": "F",
            "netamount": line["foreignamount"],
            **line,
        }
    )


def _finish(rng: Random, made: Trade, head: Row, party: Row, total: float) -> None:
    """The total, its main line, what is due when, and how far the transaction has come."""
    day = date.fromisoformat(str(head["trandate"])[:10])
    due = day + timedelta(days=TERMS[cast("int", party["terms"])][1])
    currency = cast("int", party["currency"])
    rate = CURRENCIES[currency][2]
    billing = head["type"] in _POSTING
    paid = billing and due + timedelta(days=rng.choice((-5, 0, 0, 3, 12, 40))) <= EPOCH
    head |= {
        "entity": party["id"],
        "currency": currency,
        "exchangerate": rate,
        "foreigntotal": total,
        "duedate": stamp(due) if billing else None,
        "status": _status(str(head["type"]), day, paid=paid),
    }
    if billing:
        head["foreignamountpaid"] = abs(total) if paid else 0.0
        head["foreignamountunpaid"] = 0.0 if paid else abs(total)
        head["closedate"] = stamp(min(due, EPOCH)) if paid else None
    net = 0.0
    for line in reversed(made.lines):
        if line["transaction"] != head["id"]:
            break
        line["netamount"] = amount = round(cast("float", line["foreignamount"]) * rate, 2)
        net -= amount
    _post(made, head, foreignamount=total)
    made.lines[-1] |= {
        "id": 0,
        "mainline": "T",
        "netamount": round(net, 2),
        "expenseaccount": RECEIVABLES if total > 0 else PAYABLES,
    }


def _status(kind: str, day: date, *, paid: bool) -> str:
    if kind in ("CustInvc", "VendBill"):
        return "B" if paid else "A"
    age = (EPOCH - day).days
    return "B" if age < 10 else "F" if age < 25 else "G"
