"""The breaker against a plain model of it, whatever happens in whatever order."""

from dataclasses import dataclass, field
from datetime import timedelta

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

from nsconsole.services.errors import RefusedError
from nsconsole.services.pushes.breaker import Pass, State, hold, look, reset

from .calls import Calls


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
