"""SuiteQL's functions, each with what it becomes in SQLite.

Source: Oracle, "SuiteQL Supported and Unsupported Functions". What that page lists and is not here
deals with what the sandbox does not have: large objects, row addresses, other character sets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from nsconsole.sandbox.suiteql import dates
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.terms import (
    NULL,
    NUMBERS,
    TIMES,
    Session,
    Term,
    Type,
    alike,
    as_naive,
    as_number,
    as_text,
    as_utc,
    comparable,
    converted,
    never_empty,
    text_literal,
)

Build: TypeAlias = Callable[[Sequence[Term], Session], Term]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: how many arguments it takes, and what it becomes."""

    fewest: int
    most: int
    build: Build

    def apply(self, terms: Sequence[Term], session: Session) -> Term:
        """The call with these arguments.

        Raises:
            Refusal: there are too many or too few, or they are of the wrong type.
        """
        if not self.fewest <= len(terms) <= self.most:
            raise unsupported()
        return self.build(terms, session)


def _call(name: str, arguments: Sequence[str]) -> str:
    return f"{name}({', '.join(arguments)})"


def _arguments(signature: str, terms: Sequence[Term], session: Session) -> list[str]:
    """The terms as `signature` says, a letter for each: Text, Number or naive Date."""
    convert: dict[str, Callable[[Term], str]] = {
        "T": lambda term: as_text(term, session),
        "N": as_number,
        "D": lambda term: as_naive(term, session),
    }
    return [convert[letter](term) for letter, term in zip(signature, terms, strict=False)]


def _plain(name: str, signature: str, yields: Type) -> Build:
    """A function of SQLite, or of ours, that takes the same arguments in the same order."""

    def build(terms: Sequence[Term], session: Session) -> Term:
        return Term(_call(name, _arguments(signature, terms, session)), yields)

    return build


def _text(name: str, signature: str) -> Build:
    """The same for one whose text may come out empty."""

    def build(terms: Sequence[Term], session: Session) -> Term:
        return Term(never_empty(_call(name, _arguments(signature, terms, session))), Type.TEXT)

    return build


def _same_number(name: str) -> Build:
    """A function of one number whose value is of that number's type."""

    def build(terms: Sequence[Term], _: Session) -> Term:
        yields = terms[0].type if terms[0].type in NUMBERS else Type.DECIMAL
        return Term(f"{name}({as_number(terms[0])})", yields)

    return build


def _coalesce(terms: Sequence[Term], session: Session) -> Term:
    values, yields = alike(terms, session)
    return Term(_call("coalesce", values), yields)


def _nvl(terms: Sequence[Term], session: Session) -> Term:
    values, yields = converted(terms, session)
    return Term(_call("coalesce", values), yields)


def _nvl2(terms: Sequence[Term], session: Session) -> Term:
    (there, absent), yields = converted(terms[1:], session)
    test = terms[0].sql
    return Term(f"CASE WHEN {test} IS NOT NULL THEN {there} ELSE {absent} END", yields)


def _nullif(terms: Sequence[Term], session: Session) -> Term:
    left, right = comparable(terms, session)
    return Term(f"CASE WHEN {left} = {right} THEN NULL ELSE {terms[0].sql} END", terms[0].type)


def _decode(terms: Sequence[Term], session: Session) -> Term:
    """DECODE(value, search, result, …, default); it takes two nulls for the same."""
    rest = terms[1:]
    searches = rest[:-1:2] if len(rest) % 2 else rest[::2]
    default = rest[-1] if len(rest) % 2 else NULL
    value, *wanted = comparable([terms[0], *searches], session)
    results, yields = converted([*rest[1::2], default], session)
    whens = "".join(
        f" WHEN {value} IS {search} THEN {result}"
        for search, result in zip(wanted, results, strict=False)
    )
    return Term(f"CASE{whens} ELSE {results[-1]} END", yields)


def _extreme(name: str) -> Build:
    """GREATEST or LEAST: SQLite's max and min with several arguments know nulls as Oracle does."""

    def build(terms: Sequence[Term], session: Session) -> Term:
        if len(terms) == 1:
            return terms[0]
        values, yields = converted(terms, session)
        return Term(_call(name, values), yields)

    return build


def _substr(terms: Sequence[Term], session: Session) -> Term:
    """SUBSTR: a position of 0 counts as 1, and less than one character is none."""
    text, *places = _arguments("TNN", terms, session)
    if all(place.isdigit() and int(place) > 0 for place in places):
        return Term(never_empty(_call("substr", [text, *places])), Type.TEXT)
    return Term(_call("ns_substr", [text, *places]), Type.TEXT)


def _trim(terms: Sequence[Term], session: Session) -> Term:
    return Term(never_empty(_call("trim", _arguments("TT", terms, session))), Type.TEXT)


def _concat(terms: Sequence[Term], session: Session) -> Term:
    return concatenated(terms, session)


def concatenated(terms: Sequence[Term], session: Session) -> Term:
    """Texts put together; to Oracle a null adds nothing."""
    pieces = [
        term.sql if term.text is not None else f"coalesce({as_text(term, session)}, '')"
        for term in terms
        if not term.is_null
    ]
    return Term(never_empty(f"({' || '.join(pieces)})"), Type.TEXT) if pieces else NULL


def _to_char(terms: Sequence[Term], session: Session) -> Term:
    value, *rest = terms
    if not rest:
        return Term(as_text(value, session), Type.TEXT)
    if value.type in TIMES:
        return _date_text(value, rest[0], session)
    return Term(f"ns_number_text({as_number(value)}, {as_text(rest[0], session)})", Type.TEXT)


def _date_text(value: Term, fmt: Term, session: Session) -> Term:
    naive = as_naive(value, session)
    pieces = dates.slices(fmt.text) if fmt.text is not None and _is_format(fmt.text) else None
    if pieces is None or (len(pieces) > 1 and not value.bare):
        return Term(f"ns_to_char({naive}, {as_text(fmt, session)})", Type.TEXT)
    made = (
        text_literal(piece).sql
        if isinstance(piece, str)
        else f"substr({naive}, {piece[0] + 1}, {piece[1]})"
        for piece in pieces
        if piece
    )
    return Term(f"({' || '.join(made)})", Type.TEXT)


def _is_format(fmt: str) -> bool:
    try:
        return dates.slices(fmt) is not None
    except dates.DateFormatError:
        raise unsupported() from None


def _to_date(terms: Sequence[Term], session: Session) -> Term:
    if terms[0].type in TIMES:
        return Term(as_naive(terms[0], session), Type.NAIVE)
    text = as_text(terms[0], session)
    fmt = as_text(terms[1], session) if len(terms) > 1 else "'MM/DD/YYYY'"
    return Term(f"ns_to_date({text}, {fmt})", Type.NAIVE)


def _to_instant(terms: Sequence[Term], session: Session) -> Term:
    text, fmt = (as_text(term, session) for term in terms)
    return Term(f"ns_to_instant({text}, {fmt}, '{session.zone}')", Type.INSTANT)


def _to_number(terms: Sequence[Term], session: Session) -> Term:
    if len(terms) == 1:
        return Term(as_number(terms[0]), Type.DECIMAL)
    value, fmt = (as_text(term, session) for term in terms)
    return Term(f"ns_to_number({value}, {fmt})", Type.DECIMAL)


def _extract_utc(terms: Sequence[Term], session: Session) -> Term:
    """The moment by the clocks of Greenwich, as a time that has no zone any more."""
    term = terms[0]
    return Term(as_utc(term, session), Type.NAIVE, bare=term.bare and term.type is Type.INSTANT)


def _cut(of_number: str, of_date: str) -> Build:
    """TRUNC or ROUND, of a number or of a time."""

    def build(terms: Sequence[Term], session: Session) -> Term:
        value, *rest = terms
        if value.type not in TIMES:
            return Term(_call(of_number, _arguments("NN", terms, session)), Type.DECIMAL)
        if not rest and of_date == "ns_trunc_date":
            naive = as_naive(value, session)
            return Term(f"(substr({naive}, 1, 10) || ' 00:00:00')", Type.NAIVE)
        unit = as_text(rest[0], session) if rest else "'DD'"
        return Term(f"{of_date}({as_naive(value, session)}, {unit})", Type.NAIVE)

    return build


def _log(terms: Sequence[Term], _: Session) -> Term:
    base, value = (as_number(term) for term in terms)
    return Term(f"(ns_ln({value}) / ns_ln({base}))", Type.DECIMAL)


def _nanvl(terms: Sequence[Term], _: Session) -> Term:
    return Term(as_number(terms[0]), Type.DECIMAL)


def _math(name: str, signature: str = "N") -> Function:
    return Function(len(signature), len(signature), _plain(name, signature, Type.DECIMAL))


_REGEXP = "ns_regexp_"
_UPPER = Function(1, 2, _plain("ns_upper", "T", Type.TEXT))
_LOWER = Function(1, 2, _plain("ns_lower", "T", Type.TEXT))
_INITCAP = Function(1, 2, _plain("ns_initcap", "T", Type.TEXT))
_LENGTH = Function(1, 1, _plain("length", "T", Type.INTEGER))
_BYTES = Function(1, 1, _plain("ns_bytes", "T", Type.INTEGER))
_CHAR = Function(1, 2, _to_char)
_TEXT = Function(1, 1, lambda terms, session: Term(as_text(terms[0], session), Type.TEXT))
_DATE = Function(1, 2, _to_date)

FUNCTIONS: dict[str, Function] = {
    "ABS": Function(1, 1, _same_number("abs")),
    "ACOS": _math("ns_acos"),
    "ADD_MONTHS": Function(2, 2, _plain("ns_add_months", "DN", Type.NAIVE)),
    "ASCII": Function(1, 1, _plain("unicode", "T", Type.INTEGER)),
    "ASCIISTR": Function(1, 1, _plain("ns_asciistr", "T", Type.TEXT)),
    "ASIN": _math("ns_asin"),
    "ATAN": _math("ns_atan"),
    "ATAN2": _math("ns_atan2", "NN"),
    "BITAND": Function(
        2, 2, lambda t, _: Term(f"({as_number(t[0])} & {as_number(t[1])})", Type.INTEGER)
    ),
    "CEIL": Function(1, 1, _plain("ns_ceil", "N", Type.INTEGER)),
    "CHR": Function(1, 1, _plain("ns_chr", "N", Type.TEXT)),
    "COALESCE": Function(2, 100, _coalesce),
    "CONCAT": Function(2, 2, _concat),
    "COS": _math("ns_cos"),
    "COSH": _math("ns_cosh"),
    "DECODE": Function(3, 255, _decode),
    "EXP": _math("ns_exp"),
    "FLOOR": Function(1, 1, _plain("ns_floor", "N", Type.INTEGER)),
    "GREATEST": Function(1, 100, _extreme("max")),
    "INITCAP": _INITCAP,
    "INSTR": Function(2, 4, _plain("ns_instr", "TTNN", Type.INTEGER)),
    "LAST_DAY": Function(1, 1, _plain("ns_last_day", "D", Type.NAIVE)),
    "LEAST": Function(1, 100, _extreme("min")),
    **dict.fromkeys(("LENGTH", "LENGTH2", "LENGTH4", "LENGTHC"), _LENGTH),
    "LENGTHB": _BYTES,
    "LN": _math("ns_ln"),
    "LOG": Function(2, 2, _log),
    "LOWER": _LOWER,
    "LPAD": Function(2, 3, _plain("ns_lpad", "TNT", Type.TEXT)),
    "LTRIM": Function(1, 2, _text("ltrim", "TT")),
    "MOD": Function(2, 2, _plain("ns_mod", "NN", Type.DECIMAL)),
    "MONTHS_BETWEEN": Function(2, 2, _plain("ns_months_between", "DD", Type.DECIMAL)),
    "NANVL": Function(2, 2, _nanvl),
    "NEXT_DAY": Function(2, 2, _plain("ns_next_day", "DT", Type.NAIVE)),
    "NLS_INITCAP": _INITCAP,
    "NLS_LOWER": _LOWER,
    "NLS_UPPER": _UPPER,
    "NULLIF": Function(2, 2, _nullif),
    "NVL": Function(2, 2, _nvl),
    "NVL2": Function(3, 3, _nvl2),
    "POWER": _math("ns_power", "NN"),
    "REGEXP_COUNT": Function(2, 4, _plain(f"{_REGEXP}count", "TTNT", Type.INTEGER)),
    "REGEXP_INSTR": Function(2, 7, _plain(f"{_REGEXP}instr", "TTNNNTN", Type.INTEGER)),
    "REGEXP_REPLACE": Function(2, 6, _plain(f"{_REGEXP}replace", "TTTNNT", Type.TEXT)),
    "REGEXP_SUBSTR": Function(2, 6, _plain(f"{_REGEXP}substr", "TTNNTN", Type.TEXT)),
    "REMAINDER": Function(2, 2, _plain("ns_remainder", "NN", Type.DECIMAL)),
    "REPLACE": Function(2, 3, _plain("ns_replace", "TTT", Type.TEXT)),
    "ROUND": Function(1, 2, _cut("ns_round", "ns_round_date")),
    "RPAD": Function(2, 3, _plain("ns_rpad", "TNT", Type.TEXT)),
    "RTRIM": Function(1, 2, _text("rtrim", "TT")),
    "SIGN": Function(1, 1, _plain("sign", "N", Type.INTEGER)),
    "SIN": _math("ns_sin"),
    "SINH": _math("ns_sinh"),
    "SOUNDEX": Function(1, 1, _plain("ns_soundex", "T", Type.TEXT)),
    "SQRT": _math("ns_sqrt"),
    "SUBSTR": Function(2, 3, _substr),
    "SYS_EXTRACT_UTC": Function(1, 1, _extract_utc),
    "TAN": _math("ns_tan"),
    "TANH": _math("ns_tanh"),
    **dict.fromkeys(
        ("TO_BINARY_DOUBLE", "TO_BINARY_FLOAT"),
        Function(1, 1, lambda terms, _: Term(as_number(terms[0]), Type.DECIMAL)),
    ),
    **dict.fromkeys(("TO_CHAR", "TO_NCHAR"), _CHAR),
    **dict.fromkeys(("TO_CLOB", "TO_NCLOB", "TO_MULTI_BYTE", "TO_SINGLE_BYTE"), _TEXT),
    **dict.fromkeys(("TO_DATE", "TO_TIMESTAMP"), _DATE),
    "TO_NUMBER": Function(1, 2, _to_number),
    "TO_TIMESTAMP_TZ": Function(2, 2, _to_instant),
    "TRANSLATE": Function(3, 3, _plain("ns_translate", "TTT", Type.TEXT)),
    "TRIM": Function(1, 2, _trim),
    "TRUNC": Function(1, 2, _cut("ns_trunc", "ns_trunc_date")),
    "UNISTR": Function(1, 1, _plain("ns_unistr", "T", Type.TEXT)),
    "UPPER": _UPPER,
    "VSIZE": _BYTES,
    "WIDTH_BUCKET": Function(4, 4, _plain("ns_width_bucket", "NNNN", Type.INTEGER)),
}
