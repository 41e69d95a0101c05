"""Moments in UTC and in a session's time zone, as text: YYYY-MM-DD HH:MM:SS, fractions allowed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_HOUR = 13  # characters of YYYY-MM-DD HH
_MINUTE = 16  # characters of YYYY-MM-DD HH:MM; no zone's offset has had seconds since 1972
_MOST_KEPT = 200_000


class _Minutes(dict[str, str]):
    """A conversion from minute to minute that remembers what it has found."""

    def __init__(self, zone: ZoneInfo, *, to_utc: bool) -> None:
        super().__init__()
        self._zone = zone
        self._convert = self._utc if to_utc else self._local

    def __missing__(self, minute: str) -> str:
        if len(self) > _MOST_KEPT:
            self.clear()
        try:
            made = self._convert(datetime.fromisoformat(minute)).strftime("%Y-%m-%d %H:%M")
        except OverflowError:  # the first or last hours of the calendar
            made = minute
        # strftime leaves out the zeros of years before 1000.
        self[minute] = made = made.rjust(_MINUTE, "0")
        return made

    def _local(self, minute: datetime) -> datetime:
        return minute.replace(tzinfo=UTC).astimezone(self._zone)

    def _utc(self, minute: datetime) -> datetime:
        """Of an hour that comes twice the second, standard one; a skipped one moves forward."""
        later = minute.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        if later.astimezone(self._zone).replace(tzinfo=None) == minute:
            return later
        return minute.replace(tzinfo=self._zone, fold=0).astimezone(UTC)


class _Hours(dict[str, str]):
    """A conversion from hour to hour, for those that stay whole: elsewhere it is an empty text."""

    def __init__(self, zone: ZoneInfo, *, to_utc: bool) -> None:
        super().__init__()
        self._minutes = _Minutes(zone, to_utc=to_utc)

    def __missing__(self, hour: str) -> str:
        if len(self) > _MOST_KEPT:
            self.clear()
        # Clocks are moved at whole or half hours.
        ends = [self._minutes[f"{hour}:{minute}"] for minute in ("00", "30", "59")]
        whole = [f"{ends[0][:_HOUR]}:{minute}" for minute in ("00", "30", "59")] == ends
        self[hour] = made = ends[0][:_HOUR] if whole else ""
        return made

    def convert(self, moment: str) -> str:
        """The moment in the other zone."""
        hour = self[moment[:_HOUR]]
        if hour:
            return hour + moment[_HOUR:]
        return self._minutes[moment[:_MINUTE]] + moment[_MINUTE:]


class _Zones(dict[str, _Hours]):
    """The conversions of each zone that has been used."""

    def __init__(self, *, to_utc: bool) -> None:
        super().__init__()
        self._to_utc = to_utc

    def __missing__(self, zone: str) -> _Hours:
        self[zone] = made = _Hours(ZoneInfo(zone), to_utc=self._to_utc)
        return made


_LOCAL = _Zones(to_utc=False)
_UTC = _Zones(to_utc=True)


def local(moment: str | None, zone: str) -> str | None:
    """A moment in UTC by the clocks of `zone`, an IANA name."""
    return None if moment is None else shown(moment, zone)


def shown(moment: str, zone: str) -> str:
    """What the clocks of `zone` show at a moment in UTC."""
    return _LOCAL[zone].convert(moment)


def local_hour(hour: str, zone: str) -> str:
    """The hour, as YYYY-MM-DD HH, that the clocks of `zone` show during one in UTC.

    An empty text if it begins within an hour of UTC, or ends there.
    """
    return _LOCAL[zone][hour]


def utc(moment: str | None, zone: str) -> str | None:
    """What the clocks of `zone` show, in UTC.

    Where they are put back, an hour comes twice: Oracle takes standard time, the second one.
    Where they are put forward, an hour is missing: its minutes count as those after it.
    """
    if moment is None:
        return None
    return _UTC[zone].convert(moment)
