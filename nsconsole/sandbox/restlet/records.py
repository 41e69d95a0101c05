"""The record types that a script may write, and the table rows that stand behind each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from nsconsole.sandbox.schema import Table


@dataclass(frozen=True, slots=True)
class Sublist:
    """The lines of a transaction, under one name.

    `columns` says which column of `transactionline` each field of a line is kept in;
    `sign` is how a positive amount on the form is booked there.
    """

    columns: dict[str, str]
    mandatory: tuple[str, ...]
    sign: int
    linetype: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type.

    `fixed` are the column values that make a row of the table one of this type. Of each group in
    `mandatory` one field must have a value. `code` is the number by which `deletedrecord` knows
    the type; without one its deletions leave no trace there.
    """

    name: str
    table: str
    label: str
    fixed: dict[str, str] = field(default_factory=dict)
    mandatory: tuple[tuple[str, ...], ...] = ()
    sublists: dict[str, Sublist] = field(default_factory=dict)
    code: int | None = None


_COMMON = {
    "quantity": "quantity",
    "rate": "rate",
    "amount": "foreignamount",
    "description": "memo",
    "memo": "memo",
    "department": "department",
    "class": "class",
    "location": "location",
    "isclosed": "isclosed",
    "expectedreceiptdate": "expectedreceiptdate",
}
_ITEM = {"item": "item", "price": "price", "units": "units", **_COMMON}
_EXPENSE = {"account": "expenseaccount", **_COMMON}
_BUYING = {
    "item": Sublist(_ITEM, ("item",), 1, "ASSET"),
    "expense": Sublist(_EXPENSE, ("account", "amount"), 1, "EXPENSE"),
}
_SELLING = {"item": Sublist(_ITEM, ("item",), -1, "INCOME")}
_JOURNAL = {
    "line": Sublist(
        {
            "account": "expenseaccount",
            "debit": "debitforeignamount",
            "credit": "creditforeignamount",
            "entity": "entity",
            **{name: _COMMON[name] for name in ("memo", "department", "class", "location")},
        },
        ("account",),
        1,
        "EXPENSE",
    )
}
_NAMED = (("name",),)


def _transaction(
    name: str, label: str, kind: str, code: int, sublists: dict[str, Sublist]
) -> RecordType:
    needed = () if kind == "Journal" else (("entity",),)
    return RecordType(name, "transaction", label, {"type": kind}, needed, sublists, code)


def _item(name: str, label: str, kind: str) -> RecordType:
    return RecordType(name, "item", label, {"itemtype": kind}, (("itemid",),), code=-10)


_SPECIAL = (
    RecordType(
        "customer", "customer", "Customer", mandatory=(("companyname", "entityid"),), code=2
    ),
    RecordType("vendor", "vendor", "Vendor", mandatory=(("companyname", "entityid"),), code=3),
    RecordType("employee", "employee", "Employee", mandatory=(("lastname", "entityid"),), code=4),
    RecordType("contact", "contact", "Contact", mandatory=(("entityid", "lastname"),), code=6),
    RecordType("item", "item", "Item", mandatory=(("itemid",),), code=-10),
    _item("inventoryitem", "Inventory Item", "InvtPart"),
    _item("noninventoryitem", "Non-inventory Item", "NonInvtPart"),
    _item("serviceitem", "Service", "Service"),
    _item("assemblyitem", "Assembly/Bill of Materials", "Assembly"),
    _transaction("salesorder", "Sales Order", "SalesOrd", 31, _SELLING),
    _transaction("invoice", "Invoice", "CustInvc", 7, _SELLING),
    _transaction("purchaseorder", "Purchase Order", "PurchOrd", 15, _BUYING),
    _transaction("vendorbill", "Bill", "VendBill", 17, _BUYING),
    _transaction("journalentry", "Journal", "Journal", 1, _JOURNAL),
    RecordType(
        "account", "account", "Account", mandatory=(("fullname",), ("accttype",)), code=-112
    ),
    RecordType("bom", "bom", "Bill of Materials", mandatory=_NAMED),
    RecordType(
        "bomrevision",
        "bomrevision",
        "Bill of Materials Revision",
        mandatory=(("name",), ("billofmaterials",)),
    ),
    RecordType("salestaxitem", "salestaxitem", "Tax Code", mandatory=(("itemid",), ("rate",))),
    RecordType("accountingperiod", "accountingperiod", "Period", mandatory=(("periodname",),)),
    *(
        RecordType(name, name, label, mandatory=_NAMED)
        for name, label in (
            ("subsidiary", "Subsidiary"),
            ("department", "Department"),
            ("location", "Location"),
            ("classification", "Class"),
            ("currency", "Currency"),
            ("term", "Term"),
            ("pricelevel", "Price Level"),
            ("unitstype", "Units Type"),
            ("customercategory", "Customer Category"),
            ("vendorcategory", "Vendor Category"),
        )
    ),
)

RECORD_TYPES: dict[str, RecordType] = {each.name: each for each in _SPECIAL}
"""Every record type, by the lower-case name that scripts use."""


def type_of_row(table: Table, row: sqlite3.Row) -> RecordType | None:
    """The record type that a row of `table` is of, or None if scripts know none."""
    kinds = [kind for kind in RECORD_TYPES.values() if kind.table == table.name]
    exact = [
        kind
        for kind in kinds
        if all(name in table.columns and row[name] == value for name, value in kind.fixed.items())
    ]
    return max(exact, key=lambda kind: len(kind.fixed), default=None)
