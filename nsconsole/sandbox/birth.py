"""What the account is born with: its features, and its tables before anything has drifted."""

from __future__ import annotations

from functools import lru_cache

from nsconsole.sandbox.generated.customization import CUSTOMIZATION
from nsconsole.sandbox.generated.fields import with_fields
from nsconsole.sandbox.generated.lists import lists
from nsconsole.sandbox.generated.records import records
from nsconsole.sandbox.generated.standard import standard_tables
from nsconsole.sandbox.schema import Tables
from nsconsole.sandbox.tables import TABLES

FEATURES: dict[str, bool] = {
    "advancedrevenuemanagement": False,
    "amortization": False,
    "demandplanning": False,
    "manufacturing": True,
    "partners": True,
    "projects": False,
    "subscriptionbilling": False,
    "websitedev": False,
}
"""The account's features, and whether each is on at first."""


@lru_cache(maxsize=4)
def tables(seed: int) -> Tables:
    """Every table of the account of that seed, whatever its features."""
    own = Tables(TABLES).having(*CUSTOMIZATION, *lists(), *records())
    whole = own.having(*standard_tables(seed, own))
    return whole.having(*with_fields(whole, seed))


def at_first(seed: int) -> Tables:
    """The tables of the account of that seed, as it sees them with its first features."""
    return tables(seed).with_features({name for name, on in FEATURES.items() if on})
