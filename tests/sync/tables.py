"""Tables of the map: those of one's own, and some that every account has."""

from nsconsole.mapping import Column, Kind, MappedTable, Mode, Parent
from nsconsole.services.sync.map_text import base_map

WORDS = {
    Kind.INTEGER: "integer",
    Kind.REAL: "float",
    Kind.TEXT: "string",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "date-time",
}
STAMP = "lastmodifieddate"


def mapped(name, columns, *, key=("id",), cursor=STAMP, mode=None, tier=5, **more):
    """A table of the map; `columns` names those beside the integer `id` and the cursor."""
    kinds = {"id": Kind.INTEGER} if key == ("id",) else {}
    kinds |= {column: Kind(kind) for column, kind in columns.items()}
    if cursor:
        kinds.setdefault(cursor, Kind.DATETIME)
    return MappedTable(
        name=name,
        columns=tuple(Column(column, kind) for column, kind in kinds.items()),
        key=tuple(key),
        mode=mode or (Mode.INCREMENTAL if cursor else Mode.SNAPSHOT_DIFF),
        tier=tier,
        cursor=cursor,
        **more,
    )


def iso(moment):
    """A moment as NetSuite gives it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def as_netsuite_has_it(table):
    """A mapped table as the sandbox loads it, still without rows."""
    columns = {column.name: WORDS[column.kind] for column in table.columns}
    return {"columns": columns, "key": list(table.key)}


_TRACKED_AS = {table.name: table.tracked_as for table in base_map()}

CUSTOMER = mapped(
    "customer", {"companyname": "text", "comments": "text"}, tracked_as=_TRACKED_AS["customer"]
)
TRANSACTION = mapped("transaction", {"memo": "text"}, tracked_as=_TRACKED_AS["transaction"])
LINES = mapped(
    "transactionline",
    {"transaction": "integer", "id": "integer", "memo": "text", "quantity": "real"},
    key=("transaction", "id"),
    cursor="linelastmodifieddate",
    parent=Parent("transaction", "transaction"),
)
DELETIONS = mapped(
    "deletedrecord",
    {"recordid": "integer", "recordtypeid": "integer", "scriptid": "text"},
    key=("recordid", "recordtypeid", "scriptid"),
    cursor="deleteddate",
)
