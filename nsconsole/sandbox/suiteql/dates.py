"""Oracle's date formats: TO_CHAR and TO_DATE over moments kept as YYYY-MM-DD HH:MM:SS."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

_ELEMENTS: dict[str, tuple[str, str]] = {
    "YYYY": ("%Y", r"(?P<year>\d{4})"),
    "YY": ("%y", r"(?P<short_year>\d{2})"),
    "MONTH": ("%B", r"(?P<month_name>[A-Za-z]+)"),
    "MON": ("%b", r"(?P<month_name>[A-Za-z]{3})"),
    "MM": ("%m", r"(?P<month>\d{1,2})"),
    "DDD": ("%j", r"(?P<day_of_year>\d{1,3})"),
    "DD": ("%d", r"(?P<day>\d{1,2})"),
    "DAY": ("%A", r"[A-Za-z]+"),
    "DY": ("%a", r"[A-Za-z]{3}"),
    "HH24": ("%H", r"(?P<hour>\d{1,2})"),
    "HH12": ("%I", r"(?P<half_hour>\d{1,2})"),
    "HH": ("%I", r"(?P<half_hour>\d{1,2})"),
    "MI": ("%M", r"(?P<minute>\d{1,2})"),
    "SS": ("%S", r"(?P<second>\d{1,2})"),
    "AM": ("%p", r"(?P<half>[AaPp][Mm])"),
    "PM": ("%p", r"(?P<half>[AaPp][Mm])"),
}
_TOKEN = re.compile('"([^"]*)"|' + "|".join(_ELEMENTS) + r"|[^A-Za-z0-9\"]", re.IGNORECASE)
_UPPER = ("MON", "MONTH", "DAY", "DY")
_MONTHS = {datetime(2000, month, 1).strftime("%b").lower(): month for month in range(1, 13)}  # noqa: DTZ001 - only its month's name is used


class DateFormatError(ValueError):
    """A format that is not understood, or a text that is not of its format."""


@lru_cache(maxsize=256)
def _tokens(fmt: str) -> tuple[tuple[str, str], ...]:
    """The format as (element, literal) pairs, of which one is empty."""
    made: list[tuple[str, str]] = []
    position = 0
    while position < len(fmt):
        match = _TOKEN.match(fmt, position)
        if match is None:
            raise DateFormatError(fmt)
        element = match[0].upper()
        if element in _ELEMENTS:
            made.append((match[0] if element in _UPPER else element, ""))
        else:
            made.append(("", match[1] if match[1] is not None else match[0]))
        position = match.end()
    return tuple(made)


def to_char(stored: str | None, fmt: str | None) -> str | None:
    """A kept moment in an Oracle format; names of days and months follow the format's case."""
    if stored is None or fmt is None:
        return None
    at = datetime.fromisoformat(stored)
    return "".join(literal or _element(at, element) for element, literal in _tokens(fmt))


def _element(at: datetime, element: str) -> str:
    text = at.strftime(_ELEMENTS[element.upper()][0])
    if element.upper() not in _UPPER:
        return text
    return text.upper() if element.isupper() else text.lower() if element.islower() else text


def to_date(text: str | None, fmt: str | None) -> str | None:
    """A text in an Oracle format as a kept moment; what the format leaves out is the earliest."""
    if text is None or fmt is None:
        return None
    match = _pattern(fmt).fullmatch(str(text).strip())
    if match is None:
        raise DateFormatError(text)
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    return str(
        datetime(  # noqa: DTZ001 - the session's time, as text
            _year(found),
            _month(found),
            int(found.get("day", 1)),
            _hour(found),
            int(found.get("minute", 0)),
            int(found.get("second", 0)),
        )
    )


@lru_cache(maxsize=256)
def _pattern(fmt: str) -> re.Pattern[str]:
    """What a text of that format looks like; trailing elements may be missing, as Oracle lets."""
    pieces = [
        _ELEMENTS[element.upper()][1] if element else re.escape(literal)
        for element, literal in _tokens(fmt)
    ]
    try:
        return re.compile("".join(f"(?:{piece}" for piece in pieces) + ")?" * len(pieces))
    except re.error:
        raise DateFormatError(fmt) from None


def _year(found: dict[str, str]) -> int:
    if "year" in found:
        return int(found["year"])
    if "short_year" in found:
        return 2000 + int(found["short_year"])
    raise DateFormatError("no year")


def _month(found: dict[str, str]) -> int:
    if "month_name" in found:
        return _MONTHS[found["month_name"][:3].lower()]
    return int(found.get("month", 1))


def _hour(found: dict[str, str]) -> int:
    if "half_hour" in found:
        late = found.get("half", "am").lower() == "pm"
        return int(found["half_hour"]) % 12 + (12 if late else 0)
    return int(found.get("hour", 0))


def account_format(stored: str) -> str:
    """A kept moment as SuiteQL gives it raw: the account's M/D/YYYY, without the time."""
    return f"{int(stored[5:7])}/{int(stored[8:10])}/{stored[:4]}"
