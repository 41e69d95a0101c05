"""SuiteQL's functions, each with what it becomes in SQLite."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import Kind
from nsconsole.sandbox.suiteql.dates import to_char, to_date
from nsconsole.sandbox.suiteql.errors import unsupported

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from nsconsole.sandbox.schema import Column

DATES = (Kind.DATE, Kind.DATETIME)
NUMBERS = (Kind.INTEGER, Kind.DECIMAL)


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of SQLite's SQL and the kind of value that it yields (None: not known).

    `column` and `source` (a quoted alias) are there when the term is a bare column; `literal`
    says that it is a text in quotes or a parameter.
    """

    sql: str
    kind: Kind | None = None
    column: Column | None = None
    source: str = ""
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function: how many arguments it takes, and what it becomes."""

    fewest: int
    most: int
    build: Callable[[Sequence[Term]], Term]

    def apply(self, terms: Sequence[Term]) -> Term:
        """The call with these arguments.

        Raises:
            Refusal: there are too many or too few.
        """
        if not self.fewest <= len(terms) <= self.most:
            raise unsupported()
        return self.build(terms)


def _joined(terms: Sequence[Term]) -> str:
    return ", ".join(term.sql for term in terms)


def _plain(sqlite_name: str, kind: Kind | None) -> Callable[[Sequence[Term]], Term]:
    return lambda terms: Term(f"{sqlite_name}({_joined(terms)})", kind)


def common_kind(terms: Sequence[Term]) -> Kind | None:
    """The kind of a value that is one of `terms`: that of the first whose kind is known.

    Raises:
        Refusal: some are dates and others are not.
    """
    dates = any(term.kind in DATES for term in terms)
    if dates and any(term.literal or (term.kind and term.kind not in DATES) for term in terms):
        raise unsupported()
    return next((term.kind for term in terms if term.kind), None)


def _like_arguments(sqlite_name: str) -> Callable[[Sequence[Term]], Term]:
    """A function whose value is one of its arguments, or of their kind."""
    return lambda terms: Term(f"{sqlite_name}({_joined(terms)})", common_kind(terms))


def _to_char(terms: Sequence[Term]) -> Term:
    value = terms[0]
    if value.kind in DATES:
        fmt = terms[1].sql if len(terms) == 2 else "'MM/DD/YYYY'"
        return Term(f"ns_to_char({value.sql}, {fmt})", Kind.TEXT)
    if len(terms) == 2:
        raise unsupported()
    return Term(f"ns_text({value.sql})", Kind.TEXT)


def _to_date(terms: Sequence[Term]) -> Term:
    fmt = terms[1].sql if len(terms) == 2 else "'MM/DD/YYYY'"
    return Term(f"ns_to_date({terms[0].sql}, {fmt})", Kind.DATETIME)


def _extract_utc(terms: Sequence[Term]) -> Term:
    """The session's zone is UTC, so that the moment stays what it is."""
    return Term(terms[0].sql, Kind.DATETIME)


def _trunc(terms: Sequence[Term]) -> Term:
    value = terms[0]
    if value.kind in DATES and len(terms) == 1:
        return Term(f"(substr({value.sql}, 1, 10) || ' 00:00:00')", Kind.DATETIME)
    if value.kind in DATES or len(terms) == 2:
        raise unsupported()
    return Term(f"CAST({value.sql} AS INTEGER)", Kind.INTEGER)


def _nvl2(terms: Sequence[Term]) -> Term:
    test, *results = terms
    there, absent = results
    return Term(
        f"CASE WHEN {test.sql} IS NOT NULL THEN {there.sql} ELSE {absent.sql} END",
        common_kind(results),
    )


def _decode(terms: Sequence[Term]) -> Term:
    """DECODE(value, search, result, …, default); it takes two nulls for the same."""
    value, rest = terms[0], terms[1:]
    pairs = list(zip(rest[::2], rest[1::2], strict=False))
    whens = "".join(
        f" WHEN {value.sql} IS {search.sql} THEN {result.sql}" for search, result in pairs
    )
    default = rest[-1] if len(rest) % 2 else Term("NULL")
    kind = common_kind([default, *(result for _, result in pairs)])
    return Term(f"CASE{whens} ELSE {default.sql} END", kind)


FUNCTIONS: dict[str, Function] = {
    "ABS": Function(1, 1, _like_arguments("abs")),
    "CEIL": Function(1, 1, _plain("ns_ceil", Kind.INTEGER)),
    "COALESCE": Function(2, 20, _like_arguments("coalesce")),
    "CONCAT": Function(2, 2, lambda t: Term(f"({t[0].sql} || {t[1].sql})", Kind.TEXT)),
    "DECODE": Function(3, 255, _decode),
    "FLOOR": Function(1, 1, _plain("ns_floor", Kind.INTEGER)),
    "GREATEST": Function(2, 20, _like_arguments("max")),
    "INSTR": Function(2, 2, _plain("instr", Kind.INTEGER)),
    "LEAST": Function(2, 20, _like_arguments("min")),
    "LENGTH": Function(1, 1, _plain("length", Kind.INTEGER)),
    "LOWER": Function(1, 1, _plain("ns_lower", Kind.TEXT)),
    "LTRIM": Function(1, 2, _plain("ltrim", Kind.TEXT)),
    "MOD": Function(2, 2, lambda t: Term(f"({t[0].sql} % {t[1].sql})", Kind.DECIMAL)),
    "NULLIF": Function(2, 2, _like_arguments("nullif")),
    "NVL": Function(2, 2, _like_arguments("coalesce")),
    "NVL2": Function(3, 3, _nvl2),
    "REPLACE": Function(3, 3, _plain("replace", Kind.TEXT)),
    "ROUND": Function(1, 2, _plain("round", Kind.DECIMAL)),
    "RTRIM": Function(1, 2, _plain("rtrim", Kind.TEXT)),
    "SUBSTR": Function(2, 3, _plain("substr", Kind.TEXT)),
    "SYS_EXTRACT_UTC": Function(1, 1, _extract_utc),
    "TO_CHAR": Function(1, 2, _to_char),
    "TO_DATE": Function(1, 2, _to_date),
    "TO_NUMBER": Function(1, 1, lambda t: Term(f"CAST({t[0].sql} AS REAL)", Kind.DECIMAL)),
    "TO_TIMESTAMP": Function(1, 2, _to_date),
    "TRIM": Function(1, 1, _plain("trim", Kind.TEXT)),
    "TRUNC": Function(1, 2, _trunc),
    "UPPER": Function(1, 1, _plain("ns_upper", Kind.TEXT)),
}

AGGREGATES: dict[str, Kind | None] = {
    "COUNT": Kind.INTEGER,
    "SUM": Kind.DECIMAL,
    "AVG": Kind.DECIMAL,
    "MIN": None,
    "MAX": None,
}
"""The aggregates with the kind of their value; None is the kind of what they are over."""


def text_of(value: object) -> str | None:
    """A value as SuiteQL writes it: a number without needless decimals, a text as it is."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def register(connection: sqlite3.Connection) -> None:
    """Give the connection the functions that SQLite does not have in Oracle's form."""

    def on_text(change: Callable[[str], str]) -> Callable[[object], str | None]:
        return lambda value: None if value is None else change(str(value))

    def on_number(change: Callable[[float], int]) -> Callable[[float | None], int | None]:
        return lambda value: None if value is None else change(value)

    for name, arguments, function in (
        ("ns_upper", 1, on_text(str.upper)),
        ("ns_lower", 1, on_text(str.lower)),
        ("ns_text", 1, text_of),
        ("ns_ceil", 1, on_number(math.ceil)),
        ("ns_floor", 1, on_number(math.floor)),
        ("ns_to_char", 2, to_char),
        ("ns_to_date", 2, to_date),
    ):
        connection.create_function(name, arguments, function, deterministic=True)
