"""`status`: how everything stands."""

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
        *("tiers", "tables", "paused", "set_aside", "governor", "proposals", "queue"),
        *("netsuite", "breaker", "dlq", "coverage"),
    }
    assert (known["breaker"], known["dlq"], known["coverage"]) == (None, None, None)
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
