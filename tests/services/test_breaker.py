"""The breaker: after failures in a row nobody calls, then a few try; one for all processes."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.pushes import breaker as service
from nsconsole.services.pushes.breaker import Breaker, Pass, State, hold, look, reset

PROGRAM = Path(__file__).with_name("breaker_at_once.py")
REASON = "NetSuite failed (HTTP 503)"


@pytest.fixture
def workspace(open_workspace):
    """A workspace that needs no NetSuite."""
    return open_workspace({})


@dataclass(frozen=True)
class Calls:
    """The breaker as a drain uses it, each time in a transaction of its own."""

    workspace: object

    def enter(self):
        return self._do(service.enter, self.workspace.now())

    def succeed(self, pass_):
        self._do(service.succeeded, pass_, self.workspace.now())

    def fail(self, pass_):
        self._do(service.failed, pass_, self.workspace.now(), REASON)

    def give_back(self, pass_):
        self._do(service.given_back, pass_)

    def _do(self, work, *arguments):
        with self.workspace.database.writing() as connection:
            return work(connection, *arguments)


@pytest.fixture
def calls(workspace):
    return Calls(workspace)


@pytest.fixture
def state(workspace):
    return lambda: look(workspace).state


@pytest.fixture
def opened(calls):
    """The breaker, opened by five failures."""
    for _ in range(5):
        calls.fail(calls.enter())


@pytest.fixture
def half_open(opened, calls, clock):
    """The breaker, half open; give its first probe."""
    clock.advance(30)
    return calls.enter()


@pytest.fixture
def trail(workspace):
    """The entries of the audit trail on the breaker: event, actor and detail."""

    def run():
        with workspace.database.reading() as connection:
            found = connection.exec_driver_sql(
                "SELECT event, actor, detail_json FROM audit_trail "
                "WHERE subject = 'breaker:restlet' ORDER BY id"
            )
            return [(event, actor, json.loads(detail)) for event, actor, detail in found]

    return run


def test_a_new_breaker_is_closed_and_lets_every_call_through(workspace, calls):
    assert look(workspace) == Breaker()
    assert [calls.enter() for _ in range(20)] == [Pass(0, probe=False)] * 20


def test_five_failures_in_a_row_open_it(workspace, calls, clock):
    passes = [calls.enter() for _ in range(5)]
    for one in passes[:4]:
        calls.fail(one)
    assert calls.enter() is not None
    calls.fail(passes[4])
    assert calls.enter() is None
    assert look(workspace) == Breaker(
        state=State.OPEN,
        generation=1,
        failures=5,
        since=clock(),
        open_until=clock() + timedelta(seconds=30),
        cooldown=timedelta(seconds=30),
        reason=REASON,
    )


def test_a_success_begins_the_count_anew(calls, state):
    for answer in (calls.fail,) * 4 + (calls.succeed,) + (calls.fail,) * 4:
        answer(calls.enter())
    assert state() is State.CLOSED


def test_what_is_given_back_while_closed_counts_for_nothing(calls, state):
    for answer in (calls.fail,) * 4 + (calls.give_back,) * 3:
        answer(calls.enter())
    assert state() is State.CLOSED
    calls.fail(calls.enter())
    assert state() is State.OPEN


def test_after_the_cool_down_two_probes_go_out_and_no_more(opened, calls, clock, state):
    clock.advance(29)
    assert calls.enter() is None
    clock.advance(1)
    probes = [calls.enter() for _ in range(4)]
    assert probes == [Pass(2, probe=True), Pass(2, probe=True), None, None]
    assert state() is State.HALF_OPEN


def test_two_probes_that_succeed_close_it(half_open, calls, workspace):
    calls.succeed(half_open)
    assert look(workspace).state is State.HALF_OPEN
    calls.succeed(calls.enter())
    found = look(workspace)
    assert (found.state, found.failures, found.reason) == (State.CLOSED, 0, "")
    assert calls.enter() == Pass(found.generation, probe=False)


def test_each_failed_probe_doubles_the_cool_down_up_to_a_quarter_of_an_hour(
    opened, calls, clock, workspace
):
    met = []
    for _ in range(8):
        clock.advance(look(workspace).cooldown.total_seconds())
        calls.fail(calls.enter())
        met.append(look(workspace).cooldown.total_seconds())
        assert look(workspace).open_until == clock() + look(workspace).cooldown
    assert met == [60, 120, 240, 480, 900, 900, 900, 900]


def test_once_closed_the_cool_down_is_short_again(half_open, calls, clock, workspace):
    calls.fail(half_open)
    clock.advance(60)
    for probe in (calls.enter(), calls.enter()):
        calls.succeed(probe)
    assert look(workspace).cooldown == timedelta(seconds=30)


def test_a_probe_that_is_given_back_goes_to_another(half_open, calls):
    other = calls.enter()
    assert calls.enter() is None
    calls.give_back(half_open)
    assert calls.enter() == other
    assert calls.enter() is None


def test_a_probe_whose_process_died_is_given_out_anew(half_open, calls, clock, state):
    calls.succeed(calls.enter())
    assert calls.enter() is None
    clock.advance(119)
    assert calls.enter() is None
    clock.advance(1)
    anew = [calls.enter() for _ in range(3)]
    assert anew == [Pass(3, probe=True), Pass(3, probe=True), None]
    calls.succeed(anew[0])
    assert state() is State.HALF_OPEN
    calls.succeed(anew[1])
    assert state() is State.CLOSED


def test_probes_that_go_out_late_are_waited_for_as_long(half_open, calls, clock, state):
    clock.advance(119)
    late = calls.enter()
    clock.advance(119)
    assert calls.enter() is None
    for probe in (half_open, late):
        calls.succeed(probe)
    assert state() is State.CLOSED


@pytest.mark.parametrize("answer", ["succeed", "fail", "give_back"])
def test_a_late_answer_of_an_earlier_probe_changes_nothing(
    half_open, calls, clock, workspace, answer
):
    other = calls.enter()
    calls.fail(other)
    before = look(workspace)
    getattr(calls, answer)(half_open)
    assert look(workspace) == before
    clock.advance(60)
    assert [calls.enter() for _ in range(2)] == [Pass(4, probe=True)] * 2
    before = look(workspace)
    for late in (half_open, other):
        getattr(calls, answer)(late)
    assert calls.enter() is None
    assert look(workspace) == before


def test_late_failures_of_before_it_opened_do_not_open_it_again(calls, clock, state):
    early = [calls.enter() for _ in range(20)]
    for call in early[:5]:
        calls.fail(call)
    clock.advance(30)
    for probe in (calls.enter(), calls.enter()):
        calls.succeed(probe)
    for call in early[5:]:
        calls.fail(call)
    assert state() is State.CLOSED


def test_a_clock_that_is_set_back_wedges_nothing(opened, calls, clock, state):
    clock.advance(-86_400)
    probes = [calls.enter(), calls.enter()]
    assert all(probe.probe for probe in probes)
    clock.advance(-86_400)
    again = calls.enter()
    assert again.generation > probes[0].generation
    calls.succeed(again)
    calls.succeed(calls.enter())
    assert state() is State.CLOSED


def test_another_process_finds_it_as_it_was(opened, open_workspace, workspace, clock):
    other = open_workspace({})
    assert look(other) == look(workspace)
    assert Calls(other).enter() is None
    clock.advance(30)
    assert Calls(other).enter() == Pass(2, probe=True)


def test_a_person_holds_it_open_until_it_is_reset(calls, workspace, admin, clock):
    under_way = calls.enter()
    held = hold(workspace, admin, "the books are being closed")
    assert (held.state, held.held_by) == (State.OPEN, "ada")
    assert (held.reason, held.open_until) == ("the books are being closed", None)
    clock.advance(86_400)
    assert calls.enter() is None
    calls.succeed(under_way)
    assert look(workspace) == held
    found = reset(workspace, admin)
    assert (found.state, found.held_by, found.reason) == (State.CLOSED, None, "")
    assert calls.enter() == Pass(found.generation, probe=False)


def test_an_open_one_can_be_held_and_reset(opened, calls, workspace, admin, clock):
    hold(workspace, admin)
    clock.advance(30)
    assert calls.enter() is None
    assert reset(workspace, admin).state is State.CLOSED


def test_a_reset_closes_what_opened_by_itself(opened, calls, workspace, admin):
    assert reset(workspace, admin).failures == 0
    for _ in range(4):
        calls.fail(calls.enter())
    assert look(workspace).state is State.CLOSED


def test_whoever_comes_second_to_hold_it_is_told_who_does(workspace, admin, add_operator):
    bob = add_operator("bob", "admin")
    hold(workspace, admin, "first")
    with pytest.raises(RefusedError, match="ada holds the breaker open already"):
        hold(workspace, bob, "second")
    assert look(workspace).reason == "first"


def test_only_an_admin_holds_or_resets_it(opened, workspace, reviewer):
    before = look(workspace)
    for change in (hold, reset):
        with pytest.raises(RefusedError):
            change(workspace, reviewer)
    assert look(workspace) == before


def test_a_reason_has_an_end(workspace, admin):
    with pytest.raises(BadInputError, match="2,000"):
        hold(workspace, admin, "x" * 2_001)
    assert look(workspace).held_by is None


def test_openings_and_closings_are_in_the_audit_trail(half_open, calls, clock, admin, trail):
    calls.fail(half_open)
    clock.advance(60)
    for probe in (calls.enter(), calls.enter()):
        calls.succeed(probe)
    assert trail() == [
        ("breaker_opened", "nsconsole", {"reason": REASON, "cooldown_seconds": 30}),
        ("breaker_opened", "nsconsole", {"reason": REASON, "cooldown_seconds": 60}),
        ("breaker_closed", "nsconsole", {}),
    ]


def test_what_a_person_does_to_it_is_in_the_audit_trail_once(workspace, admin, trail):
    hold(workspace, admin, "year's end")
    reset(workspace, admin)
    reset(workspace, admin)
    assert trail() == [
        ("breaker_held", "ada", {"reason": "year's end"}),
        ("breaker_reset", "ada", {}),
    ]


@pytest.fixture
def at_once(workspace, clock):
    """Use the breaker from 8 processes at once; give how many passes they were given."""

    def run(action, times):
        words = [workspace.settings.home, clock().isoformat(), action, 8, times]
        done = subprocess.run(
            [sys.executable, PROGRAM, *map(str, words)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_processes_that_fail_together_open_it_once(at_once, workspace, trail):
    assert at_once("fail", 4) == 32
    found = look(workspace)
    assert (found.state, found.generation, found.failures) == (State.OPEN, 1, 5)
    assert [event for event, _, _ in trail()] == ["breaker_opened"]


def test_processes_that_come_together_get_two_probes(opened, at_once, workspace, clock):
    assert at_once("enter", 3) == 0
    clock.advance(30)
    assert at_once("enter", 3) == 2
    clock.advance(120)
    assert at_once("enter", 3) == 2
    assert look(workspace).generation == 3


@dataclass
class Model:
    """The breaker in plain words, one process with all the time in the world."""

    state: State = State.CLOSED
    held: bool = False
    row: int = 0  # failures in a row
    cooldown: float = 30
    rest: tuple = ()  # from when to when nobody calls
    epoch: int = 0
    probes: set = field(default_factory=set)
    good: int = 0

    def turn(self, state):
        self.state, self.epoch = state, self.epoch + 1
        self.probes, self.good = set(), 0

    def resting(self, now):
        return self.rest[0] <= now < self.rest[1]

    def enter(self, now):
        if self.held:
            return None
        if self.state is State.CLOSED:
            return "call"
        full = self.state is State.OPEN or len(self.probes) + self.good == 2
        if full and self.resting(now):
            return None
        if full:
            self.turn(State.HALF_OPEN)
        self.rest = (now, now + timedelta(seconds=120))
        return "probe"

    def succeed(self, call):
        if call.epoch != self.epoch:
            return
        self.row = 0
        if call in self.probes:
            self.probes.remove(call)
            self.good += 1
            if self.good == 2:
                self.turn(State.CLOSED)
                self.cooldown = 30

    def fail(self, call, now):
        if call.epoch != self.epoch:
            return
        if call in self.probes:
            self.open(now, min(self.cooldown * 2, 900))
        else:
            self.row += 1
            if self.row == 5:
                self.open(now, self.cooldown)

    def open(self, now, cooldown):
        self.turn(State.OPEN)
        self.cooldown = cooldown
        self.rest = (now, now + timedelta(seconds=cooldown))

    def hold(self):
        self.turn(State.OPEN)
        self.held = True

    def reset(self):
        if self.state is State.CLOSED and not self.row:
            return
        self.turn(State.CLOSED)
        self.held, self.row, self.cooldown = False, 0, 30


@dataclass(frozen=True, eq=False)
class Call:
    """A call under way: its pass, and the epoch of the model that it is of."""

    pass_: Pass
    epoch: int


class Machine(RuleBasedStateMachine):
    """Calls that come, succeed, fail or are never heard of again, while clocks jump."""

    under_way = Bundle("under_way")

    def __init__(self, workspace, admin, clock):
        super().__init__()
        self.workspace, self.admin, self.clock = workspace, admin, clock
        self.calls = Calls(workspace)

    @initialize(troubles=st.integers(0, 3))
    def begin(self, troubles):
        with self.workspace.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM ns_push_breakers")
        self.model = Model()
        for _ in range(troubles):
            self.suffer(5)
            self.rest()

    @rule(target=under_way, calls=st.integers(1, 3))
    def enter(self, calls):
        return multiple(*filter(None, [self.enter_once() for _ in range(calls)]))

    def enter_once(self):
        expected = self.model.enter(self.clock())
        given = self.calls.enter()
        assert (given and ("call", "probe")[given.probe]) == expected
        call = given and Call(given, self.model.epoch)
        if given and given.probe:
            self.model.probes.add(call)
        return call

    @rule(call=consumes(under_way))
    def succeed(self, call):
        self.model.succeed(call)
        self.calls.succeed(call.pass_)

    @rule(call=consumes(under_way))
    def fail(self, call):
        self.model.fail(call, self.clock())
        self.calls.fail(call.pass_)

    @rule(call=consumes(under_way))
    def give_back(self, call):
        self.model.probes.discard(call)
        self.calls.give_back(call.pass_)

    @rule(most=st.integers(1, 6))
    def suffer(self, most):
        """Make calls that fail, one after another."""
        for call in iter(self.enter_once, None):
            self.fail(call)
            if (most := most - 1) == 0:
                break

    @rule()
    def rest(self):
        """Wait for as long as the breaker would have it, and no longer."""
        if self.model.rest:
            self.clock.now = self.model.rest[1]

    @rule(seconds=st.sampled_from([1, 29, 119, 900, 86_400, -1, -40, -86_400]))
    def wait(self, seconds):
        self.clock.advance(seconds)

    @rule(resets=st.sampled_from([True, True, False]))
    def intervene(self, resets):
        if resets:
            reset(self.workspace, self.admin)
            self.model.reset()
        elif self.model.held:
            with pytest.raises(RefusedError):
                hold(self.workspace, self.admin)
        else:
            hold(self.workspace, self.admin)
            self.model.hold()

    @invariant()
    def it_stands_as_the_model_says(self):
        found, model = look(self.workspace), self.model
        assert (found.state, found.generation) == (model.state, model.epoch)
        assert found.cooldown.total_seconds() == model.cooldown
        assert bool(found.held_by) == model.held
        assert len(model.probes) <= 2
        if found.open_until:
            assert found.open_until == model.rest[1]


def test_it_does_what_a_plain_model_does(workspace, admin, clock):
    run_state_machine_as_test(
        lambda: Machine(workspace, admin, clock),
        settings=settings(max_examples=50, stateful_step_count=30, deadline=None),
    )
