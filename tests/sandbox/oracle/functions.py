"""SuiteQL's functions over Python values; rules: Oracle, SQL Language Reference."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from . import dates


def text_of(value):
    """A value where a text is wanted; a number loses the zero before its point."""
    if not isinstance(value, Decimal):
        return value
    if value == value.to_integral_value():
        return str(int(value))
    sign, digits = ("-", -value) if value < 0 else ("", value)
    return sign + format(digits.normalize(), "f").removeprefix("0")


def number_of(value):
    """A value where a number is wanted."""
    return Decimal(value.strip()) if isinstance(value, str) else value


def kept(text):
    """A text as Oracle keeps it: an empty one is no value."""
    return text or None


def _strict(function):
    """No value if any argument has none."""
    return lambda *values: None if None in values else function(*values)


def _on_texts(function):
    def call(first, *rest):
        found = function(text_of(first), *rest)
        return kept(found) if isinstance(found, str) else found

    return _strict(call)


def substr(text, start, length=None):
    start = int(start)
    if length is not None and length < 1:
        return None
    begin = start - 1 if start > 0 else 0 if start == 0 else len(text) + start
    if begin < 0:
        return None
    return text[begin:] if length is None else text[begin : begin + int(length)]


def instr(text, wanted, start=Decimal(1), occurrence=Decimal(1)):
    """The place of a text within another; a negative start counts, and looks, from the end."""
    last = len(text) - len(wanted)
    if start > 0:
        places = range(int(start) - 1, last + 1)
    else:
        places = range(min(last, len(text) + int(start)), -1, -1)
    found = [place for place in places if text.startswith(wanted, place)]
    return Decimal(found[int(occurrence) - 1] + 1 if len(found) >= occurrence else 0)


def _pad(side):
    def pad(text, width, filler=" "):
        missing = int(width) - len(text)
        if missing <= 0:
            return text[: max(0, int(width))]
        filling = (filler * missing)[:missing]
        return filling + text if side == "left" else text + filling

    return pad


def _replace(text, wanted, instead=None):
    text, wanted, instead = text_of(text), text_of(wanted), text_of(instead)
    if text is None or wanted is None:
        return text
    return kept(text.replace(wanted, instead or ""))


def _translate(text, wanted, instead):
    changes = {
        ord(mark): instead[place] if place < len(instead) else None
        for place, mark in reversed(list(enumerate(wanted)))
    }
    return text.translate(changes)


def _initcap(text):
    made, inside = [], False
    for mark in text:
        made.append(lower(mark) if inside else upper(mark))
        inside = mark.isalnum()
    return "".join(made)


def upper(text):
    """Each character by itself: one that has no single capital stays."""
    return "".join(mark.upper() if len(mark.upper()) == 1 else mark for mark in text)


def lower(text):
    return "".join(mark.lower() if len(mark.lower()) == 1 else mark for mark in text)


def round_half_up(value, places=Decimal(0)):
    """ROUND: a half goes away from zero."""
    return value.scaleb(int(places)).to_integral_value(ROUND_HALF_UP).scaleb(-int(places))


def _truncated(value, places=Decimal(0)):
    return value.scaleb(int(places)).to_integral_value(ROUND_DOWN).scaleb(-int(places))


def _mod(value, divisor):
    """The remainder has the sign of the value; of nothing divided it is the value."""
    return value - divisor * (value / divisor).to_integral_value(ROUND_DOWN) if divisor else value


def _coalesce(*values):
    return next((value for value in values if value is not None), None)


def trim(text, marks=" ", side="BOTH"):
    if side != "TRAILING":
        text = text.lstrip(marks)
    return kept(text if side == "LEADING" else text.rstrip(marks))


def _first_match(text, form):
    found = re.search(form, text)
    return found and found[0]


PLAIN = {
    "ABS": _strict(abs),
    "ASCII": _strict(lambda text: Decimal(ord(text[0]))),
    "CEIL": _strict(lambda value: value.to_integral_value(ROUND_CEILING)),
    "COALESCE": _coalesce,
    "CONCAT": lambda left, right: kept((text_of(left) or "") + (text_of(right) or "")),
    "FLOOR": _strict(lambda value: value.to_integral_value(ROUND_FLOOR)),
    "GREATEST": _strict(max),
    "INITCAP": _on_texts(_initcap),
    "INSTR": _on_texts(instr),
    "LEAST": _strict(min),
    "LENGTH": _on_texts(lambda text: Decimal(len(text))),
    "LOWER": _on_texts(lower),
    "LPAD": _on_texts(_pad("left")),
    "LTRIM": _on_texts(lambda text, marks=" ": text.lstrip(marks)),
    "MOD": _strict(_mod),
    "NVL": _coalesce,
    "NVL2": lambda test, there, absent: absent if test is None else there,
    "POWER": _strict(lambda value, power: value ** int(power)),
    "REGEXP_COUNT": _on_texts(lambda text, form: Decimal(len(re.findall(form, text)))),
    "REGEXP_REPLACE": _on_texts(lambda text, form, instead: re.sub(form, instead, text)),
    "REGEXP_SUBSTR": _on_texts(_first_match),
    "REPLACE": _replace,
    "RPAD": _on_texts(_pad("right")),
    "RTRIM": _on_texts(lambda text, marks=" ": text.rstrip(marks)),
    "SIGN": _strict(lambda value: Decimal((value > 0) - (value < 0))),
    "SUBSTR": _on_texts(substr),
    "TO_NUMBER": _strict(number_of),
    "TRANSLATE": _on_texts(_translate),
    "TRIM": _on_texts(trim),
    "UPPER": _on_texts(upper),
}
"""Functions that know nothing of the session."""


def _to_char(zone, value, form=None):
    if isinstance(value, datetime):
        return dates.to_char(dates.local(value, zone), form)
    return text_of(value)


def _trunc(zone, value, form=None):
    if isinstance(value, datetime):
        return dates.trunc(dates.local(value, zone), form or "DD")
    return _truncated(value, form or Decimal(0))


def _rounded(zone, value, form=None):
    if isinstance(value, datetime):
        return dates.rounded(dates.local(value, zone), form or "DD")
    return round_half_up(value, form or Decimal(0))


def _parsed(_, text, form):
    return dates.to_date(text, form)


ZONED = {
    "ADD_MONTHS": lambda zone, at, months: dates.add_months(dates.local(at, zone), months),
    "LAST_DAY": lambda zone, at: dates.last_day(dates.local(at, zone)),
    "MONTHS_BETWEEN": lambda zone, later, earlier: dates.months_between(
        dates.local(later, zone), dates.local(earlier, zone)
    ),
    "NEXT_DAY": lambda zone, at, name: dates.next_day(dates.local(at, zone), name),
    "ROUND": _rounded,
    "SYS_EXTRACT_UTC": lambda zone, at: dates.utc(at, zone),
    "TO_CHAR": _to_char,
    "TO_DATE": _parsed,
    "TO_TIMESTAMP": _parsed,
    "TRUNC": _trunc,
}
"""Functions that read or show the session's clock; none yields a value where one is missing."""
