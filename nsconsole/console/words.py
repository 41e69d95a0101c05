"""How facts are worded in the console: ages, risks and states; never by colour alone."""

from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

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
