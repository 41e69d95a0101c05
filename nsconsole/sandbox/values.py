"""Field values: as scripts and the doors give them in JSON, and as SQLite keeps them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from nsconsole.sandbox.schema import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

Stored: TypeAlias = str | int | float | None

LONGEST = {Kind.TEXT: 300, Kind.MEMO: 4000}
_LARGEST = 10**15  # beyond this, numbers are no longer told apart by NetSuite's decimals
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_INT64 = 2**63
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:(?<=:\d\d:\d\d)\.\d+)?"
    r"(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)


class BadValueError(ValueError):
    """A value that a column of its kind cannot hold."""


class TooLongError(BadValueError):
    """A text longer than its column allows."""


class TooLargeError(BadValueError):
    """A number of a size that NetSuite's decimals cannot tell from its neighbours."""


def store(column: Column, value: object) -> Stored:
    """`value`, a JSON value, as the column keeps it; an empty text means no value.

    Dates are ISO 8601; a moment without a zone is UTC.

    Raises:
        BadValueError: the column's kind cannot hold it.
    """
    if value is None or value == "":
        return None
    return storing(column)(value)


def storing(column: Column) -> Callable[[object], Stored]:
    """What `store` does with a value of that column, if it is one."""
    return _STORE[column.kind]


def as_json(column: Column, stored: Stored) -> object:
    """A kept value as JSON: numbers, booleans, ISO dates, `Z`-ended moments, texts, null."""
    if stored is None:
        return None
    match column.kind:
        case Kind.BOOLEAN:
            return stored == "T"
        case Kind.DATE:
            return str(stored)[:10]
        case Kind.DATETIME:
            return iso(str(stored))
        case _:
            return stored


def iso(stored: str) -> str:
    """A kept moment (`YYYY-MM-DD HH:MM:SS`, UTC) in ISO 8601."""
    return stored.replace(" ", "T") + "Z"


def moment(at: datetime) -> str:
    """An aware datetime as the database keeps it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _boolean(value: object) -> str:
    if value is True or value in ("T", "true"):
        return "T"
    if value is False or value in ("F", "false"):
        return "F"
    raise BadValueError


def _integer(value: object) -> int:
    if type(value) is int and -_INT64 <= value < _INT64:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadValueError
    if not _INTEGER.fullmatch(str(value)) or not -_INT64 <= int(value) < _INT64:
        raise BadValueError
    return int(value)


def _decimal(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadValueError
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise BadValueError
    try:
        number = float(value)
    except OverflowError:
        raise BadValueError from None
    if not math.isfinite(number):
        raise BadValueError
    if abs(number) > _LARGEST:
        raise TooLargeError
    return number


def _day(value: object) -> str:
    day, _, _ = _moment(value)
    return _read(f"{day} 00:00:00", "")


def _time(value: object) -> str:
    day, time, zone = _moment(value)
    return _read(f"{day} {time or '00:00:00'}", zone if time else "")


def _moment(value: object) -> tuple[str, str, str]:
    """The day, time and zone of a moment as they are written; the zone is "" for UTC."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise BadValueError
    return match[1], match[2] or "", "" if match[3] in (None, "Z") else match[3]


def _read(written: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(written + zone)
        return str(at.astimezone(UTC).replace(tzinfo=None) if zone else at)
    except (ValueError, OverflowError):
        raise BadValueError from None


def _text(value: object, longest: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadValueError
    text = str(value)
    if not text.isprintable() and any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise BadValueError  # half of a surrogate pair: not text that UTF-8 can carry
    if len(text) > longest:
        raise TooLongError
    return text


_STORE: dict[Kind, Callable[[object], Stored]] = {
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _day,
    Kind.DATETIME: _time,
    Kind.TEXT: partial(_text, longest=LONGEST[Kind.TEXT]),
    Kind.MEMO: partial(_text, longest=LONGEST[Kind.MEMO]),
}
