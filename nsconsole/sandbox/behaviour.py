"""What differs from one NetSuite account to another, or is not known: a switch for each."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

# The choices of "Date Format" at Home > Set Preferences.
DateFormat: TypeAlias = Literal[
    "M/D/YYYY",
    "D/M/YYYY",
    "D-Mon-YYYY",
    "D.M.YYYY",
    "D-MONTH-YYYY",
    "D MONTH, YYYY",
    "YYYY/M/D",
    "YYYY-M-D",
    "DD/MM/YYYY",
    "DD-Mon-YYYY",
    "DD.MM.YYYY",
    "DD-MONTH-YYYY",
    "DD MONTH, YYYY",
    "MM/DD/YYYY",
    "YYYY/MM/DD",
    "YYYY-MM-DD",
]
_WORDS = {"true": True, "false": False, "none": None, "null": None}
_DAY_SECONDS = 86_400


class BehaviourError(ValueError):
    """A switch that does not exist, or a value that it cannot take; the message lists what can."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the sandbox behaves where accounts differ; the defaults are the likeliest account."""

    time_zone: str = "America/Los_Angeles"  # of the session: an IANA name
    date_format: DateFormat = "M/D/YYYY"  # of a date that a query selects as it is
    language: Literal["en", "de", "es", "fr", "it", "ja", "pt"] = "en"  # of a RESTlet's overload
    past_limit: Literal["stop", "error"] = "stop"  # behind the last row that may be reached
    connect: bool = False  # SuiteAnalytics Connect: a million rows instead of 100,000
    bad_column: Literal["named", "error_500"] = "named"
    name_all_bad_columns: bool = False
    unknown_column: Literal["by_form", "identifier", "field"] = "by_form"
    missing_prefer: Literal["refuse", "ignore"] = "refuse"
    allow_with: bool = False
    allow_limit: bool = False
    bare_order_is_stable: bool = True  # ORDER BY without ASC or DESC counts
    error_type: Literal["rfc9110", "w3c"] = "rfc9110"
    retry_after: int | None = None  # seconds, sent with 429 and 503
    lock_after: int = 5  # failed logins in a row; 0: never
    expires_in: Literal["number", "text"] = "number"  # an access token's seconds: 3600 or "3600"
    restlet_idempotent: bool = True  # it remembers request ids, and its ping says so
    restlet_max_operations: int = 50  # that a call of the RESTlet takes, as its ping says
    usage_units: int = 5000  # that a call of the RESTlet may use
    operation_seconds: int = 0  # that each operation of the RESTlet takes, of the sandbox's time
    governance: Literal["accountLimit", "integrationSpecific", "internal"] = "accountLimit"
    integration_concurrency: int = 2  # of the integration, if governance is integrationSpecific
    clock_offset_seconds: int = 0  # the sandbox's clock is wrong by so much
    late_commit_seconds: int = 0  # a change is stamped so much before it can be seen
    empty_schema_every: int = 0  # so many schemas of the metadata catalog have one without fields
    dangling_custom_fields: bool = False  # SuiteQL's catalog breaks where a field's target is gone


class Switches:
    """The behaviour of the moment; safe to read and change from any thread."""

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self._lock = threading.Lock()
        self._current = behaviour or Behaviour()

    @property
    def current(self) -> Behaviour:
        """All switches at one moment: read once a request, not once a switch."""
        return self._current

    def change(self, values: Mapping[str, object]) -> Behaviour:
        """Set the switches that `values` names, all or none; return what holds now.

        Raises:
            BehaviourError: an unknown name, or a value that is none of the switch's.
        """
        with self._lock:
            self._current = changed(self._current, values)
            return self._current


def changed(behaviour: Behaviour, values: Mapping[str, object]) -> Behaviour:
    """`behaviour` with other values.

    Raises:
        BehaviourError: an unknown name, or a value that is none of the switch's.
    """
    for name, value in values.items():
        _check(name, value)
    return replace(behaviour, **values)  # type: ignore[arg-type]  # each was checked by its field


def as_json(behaviour: Behaviour) -> dict[str, object]:
    """Every switch and its value."""
    return asdict(behaviour)


def from_text(text: str) -> tuple[str, object]:
    """The name and value of `name=value`, as a command line gives them.

    Raises:
        BehaviourError: no `=`, an unknown name, or a value that is none of the switch's.
    """
    name, equals, word = text.partition("=")
    if not equals:
        raise BehaviourError(f"{text!r} is not of the form name=value.")
    value: object = _WORDS.get(word.lower(), word)
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        value = int(value)
    _check(name, value)
    return name, value


@cache
def _types() -> dict[str, object]:
    return get_type_hints(Behaviour)


def _check(name: str, value: object) -> None:
    if name not in _types():
        known = ", ".join(each.name for each in fields(Behaviour))
        raise BehaviourError(f"There is no switch {name!r}. There are: {known}.")
    kind = _types()[name]
    choices = get_args(kind)
    if choices and int not in choices:
        good, wanted = value in choices, "one of " + ", ".join(map(str, choices))
    elif kind is bool:
        good, wanted = isinstance(value, bool), "true or false"
    elif kind is str:
        good, wanted = _is_zone(value), "a time zone such as America/Los_Angeles"
    else:
        good, wanted = _is_count(name, value, optional=bool(choices)), "a whole number in its range"
    if not good:
        raise BehaviourError(f"{name} must be {wanted}; got {value!r}.")


def _is_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_count(name: str, value: object, *, optional: bool) -> bool:
    if value is None:
        return optional
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    least = -366 * _DAY_SECONDS if name == "clock_offset_seconds" else 0
    return least <= value <= 366 * _DAY_SECONDS
