"""The record service's types, which are not SuiteQL's tables, and their JSON Schemas.

Facts: Oracle, "Working with JSON Schema Metadata" and "Getting Metadata".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.catalog.names import camel, title
from nsconsole.sandbox.generated.customization import CUSTOMIZATION, label_of
from nsconsole.sandbox.generated.families import FAMILIES
from nsconsole.sandbox.generated.lists import VALUES
from nsconsole.sandbox.generated.standard import RECORDED
from nsconsole.sandbox.restlet.records import RECORD_TYPES
from nsconsole.sandbox.schema import Access, Column, Kind, Table
from nsconsole.sandbox.seed.setup import CHOICES
from nsconsole.sandbox.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nsconsole.sandbox.restlet.records import RecordType, Sublist
    from nsconsole.sandbox.schema import Tables

    Schema = dict[str, object]

PATH = "/services/rest/record/v1/metadata-catalog"
DRAFT = "http://json-schema.org/draft-06/hyper-schema#"
_OF_SUITEQL = frozenset({"item", "transaction"})
"""Tables of many record types; the record service knows each of those, and not the table."""

_RECORDS_TOO = RECORDED | {
    "bin", "fiscalcalendar", "inventorynumber", "inventorystatus", "nexus", "paymentmethod",
    "shipitem", "taxgroup", "taxtype", "consolidatedexchangerate", "accountingbook", "file",
    "customersubsidiaryrelationship", "vendorsubsidiaryrelationship",
}  # fmt: skip
_NO_RECORDS = (
    {*TABLES, *VALUES, *(each.name for each in CUSTOMIZATION)}
    | {name for family in FAMILIES for name in family.names.split()}
) - _RECORDS_TOO
"""Tables that are there for SuiteQL alone, unless a record type stands on them."""

_ELSEWHERE = """
    abbrevtype balancesearch closedate consolbalancesearch consoldaysoverduesearch
    consoloverduebalancesearch consolunbilledorderssearch daysoverduesearch entitynumber
    firstorderdate firstsaledate firstsaleperiod foreignamountpaid foreignamountunpaid foreigntotal
    lastorderdate lastsaledate lastsaleperiod overduebalancesearch posting recordtype searchstage
    toplevelparent totalquantityonhand trandisplayname type unbilledorderssearch voided
"""
_NO_FIELDS = frozenset(_ELSEWHERE.split())
"""Columns that SuiteQL alone has, or the record service by another name."""

_TYPES: dict[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.MEMO: {"type": "string"},
    Kind.INTEGER: {"type": "integer", "format": "int64"},
    Kind.DECIMAL: {"type": "number", "format": "double"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
}
_LINKS: Schema = {
    "title": "Links",
    "type": "array",
    "readOnly": True,
    "items": {"$ref": f"{PATH}/nsLink"},
}
_REFERENCE: Schema = {
    "id": {"title": "Internal identifier", "type": "string"},
    "refName": {"title": "Reference Name", "type": "string"},
    "externalId": {"title": "External identifier", "type": "string"},
    "links": _LINKS,
}
PARTS: dict[str, Schema] = {
    "nsLink": {
        "type": "object",
        "properties": {
            "rel": {"title": "Relation", "type": "string", "readOnly": True},
            "href": {"title": "Hypertext Reference", "type": "string", "readOnly": True},
        },
    },
    "nsResource": {"type": "object", "properties": {"links": _LINKS}},
}
"""Schemas that others refer to; they can be asked for like a record type's, but are not listed."""


@dataclass(frozen=True, slots=True)
class RestType:
    """A record type of the record service: its name there, its table, and what it may have more."""

    name: str
    table: Table
    kind: RecordType | None


def record_types(tables: Tables) -> dict[str, RestType]:
    """The record types that the role sees, by their lower-case names."""
    found = dict(_types(tables))
    return {name: found[name] for name in sorted(found)}


def schema(tables: Tables, wanted: RestType) -> Schema:
    """The JSON Schema of a record type, sublists and custom fields included."""
    properties: Schema = {"links": _LINKS}
    filterable = []
    for column in wanted.table.columns.values():
        if _is_field(column):
            name = column.name if column.custom else camel(column.name)
            properties[name] = field(tables, wanted.table, column, wanted.kind)
            filterable.append(name)
    for name, sublist in (wanted.kind.sublists if wanted.kind else {}).items():
        properties[name] = _sublist(tables, name, sublist)
    made: Schema = {
        "$schema": DRAFT,
        "type": "object",
        "properties": properties,
        "x-ns-filterable": sorted(filterable),
    }
    return {**made, "x-ns-custom-record": True} if wanted.table.custom else made


def field(tables: Tables, table: Table, column: Column, kind: RecordType | None = None) -> Schema:
    """The schema of one field."""
    label = label_of(column) if column.custom else column.label or title(column.name)
    made: Schema = {"title": label, **_shape(tables, table, column, kind), "nullable": True}
    if column.name in table.key:
        made = {"title": "Internal ID", "type": "string", "nullable": True}
    if column.custom:
        made["x-ns-custom-field"] = True
    if column.read_only:
        made["readOnly"] = True
    return made


def _types(tables: Tables) -> Iterator[tuple[str, RestType]]:
    for kind in RECORD_TYPES.values():
        table = tables.get(kind.table)
        if table is not None and _is_seen(table) and kind.name not in _OF_SUITEQL:
            yield kind.name, RestType(camel(kind.name), table, kind)
    for name, table in tables.items():
        known = name in RECORD_TYPES or name in _NO_RECORDS or name.startswith("map_")
        if not known and _is_seen(table):
            yield name, RestType(name if table.custom else camel(name), table, None)


def _is_seen(table: Table) -> bool:
    return table.access in (Access.OPEN, Access.NOT_EXPOSED)


def _is_field(column: Column) -> bool:
    known = column.access in (Access.OPEN, Access.NOT_EXPOSED)
    return known and column.name not in _NO_FIELDS


def _shape(tables: Tables, table: Table, column: Column, kind: RecordType | None) -> Schema:
    if f"map_{table.name}_{column.name}" in tables:
        reference = {"type": "object", "properties": _REFERENCE}
        return _collection({"items": {"type": "array", "items": reference}})
    if column.target is not None:
        return {"type": "object", "properties": _REFERENCE}
    if column.choices is not None:
        return {"type": "object", "properties": _choice(column.choices, kind)}
    return _TYPES[column.kind]


def _choice(choices: str, kind: RecordType | None) -> Schema:
    """A code out of a list; of codes by transaction type only those of this type."""
    name, _, decider = choices.partition("/")
    prefix = f"{kind.fixed.get(decider, '')}/" if decider and kind else ""
    codes = [code.removeprefix(prefix) for code in CHOICES.get(name, {}) if code.startswith(prefix)]
    return {
        "id": {"title": "Internal identifier", "type": "string", "enum": codes},
        "refName": {"title": "Reference Name", "type": "string"},
    }


def _collection(properties: Schema) -> Schema:
    counts = {name: {"type": "integer"} for name in ("count", "offset", "totalResults")}
    more = {"hasMore": {"type": "boolean"}, "links": _LINKS}
    return {"type": "object", "properties": {**counts, **more, **properties}}


def _sublist(tables: Tables, name: str, sublist: Sublist) -> Schema:
    lines = tables.get("transactionline")
    columns: Mapping[str, Column] = lines.columns if lines else {}
    properties: Schema = {"line": {"title": "Line", "type": "integer", "format": "int64"}}
    if lines is not None:
        for field_name, kept_in in sublist.columns.items():
            if kept_in in columns and _is_field(columns[kept_in]):
                properties[camel(field_name)] = field(tables, lines, columns[kept_in])
        for column in columns.values():
            if column.custom and _is_field(column):
                properties[column.name] = field(tables, lines, column)
    row: Schema = {
        "type": "object",
        "properties": properties,
        "x-ns-sublistkey": {"present": True, "value": {"new": [], "existing": ["line"]}},
    }
    return {"title": title(name), **_collection({"items": {"type": "array", "items": row}})}
