"""Oracle's date formats: TO_CHAR and TO_DATE over times kept as YYYY-MM-DD HH:MM:SS[.F]."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from nsconsole.sandbox.suiteql.zones import utc

_Show = Callable[[datetime], str]


class DateFormatError(ValueError):
    """A format that is not understood, or a text that is not of its format."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One element of a format: how it is written, how it reads, where it stands in a kept time."""

    show: _Show
    reads: str | None = None
    span: tuple[int, int] | None = None


def _strf(code: str) -> _Show:
    return lambda at: at.strftime(code)


def _short_time(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at:%M:%S %p}"


def _no_zone(at: datetime) -> str:
    raise DateFormatError(at)


def _week_of_year(at: datetime) -> str:
    return f"{(at.timetuple().tm_yday - 1) // 7 + 1:02}"


_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
_HALF = r"(?P<half>[AaPp]\.?[Mm]\.?)"
_YEAR = r"(?P<year>\d{1,4})"
_ELEMENTS: dict[str, _Element] = {
    "YYYY": _Element(lambda at: f"{at.year:04}", _YEAR, (0, 4)),
    "RRRR": _Element(lambda at: f"{at.year:04}", r"(?P<round_year>\d{1,4})", (0, 4)),
    "IYYY": _Element(lambda at: f"{at.isocalendar().year:04}"),
    "YYY": _Element(lambda at: f"{at.year % 1000:03}", None, (1, 3)),
    "YY": _Element(lambda at: f"{at.year % 100:02}", r"(?P<short_year>\d{2})", (2, 2)),
    "RR": _Element(lambda at: f"{at.year % 100:02}", r"(?P<round_year>\d{1,4})", (2, 2)),
    "Y": _Element(lambda at: str(at.year % 10), None, (3, 1)),
    "MONTH": _Element(lambda at: at.strftime("%B").ljust(9), r"(?P<month_name>[A-Za-z]{3,9})\s*"),
    "MON": _Element(_strf("%b"), r"(?P<month_name>[A-Za-z]{3,9})"),
    "MM": _Element(_strf("%m"), r"(?P<month>\d{1,2})", (5, 2)),
    "DDD": _Element(_strf("%j"), r"(?P<day_of_year>\d{1,3})"),
    "DD": _Element(_strf("%d"), r"(?P<day>\d{1,2})", (8, 2)),
    "DAY": _Element(lambda at: at.strftime("%A").ljust(9), r"[A-Za-z]+\s*"),
    "DY": _Element(_strf("%a"), r"[A-Za-z]{3}"),
    "D": _Element(lambda at: str(at.isoweekday() % 7 + 1)),
    "Q": _Element(lambda at: str((at.month + 2) // 3)),
    "WW": _Element(_week_of_year),
    "IW": _Element(lambda at: f"{at.isocalendar().week:02}"),
    "W": _Element(lambda at: str((at.day - 1) // 7 + 1)),
    "J": _Element(lambda at: str(at.toordinal() + 1_721_425)),
    "HH24": _Element(_strf("%H"), r"(?P<hour>\d{1,2})", (11, 2)),
    "HH12": _Element(_strf("%I"), r"(?P<half_hour>\d{1,2})"),
    "HH": _Element(_strf("%I"), r"(?P<half_hour>\d{1,2})"),
    "MI": _Element(_strf("%M"), r"(?P<minute>\d{1,2})", (14, 2)),
    "SSSSS": _Element(
        lambda at: f"{at.hour * 3600 + at.minute * 60 + at.second:05}", r"(?P<day_seconds>\d{1,5})"
    ),
    "SS": _Element(_strf("%S"), r"(?P<second>\d{1,2})", (17, 2)),
    "FF": _Element(_strf("%f"), r"(?P<fraction>\d{1,9})"),
    "A.M.": _Element(lambda at: "A.M." if at.hour < 12 else "P.M.", _HALF),
    "P.M.": _Element(lambda at: "A.M." if at.hour < 12 else "P.M.", _HALF),
    "AM": _Element(_strf("%p"), _HALF),
    "PM": _Element(_strf("%p"), _HALF),
    "X": _Element(lambda _: ".", r"[.,]"),
    # What is short and what is long depends on the country; these are those of the United States.
    "DS": _Element(lambda at: f"{at.month}/{at.day}/{at.year:04}"),
    "DL": _Element(lambda at: f"{at:%A, %B} {at.day}, {at.year:04}"),
    "TS": _Element(_short_time),
    "RM": _Element(lambda at: _ROMAN[at.month - 1].ljust(4)),
    "TZH": _Element(_no_zone, r"(?P<zone_hours>[+-]?\d{1,2})"),
    "TZM": _Element(_no_zone, r"(?P<zone_minutes>\d{1,2})"),
}
_WORDS = ("MON", "DY", "MONTH", "DAY", "RM")
_TOKEN = re.compile(
    r'"([^"]*)"|(FM|FX)|FF[1-9]|'
    + "|".join(re.escape(name) for name in sorted(_ELEMENTS, key=len, reverse=True))
    + r"|[^A-Za-z0-9\"]",
    re.IGNORECASE,
)
_MONTHS = {datetime(2000, month, 1).strftime("%b").lower(): month for month in range(1, 13)}  # noqa: DTZ001 - only its month's name is used


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a format: an element (as it was written, for its case), or a literal text."""

    element: str = ""
    literal: str = ""
    filled: bool = True  # FM switches the filling with zeros and blanks off

    @property
    def name(self) -> str:
        return "FF" if self.element.upper().startswith("FF") else self.element.upper()


@lru_cache(maxsize=256)
def _tokens(fmt: str) -> tuple[_Token, ...]:
    made: list[_Token] = []
    position, filled = 0, True
    while position < len(fmt):
        match = _TOKEN.match(fmt, position)
        if match is None:
            raise DateFormatError(fmt)
        text = match[0].upper()
        if match[2]:
            filled = filled if text == "FX" else not filled
        elif match[1] is not None or not match[0][0].isalpha():
            made.append(_Token(literal=match[1] if match[1] is not None else match[0]))
        else:
            made.append(_Token(element=match[0], filled=filled))
        position = match.end()
    return tuple(made)


def to_char(kept: str | None, fmt: str | None) -> str | None:
    """A kept time in an Oracle format; names of days and months follow the format's case.

    Raises:
        DateFormatError: the format is not understood.
    """
    if kept is None or fmt is None:
        return None
    at = datetime.fromisoformat(kept)
    return "".join(token.literal or _shown(at, token) for token in _tokens(fmt)) or None


def _shown(at: datetime, token: _Token) -> str:
    text = _ELEMENTS[token.name].show(at)
    if token.name == "FF":
        digits = token.element[2:]
        return text.ljust(9, "0")[: int(digits)] if digits else text
    if token.name in _WORDS:
        text = text if token.filled else text.rstrip()
        return _in_case_of(token.element, text)
    if not token.filled:
        return text.lstrip("0") or "0" if text.isdigit() else text
    return text.lower() if token.element.islower() and text.isalpha() else text


def _in_case_of(element: str, text: str) -> str:
    """MON gives JAN, Mon gives Jan, mon gives jan."""
    if element[:2].isupper():
        return text.upper()
    return text.lower() if element.islower() else text


def slices(fmt: str) -> list[str | tuple[int, int]] | None:
    """The format as literals and (start, length) pieces of a kept time.

    None if it has elements that do not stand there as they are.
    """
    made: list[str | tuple[int, int]] = []
    for token in _tokens(fmt):
        span = _ELEMENTS[token.name].span if token.element else None
        if token.element and (span is None or not token.filled):
            return None
        made.append(span or token.literal)
    return _merged(made)


_CANONICAL = "YYYY-MM-DD HH:MI:SS"


def _merged(pieces: list[str | tuple[int, int]]) -> list[str | tuple[int, int]]:
    """Neighbouring pieces made one, with what stands between them in a kept time."""
    made: list[str | tuple[int, int]] = []
    for piece in pieces:
        last = made[-1] if made else None
        if isinstance(last, tuple):
            start, length = last
            end = start + length
            if isinstance(piece, str) and piece == _CANONICAL[end : end + len(piece)] != "":
                made[-1] = (start, length + len(piece))
                continue
            if not isinstance(piece, str) and piece[0] == end:
                made[-1] = (start, length + piece[1])
                continue
        made.append(piece)
    return made


def to_date(text: object, fmt: str | None) -> str | None:
    """A text in an Oracle format as a kept time; what the format leaves out is the earliest.

    Raises:
        DateFormatError: the format is not understood, or the text is not of it.
    """
    if text is None or fmt is None:
        return None
    at, found = _parsed(text, fmt)
    if "zone_hours" in found or "zone_minutes" in found:  # a date has no zone
        raise DateFormatError(fmt)
    return _kept(at, found)


def to_instant(text: object, fmt: str | None, zone: str) -> str | None:
    """A text in an Oracle format as a kept moment in UTC; in `zone` if it does not say in which.

    Raises:
        DateFormatError: the format is not understood, or the text is not of it.
    """
    if text is None or fmt is None:
        return None
    at, found = _parsed(text, fmt)
    if "zone_hours" not in found:
        return utc(_kept(at, found), zone)
    hours, minutes = found["zone_hours"], int(found.get("zone_minutes", 0))
    offset = timedelta(hours=abs(int(hours)), minutes=minutes)
    try:
        return _kept(at + offset if hours.startswith("-") else at - offset, found)
    except OverflowError:
        raise DateFormatError(text) from None


def _parsed(text: object, fmt: str) -> tuple[datetime, dict[str, str]]:
    """The time that a text in a format says, to the second, and the pieces that it is made of."""
    match = _pattern(fmt).fullmatch(str(text).strip())
    if match is None:
        raise DateFormatError(text)
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    try:
        at = datetime.strptime(_day(found), "%Y-%m-%d")  # noqa: DTZ007 - the session's time
        hour, minute, second = _clock(found)
        return at.replace(hour=hour, minute=minute, second=second), found
    except ValueError:
        raise DateFormatError(text) from None


def _kept(at: datetime, found: dict[str, str]) -> str:
    fraction = found.get("fraction", "").rstrip("0")
    return f"{at.year:04}{at.strftime('-%m-%d %H:%M:%S')}{f'.{fraction}' if fraction else ''}"


@lru_cache(maxsize=256)
def _pattern(fmt: str) -> re.Pattern[str]:
    """What a text of that format looks like; trailing elements may be missing, as Oracle lets."""
    pieces = [_reads(token) for token in _tokens(fmt)]
    try:
        return re.compile("".join(f"(?:{piece}" for piece in pieces) + ")?" * len(pieces), re.ASCII)
    except re.error:  # an element comes twice
        raise DateFormatError(fmt) from None


def _reads(token: _Token) -> str:
    if token.element:
        reads = _ELEMENTS[token.name].reads
        if reads is None:
            raise DateFormatError(token.element)
        return reads
    if token.literal.isalnum():
        return re.escape(token.literal)
    # To Oracle one mark between the parts of a date is as good as another.
    return r"\s+" if token.literal.isspace() else r"[^A-Za-z0-9]" * len(token.literal)


def _day(found: dict[str, str]) -> str:
    year = _year(found)
    if "day_of_year" in found:
        first = datetime(year, 1, 1).toordinal()  # noqa: DTZ001 - a day of the calendar
        return datetime.fromordinal(first + int(found["day_of_year"]) - 1).strftime("%Y-%m-%d")
    return f"{year:04}-{_month(found)}-{found.get('day', '1')}"


def _year(found: dict[str, str]) -> int:
    if "year" in found:
        return int(found["year"])
    if "short_year" in found:
        return 2000 + int(found["short_year"])
    if "round_year" in found:  # RR: 00 to 49 is of this century, 50 to 99 of the last
        year = int(found["round_year"])
        return year if year > 99 else year + (2000 if year < 50 else 1900)
    raise DateFormatError("no year")


def _month(found: dict[str, str]) -> int:
    if "month_name" in found:
        try:
            return _MONTHS[found["month_name"][:3].lower()]
        except KeyError:
            raise DateFormatError(found["month_name"]) from None
    return int(found.get("month", 1))


def _hour(found: dict[str, str]) -> int:
    if "half_hour" in found:
        if not 1 <= int(found["half_hour"]) <= 12:
            raise DateFormatError(found["half_hour"])
        late = found.get("half", "am")[0] in "pP"
        return int(found["half_hour"]) % 12 + (12 if late else 0)
    return int(found.get("hour", 0))


def _clock(found: dict[str, str]) -> tuple[int, int, int]:
    if "day_seconds" in found:
        minutes, second = divmod(int(found["day_seconds"]), 60)
        return minutes // 60, minutes % 60, second
    return _hour(found), int(found.get("minute", 0)), int(found.get("second", 0))


_ACCOUNT: dict[str, _Show] = {
    "YYYY": lambda at: f"{at.year:04}",
    "MONTH": _strf("%B"),
    "Mon": _strf("%b"),
    "MM": _strf("%m"),
    "DD": _strf("%d"),
    "M": lambda at: str(at.month),
    "D": lambda at: str(at.day),
}
_ACCOUNT_TOKEN = re.compile("|".join(_ACCOUNT) + "|.")


def account_format(kept: str, date_format: str) -> str:
    """A kept time as SuiteQL gives it raw: its day in the account's date format, as M/D/YYYY."""
    at = datetime.fromisoformat(kept)
    pieces = _ACCOUNT_TOKEN.findall(date_format)
    return "".join(_ACCOUNT[piece](at) if piece in _ACCOUNT else piece for piece in pieces)
