"""Days before and after today, by the names that BUILTIN.RELATIVE_RANGES has for them.

Source: Oracle, "query.RelativeDateRange". Weeks begin on Sunday; the fiscal year is the calendar's.
The rolling ranges and those of the previous ones within a longer range are not here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from nsconsole.sandbox.suiteql.daymath import same_day

_Unit: TypeAlias = Callable[[date], tuple[date, date]]


def _day(within: date) -> tuple[date, date]:
    return within, within


def _week(within: date) -> tuple[date, date]:
    first = within - timedelta(days=within.isoweekday() % 7)
    return first, first + timedelta(days=6)


def _business_week(within: date) -> tuple[date, date]:
    first, last = _week(within)
    return first + timedelta(days=1), last - timedelta(days=1)


def _months(length: int) -> _Unit:
    """Months in a row, so many, of which January is a first one."""

    def unit(within: date) -> tuple[date, date]:
        first = within.replace(month=(within.month - 1) // length * length + 1, day=1)
        return first, same_day(first, length) - timedelta(days=1)

    return unit


@dataclass(frozen=True, slots=True)
class _Range:
    """The unit around the day that is so many days and months away from today."""

    unit: _Unit
    days: int = 0
    months: int = 0
    to_date: bool = False  # it ends with that day

    def around(self, today: date) -> tuple[date, date]:
        """Its first and its last day."""
        day = same_day(today + timedelta(days=self.days), self.months)
        first, last = self.unit(day)
        return first, day if self.to_date else last


_MONTH, _QUARTER, _HALF, _YEAR = _months(1), _months(3), _months(6), _months(12)
_SINGLE_DAYS = {
    "TODAY": 0,
    "YESTERDAY": -1,
    "TOMORROW": 1,
    "SDLW": -7,
    "SDWBL": -14,
    **{f"DAGO{days}": -days for days in (2, 3, 4, 5, 10, 30, 60, 90)},
    **{f"DFN{days}": days for days in (2, 3, 4, 5, 10, 30, 60, 90)},
}
_SAME_DAYS = {"SDLM": 1, "SDMBL": 2, "SDLFQ": 3, "SDFQBL": 6, "SDLFY": 12, "SDFYBL": 24}
_WEEKS = {"TW": 0, "LW": -1, "WBL": -2, "NW": 1, "WAN": 2}
_BUSINESS_WEEKS = {"TBW": 0, "LBW": -1, "NBW": 1}
_LONGER: dict[_Unit, dict[str, int]] = {
    _week: {"SWLFY": -12, "SWFYBL": -24},
    _MONTH: {
        "TM": 0, "LM": -1, "MBL": -2, "MB": -3, "NM": 1, "MAN": 2,
        "LMLFQ": -4, "LMFQBL": -7, "LMLFY": -13, "LMFYBL": -25,
        "SMLFQ": -3, "SMFQBL": -6, "SMLFY": -12, "SMFYBL": -24,
    },
    _QUARTER: {
        "TFQ": 0, "LFQ": -3, "FQBL": -6, "FQB": -9, "NFQ": 3,
        "LFQLFY": -15, "LFQFYBL": -27, "SFQLFY": -12, "SFQFYBL": -24,
    },
    _HALF: {"TFH": 0, "LFH": -6, "FHBL": -12, "NFH": 6, "LFHLFY": -18, "SFHLFY": -12},
    _YEAR: {
        "TFY": 0, "LFY": -12, "FYBL": -24, "FYB": -36, "NFY": 12,
        "TY": 0, "LY": -12, "OYBL": -24,
    },
}  # fmt: skip
_WHOLE = {
    **{name: _Range(_day, days=days) for name, days in _SINGLE_DAYS.items()},
    **{name: _Range(_day, months=-months) for name, months in _SAME_DAYS.items()},
    **{name: _Range(_week, days=7 * weeks) for name, weeks in _WEEKS.items()},
    **{name: _Range(_business_week, days=7 * weeks) for name, weeks in _BUSINESS_WEEKS.items()},
    **{
        name: _Range(unit, months=months)
        for unit, names in _LONGER.items()
        for name, months in names.items()
    },
}
_RANGES = {
    **_WHOLE,
    **{
        f"{name}TD": _Range(each.unit, each.days, each.months, to_date=True)
        for name, each in _WHOLE.items()
        if each.unit is not _day and each.unit is not _business_week
    },
}


def is_known(name: str) -> bool:
    """Whether there is a range of that name."""
    return name in _RANGES


def end_of(today: str, name: str, end: str) -> str:
    """The first (`START`) or last (`END`) day of a range around a kept time, as a kept time."""
    first, last = _RANGES[name].around(date.fromisoformat(today[:10]))
    return f"{first if end == 'START' else last} 00:00:00"
