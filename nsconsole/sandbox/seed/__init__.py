"""The seeded world: one mid-size industrial distributor, the same for the same seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from nsconsole.sandbox.seed import setup
from nsconsole.sandbox.seed.goods import goods
from nsconsole.sandbox.seed.parties import ACME_ID, FIRST_VENDOR_ID, parties
from nsconsole.sandbox.seed.trade import trade

if TYPE_CHECKING:
    from nsconsole.sandbox.seed.setup import Row

TRANSACTIONS = 1500
_FEWEST_VENDORS = ACME_ID - FIRST_VENDOR_ID + 1


def rows(seed: int, transactions: int | None = None) -> dict[str, list[Row]]:
    """Every table's rows, about as many of each as go with that number of transactions."""
    rng = Random(seed)  # noqa: S311 - believable data, no secret
    count = TRANSACTIONS if transactions is None else transactions
    everyone = parties(
        rng, vendors=max(_FEWEST_VENDORS, count // 25), customers=max(20, count // 6)
    )
    stocked = goods(rng, everyone.vendors, items=max(100, count * 4 // 15))
    traded = trade(rng, everyone, stocked, transactions=count)
    return {**setup.rows(), **everyone.tables(), **stocked.tables(), **traded.tables()}
