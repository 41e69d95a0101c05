"""Whole copies of the database, made while others work with it."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from nsconsole.store.engine import Database, DatabaseError


def back_up(database: Database, copy: Path) -> None:
    """Copy a database into a file, which is there whole or not at all.

    Raises DatabaseError if it cannot be written.
    """
    part = copy.with_suffix(".part")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(database.path)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
        part.replace(copy)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)  # or it would keep the disk full
        raise DatabaseError(f"no backup could be written to {copy} ({error})") from error


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Delete all but the newest of the copies whose names match a pattern."""
    copies = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in copies[count:]:
        path.unlink(missing_ok=True)
