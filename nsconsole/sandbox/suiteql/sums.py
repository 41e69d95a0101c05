"""Oracle's numbers are decimal: what is reckoned with them here comes out as it does there.

SQLite adds up the binary neighbours of decimals, so that 0.1 + 0.2 would not be 0.3 and a journal
that balances would not come to 0.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from nsconsole.sandbox.suiteql.numerics import NotANumberError, Number

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTEXT = Context(prec=60)  # a sum of amounts as large and as small as there may be is exact
_WIDEST = 2**63


def plus(left: Number, right: Number) -> Number:
    """`left + right`."""
    return _reckoned(_CONTEXT.add, left, right)


def minus(left: Number, right: Number) -> Number:
    """`left - right`."""
    return _reckoned(_CONTEXT.subtract, left, right)


def times(left: Number, right: Number) -> Number:
    """`left * right`."""
    return _reckoned(_CONTEXT.multiply, left, right)


def divided(left: Number, right: Number) -> Number:
    """`left / right`.

    Raises:
        ZeroDivisionError: as Oracle does, where SQLite would give no value.
    """
    return _reckoned(_CONTEXT.divide, left, right)


def _reckoned(
    operation: Callable[[Decimal, Decimal], Decimal], left: Number, right: Number
) -> Number:
    return _number(operation(_decimal(left), _decimal(right)))


def _decimal(value: Number) -> Decimal:
    """The shortest decimal of which a float is the nearest: the one that was meant."""
    return Decimal(repr(value))


def _number(value: Decimal) -> Number:
    near = float(value)
    if near.is_integer():
        whole = int(value)
        return whole if whole == value and abs(whole) < _WIDEST else near
    if not math.isfinite(near):
        raise NotANumberError(value)
    return near


class Sum:
    """SUM, which also goes along with the frame of a window; nothing comes to null."""

    def __init__(self) -> None:
        self._total = Decimal(0)
        self._count = 0

    def step(self, value: Number | None) -> None:
        """Take in a row."""
        if value is not None:
            self._total = _CONTEXT.add(self._total, _decimal(value))
            self._count += 1

    def inverse(self, value: Number | None) -> None:
        """Let go of a row."""
        if value is not None:
            self._total = _CONTEXT.subtract(self._total, _decimal(value))
            self._count -= 1

    def value(self) -> Number | None:
        """The sum of the rows taken in."""
        return _number(self._total) if self._count else None

    def finalize(self) -> Number | None:
        """The sum at the end."""
        return self.value()


class Average(Sum):
    """AVG."""

    def value(self) -> Number | None:
        """The mean of the rows taken in."""
        return _number(_CONTEXT.divide(self._total, self._count)) if self._count else None
