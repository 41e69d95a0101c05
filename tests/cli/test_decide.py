import pytest

CHANGE = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12.5}}


def _decide(program, *words):
    result = program.here("decide", *words, "--json")
    return result.code, result.json.get("decisions"), result.json.get("error", {}).get("message")


def _pending(program):
    return [p["id"] for p in program.here("inbox", "--json").json["proposals"]]


def _add(program, name, role):
    """Add an operator; give the program as them."""
    token = program.here("operator", "add", name, "--role", role, "--json").json["edit_token"]
    program.environ |= {"NSCONSOLE_OPERATOR": name, "NSCONSOLE_EDIT_TOKEN": token}


def test_an_approval_queues_a_push_and_sends_nothing(staged, sandbox):
    code, (decision,), _ = _decide(staged, "approve", "1", "--reason", "Agreed on the phone.")
    assert (code, decision["won"], decision["status"], decision["why"]) == (
        0,
        True,
        "approved",
        "",
    )
    assert decision["decided_at"].endswith("Z")
    (push,) = staged.here("queue", "--json").json["pushes"]
    assert (push["id"], push["status"]) == (decision["push_id"], "queued")
    assert sandbox.ledger() == []


def test_a_rejection_queues_nothing(staged):
    code, (decision,), _ = _decide(staged, "reject", "1")
    assert (code, decision["status"], decision["push_id"]) == (0, "rejected", None)
    assert staged.here("queue", "--json").json == {"pushes": []}


def test_the_loser_is_told_who_was_first(staged):
    _decide(staged, "approve", "1")
    _add(staged, "rita", "reviewer")
    code, (decision,), _ = _decide(staged, "reject", "1")
    assert (code, decision["won"], decision["status"], decision["decided_by"]) == (
        3,
        False,
        "approved",
        "ada",
    )
    assert decision["why"].startswith("ada approved it first")
    for_people = staged.here("decide", "reject", "1")
    assert for_people.code == 3
    assert "not decided: ada approved it first" in for_people.out


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        (["1", "2"], 0),
        (["7"], 2),
        (["7", "8"], 2),
        (["1", "7"], 1),
        (["1", "3"], 3),
        (["3", "7"], 3),
        (["1", "1"], 0),
    ],
)
def test_the_exit_code_tells_how_much_was_decided(program, ids, code):
    program.here("propose", stdin=[CHANGE | {"author": "bot"}] * 3)
    assert _decide(program, "approve", "3")[0] == 0
    found, decisions, _ = _decide(program, "approve", *ids)
    assert found == code
    assert [str(decision["id"]) for decision in decisions] == list(dict.fromkeys(ids))


def test_ones_own_proposal_is_refused(program, sandbox):
    program.here("propose", stdin=CHANGE)
    code, (decision,), _ = _decide(program, "approve", "1")
    assert (code, decision["won"], decision["status"]) == (3, False, "pending")
    assert "staged it yourself" in decision["why"]
    assert program.here("queue", "--json").json == {"pushes": []}


@pytest.mark.parametrize(("tier", "code"), [("medium", 0), ("low", 3)])
def test_the_settings_may_allow_ones_own_proposal_by_risk(program, home, tier, code):
    program.here("propose", stdin=CHANGE)  # of medium risk
    config = home / "config.toml"
    text = config.read_text().replace("self_approval = []", f'self_approval = ["{tier}"]')
    config.write_text(text)
    assert _decide(program, "approve", "1")[0] == code


def test_a_viewer_is_refused(staged):
    _add(staged, "vic", "viewer")
    code, _, message = _decide(staged, "approve", "1")
    assert code == 3
    assert "vic" in message
    assert "viewer" in message
    assert _pending(staged) == [1]


@pytest.mark.parametrize("token", ["", "not-the-token"])
def test_without_the_right_edit_token_nothing_is_decided(staged, token):
    staged.environ["NSCONSOLE_EDIT_TOKEN"] = token
    code, _, message = _decide(staged, "approve", "1")
    assert code == 3
    assert "edit token" in message
    assert "not-the-token" not in message
    assert _pending(staged) == [1]


def test_somebody_unknown_is_refused(staged):
    staged.environ["LOGNAME"] = "stranger"
    code, _, message = _decide(staged, "approve", "1")
    assert code == 3
    assert "not an operator" in message


@pytest.mark.parametrize("reason", ["x" * 2001, "\x1b[2J"])
def test_a_bad_reason_is_refused_and_nothing_decided(staged, reason):
    code, _, message = _decide(staged, "reject", "1", "--reason", reason)
    assert code == 2
    assert "reason" in message
    assert _pending(staged) == [1]


def test_a_proposal_that_was_tampered_with_is_refused(staged, home):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(home / "nsconsole.db")) as database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("""UPDATE proposed_actions SET proposed_change_json = '{"cost":99}'""")
        database.commit()
    code, _, message = _decide(staged, "approve", "1")
    assert code == 3
    assert "digest" in message
    assert _pending(staged) == [1]


def test_the_token_is_asked_for_on_a_terminal(staged, type_into):
    token = staged.environ.pop("NSCONSOLE_EDIT_TOKEN")
    code, shown = type_into(staged, ["decide", "approve", "1"], {"Edit token of ada: ": token})
    assert code == 0
    assert "push 1 is queued" in shown
    assert token not in shown


def test_the_token_is_never_asked_for_with_json(staged, type_into):
    staged.environ.pop("NSCONSOLE_EDIT_TOKEN")
    code, shown = type_into(staged, ["decide", "approve", "1", "--json"], {})
    assert code == 3
    assert "NSCONSOLE_EDIT_TOKEN" in shown
