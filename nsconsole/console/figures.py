"""How figures are worded and drawn: times to come, lengths of time, shares, trends."""

from collections.abc import Sequence
from datetime import datetime

from nsconsole.console import words

_STEPS = "▁▂▃▄▅▆▇█"


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
