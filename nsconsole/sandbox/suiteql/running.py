"""Running a compiled query: on a connection that can only read, within a budget of time."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from nsconsole.sandbox.manners import unexpected
from nsconsole.sandbox.suiteql.counting import Counts
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.udfs import register

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.suiteql.paging import Page
    from nsconsole.sandbox.suiteql.selecting import Compiled

    Rows: TypeAlias = Sequence[Sequence[object]]

BUDGET_SECONDS = 2.5
"""How much processor time a query may take; NetSuite has 15 minutes for a request."""
_STEP = 20_000  # of SQLite's instructions, between two looks at the clock
_HIDDEN = ("sqlite_", "sandbox_")
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,  # bytes of a value or row
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 2_000_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 4_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
_ACTIONS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a page, and how many there are on all pages."""

    rows: Rows
    total: int


class Runner:
    """Runs the queries of one account."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts = Counts()

    def run(self, compiled: Compiled, values: Mapping[str, object], page: Page) -> Found:
        """A page of a query's rows.

        Where an order leaves ties, or there is none, they come in another order each time, unless
        all rows are on the one page.

        Raises:
            Refusal: the query takes too long, or a value in it is not what its use demands.
        """
        return _Run(self._database, self._counts, compiled, values, page).found()


class _Run:
    """One run of a query, with a budget for all that it takes."""

    def __init__(
        self,
        database: Database,
        counts: Counts,
        compiled: Compiled,
        values: Mapping[str, object],
        page: Page,
    ) -> None:
        self._database = database
        self._counts = counts
        self._compiled = compiled
        self._values = values
        self._page = page
        self._end = time.thread_time() + BUDGET_SECONDS

    def found(self) -> Found:
        page = self._page
        rows = self._fetch(self._compiled.sql)
        if len(rows) <= page.limit and (rows or not page.offset):
            total = page.offset + len(rows)
            return Found(rows if not page.offset else self._shifted(rows)[: page.limit], total)
        return Found(self._shifted(rows)[: page.limit], self._total())

    def _shifted(self, rows: Rows) -> Rows:
        """The page when ties, or rows without an order, come in another one than last time."""
        shuffled = self._compiled.shuffled
        if shuffled is None:
            return rows
        if self._compiled.is_ordered:
            return self._fetch(shuffled)
        if self._database.chance.random() < 0.5:
            return rows
        return self._fetch(shuffled, backwards=True)

    def _fetch(self, sql: str, *, backwards: bool = False) -> Rows:
        """The rows of the page and the one behind it."""
        if self._compiled.is_limited:
            sql = f"SELECT * FROM ({sql})"  # noqa: S608 - compiled from a whitelist
        window = f" LIMIT {self._page.limit + 1} OFFSET {self._page.offset}"
        with self._reading(backwards=backwards) as connection:
            return connection.execute(sql + window, self._values).fetchall()

    def _total(self) -> int:
        generation = self._database.generation
        with self._reading() as connection:
            return self._counts.count(connection, self._compiled, self._values, generation)

    @contextmanager
    def _reading(self, *, backwards: bool = False) -> Iterator[sqlite3.Connection]:
        with self._database.read(backwards=backwards) as connection:
            connection.set_progress_handler(lambda: time.thread_time() > self._end, _STEP)
            try:
                yield connection
            except sqlite3.Error as error:
                raise unexpected() if "interrupted" in str(error) else unsupported() from None
            except RecursionError:
                raise unsupported() from None


def prepare_reader(connection: sqlite3.Connection) -> None:
    """Make a connection fit for queries: SuiteQL's functions, and nothing but reading."""
    connection.execute("PRAGMA case_sensitive_like=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    register(connection)
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.set_authorizer(_authorize)


def _authorize(action: int, table: str | None, *_: str | None) -> int:
    """Let a statement read the account's tables; whatever else it might do is denied."""
    if action in _ACTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and _is_readable(table or ""):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _is_readable(table: str) -> bool:
    """The account's tables, and the words for their codes (which a query cannot name)."""
    return table == "sandbox_choice" or not table.startswith(_HIDDEN)
