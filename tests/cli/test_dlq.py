"""`dlq`: what rests among the dead letters, and how it goes out again."""

import pytest


@pytest.fixture
def dead(staged, sandbox):
    """The program on a workspace with a dead letter: the cost moved after it was staged."""
    assert staged.here("decide", "approve", "1").code == 0
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    assert staged.here("drain").code == 1
    return staged


def test_lists_what_rests_and_why(dead):
    (item,) = dead.here("dlq", "--json").json["items"]
    assert (item["id"], item["push_id"], item["attempts"], item["cause"]) == (1, 1, 1, "conflict")
    assert item["error"].startswith("RCRD_HAS_BEEN_CHANGED: ")
    assert item["last_at"]
    listed = dead.here("dlq").out
    assert "conflict" in listed
    assert "update_vendor_cost" in listed


def test_shows_what_was_to_be_sent_and_what_each_attempt_met(dead):
    item = dead.here("dlq", "show", "1", "--json").json
    assert item["payload"]["expected"] == {"cost": 10}
    assert item["error"]["current"] == {"cost": 11}
    assert [tried["code"] for tried in item["errors"]] == ["RCRD_HAS_BEEN_CHANGED"]
    assert "RCRD_HAS_BEEN_CHANGED" in dead.here("dlq", "show", "1").out


def test_replays_one_and_it_is_applied_once_it_can_be(dead, sandbox):
    assert dead.here("dlq", "replay", "1", "--json").json == {"replayed": [{"id": 1, "push_id": 2}]}
    sandbox.edit("vendor", {"id": 42, "cost": 10})
    assert dead.here("drain", "--json").json["applied"] == 1
    assert dead.here("dlq").out.startswith("There are no dead letters")
    (item,) = dead.here("dlq", "list", "--resolved", "--json").json["items"]
    assert (item["resolution"], item["replay_push_id"]) == ("replayed", 2)


def test_replays_all(dead):
    assert len(dead.here("dlq", "replay", "--all", "--json").json["replayed"]) == 1
    assert dead.here("dlq", "replay", "--all").code == 0


def test_whoever_comes_second_is_refused(dead):
    assert dead.here("dlq", "replay", "1").code == 0
    assert dead.here("dlq", "replay", "1").code == 3


def test_dismisses_with_a_reason(dead):
    assert dead.here("dlq", "dismiss", "1", "--reason", "called off").code == 0
    assert dead.here("status", "--json").json["dlq"] == {"open": 0, "by_cause": {}}


@pytest.mark.parametrize(
    "words", [["replay"], ["replay", "1", "--all"], ["dismiss", "1"], ["show", "99"], ["show"]]
)
def test_what_makes_no_sense_is_wrong_usage(dead, words):
    assert dead.here("dlq", *words).code == 2


def test_a_replay_needs_an_edit_token(dead):
    del dead.environ["NSCONSOLE_EDIT_TOKEN"]
    assert dead.here("dlq", "replay", "1").code == 3


def test_status_counts_them(dead):
    assert dead.here("status", "--json").json["dlq"] == {"open": 1, "by_cause": {"conflict": 1}}
    assert "1 conflict" in dead.here("status").out
