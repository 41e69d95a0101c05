"""Columns as rows show them, where no catalog tells: only those that have a value in any row."""

import re
from collections.abc import Mapping, Sequence

from nsconsole.catalog import ColumnFact
from nsconsole.mapping import Kind, is_name
from nsconsole.netsuite.keyset import Query
from nsconsole.netsuite.metadata.naming import united_columns

_ROWS = 1000
_LIKE = (
    (re.compile(r"-?(0|[1-9][0-9]{0,17})"), Kind.INTEGER, "integer"),
    (re.compile(r"-?[0-9]*\.?[0-9]+(E-?[0-9]+)?"), Kind.REAL, "number"),
    (re.compile(r"[TF]"), Kind.BOOLEAN, "boolean"),
)


def look_at(table: str) -> Query:
    """Ask for some rows with all that they have. Raises ValueError for a name that is none."""
    if not is_name(table):
        raise ValueError(f"{table[:60]!r} is not the name of a NetSuite table.")
    return Query(f"SELECT * FROM {table} WHERE ROWNUM <= {_ROWS}")  # noqa: S608 - checked


def columns_in(rows: Sequence[Mapping[str, str]]) -> tuple[ColumnFact, ...]:
    """Give the columns that rows have, each with the kind that all of its values look like."""
    values: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    return united_columns(_column(name, seen) for name, seen in values.items())


def _column(name: str, values: Sequence[str]) -> ColumnFact:
    alike = ((kind, word) for like, kind, word in _LIKE if all(map(like.fullmatch, values)))
    kind, word = next(alike, (Kind.TEXT, "string"))
    return ColumnFact(name, name, native_type=word, kind=kind, exposed=True)
