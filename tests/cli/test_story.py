import json

CHANGE = {
    "action_type": "update_vendor_cost",
    "target_record": "vendor",
    "target_id": "42",
    "change": {"cost": 12.5},
    "author": "pricing-bot",
    "reason": "New price list.",
}


def test_from_a_proposal_to_an_applied_write(fresh, sandbox, tmp_path):
    made = fresh("init", "--operator", "mike", "--json")
    assert (made.code, made.err) == (0, "")
    assert made.json["operator"] == "mike"
    assert made.json["role"] == "admin"
    fresh.environ["NSCONSOLE_EDIT_TOKEN"] = made.json["edit_token"]

    file = tmp_path / "change.json"
    file.write_text(json.dumps(CHANGE))
    (staged,) = fresh("propose", str(file), "--json").json["proposals"]
    assert (staged["status"], staged["risk_tier"]) == ("pending", "medium")
    assert staged["summary"] == "Vendor 42 Acme Industrial Supply: cost 10.00 → 12.50, +25 %"

    (waiting,) = fresh("inbox", "--json").json["proposals"]
    assert waiting["id"] == staged["id"]
    assert waiting["author"] == "pricing-bot"
    assert waiting["created_at"].endswith("Z")

    (decision,) = fresh("decide", "approve", str(staged["id"]), "--json").json["decisions"]
    assert (decision["won"], decision["status"], decision["decided_by"]) == (
        True,
        "approved",
        "mike",
    )
    assert sandbox.ledger() == []

    drained = fresh("drain", "--json")
    assert drained.code == 0
    assert drained.json == {"applied": 1, "retried": 0, "dead": 0, "waiting": 0, "stopped": ""}

    (push,) = fresh("queue", "--json").json["pushes"]
    assert push["id"] == decision["push_id"]
    assert (push["status"], push["ns_internal_id"], push["attempts"]) == ("applied", "42", 1)
    (change,) = sandbox.ledger()
    assert (change["record_type"], change["internal_id"]) == ("vendor", "42")
    assert change["fields"] == {"cost": 12.5}
    assert fresh("inbox", "--json").json == {"proposals": []}

    status = fresh("status", "--json").json
    assert status["proposals"]["approved"] == 1
    assert status["queue"]["applied"] == 1
    assert status["netsuite"]["state"] == "ok"


def test_no_secret_is_in_any_output(fresh, sandbox, home):
    token = fresh.here("init", "--json").json["edit_token"]
    fresh.environ["NSCONSOLE_EDIT_TOKEN"] = token
    fresh.here("propose", "--json", stdin=CHANGE)
    for words in (
        ["inbox"],
        ["inbox", "--json"],
        ["decide", "approve", "1"],
        ["drain"],
        ["queue"],
        ["status"],
        ["doctor"],
        ["doctor", "--json"],
        ["operator", "list"],
    ):
        assert fresh.here(*words).code == 0, words
    everything = "".join(fresh.said)
    assert everything.count(token) == 1  # init shows it, that once
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "TOKEN_ID", "TOKEN_SECRET"):
        secret = sandbox.environ[f"NSCONSOLE_{name}"]
        assert secret not in everything
        assert secret.encode() not in kept
    assert token.encode() not in kept
