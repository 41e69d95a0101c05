"""Oracle's dates: formats, sessions' time zones, arithmetic.

Rules: Oracle, SQL Language Reference, "Datetime Format Models" and the functions' own pages.
"""

import calendar
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_MONTHS = calendar.month_name
_DAYS = calendar.day_name
_LONGEST = 9  # letters, in September and Wednesday


def local(moment, zone):
    """A time as the session's clock shows it."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def instant(moment, zone):
    """The instant at which the session's clock shows a time.

    Of an hour that comes twice it is the second, in standard time; one that never comes counts
    on from the offset before it.
    """
    if moment.tzinfo:
        return moment
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    comes_twice = first != second and first.astimezone(zone).replace(tzinfo=None) == moment
    return second if comes_twice else first


def utc(moment, zone):
    """SYS_EXTRACT_UTC."""
    return instant(moment, zone).replace(tzinfo=None)


def _cased(name, element, at_most=_LONGEST):
    """A name in the case of the format's element."""
    text = name[:at_most]
    if element.isupper():
        return text.upper()
    return text.lower() if element.islower() else text


def _numbers(at):
    return {
        "YYYY": (at.year, 4),
        "YY": (at.year % 100, 2),
        "Q": ((at.month + 2) // 3, 1),
        "MM": (at.month, 2),
        "DDD": (at.timetuple().tm_yday, 3),
        "DD": (at.day, 2),
        "D": (at.isoweekday() % 7 + 1, 1),
        "IW": (at.isocalendar().week, 2),
        "WW": ((at.timetuple().tm_yday + 6) // 7, 2),
        "HH24": (at.hour, 2),
        "HH12": (at.hour % 12 or 12, 2),
        "HH": (at.hour % 12 or 12, 2),
        "MI": (at.minute, 2),
        "SSSSS": (at.hour * 3600 + at.minute * 60 + at.second, 5),
        "SS": (at.second, 2),
    }


_TOKEN = re.compile(
    r'"(?P<text>[^"]*)"|(?P<name>MONTH|MON|DAY|DY|AM|PM|FM)'
    r"|(?P<number>YYYY|YY|Q|MM|DDD|DD|D|IW|WW|HH24|HH12|HH|MI|SSSSS|SS)|(?P<mark>[^A-Za-z0-9])",
    re.IGNORECASE,
)


def to_char(at, form):
    """A naive time in a format."""
    made, fill = [], True
    for token in _TOKEN.finditer(form):
        if token["name"] and token["name"].upper() == "FM":
            fill = not fill
        elif token["name"]:
            made.append(_name(at, token["name"], fill))
        elif token["number"]:
            number, width = _numbers(at)[token["number"].upper()]
            made.append(f"{number:0{width}}" if fill else str(number))
        else:
            made.append(token["mark"] or token["text"])
    return "".join(made)


def _name(at, element, fill):
    word = element.upper()
    if word in ("AM", "PM"):
        return _cased("AM" if at.hour < 12 else "PM", element)
    name = _MONTHS[at.month] if word.startswith("MON") else _DAYS[at.weekday()]
    if word in ("MON", "DY"):
        return _cased(name, element, 3)
    return _cased(name, element).ljust(_LONGEST if fill else 0)


def to_date(text, form):
    """The naive time of a text that `to_char` could have written in the format."""
    pattern, elements = "", []
    for token in _TOKEN.finditer(form):
        element = (token["name"] or token["number"] or "").upper()
        if element:
            elements.append(element)
            width = 4 if element == "YYYY" else 2
            pattern += r"([A-Za-z]+)" if token["name"] else rf"(\d{{1,{width}}})"
        else:
            pattern += re.escape(token["mark"] or token["text"])
    return _moment(dict(zip(elements, re.fullmatch(pattern, text).groups(), strict=True)))


def _moment(found):
    hour = int(found.get("HH24", 0))
    half = found.get("AM") or found.get("PM")
    if half:
        hour = int(found.get("HH12") or found["HH"]) % 12 + 12 * (half.upper() == "PM")
    month = found.get("MM")
    if month is None:
        month = [name[:3].upper() for name in _MONTHS].index(found["MON"].upper())
    return datetime(  # noqa: DTZ001 - the session's time
        int(found["YYYY"]),
        int(month),
        int(found["DD"]),
        hour,
        int(found.get("MI", 0)),
        int(found.get("SS", 0)),
    )


def plus(at, days):
    """A naive time and a number of days later, to the second."""
    return at + timedelta(seconds=round(days * 86_400))


def add_months(at, months):
    """The last day of a month stays the last; a day that is not there becomes the last."""
    years, month = divmod(at.month - 1 + int(months), 12)
    year = at.year + years
    last = calendar.monthrange(year, month + 1)[1]
    was_last = at.day == calendar.monthrange(at.year, at.month)[1]
    return at.replace(year=year, month=month + 1, day=last if was_last else min(at.day, last))


def months_between(later, earlier):
    """Whole months between the same days, or last days; else with a part of 31 days."""
    months = Decimal((later.year - earlier.year) * 12 + later.month - earlier.month)
    both_last = all(at.day == last_day(at).day for at in (later, earlier))
    if later.day == earlier.day or both_last:
        return months
    distance = (later - trunc(later, "MM")) - (earlier - trunc(earlier, "MM"))
    return months + Decimal(distance.total_seconds()) / 86_400 / 31


def next_day(at, name):
    """The first such day of the week after a time, at its hour."""
    wanted = [day.upper() for day in _DAYS].index(name)
    return at + timedelta(days=(wanted - at.weekday() - 1) % 7 + 1)


def rounded(at, form="DD"):
    """The nearer start of a unit: a day turns at noon, a month on the 16th, a year in July."""
    start = trunc(at, form)
    if form == "DD":
        return start + timedelta(days=at.hour >= 12)
    if form == "MM":
        return add_months(start, at.day >= 16)
    return add_months(start, 12 * (at.month >= 7))


def last_day(at):
    return at.replace(day=calendar.monthrange(at.year, at.month)[1])


def trunc(at, form="DD"):
    """The start of the unit that `form` names."""
    at = at.replace(second=0)
    if form == "MI":
        return at
    at = at.replace(minute=0)
    if form in ("HH", "HH24"):
        return at
    at = at.replace(hour=0)
    if form == "IW":
        return at - timedelta(days=at.weekday())
    if form in ("MM", "MONTH"):
        return at.replace(day=1)
    if form == "Q":
        return at.replace(month=(at.month - 1) // 3 * 3 + 1, day=1)
    return at.replace(month=1, day=1) if form in ("YYYY", "YEAR") else at


_ACCOUNT_FORMATS = {
    "M/D/YYYY": "{m}/{d}/{y}",
    "D/M/YYYY": "{d}/{m}/{y}",
    "D.M.YYYY": "{d}.{m}.{y}",
    "D-Mon-YYYY": "{d}-{name}-{y}",
    "YYYY/M/D": "{y}/{m}/{d}",
    "YYYY-M-D": "{y}-{m}-{d}",
    "MM/DD/YYYY": "{m:02}/{d:02}/{y}",
    "DD/MM/YYYY": "{d:02}/{m:02}/{y}",
    "DD.MM.YYYY": "{d:02}.{m:02}.{y}",
    "DD-Mon-YYYY": "{d:02}-{name}-{y}",
    "YYYY/MM/DD": "{y}/{m:02}/{d:02}",
    "YYYY-MM-DD": "{y}-{m:02}-{d:02}",
}
ACCOUNT_FORMATS = tuple(_ACCOUNT_FORMATS)


def raw(at, form):
    """A naive time as an answer has it: the day alone, in the account's format."""
    name = _MONTHS[at.month][:3]
    return _ACCOUNT_FORMATS[form].format(y=at.year, m=at.month, d=at.day, name=name)
