"""The scheduler on its own: what happens without being asked, and when it stops."""

import logging
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from nsconsole.scheduler import Scheduler
from nsconsole.services.approvals import Choice, Verdict
from nsconsole.services.approvals import decide as decide_service
from nsconsole.services.pushes.listing import list_pushes
from nsconsole.services.sync.overview import overview
from nsconsole.services.sync.tiers import tiers
from tests.waiting import until


@pytest.fixture
def start(open_workspace):
    """Start a scheduler on a workspace."""
    started = []

    def run(workspace):
        started.append(Scheduler(workspace))
        started[-1].start()
        return started[-1]

    yield run
    for one in started:
        one.stop()
    # What is under way reads a database that goes away with the test.
    until(lambda: not any(t.name.startswith("ThreadPoolExecutor") for t in threading.enumerate()))


def _refusals(caplog):
    return sum("refused the credentials" in record.getMessage() for record in caplog.records)


def _statuses(workspace):
    return [push.status for push in list_pushes(workspace)]


def test_it_drains_at_its_start(start, workspace, approved, sandbox):
    approved()
    start(workspace)
    until(lambda: _statuses(workspace) == ["applied"])
    assert len(sandbox.ledger()) == 1


def test_it_drains_as_soon_as_an_approval_can_be_called_back_no_more(
    start, open_workspace, sandbox, stage, admin, vendor, clock
):
    seldom = open_workspace(sandbox.environ, drain_every=3600.0, undo_medium=2.0)
    (id_,) = stage(vendor)
    decide_service(seldom, admin, Verdict.APPROVE, [Choice(id_)])
    start(seldom)
    until(lambda: clock.advance(0.015) or _statuses(seldom) == ["applied"])


def test_it_drains_at_once_when_asked(start, open_workspace, sandbox, workspace, approved):
    seldom = open_workspace(sandbox.environ, drain_every=3600.0)
    running = start(seldom)
    approved()
    running.drain_soon()
    until(lambda: _statuses(workspace) == ["applied"])


def test_to_ask_before_its_start_is_to_ask_for_the_start(workspace, approved):
    running = Scheduler(workspace)
    approved()
    running.drain_soon()
    running.start()
    until(lambda: _statuses(workspace) == ["applied"])
    running.stop()


def test_it_drains_every_few_seconds_unasked(start, open_workspace, sandbox, workspace, approved):
    start(open_workspace(sandbox.environ, drain_every=0.05))
    approved()
    until(lambda: _statuses(workspace) == ["applied"])


def test_a_drain_that_is_late_by_a_night_is_done_all_the_same(
    start, open_workspace, sandbox, workspace, approved
):
    running = start(open_workspace(sandbox.environ, drain_every=3600.0))
    approved()
    # As after a laptop slept: the library's own default skips what is a second late.
    running._jobs.modify_job("drain", next_run_time=datetime.now(UTC) - timedelta(hours=8.5))
    until(lambda: _statuses(workspace) == ["applied"])


def test_after_a_refused_login_it_makes_no_more_calls(
    start, open_workspace, sandbox, approved, workspace, caplog
):
    approved()
    wrong = open_workspace(
        {**sandbox.environ, "NSCONSOLE_TOKEN_SECRET": "0" * 64}, drain_every=0.02
    )
    caplog.set_level(logging.DEBUG, logger="nsconsole.scheduler")
    running = start(wrong)
    until(lambda: _refusals(caplog) > 5)
    running.drain_soon()
    until(lambda: _refusals(caplog) > 8)
    assert len(sandbox.stats()["refused_logins"]) == 1
    assert _statuses(workspace) == ["queued"]
    assert "0" * 64 not in caplog.text


def test_a_long_pull_keeps_no_push_waiting(start, workspace, approved, sandbox):
    sandbox.fault("suiteql", "slow", ms=15_000, rate=1, where={"table": "deletedrecord"})
    running = start(workspace)
    until(lambda: any(tier.started_at and not tier.ended_at for tier in tiers(workspace)))
    approved()
    running.drain_soon()
    until(lambda: _statuses(workspace) == ["applied"])
    assert not any(line.synced_at for line in overview(workspace).tables)


def test_it_stops_without_waiting_and_does_nothing_afterwards(start, workspace, approved):
    running = start(workspace)
    began = time.monotonic()
    running.stop()
    assert time.monotonic() - began < 1
    approved()
    running.drain_soon()
    running.stop()
    until(lambda: not any(thread.name == "APScheduler" for thread in threading.enumerate()))
    assert _statuses(workspace) == ["queued"]


def test_it_goes_on_after_a_drain_that_failed(
    start, open_workspace, sandbox, workspace, approved, caplog
):
    start(open_workspace(sandbox.environ, drain_every=0.05))
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE ns_pending_pushes RENAME TO elsewhere")
    until(lambda: "no such table" in caplog.text)
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO ns_pending_pushes")
    approved()
    until(lambda: _statuses(workspace) == ["applied"])
