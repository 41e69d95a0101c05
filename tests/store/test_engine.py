"""The database: one winner a row, readers that never wait, and sentences instead of tracebacks."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from nsconsole.store.engine import DatabaseError, open_database


@pytest.fixture
def database(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'some.db'}", busy_timeout=10)
    yield database
    database.close()


@pytest.fixture
def queue(database):
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE queue (id INTEGER PRIMARY KEY, taken_by TEXT)"))
        connection.execute(
            text("INSERT INTO queue (id) VALUES (:id)"), [{"id": id_} for id_ in range(600)]
        )
    return database


def write(database, *statements):
    with database.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def claim_one(database, worker):
    """Take a row by select, then update: right only if the transaction holds the write lock."""
    with database.writing() as connection:
        id_ = connection.execute(
            text("SELECT id FROM queue WHERE taken_by IS NULL ORDER BY id LIMIT 1")
        ).scalar()
        if id_ is not None:
            connection.execute(
                text("UPDATE queue SET taken_by = :worker WHERE id = :id"),
                {"worker": worker, "id": id_},
            )
    return id_


def test_six_threads_claim_each_of_600_rows_exactly_once(queue):
    def claim_all(worker):
        return list(iter(lambda: claim_one(queue, worker), None))

    with ThreadPoolExecutor(6) as pool:
        claimed = [id_ for ids in pool.map(claim_all, "abcdef") for id_ in ids]
    assert sorted(claimed) == list(range(600))


def test_a_reader_reads_on_while_a_writer_holds_its_transaction(queue):
    with queue.writing() as writer:
        writer.execute(text("UPDATE queue SET taken_by = 'writer'"))
        with queue.reading() as reader:
            seen = reader.execute(text("SELECT count(taken_by) FROM queue")).scalar()
    assert seen == 0
    with queue.reading() as reader:
        assert reader.execute(text("SELECT count(taken_by) FROM queue")).scalar() == 600


def test_a_reader_keeps_its_view_while_others_write(queue):
    with queue.reading() as reader:
        before = reader.execute(text("SELECT count(*) FROM queue")).scalar()
        with queue.writing() as writer:
            writer.execute(text("DELETE FROM queue"))
        assert reader.execute(text("SELECT count(*) FROM queue")).scalar() == before


def test_an_exception_takes_back_all_that_the_transaction_wrote(queue):
    def fail_in_the_middle():
        with queue.writing() as connection:
            connection.execute(text("DELETE FROM queue"))
            raise LookupError

    with pytest.raises(LookupError):
        fail_in_the_middle()
    with queue.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM queue")).scalar() == 600


def test_every_connection_has_the_pragmas_that_safety_needs(database):
    together = threading.Barrier(5, timeout=10)  # so that each thread has a connection of its own

    def pragmas(_):
        with database.reading() as connection:
            together.wait()
            return [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(pragmas, range(5))) == [["wal", 2, 1]] * 5


def test_foreign_keys_are_off_only_while_a_migration_runs(database):
    with database.unconstrained() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
    with pytest.raises(LookupError), database.unconstrained():
        raise LookupError
    with database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_database_locked_for_too_long_is_a_sentence_and_nothing_changes(queue):
    impatient = open_database(str(queue.engine.url), busy_timeout=0.05)
    locked = "is locked by another program; nothing was changed"
    with queue.writing(), pytest.raises(DatabaseError, match=locked):
        write(impatient, "DELETE FROM queue")
    impatient.close()
    with queue.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM queue")).scalar() == 600


def test_a_free_lock_is_taken_by_who_would_wait_for_none(queue):
    hasty = open_database(str(queue.engine.url), busy_timeout=0)
    write(hasty, "DELETE FROM queue WHERE id < 300")
    with pytest.raises(IntegrityError):
        write(hasty, "DELETE FROM queue", "INSERT INTO queue (id) VALUES (1), (1)")
    hasty.close()
    with queue.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM queue")).scalar() == 300


def test_one_transaction_after_another_has_the_same_connection_until_all_are_closed(queue):
    queue.close()
    taken = []
    event.listen(queue.engine, "checkout", lambda driver, *_: taken.append(driver))
    for _ in range(5):
        write(queue, "DELETE FROM queue WHERE id = 1")
        with queue.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM queue")).scalar() == 599
    assert len(taken) == 1
    queue.close()
    assert queue.engine.pool.checkedout() == 0
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        taken[0].execute("SELECT 1")


def test_what_a_reader_changes_is_not_kept(queue):
    with queue.reading() as connection:
        connection.execute(text("DELETE FROM queue"))
    with queue.writing() as connection:
        assert connection.execute(text("SELECT count(*) FROM queue")).scalar() == 600


def test_writers_that_wait_together_leave_connections_for_the_readers(queue):
    def write_slowly(_):
        with queue.writing() as connection:
            connection.execute(text("UPDATE queue SET taken_by = 'me'"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_slowly, range(40)))
    assert queue.engine.pool.checkedout() <= 2


def test_a_missing_folder_is_a_sentence(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'some.db'}")
    with pytest.raises(DatabaseError, match=r"cannot be opened\. Does its folder exist"):
        write(database, "CREATE TABLE some (id INTEGER)")


def test_a_file_that_is_no_database_is_a_sentence(tmp_path):
    (tmp_path / "some.db").write_bytes(b"this is a letter to my aunt\n" * 100)
    database = open_database(f"sqlite:///{tmp_path / 'some.db'}")
    with pytest.raises(DatabaseError, match="is not a database"):
        write(database, "CREATE TABLE some (id INTEGER)")


def test_a_read_only_database_is_a_sentence(queue):
    with pytest.raises(DatabaseError, match="is read-only; nothing was changed"):
        write(queue, "PRAGMA query_only=ON", "DELETE FROM queue")


def test_a_full_disk_is_a_sentence(queue):
    no_more_pages = "PRAGMA max_page_count=1"  # than there are
    with pytest.raises(DatabaseError, match="the disk is full"):
        write(queue, no_more_pages, "UPDATE queue SET taken_by = hex(zeroblob(5000))")
    with queue.reading() as connection:
        assert connection.execute(text("SELECT count(taken_by) FROM queue")).scalar() == 0


def test_a_broken_constraint_stays_an_error_of_its_own_for_the_caller_to_explain(queue):
    with pytest.raises(IntegrityError):
        write(queue, "INSERT INTO queue (id) VALUES (1)")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "some.db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://me:hunter2@host/db",
        "sqlite+aiosqlite:///some.db",
        "sqlite+nosuchdriver:///some.db",
    ],
)
def test_a_url_that_names_no_sqlite_file_is_refused_without_telling_it(url):
    with pytest.raises(DatabaseError) as caught:
        open_database(url)
    assert "hunter2" not in str(caught.value)


def test_a_relative_path_is_taken_from_where_the_program_was_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = open_database("sqlite:///some.db")
    write(database, "CREATE TABLE some (id INTEGER)")
    assert database.path == tmp_path / "some.db"
    with sqlite3.connect(database.path) as connection:
        assert connection.execute("SELECT count(*) FROM some").fetchone() == (0,)
    connection.close()
    database.close()
