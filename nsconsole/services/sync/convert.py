"""From NetSuite's text to the mirror's values, a column at a time, since that is quick.

A value that does not fit its column's kind stays the text that it was, and is reported.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import TypeAlias

from nsconsole.mapping import Column, Kind

Value = str | int | float | None
"""What a cell of the mirror holds."""

_Converter: TypeAlias = Callable[[Sequence[str]], Sequence[Value]]

_SAFE_DIGITS = 15  # of a number that SQLite and a float surely keep
_LARGEST, _SMALLEST = 2**63 - 1, -(2**63)
_INTEGER = re.compile(r"-?\d{1,19}")
_BOOLEANS: dict[str, Value] = {"T": 1, "F": 0}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Values of one page that are not of their column's kind.

    `rounds` is whether SQLite would not keep the text as it is in a column of that kind.
    """

    column: Column
    count: int
    example: str
    rounds: bool


def convert(
    columns: Sequence[Column], rows: Sequence[dict[str, str]]
) -> tuple[Iterator[tuple[Value, ...]], list[Misfit]]:
    """Give the rows' values in the columns' order, and what did not fit."""
    nothing = dict.fromkeys(column.name for column in columns)
    # A row's other columns come behind those that are asked for.
    given = zip(*((nothing | row).values() for row in rows), strict=False)
    misfits: list[Misfit] = []
    converted = []
    for column, texts in zip(columns, given, strict=False):
        convert_all = _CONVERTERS.get(column.kind)
        values = _sparsely(convert_all, texts) if convert_all else texts
        converted.append(values)
        if column.kind is not Kind.TEXT:
            misfits += _misfits(column, values)
    return zip(*converted, strict=True), misfits


def _sparsely(convert_all: _Converter, texts: Sequence[str | None]) -> Sequence[Value]:
    """Convert what is there, and leave the gaps."""
    if None not in texts:
        return convert_all(texts)  # type: ignore[arg-type]  # no None is among them
    found = iter(convert_all([text for text in texts if text is not None]))
    return [None if text is None else next(found) for text in texts]


def _misfits(column: Column, values: Sequence[Value]) -> list[Misfit]:
    odd = _odd(column.kind, values)
    if not odd:
        return []
    numeric = column.kind in (Kind.INTEGER, Kind.REAL, Kind.BOOLEAN)
    return [Misfit(column, len(odd), odd[0], numeric and any(map(_would_round, odd)))]


def _odd(kind: Kind, values: Sequence[Value]) -> list[str]:
    """Texts in a column where none belongs, or that are no dates where these do."""
    if kind in (Kind.DATE, Kind.DATETIME):
        is_one = _is_date if kind is Kind.DATE else _is_datetime
        odd = {value for value in set(values) if isinstance(value, str) and not is_one(value)}
        return [value for value in values if value in odd] if odd else []
    if str not in set(map(type, values)):
        return []
    return [value for value in values if isinstance(value, str)]


def _would_round(text: str) -> bool:
    """Whether SQLite, which takes a text of digits for a number, would store another amount."""
    try:
        return Decimal(repr(float(text))) != Decimal(text)
    except (ValueError, InvalidOperation):
        return False


def _integers(texts: Sequence[str]) -> Sequence[Value]:
    try:
        found = list(map(int, texts))
    except ValueError:
        found = []
    whole = _fit(found) and list(map(str, found)) == list(texts)
    return found if whole else list(map(_integer, texts))


def _fit(numbers: Sequence[int]) -> bool:
    return not numbers or (min(numbers) >= _SMALLEST and max(numbers) <= _LARGEST)


def _integer(text: str) -> Value:
    if _INTEGER.fullmatch(text) and _fit([number := int(text)]):
        return number
    return text


def _reals(texts: Sequence[str]) -> Sequence[Value]:
    if max(map(len, texts), default=0) <= _SAFE_DIGITS:
        with suppress(ValueError):
            found = list(map(float, texts))
            if all(map(isfinite, found)):
                return found
    return list(map(_real, texts))


def _real(text: str) -> Value:
    try:
        number = float(text)
        # A float of more digits than it holds would be another amount.
        exact = len(text) <= _SAFE_DIGITS or Decimal(repr(number)) == Decimal(text)
    except (ValueError, InvalidOperation):
        return text
    return number if exact and isfinite(number) else text


def _booleans(texts: Sequence[str]) -> Sequence[Value]:
    return [_BOOLEANS.get(text, text) for text in texts]


def _is_date(text: str) -> bool:
    return len(text) == len("2026-11-22") and _parses(date.fromisoformat, text)


def _is_datetime(text: str) -> bool:
    formed = len(text) == len("2026-11-22T09:15:00Z") and text[10] == "T" and text[-1] == "Z"
    return formed and _parses(datetime.fromisoformat, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


_CONVERTERS: dict[Kind, _Converter] = {  # the others are text as it came
    Kind.INTEGER: _integers,
    Kind.REAL: _reals,
    Kind.BOOLEAN: _booleans,
}
