"""The change signal: a cheap way to learn that anybody wrote to the database."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing

from nsconsole.store.engine import Database

PERIOD = 0.15  # seconds; a look costs some ten microseconds


def watch(database: Database, changed: Callable[[], object], stop: threading.Event) -> None:
    """Call `changed` soon after each commit by any connection of any process, until `stop`.

    Blocks: run it in a thread of its own. A database that cannot be read for a while counts as
    changed; so does one that was replaced, by a backup say, and then it is opened anew.
    """
    while not stop.is_set():
        try:
            _watch_one_file(database, changed, stop)
        except sqlite3.Error:
            changed()
            stop.wait(1)


def _identity(database: Database) -> tuple[int, int] | None:
    try:
        found = database.path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _watch_one_file(
    database: Database, changed: Callable[[], object], stop: threading.Event
) -> None:
    # This connection never writes, so that every commit is somebody else's and moves its version.
    with closing(sqlite3.connect(f"{database.path.as_uri()}?mode=ro", uri=True)) as connection:
        last, file = None, _identity(database)
        while not stop.is_set():
            if _identity(database) != file:
                database.close()  # what comes next connects to the file that is there now
                return
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != last:
                last = version
                changed()
            stop.wait(PERIOD)
