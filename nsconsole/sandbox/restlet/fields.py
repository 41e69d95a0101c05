"""The fields of a record as a script gives them: which there are, and what they may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from nsconsole.sandbox.restlet import records
from nsconsole.sandbox.schema import Access
from nsconsole.sandbox.values import LONGEST, BadValueError, TooLongError, as_json, store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nsconsole.sandbox.restlet.records import RecordType
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Column, Table, Tables
    from nsconsole.sandbox.values import Stored

KNOWN = (Access.OPEN, Access.NOT_EXPOSED)
"""How a column may be that a script knows: what is not exposed to SuiteQL it still does."""


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

    @classmethod
    def read_only(cls, name: str) -> Self:
        """The refusal of a field that a script, or this role, cannot set."""
        return cls(
            "INSUFFICIENT_PERMISSION",
            f"You do not have permissions to set a value for element {name} due to one of the "
            "following reasons: 1) The field is read-only; 2) An associated feature is disabled; "
            "3) The field is available either when a record is created or updated, but not in "
            "both cases.",
        )

    @classmethod
    def bad_reference(cls, name: str, value: object, of: str = "") -> Self:
        """The refusal of a reference to a record that is not there, or may not be chosen."""
        return cls("INVALID_KEY_OR_REF", f"Invalid {name} reference key {brief(value)}{of}.")

    def as_json(self) -> dict[str, object]:
        """The `error` of an operation's result."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        return error if self.current is None else {**error, "current": self.current}


def record_type(tables: Tables, name: str) -> RecordType:
    """The record type of that name, in any case.

    Raises:
        RefusedError: there is none, the role may not see it, or its feature is off.
    """
    kind = records.find(tables, name)
    if kind is None:
        raise RefusedError("INVALID_RCRD_TYPE", f"The record type [{name}] is invalid.")
    access = tables[kind.table].access
    if access is Access.NO_PERMISSION:
        raise no_permission(f"Lists -> {kind.label}")
    if access is Access.FEATURE_OFF:
        raise RefusedError(
            "FEATURE_DISABLED",
            f"The feature '{tables[kind.table].feature}' required to access this page is not "
            "enabled in this account.",
        )
    return kind


def no_permission(permission: str) -> RefusedError:
    """The refusal of what the script's role may not do."""
    return RefusedError(
        "INSUFFICIENT_PERMISSION",
        f"Permission Violation: You need a higher level of the '{permission}' permission to "
        "access this page. Please contact your account administrator.",
    )


def readable(table: Table, names: Iterable[str] | None = None) -> dict[str, Column]:
    """The columns that a script may read, or those of them that have one of the names."""
    columns = table.columns
    names = columns if names is None else [name for name in names if name in columns]
    return {name: columns[name] for name in names if columns[name].access in KNOWN}


def stored_values(columns: Mapping[str, Column], values: Mapping[str, object]) -> dict[str, Stored]:
    """`values` as those columns keep them.

    Raises:
        RefusedError: a field is unknown, read-only, or cannot hold its value.
    """
    return {name: stored_value(name, columns.get(name), value) for name, value in values.items()}


def stored_value(name: str, column: Column | None, value: object) -> Stored:
    """One field's value as its column keeps it; see `stored_values`."""
    if column is None or column.access is Access.REMOVED:
        raise RefusedError.unknown_field(name)
    if column.read_only or column.access not in KNOWN:
        raise RefusedError.read_only(name)
    try:
        return store(column, value)
    except TooLongError:
        raise RefusedError(
            "EXCEEDED_MAX_FIELD_LENGTH",
            f"The field {name} contained more than the maximum number ( {LONGEST[column.kind]} ) "
            "of characters allowed.",
        ) from None
    except BadValueError:
        raise RefusedError(
            "INVALID_FLD_VALUE",
            f"You have entered an Invalid Field Value {brief(value)} for the following field: "
            f"{name}",
        ) from None


def check_references(rows: Rows, columns: Mapping[str, Column], row: Mapping[str, Stored]) -> None:
    """Every reference and list code of `row` must exist, and what it names be active.

    Raises:
        RefusedError: one does not, or is not.
    """
    for name, value in row.items():
        if value is not None and not _may_choose(rows, columns[name], value):
            raise RefusedError.bad_reference(name, value)


def changed_values(before: Mapping[str, Stored], given: Mapping[str, Stored]) -> dict[str, Stored]:
    """What of `given` is not so already."""
    return {name: value for name, value in given.items() if before[name] != value}


def check_mandatory(kind: RecordType, table: Table, row: Mapping[str, Stored]) -> None:
    """Of each group of mandatory fields one must have a value; groups not in the table are none.

    Raises:
        RefusedError: fields are missing; the message names the first of each group.
    """
    groups = [[name for name in group if name in table.columns] for group in kind.mandatory]
    missing = [group[0] for group in groups if group and not any(row.get(name) for name in group)]
    if missing:
        names = ", ".join(table.columns[name].label or name for name in missing)
        raise RefusedError("USER_ERROR", f"Please enter value(s) for: {names}")


def mismatches(
    columns: Mapping[str, Column], row: Mapping[str, Stored], expected: Mapping[str, object]
) -> list[str]:
    """The fields whose current value is not the expected one, compared as their kind of value.

    Numbers are compared as numbers, an empty text is no value, references are ids, and a moment
    without a zone is UTC.
    """
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
    columns: Mapping[str, Column], row: Mapping[str, Stored], names: Iterable[str]
) -> dict[str, object]:
    """The named fields of a row, as JSON."""
    return {name: as_json(columns[name], row[name]) for name in names}


def brief(value: object) -> str:
    """A value for a message, cut short."""
    text = str(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _may_choose(rows: Rows, column: Column, value: Stored) -> bool:
    target = rows.tables.get(column.target) if column.target else None
    if target is not None and target.access is not Access.REMOVED:
        key = {target.key[0]: value}
        if "isinactive" not in target.columns:
            return rows.exists(target.name, key)
        found = rows.one(target.name, ("isinactive",), key)
        return found is not None and found[0] != "T"
    if column.choices is not None:
        return rows.exists("sandbox_choice", {"list": column.choices, "code": value})
    return True
