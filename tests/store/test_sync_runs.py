"""The runs: counted as they go, ended once, and remembered."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from nsconsole.store import sync_map, sync_runs
from nsconsole.store.sync_runs import Status

MUCH = {"rows_read": 1000, "rows_written": 20, "rows_deleted": 3, "requests": 1}


@pytest.fixture
def begin(write, later):
    def start(table="customer", seconds=0):
        return write(
            sync_runs.begin,
            table,
            mode="incremental",
            trigger="tier",
            owner="host:1",
            at=later(seconds),
        )

    return start


@pytest.fixture
def end(write, later):
    def finish(run, status=Status.DONE, seconds=0, **how):
        write(sync_runs.end, run, status, at=later(seconds), **how)

    return finish


@pytest.fixture
def get(write):
    def find(run):
        tables = ("customer", "vendor")
        runs = [one for table in tables for one in write(sync_runs.history, table, limit=99)]
        return next((one for one in runs if one.id == run), None)

    return find


def test_a_run_begins_with_nothing_done(begin, get, later):
    assert get(begin()) == sync_runs.Run(
        id=1,
        table_name="customer",
        mode="incremental",
        trigger="tier",
        owner="host:1",
        started_at=later(0),
        touched_at=later(0),
        ended_at=None,
        status="running",
        rows_read=0,
        rows_written=0,
        rows_deleted=0,
        requests=0,
        expected_rows=None,
        rows_before=0,
        dropped_json="[]",
        watermark=None,
        error=None,
        cancel_asked_by=None,
    )


def test_progress_adds_up(write, begin, get, later):
    run = begin()
    for seconds in (1, 2):
        assert not write(sync_runs.progress, run, **MUCH, at=later(seconds))
    found = get(run)
    assert (found.rows_read, found.rows_written, found.rows_deleted) == (2000, 40, 6)
    assert (found.requests, found.touched_at) == (2, later(2))


def test_what_a_pull_expects_is_told(write, begin, get):
    run = begin()
    write(sync_runs.expect, run, expected_rows=5_000_000, rows_before=12_000)
    assert (get(run).expected_rows, get(run).rows_before) == (5_000_000, 12_000)


def test_the_end_says_what_came_of_it(write, begin, end, get, later):
    run = begin()
    write(sync_runs.progress, run, **MUCH, at=later(1))
    end(
        run,
        Status.FAILED,
        seconds=2,
        requests=4,
        dropped_json='["fax"]',
        watermark="2026-11-22T09:00:00Z",
        error="NetSuite cannot be reached",
    )
    found = get(run)
    assert (found.status, found.ended_at, found.requests) == ("failed", later(2), 5)
    assert found.error == "NetSuite cannot be reached"
    assert (found.dropped_json, found.watermark) == ('["fax"]', "2026-11-22T09:00:00Z")
    assert write(sync_runs.running) == []


def test_one_run_at_a_time_syncs_a_table(begin, end):
    run = begin()
    begin("vendor")
    with pytest.raises(IntegrityError):
        begin()
    end(run)
    begin()


def test_a_run_learns_with_its_next_page_that_it_is_to_end(write, begin, later):
    run, other = begin(), begin("vendor")
    assert write(sync_runs.ask_cancel, "customer", "ada") == 1
    assert write(sync_runs.progress, run, **MUCH, at=later(1))
    assert not write(sync_runs.progress, other, **MUCH, at=later(1))


def test_a_run_that_ended_cannot_be_cancelled(write, begin, end, get):
    run = begin()
    end(run)
    assert write(sync_runs.ask_cancel, "customer", "ada") == 0
    assert get(run).cancel_asked_by is None


def test_the_run_of_a_process_that_died_ended_when_it_was_last_heard_of(
    write, begin, end, get, later
):
    done = begin()
    end(done, seconds=1)
    dead, other = begin(), begin("vendor")
    write(sync_runs.progress, dead, **MUCH, at=later(7))
    assert [run.id for run in write(sync_runs.interrupt_dead, "customer")] == [dead]
    assert (get(dead).status, get(dead).ended_at) == ("interrupted", later(7))
    assert [get(run).status for run in (done, other)] == ["done", "running"]
    assert write(sync_runs.interrupt_dead, "customer") == []


def test_the_newest_runs_of_each_mapped_table_are_found(write, mapped, begin, end, later):
    write(sync_map.put, [mapped(name) for name in ("customer", "vendor", "item")], later(0))
    ids = {"customer": [], "vendor": [], "unmapped": []}
    for round_ in range(5):
        for name, runs in ids.items():
            runs.insert(0, begin(name, round_))
            end(runs[0])
    found = write(sync_runs.latest_by_table, each=3)
    assert {name: [run.id for run in runs] for name, runs in found.items()} == {
        "customer": ids["customer"][:3],
        "vendor": ids["vendor"][:3],
    }


def test_a_tables_history_outlives_its_place_in_the_map(write, mapped, begin, end, later):
    write(sync_map.put, [mapped()], later(0))
    ids = []
    for _ in range(3):
        ids.insert(0, begin())
        end(ids[0])
    write(sync_map.put, [], later(0))
    assert [run.id for run in write(sync_runs.history, "customer", limit=2)] == ids[:2]


def test_old_runs_are_removed_unless_they_go_on(write, begin, end, get):
    old = begin(seconds=0)
    end(old)
    going, new = begin(seconds=1), begin("vendor", seconds=60)
    end(new)
    write_before = get(new).started_at
    assert write(sync_runs.prune, write_before) == 1
    assert [get(run) is None for run in (old, going, new)] == [True, False, False]


def test_what_screens_ask_for_does_not_grow_with_the_history(store, write, later):
    asked = []
    event.listen(store.engine, "before_cursor_execute", lambda *said: asked.append(said[2:4]))
    write(sync_runs.latest_by_table, each=20)
    write(sync_runs.running)
    write(sync_runs.interrupt_dead, "customer")
    with store.reading() as connection:
        for statement, values in tuple(asked):  # to which the explaining adds
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert "SCAN sync_runs" not in {step.detail for step in plan}
