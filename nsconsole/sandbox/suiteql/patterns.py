"""Oracle's regular expressions, kept to what is matched in bounded time."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

# What a pattern is made of, which only these modules behind `re` tell; they have no stubs.
parser: Any = import_module("re._parser")
codes: Any = import_module("re._constants")

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
_MOST_WORK = 3_000_000  # steps of one match, at worst
_LONGEST = 512
_CLASSES = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z",
    "space": r"\s", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f", "print": r"\x20-\x7e", "graph": r"\x21-\x7e",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")
_BACK = re.compile(r"\\([0-9])|(\\)")


class PatternError(ValueError):
    """A pattern that is not understood, or that might take for ever."""


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> tuple[re.Pattern[str], int]:
    """The pattern, and how many of its repetitions have no end."""
    if len(pattern) > _LONGEST:
        raise PatternError(pattern)
    text = _CLASS.sub(_posix, pattern)
    options = re.NOFLAG
    options |= re.IGNORECASE if "i" in flags else 0
    options |= re.MULTILINE if "m" in flags else 0
    options |= re.DOTALL if "n" in flags else 0
    options |= re.VERBOSE if "x" in flags else 0
    try:
        loops = _loops(parser.parse(text, options), inside=False)
        return re.compile(text, options), loops
    except (re.error, OverflowError, RecursionError):
        raise PatternError(pattern) from None


def _posix(match: re.Match[str]) -> str:
    try:
        return _CLASSES[match[1]]
    except KeyError:
        raise PatternError(match[0]) from None


def _loops(
    tree: Any,  # noqa: ANN401 - of a module without stubs
    *,
    inside: bool,
) -> int:
    """Count repetitions without a small end; refuse one in another, and a choice in one."""
    count = 0
    for code, content in tree:
        if code in _REPEATS:
            _, most, repeated = content
            endless = most > 3
            if endless and inside:
                raise PatternError("a repetition in a repetition")
            count += endless + _loops(repeated, inside=inside or endless)
        elif code is codes.SUBPATTERN:
            count += _loops(content[-1], inside=inside)
        elif code is codes.BRANCH:
            if inside:
                raise PatternError("a choice in a repetition")
            count += sum(_loops(branch, inside=inside) for branch in content[1])
        elif code in (codes.ASSERT, codes.ASSERT_NOT, codes.GROUPREF_EXISTS, codes.ATOMIC_GROUP):
            raise PatternError("not of Oracle's patterns")
    return count


def _ready(text: str, pattern: str, flags: str) -> re.Pattern[str]:
    compiled, loops = _compiled(pattern, flags)
    if (len(text) + 1) ** (loops + 1) > _MOST_WORK:
        raise PatternError(pattern)
    return compiled


def like(text: str | None, pattern: str | None, flags: str = "") -> int | None:
    """REGEXP_LIKE: 1 if the pattern is found in the text, else 0."""
    if text is None or pattern is None:
        return None
    return int(_ready(text, pattern, flags or "").search(text) is not None)


def substr(  # noqa: PLR0917 - Oracle's arguments, in Oracle's order
    text: str | None,
    pattern: str | None,
    position: int = 1,
    occurrence: int = 1,
    flags: str = "",
    group: int = 0,
) -> str | None:
    """REGEXP_SUBSTR: what an occurrence of the pattern, or a group of it, has found."""
    if text is None or pattern is None:
        return None
    match = _nth(text, _ready(text, pattern, flags or ""), position, occurrence)
    if match is None or group > (match.re.groups or 0):
        return None
    return match[group] or None


def instr(  # noqa: PLR0917 - Oracle's arguments, in Oracle's order
    text: str | None,
    pattern: str | None,
    position: int = 1,
    occurrence: int = 1,
    after: int = 0,
    flags: str = "",
    group: int = 0,
) -> int | None:
    """REGEXP_INSTR: where an occurrence begins (or, with `after`, what follows it); 0 if none."""
    if text is None or pattern is None:
        return None
    match = _nth(text, _ready(text, pattern, flags or ""), position, occurrence)
    if match is None or group > (match.re.groups or 0):
        return 0
    return (match.end(group) if after else match.start(group)) + 1


def count(text: str | None, pattern: str | None, position: int = 1, flags: str = "") -> int | None:
    """REGEXP_COUNT: how often the pattern is found."""
    if text is None or pattern is None:
        return None
    compiled = _ready(text, pattern, flags or "")
    return sum(1 for _ in compiled.finditer(text, max(0, int(position) - 1)))


def replace(  # noqa: PLR0917 - Oracle's arguments, in Oracle's order
    text: str | None,
    pattern: str | None,
    by: str | None = None,
    position: int = 1,
    occurrence: int = 0,
    flags: str = "",
) -> str | None:
    r"""REGEXP_REPLACE: every occurrence (0) or one of them by `by`, in which \1 is a group."""
    if text is None or pattern is None:
        return text
    compiled = _ready(text, pattern, flags or "")
    template = _BACK.sub(lambda m: rf"\g<{m[1]}>" if m[1] else r"\\", by or "")
    start = max(0, int(position) - 1)
    try:
        if occurrence == 0:
            return (text[:start] + compiled.sub(template, text[start:])) or None
        match = _nth(text, compiled, position, occurrence)
        if match is None:
            return text
        return text[: match.start()] + match.expand(template) + text[match.end() :] or None
    except (re.error, IndexError):
        raise PatternError(by) from None


def _nth(
    text: str, pattern: re.Pattern[str], position: int, occurrence: int
) -> re.Match[str] | None:
    for number, match in enumerate(pattern.finditer(text, max(0, int(position) - 1)), 1):
        if number == occurrence:
            return match
    return None
