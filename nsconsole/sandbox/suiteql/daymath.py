"""Oracle's date arithmetic, over times kept as YYYY-MM-DD HH:MM:SS."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Kept: TypeAlias = str | None
_Day = TypeVar("_Day", bound=date)
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class BadDateError(ValueError):
    """A name of a day or a unit that is not understood."""


def _read(kept: str) -> datetime:
    return datetime.fromisoformat(kept)


def _keep(at: datetime) -> str:
    return f"{at.year:04}{at.strftime('-%m-%d %H:%M:%S')}"


def add_days(kept: Kept, days: float | None) -> Kept:
    """A time so many days later, to the second; a fraction of a day is hours and minutes."""
    if kept is None or days is None:
        return None
    return _keep(_read(kept) + timedelta(seconds=round(days * 86_400)))


def days_between(later: Kept, earlier: Kept) -> float | None:
    """How many days lie between two times, with their fraction."""
    if later is None or earlier is None:
        return None
    days = (_read(later) - _read(earlier)) / timedelta(days=1)
    return int(days) if days.is_integer() else days


def add_months(kept: Kept, months: float | None) -> Kept:
    """The same day so many months later; the last day of a month stays a last day."""
    if kept is None or months is None:
        return None
    at = _read(kept)
    moved = same_day(at, int(months))
    was_last = at.day == _length(at)
    return _keep(moved.replace(day=_length(moved)) if was_last else moved)


def same_day(of: _Day, months: int) -> _Day:
    """The same day of the month that is so many months later, or the last one that it has."""
    year, month = divmod(of.year * 12 + of.month - 1 + months, 12)
    first = of.replace(year=year, month=month + 1, day=1)
    return first.replace(day=min(of.day, _length(first)))


def _length(within: date) -> int:
    return calendar.monthrange(within.year, within.month)[1]


def last_day(kept: Kept) -> Kept:
    """The last day of the month, at the same time of day."""
    if kept is None:
        return None
    at = _read(kept)
    return _keep(at.replace(day=_length(at)))


def months_between(later: Kept, earlier: Kept) -> float | None:
    """Months between two times: whole from a day to the same day, or from end to end of months."""
    if later is None or earlier is None:
        return None
    one, other = _read(later), _read(earlier)
    months = (one.year - other.year) * 12 + one.month - other.month
    ends = [at.day == _length(at) for at in (one, other)]
    if one.day == other.day or all(ends):
        return months
    seconds = (one.day - other.day) * 86_400 + _of_day(one) - _of_day(other)
    return months + seconds / (31 * 86_400)


def _of_day(at: datetime) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def next_day(kept: Kept, name: str | None) -> Kept:
    """The first day of that name after the given one.

    Raises:
        BadDateError: no day has that name.
    """
    if kept is None or name is None:
        return None
    if name.strip().upper()[:3] not in _DAYS:
        raise BadDateError(name)
    at = _read(kept)
    ahead = (_DAYS.index(name.strip().upper()[:3]) - at.weekday() - 1) % 7 + 1
    return _keep(at + timedelta(days=ahead))


_UNITS = {
    **dict.fromkeys(("SYYYY", "YYYY", "YEAR", "YYY", "YY", "Y"), "year"),
    **dict.fromkeys(("MONTH", "MON", "MM", "RM"), "month"),
    **dict.fromkeys(("DDD", "DD", "J"), "day"),
    **dict.fromkeys(("DAY", "DY", "D"), "week"),
    **dict.fromkeys(("HH", "HH12", "HH24"), "hour"),
    "Q": "quarter",
    "IW": "isoweek",
    "WW": "yearweek",
    "W": "monthweek",
    "MI": "minute",
}


def trunc(kept: Kept, unit: str | None) -> Kept:
    """The beginning of the unit (an Oracle format element such as MM or IW) that the time is in.

    Raises:
        BadDateError: there is no such unit.
    """
    if kept is None or unit is None:
        return None
    return _keep(_begin(_read(kept), _unit(unit)))


def rounded(kept: Kept, unit: str | None) -> Kept:
    """The nearest beginning of a unit; from its middle on it is the next one.

    Raises:
        BadDateError: there is no such unit.
    """
    if kept is None or unit is None:
        return None
    at, name = _read(kept), _unit(unit)
    begin = _begin(at, name)
    end = _next(begin, name)
    if name == "year":
        return _keep(end if at.month >= 7 else begin)
    if name == "month":
        return _keep(end if at.day >= 16 else begin)
    if name == "quarter":
        second = begin.replace(month=begin.month + 1, day=16)
        return _keep(end if at >= second else begin)
    return _keep(end if at - begin >= (end - begin) / 2 else begin)


def _unit(unit: str) -> str:
    try:
        return _UNITS[unit.strip().upper()]
    except KeyError:
        raise BadDateError(unit) from None


def _begin(at: datetime, unit: str) -> datetime:
    if unit == "minute":
        return at.replace(second=0, microsecond=0)
    if unit == "hour":
        return at.replace(minute=0, second=0, microsecond=0)
    return _BEGINS[unit](at.replace(hour=0, minute=0, second=0, microsecond=0))


_BEGINS: dict[str, Callable[[datetime], datetime]] = {
    "year": lambda day: day.replace(month=1, day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "month": lambda day: day.replace(day=1),
    "week": lambda day: day - timedelta(days=day.isoweekday() % 7),
    "isoweek": lambda day: day - timedelta(days=day.weekday()),
    "yearweek": lambda day: day - timedelta(days=(day.timetuple().tm_yday - 1) % 7),
    "monthweek": lambda day: day - timedelta(days=(day.day - 1) % 7),
    "day": lambda day: day,
}


def _next(begin: datetime, unit: str) -> datetime:
    match unit:
        case "year":
            return begin.replace(year=begin.year + 1)
        case "quarter" | "month":
            year, month = divmod(begin.month - 1 + (3 if unit == "quarter" else 1), 12)
            return begin.replace(year=begin.year + year, month=month + 1)
        case "week" | "isoweek" | "yearweek" | "monthweek":
            return begin + timedelta(days=7)
        case "hour":
            return begin + timedelta(hours=1)
        case "minute":
            return begin + timedelta(minutes=1)
    return begin + timedelta(days=1)
