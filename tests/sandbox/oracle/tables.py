"""Random tables for `POST /sandbox/load`: hard values, ties, references that lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hypothesis import strategies as st

TEXTS = (
    "a", "A", "b", "Acmé", "acme", "ACME", "Zürich", "ß", "日本", "😀 ok", " lead", "trail ",
    "x%y", "x_y", "50%", "O'Neil", '"q"', "a,b", "what?", "--", ":p0", "a;b", "back\\slash", "0",
    "10", "9", "tab\there", "two\nlines", "T", "NULL", "aaa", "abcabc",
)  # fmt: skip
LARGE = (2**53 + 1, 2**53 + 2, -(2**53) - 1, 10**17 + 3, 999_999_999_999_999_999)
CENTS = ("0.1", "0.2", "0.3", "12.34", "-0.05", "99.99", "1234567.89", "0.35", "2.5", "1.005", "-7")
HOURS = (
    "2026-03-08T09:59:59", "2026-03-08T10:00:00", "2026-03-08T10:30:00", "2026-11-01T08:30:00",
    "2026-11-01T09:30:00", "2026-11-01T07:00:00", "2026-03-29T00:59:59", "2026-03-29T01:00:00",
    "2026-10-25T00:30:00", "2026-10-25T01:30:00", "2026-01-01T00:00:00", "2025-12-31T23:59:59",
    "2026-04-04T14:45:00",
    "2026-04-04T15:15:00", "2026-10-03T15:30:00", "2024-02-29T12:00:00", "2026-07-04T06:59:59",
)  # fmt: skip
"""UTC times around midnights and around the changes of clocks in several zones."""
TURNS = (
    "2026-11-01T01:30:00", "2026-10-25T02:30:00", "2026-04-05T01:45:00",
    "2026-03-08T02:30:00", "2026-03-29T02:30:00", "2026-10-04T02:15:00",
)  # fmt: skip
"""Local times that come twice, and such as never come, in those zones."""
DAYS = ("2026-01-01", "2026-01-31", "2026-02-28", "2026-03-08", "2026-11-01", "2024-02-29")


@dataclass(frozen=True, slots=True)
class Field:
    """A column: the door's word for its type, and what its values are like.

    `fit` is `small` for numbers that can be reckoned with and stay exact, `large` for integers
    beyond what a float tells apart, `cents` for amounts, `key` for small whole keys, `exact` and
    `inexact` for what an expression yields. `shown` says that BUILTIN.DF has something to show.
    """

    word: str
    fit: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its rows as Python values; unless `whole`, it has more columns than these."""

    name: str
    fields: dict
    key: tuple
    rows: tuple
    whole: bool = True

    def as_door(self):
        """The table in the form of the load door."""
        return {
            "columns": {name: field.word for name, field in self.fields.items()},
            "key": list(self.key),
            "rows": [_as_json(row) for row in self.rows],
        }


def _as_json(row):
    return {name: _json_value(value) for name, value in row.items()}


def _json_value(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ" if value.tzinfo else "%Y-%m-%d")
    return value


_MAKERS = {
    ("text", ""): lambda random: random.choice(TEXTS),
    ("text", "key"): lambda random: random.choice("aAbBéZ") + random.choice("aAbB_%é "),
    ("integer", "key"): lambda random: Decimal(random.randint(-3, 12)),
    ("integer", "small"): lambda random: Decimal(random.randint(-9, 9)),
    ("integer", "large"): lambda random: Decimal(random.choice(LARGE)),
    ("decimal", "small"): lambda random: Decimal(random.randint(-40, 40)) / 4,
    ("decimal", "cents"): lambda random: Decimal(random.choice(CENTS)),
    ("boolean", ""): lambda random: random.choice("TF"),
    ("date", ""): lambda random: datetime.fromisoformat(random.choice(DAYS)),
    ("datetime", ""): lambda random: datetime.fromisoformat(random.choice(HOURS) + "Z"),
}
_KINDS = tuple(Field(*made) for made in _MAKERS if made[1] != "key")
_KEYS = (
    {"id": Field("integer", "key")},
    {"id": Field("integer", "large")},
    {"code": Field("text", "key")},
    {"a": Field("integer", "key"), "b": Field("integer", "key")},
    {"a": Field("text", "key"), "b": Field("integer", "key")},
    {"stamp": Field("datetime"), "id": Field("integer", "key")},
)
_NAMES = ("name", "qty", "cost", "custbody_x", "amount", "memo_2", "flag", "day", "lastmodified")
_MISSING = 0.15


@st.composite
def table(draw, name):
    """A table with a key of one of several forms and two to six columns more."""
    key = draw(st.sampled_from(_KEYS))
    kinds = draw(st.lists(st.sampled_from(_KINDS), min_size=2, max_size=6))
    fields = {**key, **dict(zip(_NAMES, kinds, strict=False))}
    size = draw(st.sampled_from((2, 5, 9, 14, 0, 1)))
    random = draw(st.randoms(use_true_random=False, note_method_calls=False))
    rows = {}
    for _ in range(size):
        row = {column: _made(random, field, column in key) for column, field in fields.items()}
        rows[tuple(row[column] for column in key)] = row
    return Table(name, fields, tuple(key), tuple(rows.values()))


def every_value(name):
    """A table of all the values that the random ones have, and of nothing beside each."""
    fields = {"id": Field("integer", "key"), **dict(zip(_NAMES, _KINDS, strict=False))}
    pools = {
        ("text", ""): TEXTS,
        ("integer", "small"): [Decimal(number) for number in range(-9, 10)],
        ("integer", "large"): [Decimal(number) for number in LARGE],
        ("decimal", "small"): [Decimal(number) / 4 for number in range(-5, 6)],
        ("decimal", "cents"): [Decimal(amount) for amount in CENTS],
        ("boolean", ""): "TF",
        ("date", ""): [datetime.fromisoformat(day) for day in DAYS],
        ("datetime", ""): [datetime.fromisoformat(hour + "Z") for hour in HOURS],
    }
    rows = []
    for number in range(len(TEXTS) + 1):
        row = {"id": Decimal(number)}
        for column, field in list(fields.items())[1:]:
            pool = (*pools[field.word, field.fit], None)
            row[column] = pool[number % len(pool)]
        rows.append(row)
    return Table(name, fields, ("id",), tuple(rows))


def _made(random, field, needed):
    if not needed and random.random() < _MISSING:
        return None
    return _MAKERS[field.word, field.fit](random)
