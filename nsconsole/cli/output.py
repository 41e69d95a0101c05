"""What a command prints: plain text for people, or one JSON document. All data is cleaned here."""

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from nsconsole.text import clean

_UNBOUNDED = 10_000  # a pipe has no width: nothing is cut that a program might look for
_GAP = "  "
_NARROWEST = 3


def document(content: Mapping[str, object]) -> None:
    """Print a JSON document on one line of stdout.

    It is ASCII, so that nothing in it controls a terminal; times are ISO 8601 in UTC with a Z.
    """
    print(json.dumps(content, default=_plain, allow_nan=False), flush=True)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def moment(value: datetime) -> str:
    """Give an aware time as ISO 8601 in UTC, to the second and with a Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute(value: datetime) -> str:
    """Give an aware time in UTC as people read it in a table."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def line(text: str = "") -> None:
    """Print a line for people, or several."""
    print(clean(text, keep_newlines=True))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns that fit the terminal; what does not is cut, the widest first."""
    cells = [[clean(cell) for cell in row] for row in [headings, *rows]]
    widths = _fitted([max(map(_width, column)) for column in zip(*cells, strict=True)])
    for row in cells:
        print(_GAP.join(map(_padded, row, widths)).rstrip())


def _fitted(widths: list[int]) -> list[int]:
    room = shutil.get_terminal_size((_UNBOUNDED, 24)).columns - len(_GAP) * (len(widths) - 1)
    widths = [min(width, _UNBOUNDED) for width in widths]
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = widths.index(max(widths))
        next_widest = max([_NARROWEST, *(w for w in widths if w < widths[widest])])
        widths[widest] -= min(sum(widths) - room, max(widths[widest] - next_widest, 1))
    return widths


def _padded(text: str, width: int) -> str:
    shown = _cut(text, width)
    return shown + " " * (width - _width(shown))


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    text = text[: width - 1]
    while _width(text) >= width:
        text = text[:-1]
    return text + "…"


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fail(message: str, *, code: int, as_json: bool, usage: str = "") -> None:
    """Say on stderr what is wrong; with `as_json` also as the one document on stdout."""
    with suppress(OSError):
        print(f"{usage}nsconsole: {clean(message, keep_newlines=True)}", file=sys.stderr)
    if as_json:
        with suppress(OSError):
            document({"error": {"code": code, "message": message}})


def flush() -> None:
    """Write out what is still held back. Raises OSError where nobody reads, or nothing fits."""
    if sys.stdout is not None:
        sys.stdout.flush()


def end() -> None:
    """Write out what is left; if it cannot be, let it go, or Python would complain at its end."""
    try:
        flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
