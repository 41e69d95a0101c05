"""Draining: each approved change reaches NetSuite once, whatever happens on the way."""

import contextlib
import json
import threading
from datetime import datetime
from random import Random

import pytest

from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services.dead_letters.letters import list_dead_letters, show_dead_letter
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.link import LinkState, link_state, note
from nsconsole.services.pushes.attempts import Cause
from nsconsole.services.pushes.draining import drain
from nsconsole.services.pushes.listing import list_pushes
from tests.leases import take

LEASE = 121  # seconds: the longest call and a minute of slack, and one more


def item_cost(item, value=1):
    return {"action_type": "update_item_cost", "target_id": str(item), "change": {"cost": value}}


def delete_contact(contact):
    return {"action_type": "delete_record", "target_record": "contact", "target_id": str(contact)}


def rename_contact(contact):
    return {
        "action_type": "update_contact",
        "target_id": str(contact),
        "change": {"title": "Buyer"},
    }


@pytest.fixture
def mirrored(query):
    return lambda: [
        row["push_id"] for row in query("SELECT * FROM proposed_actions_applied_mirror ORDER BY id")
    ]


@pytest.fixture
def through_line(open_workspace, line):
    """A workspace that calls NetSuite through the line that a test disturbs."""
    return open_workspace(line.environ, drain_batch=1, concurrency=1)


def test_the_oldest_goes_first_and_a_limit_holds(workspace, sandbox, enqueue, mirrored):
    enqueue(*[item_cost(item) for item in (103, 101, 102)])
    report = drain(workspace, limit=2)
    assert (report.applied, report.waiting) == (2, 1)
    assert [change["internal_id"] for change in sandbox.ledger()] == ["103", "101"]
    assert drain(workspace).applied == 1
    assert mirrored() == [1, 2, 3]


def test_one_that_always_fails_does_not_hold_up_the_others(workspace, sandbox, enqueue):
    enqueue(item_cost(101))
    sandbox.edit("item", {"id": 101, "cost": 77})  # a conflict, each time
    enqueue(item_cost(102))
    drain(workspace, limit=1)
    assert sandbox.ledger() == []
    drain(workspace, limit=1)
    assert [made["internal_id"] for made in sandbox.ledger()] == ["102"]


def test_a_deletion_is_refused_if_the_record_changed_since_it_was_staged(
    workspace, sandbox, enqueue, pushes
):
    enqueue(delete_contact(323))
    sandbox.edit("contact", {"id": 323, "title": "Promoted meanwhile"})
    assert drain(workspace).dead == 1
    assert sandbox.ledger() == []
    (push,) = pushes()
    error = json.loads(push["error_json"])
    assert (error["code"], error["current"]) == (
        "RCRD_HAS_BEEN_CHANGED",
        {"title": "Promoted meanwhile"},
    )


def test_an_empty_queue_calls_nobody(workspace, sandbox):
    report = drain(workspace)
    assert (report.applied, report.waiting, report.stopped) == (0, 0, "")
    assert sandbox.stats()["requests"] == {}


def test_a_drain_ends_between_two_calls_when_it_is_told_to(open_workspace, sandbox, enqueue):
    enqueue(*[item_cost(item) for item in (101, 102, 103)])
    one_by_one = open_workspace(sandbox.environ, drain_batch=1, concurrency=1)
    report = drain(one_by_one, stopping=lambda: len(sandbox.ledger()) == 1)
    assert (report.applied, report.waiting) == (1, 2)


class TestWhatWasNotApproved:
    @pytest.mark.parametrize(
        "change",
        [
            "ns_pending_pushes SET payload_json = replace(payload_json, ':1}', ':2}')",
            "ns_pending_pushes SET digest = hex(zeroblob(32))",
            "proposed_actions SET proposed_change_json = '{\"cost\":2}'",
            "proposed_actions SET digest = hex(zeroblob(32))",
            "proposed_actions SET status = 'rejected'",
        ],
    )
    def test_is_never_sent(self, workspace, sandbox, enqueue, tamper, change):
        enqueue(item_cost(101), item_cost(102))
        tamper(f"UPDATE {change} WHERE id = 1")
        report = drain(workspace)
        assert (report.applied, report.dead, report.waiting) == (1, 1, 0)
        assert [made["internal_id"] for made in sandbox.ledger()] == ["102"]
        (dead,) = list_pushes(workspace, status="dead")
        assert dead.id == 1
        assert dead.error.startswith("DIGEST_MISMATCH: the push is not what was approved")
        assert drain(workspace).dead == 0

    def test_nor_is_the_push_of_another_proposal(self, workspace, sandbox, enqueue, tamper):
        enqueue(item_cost(101), item_cost(102))
        tamper("DROP INDEX uq_ns_pending_pushes_live")
        tamper("UPDATE ns_pending_pushes SET proposal_id = 2 WHERE id = 1")
        assert drain(workspace).dead == 1
        assert [made["internal_id"] for made in sandbox.ledger()] == ["102"]


class TestWithoutNetSuite:
    def test_pushes_wait_as_they_were(self, open_workspace, sandbox, enqueue, pushes):
        enqueue(item_cost(101), item_cost(102))
        before = pushes()
        away = open_workspace(sandbox.environ | {"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"})
        with pytest.raises(NetSuiteUnavailableError, match="not reachable"):
            drain(away)
        for push in pushes() + before:
            assert (push["status"], push["attempts"], push["error_json"]) == ("queued", 0, None)
        assert link_state(away).state is LinkState.UNREACHABLE

    def test_the_scheduler_goes_on_trying_and_finds_it_again(
        self, open_workspace, workspace, sandbox, enqueue
    ):
        enqueue(item_cost(101))
        away = open_workspace(sandbox.environ | {"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"})
        with pytest.raises(NetSuiteUnavailableError):
            drain(away, attended=False)
        assert drain(workspace, attended=False).applied == 1
        assert link_state(workspace).state is LinkState.OK

    def test_without_an_account_the_message_says_so(self, open_workspace, workspace, enqueue):
        enqueue(item_cost(101))
        with pytest.raises(NetSuiteUnavailableError, match="no NetSuite account is set"):
            drain(open_workspace({}))

    def test_an_overload_in_the_middle_ends_the_drain_without_blame(
        self, through_line, line, enqueue, pushes
    ):
        enqueue(*[item_cost(item) for item in (101, 102, 103)])
        line.play("pass", 429)
        report = drain(through_line)
        assert (report.applied, report.waiting) == (1, 2)
        assert "too many requests" in report.stopped
        assert [(push["status"], push["attempts"]) for push in pushes()] == [
            ("applied", 1),
            ("queued", 0),
            ("queued", 0),
        ]


class TestRefusedCredentials:
    @pytest.fixture
    def stranger(self, open_workspace, sandbox):
        """The workspace with a token that NetSuite does not know."""
        return open_workspace(sandbox.environ | {"NSCONSOLE_TOKEN_SECRET": "f" * 64})

    @pytest.mark.parametrize("attended", [True, False])
    def test_are_tried_once_and_then_by_nobody(self, stranger, sandbox, enqueue, pushes, attended):
        enqueue(item_cost(101), item_cost(102))
        for _ in range(4):
            with pytest.raises(NetSuiteUnavailableError, match="refused the credentials"):
                drain(stranger, attended=attended)
        assert sandbox.stats()["requests"]["restlet"] == {"401": 1}
        assert link_state(stranger).state is LinkState.REFUSED
        assert [(push["status"], push["attempts"]) for push in pushes()] == [("queued", 0)] * 2

    def test_do_not_stop_other_credentials(self, stranger, workspace, enqueue):
        enqueue(item_cost(101), item_cost(102))
        with pytest.raises(NetSuiteUnavailableError):
            drain(stranger)
        assert drain(workspace, attended=False).applied == 2
        assert link_state(workspace).state is LinkState.OK

    @pytest.mark.parametrize("failure", [503, 403, "cut_before"])
    def test_are_not_forgotten_because_of_another_failure(
        self, open_workspace, line, enqueue, failure
    ):
        enqueue(item_cost(101))
        stranger = open_workspace(line.environ | {"NSCONSOLE_TOKEN_SECRET": "f" * 64})
        with pytest.raises(NetSuiteUnavailableError):
            drain(stranger)
        line.play(failure)
        with pytest.raises(NetSuiteError) as failed:
            stranger.netsuite().ping()
        note(stranger, failed.value)
        assert link_state(stranger).state is LinkState.REFUSED

    def test_are_not_forgotten_because_the_network_is_down(self, stranger, open_workspace, enqueue):
        enqueue(item_cost(101))
        for url in (stranger.settings.netsuite_url, "http://127.0.0.1:9"):
            environ = {"NSCONSOLE_ACCOUNT": "1234567_SB1", "NSCONSOLE_NETSUITE_URL": url}
            names = ("CONSUMER_KEY", "CONSUMER_SECRET", "TOKEN_ID", "TOKEN_SECRET")
            wrong = open_workspace(environ | {f"NSCONSOLE_{name}": "f" * 64 for name in names})
            with pytest.raises(NetSuiteUnavailableError):
                drain(wrong)
        assert link_state(stranger).state is LinkState.REFUSED


class TestRefusedChanges:
    @pytest.fixture
    def refused(self, workspace, enqueue):
        """Two changes of which NetSuite refuses the second: the first deletes its record."""
        enqueue(delete_contact(323), rename_contact(323))
        return drain(workspace)

    def test_rest_among_the_dead_letters_at_once(self, workspace, refused):
        assert (refused.applied, refused.dead, refused.waiting) == (1, 1, 0)
        (push,) = list_pushes(workspace, status="dead")
        assert (push.id, push.attempts) == (2, 1)
        assert push.error.startswith("RCRD_DSNT_EXIST: ")
        (letter,) = list_dead_letters(workspace)
        assert (letter.push_id, letter.cause) == (2, Cause.REFUSED)

    def test_a_value_that_moved_is_told_and_not_overwritten(self, workspace, sandbox, enqueue):
        enqueue({"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12.5}})
        sandbox.edit("vendor", {"id": 42, "cost": 11})
        assert drain(workspace).dead == 1
        (letter,) = list_dead_letters(workspace)
        assert letter.cause is Cause.CONFLICT
        told = show_dead_letter(workspace, letter.id)
        assert (told.payload["expected"], told.error["current"]) == ({"cost": 10}, {"cost": 11})
        assert sandbox.ledger() == []


class TestWhatMayPass:
    """Failures that say nothing against the change are tried three times, further and further."""

    @pytest.fixture
    def due(self, query, clock):
        """Seconds until the one push that waits is due."""

        def seconds():
            (push,) = query("SELECT next_attempt_at FROM ns_pending_pushes")
            return (datetime.fromisoformat(push["next_attempt_at"]) - clock()).total_seconds()

        return seconds

    def test_waits_ever_longer_and_by_chance(self, through_line, line, enqueue, clock, due):
        through_line.chance = Random(7)
        enqueue(item_cost(101))
        line.play(503)
        chance = Random(7)
        for longest in (30, 60):
            drain(through_line, attended=False)
            assert due() == pytest.approx(longest * chance.random(), abs=1e-3)
            clock.advance(due())

    def test_is_left_alone_by_the_scheduler_until_it_is_due(
        self, through_line, line, enqueue, clock, due
    ):
        enqueue(item_cost(101))
        line.play(503, "pass")
        assert drain(through_line, attended=False).retried == 1
        clock.advance(due() - 0.001)
        assert drain(through_line, attended=False).applied == 0
        clock.advance(0.002)
        assert drain(through_line, attended=False).applied == 1

    def test_is_tried_at_once_by_a_person(self, through_line, line, enqueue):
        enqueue(item_cost(101))
        line.play(503, "pass")
        assert drain(through_line).retried == 1
        assert drain(through_line).applied == 1

    def test_rests_after_the_third_time_with_every_attempt(self, through_line, line, enqueue):
        enqueue(item_cost(101))
        line.play(503)
        reports = [drain(through_line) for _ in range(3)]
        assert [(report.retried, report.dead) for report in reports] == [(1, 0), (1, 0), (0, 1)]
        (letter,) = list_dead_letters(through_line)
        assert (letter.cause, letter.attempts) == (Cause.UNKNOWN_OUTCOME, 3)
        told = show_dead_letter(through_line, letter.id).attempts
        assert [(tried["number"], tried["http_status"]) for tried in told] == [
            (1, 503),
            (2, 503),
            (3, 503),
        ]
        assert drain(through_line).waiting == 0

    def test_is_not_laid_to_rest_if_the_restlet_knows_that_it_was_done(
        self, through_line, line, sandbox, enqueue
    ):
        enqueue(item_cost(101))
        line.play("cut_after", 503, 503, "pass")
        assert [drain(through_line).retried for _ in range(2)] == [1, 1]
        assert drain(through_line).applied == 1
        assert len(sandbox.ledger()) == 1
        assert list_dead_letters(through_line) == []

    @pytest.mark.parametrize("refusal", [400, 409])
    def test_a_refusal_is_not_believed_of_what_an_earlier_attempt_did(
        self, through_line, line, sandbox, enqueue, refusal
    ):
        enqueue(item_cost(101))
        line.play("cut_after", "pass", refusal, "pass")
        assert drain(through_line).retried == 1
        assert drain(through_line).applied == 1
        assert len(sandbox.ledger()) == 1

    def test_a_refusal_of_what_may_be_done_is_an_unknown_outcome_if_nobody_can_tell(
        self, through_line, line, enqueue
    ):
        enqueue(item_cost(101))
        line.play("cut_after", "pass", 400, 503)
        assert drain(through_line).retried == 1
        assert drain(through_line).dead == 1
        (letter,) = list_dead_letters(through_line)
        assert letter.cause is Cause.UNKNOWN_OUTCOME

    def test_a_refusal_stands_if_the_earlier_attempt_was_not_done(
        self, through_line, line, sandbox, enqueue
    ):
        enqueue(item_cost(101))
        line.play("cut_before", "pass", 400, "pass")
        assert drain(through_line).retried == 1
        assert drain(through_line).dead == 1
        (letter,) = list_dead_letters(through_line)
        assert letter.cause is Cause.REFUSED
        assert sandbox.ledger() == []

    @pytest.mark.parametrize("refusal", [429, 401])
    def test_a_call_that_netsuite_did_not_take_is_no_attempt(
        self, open_workspace, line, enqueue, query, refusal
    ):
        enqueue(item_cost(101))
        line.play(refusal)
        with pytest.raises(NetSuiteUnavailableError):
            drain(open_workspace(line.environ))
        assert query("SELECT * FROM ns_push_attempts") == []


class TestAnAnswerThatNeverCame:
    def test_is_asked_again_under_the_same_request_id(
        self, through_line, line, sandbox, enqueue, pushes
    ):
        enqueue(item_cost(101))
        line.play("cut_after", "pass")
        assert drain(through_line).retried == 1
        assert len(sandbox.ledger()) == 1
        (before,) = pushes()
        assert json.loads(before["error_json"])["outcome"] == "ambiguous"
        assert drain(through_line).applied == 1
        assert len(sandbox.ledger()) == 1
        (after,) = pushes()
        assert after["request_id"] == before["request_id"] == sandbox.ledger()[0]["request_id"]

    def test_ends_the_drain_since_the_next_push_would_only_wait_as_long(
        self, through_line, line, enqueue, pushes
    ):
        enqueue(item_cost(101), item_cost(102))
        line.play("cut_after", "pass")
        report = drain(through_line)
        assert (report.retried, report.applied, report.waiting) == (1, 0, 2)
        assert report.stopped
        assert [push["attempts"] for push in pushes()] == [1, 0]

    @pytest.mark.parametrize("failure", ["cut_before", 500, 503])
    def test_and_nothing_is_lost_if_nothing_was_done(
        self, through_line, line, sandbox, enqueue, failure
    ):
        enqueue(item_cost(101))
        line.play(failure, "pass")
        assert drain(through_line).retried == 1
        assert drain(through_line).applied == 1
        assert len(sandbox.ledger()) == 1


class TestAnAnswerThatIsNotToBeBelieved:
    @pytest.mark.parametrize("told", [None, "102"])
    def test_of_another_record_is_not_taken_for_done(
        self, through_line, line, sandbox, enqueue, pushes, told
    ):
        enqueue(item_cost(101))
        (push,) = pushes()
        result = {"request_id": push["request_id"], "ok": True, "ns_internal_id": told}
        line.play(json.dumps({"results": [result]}).encode(), "pass")
        assert drain(through_line).retried == 1
        (push,) = pushes()
        assert (push["status"], push["ns_internal_id"]) == ("queued", None)
        assert drain(through_line).applied == 1
        assert len(sandbox.ledger()) == 1


class TestLeases:
    @pytest.fixture
    def through_line(self, open_workspace, line):
        """With places for a second call while the first is held."""
        return open_workspace(line.environ, drain_batch=1)

    @pytest.fixture(autouse=True)
    def one_queued(self, enqueue, through_line):
        enqueue(item_cost(101))
        through_line.netsuite().ping()  # until a login is proven, calls go one at a time

    @pytest.fixture
    def outcome(self, pushes, query, sandbox):
        """All that is to be seen of the push, on both sides."""
        mirror = "SELECT * FROM proposed_actions_applied_mirror"
        return lambda: {"push": pushes(), "mirror": query(mirror), "ledger": sandbox.ledger()}

    def test_a_dead_holders_push_is_taken_over_when_its_lease_runs_out(
        self, workspace, sandbox, clock
    ):
        take_lease_and_die(workspace)
        clock.advance(LEASE - 2)
        assert drain(workspace).waiting == 1
        assert sandbox.ledger() == []
        clock.advance(2)
        assert drain(workspace, attended=False).applied == 1
        assert len(sandbox.ledger()) == 1

    @pytest.mark.parametrize("late_answer", ["pass", 500, 401])
    def test_a_late_answer_changes_nothing_that_was_settled_meanwhile(
        self, through_line, line, outcome, clock, late_answer
    ):
        held = line.hold(then=late_answer)
        late = threading.Thread(target=drain_quietly, args=(through_line,))
        late.start()
        assert held.arrived.wait(30)
        clock.advance(LEASE)
        assert drain(through_line).applied == 1
        settled = outcome()
        assert [len(rows) for rows in settled.values()] == [1, 1, 1]
        held.released.set()
        late.join(30)
        assert outcome() == settled

    def test_a_lease_is_not_shared(self, through_line, line, workspace, sandbox):
        held = line.hold(then="pass")
        first = threading.Thread(target=drain_quietly, args=(through_line,))
        first.start()
        assert held.arrived.wait(30)
        report = drain(workspace)
        assert (report.applied, report.waiting) == (0, 1)
        held.released.set()
        first.join(30)
        assert len(sandbox.ledger()) == 1


def drain_quietly(workspace):
    """Drain one push in a thread; what it raises is not what the test is about."""
    with contextlib.suppress(NetSuiteUnavailableError):
        drain(workspace, limit=1)  # or another of its threads might be who takes over


def take_lease_and_die(workspace):
    """Do what a drainer does up to its call, and no more."""
    assert take(workspace, limit=1)


def test_a_push_is_listed_by_status_the_newest_first(workspace, enqueue):
    enqueue(*[item_cost(item) for item in (101, 102, 103)])
    drain(workspace, limit=1)
    assert [push.id for push in list_pushes(workspace)] == [3, 2, 1]
    assert [push.id for push in list_pushes(workspace, status="queued")] == [3, 2]
    assert [push.ns_internal_id for push in list_pushes(workspace, status="applied")] == ["101"]
    assert list_pushes(workspace, limit=1)[0].id == 3
