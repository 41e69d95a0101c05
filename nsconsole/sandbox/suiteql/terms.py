"""Pieces of SQLite's SQL with the type of their value, and how one type becomes another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import Kind
from nsconsole.sandbox.suiteql import numerics
from nsconsole.sandbox.suiteql.errors import unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nsconsole.sandbox.schema import Column
    from nsconsole.sandbox.suiteql.scope import Source

NOW = ":now"
"""The parameter that holds the present moment in UTC."""


class Type(Enum):
    """What a value is.

    A DAY and a NAIVE time have no zone: they are what a calendar and a clock show. An INSTANT is
    a moment, kept in UTC and shown by the session's clocks.
    """

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DAY = "day"
    NAIVE = "naive"
    INSTANT = "instant"
    UNKNOWN = "unknown"  # a null, or a parameter


TIMES = (Type.DAY, Type.NAIVE, Type.INSTANT)
NUMBERS = (Type.INTEGER, Type.DECIMAL)
_OF_KIND = {
    Kind.INTEGER: Type.INTEGER,
    Kind.DECIMAL: Type.DECIMAL,
    Kind.DATE: Type.DAY,
    Kind.DATETIME: Type.INSTANT,
}


def type_of(column: Column) -> Type:
    """The type of a column's values."""
    return _OF_KIND.get(column.kind, Type.TEXT)


@dataclass(frozen=True, slots=True)
class Session:
    """What of the account's settings bears on values: its IANA zone and its date format."""

    zone: str
    date_format: str


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of SQLite's SQL and the type of what it yields.

    `column` and `source` are there when the term is a bare column of a table;
    `text` is the content of a text in quotes; `bare` says that to repeat the SQL costs nothing.
    """

    sql: str
    type: Type = Type.UNKNOWN
    column: Column | None = None
    source: Source | None = None
    text: str | None = None
    bare: bool = False

    @property
    def is_null(self) -> bool:
        """Whether it is the word NULL, or a text that is one to Oracle."""
        return self.sql == "NULL"


NULL = Term("NULL", bare=True)


def text_literal(text: str) -> Term:
    """A text in quotes; to Oracle an empty one is no text."""
    if not text:
        return NULL
    doubled = text.replace("'", "''")
    return Term(f"'{doubled}'", Type.TEXT, text=text, bare=True)


def as_number(term: Term) -> str:
    """The term where Oracle wants a number: a text is read as one, or fails.

    Raises:
        Refusal: it is a time, or a text in quotes that is no number.
    """
    if term.type in NUMBERS or term.is_null:
        return term.sql
    if term.text is not None:
        try:
            return repr(numerics.number(term.text))
        except numerics.NotANumberError:
            raise unsupported() from None
    if term.type in TIMES:
        raise unsupported()
    return f"ns_number({term.sql})"


def as_text(term: Term, session: Session) -> str:
    """The term where Oracle wants a text: a time in the account's date format."""
    if term.type is Type.TEXT or term.is_null:
        return term.sql
    if term.type is Type.INTEGER:
        return f"CAST({term.sql} AS TEXT)"
    if term.type in TIMES:
        return f"ns_account_date({as_naive(term, session)}, '{session.date_format}')"
    return f"ns_text({term.sql})"


def as_naive(term: Term, session: Session) -> str:
    """The term where a time is wanted, as the session's clocks show it.

    Raises:
        Refusal: it is no time; NetSuite takes no text for one.
    """
    if term.type is Type.INSTANT:
        return f"ns_local({term.sql}, '{session.zone}')"
    if term.type in TIMES or term.is_null:
        return term.sql
    raise unsupported()


def as_utc(term: Term, session: Session) -> str:
    """The term where a moment is wanted, in UTC; see `as_naive`."""
    if term.type is Type.INSTANT or term.is_null:
        return term.sql
    if term.type not in TIMES:
        raise unsupported()
    return f"ns_utc({term.sql}, '{session.zone}')"


def comparable(terms: Sequence[Term], session: Session) -> list[str]:
    """The terms as values that SQLite compares the way Oracle compares these.

    Times are compared as moments if one of them is a moment, numbers with texts as numbers.

    Raises:
        Refusal: there are times, and something that is none.
    """
    types = {term.type for term in terms if not term.is_null}
    if types & set(TIMES):
        as_time = as_utc if Type.INSTANT in types else as_naive
        return [as_time(term, session) for term in terms]
    if types & set(NUMBERS):
        return [as_number(term) for term in terms]
    return [as_text(term, session) for term in terms]


def alike(terms: Sequence[Term], session: Session) -> tuple[list[str], Type]:
    """The terms as values of one type, for where any of them may be the result, and that type.

    Raises:
        Refusal: there is no such type.
    """
    types = {term.type for term in terms if not term.is_null}
    if len(types) <= 1:
        return [term.sql for term in terms], next(iter(types), Type.UNKNOWN)
    if types <= set(TIMES):
        return [as_naive(term, session) for term in terms], Type.NAIVE
    known = types - {Type.UNKNOWN}
    if known <= set(NUMBERS):
        return [as_number(term) for term in terms], _wider(known)
    if known == {Type.TEXT}:
        return [as_text(term, session) for term in terms], Type.TEXT
    raise unsupported()


def converted(terms: Sequence[Term], session: Session) -> tuple[list[str], Type]:
    """The terms as values of the first one's type, as NVL and DECODE convert.

    Raises:
        Refusal: one of them cannot be of that type.
    """
    first = next((term.type for term in terms if term.type is not Type.UNKNOWN), Type.UNKNOWN)
    if first is Type.TEXT:
        return [as_text(term, session) for term in terms], Type.TEXT
    if first in NUMBERS:
        kinds = {term.type for term in terms if term.type in NUMBERS}
        return [as_number(term) for term in terms], _wider(kinds)
    return alike(terms, session)


def _wider(types: Iterable[Type]) -> Type:
    return Type.INTEGER if set(types) == {Type.INTEGER} else Type.DECIMAL


def never_empty(sql: str) -> str:
    """A text that may come out empty: to Oracle that is no text."""
    return f"nullif({sql}, '')"
