"""The nightly audit: once after the time that is set, whoever was there before."""

import time
from datetime import UTC, datetime

import pytest

from nsconsole.services.coverage.nightly import audit_if_due
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.store.tables import stamp


@pytest.fixture(autouse=True)
def in_new_york(monkeypatch):
    """Two in the morning is seven o'clock in UTC."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def is_due(open_workspace, clock):
    """Whether an audit is begun; it comes to no end, for there is no account to ask."""

    def look(at, *, began="2026-11-21T12:00Z", audited=None, **settings):
        workspace = open_workspace({}, **settings)
        clock.now = _moment(at)
        with workspace.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM coverage_audits")
            if audited:
                connection.exec_driver_sql(
                    "INSERT INTO coverage_audits (at, trigger, tables_total, tables_mirrored,"
                    " columns_total, columns_mirrored, opened, closed, seconds, summary_json)"
                    " VALUES (?, 'person', 0, 0, 0, 0, 0, 0, 0, '{}')",
                    (stamp(_moment(audited)),),
                )
        try:
            assert audit_if_due(workspace, since=_moment(began)) is None
        except NetSuiteUnavailableError:
            return True
        return False

    return look


def _moment(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def test_it_is_due_once_the_local_time_has_passed_since_the_last_audit(is_due):
    assert not is_due("2026-11-22T06:59Z", audited="2026-11-21T07:10Z")
    assert is_due("2026-11-22T07:01Z", audited="2026-11-21T07:10Z")
    assert not is_due("2026-11-22T23:00Z", audited="2026-11-22T07:01Z")
    assert is_due("2026-11-24T06:00Z", audited="2026-11-22T07:01Z")  # nobody was there last night


def test_another_time_may_be_set_or_none(is_due):
    settings = {"audited": "2026-11-21T10:00Z"}
    assert not is_due("2026-11-22T09:00Z", nightly_audit="04:30", **settings)
    assert is_due("2026-11-22T09:31Z", nightly_audit="04:30", **settings)
    assert not is_due("2026-11-22T23:00Z", nightly_audit=None, **settings)


def test_a_workspace_that_was_never_audited_waits_for_the_next_night(is_due):
    assert not is_due("2026-11-22T06:59Z", began="2026-11-21T12:00Z")
    assert is_due("2026-11-22T07:01Z", began="2026-11-21T12:00Z")
    assert not is_due("2026-11-22T23:00Z", began="2026-11-22T08:00Z")


def test_two_processes_do_not_both_audit(is_due, open_workspace):
    with open_workspace({}).locks.take("nightly-audit"):
        assert not is_due("2026-11-22T07:01Z")
    assert is_due("2026-11-22T07:01Z")
