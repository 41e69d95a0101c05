"""The parts of the business that tables belong to, as `domains.toml` tells them by name."""

import re
import tomllib
from fnmatch import translate
from functools import cache
from pathlib import Path

CUSTOM = "custom"
"""The domain of what the account itself made."""

OTHER = "other"
"""The domain of what no pattern fits."""

_PATTERNS = Path(__file__).with_name("domains.toml")


def domain_of(name: str, custom: bool) -> str:
    """Give the domain of a table by its name in lower case; `custom` if the account made it."""
    if custom:
        return CUSTOM
    found = _known().match(name)
    return found.lastgroup if found and found.lastgroup else OTHER


@cache
def domains() -> tuple[str, ...]:
    """Give all domains in the order of the file, then the one of what no pattern fits."""
    return (*_known().groupindex, OTHER)


@cache
def _known() -> re.Pattern[str]:
    # One expression with a group for each domain: the first that matches is the one.
    listed = tomllib.loads(_PATTERNS.read_text(encoding="utf-8"))["domain"]
    groups = (
        f"(?P<{each['name']}>{'|'.join(translate(pattern) for pattern in each['tables'])})"
        for each in listed
    )
    return re.compile("|".join(groups))
