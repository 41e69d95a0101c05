"""What the account is born with: its features, and its tables before anything has drifted."""

from __future__ import annotations

from functools import lru_cache

from nsconsole.sandbox.schema import Tables
from nsconsole.sandbox.tables import TABLES

FEATURES: dict[str, bool] = {}
"""The account's features, and whether each is on at first."""


@lru_cache(maxsize=4)
def tables(seed: int) -> Tables:
    """Every table of the account of that seed, whatever its features."""
    del seed  # the tables with real names are the same in every account
    return Tables(TABLES)
