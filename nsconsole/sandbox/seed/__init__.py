"""The seeded world: one mid-size industrial distributor, the same for the same seed."""

from __future__ import annotations

import gc
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import ddl
from nsconsole.sandbox.seed import reference, setup
from nsconsole.sandbox.seed.booking import book
from nsconsole.sandbox.seed.deriving import derive
from nsconsole.sandbox.seed.facts import conclude
from nsconsole.sandbox.seed.goods import goods
from nsconsole.sandbox.seed.growth import Growth, grow
from nsconsole.sandbox.seed.inserting import insert
from nsconsole.sandbox.seed.parties import ACME_ID, FIRST_VENDOR_ID, parties
from nsconsole.sandbox.seed.trade import trade
from nsconsole.sandbox.seed.widening import widen
from nsconsole.sandbox.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nsconsole.sandbox.seed.setup import Row

TRANSACTIONS = 1500
LARGEST_BASE = 6000
"""From more transactions than these on, a world is made of copies of a smaller one."""
_FEWEST_VENDORS = ACME_ID - FIRST_VENDOR_ID + 1


def rows(seed: int, transactions: int = TRANSACTIONS) -> dict[str, list[Row]]:
    """The rows that Python makes, by table, as many as go with that number of transactions."""
    rng = Random(seed)  # noqa: S311 - believable data, no secret
    everyone = parties(
        rng, vendors=max(_FEWEST_VENDORS, transactions // 25), customers=max(20, transactions // 6)
    )
    stocked = goods(rng, everyone.vendors, items=max(100, transactions * 4 // 15))
    traded = trade(rng, everyone, stocked, transactions=transactions)
    return {
        **setup.rows(),
        **reference.rows(),
        **everyone.tables(),
        **stocked.tables(),
        **traded.tables(),
    }


def fill(
    connection: sqlite3.Connection,
    seed: int,
    transactions: int = TRANSACTIONS,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Fill the empty `TABLES` of a database; no transaction of SQLite's may be under way.

    However many transactions are wanted, few are ever in memory. `progress` is told how many are
    done, and of how many; a world that is made in a moment tells nothing.
    """
    if transactions <= LARGEST_BASE:
        with connection:
            connection.execute("BEGIN")
            _make_base(connection, seed, transactions)
            conclude(connection)
        return
    growth = Growth.to(transactions, largest_base=LARGEST_BASE)
    with tempfile.TemporaryDirectory(prefix="nsconsole-sandbox-") as folder:
        _base_file(path := Path(folder) / "base.db", seed, growth.base)
        connection.execute("ATTACH ? AS base", (str(path),))
        with connection:
            connection.execute("BEGIN")
            grow(connection, growth, progress)
            conclude(connection)
        connection.execute("DETACH base")


def _base_file(path: Path, seed: int, transactions: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for table in TABLES.values():
            connection.execute(ddl(table))
        with connection:
            connection.execute("BEGIN")
            _make_base(connection, seed, transactions)


def _make_base(connection: sqlite3.Connection, seed: int, transactions: int) -> None:
    with _no_collections():
        made = rows(seed, transactions)
        heads, lines = made.pop("transaction"), made.pop("transactionline")
        for name, content in made.items():
            insert(connection, name, content)
        widen(connection)
        book(connection, heads, lines)
    derive(connection)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Rows by the ten thousand, none of them garbage: searching them for it costs a third more."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
