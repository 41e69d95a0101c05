"""The record types that a script may write, and the table rows that stand behind each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet.governance import Weight
from nsconsole.sandbox.schema import Access

if TYPE_CHECKING:
    import sqlite3

    from nsconsole.sandbox.schema import Table, Tables


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
class Unique:
    """A field of which no two records of a type may have the same value, and the refusal."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type.

    `fixed` are the column values that make a row of the table one of this type. Of each group in
    `mandatory` one field must have a value. `party` is the table that a transaction's entity must
    be in. `permission` is one that the script's role has at the level View only. A type with
    `sublists` is a transaction whose lines and totals are kept in step.
    """

    name: str
    table: str
    label: str
    fixed: dict[str, str] = field(default_factory=dict)
    mandatory: tuple[tuple[str, ...], ...] = ()
    sublists: dict[str, Sublist] = field(default_factory=dict)
    unique: Unique | None = None
    party: str | None = None
    permission: str | None = None

    @property
    def code(self) -> int | None:
        """The number by which `deletedrecord` knows the type, if NetSuite tracks its deletions."""
        return _TRACKED.get(self.name, _TRACKED.get(self.table))

    @property
    def weight(self) -> Weight:
        """What loading and saving one costs a script."""
        if self.table == "transaction":
            return Weight.TRANSACTION
        return Weight.CUSTOM if self.table.startswith("customrecord") else Weight.OTHER


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
_NAMED_PARTY = (("companyname", "entityid"),)

# Messages: Oracle, "SuiteTalk Error Status Codes", without their advice for a browser's user.
_ONE_CUSTOMER = Unique(
    "entityid",
    "UNIQUE_CUST_ID_REQD",
    "A customer record with this ID already exists. "
    "You must enter a unique customer ID for each record you create.",
)
_ONE_VENDOR = Unique(
    "entityid",
    "DUP_VENDOR_NAME",
    "There is already a vendor using that entity name. All vendors must have a unique entity name.",
)
_ONE_ITEM = Unique(
    "itemid",
    "DUP_ITEM",
    "Uniqueness error - there is already an item with that name or name/parent combination.",
)


def _one_name(label: str) -> Unique:
    return Unique("name", "DUP_RCRD", f"A {label} already exists with that name.")


# What SuiteTalk's DeletedRecordType lists, of the types that are here. The first numbers are those
# by which SDF names standard record types; where none is public it is the account's own.
_TRACKED = {
    "customer": -2,
    "vendor": -3,
    "employee": -4,
    "contact": -6,
    "item": -10,
    "salesorder": -30,
    "invoice": -30,
    "purchaseorder": -30,
    "vendorbill": -30,
    "journalentry": -30,
    "bin": -242,
    "bom": -422,
    "bomrevision": -423,
    "contactcategory": -158,
    "customercategory": -109,
    "inventorynumber": -260,
    "nexus": -382,
    "paymentmethod": -183,
    "pricelevel": -186,
    "salestaxitem": -128,
    "term": -199,
}


def _transaction(
    name: str, label: str, kind: str, sublists: dict[str, Sublist], party: str | None
) -> RecordType:
    needed = (("entity",),) if party else ()
    return RecordType(
        name,
        "transaction",
        label,
        fixed={"type": kind},
        mandatory=needed,
        sublists=sublists,
        party=party,
    )


def _item(name: str, label: str, kind: str | None) -> RecordType:
    fixed = {"itemtype": kind} if kind else {}
    return RecordType(name, "item", label, fixed=fixed, mandatory=(("itemid",),), unique=_ONE_ITEM)


_SPECIAL = (
    RecordType("customer", "customer", "Customer", mandatory=_NAMED_PARTY, unique=_ONE_CUSTOMER),
    RecordType("vendor", "vendor", "Vendor", mandatory=_NAMED_PARTY, unique=_ONE_VENDOR),
    RecordType(
        "employee",
        "employee",
        "Employee",
        mandatory=(("lastname", "entityid"),),
        permission="Lists -> Employees",
    ),
    RecordType("contact", "contact", "Contact", mandatory=(("entityid", "lastname"),)),
    _item("item", "Item", None),
    _item("inventoryitem", "Inventory Item", "InvtPart"),
    _item("noninventoryitem", "Non-inventory Item", "NonInvtPart"),
    _item("serviceitem", "Service", "Service"),
    _item("assemblyitem", "Assembly/Bill of Materials", "Assembly"),
    _transaction("salesorder", "Sales Order", "SalesOrd", _SELLING, "customer"),
    _transaction("invoice", "Invoice", "CustInvc", _SELLING, "customer"),
    _transaction("purchaseorder", "Purchase Order", "PurchOrd", _BUYING, "vendor"),
    _transaction("vendorbill", "Bill", "VendBill", _BUYING, "vendor"),
    _transaction("journalentry", "Journal", "Journal", _JOURNAL, None),
    RecordType(
        "account", "account", "Account", mandatory=(("fullname", "acctnumber"), ("accttype",))
    ),
    RecordType("bom", "bom", "Bill of Materials", mandatory=_NAMED),
    RecordType(
        "bomrevision",
        "bomrevision",
        "Bill of Materials Revision",
        mandatory=(("name",), ("billofmaterials",)),
    ),
    RecordType("salestaxitem", "salestaxitem", "Tax Code", mandatory=(("itemid",), ("rate",))),
    RecordType(
        "accountingperiod",
        "accountingperiod",
        "Period",
        mandatory=(("periodname",),),
        permission="Setup -> Manage Accounting Periods",
    ),
    RecordType(
        "subsidiary",
        "subsidiary",
        "Subsidiary",
        mandatory=_NAMED,
        permission="Setup -> Subsidiaries",
    ),
    *(
        RecordType(name, name, label, mandatory=_NAMED, unique=_one_name(label))
        for name, label in (
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
"""The record types of which more is known than their table, by the lower-case name."""

_BOOKS = {
    "transaction": {"id", "type", "entity", "exchangerate", "foreigntotal", "posting"},
    "transactionline": {
        *("transaction", "id", "uniquekey", "mainline", "item", "entity", "quantity", "rate"),
        *("foreignamount", "netamount", "debitforeignamount", "creditforeignamount"),
    },
}


def find(tables: Tables, name: str) -> RecordType | None:
    """The record type of that name, in any case, or None.

    A table that no type stands for is a type of its own if its rows have one id. A transaction of
    a loaded schema that has no room for the books is a record like any other.
    """
    known = RECORD_TYPES.get(name.lower())
    table = tables.get(known.table if known else name.lower())
    if table is None or table.view or table.access is Access.REMOVED or len(table.key) != 1:
        return None
    if known is None:
        return _generic(table)
    if known.sublists and not _keeps_books(tables):
        known = replace(known, sublists={}, mandatory=(), party=None)
    fixed = {name: value for name, value in known.fixed.items() if name in table.columns}
    return known if fixed == known.fixed else replace(known, fixed=fixed)


def type_of_row(tables: Tables, table: Table, row: sqlite3.Row) -> RecordType | None:
    """The record type that a row of `table` is of, or None if scripts know none."""
    kinds = [kind for kind in RECORD_TYPES.values() if kind.table == table.name]
    exact = [
        kind
        for kind in kinds
        if all(name in table.columns and row[name] == value for name, value in kind.fixed.items())
    ]
    best = max(exact, key=lambda kind: len(kind.fixed), default=None)
    return best or (None if kinds else find(tables, table.name))


def _generic(table: Table) -> RecordType | None:
    """The type of a table's rows; where NetSuite itself counts them, only by a column `id`."""
    (key,) = table.key
    if key != "id" and table.columns[key].read_only:
        return None
    return RecordType(table.name, table.name, table.title or table.name)


def _keeps_books(tables: Tables) -> bool:
    return all(
        name in tables and need <= set(tables[name].columns) for name, need in _BOOKS.items()
    )
