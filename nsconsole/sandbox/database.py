"""The sandbox's state: one SQLite file with the account's records and its own memory of them."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from random import Random
from typing import TYPE_CHECKING, Self

from nsconsole.sandbox import birth, definitions
from nsconsole.sandbox.founding import found
from nsconsole.sandbox.generated.customization import keep_in_step
from nsconsole.sandbox.kept import copy, keep, place_of
from nsconsole.sandbox.rows import Rows
from nsconsole.sandbox.seed import TRANSACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nsconsole.sandbox.schema import Table, Tables
    from nsconsole.sandbox.values import Stored

_MEMORY = """
CREATE TABLE sandbox_meta (seed INTEGER NOT NULL);
CREATE TABLE sandbox_feature (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE sandbox_table (name TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sandbox_choice (list TEXT, code TEXT, name TEXT, PRIMARY KEY (list, code))
    WITHOUT ROWID;
CREATE TABLE sandbox_sequence (space TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sandbox_ledger (
    seq INTEGER PRIMARY KEY, request_id TEXT NOT NULL, record_type TEXT NOT NULL,
    internal_id TEXT NOT NULL, operation TEXT NOT NULL, fields TEXT NOT NULL);
CREATE TABLE sandbox_done (request_id TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sandbox_nonce (
    timestamp INTEGER, token TEXT, nonce TEXT, PRIMARY KEY (timestamp, token, nonce))
    WITHOUT ROWID;
CREATE TABLE sandbox_lock (failures INTEGER NOT NULL, until REAL NOT NULL);
CREATE TABLE sandbox_certificate (id TEXT PRIMARY KEY, public_key TEXT NOT NULL, expires REAL)
    WITHOUT ROWID;
CREATE TABLE sandbox_token (
    digest TEXT PRIMARY KEY, scopes TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
"""
"""What the sandbox itself remembers; SuiteQL cannot name these tables, choices apart."""


class StateError(Exception):
    """A state file that cannot be used; the message says why and what to do."""


class Database:
    """One writer behind a lock, and as many readers as there are queries at once.

    Without a `path` the state lives in a temporary folder and goes when the database is closed.
    While a large one is made, `progress` is told how many of its rows are done, and of how many.
    With `keep_in`, an account that was just made is kept in that folder for the next start.
    `chance` is what decides between rows that an order leaves open: SQL's random() draws from it.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        seed: int,
        rows: int | None,
        prepare_reader: Callable[[sqlite3.Connection], None],
        progress: Callable[[int, int], None] = lambda done, total: None,
        keep_in: Path | None = None,
    ) -> None:
        self._folder = None
        if path is None:
            self._folder = tempfile.TemporaryDirectory(prefix="nsconsole-sandbox-")
            path = Path(self._folder.name) / "state.db"
        self._path = path
        self._prepare_reader = prepare_reader
        self._lock = threading.RLock()
        self._soon: deque[tuple[str, tuple[Stored, ...]]] = deque()
        self._readers: dict[bool, LifoQueue[sqlite3.Connection]] = {
            backwards: LifoQueue() for backwards in (False, True)
        }
        self._generation = 0
        self.chance = Random(seed)  # noqa: S311 - no secret
        try:
            if not path.exists() or not path.stat().st_size:
                transactions = TRANSACTIONS if rows is None else rows
                like = place_of(keep_in, seed=seed, transactions=transactions) if keep_in else None
                if not (like and copy(like, path)):
                    found(path, _MEMORY, seed=seed, transactions=transactions, progress=progress)
                    if like and transactions <= TRANSACTIONS:
                        keep(path, like)
            self._writer = self._open_writer(seed)
        except (OSError, sqlite3.Error, StateError) as problem:
            self._forget_folder()
            raise StateError(f"{path}: {problem}") from problem
        self._seed = seed
        self._tables = self._present_tables()

    @property
    def tables(self) -> Tables:
        """The account's tables as they are at this moment."""
        return self._tables

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; a temporary state is gone after this."""
        with self._lock:
            self._catch_up()
            for readers in self._readers.values():
                while not readers.empty():
                    readers.get_nowait().close()
            self._writer.close()
        self._forget_folder()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """The writer, in one transaction: kept if the block ends, undone if it raises."""
        with self._lock:
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
            self._catch_up()

    @contextmanager
    def claim(self) -> Iterator[bool]:
        """Have the writer for this thread alone if it is free, and tell whether it was.

        Never waits: what must not stand still asks this before it calls `write`.
        """
        free = self._lock.acquire(blocking=False)
        try:
            yield free
        finally:
            if free:
                self._lock.release()

    def write_soon(self, statement: str, values: tuple[Stored, ...] = ()) -> None:
        """Have a statement carried out without waiting: now, or when the writer is free again.

        They are carried out in their order. Closing the database carries out what is left; a
        process that is killed while another holds the writer loses the last ones.
        """
        self._soon.append((statement, values))
        with self.claim() as free:
            if free:
                self._catch_up()

    @property
    def features(self) -> set[str]:
        """The features of the account that are on."""
        return {name for (name,) in self._writer.execute("SELECT name FROM sandbox_feature")}

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """The account's rows, in one transaction of the writer's; see `write`."""
        with self._lock:
            with self.write() as connection:
                yield Rows(connection, self._tables)
            self._generation += 1

    def redefine(self, change: Callable[[Rows], Iterable[Table]], *, at: str | None = None) -> None:
        """Let `change` alter tables in one transaction; it returns those that are others now.

        `at` is the moment of it, as rows keep moments, for the custom fields that are new.
        """
        with self._lock:
            with self.rows() as rows:
                tables = list(change(rows))
                rows.connection.executemany(
                    "INSERT OR REPLACE INTO sandbox_table VALUES (?, ?)",
                    [(table.name, definitions.to_json(table)) for table in tables],
                )
                redefined = self._present_tables()
                keep_in_step(rows.connection, redefined, at)
            self._tables = redefined

    def turn_features(self, wanted: dict[str, bool]) -> None:
        """Turn features of the account on and off: columns and tables come and go with them."""
        with self._lock:
            with self.rows() as rows:
                for name, on in wanted.items():
                    verb = "INSERT OR IGNORE INTO" if on else "DELETE FROM"
                    tail = "VALUES (?)" if on else "WHERE name = ?"
                    rows.connection.execute(f"{verb} sandbox_feature {tail}", (name,))
                seen = self._present_tables()
                keep_in_step(rows.connection, seen)
            self._tables = seen

    @property
    def generation(self) -> int:
        """A number that grows whenever the account's rows or tables may have changed."""
        return self._generation

    @contextmanager
    def read(self, *, backwards: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection that can read the account's tables and nothing else.

        One that reads `backwards` finds rows that are not sorted in another order.
        """
        readers = self._readers[backwards]
        try:
            connection = readers.get_nowait()
        except Empty:
            connection = self._open_reader(backwards=backwards)
        try:
            yield connection
        finally:
            readers.put(connection)

    def _catch_up(self) -> None:
        """Carry out what was to be written soon; the lock is held."""
        if self._soon:
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                while self._soon:
                    self._writer.execute(*self._soon.popleft())

    def _present_tables(self) -> Tables:
        """What the account was born with, with what has become of it since."""
        changed = self._writer.execute("SELECT definition FROM sandbox_table")
        others = [definitions.from_json(definition) for (definition,) in changed]
        return birth.tables(self._seed).having(*others).with_features(self.features)

    def _forget_folder(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def _open_writer(self, seed: int) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            # A killed process loses nothing under NORMAL; only a power cut could.
            connection.execute(f"PRAGMA synchronous={'OFF' if self._folder else 'NORMAL'}")
            _check(connection, seed)
        except BaseException:
            connection.close()
            raise
        return connection

    def _open_reader(self, *, backwards: bool) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only=ON")
        connection.execute(f"PRAGMA reverse_unordered_selects={'ON' if backwards else 'OFF'}")
        connection.create_function("random", 0, self.chance.random)
        self._prepare_reader(connection)
        return connection


def _check(connection: sqlite3.Connection, seed: int) -> None:
    """See that a state file is one, and was made from that seed."""
    try:
        (made_from,) = connection.execute("SELECT seed FROM sandbox_meta").fetchone()
    except sqlite3.OperationalError:
        raise StateError("this is a database of something else; name another file") from None
    if made_from != seed:
        raise StateError(f"this state was made from seed {made_from}, not {seed}")
