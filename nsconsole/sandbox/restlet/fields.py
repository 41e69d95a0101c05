"""The fields of a record as a script gives them: which there are, and what they may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from nsconsole.sandbox.restlet.records import RECORD_TYPES, RecordType
from nsconsole.sandbox.values import BadValueError, TooLongError, as_json, store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Column, Tables
    from nsconsole.sandbox.values import Stored


class RefusedError(Exception):
    """NetSuite refuses an operation: its error code, its message and, of a conflict, the values."""

    def __init__(
        self, code: str, message: str, *, current: dict[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.current = current

    @classmethod
    def unknown_field(cls, name: str) -> Self:
        """The refusal of a field that the record type does not have."""
        return cls(
            "NONEXISTENT_FIELD",
            f"Unknown field name '{name}'. The field does not exist on this record type.",
        )

    def as_json(self) -> dict[str, object]:
        """The `error` of an operation's result."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        return error if self.current is None else {**error, "current": self.current}


def record_type(tables: Tables, name: str) -> RecordType:
    """The record type of that name, in any case.

    A table that no type stands for is a record type of its own, if its rows have an id.

    Raises:
        RefusedError: there is none.
    """
    found = RECORD_TYPES.get(name.lower())
    if found is not None and found.table in tables:
        return found
    table = tables.get(name.lower())
    if table is None or table.view or table.key != ("id",):
        raise RefusedError("INVALID_RCRD_TYPE", f"The record type [{name}] is invalid.")
    return RecordType(table.name, table.name, table.title or table.name)


def stored_values(columns: Mapping[str, Column], values: Mapping[str, object]) -> dict[str, Stored]:
    """`values` as those columns keep them.

    Raises:
        RefusedError: a field is unknown, read-only, or cannot hold its value.
    """
    return {name: stored_value(name, columns.get(name), value) for name, value in values.items()}


def stored_value(name: str, column: Column | None, value: object) -> Stored:
    """One field's value as its column keeps it; see `stored_values`."""
    if column is None:
        raise RefusedError.unknown_field(name)
    if column.read_only:
        raise RefusedError("USER_ERROR", f"The field {name} is read-only and cannot be set.")
    try:
        return store(column, value)
    except TooLongError:
        raise RefusedError(
            "EXCEEDED_MAX_FIELD_LENGTH",
            f"The field {name} contained more than the maximum number of characters allowed.",
        ) from None
    except BadValueError:
        raise RefusedError(
            "INVALID_FLD_VALUE",
            f"You have entered an Invalid Field Value {_brief(value)} for the following field: "
            f"{name}",
        ) from None


def check_references(rows: Rows, columns: Mapping[str, Column], row: Mapping[str, Stored]) -> None:
    """Every reference and list code of `row` must exist.

    Raises:
        RefusedError: one does not.
    """
    for name, value in row.items():
        column = columns[name]
        if value is None or _exists(rows, column, value):
            continue
        raise RefusedError("INVALID_KEY_OR_REF", f"Invalid {name} reference key {value}.")


def check_mandatory(kind: RecordType, row: Mapping[str, Stored]) -> None:
    """Of each group of mandatory fields one must have a value.

    Raises:
        RefusedError: fields are missing; the message names the first of each group.
    """
    missing = [group[0] for group in kind.mandatory if not any(row.get(name) for name in group)]
    if missing:
        raise RefusedError("USER_ERROR", f"Please enter value(s) for: {', '.join(missing)}")


def mismatches(
    columns: Mapping[str, Column], row: sqlite3.Row, expected: Mapping[str, object]
) -> list[str]:
    """The fields whose current value is not the expected one, compared as their kind of value."""
    changed = []
    for name, value in expected.items():
        column = columns.get(name)
        if column is None:
            raise RefusedError.unknown_field(name)
        try:
            same = store(column, value) == row[name]
        except BadValueError:
            same = False
        if not same:
            changed.append(name)
    return changed


def current_values(
    columns: Mapping[str, Column], row: sqlite3.Row, names: Iterable[str]
) -> dict[str, object]:
    """The named fields of a row, as JSON."""
    return {name: as_json(columns[name], row[name]) for name in names}


def _exists(rows: Rows, column: Column, value: Stored) -> bool:
    target = rows.tables.get(column.target) if column.target else None
    if target is not None:
        return rows.first(target.name, target.key[0], value) is not None
    if column.choices is not None:
        query = "SELECT 1 FROM sandbox_choice WHERE list = ? AND code = ?"
        return rows.connection.execute(query, (column.choices, value)).fetchone() is not None
    return True


def _brief(value: object) -> str:
    text = str(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
