"""Tables as JSON, for those that differ from what the account was born with."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from nsconsole.sandbox.schema import Access, Column, Kind, Table, make_table

_TABLE_WORDS = ("name", "label", "space", "view", "feature", "title")


def to_json(table: Table) -> str:
    """Everything that makes `table`, as a JSON text."""
    return json.dumps(
        {
            **{name: getattr(table, name) for name in _TABLE_WORDS},
            "key": table.key,
            "access": table.access.value,
            "columns": [_column_to_json(column) for column in table.columns.values()],
        }
    )


def from_json(text: str) -> Table:
    """The table of a text made by `to_json`."""
    made = json.loads(text)
    columns = [_column_from_json(each) for each in made.pop("columns")]
    access = Access(made.pop("access"))
    return make_table(made.pop("name"), columns, key=tuple(made.pop("key")), access=access, **made)


def _column_to_json(column: Column) -> dict[str, object]:
    made = {each.name: getattr(column, each.name) for each in fields(column)}
    return {**made, "kind": column.kind.value, "access": column.access.value}


def _column_from_json(made: dict[str, Any]) -> Column:
    return Column(**{**made, "kind": Kind(made["kind"]), "access": Access(made["access"])})
