"""Which tables are withheld because their feature is off, as far as `features.toml` can tell."""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("features.toml")
_FEWEST = 2  # tables of a feature: one alone may as well be hidden from the role


def of_features_off(withheld: Collection[str], given: Collection[str]) -> set[str]:
    """Give those withheld tables whose feature is probably off: none of its tables is given."""
    found: set[str] = set()
    for tables in _features().values():
        hidden = tables.intersection(withheld)
        if len(hidden) >= _FEWEST and tables.isdisjoint(given):
            found |= hidden
    return found


@cache
def _features() -> Mapping[str, frozenset[str]]:
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))["features"]
    return {name: frozenset(tables) for name, tables in told.items()}
