"""SQL that makes believable values out of a row's number: the same for the same salt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nsconsole.sandbox.schema import Column

_WORDS = ("North", "Delta", "Summit", "Harbor", "Granite", "Cedar", "Pioneer", "Apex")
_WIDTH = max(map(len, _WORDS))
_SHELF = "".join(word.ljust(_WIDTH) for word in _WORDS)
_PHRASES = (
    "Confirmed by phone with the branch.",
    "See the attached quote before changing anything.",
    "Carried over from the legacy system.",
)
_PATTERNS = {
    "email": "'contact' || {n} || '@example.com'",
    "phone": "'(555) 01' || substr('0' || {d}, -2) || '-' || substr('000' || {n}, -4)",
    "url": "'https://example.com/' || {n}",
    "number": "'N-' || {n}",
    "no": "'N-' || {n}",
    "id": "'ID' || {n}",
    "code": "'C' || {d}",
    "status": "CASE {d} % 3 WHEN 0 THEN 'OPEN' WHEN 1 THEN 'PENDING' ELSE 'CLOSED' END",
    "hash": "printf('%08x', {n} * 2654435)",
}
"""Texts by the end of their column's name; `n` is the row's chance, `d` two digits of it."""


@dataclass(frozen=True, slots=True)
class Chance:
    """One column's chance: `key` is SQL for the row's number."""

    salt: int
    key: str

    def below(self, bound: int, draw: int = 0) -> str:
        """SQL for a number from 0 to below `bound`; each `draw` is a chance of its own."""
        # Odd and no multiple of 5 or 3: over the usual bounds every number comes up.
        factor = 7 + 30 * ((self.salt + draw * 613) % 300)
        return f"(({self.key}*{factor}+{self.salt % 9973})%{bound})"

    def one_of(self, values: Sequence[object]) -> str:
        """SQL for one of `values`, numbers or plain texts; NULL if there are none."""
        if not values:
            return "NULL"
        if isinstance(values[0], int) and [*values] == [*range(values[0], values[0] + len(values))]:
            return f"{values[0]} + {self.below(len(values))}"
        cases = " ".join(f"WHEN {number} THEN {value!r}" for number, value in enumerate(values))
        return f"CASE {self.below(len(values))} {cases} END"

    def one_rate(self, rates: Sequence[int]) -> int:
        """One of `rates`: the same for the whole column."""
        return rates[self.salt % len(rates)]

    def at_rate(self, percent: int, value: str) -> str:
        """SQL for `value` in so many of a hundred rows, and NULL in the others."""
        if percent == 100 or value == "NULL":
            return value
        return f"CASE WHEN {self.below(100, 1)} < {percent} THEN {value} END"


def value_of(column: Column, chance: Chance, ids: Sequence[int]) -> str:
    """SQL for a value of `column`; `ids` are the rows that it may refer to."""
    if column.target is not None:
        return chance.one_of(ids)
    return _MAKERS[column.kind](column.name, chance)


def moment(chance: Chance) -> str:
    """SQL for a moment of the account's last years."""
    return f"datetime('2024-01-01', {chance.below(1_400_000)} * 61 % 1400000 || ' minutes')"


def _decimal(name: str, chance: Chance) -> str:
    bound = 100 if name.endswith(("pct", "percent", "percentcomplete", "rate")) else 5000
    return f"{chance.below(bound * 100)} / 100.0"


def _text(name: str, chance: Chance) -> str:
    pattern = _PATTERNS.get(name.rpartition("_")[2])
    if pattern is None:
        word = f"rtrim(substr('{_SHELF}', 1 + {_WIDTH} * {chance.below(len(_WORDS))}, {_WIDTH}))"
        return f"{word} || ' ' || {chance.below(90)}"
    return pattern.format(n=chance.below(9000), d=chance.below(100, 2))


def _date(_: str, chance: Chance) -> str:
    return f"date('2021-01-01', {chance.below(2100)} || ' days') || ' 00:00:00'"


_MAKERS: dict[Kind, Callable[[str, Chance], str]] = {
    Kind.TEXT: _text,
    Kind.MEMO: lambda _, chance: chance.one_of(_PHRASES),
    Kind.INTEGER: lambda _, chance: chance.below(120),
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: lambda _, chance: f"CASE {chance.below(4)} WHEN 0 THEN 'T' ELSE 'F' END",
    Kind.DATE: _date,
    Kind.DATETIME: lambda _, chance: moment(chance),
}
