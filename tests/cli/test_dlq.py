"""`dlq`: what rests among the dead letters, why, and how it goes out again."""

import json

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


def test_lists_groups_and_takes_filters_before_or_after_the_word_list(dead):
    (group,) = dead.here("dlq", "--json").json["groups"]
    assert (group["cause"], group["code"], group["count"]) == (
        "conflict",
        "RCRD_HAS_BEEN_CHANGED",
        1,
    )
    for words in (
        ["--cause", "conflict"],
        ["list", "--cause", "conflict"],
        ["--code", "RCRD_HAS_BEEN_CHANGED"],
        ["--match", "vendor COST"],
    ):
        assert len(dead.here("dlq", *words, "--json").json["items"]) == 1
    for words in (["--cause", "refused"], ["list", "--code", "X"], ["--match", "nothing"]):
        assert dead.here("dlq", *words, "--json").json == {"items": [], "groups": []}
    assert dead.here("dlq", "--match", "nothing").out == "No dead letter is like that.\n"


def test_shows_the_three_sides_of_a_conflict_and_what_mends_it(dead):
    (field,) = dead.here("dlq", "show", "1", "--json").json["fields"]
    assert (field["seen"], field["proposed"], field["now"]) == ("10.00", "12.50", "11.00")
    shown = dead.here("dlq", "show", "1").out
    assert "NETSUITE NOW" in shown
    assert "What usually mends it: " in shown


def test_a_dry_run_tells_and_sends_nothing(dead, sandbox):
    (verdict,) = dead.here("dlq", "replay", "--all", "--dry-run", "--json").json["verdicts"]
    assert (verdict["id"], verdict["verdict"]) == (1, "conflict")
    sandbox.edit("vendor", {"id": 42, "cost": 10})
    assert "1 would apply; nothing was sent." in dead.here("dlq", "replay", "1", "--dry-run").out
    assert dead.here("queue", "--status", "queued", "--json").json["pushes"] == []
    assert sandbox.ledger() == []


def test_a_dry_run_takes_no_edit_token(dead):
    del dead.environ["NSCONSOLE_EDIT_TOKEN"]
    assert dead.here("dlq", "replay", "--all", "--dry-run").code == 0


def test_replays_what_fits_a_filter(dead):
    done = dead.here("dlq", "replay", "--cause", "refused", "--json")
    assert (done.code, done.json) == (0, {"replayed": []})
    done = dead.here("dlq", "replay", "--cause", "conflict", "--json")
    assert done.json == {"replayed": [{"id": 1, "push_id": 2}]}


def test_an_edited_one_is_a_new_proposal(dead):
    done = dead.here("dlq", "edit", "1", "--set", "cost=12.75", "--json")
    assert done.json == {"id": 1, "proposal_id": 2}
    (proposal,) = dead.here("inbox", "--json").json["proposals"]
    assert (proposal["id"], proposal["author"]) == (2, "ada")
    assert "11.00 → 12.75" in proposal["summary"]
    assert "edited by ada" in dead.here("dlq", "show", "1").out
    assert dead.here("dlq", "edit", "1", "--set", "cost=12").code == 3


def test_a_whole_change_comes_from_a_file_or_stdin(dead, tmp_path):
    for given in ("not json", "[1]", '{"cost": "cheap"}'):
        assert dead.here("dlq", "edit", "1", "--change", "-", stdin=given).code == 2
    file = tmp_path / "change.json"
    file.write_text(json.dumps({"cost": 11.5}))
    assert dead.here("dlq", "edit", "1", "--change", str(file)).code == 0
    assert "11.00 → 11.50" in dead.here("inbox").out


def test_what_somebody_else_wrote_is_shown_literally(dead, sandbox):
    entry = {
        "action_type": "update_vendor_contact",
        "target_id": "42",
        "change": {"comments": "[red]y"},
        "author": "bot",
    }
    assert dead.here("propose", stdin=entry).code == 0
    assert dead.here("decide", "approve", "2").code == 0
    sandbox.edit("vendor", {"id": 42, "comments": "\x1b[2J[red]x"})
    assert dead.here("drain").code == 1
    for words in (["show", "2"], ["replay", "2", "--dry-run"], []):
        assert "\x1b" not in dead.here("dlq", *words).out
    assert "␛[2J[red]x" in dead.here("dlq", "show", "2").out


@pytest.mark.parametrize(
    "words",
    [
        ["replay"],
        ["replay", "1", "--all"],
        ["replay", "1", "--cause", "conflict"],
        ["dismiss", "1"],
        ["dismiss", "--reason", "why"],
        ["show", "99"],
        ["show"],
        ["edit", "1"],
        ["edit", "1", "--set", "cost"],
        ["edit", "1", "--set", "cost=1", "--change", "-"],
        ["edit", "99", "--set", "cost=1"],
        ["--cause", "bad luck"],
    ],
)
def test_what_makes_no_sense_is_wrong_usage(dead, words):
    assert dead.here("dlq", *words).code == 2


def test_a_replay_needs_an_edit_token(dead):
    del dead.environ["NSCONSOLE_EDIT_TOKEN"]
    assert dead.here("dlq", "replay", "1").code == 3


def test_status_counts_them(dead):
    assert dead.here("status", "--json").json["dlq"] == {"open": 1, "by_cause": {"conflict": 1}}
    assert "1 conflict" in dead.here("status").out
