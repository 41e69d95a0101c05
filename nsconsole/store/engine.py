"""The database: one engine, short transactions, readers that never wait for writers."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.pool import ConnectionPoolEntry

_OPENED = "nsconsole_opened"
_TURN = 8  # milliseconds
_MOST_KEPT = 2  # more are seldom in use at once, but by those who wait to write


class DatabaseError(Exception):
    """The database cannot be used just now; the message says why and what to do."""


@dataclass(slots=True)
class _Opened:
    """What a connection of the pool opened."""

    driver: sqlite3.Connection
    path: Path
    identity: tuple[int, int] | None  # of the file that the path named then
    patience: int  # milliseconds that it is to wait for a lock in all
    waits: int  # … and that SQLite waits in one go

    def wait(self, milliseconds: int) -> None:
        """Have SQLite wait for a lock so long."""
        if self.waits != milliseconds:
            self.driver.execute(f"PRAGMA busy_timeout={milliseconds}")
            self.waits = milliseconds


@dataclass(frozen=True, slots=True)
class Database:
    """A database that threads share; each `reading()` or `writing()` is one transaction."""

    engine: Engine
    # To have a connection of the pool and give it back costs more than a small transaction.
    _kept: list[Connection] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def path(self) -> Path:
        """The database's file."""
        return Path(self.engine.url.database or "").absolute()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view, which never waits for a writer nor holds one up."""
        with _explained(self), self._lent() as connection:
            opened = _opened(connection)
            opened.wait(opened.patience)
            opened.driver.execute("BEGIN")
            yield connection
            connection.rollback()  # what SQLAlchemy knows of
            opened.driver.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that takes the write lock at once, so that what it reads stays true.

        Committed at the end of the block, rolled back by an exception.
        """
        with _explained(self), self._lent() as connection:
            _wait_for_turn(connection)
            with connection.begin():
                yield connection

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        """A connection that is kept for the next transaction, unless this one fails."""
        try:
            connection = self._kept.pop()
        except IndexError:
            connection = self.engine.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if len(self._kept) < _MOST_KEPT:
            self._kept.append(connection)
        else:
            connection.close()

    @contextmanager
    def unconstrained(self) -> Iterator[Connection]:
        """A writing transaction without foreign keys, for migrations alone.

        SQLite alters a table by replacing it, and with foreign keys on that deletes the rows which
        refer to it. The switch works only outside a transaction.
        """
        with _explained(self), self.engine.connect() as connection:
            driver = _opened(connection).driver
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                _wait_for_turn(connection)
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def close(self) -> None:
        """Close all connections."""
        while self._kept:
            self._kept.pop().close()
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
    return Database(engine)


def _url_of(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _configure(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin late: two claims could both see a row pending.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    record.info[_OPENED] = _Opened(connection, path, _identity(path), patience, patience)


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell one file from another; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _opened(connection: Connection) -> _Opened:
    """Give what a connection opened; DatabaseError if that is not there any more."""
    opened: _Opened = connection.info[_OPENED]
    # SQLite would go on in a file that has no name any more, and all of it be lost.
    if _identity(opened.path) != opened.identity:
        raise DatabaseError(
            f"{opened.path} was moved, deleted or replaced under this program; nothing was "
            "changed. Put it back, or start nsconsole again"
        )
    return opened


def _wait_for_turn(connection: Connection) -> None:
    # A writer that took the lock only when it writes would fail with a stale view after its first
    # read. SQLite looks for a free lock ever more seldom, so that whoever has waited longest
    # starves among many writers. Begun anew every few milliseconds, all waits are alike.
    opened = _opened(connection)
    opened.wait(_TURN)
    for left in reversed(range(max(opened.patience // _TURN, 1))):
        try:
            opened.driver.execute("BEGIN IMMEDIATE")
        except sqlite3.DatabaseError as error:
            if not left or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise DatabaseError(_sentence(opened.path, str(error))) from error
        else:
            return


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # the statement's own, which its caller explains
    except DriverError as error:
        raise DatabaseError(_sentence(database.path, str(error.orig))) from error


def _sentence(path: Path, reason: str) -> str:
    if "locked" in reason or "busy" in reason:
        return f"{path} is locked by another program; nothing was changed. Try again in a moment"
    if "full" in reason:
        return f"the disk is full: {path} cannot grow; nothing was changed. Free some space"
    if "readonly" in reason or "read-only" in reason:
        return f"{path} is read-only; nothing was changed. Mend its permissions"
    if "unable to open" in reason:
        return f"{path} cannot be opened. Does its folder exist, and may you write there?"
    return f"{path}: {reason}"
