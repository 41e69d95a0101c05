"""Oracle's numbers: their text, TO_CHAR's formats for them, rounding and remainders."""

from __future__ import annotations

import math
import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache

Number = int | float

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*")
_MOST_DIGITS = 63  # of a format, by Oracle's rule


class NotANumberError(ValueError):
    """A text that is no number, a number out of range, or a format that is not understood."""


def text_of(value: object) -> str | None:
    """A value as an answer carries it: a number without exponent or needless decimals."""
    if value is None:
        return None
    if not isinstance(value, float):
        return str(value)
    # What lies beyond 15 digits is the machine's, not the number's. No zero is negative.
    shown = f"{value + 0.0:.15g}"
    return shown if "e" not in shown else format(Decimal(shown), "f")


def to_text(value: object) -> str | None:
    """A value as TO_CHAR without a format gives it: Oracle writes no zero before the point."""
    text = text_of(value)
    if text is not None and isinstance(value, float):
        return re.sub(r"^(-?)0\.", r"\1.", text)
    return text


def number(value: object) -> Number | None:
    """A text or number as a number.

    Raises:
        NotANumberError: it is none.
    """
    if value is None or isinstance(value, int | float):
        return value
    if not _NUMBER.fullmatch(str(value)):
        raise NotANumberError(value)
    try:
        whole = int(str(value))
    except ValueError:
        return _finite(float(str(value)))
    return whole if abs(whole) < 2**63 else float(whole)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise NotANumberError(value)
    return value


def _exact(value: Number) -> Decimal:
    return Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)


def rounded(value: Number | None, places: Number | None = 0) -> Number | None:
    """`value` to so many decimals, a half away from zero."""
    return _to_places(value, places, ROUND_HALF_UP)


def truncated(value: Number | None, places: Number | None = 0) -> Number | None:
    """`value` cut off after so many decimals."""
    return _to_places(value, places, ROUND_DOWN)


def _to_places(value: Number | None, places: Number | None, rounding: str) -> Number | None:
    if value is None or places is None:
        return None
    step = Decimal(1).scaleb(-max(-60, min(60, int(places))))
    with localcontext() as context:
        context.prec = 400
        return _plain((_exact(value) / step).quantize(Decimal(1), rounding) * step)


def remainder(value: Number | None, by: Number | None) -> Number | None:
    """MOD: it has the sign of `value`; of a division by zero `value` remains."""
    if value is None or by is None or by == 0:
        return None if by is None else value
    with localcontext() as context:
        context.prec = 400
        return _plain(_exact(value) % _exact(by))


def nearest_remainder(value: Number | None, by: Number | None) -> Number | None:
    """REMAINDER: what is left over from the nearest multiple of `by`."""
    if value is None or by is None:
        return None
    with localcontext() as context:
        context.prec = 400
        return _plain(_exact(value).remainder_near(_exact(by)))


def to_char(value: object, fmt: str | None) -> str | None:
    """A number in an Oracle number format: 9 0 . , D G S MI PR $ L V EEEE-less, FM and X.

    Raises:
        NotANumberError: the format is not understood.
    """
    shown = number(value)
    if shown is None or fmt is None:
        return None
    return _format(fmt).show(_exact(shown))


def to_number(value: object, fmt: str | None) -> Number | None:
    """A text in an Oracle number format as a number.

    Raises:
        NotANumberError: the text is none, or the format is not understood.
    """
    if value is None or fmt is None:
        return None
    _format(fmt)  # it must be one
    text = re.sub(r"[,$\s]", "", str(value))
    if text.startswith("<") and text.endswith(">"):
        text = f"-{text[1:-1]}"
    return number(f"-{text[:-1]}" if text.endswith("-") else text)


@lru_cache(maxsize=256)
def _format(fmt: str) -> _NumberFormat:
    return _NumberFormat(fmt)


_FORMAT = re.compile(
    r"(?P<fm>FM)?(?P<sign>S)?(?P<money>[$L])?(?P<whole>[90,G]*)"
    r"(?:(?P<point>[.D])(?P<decimals>[90]*))?(?P<tail>S|MI|PR)?",
    re.IGNORECASE,
)


class _NumberFormat:
    """A number format taken apart."""

    def __init__(self, fmt: str) -> None:
        match = _FORMAT.fullmatch(fmt)
        digits = len(re.findall("[90]", fmt))
        if match is None or not 0 < digits <= _MOST_DIGITS:
            raise NotANumberError(fmt)
        self._fill = match["fm"] is None
        self._sign = "S" if match["sign"] else (match["tail"] or "").upper()
        self._sign_ahead = bool(match["sign"])
        self._money = "$" if match["money"] else ""
        self._whole = (match["whole"] or "").upper().replace("G", ",")
        self._point = match["point"] is not None
        self._decimals = match["decimals"] or ""
        self._width = len(self._whole) + len(self._decimals) + self._point + len(self._money) + 1

    def show(self, value: Decimal) -> str:
        try:
            with localcontext() as context:
                context.prec = 400
                short = value.quantize(Decimal(1).scaleb(-len(self._decimals)), ROUND_HALF_UP)
        except InvalidOperation:
            raise NotANumberError(value) from None
        whole, _, decimals = format(abs(short), "f").partition(".")
        shown = self._grouped("" if whole == "0" else whole)
        if shown is None:
            return "#" * self._width
        if self._point:
            shown += "." + (decimals if self._fill else self._trimmed(decimals))
        elif not shown:
            shown = "0"  # 9 alone shows a zero where there is nothing else
        return self._signed(self._money + shown, negative=short < 0)

    def _grouped(self, whole: str) -> str | None:
        """The whole part in its places; None if it is too long for them."""
        places = self._whole.replace(",", "")
        if len(whole) > len(places):
            return None
        zeros = len(places) - places.find("0") if "0" in places else 0
        digits = whole.rjust(zeros, "0")
        made: list[str] = []
        left = list(digits)
        for place in reversed(self._whole):
            if not left:
                break
            made.append("," if place == "," else left.pop())
        return "".join(reversed(made))

    def _trimmed(self, decimals: str) -> str:
        """FM takes trailing zeros away where the format has a 9."""
        least = self._decimals.rfind("0") + 1
        return decimals[:least] + decimals[least:].rstrip("0")

    def _signed(self, shown: str, *, negative: bool) -> str:
        if self._sign == "S":
            sign = "-" if negative else "+"
            shown = sign + shown if self._sign_ahead else shown + sign
        elif self._sign == "MI":
            shown += "-" if negative else " "
        elif self._sign == "PR":
            shown = f"<{shown}>" if negative else f" {shown} "
        else:
            shown = f"-{shown}" if negative else shown
        return shown.rjust(self._width) if self._fill else shown.strip()
