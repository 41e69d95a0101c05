"""What the account made itself, as the tables `customrecordtype`, `customlist`, `customfield` tell.

They name script ids in capitals. Whether a query may name a field they do not tell, nor, of fields
on entities and events, on which records it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nsconsole.catalog import ColumnFact, TableFact, kind_of
from nsconsole.mapping import Column, Kind, MappedTable, Mode
from nsconsole.netsuite.keyset import Query
from nsconsole.netsuite.metadata.naming import named, worded


def _table(name: str, *texts: str) -> MappedTable:
    columns = (Column("internalid", Kind.INTEGER), *(Column(text, Kind.TEXT) for text in texts))
    return MappedTable(name, columns, ("internalid",), Mode.FULL, tier=60)


RECORD_TYPES = _table("customrecordtype", "scriptid", "name")
LISTS = _table("customlist", "scriptid", "name")
FIELDS = _table(
    "customfield",
    "scriptid", "name", "fieldtype", "fieldvaluetype", "fieldvaluetyperecord", "recordtype",
)  # fmt: skip
"""As if they were mapped, so that they can be asked for page by page."""

MARK = Query(
    "SELECT COUNT(*) AS entries, MAX(internalid) AS newest, COUNT(lastmodifieddate) AS stamped, "
    'TO_CHAR(SYS_EXTRACT_UTC(MAX(lastmodifieddate)), \'YYYY-MM-DD"T"HH24:MI:SS"Z"\') AS changed '
    "FROM customfield"
)
"""What is another one as soon as a custom field comes, goes or changes."""

_OWNERS = {"BODY": "transaction", "COLUMN": "transactionline", "ITEM": "item"}


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field; `table` is None if any table that has a column of its name may be meant."""

    table: str | None
    fact: ColumnFact


def read_tables(rows: Sequence[Mapping[str, str]]) -> tuple[TableFact, ...]:
    """Give the tables of custom record types or lists."""
    return tuple(
        TableFact(shown.lower(), shown, worded(row.get("name")), custom=True)
        for row in rows
        if (shown := named(row.get("scriptid")))
    )


def read_fields(
    rows: Sequence[Mapping[str, str]], record_types: Mapping[str, str]
) -> tuple[CustomField, ...]:
    """Give the custom fields; `record_types` has the tables of record types by internal id."""
    return tuple(_field(row, record_types) for row in rows if row.get("scriptid"))


def _field(row: Mapping[str, str], record_types: Mapping[str, str]) -> CustomField:
    shown, native_type = named(row["scriptid"]), worded(row.get("fieldvaluetype"))
    fact = ColumnFact(
        name=shown.lower(),
        shown_name=shown,
        label=worded(row.get("name")),
        native_type=native_type,
        kind=kind_of(native_type),
        refers_to=named(row.get("fieldvaluetyperecord")).lower() or None,
    )
    owner = record_types.get(row.get("recordtype", ""))
    return CustomField(owner or _OWNERS.get(row.get("fieldtype", "")), fact)
