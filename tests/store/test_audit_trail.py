"""The audit trail's table: it grows, and lets nothing else be done to it."""

import pytest
from sqlalchemy.exc import IntegrityError

from nsconsole.store import audit_trail

AT = "2026-11-22T09:15:00.000000Z"


@pytest.fixture
def add(write):
    """Add entries about subjects; their hashes are their numbers."""

    def add_all(*subjects, start=1):
        rows = [
            (f"{number - 1}", AT, "ada", "done", subject, f'{{"number":{number}}}', f"{number}")
            for number, subject in enumerate(subjects, start)
        ]
        write(audit_trail.add, rows)

    return add_all


@pytest.fixture
def plan(rows, store):
    """Give how SQLite would run the statements of some work."""

    def explain(work):
        said = []
        with store.reading() as connection:
            driver = connection.connection.driver_connection
            driver.set_trace_callback(said.append)
            list(work(connection) or ())
            driver.set_trace_callback(None)
        return [step[-1] for sql in said for step in rows(f"EXPLAIN QUERY PLAN {sql}")]

    return explain


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_trail SET actor = 'eve'",
        "UPDATE audit_trail SET id = id + 1",
        "DELETE FROM audit_trail",
        "DELETE FROM audit_trail WHERE id = 1",
    ],
)
def test_an_entry_can_be_neither_changed_nor_deleted(store, add, rows, sql):
    add("push:1", "push:2")
    before = rows("SELECT * FROM audit_trail")
    with (
        pytest.raises(IntegrityError, match="the audit trail is only ever added to"),
        store.writing() as connection,
    ):
        connection.exec_driver_sql(sql)
    assert rows("SELECT * FROM audit_trail") == before


def test_entries_come_in_the_order_in_which_they_were_added(store, add):
    add("push:1", "push:2", "push:1")
    with store.reading() as connection:
        entries = list(audit_trail.entries(connection))
        later = list(audit_trail.entries(connection, after=2))
        assert audit_trail.last_hash(connection) == "3"
    assert [(row.id, row.subject, row.hash) for row in entries] == [
        (1, b"push:1", b"1"),
        (2, b"push:2", b"2"),
        (3, b"push:1", b"3"),
    ]
    assert [row.id for row in later] == [3]


def test_what_was_last_said_of_a_subject_is_found(store, add):
    with store.reading() as connection:
        assert audit_trail.last_hash(connection) is None
        assert audit_trail.newest_detail(connection, "settings") is None
    add("settings", "push:1", "settings", "push:2")
    with store.reading() as connection:
        assert audit_trail.newest_detail(connection, "settings") == '{"number":3}'


def test_what_each_start_and_each_entry_asks_is_one_step_in_an_index(add, plan):
    add(*(f"push:{number}" for number in range(100)))
    (newest,) = plan(lambda connection: [audit_trail.newest_detail(connection, "settings")])
    assert newest == ("SEARCH audit_trail USING INDEX ix_audit_trail_subject (subject=?)")
    (last,) = plan(lambda connection: [audit_trail.last_hash(connection)])
    assert last == "SCAN audit_trail"  # backwards by id, and no further than one row


def test_the_largest_id_ever_given_outlives_its_entry(store, add, write):
    with store.reading() as connection:
        assert audit_trail.high_water(connection) == 0
    add("push:1", "push:2", "push:3")

    def cut(connection):
        connection.exec_driver_sql("DROP TRIGGER audit_trail_no_delete")
        connection.exec_driver_sql("DELETE FROM audit_trail WHERE id > 1")

    write(cut)
    with store.reading() as connection:
        assert audit_trail.high_water(connection) == 3
    add("push:4", start=9)
    with store.reading() as connection:
        assert [row.id for row in audit_trail.entries(connection)] == [1, 4]


def test_a_transaction_that_is_undone_gives_its_ids_back(store, add):
    add("push:1")

    def fail():
        with store.writing() as connection:
            audit_trail.add(connection, [("1", AT, "ada", "done", "push:2", "{}", "2")])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    add("push:3", start=3)
    with store.reading() as connection:
        assert [row.id for row in audit_trail.entries(connection)] == [1, 2]
        assert audit_trail.high_water(connection) == 2
