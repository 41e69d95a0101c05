"""How tables and their pulls are worded and drawn: never by colour alone."""

from typing import TYPE_CHECKING

from nsconsole.console import figures

if TYPE_CHECKING:
    from nsconsole.services.sync.overview import Running, TableLine

_SHORTEST = 6  # cells of a bar that still shows something
_LOUD = {"late": "LATE", "stalled": "STALLED"}
_TONES = {"on time": "good", "late": "warning", "stalled": "bad"}


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
    share, left = min(running.rows_read / running.expected, 1), _time_left(running)
    said = "  ".join(filter(None, (f"{share:4.0%}", speed, left)))
    if width - len(said) - 2 < _SHORTEST:
        said = "  ".join(filter(None, (f"{share:4.0%}", left)))
    return f"{figures.bar(share, width - len(said) - 2)} {said}"


def _time_left(running: "Running") -> str:
    """Say how long a pull will still take; empty if that is not known."""
    if not running.expected or not running.rows_per_second:
        return ""
    rows = max(running.expected - running.rows_read, 0)
    return f"{figures.span(rows / running.rows_per_second)} left"
