"""Whatever people, drainers, NetSuite and the clock do: after each step what must be true is true.

Drainers die at a step, or are overtaken while they wait for an answer. All runs in one thread, so
that an example that fails is repeated by what Hypothesis prints.
"""

import contextlib
import random
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from nsconsole.sandbox.server import Options, running
from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.dead_letters.letters import Filter, dismiss, list_dead_letters
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.errors import NetSuiteUnavailableError, RefusedError
from nsconsole.services.operators import Role, add_operator, authenticate, first_operator
from nsconsole.services.proposals import propose
from nsconsole.services.pushes import breaker, draining, queue
from nsconsole.services.pushes.draining import drain
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.conftest import Clock, Sandbox, _environ

from .dying import after, on_each_step
from .random_kills import settle
from .truth import faults_at_the_end, faults_now
from .world import FIRST_CUSTOMER, LEASE, World

# One call at a time, so that nothing happens in an order of its own.
CONFIG = """
[timeouts]
total = 3
[drain]
batch = 3
[sync]
concurrency = 1
"""
FAULTS = ("drop_before", "drop_after", "error_after", "error_503", "concurrency", "malformed",
          "truncated", "record_changed", "business_error")  # fmt: skip
LEAPS = (1, 6, 31, LEASE, 1_000, 90_000, -1, -40, -4_000, -90_000)  # seconds
MOST_STEPS = 40
FEW = st.integers(1, 3)
WHICH = st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True)


class Killed(BaseException):
    """The end of a process, as near as one process can come to it."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A sandbox and a workspace's folder, which every example begins with."""
    home, clock = tmp_path_factory.mktemp("home"), Clock()
    (home / "config.toml").write_text(CONFIG)
    with running(Options(now=clock)) as started:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        sandbox = Sandbox(started.url, _environ(started, *names), {})
        chosen = load_settings(sandbox.environ, home=home)
        with contextlib.closing(open_workspace(chosen, now=clock)) as workspace:
            ada = first_operator(workspace, "ada", login="ada")
            admin = authenticate(workspace, *ada)
            rita = add_operator(workspace, admin, "rita", Role.REVIEWER)
            reviewer = authenticate(workspace, *rita)
        yield home, sandbox, clock, admin, reviewer


class Desk(RuleBasedStateMachine):
    """A desk at which changes are approved, called back, sent, held, replayed and dismissed."""

    def __init__(self, home, sandbox, clock, admin, reviewer):
        super().__init__()
        self.closing = contextlib.ExitStack()
        self.closing.enter_context(mock.patch.object(draining, "hands", lambda calls: calls))
        self.home = Path(self.closing.enter_context(TemporaryDirectory())) / "home"
        shutil.copytree(home, self.home)
        self.sandbox, self.clock = sandbox, clock
        self.admin, self.reviewer = admin, reviewer
        self.clock.now = Clock().now
        sandbox._door("ledger", method="DELETE")
        self.workspace = self.opened()
        self.at = World(self.home, clock, sandbox, self.workspace, admin, "", reviewer)
        self.at.heal()
        self.number = 0

    def opened(self):
        """The workspace as another process has it."""
        environ = self.sandbox.environ
        workspace = open_workspace(
            load_settings(environ, home=self.home), environ=environ, now=self.clock
        )
        workspace.sleep = self.clock.advance
        workspace.chance = random.Random(1)
        self.closing.callback(workspace.close)
        return workspace

    def teardown(self):
        with self.closing:
            self.end()

    def end(self):
        """Nothing is in the way any more: all that waits ends."""
        self.at.heal()
        breaker.reset(self.workspace, self.admin)
        waiting = self.at.query("SELECT id FROM ns_pending_pushes WHERE held_at IS NOT NULL")
        queue.release(self.workspace, self.admin, [row["id"] for row in waiting])
        settle(self.at)
        assert faults_at_the_end(self.at) == []

    @invariant()
    def nothing_is_wrong(self):
        assert faults_now(self.at) == []

    # People

    @rule(count=FEW, customer=st.integers(0, 2), new=st.booleans())
    def stage(self, count, customer, new):
        changes = [self.created() if new else self.updated(customer) for _ in range(count)]
        propose(self.workspace, changes, author="bot")

    def created(self):
        # The account outlives the example, and takes a name once.
        self.number += 1
        values = {"companyname": f"{self.home.parent.name} {self.number}"}
        values["comments"] = f"change {self.number}"
        return {"action_type": "create_record", "target_record": "customer", "change": values}

    def updated(self, customer):
        self.number += 1
        return {
            "action_type": "update_customer_contact",
            "target_id": str(FIRST_CUSTOMER + customer),
            "change": {"comments": f"change {self.number}"},
        }

    @rule()
    def approve_all(self):
        pending = self.at.query("SELECT id FROM proposed_actions WHERE status = 'pending'")
        choices = [Choice(row["id"]) for row in pending]
        decide(self.workspace, self.reviewer, Verdict.APPROVE, choices)

    @rule(which=WHICH)
    def undo(self, which):
        queue.undo(self.workspace, self.reviewer, which)

    @rule(which=WHICH)
    def hold(self, which):
        queue.hold(self.workspace, self.reviewer, which)

    @rule(which=WHICH)
    def release(self, which):
        queue.release(self.workspace, self.reviewer, which)

    @rule(which=WHICH)
    def put_first(self, which):
        queue.first(self.workspace, self.reviewer, which)

    @rule(which=WHICH)
    def cancel(self, which):
        queue.cancel(self.workspace, self.reviewer, which, reason="no longer wanted")

    @rule()
    def replay_all(self):
        replay(self.workspace, self.admin, Filter())

    @precondition(lambda self: list_dead_letters(self.workspace))
    @rule(place=st.integers(0, 5))
    def replay_one(self, place):
        letters = list_dead_letters(self.workspace)
        replay(self.workspace, self.admin, [letters[place % len(letters)].id])

    @precondition(lambda self: list_dead_letters(self.workspace))
    @rule(place=st.integers(0, 5))
    def dismiss_one(self, place):
        letters = list_dead_letters(self.workspace)
        dismiss(self.workspace, self.admin, [letters[place % len(letters)].id], reason="not needed")

    @rule(held=st.booleans())
    def hold_breaker(self, held):
        with contextlib.suppress(RefusedError):
            (breaker.hold if held else breaker.reset)(self.workspace, self.admin)

    # Drainers

    @rule(attended=st.booleans())
    def drain(self, attended):
        drain_quietly(self.workspace, attended=attended)

    @rule(attended=st.booleans(), steps=st.integers(1, MOST_STEPS))
    def die_draining(self, attended, steps):
        workspace = self.opened()

        def die():
            raise Killed

        on_each_step(workspace, after(steps, die))
        with contextlib.suppress(Killed):
            drain_quietly(workspace, attended=attended)

    @rule(leap=st.sampled_from(LEAPS))
    def drain_and_be_overtaken(self, leap):
        workspace = self.opened()
        netsuite = workspace.netsuite()
        write = netsuite.write

        def slow(*arguments, **named):
            try:
                return write(*arguments, **named)
            finally:
                self.clock.advance(leap)
                drain_quietly(self.workspace, attended=False)

        netsuite.write = slow
        drain_quietly(workspace, attended=False)

    # NetSuite, and time

    @rule(fault=st.sampled_from(FAULTS), times=FEW)
    def fail(self, fault, times):
        code = {"code": "USER_ERROR"} if fault == "business_error" else {}
        self.sandbox.fault("restlet", fault, times=times, **code)

    @rule()
    def heal(self):
        self.at.heal()

    @rule(leap=st.sampled_from(LEAPS))
    def let_time_pass(self, leap):
        self.clock.advance(leap)


def drain_quietly(workspace, *, attended):
    with contextlib.suppress(NetSuiteUnavailableError):
        drain(workspace, attended=attended)


@pytest.mark.parametrize("examples", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_nothing_is_lost_doubled_or_untrue_whatever_is_done_in_whatever_order(
    ground, quick_hashes, examples
):
    home, sandbox, clock, admin, reviewer = ground
    run_state_machine_as_test(
        lambda: Desk(home, sandbox, clock, admin, reviewer),
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        ),
    )
