"""SuiteQL's tables, as its own metadata catalog and the Records Catalog describe them.

Oracle documents neither. The first answers JSON Schemas whose fields bear `x-n:joinable` and
`x-n:recordType`, as clients of NetSuite's AI connector have seen them. The second's fields and
joins are those that query tools read in the browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.catalog.names import camel, title
from nsconsole.sandbox.generated.customization import label_of
from nsconsole.sandbox.restlet.records import RECORD_TYPES
from nsconsole.sandbox.schema import Access, Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nsconsole.sandbox.schema import Tables

    Schema = dict[str, object]

WITHOUT_FIELDS = frozenset(
    {"transactionstatus", "currencyratetype", "incoterm", "taxtype", "map_item_subsidiary"}
)
"""Tables that can be queried although the SuiteQL metadata catalog gives them no fields."""

DANGLING = frozenset({"salesorder", "item", "transaction"})
"""What the SuiteQL metadata catalog fails on while custom fields refer to what is gone."""

_TYPES = {
    Kind.TEXT: {"type": "string"},
    Kind.MEMO: {"type": "string", "format": "clob"},
    Kind.INTEGER: {"type": "integer", "format": "int64"},
    Kind.DECIMAL: {"type": "number", "format": "double"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
}
_DATA_TYPES = {
    Kind.TEXT: "STRING",
    Kind.MEMO: "CLOBTEXT",
    Kind.INTEGER: "INTEGER",
    Kind.DECIMAL: "FLOAT",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.DATETIME: "DATETIME",
}
_ONLY_JOINED = ("transactionline", "transactionaccountingline")
"""Besides mappings: what the Records Catalog does not list, and only joins lead to."""


def described(tables: Tables, name: str) -> Table | None:
    """The table of that name, or of that type of transactions or items, if the role sees it."""
    kind = RECORD_TYPES.get(name)
    table = tables.get(kind.table if kind and name not in tables else name)
    return table if table is not None and table.access is Access.OPEN else None


def schema(tables: Tables, table: Table) -> Schema:
    """A table's fields, as the SuiteQL metadata catalog has them."""
    if table.name in WITHOUT_FIELDS:
        return {"type": "object"}
    fields = {
        name: _field(tables, table, column)
        for name, column in table.columns.items()
        if column.access is Access.OPEN
    }
    return {"type": "object", "properties": fields}


def _field(tables: Tables, table: Table, column: Column) -> Schema:
    made: Schema = {"title": _label(column), **_TYPES[column.kind]}
    made["nullable"] = column.name not in table.key
    joined = column.target is not None and described(tables, column.target) is not None
    made["x-n:joinable"] = joined
    if joined:
        made["x-n:recordType"] = column.target
    if column.custom:
        made["x-ns-custom-field"] = True
    return made


def listed(tables: Tables) -> list[Schema]:
    """The Records Catalog's record types; what the role may not use is listed, not available."""
    return [
        {"id": shown(table), "label": label(table), "isAvailable": table.access is Access.OPEN}
        for table in tables.values()
        if table.access is not Access.REMOVED and not _is_only_joined(table)
    ]


def detail(tables: Tables, table: Table) -> Schema:
    """A table's fields and joins, as the Records Catalog has them."""
    owned = list(_children(tables, table))
    return {
        "id": shown(table),
        "label": label(table),
        "fields": list(_fields(table)),
        "joins": [*_joins(tables, table), *(_owned(table, *each) for each in owned)],
        "subrecords": [
            {"id": shown(child), "recordClass": "SUBRECORD"}
            for child, _ in owned
            if not child.name.startswith("map_")
        ],
    }


def shown(table: Table) -> str:
    """The table's id in the Records Catalog."""
    return table.name if "_" in table.name else camel(table.name)


def label(table: Table) -> str:
    """What the Records Catalog calls a table."""
    return table.title or title(table.name)


def _label(column: Column) -> str:
    if column.custom:
        return label_of(column)
    return column.label or ("Internal ID" if column.name == "id" else title(column.name))


def _is_only_joined(table: Table) -> bool:
    return table.name in _ONLY_JOINED or table.name.startswith("map_")


def _fields(table: Table) -> Iterator[Schema]:
    for column in table.columns.values():
        if column.access in (Access.OPEN, Access.NOT_EXPOSED, Access.REMOVED):
            yield {
                "id": column.name if column.custom else camel(column.name),
                "label": _label(column),
                "dataType": _DATA_TYPES[column.kind],
                "isColumn": column.access is not Access.NOT_EXPOSED,
                "removed": column.access is Access.REMOVED,
            }


def _joins(tables: Tables, table: Table) -> Iterator[Schema]:
    """Where the table's own references lead, one row to one of the other table."""
    for column in table.references:
        target = described(tables, str(column.target))
        if target is None or column.access is not Access.OPEN:
            continue
        yield {
            "label": _label(column),
            "fieldId": column.name if column.custom else camel(column.name),
            "cardinality": "1:1" if table.key == (column.name,) else "N:1",
            "joinType": "AUTOMATIC",
            "sourceTargetType": {"id": shown(target)},
            "joinPairs": [{"label": f"{table.name}.{column.name} = {target.name}.{target.key[0]}"}],
        }


def _children(tables: Tables, table: Table) -> Iterator[tuple[Table, Column]]:
    """The tables whose rows belong to a row of this one, by the columns that say so."""
    for child, column in tables.referrers.get(table.name, ()):
        if (column.owned or _is_only_joined(child)) and child.access is Access.OPEN:
            yield child, column
    for name in _ONLY_JOINED:
        view = tables.get(name)
        if view is not None and view.view and view.access is Access.OPEN:
            yield from ((view, each) for each in view.references if each.target == table.name)


def _owned(table: Table, child: Table, column: Column) -> Schema:
    """Where a table's rows have rows of their own in another one."""
    return {
        "label": label(child),
        "fieldId": f"{child.name}_{column.name}",
        "cardinality": "1:N",
        "joinType": "INVERSE",
        "sourceTargetType": {"id": shown(child)},
        "joinPairs": [{"label": f"{table.name}.{table.key[0]} = {child.name}.{column.name}"}],
    }
