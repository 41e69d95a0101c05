"""Leases: many drain together, what is of one record goes in its order, and nothing goes twice."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from nsconsole.services.dead_letters.letters import list_dead_letters
from nsconsole.services.pushes.attempts import Cause, Settlement
from nsconsole.services.pushes.draining import drain
from nsconsole.services.pushes.listing import list_pushes
from nsconsole.services.pushes.settling import Settled, settle
from tests.leases import take
from tests.services.conftest import Held

LEASE = 121  # seconds: the longest call and a minute of slack, and one more


def item_cost(item, value=1, **more):
    change = {"cost": value}
    return {"action_type": "update_item_cost", "target_id": str(item), "change": change} | more


def contact(contact_id, **change):
    return {"action_type": "update_contact", "target_id": str(contact_id), "change": change}


@pytest.fixture
def calls(sandbox):
    """Calls of the RESTlet that NetSuite answered, by status."""
    return lambda: sandbox.stats()["requests"].get("restlet", {})


@pytest.fixture
def attempts(query):
    return lambda: [
        (row["push_id"], row["number"], row["outcome"])
        for row in query("SELECT * FROM ns_push_attempts ORDER BY id")
    ]


class TestABatch:
    def test_travels_in_one_call_after_the_restlet_said_how_much_it_takes(
        self, workspace, sandbox, enqueue, calls
    ):
        enqueue(*[item_cost(item) for item in range(101, 108)])
        assert drain(workspace).applied == 7
        assert calls() == {"200": 2}
        assert [made["internal_id"] for made in sandbox.ledger()] == [
            str(item) for item in range(101, 108)
        ]

    def test_is_no_larger_than_what_the_restlet_takes(self, workspace, sandbox, enqueue, calls):
        sandbox.behave(restlet_max_operations=3)
        enqueue(*[item_cost(item) for item in range(101, 108)])
        assert drain(workspace).applied == 7
        assert len(sandbox.ledger()) == 7
        assert calls() == {"200": 1 + 3}

    def test_settles_each_of_its_changes_on_its_own(self, workspace, sandbox, enqueue):
        enqueue(item_cost(101), item_cost(102), item_cost(103))
        sandbox.edit("item", {"id": 102, "cost": 77})
        report = drain(workspace)
        assert (report.applied, report.dead) == (2, 1)
        (letter,) = list_dead_letters(workspace)
        assert (letter.push_id, letter.cause) == (2, Cause.CONFLICT)

    def test_that_fails_is_taken_apart_so_that_one_does_not_drag_others_along(
        self, workspace, sandbox, enqueue, attempts
    ):
        """NetSuite stops the script in the middle and tells nobody what it had done by then."""
        enqueue(*[item_cost(item) for item in (101, 102, 103, 104)])
        sandbox.behave(usage_units=60)
        assert drain(workspace).retried == 4
        assert 0 < len(sandbox.ledger()) < 4
        assert drain(workspace).applied == 4
        made = [change["internal_id"] for change in sandbox.ledger()]
        assert sorted(made) == ["101", "102", "103", "104"]
        assert [outcome for _, number, outcome in attempts() if number == 1] == ["ambiguous"] * 4

    def test_whose_answer_is_lost_leaves_each_of_its_changes_unknown(
        self, open_workspace, line, sandbox, enqueue
    ):
        workspace = open_workspace(line.environ)
        enqueue(*[item_cost(item) for item in (101, 102, 103)])
        line.play("pass", "cut_after", "pass")  # the first asks what the RESTlet can do
        assert drain(workspace).retried == 3
        assert len(sandbox.ledger()) == 3
        assert drain(workspace).applied == 3
        assert len(sandbox.ledger()) == 3


class TestTheOrder:
    def test_of_one_records_changes_is_that_of_their_approval(self, workspace, sandbox, enqueue):
        enqueue(contact(323, title="Buyer"), item_cost(101), contact(323, email="a@b.example"))
        assert drain(workspace).applied == 3
        made = [(change["internal_id"], *change["fields"]) for change in sandbox.ledger()]
        assert made == [("323", "title"), ("101", "cost"), ("323", "email")]

    def test_holds_while_the_earlier_one_waits_for_its_next_attempt(
        self, open_workspace, line, sandbox, enqueue
    ):
        workspace = open_workspace(line.environ, drain_batch=1, concurrency=1)
        enqueue(contact(323, title="Buyer"), contact(323, email="a@b.example"))
        line.play(503, "pass")
        assert drain(workspace, attended=False).retried == 1
        assert drain(workspace, attended=False).waiting == 2
        assert sandbox.ledger() == []

    def test_is_that_of_priority_first(self, workspace, sandbox, enqueue, tamper):
        enqueue(*[item_cost(item) for item in (101, 102, 103)])
        tamper("UPDATE ns_pending_pushes SET priority = 0 WHERE id = 3")
        drain(workspace)
        assert [made["internal_id"] for made in sandbox.ledger()] == ["103", "101", "102"]

    def test_leaves_out_what_a_person_holds(self, workspace, sandbox, enqueue, tamper):
        enqueue(item_cost(101), item_cost(102))
        tamper("UPDATE ns_pending_pushes SET held_at = '2026', held_by = 'ada' WHERE id = 1")
        assert drain(workspace).waiting == 1
        assert [made["internal_id"] for made in sandbox.ledger()] == ["102"]


class Late:
    """A database whose write lock is free only after others did something."""

    def __init__(self, database, *, before):
        self._database, self._before = database, before

    @contextlib.contextmanager
    def writing(self):
        self._before()
        with self._database.writing() as connection:
            yield connection


class TestALeaseThatRanOut:
    def test_leaves_an_attempt_that_nobody_heard_of(self, workspace, enqueue, clock, attempts):
        enqueue(item_cost(101))
        assert take(workspace, limit=1)
        clock.advance(LEASE)
        assert drain(workspace).applied == 1
        assert attempts() == [(1, 1, "lost"), (1, 2, "done")]

    def test_is_not_sent_if_that_happened_while_it_waited_for_a_place(
        self, open_workspace, sandbox, enqueue, clock, attempts
    ):
        workspace = open_workspace(sandbox.environ, concurrency=1)
        workspace.netsuite().ping()
        enqueue(item_cost(101))
        with workspace.governor.permit(urgent=True):
            late = threading.Thread(target=drain, args=(workspace,))
            late.start()
            while not any(push.status == "in_flight" for push in list_pushes(workspace)):
                assert late.is_alive()
            clock.advance(LEASE)
        late.join(30)
        assert len(sandbox.ledger()) == 1
        assert attempts() == [(1, 1, "lost"), (1, 2, "done")]

    @pytest.mark.parametrize("status", ["applied", "queued"])
    def test_is_not_settled_by_an_answer_that_comes_late(
        self, workspace, enqueue, clock, query, status
    ):
        enqueue(item_cost(101), item_cost(102))
        late = take(workspace, limit=2)
        clock.advance(LEASE)
        assert [push.id for push in take(workspace, limit=1).pushes] == [1]
        told = ("ns_pending_pushes", "ns_push_attempts", "audit_trail")
        before = [query(f"SELECT * FROM {table}") for table in told]
        answers = [Settled(p, Settlement(status, ns_internal_id="101")) for p in late.pushes]
        with workspace.database.writing() as connection:
            assert settle(connection, workspace, answers, began=late.began) == []
        assert [query(f"SELECT * FROM {table}") for table in told] == before

    def test_is_not_one_that_another_took_while_we_waited_for_our_turn(
        self, workspace, enqueue, clock, attempts
    ):
        enqueue(item_cost(101), item_cost(102))
        late = replace(workspace, database=Late(workspace.database, before=lambda: took(1)))

        def took(seconds):
            clock.advance(seconds)
            assert take(workspace, limit=1)

        assert [push.id for push in take(late, limit=1).pushes] == [2]
        assert attempts() == []

    @pytest.mark.parametrize("back", [timedelta(minutes=30), timedelta(days=1)])
    def test_runs_out_although_the_clock_was_set_back(self, workspace, enqueue, clock, back):
        enqueue(item_cost(101))
        assert take(workspace, limit=1)
        clock.advance(-back.total_seconds())
        assert drain(workspace).applied == 1


@pytest.mark.parametrize("attended", [True, False])
def test_what_was_approved_before_the_clock_was_set_back_goes_all_the_same(
    workspace, sandbox, enqueue, clock, attended
):
    enqueue(item_cost(101))
    clock.advance(-86_400)
    assert drain(workspace, attended=attended).applied == 1
    assert len(sandbox.ledger()) == 1


def test_many_drain_together_and_each_change_is_made_once(
    open_workspace, sandbox, enqueue, clock, query
):
    enqueue(*[item_cost(item) for item in range(101, 161)])
    several = [open_workspace(sandbox.environ, drain_batch=3) for _ in range(3)]
    threads = [threading.Thread(target=drain, args=(one,)) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    made = [change["internal_id"] for change in sandbox.ledger()]
    assert sorted(made, key=int) == [str(item) for item in range(101, 161)]
    assert len(query("SELECT * FROM proposed_actions_applied_mirror")) == 60
    assert {row["fence"] for row in query("SELECT fence FROM ns_pending_pushes")} == {1}


class TestWhatCanStillBeCalledBack:
    @pytest.fixture
    def patient(self, open_workspace, sandbox, clock):
        """A workspace with undo windows, in which to wait moves the clock."""
        workspace = open_workspace(sandbox.environ, undo_low=4.0, undo_high=9.0)
        workspace.sleep = clock.advance
        return workspace

    @pytest.fixture
    def approved(self, patient, stage, reviewer):
        """A change of low risk and one of high risk, approved at this moment."""
        from nsconsole.services.approvals import Choice, Verdict, decide

        ids = stage(item_cost(101, risk_tier="low"), item_cost(102, risk_tier="high"))
        decide(patient, reviewer, Verdict.APPROVE, [Choice(id_) for id_ in ids])

    @pytest.mark.usefixtures("approved")
    def test_waits_by_its_risk(self, patient, sandbox, clock):
        for seconds, made in ((3.9, []), (0.2, ["101"]), (4.8, ["101"]), (0.2, ["101", "102"])):
            clock.advance(seconds)
            drain(patient, attended=False)
            assert [change["internal_id"] for change in sandbox.ledger()] == made

    @pytest.mark.usefixtures("approved")
    def test_is_waited_for_by_a_person_who_drains(self, patient, clock):
        waits, began = [], clock()
        assert drain(patient, waiting=waits.append).applied == 2
        assert waits == [pytest.approx(4.0), pytest.approx(5.0)]
        assert (clock() - began).total_seconds() == pytest.approx(9.0, abs=0.5)

    @pytest.mark.usefixtures("approved")
    def test_is_not_waited_for_longer_than_one_wants(self, patient, sandbox):
        looks = iter([False] * 4)
        assert drain(patient, stopping=lambda: next(looks, True)).waiting == 2
        assert sandbox.ledger() == []


class TestCallsThatFail:
    def test_are_seen_to_before_others_are_sent_and_then_all_go_on(
        self, open_workspace, line, enqueue, sandbox, pushes
    ):
        workspace = open_workspace(line.environ, drain_batch=1, concurrency=3)
        workspace.netsuite().ping()  # the first call goes alone
        enqueue(*[item_cost(item) for item in range(101, 112)])
        failing, later = [Held(503) for _ in range(3)], [Held("pass") for _ in range(3)]
        line.play(*failing, *later, "pass")
        with ThreadPoolExecutor() as pool:
            report = pool.submit(drain, workspace, attended=False)
            for together in (failing, later):
                for call in together:
                    assert call.arrived.wait(30)
                for call in together:
                    call.released.set()
        assert (report.result().retried, report.result().applied) == (3, 8)
        assert [push["attempts"] for push in pushes()] == [1] * 11
        assert len(sandbox.ledger()) == 8

    def test_leave_a_limit_what_was_put_back_for_them(self, open_workspace, line, enqueue):
        workspace = open_workspace(line.environ, drain_batch=1, concurrency=1)
        enqueue(*[item_cost(item) for item in (101, 102, 103)])
        line.play(503, "pass")
        report = drain(workspace, attended=False, limit=2)
        assert (report.retried, report.applied) == (1, 1)

    def test_what_cannot_be_written_ends_the_drain_and_leaves_no_other_push_behind(
        self, open_workspace, sandbox, enqueue, pushes
    ):
        workspace = open_workspace(sandbox.environ, drain_batch=1, concurrency=3)
        enqueue(*[item_cost(item) for item in range(101, 121)])
        with workspace.database.writing() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER broken BEFORE UPDATE ON ns_pending_pushes "
                "WHEN NEW.id = 3 AND NEW.status = 'applied' "
                "BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        with pytest.raises(IntegrityError, match="broken"):
            drain(workspace)
        found = pushes()
        assert [push["id"] for push in found if push["status"] == "in_flight"] == [3]
        assert [push["status"] for push in found].count("queued") > 0


class TestTheBreaker:
    def test_opens_after_five_failed_calls_and_then_nobody_calls(
        self, open_workspace, line, enqueue, query
    ):
        workspace = open_workspace(line.environ, drain_batch=1, concurrency=1)
        enqueue(*[item_cost(item) for item in range(101, 110)])
        line.play(503)
        report = drain(workspace, attended=False)
        assert report.retried == 5
        assert "the breaker is open until" in report.stopped
        again = drain(workspace, attended=False)
        assert (again.retried, again.waiting) == (0, 9)
        assert len(query("SELECT * FROM ns_push_attempts")) == 5

    def test_closes_by_probes_when_netsuite_is_back(
        self, open_workspace, line, sandbox, enqueue, clock
    ):
        workspace = open_workspace(line.environ, drain_batch=1, concurrency=1)
        enqueue(*[item_cost(item) for item in range(101, 110)])
        line.play(*[503] * 5, "pass")
        drain(workspace, attended=False)
        clock.advance(120)
        assert drain(workspace).applied == 9
        assert len(sandbox.ledger()) == 9

    def test_is_not_opened_by_what_netsuite_refuses(self, workspace, sandbox, enqueue):
        enqueue(*[item_cost(item) for item in range(101, 110)])
        sandbox.edit("item", *[{"id": item, "cost": 77} for item in range(101, 109)])
        report = drain(workspace)
        assert (report.dead, report.applied, report.stopped) == (8, 1, "")


class TestARestletThatRemembersNoRequests:
    """The answer is lost, and only a look at NetSuite tells whether the change was made."""

    @pytest.fixture
    def forgetful(self, open_workspace, line, sandbox):
        sandbox.behave(restlet_idempotent=False)
        return open_workspace(line.environ)

    def test_finds_that_an_update_was_made(self, forgetful, line, sandbox, enqueue):
        enqueue(item_cost(101))
        line.play("cut_after", "pass")
        drain(forgetful)
        assert drain(forgetful).applied == 1
        assert len(sandbox.ledger()) == 1

    def test_sends_an_update_again_that_was_not_made(self, forgetful, line, sandbox, enqueue):
        enqueue(item_cost(101))
        line.play("cut_before", "pass")
        drain(forgetful)
        assert drain(forgetful).applied == 1
        assert len(sandbox.ledger()) == 1

    def test_finds_that_a_record_was_made(self, forgetful, line, sandbox, enqueue):
        change = {"entity": "42", "trandate": "2026-11-20", "tranid": "INV-7"}
        lines = {"item": [{"item": "101", "quantity": 3, "rate": 4.2}]}
        enqueue({"action_type": "create_vendor_bill", "change": change | lines})
        line.play("cut_after", "pass")
        drain(forgetful)
        assert drain(forgetful).applied == 1
        (made,) = sandbox.ledger()
        (push,) = list_pushes(forgetful)
        assert push.ns_internal_id == made["internal_id"]

    def test_finds_that_a_record_was_deleted(self, forgetful, line, sandbox, enqueue):
        enqueue({"action_type": "delete_record", "target_record": "contact", "target_id": "323"})
        line.play("cut_after", "pass")
        drain(forgetful)
        assert drain(forgetful).applied == 1
        assert len(sandbox.ledger()) == 1

    def test_lays_to_rest_what_holds_neither_the_old_nor_the_new_value(
        self, forgetful, line, sandbox, enqueue
    ):
        enqueue(item_cost(101))
        line.play("cut_after", "pass")
        drain(forgetful)
        sandbox.edit("item", {"id": 101, "cost": 77})
        assert drain(forgetful).dead == 1
        (letter,) = list_dead_letters(forgetful)
        assert letter.cause is Cause.UNKNOWN_OUTCOME
        assert len([made for made in sandbox.ledger() if made["request_id"]]) == 1

    def test_is_told_by_the_settings_too(self, open_workspace, line, sandbox, enqueue):
        workspace = open_workspace(line.environ, restlet_idempotent=False)
        enqueue(item_cost(101))
        line.play("cut_after", "pass")
        drain(workspace)
        sandbox.edit("item", {"id": 101, "cost": 77})
        assert drain(workspace).dead == 1
