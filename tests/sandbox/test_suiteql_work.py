"""How much SQLite has to do for a page: as much at the end of a long table as at its start."""

import itertools
from statistics import median

import pytest

from nsconsole.sandbox.behaviour import Behaviour
from nsconsole.sandbox.database import Database
from nsconsole.sandbox.suiteql import counting
from nsconsole.sandbox.suiteql.compiling import compile_query
from nsconsole.sandbox.suiteql.counting import Counts
from nsconsole.sandbox.suiteql.parsing import parse, shape_of
from nsconsole.sandbox.suiteql.running import prepare_reader

PAGE = 100
LONG_AGO = "2000-01-01"
UTC = "SYS_EXTRACT_UTC(t.lastmodifieddate)"
ISO = '\'YYYY-MM-DD"T"HH24:MI:SS"Z"\''
SPACED = "'YYYY-MM-DD HH24:MI:SS'"
BEHIND_ID = "SELECT t.id FROM transaction t WHERE t.id > {id} ORDER BY t.id ASC"
BEHIND_TIME = (
    "SELECT t.id FROM transaction t "
    f"WHERE ((t.lastmodifieddate > TO_DATE('{{day}} {{time}}', {SPACED})) "
    f"OR (t.lastmodifieddate = TO_DATE('{{day}} {{time}}', {SPACED}) AND t.id > {{id}})) "
    "ORDER BY t.lastmodifieddate, t.id"
)
BEHIND_MOMENT = (
    f"SELECT t.id, TO_CHAR({UTC}, {ISO}) AS x FROM transaction t "
    f"WHERE {UTC} >= TO_TIMESTAMP('{LONG_AGO}T00:00:00Z', {ISO}) "
    f"AND ({UTC} > TO_TIMESTAMP('{{day}}T{{time}}Z', {ISO}) "
    f"OR ({UTC} = TO_TIMESTAMP('{{day}}T{{time}}Z', {ISO}) AND t.id > {{id}})) "
    "ORDER BY t.lastmodifieddate ASC, t.id ASC"
)
WITH_PREFILTER = (
    "SELECT t.id FROM transaction t WHERE t.lastmodifieddate IS NOT NULL "
    f"AND t.lastmodifieddate >= TO_DATE('{LONG_AGO} 00:00:00', {SPACED}) "
    f"AND ((t.lastmodifieddate > TO_DATE('{{day}} {{time}}', {SPACED})) "
    f"OR (t.lastmodifieddate = TO_DATE('{{day}} {{time}}', {SPACED}) AND t.id > {{id}})) "
    "ORDER BY t.lastmodifieddate, t.id"
)
FORMS = [BEHIND_ID, BEHIND_TIME, BEHIND_MOMENT, WITH_PREFILTER]


@pytest.fixture(scope="module")
def database():
    with Database(None, seed=1, rows=None, prepare_reader=prepare_reader) as database:
        yield database


def compiled(database, query):
    """The query, and the values in it."""
    shape = shape_of(query)
    tree, _ = parse(shape.text, Behaviour())
    return compile_query(tree, database.tables, Behaviour()), shape.values


def places(database, order):
    """Where each page goes on from, if moments are shown in UTC."""
    with database.read() as connection:
        rows = connection.execute(
            f'SELECT id, lastmodifieddate FROM "transaction" ORDER BY {order}'
        ).fetchall()
    for number, moment in rows[PAGE - 1 :: PAGE]:
        day, time = moment.split()
        yield {"id": number, "day": day, "time": time}


def steps(connection, work):
    """How many of SQLite's instructions the work takes, in tens."""
    count = itertools.count()
    connection.set_progress_handler(lambda: next(count) < 0, 10)
    try:
        work()
    finally:
        connection.set_progress_handler(None, 0)
    return next(count)


@pytest.mark.parametrize("form", FORMS)
def test_a_page_behind_a_key_is_found_by_an_index_in_its_order(database, form):
    made, values = compiled(database, form.format(id=5, day="2026-01-02", time="03:04:05"))
    with database.read() as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {made.sql}", values)]
    assert [each.split()[:2] for each in plan] == [["SEARCH", "t"]]


@pytest.mark.parametrize("form", FORMS)
def test_a_page_takes_as_much_work_at_the_end_as_at_the_start(database, form):
    counts, taken = Counts(), []
    order = "id" if form == BEHIND_ID else "lastmodifieddate, id"
    with database.read() as connection:
        for place in places(database, order):
            made, values = compiled(database, form.format(**place))

            def answer(made=made, values=values):
                connection.execute(f"{made.sql} LIMIT {PAGE + 1}", values).fetchall()
                counts.count(connection, made, values, 0)

            taken.append(steps(connection, answer))
    first, *further = taken
    assert len(further) > 10
    assert further[0] < first / 2  # which has counted all rows there are
    # In the middle, as rows changed in the same second cost a page among them more.
    assert median(further[-6:]) < 1.2 * median(further[:6])


@pytest.mark.parametrize("start", [0, 700, 5000])
def test_many_rows_are_counted_by_an_index_and_as_many(database, monkeypatch, start):
    monkeypatch.setattr(counting, "_FEW", 500)
    made, values = compiled(database, BEHIND_ID.format(id=start))
    with database.read() as connection:
        wanted = connection.execute(
            'SELECT count(*) FROM "transaction" WHERE id > ?', (start,)
        ).fetchone()
        asked = []
        connection.set_trace_callback(asked.append)
        found = Counts().count(connection, made, values, 0)
        connection.set_trace_callback(None)
    assert found == wanted[0]
    assert len(asked) == (2 if found >= 500 else 1)
    with database.read() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {asked[-1]}").fetchall()
    assert ("COVERING INDEX" in plan[-1][3]) is (found >= 500)
