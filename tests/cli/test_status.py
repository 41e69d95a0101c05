"""`status`: how everything stands."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

CHANGE = {
    "action_type": "update_vendor_cost",
    "target_id": "42",
    "change": {"cost": 12.5},
    "author": "bot",
}
TERM = """
[term]
key = ["id"]
mode = "incremental"
tier = 60
cursor = "lastmodifieddate"
[term.columns]
id = "integer"
name = "text"
lastmodifieddate = "datetime"
"""


@pytest.fixture
def status(program):
    return lambda: program.here("status", "--json").json


def test_it_has_the_keys_that_programs_go_by(status):
    known = status()
    assert known.keys() == {
        *("tiers", "tables", "behind", "paused", "set_aside", "governor", "proposals", "queue"),
        *("netsuite", "breaker", "dlq", "coverage"),
    }
    assert known["coverage"] is None
    assert known["breaker"]["state"] == "closed"
    assert known["dlq"] == {"open": 0, "by_cause": {}}
    assert known["netsuite"]["account"] == "1234567_SB1"


def test_proposals_and_pushes_are_counted(staged, status):
    assert status()["proposals"]["pending"] == 1
    assert status()["queue"] == dict.fromkeys(
        ("queued", "in_flight", "applied", "dead", "cancelled"), 0
    )
    assert "1 pending" in staged.here("status").out


def test_a_new_mirror_has_tiers_that_are_due_and_tables_never_synced(status):
    known = status()
    assert [tier["minutes"] for tier in known["tiers"]] == [5, 15, 60]
    assert all(tier["last_run_at"] is None for tier in known["tiers"])
    assert all(tier["next_run_at"].endswith("Z") for tier in known["tiers"])
    assert known["tables"]["never"] == sum(tier["tables"] for tier in known["tiers"]) > 20
    assert known["governor"] is None


def test_after_a_sync_tables_are_on_time_and_the_calls_at_once_are_known(program, status):
    assert program.here("map", "edit", "--file", "-", stdin=TERM).code == 0
    assert program.here("sync").code == 0
    known = status()
    assert known["tables"] == {"never": 0, "on_time": 1, "late": 0, "stalled": 0, "paused": 0}
    assert known["tiers"][2]["on_time"] == 1
    assert (known["governor"]["limit"], known["governor"]["size"]) == (5, 5)
    shown = program.here("status").out
    assert "1 on time" in shown
    assert "every 60 minutes: 1 tables" in shown
    assert "5 of 5 calls at once" in shown


@pytest.fixture
def synced(program):
    """The program, with one table in its mirror, in step with NetSuite."""
    assert program.here("map", "edit", "--file", "-", stdin=TERM).code == 0
    assert program.here("sync").code == 0
    return program


@pytest.fixture
def rewrite(home):
    """Change what the database says of the table."""

    def run(sql, *values):
        with closing(sqlite3.connect(home / "nsconsole.db")) as connection, connection:
            connection.execute(sql, values)

    return run


def test_of_a_table_on_time_nothing_is_told(synced, status):
    assert status()["behind"] == []
    assert "term" not in synced.here("status").out


def test_tables_that_nobody_tried_to_sync_yet_share_a_line(program, status):
    behind = status()["behind"]
    assert len(behind) > 20
    assert behind[0] == {
        "table": "customer",
        "freshness": "never",
        "synced_at": None,
        "error": None,
    }
    assert "not synced yet: customer, vendor, item, " in program.here("status").out


@pytest.mark.parametrize(
    ("hours", "freshness"), [(2, "late"), (4, "stalled"), (-48, "never")]
)  # -48: written by a clock that was ahead
def test_a_table_that_is_behind_is_named_with_its_last_sync(
    synced, status, rewrite, hours, freshness
):
    at = datetime.now(UTC) - timedelta(hours=hours)
    rewrite("UPDATE sync_state SET synced_at = ?", f"{at:%Y-%m-%dT%H:%M:%S.000000Z}")
    (behind,) = status()["behind"]
    believed = f"{at:%Y-%m-%dT%H:%M:%SZ}" if hours > 0 else None
    assert behind == {
        "table": "term",
        "freshness": freshness,
        "synced_at": believed,
        "error": None,
    }
    since = f"{freshness}, last synced {at:%Y-%m-%d %H:%M} UTC" if believed else "never synced"
    assert f"           term: {since}\n" in synced.here("status").out


def test_a_table_whose_last_run_failed_is_named_with_the_reason(synced, status, rewrite):
    rewrite("UPDATE sync_runs SET status = 'failed', error = ?", "HTTP 500 \x1b[2J")
    (behind,) = status()["behind"]
    assert (behind["freshness"], behind["error"]) == ("on_time", "HTTP 500 \x1b[2J")
    assert " UTC; the last run failed: HTTP 500 ␛[2J\n" in synced.here("status").out


def test_a_run_that_did_not_fail_is_no_reason_to_name_a_table(synced, status, rewrite):
    rewrite("UPDATE sync_runs SET status = 'cancelled', error = 'cancelled; it goes on'")
    assert status()["behind"] == []


def test_a_table_that_rests_is_told_of_once(synced, status, rewrite):
    rewrite("UPDATE sync_runs SET status = 'failed', error = 'HTTP 500'")
    rewrite(
        "UPDATE sync_table_map SET paused_at = '2026-11-22T09:15:00.000000Z', paused_by = 'ada', "
        "pause_reason = 'person', pause_detail = ''"
    )
    known = status()
    assert known["behind"] == []
    assert known["paused"] == [{"table": "term", "why": "by ada since 2026-11-22 09:15 UTC"}]


def test_what_the_mirror_lacks_is_told_with_its_reason(program, sandbox, status):
    assert program.here("map", "edit", "--file", "-", stdin=TERM).code == 0
    sandbox.drift("term", drop="name")
    program.here("sync")
    (aside,) = status()["set_aside"]
    assert (aside["table"], aside["column"]) == ("term", "name")
    assert aside["reason"]
    assert aside["since"].endswith("Z")
    assert "term.name is set aside since" in program.here("status").out


def test_it_tells_why_netsuite_cannot_be_reached(staged, status):
    staged.environ["NSCONSOLE_NETSUITE_URL"] = "http://127.0.0.1:1"
    assert staged.here("propose", stdin=CHANGE).code == 4
    link = status()["netsuite"]
    assert link["state"] == "unreachable"
    assert "127.0.0.1:1" in link["detail"]
    assert "unreachable since" in staged.here("status").out
