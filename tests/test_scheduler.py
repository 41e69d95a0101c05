"""The scheduler and the mirror: whose turn it is, what a person asks for, and how it all ends."""

import logging
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace

import pytest

from nsconsole.mapping import Column, Kind, MappedTable, Mode
from nsconsole.scheduler import Scheduler
from nsconsole.services.phases.listing import phase
from nsconsole.services.sync.log import Level, entries, note
from nsconsole.services.sync.overview import history, overview
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.sync_map import replace_map
from nsconsole.services.sync.tiers import pause_tier, tiers
from tests import phases
from tests.waiting import until

SOON = 20  # seconds after which something is taken never to happen
KINDS = {"id": Kind.INTEGER, "name": Kind.TEXT, "changed": Kind.DATETIME}
WIDGET = MappedTable(
    "widget",
    tuple(Column(name, kind) for name, kind in KINDS.items()),
    ("id",),
    Mode.INCREMENTAL,
    5,
    cursor="changed",
)
GADGET = replace(WIDGET, name="gadget", tier=60)
GIZMO = replace(WIDGET, name="gizmo")


def _working():
    return [t for t in threading.enumerate() if t.name.startswith(("ThreadPoolExecutor", "sync"))]


@pytest.fixture
def load(sandbox):
    """Put a number of rows into NetSuite's table."""

    def put(table, count):
        rows = [
            {"id": n, "name": f"row {n}", "changed": f"2026-11-{n % 20 + 1:02}T00:00:00Z"}
            for n in range(1, count + 1)
        ]
        columns = {name: kind.value for name, kind in KINDS.items()}
        sandbox.load(**{table: {"columns": columns, "key": ["id"], "rows": rows}})

    return put


@pytest.fixture
def mapped(workspace, load):
    """A workspace that mirrors two small tables."""
    load("widget", 5)
    load("gadget", 3)
    replace_map(workspace, [WIDGET, GADGET])
    return workspace


@pytest.fixture
def proven(mapped):
    """The same after a sync: until NetSuite has taken a login, all others wait for that one."""
    sync(mapped)
    return mapped


@pytest.fixture
def start(open_workspace, monkeypatch):
    """Start a scheduler on a workspace, one that looks more often than in earnest."""
    monkeypatch.setattr("nsconsole.scheduler._LOOK", 0.1)
    started = []

    def run(workspace):
        started.append(Scheduler(workspace))
        started[-1].start()
        return started[-1]

    yield run
    for one in started:
        one.stop()
    until(lambda: not _working())


def _runs(workspace, table="widget"):
    return [run.status for run in history(workspace, table)]


def _until_synced(workspace, table, *, times):
    until(lambda: len(_runs(workspace, table)) == times)
    until(lambda: (held := workspace.locks.try_take(f"table-{table}")) and not held.release())


def _let_it_look(running, *, times):
    for _ in range(times):
        turn = running._jobs.get_job("sync 5").next_run_time
        until(lambda turn=turn: running._jobs.get_job("sync 5").next_run_time > turn)


def _mirrored(workspace, table):
    with closing(sqlite3.connect(workspace.database.path)) as connection:
        return connection.execute(f"SELECT count(*) FROM ns_{table}").fetchone()[0]


def test_a_tier_is_synced_when_its_turn_comes_and_not_before(start, mapped, clock, sandbox):
    running = start(mapped)
    until(lambda: all(tier.ended_at for tier in tiers(mapped)))
    sandbox.edit("widget", {"id": 6, "name": "six", "changed": "2026-11-22T09:15:00Z"})
    clock.advance(4 * 60)
    _let_it_look(running, times=3)
    assert _runs(mapped) == ["done"]
    clock.advance(2 * 60)
    until(lambda: _mirrored(mapped, "widget") == 6)
    assert _runs(mapped, "gadget") == ["done"]  # its tier is not due yet


def test_two_schedulers_share_the_turns(start, mapped, open_workspace, sandbox):
    start(mapped)
    start(open_workspace(sandbox.environ))
    until(lambda: all(tier.ended_at for tier in tiers(mapped)))
    assert (_runs(mapped), _runs(mapped, "gadget")) == (["done"], ["done"])


def test_a_tier_that_waits_for_netsuite_holds_up_no_other(start, proven, sandbox):
    sandbox.fault("suiteql", "slow", ms=8_000, times=1, where={"table": "widget"})
    start(proven)
    until(lambda: _runs(proven, "gadget") == ["done", "done"])
    assert _runs(proven) == ["done"]


def test_a_table_that_takes_long_holds_up_no_other_of_its_tier(
    start, workspace, load, clock, sandbox
):
    load("widget", 10_000)
    load("gizmo", 2)
    replace_map(workspace, [WIDGET, GIZMO])
    sandbox.fault("suiteql", "slow", ms=1_000, rate=1, where={"table": "widget"})
    start(workspace)
    until(lambda: _runs(workspace, "gizmo") == ["done"])
    clock.advance(6 * 60)
    until(lambda: _runs(workspace, "gizmo") == ["done", "done"])
    assert _runs(workspace) == []


def test_a_paused_tier_takes_no_turn(start, mapped):
    pause_tier(mapped, 5, by="ada")
    start(mapped)
    until(lambda: _runs(mapped, "gadget") == ["done"])
    assert _runs(mapped) == []


def test_what_a_person_asks_for_is_synced_at_once_whatever_its_tier(start, mapped):
    for minutes in (5, 15, 60):
        pause_tier(mapped, minutes, by="ada")
    running = start(mapped)
    running.sync_soon(["gadget"], full=False)
    _until_synced(mapped, "gadget", times=1)
    running.sync_soon(["gadget"])
    _until_synced(mapped, "gadget", times=2)
    running.sync_soon(["gadget"], full=True)
    _until_synced(mapped, "gadget", times=3)
    runs = history(mapped, "gadget")
    assert [run.rows_read == 3 for run in runs] == [True, False, True]
    assert {run.trigger for run in runs} == {"person"}
    assert _runs(mapped) == []


def test_what_is_asked_for_does_not_wait_for_what_was_asked_before(start, proven, sandbox):
    for minutes in (5, 15, 60):
        pause_tier(proven, minutes, by="ada")
    running = start(proven)
    sandbox.fault("suiteql", "slow", ms=8_000, times=1, where={"table": "widget"})
    running.sync_soon(["widget"])
    running.sync_soon(["gadget"])
    until(lambda: _runs(proven, "gadget") == ["done", "done"])
    assert _runs(proven) == ["done"]


def test_to_ask_for_what_the_map_lacks_is_logged_and_ends_nothing(start, mapped, caplog):
    running = start(mapped)
    running.sync_soon(["wigdet"])
    until(lambda: "wigdet" in caplog.text)
    running.sync_soon(["widget"])
    until(lambda: "done" in _runs(mapped))


def test_stopping_ends_a_pull_between_two_pages(start, mapped, load, sandbox):
    load("widget", 4000)
    sandbox.fault("suiteql", "slow", ms=400, rate=1, where={"table": "widget"})
    running = start(mapped)
    until(lambda: (under_way := overview(mapped).tables[0].running) and under_way.rows_read)
    running.stop()
    running.sync_soon(["gadget"])
    until(lambda: not _working())
    assert _runs(mapped) == ["cancelled"]
    assert 0 < _mirrored(mapped, "widget") < 4000


def test_a_turn_that_fails_is_logged_and_the_next_one_comes(start, mapped, clock, caplog, sandbox):
    caplog.set_level(logging.INFO, logger="nsconsole.scheduler")
    sandbox.fault("suiteql", "drop_before", rate=1)
    start(mapped)
    until(lambda: "tier 60: " in caplog.text)
    sandbox._door("faults", method="DELETE")
    clock.advance(4000)
    until(lambda: "done" in _runs(mapped, "gadget"))


def test_a_pass_is_told_in_a_line_and_what_needs_a_look_in_one_of_its_own(
    start, mapped, caplog, sandbox
):
    caplog.set_level(logging.INFO, logger="nsconsole.scheduler")
    sandbox.drift("gadget", drop="name")
    start(mapped)
    until(lambda: "columns set aside" in caplog.text and "tier 5: " in caplog.text)
    said = [record.getMessage() for record in caplog.records]
    assert "tier 5: 1 tables, 5 rows written, 0 deleted, 1 requests" in said
    assert "tier 60: gadget: columns set aside: name" in said


def test_old_log_entries_are_removed_at_its_start(start, open_workspace, sandbox, clock, workspace):
    with workspace.database.writing() as connection:
        note(connection, clock(), Level.INFO, "old")
    clock.advance(8 * 86_400)
    with workspace.database.writing() as connection:
        note(connection, clock(), Level.INFO, "new")
    start(open_workspace(sandbox.environ, log_days=7))
    until(lambda: not any(entry.event == "old" for entry in entries(workspace)))
    (pruned,) = [entry for entry in entries(workspace) if entry.event == "pruned"]
    assert pruned.detail == {"entries": 1, "days": 7}
    assert any(entry.event == "new" for entry in entries(workspace))


def test_what_was_approved_is_applied_soon(start, workspace, admin, sandbox, clock):
    phases.load(sandbox, clock)
    phases.begin(workspace)
    id_, proposal = phases.stage(workspace)
    start(workspace)
    assert phases.approve(workspace, admin, proposal).won
    until(lambda: phase(workspace, id_).line.state == "applied")
