"""The switches: what they take, who reads them, and that they are read for each request."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from nsconsole.sandbox.behaviour import Behaviour, BehaviourError, Switches, changed, from_text

NAMES = {each.name for each in fields(Behaviour)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Europe/Berlin"),
        ("time_zone", "UTC"),
        ("date_format", "DD.MM.YYYY"),
        ("past_limit", "error"),
        ("connect", True),
        ("retry_after", 5),
        ("retry_after", None),
        ("lock_after", 0),
        ("language", "ja"),
        ("clock_offset_seconds", -400),
        ("late_commit_seconds", 30),
    ],
)
def test_a_switch_takes_each_of_its_values(name, value):
    assert getattr(changed(Behaviour(), {name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
        ("time_zone", None),
        ("time_zone", "x\0"),
        ("date_format", "YYYYMMDD"),
        ("past_limit", None),
        ("past_limit", ["stop"]),
        ("connect", 1),
        ("connect", "true"),
        ("retry_after", -1),
        ("retry_after", True),
        ("retry_after", 1.5),
        ("lock_after", None),
        ("lock_after", 10**12),
        ("late_commit_seconds", -1),
        ("language", "xx"),
    ],
)
def test_a_value_that_a_switch_cannot_take_changes_nothing(name, value):
    switches = Switches()
    with pytest.raises(BehaviourError, match=name):
        switches.change({"connect": True, name: value})
    assert switches.current == Behaviour()


def test_an_unknown_switch_is_answered_with_all_there_are():
    with pytest.raises(BehaviourError) as refused:
        changed(Behaviour(), {"gravity": False})
    assert "'gravity'" in str(refused.value)
    assert all(name in str(refused.value) for name in NAMES)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("connect=true", "connect", True),
        ("connect=False", "connect", False),
        ("retry_after=none", "retry_after", None),
        ("retry_after=30", "retry_after", 30),
        ("clock_offset_seconds=-90", "clock_offset_seconds", -90),
        ("date_format=D MONTH, YYYY", "date_format", "D MONTH, YYYY"),
        ("time_zone=Asia/Tokyo", "time_zone", "Asia/Tokyo"),
    ],
)
def test_a_command_line_says_a_switch_as_text(text, name, value):
    assert from_text(text) == (name, value)


@pytest.mark.parametrize("text", ["connect", "", "=", "connect=yes", "gravity=1", "lock_after=²"])
def test_text_that_is_no_switch_is_refused(text):
    with pytest.raises(BehaviourError):
        from_text(text)


def test_the_door_shows_every_switch_and_changes_some(own):
    before = own.door("GET", "behaviour").json()
    assert set(before) == NAMES
    after = own.door("PATCH", "behaviour", {"connect": True, "retry_after": 9}).json()
    assert after == {**before, "connect": True, "retry_after": 9}
    assert own.door("GET", "behaviour").json() == after


@pytest.mark.parametrize("body", [7, [], {"gravity": 1}, {"connect": None}, {"retry_after": "1"}])
def test_the_door_refuses_what_makes_no_sense(own, body):
    before = own.door("GET", "behaviour").json()
    answer = own.door("PATCH", "behaviour", body)
    assert answer.status == 400
    assert set(answer.json()) == {"error"}
    assert own.door("GET", "behaviour").json() == before


def test_a_sandbox_starts_with_the_behaviour_asked_for(start):
    with start(behaviour=Behaviour(error_type="w3c")) as caller:
        error = caller.suiteql("nonsense").json()
        assert error["type"].startswith("https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#")
        caller.door("PATCH", "behaviour", {"error_type": "rfc9110"})
        error = caller.suiteql("nonsense").json()
        assert error["type"] == "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1"


def test_a_clock_that_is_off_is_off_for_logins_stamps_and_the_date_header(start):
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with start(now=lambda: at, behaviour=Behaviour(clock_offset_seconds=3600)) as caller:
        late = caller.restlet({"operation": "ping"})
        assert late.status == 401
        assert caller.last_refusal() == "InvalidTimestamp"
        off = parsedate_to_datetime(late.headers["date"]) - at
        assert off == timedelta(seconds=3600)
        caller.now = lambda: at.timestamp() + 3600
        assert caller.do("update", "vendor", id=42, values={"cost": 3})["lastmodified"] == (
            "2026-11-20T13:00:00Z"
        )


def test_a_late_commit_is_stamped_before_it_can_be_seen(start):
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with start(now=lambda: at) as caller:
        at_once = caller.do("update", "vendor", id=42, values={"cost": 3})
        caller.door("PATCH", "behaviour", {"late_commit_seconds": 90})
        late = caller.do("update", "vendor", id=42, values={"cost": 4})
        assert at_once["lastmodified"] == "2026-11-20T12:00:00Z"
        assert late["lastmodified"] == "2026-11-20T11:58:30Z"
        caller.door("POST", "tables/vendor/rows", [{"id": 14, "cost": 8}])
        stamps = caller.rows(
            "SELECT id, TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate), 'HH24:MI:SS') AS at "
            "FROM vendor WHERE id IN (14, 42) ORDER BY id"
        )
        assert [row["at"] for row in stamps] == ["11:58:30", "11:58:30"]


def test_an_account_whose_script_forgets_request_ids_does_things_twice(start):
    with start(behaviour=Behaviour(restlet_idempotent=False)) as caller:
        assert caller.restlet({"operation": "ping"}).json()["idempotent"] is False
        for cost in (1, 2):
            done = caller.do("update", "vendor", id=42, values={"cost": cost}, request_id="r")
            assert done["idempotent"] is False
        assert [entry["request_id"] for entry in caller.ledger()] == ["r", "r"]


def test_time_can_jump_and_can_be_asked_for(start):
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with start(now=lambda: at) as caller:
        assert caller.door("GET", "clock").json() == {"now": "2026-11-20T12:00:00+00:00"}
        jumped = caller.door("POST", "clock", {"advance_seconds": 90.5}).json()
        assert jumped == {"now": "2026-11-20T12:01:30.500000+00:00"}
        assert caller.restlet({"operation": "ping"}).status == 200
        assert json.dumps(caller.door("GET", "stats").json())
