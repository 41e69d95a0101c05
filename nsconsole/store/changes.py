"""The change signal: a cheap way to learn that anybody wrote to the database."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing

from nsconsole.store.engine import Database

PERIOD = 0.15  # seconds; a look costs some ten microseconds


def watch(database: Database, changed: Callable[[], object], stop: threading.Event) -> None:
    """Call `changed` soon after each commit by any connection of any process, until `stop`.

    Blocks: run it in a thread of its own. A database that cannot be read for a while, or was
    replaced, counts as changed.
    """
    while not stop.is_set():
        try:
            _watch_one_file(database, changed, stop)
        except sqlite3.Error:
            changed()
            stop.wait(1)


def _watch_one_file(
    database: Database, changed: Callable[[], object], stop: threading.Event
) -> None:
    # This connection never writes, so that every commit is somebody else's and moves its version.
    with closing(sqlite3.connect(f"{database.path.as_uri()}?mode=ro", uri=True)) as connection:
        last = None
        while not stop.is_set():
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != last:
                last = version
                changed()
            stop.wait(PERIOD)
