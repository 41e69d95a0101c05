"""SuiteQL's own metadata catalog: the tables that a query may name, and their columns.

Oracle documents the tool of NetSuite's AI connector that reads it, not the catalog itself. It
answers JSON Schemas; some tables that can be queried have none of their fields told.
"""

from collections.abc import Mapping

from nsconsole.catalog import ColumnFact, TableFact, is_custom, kind_of
from nsconsole.netsuite.metadata.naming import named, united_columns, united_tables, worded

PATH = "/services/rest/query/v1/suiteql/metadata-catalog"


def parse_tables(payload: object) -> tuple[TableFact, ...]:
    """Read the list of tables. Raises ValueError for anything else."""
    match payload:
        case {"items": list(items)}:
            return united_tables(_table(item) for item in items)
    raise ValueError("not a list of tables")


def parse_columns(payload: object) -> tuple[ColumnFact, ...]:
    """Read a table's columns, which may be none at all. Raises ValueError for anything else."""
    match payload:
        case {"properties": dict(properties)}:
            return united_columns(_column(name, told) for name, told in properties.items())
        case {"type": "object", **rest} if "properties" not in rest:
            return ()
    raise ValueError("not the schema of a table")


def _table(item: object) -> TableFact:
    match item:
        case {"name": str() as name, **rest}:
            shown = named(name)
            lower = shown.lower()
            label = worded(rest.get("title"))
            return TableFact(lower, shown, label, is_custom(lower), exposed=True)
    raise ValueError("a table without a name")


def _column(name: object, told: object) -> ColumnFact:
    shown = named(name)
    said = told if isinstance(told, dict) else {}
    native_type = type_of(said)
    refers_to = named(said.get("x-n:recordType")).lower() or None
    return ColumnFact(
        name=shown.lower(),
        shown_name=shown,
        label=worded(said.get("title")),
        native_type=native_type,
        kind=kind_of(native_type),
        exposed=True,
        refers_to=refers_to if said.get("x-n:joinable") is True else None,
    )


def type_of(schema: Mapping[object, object]) -> str:
    """Give the word for a JSON Schema's type: of a string its format, if that says more."""
    word, form = worded(schema.get("type")), worded(schema.get("format"))
    return form if word == "string" and kind_of(form) is not None else word
