"""How facts are worded in the console: ages, risks and states; never by colour alone."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.lines import Line

RISKS = {"low": "low", "medium": "med", "high": "HIGH"}

UNDO = "↶"

_PUSHES = {
    "queued": "queued",
    "in_flight": "in flight",
    "applied": "✓ applied",
    "dead": "✗ dead",
    "cancelled": "cancelled",
}
_PROPOSALS = {
    "pending": "",
    "approved": "approved",
    "rejected": "✗ rejected",
    "withdrawn": "withdrawn",
    "expired": "expired",
}


def age(since: datetime, now: datetime) -> str:
    """Give the time since a moment in at most four characters: 12s, 5m, 3h, 12d, 14w, 3y."""
    seconds = max(int((now - since).total_seconds()), 0)
    for size, unit in (
        (31_557_600, "y"),
        (604_800 * 9, "w"),
        (86_400, "d"),
        (3600, "h"),
        (60, "m"),
    ):
        if seconds >= size:
            return f"{seconds // (604_800 if unit == 'w' else size)}{unit}"
    return f"{seconds}s"


def seconds_left(until: datetime, now: datetime) -> int:
    """Give the whole seconds until a moment, the one begun among them; 0 if it is over."""
    return max(ceil((until - now).total_seconds()), 0)


def moment(at: datetime) -> str:
    """Give a moment in the reader's own time zone."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def since(at: datetime | None, why: str | None, now: datetime) -> str:
    """Give “ since 2026-11-20 14:05 (2h): why”, as far as it is known."""
    told = f" since {moment(at)[:16]} ({age(at, now)})" if at else ""
    return told + (f": {clean(why, limit=200).rstrip('.')}" if why else "")


def state(line: "Line", now: datetime) -> str:
    """Say how a proposal stands, following its push to the end."""
    if line.undo_until and (left := seconds_left(line.undo_until, now)):
        return f"{UNDO} {left} s"
    if line.status != "approved":
        return _PROPOSALS[line.status]
    if line.push == "queued" and line.error:
        return "↻ retrying"
    return _PUSHES.get(line.push or "", "") or _PROPOSALS[line.status]


def counted(number: int, what: str) -> str:
    """Give “1 proposal”, “1,204 proposals”, “3 pushes”."""
    ending = "es" if what.endswith("sh") else "s"
    return f"{number:,} {what}{'' if number == 1 else ending}"


def selected(number: int) -> str:
    """Say how many are selected; nothing of none."""
    return f"{number:,} selected (U unselects)" if number else ""


def filtered(text: str) -> str:
    """Say by what is filtered; nothing of nothing."""
    return f"filter “{clean(text, limit=30)}” (esc clears)" if text else ""


def joined(*parts: str) -> str:
    """Put what there is to say of a list in one line; the parts that are empty are left out."""
    return " · ".join(filter(None, parts))


def listed(names: Sequence[str], most: int = 3) -> str:
    """Name the first of some names that are safe to show, and count the rest."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")
