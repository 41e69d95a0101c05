"""The log: read from either end by ids, so that its length costs nothing."""

import json

import pytest
from sqlalchemy import event

from nsconsole.store import sync_log

TEN = range(1, 11)


@pytest.fixture
def note(write, later):
    def add(event="page", *, level="info", table="customer", seconds=0, **detail):
        row = {"at": later(seconds), "run_id": 7, "table_name": table, "level": level}
        row |= {"event": event, "detail": json.dumps(detail, ensure_ascii=False)}
        write(sync_log.append, [row])

    return add


@pytest.fixture
def ids(write):
    def read(**view):
        return [row.id for row in write(sync_log.page, **{"limit": 100, **view})]

    return read


def test_an_entry_is_read_as_it_was_written(write, note, later):
    note("column_set_aside", level="warning", table=None, seconds=3, column="fax", said="«weg»")
    (row,) = write(sync_log.page, limit=9)
    assert (row.id, row.at, row.run_id, row.table_name) == (1, later(3), 7, None)
    assert (row.level, row.event) == ("warning", "column_set_aside")
    assert json.loads(row.detail) == {"column": "fax", "said": "«weg»"}


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ({}, [*TEN]),
        ({"limit": 3}, [8, 9, 10]),
        ({"before_id": 8, "limit": 3}, [5, 6, 7]),
        ({"after_id": 3, "limit": 2}, [4, 5]),
        ({"after_id": 10}, []),
        ({"after_id": 0, "limit": 2}, [1, 2]),
        ({"after_id": 2, "before_id": 5}, [3, 4]),
    ],
)
def test_pages_are_read_forward_from_an_id_or_back_from_the_end(note, ids, view, expected):
    for _ in TEN:
        note()
    assert ids(**view) == expected


def test_a_view_is_narrowed_by_table_and_level(note, ids):
    for table in ("customer", "vendor"):
        for level in ("debug", "info", "warning", "error"):
            note(table=table, level=level)
    assert ids(table="vendor") == [5, 6, 7, 8]
    assert ids(levels=["warning", "error"]) == [3, 4, 7, 8]
    assert ids(table="vendor", levels=["error"]) == [8]
    assert ids(levels=[]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("fax", [1]), ("FAX", [1]), ("vendor", [2]), ("run_ended", [3]), ("100%", [4]), ("_", [1, 3])],
)
def test_a_text_is_looked_for_in_table_event_and_detail_and_taken_literally(
    note, ids, text, expected
):
    note("column_gone", column="Fax")
    note("page", table="vendor")
    note("run_ended")
    note("page", said="100% of 1000")
    assert ids(text=text) == expected


def test_an_id_never_comes_again(write, note, ids, later):
    note(seconds=0)
    note(seconds=1)
    assert write(sync_log.prune, later(100)) == 2
    note()
    assert ids() == [3]


def test_what_is_older_than_a_moment_is_removed(write, note, ids, later):
    for seconds in range(5):
        note(seconds=seconds)
    assert write(sync_log.prune, later(3)) == 3
    assert ids() == [4, 5]


def test_no_entries_are_no_work(write, ids):
    write(sync_log.append, [])
    assert ids() == []


@pytest.mark.parametrize(
    "view", [{}, {"after_id": 5}, {"table": "customer"}, {"before_id": 9, "levels": ["error"]}]
)
def test_a_page_is_read_in_the_order_of_an_index_without_sorting(store, write, view):
    asked = []
    event.listen(store.engine, "before_cursor_execute", lambda *said: asked.append(said[2:4]))
    write(sync_log.page, limit=200, **view)
    ((statement, values),) = asked
    with store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "TEMP B-TREE" not in "\n".join(step.detail for step in plan)
