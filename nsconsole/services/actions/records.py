"""The canonical field map: our names for records and fields, and NetSuite's.

A field that stands here is checked by type and bounds and read by SuiteQL, many records at once.
A generic action may name other records and fields; for those NetSuite's own word is asked.
"""

from dataclasses import dataclass
from decimal import Decimal

from nsconsole.services.actions.fields import Field, FieldType

_MOST_MONEY = Decimal(10_000_000)
_MOST_PIECES = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Sublist:
    """Lines of a record, such as a bill's items."""

    name: str
    label: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A type of record: `netsuite` is its id in the record service, `table` its SuiteQL table.

    `called` is the SuiteQL expression for what a person calls it. `telling` are the fields that are
    shown and compared when one is deleted.
    """

    name: str
    label: str
    netsuite: str
    table: str
    called: str
    fields: tuple[Field, ...]
    sublists: tuple[Sublist, ...] = ()
    where: str = ""
    telling: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """Find a field by our name or by NetSuite's."""
        return next((f for f in self.fields if name in (f.name, f.netsuite_id)), None)

    def sublist(self, name: str) -> Sublist | None:
        """Find a sublist by name."""
        return next((s for s in self.sublists if s.name == name), None)


def _text(name: str, label: str, *, max_length: int = 300, multiline: bool = False) -> Field:
    return Field(name, FieldType.TEXT, label, max_length=max_length, multiline=multiline)


def _money(name: str, label: str, *, netsuite: str = "", places: int = 2) -> Field:
    return Field(
        name,
        FieldType.MONEY,
        label,
        netsuite=netsuite,
        minimum=Decimal(0),
        maximum=_MOST_MONEY,
        places=places,
    )


def _pieces(name: str, label: str, *, netsuite: str = "") -> Field:
    return Field(
        name,
        FieldType.NUMBER,
        label,
        netsuite=netsuite,
        minimum=Decimal(0),
        maximum=_MOST_PIECES,
        places=5,
    )


def _flag(name: str, label: str) -> Field:
    return Field(name, FieldType.BOOLEAN, label)


def _date(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, FieldType.DATE, label, required=required)


def _reference(
    name: str, label: str, table: str, *, netsuite: str = "", required: bool = False
) -> Field:
    return Field(
        name, FieldType.REFERENCE, label, netsuite=netsuite, refers_to=table, required=required
    )


_ENTITY = (
    _text("companyname", "name", max_length=83),
    _text("email", "e-mail", max_length=254),
    _text("phone", "phone", max_length=32),
    _text("comments", "comments", max_length=4000, multiline=True),
    _reference("terms", "terms", "term"),
    _flag("isinactive", "inactive"),
)

VENDOR = Record(
    name="vendor",
    label="Vendor",
    netsuite="vendor",
    table="vendor",
    called="NVL(companyname, entityid)",
    telling=("companyname", "email", "phone"),
    fields=(
        *_ENTITY,
        _money("cost", "cost", places=5),
        _money("credit_limit", "credit limit", netsuite="creditlimit"),
    ),
)

CUSTOMER = Record(
    name="customer",
    label="Customer",
    netsuite="customer",
    table="customer",
    called="NVL(companyname, entityid)",
    telling=("companyname", "email", "phone"),
    fields=(
        *_ENTITY,
        _money("credit_limit", "credit limit", netsuite="creditlimit"),
        _reference("sales_rep", "sales rep", "employee", netsuite="salesrep"),
    ),
)

CONTACT = Record(
    name="contact",
    label="Contact",
    netsuite="contact",
    table="contact",
    called="entityid",
    telling=("firstname", "lastname", "title", "email", "phone"),
    fields=(
        _text("firstname", "first name", max_length=32),
        _text("lastname", "last name", max_length=32),
        _text("title", "job title", max_length=100),
        _text("email", "e-mail", max_length=254),
        _text("phone", "phone", max_length=32),
        _flag("isinactive", "inactive"),
    ),
)

ITEM = Record(
    name="item",
    label="Item",
    netsuite="inventoryitem",
    table="item",
    where="itemtype = 'InvtPart'",  # NetSuite edits each type of item as a record of its own
    called="itemid",
    telling=("displayname", "isinactive"),
    fields=(
        _text("displayname", "display name", max_length=250),
        _money("cost", "cost", places=5),
        _money("price", "price", netsuite="baseprice"),
        _pieces("reorder_point", "reorder point", netsuite="reorderpoint"),
        _pieces("preferred_stock", "preferred stock", netsuite="preferredstocklevel"),
        Field(
            "lead_time",
            FieldType.INTEGER,
            "lead time (days)",
            netsuite="leadtime",
            minimum=Decimal(0),
            maximum=Decimal(730),
        ),
        _flag("isinactive", "inactive"),
    ),
)

VENDOR_BILL = Record(
    name="vendorbill",
    label="Vendor bill",
    netsuite="vendorbill",
    table="transaction",
    where="type = 'VendBill'",
    called="tranid",
    telling=("entity", "trandate", "tranid", "memo"),
    fields=(
        _reference("entity", "vendor", "vendor", required=True),
        _date("trandate", "date", required=True),
        _date("duedate", "due"),
        _text("tranid", "reference", max_length=45),
        _text("memo", "memo", max_length=999),
        _reference("terms", "terms", "term"),
    ),
    sublists=(
        Sublist(
            "item",
            "item line",
            (
                _reference("item", "item", "item", required=True),
                _pieces("quantity", "quantity"),
                _money("rate", "rate", places=5),
                _text("description", "description", max_length=999, multiline=True),
            ),
        ),
        Sublist(
            "expense",
            "expense line",
            (
                _reference("account", "account", "account", required=True),
                _money("amount", "amount"),
                _text("memo", "memo", max_length=999),
            ),
        ),
    ),
)

_RECORDS = {
    name: record
    for record in (VENDOR, CUSTOMER, CONTACT, ITEM, VENDOR_BILL)
    for name in (record.name, record.netsuite)
}


def record_called(name: str) -> Record | None:
    """Find a mapped record by our name or by NetSuite's; None if it is not in the map."""
    return _RECORDS.get(name)


def netsuite_record(name: str) -> str:
    """Give the record type that NetSuite knows a target record by."""
    record = record_called(name)
    return record.netsuite if record else name
