"""Random expressions and conditions that Oracle's rules allow, of a wanted kind, over a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hypothesis import strategies as st

from . import dates
from .tables import CENTS, HOURS, TEXTS, TURNS, Field
from .tree import (
    AsLocal,
    Between,
    Binary,
    Call,
    Case,
    Column,
    Compare,
    Display,
    InList,
    IsNull,
    Like,
    Literal,
    Logic,
    Negative,
    Not,
    Null,
    Trim,
)

FORMATS_IN = (
    "YYYY-MM-DD HH24:MI:SS", "YYYY-MM-DD", "MM/DD/YYYY", "DD-MON-YYYY", "DD.MM.YYYY HH:MI:SS AM",
    'YYYY-MM-DD"T"HH24:MI:SS', "YYYYMMDD", "yyyy-mm-dd hh24:mi:ss",
)  # fmt: skip
FORMATS_OUT = (
    *FORMATS_IN, 'YYYY-MM-DD"T"HH24:MI:SS"Z"', "YYYY", "YY", "MM", "Mon", "mon", "DY", "Dy", "DDD",
    "HH12:MI pm", "Q", "FMMonth DD, YYYY", "Month", "DAY", "D", "IW", "WW", "SSSSS", "FMMM/DD/YYYY",
)  # fmt: skip
SMALL = tuple(map(Decimal, ("0", "1", "2", "3", "-1", "5", "10", "0.5", "-2.25", "0.75", "100")))
PATTERNS = ("%", "_", "a%", "%a", "%A%", "_c%", "%é%", "a_", "%\\", "%m%", "x%y", "b", "😀%", "")
ESCAPED = (("%!%%", "!"), ("x!_y", "!"), ("%\\_%", "\\"), ("!!%", "!"), ("x!%%", "!"))
_NEARER = ((), (Literal("MM"),), (Literal("YYYY"),))
_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Seen:
    """A source in reach: its name, its columns, its key if one is known, if it must be named."""

    name: str
    fields: dict
    key: tuple = ()
    qualified: bool = True

    def column(self, name):
        return Column(self.name, name, self.qualified)


class Expressions:
    """Draws expressions over `scope`, a list of `Seen`; what is exact may be compared by `=`."""

    def __init__(self, draw, scope, *, bound=True):
        self._draw = draw
        self.scope = scope
        self.bound = bound

    def pick(self, options):
        return self._draw(st.sampled_from(options))

    def flip(self):
        return self._draw(st.booleans())

    def one(self, *makers):
        """What one of the makers makes."""
        return self.pick(makers)()

    def columns(self, *words, fits=("", "key", "small", "large", "cents", "exact")):
        """The columns of those types, without those whose last digits are in doubt."""
        return [
            seen.column(name)
            for seen in self.scope
            for name, field in seen.fields.items()
            if field.word in words and field.fit in fits
        ]

    def _shown(self):
        """A display value, where there is one."""
        shown = [
            Display(seen.column(name))
            for seen in self.scope
            for name, field in seen.fields.items()
            if field.shown
        ]
        return self._or(shown, self.text_literal)

    def _or(self, columns, other):
        """One of the columns, if there are any."""
        return self.pick(columns) if columns and self.flip() else other()

    def literal(self, value):
        return Literal(value, self.bound and self._draw(st.integers(0, 4)) == 4)

    # Numbers.

    def small_literal(self):
        return Literal(self.pick(SMALL))

    def reckoned(self, depth):
        """A number that stays exact in binary, and small."""
        columns = self.columns("integer", "decimal", fits=("small", "key"))
        if depth == 0:
            return self._or(columns, self.small_literal)
        deeper = depth - 1
        return self.one(
            lambda: self._or(columns, self.small_literal),
            lambda: Binary(self.pick("+-*"), self.reckoned(deeper), self.reckoned(deeper)),
            lambda: Binary(
                "/", self.reckoned(deeper), Literal(self.pick((Decimal(2), Decimal(4))))
            ),
            lambda: Negative(self.reckoned(deeper)),
            lambda: Call(self.pick(("ABS", "CEIL", "FLOOR", "SIGN")), (self.reckoned(deeper),)),
            lambda: Call(self.pick(("ROUND", "TRUNC")), self._rounded(self.reckoned(deeper))),
            lambda: Call("MOD", (self.reckoned(deeper), self.small_literal())),
            lambda: Call("LENGTH", (self.text(deeper),)),
            lambda: Call("REGEXP_COUNT", (self.text(deeper), Literal("[a-c]"))),
            lambda: Call("INSTR", self._searched(deeper)),
            lambda: self._choice(self.reckoned, deeper),
            lambda: Call(self.pick(("GREATEST", "LEAST")), self._several(self.reckoned, deeper)),
            lambda: Binary("-", self.day(deeper), self.day(deeper)),
        )

    def _rounded(self, number):
        places = self.pick((None, Decimal(0), Decimal(-1)))
        return (number,) if places is None else (number, Literal(places))

    def _searched(self, depth):
        more = self.pick(((), (2,), (-1,), (1, 2), (-2, 1)))
        wanted = Literal(self.pick(("a", "b", "c", "é", "bc", " ")))
        return (self.text(depth), wanted, *(Literal(Decimal(each)) for each in more))

    def exact_number(self, depth):
        """A number that may be compared, sorted by and made into text."""
        return self._or(
            self.columns("integer", "decimal"),
            lambda: self.one(lambda: self.reckoned(depth), self.money),
        )

    def money(self):
        """An amount, or one reckoned with: exact in decimal, not in binary."""
        columns = self.columns("integer", "decimal", fits=("small", "key", "cents"))
        amount = self.pick(columns) if columns else Literal(Decimal(self.pick(CENTS)))
        other = Literal(Decimal(self.pick(CENTS)))
        return self.one(lambda: amount, lambda: Binary(self.pick("+-*"), amount, other))

    def number(self, depth):
        """Any number; the last of its digits may depend on how it is reckoned."""
        cents = self.columns("integer", "decimal", fits=("small", "key", "cents"))
        amount = self.pick(cents) if cents else self.small_literal()
        third = Literal(self.pick((Decimal(3), Decimal(7), Decimal("0.7"))))
        return self.one(
            lambda: self.exact_number(depth),
            lambda: Binary("/", amount, third),
            lambda: Binary(self.pick("+-*"), amount, Literal(Decimal(self.pick(CENTS)))),
            lambda: Call(
                "ROUND", (amount, Literal(self.pick((Decimal(1), Decimal(2), Decimal(0)))))
            ),
            lambda: Call("MONTHS_BETWEEN", (self.day(depth), self.day(0))),
            lambda: Call("POWER", (amount, Literal(Decimal(2)))),
            lambda: Call("TO_NUMBER", (Call("TO_CHAR", (amount,)),)),
        )

    # Texts.

    def text_literal(self):
        return self.literal(self.pick([text for text in TEXTS if not text.endswith(" ")]))

    def text(self, depth):
        columns = self.columns("text", "boolean")
        if depth == 0:
            return self._or(columns, self.text_literal)
        deeper = depth - 1
        text = self.text
        marks = Literal(self.pick(("a", "aA", "x0")))
        instead = self.pick((Literal("bb"), Null("''")))
        form = Literal(self.pick(("[A-Z]", "[a-c]+|é")))
        return self.one(
            lambda: self._or(columns, self._shown),
            lambda: Binary("||", self._any(deeper), text(deeper)),
            lambda: Binary("||", text(deeper), self._any(deeper)),
            lambda: Call(self.pick(("UPPER", "LOWER", "INITCAP")), (text(deeper),)),
            lambda: Call(self.pick(("TRIM", "LTRIM", "RTRIM")), (text(deeper),)),
            lambda: Call(self.pick(("LTRIM", "RTRIM")), (text(deeper), marks)),
            lambda: Trim(self.pick(("LEADING", "TRAILING", "BOTH")), "a", text(deeper)),
            lambda: Call("SUBSTR", self._cut(deeper)),
            lambda: Call("REPLACE", (text(deeper), Literal("a"), instead)),
            lambda: Call("REPLACE", (text(deeper), Literal("b"))),
            lambda: Call("TRANSLATE", (text(deeper), Literal("abé"), Literal("xy"))),
            lambda: Call(self.pick(("LPAD", "RPAD")), self._padded(deeper)),
            lambda: Call("REGEXP_SUBSTR", (text(deeper), form)),
            lambda: Call("REGEXP_REPLACE", (text(deeper), Literal("[a-c]+"), Literal("<>"))),
            lambda: Call("CONCAT", (text(deeper), text(deeper))),
            lambda: self._choice(text, deeper),
            lambda: Call(self.pick(("GREATEST", "LEAST")), self._several(text, deeper)),
            lambda: Call("TO_CHAR", (self.exact_number(deeper),)),
            lambda: Call("TO_CHAR", (self.time(deeper), Literal(self.pick(FORMATS_OUT)))),
        )  # fmt: skip

    def _any(self, depth):
        return self.one(lambda: self.text(depth), lambda: self.exact_number(depth))

    def _cut(self, depth):
        start = Literal(Decimal(self.pick((1, 2, 0, -1, -2, 9, -9))))
        length = self.pick((None, 1, 2, 0, -1))
        return (self.text(depth), start, *([] if length is None else [Literal(Decimal(length))]))

    def _padded(self, depth):
        width = Literal(Decimal(self.pick((4, 2, 0, 9))))
        return (self.text(depth), width, *self.pick(((), (Literal("*"),), (Literal("ab"),))))

    # Times.

    def time_literal(self):
        moment = datetime.fromisoformat(self.pick((*HOURS, *TURNS)))
        form = self.pick(FORMATS_IN)
        name = self.pick(("TO_DATE", "TO_TIMESTAMP"))
        return Call(name, (self.literal(dates.to_char(moment, form)), Literal(form)))

    def day_literal(self):
        moment = dates.to_char(datetime.fromisoformat(self.pick(HOURS)), "YYYY-MM-DD")
        return Call("TO_DATE", (self.literal(moment), Literal("YYYY-MM-DD")))

    def day(self, depth):
        """A local midnight."""
        days, instants = self.columns("date"), self.columns("datetime")
        if depth == 0:
            return self._or(days, self.day_literal)
        deeper = depth - 1
        days_more = Literal(Decimal(self.pick((1, -1, 30))))
        months = Literal(Decimal(self.pick((1, -13))))
        unit = Literal(self.pick(("MM", "MONTH", "YYYY", "YEAR", "Q", "DD", "IW")))
        return self.one(
            lambda: self._or(days, self.day_literal),
            lambda: Call("TRUNC", (self._or(instants, lambda: self.day(deeper)),)),
            lambda: Call("TRUNC", (self._or(instants, lambda: self.day(deeper)), unit)),
            lambda: Binary(self.pick("+-"), self.day(deeper), days_more),
            lambda: Call("ADD_MONTHS", (self.day(deeper), months)),
            lambda: Call("LAST_DAY", (self.day(deeper),)),
            lambda: Call("NEXT_DAY", (self.day(deeper), Literal(self.pick(("MONDAY", "SUNDAY"))))),
            lambda: Call("ROUND", (self.time(deeper), *self.pick(_NEARER))),
            lambda: self._choice(self.day, deeper),
        )  # fmt: skip

    def local(self, depth):
        """A time without a zone."""
        if depth == 0:
            return self._or(self.columns("date", "local"), self.time_literal)
        deeper = depth - 1
        fraction = Literal(self.pick((Decimal("0.5"), Decimal(1), Decimal("0.25"))))
        return self.one(
            lambda: self.day(depth),
            self.time_literal,
            lambda: Call("SYS_EXTRACT_UTC", (self.time(deeper),)),
            lambda: Binary(self.pick("+-"), self.time(deeper), fraction),
            lambda: Call("TRUNC", (self.time(deeper), Literal(self.pick(("HH24", "HH", "MI"))))),
            lambda: Call("ADD_MONTHS", (self.time(deeper), Literal(Decimal(1)))),
            lambda: self._mixed(deeper),
        )

    def _mixed(self, depth):
        """An instant or a local time, which makes it a local one."""
        instants = self.columns("datetime")
        if not instants:
            return self._choice(self.local, depth)
        pair = AsLocal(self.pick(instants)), self.local(depth)
        first, second = self.pick((pair, pair[::-1]))
        return self.one(
            lambda: Call(self.pick(("NVL", "COALESCE")), (first, second)),
            lambda: Call("NVL2", (self.exact(depth), first, second)),
            lambda: Case(None, ((self.condition(depth), first),), second),
        )

    def time(self, depth):
        return self._or(self.columns("datetime", "local"), lambda: self.local(depth))

    # Of any kind.

    def _several(self, make, depth):
        return tuple(make(depth) for _ in range(self.pick((2, 3))))

    def _choice(self, make, depth):
        """One of several values, by a test or by which is missing."""
        return self.one(
            lambda: Call(self.pick(("NVL", "COALESCE")), (make(depth), make(depth))),
            lambda: Call("COALESCE", self._several(make, depth)),
            lambda: Call("NVL2", (self.exact(depth), make(depth), make(depth))),
            lambda: Call("NULLIF", (make(depth), make(depth))),
            lambda: self._decode(make, depth),
            lambda: Case(None, ((self.condition(depth), make(depth)),), make(depth)),
            lambda: Case(None, ((self.condition(depth), make(depth)),), self.pick((None, Null()))),
            lambda: self._simple_case(make, depth),
        )

    def _decode(self, make, depth):
        like = self.pick((self.exact_number, self.text))
        default = (make(depth),) if self.flip() else ()
        search = self.one(lambda: like(0), Null)
        return Call("DECODE", (like(depth), like(0), make(depth), search, make(depth), *default))

    def _simple_case(self, make, depth):
        like = self.pick((self.exact_number, self.text))
        whens = ((like(0), make(depth)), (like(0), make(depth)))
        return Case(like(depth), whens, make(depth) if self.flip() else None)

    def exact(self, depth):
        """An expression of any kind whose value may be compared."""
        return self.pick((self.exact_number, self.text, self.time))(depth)

    def output(self, depth, *, exact=False):
        """An expression, and the field that a column of it would be."""
        makers = [
            (self.exact_number, Field("decimal", "exact")),
            (self.text, Field("text")),
            (self.day, Field("date")),
            (self.local, Field("local")),
        ]
        if not exact:
            makers.append((self.number, Field("decimal", "inexact")))
        instants = self.columns("datetime")
        if instants:
            makers.append((lambda _: self.pick(instants), Field("datetime")))
        make, field = self.pick(makers)
        return make(depth), field

    # Conditions.

    def condition(self, depth):
        plain = (self._comparison, self._null_test, self._in_list, self._like)
        if depth == 0:
            return self.pick(plain)(0)
        deeper = depth - 1
        return self.one(
            lambda: self.pick(plain)(deeper),
            lambda: self._between(deeper),
            lambda: Logic(self.pick(("AND", "OR")), self.condition(deeper), self.condition(deeper)),
            lambda: Not(self.condition(deeper)),
        )

    def _comparison(self, depth):
        sign = self.pick(_COMPARISONS)
        numbers = self.columns("integer", "decimal")
        if numbers and self._draw(st.integers(0, 5)) == 5:
            return Compare(sign, self.pick(numbers), self.literal(self.pick(("1", "-3", "12.34"))))
        make = self.pick((self.exact_number, self.text, self.time))
        return Compare(
            sign, make(depth), self.one(lambda: make(depth), lambda: self._like_row(make))
        )

    def _like_row(self, make):
        """Something that a row may well have."""
        if make == self.exact_number:
            return self.literal(self.pick((*SMALL, *map(Decimal, CENTS))))
        return self.text_literal() if make == self.text else self.time_literal()

    def _null_test(self, depth):
        return IsNull(self.exact(depth), self.flip())

    def _between(self, depth):
        make = self.pick((self.exact_number, self.text, self.time))
        return Between(make(depth), make(0), make(0), self.flip())

    def _in_list(self, depth):
        make = self.pick((self.exact_number, self.text, self.time))
        members = [make(0) for _ in range(self.pick((1, 2, 3)))]
        if self._draw(st.integers(0, 5)) == 5:
            members.append(Null())
        return InList(make(depth), tuple(members), self.flip())

    def _like(self, depth):
        if self.flip():
            pattern = self.pick(PATTERNS)
            made = self.literal(pattern) if pattern else Null("''")
            return Like(self.text(depth), made, None, self.flip())
        pattern, escape = self.pick(ESCAPED)
        return Like(self.text(depth), Literal(pattern), escape, self.flip())
