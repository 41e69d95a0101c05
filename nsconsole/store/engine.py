"""The database: one engine, short transactions, readers that never wait for writers."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.pool import ConnectionPoolEntry

_WRITES, _FILE, _PATIENCE = "nsconsole_writes", "nsconsole_file", "nsconsole_patience"
_TURN = 8  # milliseconds


class DatabaseError(Exception):
    """The database cannot be used just now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database that threads share; each `reading()` or `writing()` is one transaction."""

    engine: Engine
    writer: Engine  # the same, for transactions that write

    @property
    def path(self) -> Path:
        """The database's file."""
        return Path(self.engine.url.database or "").absolute()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view, which never waits for a writer nor holds one up."""
        with _explained(self), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that takes the write lock at once, so that what it reads stays true.

        Committed at the end of the block, rolled back by an exception.
        """
        with _explained(self), self.writer.begin() as connection:
            yield connection

    @contextmanager
    def unconstrained(self) -> Iterator[Connection]:
        """A writing transaction without foreign keys, for migrations alone.

        SQLite alters a table by replacing it, and with foreign keys on that deletes the rows which
        refer to it. The switch works only outside a transaction.
        """
        with _explained(self), self.writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(place: Path | str, *, busy_timeout: float = 10.0) -> Database:
    """Open the database file at a path, or at a SQLAlchemy URL; a lock is waited for some seconds.

    Raises DatabaseError for a URL that is not a SQLite file's.
    """
    try:
        # A path may hold what a URL would take for something else: a question mark, a percent sign.
        parsed = make_url(place) if isinstance(place, str) else _url_of(place)
    except ArgumentError as error:
        raise DatabaseError("NSCONSOLE_DATABASE_URL is not a SQLAlchemy database URL") from error
    if parsed.drivername != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise DatabaseError(
            "the database must be a SQLite file so far: sqlite:///path/to/nsconsole.db"
        )
    engine = create_engine(parsed, connect_args={"timeout": busy_timeout})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return Database(engine, engine.execution_options(**{_WRITES: True}))


def _url_of(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _configure(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin late: two claims could both see a row pending.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    (record.info[_PATIENCE],) = connection.execute("PRAGMA busy_timeout").fetchone()
    record.info[_FILE] = path, _identity(path)


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell one file from another; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _check_there(connection: Connection) -> None:
    # SQLite would go on in a file that has no name any more, and all of it be lost.
    path, opened = connection.info[_FILE]
    if _identity(path) != opened:
        raise DatabaseError(
            f"{path} was moved, deleted or replaced under this program; nothing was changed. "
            "Put it back, or start nsconsole again"
        )


def _begin(connection: Connection) -> None:
    _check_there(connection)
    # A reader that took the write lock would starve the screens; a writer that did not would fail
    # with a stale snapshot after its first read.
    if connection.get_execution_options().get(_WRITES):
        _wait_for_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _wait_for_turn(connection: Connection) -> None:
    # SQLite looks for a free lock ever more seldom, so that whoever has waited longest starves
    # among many writers. Begun anew every few milliseconds, all waits are alike.
    driver: Any = connection.connection.driver_connection
    patience = connection.info[_PATIENCE]
    driver.execute(f"PRAGMA busy_timeout={_TURN}")
    try:
        for _ in range(patience // _TURN):
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={patience}")


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # the statement's own, which its caller explains
    except DriverError as error:
        raise DatabaseError(_sentence(database.path, error)) from error


def _sentence(path: Path, error: DBAPIError) -> str:
    reason = str(error.orig)
    if "locked" in reason or "busy" in reason:
        return f"{path} is locked by another program; nothing was changed. Try again in a moment"
    if "full" in reason:
        return f"the disk is full: {path} cannot grow; nothing was changed. Free some space"
    if "readonly" in reason or "read-only" in reason:
        return f"{path} is read-only; nothing was changed. Mend its permissions"
    if "unable to open" in reason:
        return f"{path} cannot be opened. Does its folder exist, and may you write there?"
    return f"{path}: {reason}"
