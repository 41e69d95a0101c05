import json
import subprocess

import pytest

VENDOR = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12.5}}
HOSTILE = "[red]x[/] [@click=app.quit]y[/]"
DISGUISED = "\x1b[2J\x9b31m\u202egnp.exe"


def _stored(program):
    return program.here("inbox", "--status", "all", "--json").json["proposals"]


def _refused(program, stdin, *, code=2):
    """Propose something that cannot be; give what is said, once people and programs agree."""
    result = program.here("propose", "--json", stdin=stdin)
    assert result.code == code
    assert result.json["error"]["code"] == code
    message = result.json["error"]["message"]
    assert _stored(program) == []
    for_people = program.here("propose", stdin=stdin)
    assert (for_people.code, for_people.out) == (code, "")
    assert for_people.err.startswith("nsconsole: ")
    assert "Traceback" not in for_people.err
    return message, for_people.err


@pytest.mark.parametrize(
    ("wrong", "place", "what"),
    [
        ({"action_type": "update_vendor_cots"}, "action_type", "did you mean “update_vendor_cost”"),
        ({"action_type": 7}, "action_type", "kind"),
        ({"change": {"phone": "1"}}, "change.phone", "changes only cost"),
        ({"change": {"cost": "a lot"}}, "change.cost", "a lot"),
        ({"change": {"cost": True}}, "change.cost", "not true"),
        ({"change": {"cost": -1}}, "change.cost", "at least 0"),
        ({"change": {}}, "change", "at least one field"),
        ({"target_id": "forty-two"}, "target_id", "digits"),
        ({"target_id": "999999"}, "target_id", "there is no vendor 999999"),
        ({"risk_tier": "none"}, "risk_tier", "low"),
        ({"author": "x" * 121}, "author", "121 characters"),
        ({"reason": "x" * 2001}, "reason", "2,001 characters"),
        ({"reason": DISGUISED}, "reason", "control characters"),
        ({"importance": "high"}, "importance", "not a key"),
    ],
)
def test_a_bad_field_is_named_with_its_entry(program, wrong, place, what):
    message, _ = _refused(program, [VENDOR, VENDOR | wrong])
    assert message.startswith("entry 2: ")
    assert place in message
    assert what in message
    assert "nothing was stored" in message


def test_a_value_with_control_characters_is_refused(program):
    change = {
        "action_type": "update_vendor_contact",
        "target_id": "42",
        "change": {"comments": DISGUISED},
    }
    message, _ = _refused(program, change)
    assert "entry 1: change.comments" in message


@pytest.mark.parametrize(
    "stdin",
    [
        "",
        "cost: 12",
        "{",
        b"\xff\xfe\x00",
        '{"a": NaN}',
        "[" * 100_000,
        '{"change": {}, "change": {}}',
    ],
)
def test_what_is_not_json_is_refused(program, stdin):
    message, _ = _refused(program, stdin)
    assert message.startswith("this is not JSON: ")


@pytest.mark.parametrize("stdin", ["[]", "7", "null", '"x"', "[[]]"])
def test_json_that_is_no_proposal_is_refused(program, stdin):
    _refused(program, stdin)


def test_one_bad_entry_in_a_thousand_stores_nothing(program):
    entries = [VENDOR] * 1000
    entries[616] = VENDOR | {"change": {"cost": "free"}}
    message, _ = _refused(program, entries)
    assert message.startswith("entry 617: change.cost")


def test_ten_megabytes_are_refused_before_they_are_read_whole(program):
    many = json.dumps([VENDOR | {"reason": "x" * 1900}] * 5000)
    assert len(many) > 9_000_000
    message, _ = _refused(program, many)
    assert "more than 8 MB" in message


def test_input_without_end_is_refused_without_waiting_for_it(program):
    process = program.start("propose", "--json", stdin=subprocess.PIPE, text=False)
    try:
        process.stdin.write(b" " * (8 * 2**20 + 1))
        process.stdin.flush()
        assert process.wait(timeout=30) == 2  # stdin is still open
        assert b"more than 8 MB" in process.stderr.read()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", ["nowhere.json", ".", "nul\0.json"])
def test_a_file_that_cannot_be_read_is_named(program, tmp_path, name):
    result = program.here("propose", str(tmp_path / name), "--json")
    assert result.code == 2
    assert "cannot be read" in result.json["error"]["message"]


def test_whoever_gives_the_command_is_the_author_of_what_names_nobody(program):
    assert program.here("propose", stdin=VENDOR).code == 0
    program.environ["LOGNAME"] = "somebody"
    assert program.here("propose", "-", stdin=VENDOR).code == 0
    assert [p["author"] for p in _stored(program)] == ["somebody", "ada"]


def test_many_entries_are_stored_in_their_order(program):
    entries = [VENDOR | {"change": {"cost": cost}} for cost in (11, 12, 13)]
    staged = program.here("propose", "--json", stdin=entries).json["proposals"]
    assert [s["summary"].rpartition("→")[2].split(",")[0].strip() for s in staged] == [
        "11.00",
        "12.00",
        "13.00",
    ]
    assert [s["id"] for s in staged] == sorted(s["id"] for s in staged)


def test_hostile_text_is_shown_literally(program, sandbox):
    # What a proposal may not hold, NetSuite may.
    sandbox.edit("vendor", {"id": 42, "companyname": f"Acme {HOSTILE}{DISGUISED}"})
    change = {
        "action_type": "update_vendor_contact",
        "target_id": "42",
        "change": {"comments": HOSTILE},
        "author": HOSTILE,
    }
    shown = [
        program.here("propose", stdin=change).out,
        program.here("inbox").out,
        program.here("inbox", "--json").out,
    ]
    for text in shown:
        assert "[red]x[/]" in text
        assert "[@click=app.quit]y[/]" in text
        assert not set("\x1b\x9b\u202e") & set(text)
    assert "␛[2J⟨U+009B⟩31m⟨U+202E⟩gnp.exe" in shown[0]


def test_wrong_credentials_end_with_4_and_say_so(program):
    program.environ["NSCONSOLE_TOKEN_SECRET"] = "0" * 64
    message, err = _refused(program, VENDOR, code=4)
    assert "refused the credentials" in message
    assert "0" * 64 not in err


def test_a_missing_credential_ends_with_4_and_is_named(program):
    del program.environ["NSCONSOLE_TOKEN_SECRET"]
    message, _ = _refused(program, VENDOR, code=4)
    assert "NSCONSOLE_TOKEN_SECRET" in message
    assert "NSCONSOLE_TOKEN_ID" not in message


def test_a_host_that_is_down_ends_with_4_and_is_named(program, unused_tcp_port):
    program.environ["NSCONSOLE_NETSUITE_URL"] = f"http://127.0.0.1:{unused_tcp_port}"
    message, _ = _refused(program, VENDOR, code=4)
    assert f"127.0.0.1:{unused_tcp_port} is not reachable" in message


@pytest.mark.parametrize(("minutes", "side"), [(10, "behind"), (-10, "ahead of")])
def test_a_clock_ten_minutes_off_ends_with_4_and_says_so(program, clock, minutes, side):
    clock.skew = clock.skew.__class__(minutes=minutes)
    message, _ = _refused(program, VENDOR, code=4)
    assert f"the local clock is 10 minutes {side} NetSuite's" in message


def test_without_an_account_it_ends_with_4_and_says_what_to_set(bare):
    assert bare.here("init").code == 0
    message, _ = _refused(bare, VENDOR, code=4)
    assert "NSCONSOLE_ACCOUNT" in message
