"""The functions that a connection needs beside SQLite's own, in Oracle's form."""

from __future__ import annotations

import math
import re
import statistics
from array import array
from typing import TYPE_CHECKING

from nsconsole.sandbox.suiteql import dates, daymath, numerics, patterns, ranges, sums, zones

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import Any

_LONGEST = 4000  # characters of a text, Oracle's limit


class TooLongError(ValueError):
    """A text that would be longer than Oracle's texts may be."""


def register(connection: sqlite3.Connection) -> None:
    """Give the connection the functions that compiled queries call."""
    for name, function in _FUNCTIONS.items():
        # Its deterministic functions of constants SQLite calls once a query, not once a row.
        connection.create_function(f"ns_{name}", -1, _null_safe(function), deterministic=True)
    for name, function in _WITH_NULLS.items():
        connection.create_function(f"ns_{name}", -1, function, deterministic=True)
    for name, (aggregate, arguments) in _AGGREGATES.items():
        connection.create_aggregate(f"ns_{name}", arguments, aggregate)
    connection.create_window_function("ns_sum", 1, sums.Sum)
    connection.create_window_function("ns_avg", 1, sums.Average)


def _null_safe(function: Callable[..., Any]) -> Callable[..., Any]:
    """Nearly every function of a null is null."""

    def call(*values: object) -> object:
        return None if None in values else function(*values)

    return call


def _substr(text: str, start: float, length: float | None = None) -> str | None:
    start = int(start) or 1
    begin = start - 1 if start > 0 else len(text) + start
    if begin < 0:
        return None
    end = len(text) if length is None else begin + int(length)
    return text[begin : max(begin, end)] or None


def _instr(text: str, sought: str, start: float = 1, occurrence: float = 1) -> int:
    """INSTR; from a negative start it searches backwards."""
    if start == 0 or occurrence < 1:
        return 0
    if start > 0:
        found = int(start) - 2
        for _ in range(int(occurrence)):
            found = text.find(sought, found + 1)
            if found < 0:
                return 0
        return found + 1
    found = len(text) + int(start) + 1
    for _ in range(int(occurrence)):
        found = text.rfind(sought, 0, max(0, found - 1 + len(sought)))
        if found < 0:
            return 0
    return found + 1


def _pad(text: str, length: float, fill: str, *, left: bool) -> str | None:
    missing = min(int(length), _LONGEST) - len(text)
    if missing <= 0:
        return text[: max(0, int(length))] or None
    padding = (fill * (missing // len(fill) + 1))[:missing]
    return padding + text if left else text + padding


def _replace(text: str | None, old: str | None, new: str | None = None) -> str | None:
    if text is None or old is None:
        return text
    return _checked(text.replace(old, new or ""))


def _translate(text: str, old: str, new: str) -> str | None:
    table = {ord(each): new[i] if i < len(new) else None for i, each in reversed([*enumerate(old)])}
    return text.translate(table) or None


def _checked(text: str) -> str | None:
    if len(text) > _LONGEST:
        raise TooLongError
    return text or None


def _cased(change: Callable[[str], str]) -> Callable[[str], str]:
    """To Oracle one character stays one: it has no upper case of ß."""

    def one(character: str) -> str:
        made = change(character)
        return made if len(made) == 1 else character

    return lambda text: change(text) if text.isascii() else "".join(map(one, text))


_upper, _lower = _cased(str.upper), _cased(str.lower)


def _initcap(text: str) -> str:
    return re.sub(r"[^\W_]+", lambda word: _upper(word[0][:1]) + _lower(word[0][1:]), text)


def _soundex(text: str) -> str | None:
    letters = [each for each in text.upper() if "A" <= each <= "Z"]
    if not letters:
        return None
    groups = {"BFPV": "1", "CGJKQSXZ": "2", "DT": "3", "L": "4", "MN": "5", "R": "6"}
    codes = {each: code for group, code in groups.items() for each in group}
    made, last = letters[0], codes.get(letters[0])
    for each in letters[1:]:
        code = codes.get(each)
        if code and code != last:
            made += code
        if each not in "HW":
            last = code
    return made[:4].ljust(4, "0")


def _asciistr(text: str) -> str:
    units = text.encode("utf-16-be")
    pairs = (units[i : i + 2] for i in range(0, len(units), 2))
    return "".join(
        chr(pair[1]) if not pair[0] and pair[1] < 128 else f"\\{pair.hex().upper()}"
        for pair in pairs
    )


def _unistr(text: str) -> str:
    units = re.sub(r"\\([0-9A-Fa-f]{4})", lambda code: chr(int(code[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16")


def _width_bucket(value: float, low: float, high: float, count: float) -> int:
    if low == high or count < 1:
        raise ValueError
    place = math.floor((value - low) / (high - low) * int(count)) + 1
    return max(0, min(int(count) + 1, place))


def _power(base: float, exponent: float) -> float:
    return _real(math.pow(base, exponent))


def _real(value: float) -> float:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _of_float(function: Callable[..., float]) -> Callable[..., float]:
    return lambda *values: _real(float(function(*values)))


def _single(rows: int, value: object) -> object:
    """The value of a sub-query that may have no more than one row."""
    if rows > 1:
        raise ValueError(rows)
    return value


def _nonzero(value: float) -> float:
    if value == 0:
        raise ZeroDivisionError
    return value


_MATH = ("acos", "asin", "atan", "atan2", "cos", "cosh", "exp", "sin", "sinh", "sqrt", "tan",
         "tanh")  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "to_date": dates.to_date,
    "to_instant": dates.to_instant,
    "account_date": dates.account_format,
    "add_days": daymath.add_days,
    "days_between": daymath.days_between,
    "add_months": daymath.add_months,
    "months_between": daymath.months_between,
    "last_day": daymath.last_day,
    "next_day": daymath.next_day,
    "trunc_date": daymath.trunc,
    "round_date": daymath.rounded,
    "range": ranges.end_of,
    "number_text": numerics.to_char,
    "to_number": numerics.to_number,
    "round": numerics.rounded,
    "trunc": numerics.truncated,
    "mod": numerics.remainder,
    "remainder": numerics.nearest_remainder,
    "nonzero": _nonzero,
    "plus": sums.plus,
    "minus": sums.minus,
    "times": sums.times,
    "divided": sums.divided,
    "ceil": math.ceil,
    "floor": math.floor,
    "ln": _of_float(math.log),
    "power": _power,
    **{name: _of_float(getattr(math, name)) for name in _MATH},
    "width_bucket": _width_bucket,
    "upper": _upper,
    "lower": _lower,
    "initcap": _initcap,
    "bytes": lambda text: len(text.encode()),
    "chr": lambda code: chr(int(code)),
    "asciistr": _asciistr,
    "unistr": _unistr,
    "soundex": _soundex,
    "substr": _substr,
    "instr": _instr,
    "lpad": lambda text, length, fill=" ": _pad(text, length, fill, left=True),
    "rpad": lambda text, length, fill=" ": _pad(text, length, fill, left=False),
    "translate": _translate,
    "regexp_like": patterns.like,
    "regexp_substr": patterns.substr,
    "regexp_instr": patterns.instr,
    "regexp_count": patterns.count,
}
_WITH_NULLS: dict[str, Callable[..., Any]] = {
    "local": zones.local,
    "utc": zones.utc,
    "number": numerics.number,
    "single": _single,
    "text": numerics.to_text,
    "to_char": dates.to_char,
    "replace": _replace,
    "regexp_replace": patterns.replace,
}


class _Sample:
    """An aggregate over all rows that have all its arguments."""

    def __init__(self) -> None:
        self._columns: tuple[array[float], ...] = (array("d"), array("d"))

    def step(self, *values: float | None) -> None:
        """Take in a row."""
        if None in values:
            return
        for column, value in zip(self._columns, values, strict=False):
            column.append(float(value or 0))


class _Median(_Sample):
    def finalize(self) -> float | None:
        return statistics.median(self._columns[0]) if self._columns[0] else None


class _Spread(_Sample):
    """A variance: `least` rows are needed, and the sum of squares is divided by n - `less`."""

    root, less, least = False, 1, 2

    def finalize(self) -> float | None:
        values = self._columns[0]
        if len(values) < self.least:
            return None
        mean = math.fsum(values) / len(values)
        squares = math.fsum((value - mean) ** 2 for value in values)
        variance = squares / max(1, len(values) - self.less)
        return math.sqrt(variance) if self.root else variance


class _Covariance(_Sample):
    less, correlation = 1, False

    def finalize(self) -> float | None:
        left, right = self._columns
        count = len(left)
        if count <= self.less:
            return None
        means = [math.fsum(side) / count for side in (left, right)]
        pairs = zip(left, right, strict=True)
        product = math.fsum((a - means[0]) * (b - means[1]) for a, b in pairs)
        if not self.correlation:
            return product / (count - self.less)
        squares = [
            math.fsum((v - m) ** 2 for v in s) for s, m in zip((left, right), means, strict=True)
        ]
        return product / math.sqrt(squares[0] * squares[1]) if all(squares) else None


def _kind_of(base: type, **settings: object) -> type:
    return type(base.__name__, (base,), settings)


_AGGREGATES: dict[str, tuple[Any, int]] = {
    "median": (_Median, 1),
    "variance": (_kind_of(_Spread, least=1), 1),
    "var_samp": (_Spread, 1),
    "var_pop": (_kind_of(_Spread, less=0, least=1), 1),
    "stddev": (_kind_of(_Spread, root=True, least=1), 1),
    "stddev_samp": (_kind_of(_Spread, root=True), 1),
    "stddev_pop": (_kind_of(_Spread, root=True, less=0, least=1), 1),
    "covar_pop": (_kind_of(_Covariance, less=0), 2),
    "covar_samp": (_Covariance, 2),
    "corr": (_kind_of(_Covariance, correlation=True), 2),
}
