"""The change signal: whoever writes, every watcher learns of it."""

import sqlite3
import threading
from contextlib import closing

import pytest

from nsconsole.store import changes
from nsconsole.store.engine import open_database
from nsconsole.store.schema import migrate

WRITE = "INSERT INTO ns_link VALUES (?, 'ok', '', '', '2026-11-22T00:00:00.000000Z')"


@pytest.fixture
def database(tmp_path):
    made = open_database(tmp_path / "nsconsole.db")
    migrate(made, tmp_path / "backups")
    yield made
    made.close()


@pytest.fixture
def seen(database):
    """How often the watcher was told; waits for the next time."""
    told, stop = threading.Semaphore(0), threading.Event()
    watcher = threading.Thread(target=changes.watch, args=(database, told.release, stop))
    watcher.start()
    assert told.acquire(timeout=10)  # what is there at the start counts
    yield told
    stop.set()
    watcher.join(10)
    assert not watcher.is_alive()


def test_a_commit_is_told_whichever_connection_made_it(database, seen):
    other = open_database(database.path)
    for place in (database, other):
        with place.writing() as connection:
            connection.exec_driver_sql(WRITE, (str(id(place)),))
        assert seen.acquire(timeout=10)
    other.close()


def test_what_is_rolled_back_is_not_told(database, seen):
    with database.writing() as connection:
        connection.exec_driver_sql(WRITE, ("1",))
        connection.rollback()
    assert not seen.acquire(timeout=3 * changes.PERIOD)


def test_a_database_that_was_put_back_from_a_backup_is_read_from_then_on(database, seen, tmp_path):
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    with database.writing() as connection:
        connection.exec_driver_sql(WRITE, ("late",))
    while seen.acquire(timeout=3 * changes.PERIOD):
        pass
    for name in ("-wal", "-shm"):
        database.path.with_name(database.path.name + name).unlink(missing_ok=True)
    (tmp_path / "backup.db").replace(database.path)
    assert seen.acquire(timeout=10)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ns_link").scalar() == 0


@pytest.mark.parametrize("name", ["a?b.db", "a%20#c.db", "a&b=c.db"])
def test_a_file_may_have_any_name(tmp_path, name):
    made = open_database(tmp_path / name)
    migrate(made, tmp_path / "backups")
    assert made.path == tmp_path / name
    assert (tmp_path / name).exists()
    made.close()
