"""Five failed logins in a row lock the account for half an hour of the sandbox's time."""

from datetime import UTC, datetime, timedelta

import pytest

from nsconsole.sandbox.behaviour import Behaviour

SUITEQL = "/services/rest/query/v1/suiteql"


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self):
        return self.at

    def move(self, **by):
        self.at += timedelta(**by)


@pytest.fixture
def clock():
    return Time()


def good(caller) -> int:
    return caller.restlet({"operation": "ping"}).status


def bad(caller, times=1):
    for _ in range(times):
        path = SUITEQL
        answer = caller.send("POST", path, auth=caller.header("POST", path, secret="0" * 64))
        assert answer.status == 401


def test_the_fifth_failure_locks_and_the_fourth_does_not(start, clock):
    with start(now=clock) as caller:
        bad(caller, 4)
        assert good(caller) == 200
        bad(caller, 5)
        assert good(caller) == 401
        assert caller.last_refusal() == "temporary_locked"


def test_a_locked_account_answers_like_any_bad_login(start, clock):
    with start(now=clock) as caller:
        path = SUITEQL
        first = caller.send("POST", path, auth=caller.header("POST", path, secret="0" * 64))
        bad(caller, 4)
        locked = caller.suiteql("SELECT 1 FROM dual")
        assert (locked.status, locked.text) == (first.status, first.text)
        assert locked.headers["www-authenticate"] == first.headers["www-authenticate"]


def test_the_lock_opens_after_half_an_hour_and_attempts_do_not_prolong_it(start, clock):
    with start(now=clock) as caller:
        bad(caller, 5)
        clock.move(minutes=20)
        bad(caller, 10)
        clock.move(minutes=9, seconds=59)
        assert good(caller) == 401
        clock.move(seconds=1)
        assert good(caller) == 200


def test_after_the_lock_the_count_begins_anew(start, clock):
    with start(now=clock) as caller:
        bad(caller, 5)
        clock.move(minutes=30)
        bad(caller, 4)
        assert good(caller) == 200


def test_a_good_login_takes_the_failures_away(start, clock):
    with start(now=clock) as caller:
        for _ in range(3):
            bad(caller, 4)
            assert good(caller) == 200


@pytest.mark.parametrize(("failures", "status"), [(4, 200), (5, 401)])
def test_failures_and_lock_are_remembered_over_a_restart(start, clock, failures, status):
    with start(now=clock) as caller:
        bad(caller, failures - 1)
    with start(now=clock) as caller:
        bad(caller, 1)
    with start(now=clock) as caller:
        assert good(caller) == status
        clock.move(minutes=30)
        assert good(caller) == 200


def test_failures_that_a_good_login_took_away_do_not_come_back(start, clock):
    with start(now=clock) as caller:
        bad(caller, 4)
        assert good(caller) == 200
    with start(now=clock) as caller:
        bad(caller, 4)
        assert good(caller) == 200


def test_how_many_failures_lock_is_a_switch_and_none_may(start, clock):
    with start(now=clock, behaviour=Behaviour(lock_after=2)) as caller:
        bad(caller, 2)
        assert good(caller) == 401
        caller.door("PATCH", "behaviour", {"lock_after": 0})
        assert good(caller) == 200
        bad(caller, 20)
        assert good(caller) == 200


def test_a_locked_account_uses_no_nonce_up(start, clock):
    with start(now=clock) as caller:
        path = SUITEQL + "?limit=1"
        header = caller.header("POST", path, oauth_timestamp=str(int(clock().timestamp()) + 1800))
        bad(caller, 5)
        assert caller.send("POST", path, {"q": "SELECT 1"}, auth=header).status == 401
        clock.move(minutes=30)
        assert caller.send("POST", path, {"q": "SELECT 1"}, auth=header).status != 401


def test_time_can_be_made_to_jump_over_the_lock(own):
    bad(own, 5)
    before = own.door("GET", "clock").json()["now"]
    after = own.door("POST", "clock", {"advance_seconds": 1800}).json()["now"]
    passed = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    assert timedelta(seconds=1800) <= passed < timedelta(seconds=1830)
    own.now = lambda: datetime.fromisoformat(after).timestamp()
    assert good(own) == 200


@pytest.mark.parametrize(
    "body", [None, [], {}, {"advance_seconds": "1"}, {"advance_seconds": True},
             {"advance_seconds": 1e300}, b'{"advance_seconds": 1e400}']
)  # fmt: skip
def test_a_jump_that_makes_no_sense_is_refused(own, body):
    answer = own.door("POST", "clock", body)
    assert answer.status == 400
    assert "advance_seconds" in answer.json()["error"] or "malformed" in answer.json()["error"]


@pytest.mark.parametrize("years", [60, -60])
def test_jumps_do_not_add_up_to_where_no_calendar_goes(own, years):
    jump = {"advance_seconds": years * 366 * 86_400}
    assert own.door("POST", "clock", jump).status == 200
    refused = own.door("POST", "clock", jump)
    assert (refused.status, "a hundred years" in refused.text) == (400, True)
    now = datetime.fromisoformat(own.door("GET", "clock").json()["now"])
    assert abs(now - datetime.now(UTC)) < timedelta(days=61 * 366)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (lambda caller: False, "parameter_absent"),
        (lambda caller: "OAuth", "parameter_rejected"),
        (lambda caller: "Basic dTpw", "parameter_absent"),
        (lambda caller: caller.header("GET", "/", oauth_token="0" * 64), "token_rejected"),
        (
            lambda caller: caller.header("GET", "/", oauth_consumer_key="0" * 64),
            "consumer_key_unknown",
        ),
    ],
)
def test_a_request_that_names_no_user_is_nobodys_failed_login(own, header, reason):
    for _ in range(6):
        assert own.send("GET", "/", auth=header(own)).status == 401
        assert own.last_refusal() == reason
    assert good(own) == 200


@pytest.mark.parametrize(
    "change", [{"oauth_timestamp": "1"}, {"oauth_nonce": "short"}, {"oauth_signature": "AAAA"},
               {"oauth_version": "2.0"}, {"realm": "OTHER"}, {"oauth_nonce": None}]
)  # fmt: skip
def test_whatever_else_is_wrong_the_user_has_failed_to_log_in(own, change):
    for _ in range(5):
        assert own.send("GET", "/", auth=own.header("GET", "/", **change)).status == 401
    assert good(own) == 401
    assert own.last_refusal() == "temporary_locked"
