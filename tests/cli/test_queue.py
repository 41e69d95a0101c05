import json
import shutil
import signal
import time
from pathlib import Path

import pytest

CHANGE = {
    "action_type": "update_vendor_cost",
    "target_id": "42",
    "change": {"cost": 12.5},
    "author": "bot",
}


def _configure(program, old, new):
    config = Path(program.environ["NSCONSOLE_HOME"]) / "config.toml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))


def _approve(program, *changes):
    staged = program.here("propose", "--json", stdin=list(changes)).json["proposals"]
    ids = [str(proposal["id"]) for proposal in staged]
    assert program.here("decide", "approve", *ids).code == 0


def _comments(*vendors):
    kind = {"action_type": "update_vendor_contact", "author": "bot"}
    return [kind | {"target_id": str(id_), "change": {"comments": "Seen."}} for id_ in vendors]


def test_an_empty_queue_is_drained_at_once(program):
    result = program.here("drain", "--json")
    assert (result.code, result.json["applied"]) == (0, 0)


def test_a_drain_sends_no_more_than_asked(program, sandbox):
    _approve(program, *_comments(41, 42, 43))
    result = program.here("drain", "--limit", "2", "--json")
    assert (result.code, result.json["applied"], result.json["waiting"]) == (0, 2, 1)
    assert len(sandbox.ledger()) == 2


def test_a_drain_needs_no_edit_token(staged):
    assert staged.here("decide", "approve", "1").code == 0
    del staged.environ["NSCONSOLE_EDIT_TOKEN"]
    assert "1 applied" in staged.here("drain").out


def test_a_write_that_netsuite_refuses_ends_with_1_and_shows_why(staged, sandbox):
    assert staged.here("decide", "approve", "1").code == 0
    sandbox.edit("vendor", {"id": 42, "cost": 11})  # no longer what the proposal saw
    result = staged.here("drain", "--json")
    assert (result.code, result.json["applied"], result.json["dead"]) == (1, 0, 1)
    (push,) = staged.here("queue", "--json").json["pushes"]
    assert push["status"] == "dead"
    assert "RCRD_HAS_BEEN_CHANGED" in push["error"]
    assert "RCRD_HAS_BEEN_CHANGED" in staged.here("queue").out
    assert sandbox.ledger() == []


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("NSCONSOLE_TOKEN_SECRET", "0" * 64, "refused the credentials"),
        ("NSCONSOLE_NETSUITE_URL", "http://127.0.0.1:1", "not reachable"),
        ("NSCONSOLE_NETSUITE_URL", "http://netsuite.invalid", "http:// is only for this machine"),
        ("NSCONSOLE_ACCOUNT", "not an account", "is not a NetSuite account id"),
        ("NSCONSOLE_CONSUMER_KEY", "white space", "consumer key"),
    ],
)
def test_a_drain_that_cannot_reach_netsuite_ends_with_4(staged, variable, value, said):
    assert staged.here("decide", "approve", "1").code == 0
    staged.environ[variable] = value
    result = staged.here("drain", "--json")
    assert result.code == 4
    assert said in result.json["error"]["message"]
    (push,) = staged.here("queue", "--json").json["pushes"]
    assert (push["status"], push["attempts"]) == ("queued", 0)


def test_the_queue_is_listed_newest_first_and_by_status(program):
    _approve(program, *_comments(41, 42, 43))
    program.here("drain", "--limit", "1")
    pushes = program.here("queue", "--json").json["pushes"]
    assert [push["id"] for push in pushes] == [3, 2, 1]
    assert pushes[0]["next_attempt_at"].endswith("Z")
    applied = program.here("queue", "--status", "applied", "--json").json["pushes"]
    assert [push["id"] for push in applied] == [1]
    assert applied[0]["applied_at"].endswith("Z")
    assert len(program.here("queue", "--limit", "2", "--json").json["pushes"]) == 2


def test_empty_lists_say_so(program):
    assert program.here("inbox").out == "No proposal is pending.\n"
    assert program.here("inbox", "--status", "all").out == "There are no proposals.\n"
    assert program.here("queue").out == "There are no pushes.\n"
    assert program.here("queue", "--status", "dead").out == "No push is dead.\n"


def test_the_inbox_is_listed_by_status_and_limit(program):
    program.here("propose", stdin=_comments(41, 42, 43))
    program.here("decide", "reject", "2")

    def ids(*words):
        return [p["id"] for p in program.here("inbox", *words, "--json").json["proposals"]]

    assert ids() == [3, 1]
    assert ids("--status", "rejected") == [2]
    assert ids("--status", "all") == [3, 2, 1]
    assert ids("--status", "all", "--limit", "2") == [3, 2]


@pytest.fixture
def slow_sandbox(seeded_state, tmp_path):
    from nsconsole.sandbox.server import Options, running

    state = tmp_path / "slow.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, latency_ms=150)) as started:
        yield started


def test_ctrl_c_ends_a_drain_after_the_write_under_way(program, slow_sandbox, sandbox):
    _configure(program, "# batch = 50", "batch = 1")
    _approve(program, *_comments(*range(31, 51)))
    program.environ["NSCONSOLE_NETSUITE_URL"] = slow_sandbox.url
    process = program.start("drain", "--json")
    try:
        _wait_for_an_applied_push(program)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, err) == (130, "")
    report = json.loads(out)
    assert 1 <= report["applied"] < 20
    assert report["applied"] + report["waiting"] == 20
    states = [push["status"] for push in program.here("queue", "--json").json["pushes"]]
    assert sorted(set(states)) == ["applied", "queued"]


def _wait_for_an_applied_push(program):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if program.here("queue", "--status", "applied", "--json").json["pushes"]:
            return
    raise AssertionError("nothing was applied")


def _wait_to_undo(program):
    windows = "undo_seconds = { low = %d, medium = %d, high = %d }"
    _configure(program, windows % (0, 0, 0), windows % (60, 60, 60))


def _listed(program, *words):
    return {push["id"]: push for push in program.here("queue", *words, "--json").json["pushes"]}


def test_the_queue_says_what_each_push_waits_for(program):
    _wait_to_undo(program)
    _approve(program, *_comments(41, 41))
    assert program.here("queue", "hold", "2").code == 0
    found = _listed(program, "list")
    assert found[1]["reason"] == "undo_window"
    assert found[1]["until"].endswith("Z")
    assert (found[2]["reason"], found[2]["held_by"]) == ("held", "ada")
    assert program.here("queue", "release", "2").code == 0
    assert _listed(program)[2]["behind"] == 1
    assert program.here("queue", "first", "1").code == 0
    out = program.here("queue").out
    assert "undo, until " in out
    assert "(goes first)" in out
    assert "push 1, of the same record" in out


def test_what_is_settled_waits_for_nothing(program):
    _approve(program, *_comments(41))
    program.here("drain")
    (push,) = _listed(program, "--status", "applied").values()
    assert (push["reason"], push["until"]) == (None, None)


def test_held_pushes_are_not_sent_until_they_are_released(program, sandbox):
    _approve(program, *_comments(41, 42))
    result = program.here("queue", "hold", "1", "2", "--json")
    assert (result.code, [push["done"] for push in result.json["pushes"]]) == (0, [True, True])
    assert program.here("drain", "--json").json["applied"] == 0
    again = program.here("queue", "hold", "2", "99")
    assert again.code == 3
    assert "it is held already, by ada" in again.out
    assert "there is no such push" in again.out
    assert program.here("queue", "release", "1").code == 0
    assert program.here("drain", "--json").json["applied"] == 1
    assert [change["internal_id"] for change in sandbox.ledger()] == ["41"]


def test_first_can_be_taken_back(program):
    _approve(program, *_comments(41, 42))
    assert program.here("queue", "first", "2").code == 0
    assert _listed(program)[2]["priority"] == 0
    assert program.here("queue", "first", "--normal", "2").code == 0
    assert _listed(program)[2]["priority"] == 1


def test_a_cancelled_push_takes_its_proposal_with_it(program, sandbox):
    _approve(program, *_comments(41))
    assert program.here("queue", "cancel", "1").code == 2  # not without a reason
    assert program.here("queue", "cancel", "1", "--reason", "Not now.").code == 0
    assert program.here("drain", "--json").json["applied"] == 0
    assert sandbox.ledger() == []
    (proposal,) = program.here("inbox", "--status", "withdrawn", "--json").json["proposals"]
    assert proposal["decided_by"] == "ada"


def test_an_approval_is_undone_until_it_was_sent(program, sandbox):
    _wait_to_undo(program)
    _approve(program, *_comments(41, 42))
    result = program.here("undo", "1", "--json")
    assert (result.code, result.json) == (
        0,
        {"undone": [{"id": 1, "push_id": 1, "done": True, "why": ""}]},
    )
    assert program.here("inbox").out.count("Seen.") == 1
    late = program.here("undo", "1", "2", "99")
    assert late.code == 3
    assert "it is pending, so there is no approval to take back" in late.out
    assert "there is no such proposal" in late.out
    assert sandbox.ledger() == []


def test_what_was_sent_is_not_undone(program):
    _approve(program, *_comments(41))
    program.here("drain")
    late = program.here("undo", "1", "--json")
    assert late.code == 3
    assert late.json["undone"][0]["why"] == "too late: NetSuite has done it"


@pytest.mark.parametrize(
    "words",
    [("hold", "1"), ("release", "1"), ("first", "1"), ("cancel", "1", "--reason", "x")],
)
def test_changing_the_queue_takes_the_edit_token(program, words):
    _approve(program, *_comments(41))
    program.environ["NSCONSOLE_EDIT_TOKEN"] = "wrong"
    assert program.here("queue", *words).code == 3
    assert program.here("undo", "1").code == 3
    assert _listed(program)[1]["held_by"] is None
