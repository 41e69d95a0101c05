"""The REST record service's metadata catalog: record types, which are not SuiteQL's tables.

Nothing in it tells whether a query may name a field. Transactions and items have a type each here,
and one table together there. Source: Oracle, "Working with Resource Metadata".
"""

from collections.abc import Collection, Mapping

from nsconsole.catalog import ColumnFact, TableFact, is_custom, kind_of
from nsconsole.netsuite.metadata.naming import named, united_columns, united_tables, worded
from nsconsole.netsuite.metadata.suiteql import type_of

PATH = "/services/rest/record/v1/metadata-catalog"
SCHEMA = "application/schema+json"
"""The media type of a record type's JSON Schema."""

REFERENCE = "reference"
"""The native type of a field that holds another record's id."""
CHOICE = "choice"
"""The native type of a field that holds a code out of a list."""

_TYPES_OF = {
    "transaction": """
        advintercompanyjournalentry assemblybuild assemblyunbuild bintransfer binworksheet
        blanketpurchaseorder cashrefund cashsale check creditcardcharge creditcardrefund creditmemo
        customerdeposit customerpayment customerpaymentauthorization customerrefund
        customersubscription deposit depositapplication estimate expensereport fulfillmentrequest
        intercompanyjournalentry intercompanytransferorder inventoryadjustment
        inventorycostrevaluation inventorycount inventorystatuschange inventorytransfer invoice
        itemfulfillment itemreceipt journalentry opportunity paycheck paycheckjournal
        periodendjournal purchasecontract purchaseorder purchaserequisition requestforquote
        returnauthorization revenuearrangement revenuecommitment revenuecommitmentreversal
        salesorder statisticaljournalentry storepickupfulfillment transferorder vendorbill
        vendorcredit vendorpayment vendorprepayment vendorprepaymentapplication
        vendorreturnauthorization vendorrfq waveorder workorder workorderclose workordercompletion
        workorderissue
    """,
    "item": """
        assemblyitem descriptionitem discountitem downloaditem giftcertificateitem inventoryitem
        itemgroup kititem lotnumberedassemblyitem lotnumberedinventoryitem markupitem
        noninventorypurchaseitem noninventoryresaleitem noninventorysaleitem noninventoryitem
        otherchargepurchaseitem otherchargeresaleitem otherchargesaleitem paymentitem
        serializedassemblyitem serializedinventoryitem servicepurchaseitem serviceresaleitem
        servicesaleitem serviceitem subtotalitem
    """,
}
_TABLE_OF = {name: table for table, names in _TYPES_OF.items() for name in names.split()}


def table_of(record_type: str, tables: Collection[str]) -> str:
    """Give the table of a record type, both in lower case; `tables` are those SuiteQL lists."""
    if record_type in tables:
        return record_type
    return _TABLE_OF.get(record_type, record_type)


def parse_types(payload: object) -> tuple[TableFact, ...]:
    """Read the list of record types, as tables of the same names. Raises ValueError."""
    match payload:
        case {"items": list(items)}:
            return united_tables(_record_type(item) for item in items)
    raise ValueError("not a list of record types")


def parse_fields(payload: object) -> tuple[ColumnFact, ...]:
    """Read a record type's fields without its sublists. Raises ValueError for anything else.

    Now and then NetSuite answers a schema without fields; the same question again helps.
    """
    match payload:
        case {"properties": dict(properties)}:
            fields = (_field(name, told) for name, told in properties.items())
            return united_columns(field for field in fields if field is not None)
        case {"type": "object", **rest} if "properties" not in rest:
            return ()
    raise ValueError("not the schema of a record type")


def _record_type(item: object) -> TableFact:
    match item:
        case {"name": str() as name}:
            shown = named(name)
            return TableFact(shown.lower(), shown, custom=is_custom(shown.lower()))
    raise ValueError("a record type without a name")


def _field(name: object, told: object) -> ColumnFact | None:
    shown = named(name)
    said = told if isinstance(told, dict) else {}
    native_type = _native_type(said)
    if shown == "links" or native_type is None:
        return None
    return ColumnFact(
        name=shown.lower(),
        shown_name=shown,
        label=worded(said.get("title")),
        native_type=native_type,
        kind=kind_of(native_type),
    )


def _native_type(schema: Mapping[object, object]) -> str | None:
    """Give the word for a field's type; None for what has rows or fields of its own."""
    match schema:
        case {"$ref": str(there)}:
            return REFERENCE if there.endswith("/nsResource") else None
        case {"properties": {"id": dict(identifier)}}:
            return CHOICE if "enum" in identifier else REFERENCE
        case {"type": "object" | "array"}:
            return None
    return type_of(schema)
