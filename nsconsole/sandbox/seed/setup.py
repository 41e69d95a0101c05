"""The account's own lists: subsidiaries, accounts, terms, periods, and the words for its codes."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from typing import TypeAlias

Row: TypeAlias = dict[str, object]

EPOCH = date(2026, 11, 20)
"""The day on which the seeded world stands still; nothing in it is later."""

FIRST_DAY = EPOCH - timedelta(days=729)
_YEARS = (2024, 2025, 2026, 2027)
_OPEN_MONTHS_FROM = date(2026, 9, 1)

CHOICES: dict[str, dict[str, str]] = {
    "transactiontype": {
        "SalesOrd": "Sales Order",
        "CustInvc": "Invoice",
        "PurchOrd": "Purchase Order",
        "VendBill": "Bill",
        "Journal": "Journal",
    },
    "transactionstatus": {
        "SalesOrd/A": "Sales Order : Pending Approval",
        "SalesOrd/B": "Sales Order : Pending Fulfillment",
        "SalesOrd/F": "Sales Order : Pending Billing",
        "SalesOrd/G": "Sales Order : Billed",
        "SalesOrd/H": "Sales Order : Closed",
        "CustInvc/A": "Invoice : Open",
        "CustInvc/B": "Invoice : Paid In Full",
        "PurchOrd/B": "Purchase Order : Pending Receipt",
        "PurchOrd/F": "Purchase Order : Pending Bill",
        "PurchOrd/G": "Purchase Order : Fully Billed",
        "VendBill/A": "Bill : Open",
        "VendBill/B": "Bill : Paid In Full",
        "VendBill/D": "Bill : Pending Approval",
        "Journal/B": "Journal : Approved for Posting",
    },
    "approvalstatus": {"1": "Pending Approval", "2": "Approved", "3": "Rejected"},
    "itemtype": {
        "InvtPart": "Inventory Item",
        "NonInvtPart": "Non-inventory Item",
        "Service": "Service",
        "Assembly": "Assembly/Bill of Materials",
    },
    "entitytype": {
        "CustJob": "Customer",
        "Vendor": "Vendor",
        "Employee": "Employee",
        "Contact": "Contact",
    },
    "entitystatus": {"13": "CUSTOMER-Closed Won", "16": "CUSTOMER-Lost Customer"},
    "credithold": {"AUTO": "Auto", "ON": "On", "OFF": "Off"},
    "weightunit": {"1": "lb", "2": "oz", "3": "kg", "4": "g"},
    "itemsource": {"STOCK": "Stock", "PURCHASE_ORDER": "Purchase Order"},
    "locationtype": {"1": "Store", "2": "Warehouse"},
    "linetype": {
        "ACCOUNTSRECEIVABLE": "Accounts Receivable",
        "ACCOUNTSPAYABLE": "Accounts Payable",
        "INCOME": "Income",
        "ASSET": "Asset",
        "EXPENSE": "Expense",
    },
    "accttype": {
        "Bank": "Bank",
        "AcctRec": "Accounts Receivable",
        "OthCurrAsset": "Other Current Asset",
        "FixedAsset": "Fixed Asset",
        "AcctPay": "Accounts Payable",
        "OthCurrLiab": "Other Current Liability",
        "Equity": "Equity",
        "Income": "Income",
        "COGS": "Cost of Goods Sold",
        "Expense": "Expense",
    },
}
"""What each code of a list is called; the keys are the `choices` of the tables' columns."""

TERMS = {1: ("Net 15", 15), 2: ("Net 30", 30), 3: ("Net 45", 45), 4: ("Net 60", 60),
         5: ("Due on receipt", 0), 6: ("2% 10 Net 30", 30)}  # fmt: skip
PRICE_LEVELS = {1: ("Base Price", 0.0), 2: ("Contractor", -5.0), 3: ("Wholesale", -10.0),
                4: ("Key Account", -15.0)}  # fmt: skip
CURRENCIES = {1: ("US Dollar", "USD", 1.0), 2: ("Canadian Dollar", "CAD", 0.71)}
UNITS = {"Each": ("ea", 1.0), "Box": ("bx", 50.0), "Case": ("cs", 12.0)}
LOCATIONS = {1: "Seattle Distribution Center", 2: "Denver Warehouse", 3: "Surrey Warehouse"}
CUSTOMER_CATEGORIES = (
    "Manufacturing", "Construction", "Maintenance", "Food & Farm", "Public Sector",
)  # fmt: skip
VENDOR_CATEGORIES = ("Inventory Supplier", "Freight Carrier", "Utilities", "Services")
DEPARTMENTS = (
    "Administration", "Sales", "Purchasing", "Warehouse", "Finance", "Customer Service",
)  # fmt: skip

RECEIVABLES, INVENTORY, PAYABLES, SALES, COST_OF_GOODS = 121, 131, 201, 401, 501
FREIGHT, RENT, UTILITIES, SUPPLIES, ACCRUED = 601, 611, 621, 631, 221
_ACCOUNTS = (
    (101, "1000", "Operating Checking", "Bank"),
    (102, "1010", "Payroll Checking", "Bank"),
    (RECEIVABLES, "1200", "Accounts Receivable", "AcctRec"),
    (INVENTORY, "1300", "Inventory", "OthCurrAsset"),
    (141, "1400", "Prepaid Expenses", "OthCurrAsset"),
    (151, "1500", "Warehouse Equipment", "FixedAsset"),
    (PAYABLES, "2000", "Accounts Payable", "AcctPay"),
    (ACCRUED, "2200", "Accrued Expenses", "OthCurrLiab"),
    (231, "2300", "Sales Taxes Payable", "OthCurrLiab"),
    (301, "3000", "Common Stock", "Equity"),
    (302, "3200", "Retained Earnings", "Equity"),
    (SALES, "4000", "Product Sales", "Income"),
    (402, "4100", "Freight Income", "Income"),
    (COST_OF_GOODS, "5000", "Cost of Goods Sold", "COGS"),
    (FREIGHT, "6000", "Freight Out", "Expense"),
    (RENT, "6100", "Rent", "Expense"),
    (UTILITIES, "6200", "Utilities", "Expense"),
    (SUPPLIES, "6300", "Warehouse Supplies", "Expense"),
)


def stamp(day: date, seconds: int = 0) -> str:
    """A moment of `day` as the database keeps it: less than a day after midnight (UTC)."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_iso(day)} {_TWO_DIGITS[hour]}:{_TWO_DIGITS[minute]}:{_TWO_DIGITS[second]}"


# Some hundred days, ten thousand times: to format each would take three times as long.
_iso = cache(date.isoformat)
_TWO_DIGITS = [f"{number:02d}" for number in range(60)]
IMPORTED = stamp(EPOCH - timedelta(days=30), 2 * 3600)
"""When a nightly import touched one in twelve of the customers, items and transactions at once."""


def rows() -> dict[str, list[Row]]:
    """The rows of every set-up table."""
    return {
        "currency": _currencies(),
        "subsidiary": _subsidiaries(),
        "department": [
            {**row, "fullname": row["name"], "subsidiary": 1} for row in _named(DEPARTMENTS)
        ],
        "location": _locations(),
        "account": [_account(*each) for each in _ACCOUNTS],
        "term": _terms(),
        "pricelevel": _price_levels(),
        "unitstype": [{"id": 1, "name": "Count", "isinactive": "F"}],
        "unitstypeuom": _units(),
        "salestaxitem": _taxes(),
        "customercategory": _named(CUSTOMER_CATEGORIES),
        "vendorcategory": _named(VENDOR_CATEGORIES, istaxagency="F"),
        "accountingperiod": periods(),
    }


def _named(names: tuple[str, ...], **more: object) -> list[Row]:
    return [
        {"id": number, "name": name, "isinactive": "F", **more}
        for number, name in enumerate(names, start=1)
    ]


def _currencies() -> list[Row]:
    return [
        {
            "id": number,
            "name": name,
            "symbol": symbol,
            "displaysymbol": "$",
            "currencyprecision": 2,
            "exchangerate": rate,
            "isbasecurrency": "T" if number == 1 else "F",
            "isinactive": "F",
        }
        for number, (name, symbol, rate) in CURRENCIES.items()
    ]


def _subsidiaries() -> list[Row]:
    parent = "Northgate Industrial Supply"
    child = "Northgate Canada"
    common: Row = {"iselimination": "F", "isinactive": "F"}
    return [
        {"id": 1, "name": parent, "fullname": parent, "legalname": f"{parent}, Inc.",
         "currency": 1, "country": "US", "state": "WA", "url": "northgateindustrial.example",
         "email": "office@northgateindustrial.example", **common},
        {"id": 2, "name": child, "fullname": f"{parent} : {child}", "parent": 1,
         "legalname": "Northgate Industrial Supply (Canada) Ltd.", "currency": 2, "country": "CA",
         "state": "BC", "url": "northgateindustrial.example",
         "email": "canada@northgateindustrial.example", **common},
    ]  # fmt: skip


def _locations() -> list[Row]:
    zones = {1: "America/Los_Angeles", 2: "America/Denver", 3: "America/Vancouver"}
    return [
        {
            "id": number,
            "name": name,
            "fullname": name,
            "subsidiary": 2 if number == 3 else 1,
            "locationtype": "2",
            "makeinventoryavailable": "T",
            "timezone": zones[number],
            "isinactive": "F",
        }
        for number, name in LOCATIONS.items()
    ]


def _account(number: int, code: str, name: str, kind: str) -> Row:
    return {
        "id": number,
        "acctnumber": code,
        "accountsearchdisplayname": f"{code} {name}",
        "fullname": name,
        "accttype": kind,
        "subsidiary": 1,
        "issummary": "F",
        "eliminate": "F",
        "inventory": "T" if number == INVENTORY else "F",
        "isinactive": "F",
    }


def _terms() -> list[Row]:
    return [
        {
            "id": number,
            "name": name,
            "daysuntilnetdue": days,
            "discountpercent": 2.0 if name.startswith("2%") else None,
            "daysuntilexpiry": 10 if name.startswith("2%") else None,
            "datedriven": "F",
            "isinactive": "F",
            "lastmodifieddate": stamp(FIRST_DAY),
        }
        for number, (name, days) in TERMS.items()
    ]


def _price_levels() -> list[Row]:
    return [
        {
            "id": number,
            "name": name,
            "discountpct": percent,
            "isonline": "F",
            "updateexistingprices": "T",
            "isinactive": "F",
        }
        for number, (name, percent) in PRICE_LEVELS.items()
    ]


def _units() -> list[Row]:
    plurals = {"Each": "Each", "Box": "Boxes", "Case": "Cases"}
    return [
        {
            "internalid": number,
            "unitstype": 1,
            "unitname": name,
            "pluralname": plurals[name],
            "abbreviation": short,
            "pluralabbreviation": short,
            "conversionrate": rate,
            "baseunit": "T" if rate == 1 else "F",
        }
        for number, (name, (short, rate)) in enumerate(UNITS.items(), start=1)
    ]


def _taxes() -> list[Row]:
    rates = {
        1: ("WA King County", 10.3, "WA"),
        2: ("CO Denver", 8.81, "CO"),
        3: ("BC GST", 5.0, "BC"),
    }
    return [
        {
            "id": number,
            "itemid": name,
            "displayname": name,
            "rate": rate,
            "state": state,
            "taxaccount": 231,
            "isinactive": "F",
        }
        for number, (name, rate, state) in rates.items()
    ]


def periods() -> list[Row]:
    """Calendar years, their quarters and months, each below its parent; old months are closed."""
    made: list[Row] = []

    def add(name: str, start: date, months: int, parent: int | None) -> int:
        made.append(_period(len(made) + 1, name, start, months, parent))
        return len(made)

    for year in _YEARS:
        year_id = add(f"FY {year}", date(year, 1, 1), 12, None)
        for quarter in range(4):
            start = date(year, 3 * quarter + 1, 1)
            quarter_id = add(f"Q{quarter + 1} {year}", start, 3, year_id)
            for month in range(start.month, start.month + 3):
                day = date(year, month, 1)
                add(day.strftime("%b %Y"), day, 1, quarter_id)
    return made


def _period(number: int, name: str, start: date, months: int, parent: int | None) -> Row:
    """The `months` months from `start`, the first of its month."""
    last = date(start.year, start.month + months - 1, 1)
    end = last.replace(day=monthrange(last.year, last.month)[1])
    closed = "T" if end < _OPEN_MONTHS_FROM else "F"
    return {
        "id": number,
        "periodname": name,
        "startdate": stamp(start),
        "enddate": stamp(end),
        "parent": parent,
        "isyear": "T" if months == 12 else "F",
        "isquarter": "T" if months == 3 else "F",
        "isposting": "T" if months == 1 else "F",
        "isadjust": "F",
        "closed": closed,
        "closedondate": stamp(end + timedelta(days=12)) if closed == "T" else None,
        "aplocked": closed,
        "arlocked": closed,
        "alllocked": closed,
        "isinactive": "F",
    }
