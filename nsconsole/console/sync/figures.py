"""How figures of the mirror are worded and drawn: never by colour alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from nsconsole.console import words

if TYPE_CHECKING:
    from nsconsole.services.sync.overview import Running, TableLine

_SHORTEST = 6  # cells of a bar that still shows something
_STEPS = "▁▂▃▄▅▆▇█"
_LOUD = {"late": "LATE", "stalled": "STALLED"}
_TONES = {"on time": "good", "late": "warning", "stalled": "bad"}


def countdown(at: datetime, now: datetime) -> str:
    """Give the time until a moment: now, 42s, 2:41, 1h05m."""
    seconds = round((at - now).total_seconds())
    return span(seconds) if seconds > 0 else "now"


def until(at: datetime, now: datetime) -> str:
    """Give the time until a moment, by the minute as long as it is more than one: now, 42s, 3m."""
    left = countdown(at, now)
    return words.age(now, at) if ":" in left or "h" in left else left


def span(seconds: float) -> str:
    """Give a length of time in at most six characters: 42s, 2:41, 1h05m, 3d."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    if whole < 86_400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"{whole // 86_400}d"


def sparkline(values: Sequence[int], width: int) -> str:
    """Draw the last values as bars, the highest full; a dot is a nought."""
    shown = values[-width:]
    most = max(shown, default=0)
    return "".join(_STEPS[(value * 7) // most] if value else "·" for value in shown)


def bar(done: float, width: int) -> str:
    """Draw a share, from 0 to 1, as a bar."""
    full = round(max(min(done, 1), 0) * width)
    return "█" * full + "░" * (width - full)


def state(line: "TableLine") -> str:
    """Say how a table stands, loudly if it is behind."""
    if line.running:
        return "stopping" if line.running.cancelling else "running"
    return _LOUD.get(line.freshness, str(line.freshness))


def tone(line: "TableLine") -> str:
    """Name the style of a table's state."""
    return "" if line.running else _TONES.get(line.freshness, "muted")


def rate(line: "TableLine") -> str:
    """Give the rows a second of the pull under way, or of the last one."""
    if line.running:
        return f"{line.running.rows_per_second:,.0f}"
    if line.last is None or line.last.ended_at is None or not line.last.rows_read:
        return ""
    seconds = (line.last.ended_at - line.last.started_at).total_seconds()
    return f"{line.last.rows_read / seconds:,.0f}" if seconds > 0 else ""


def progress(running: "Running", width: int) -> str:
    """Draw a pull under way: its bar, rows a second and time left, as far as there is room."""
    speed = f"{running.rows_per_second:,.0f}/s" if running.rows_per_second else ""
    if not running.expected:
        return "  ".join(filter(None, (f"{running.rows_read:,} rows", speed)))
    share, left = min(running.rows_read / running.expected, 1), time_left(running)
    said = "  ".join(filter(None, (f"{share:4.0%}", speed, left)))
    if width - len(said) - 2 < _SHORTEST:
        said = "  ".join(filter(None, (f"{share:4.0%}", left)))
    return f"{bar(share, width - len(said) - 2)} {said}"


def time_left(running: "Running") -> str:
    """Say how long a pull will still take; empty if that is not known."""
    if not running.expected or not running.rows_per_second:
        return ""
    rows = max(running.expected - running.rows_read, 0)
    return f"{span(rows / running.rows_per_second)} left"
