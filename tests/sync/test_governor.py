"""The governor: never more calls under way than the account takes, and pushes before reads."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from select import select

import pytest

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.keyset import Query
from nsconsole.services.governor import Governor
from nsconsole.services.sync.asking import Asker
from nsconsole.services.sync.halt import Halt
from nsconsole.store import governor as store
from tests.waiting import until

PROGRAM = Path(__file__).with_name("calling.py")
PATIENCE = 30  # seconds, after which a test has failed
ONE_ROW = Query("SELECT 1 AS one FROM dual")
LIMITS = {"path": "governanceLimits"}


@pytest.fixture
def plain(open_workspace):
    """A workspace without an account: nobody can be called, but permits can be had."""
    return open_workspace({})


@pytest.fixture
def governor(plain, clock):
    """Make a governor as another process would: it knows nothing but what is in the database."""

    def make(size=None, *, workspace=plain):
        account = workspace.settings.account or ""
        return Governor(workspace.database, workspace.locks, account=account, size=size, now=clock)

    return make


@pytest.fixture
def calling(plain):
    """Start processes that take permits of the workspace; give the program, for its output."""
    started = []

    def start(urgency="patient", *, size, processes=1, threads=1, calls=1, held=0.0):
        numbers = (size, urgency, processes, threads, calls, held)
        arguments = [sys.executable, PROGRAM, plain.settings.home, *map(str, numbers)]
        started.append(subprocess.Popen(arguments, stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def take(governor, *, urgent=False, then=lambda: None):
    with governor.permit(urgent=urgent):
        then()


def refused(governor, outcome=Outcome.OVERLOAD):
    """Make a call that NetSuite refuses."""

    def refuse():
        raise NetSuiteError(outcome, "no")

    with pytest.raises(NetSuiteError):
        take(governor, then=refuse)


def pool_of(workspace):
    """What the database knows of the account; None if nothing was learned."""
    with workspace.database.reading() as connection:
        return store.get(connection, workspace.settings.account or "")


def in_time(work, *args, patience=PATIENCE):
    """Do something that may wait for ever. Raises TimeoutError if it seems to."""
    thread = threading.Thread(target=work, args=args, daemon=True)
    thread.start()
    thread.join(patience)
    if thread.is_alive():
        raise TimeoutError


# No more than there are


def test_threads_never_have_more_permits_than_there_are_and_use_them_all(governor):
    shared, count, under_way = governor(3), threading.Lock(), []
    together = threading.Barrier(3)

    def call():
        with count:
            under_way.append(1)
        together.wait(PATIENCE)  # nobody ends before there are three
        with count:
            assert len(under_way) <= 3
        together.wait(PATIENCE)
        with count:
            under_way.pop()

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(lambda _: take(shared, then=call), range(90)))


def test_processes_never_have_more_permits_than_there_are_and_use_them_all(calling):
    crowd = calling(size=3, processes=3, threads=4, calls=10, held=0.002)
    marks, _ = crowd.communicate(timeout=PATIENCE)
    under_way = list(accumulate(1 if mark == ord("+") else -1 for mark in marks))
    assert crowd.returncode == 0
    assert (len(marks), max(under_way), under_way[-1]) == (2 * 3 * 4 * 10, 3, 0)


def test_a_permit_comes_back_from_a_holder_that_was_killed(calling, governor, plain):
    holder = calling(size=1, held=3600)
    assert holder.stdout.read(1) == b"+"
    assert plain.locks.try_any("permit", 1) is None

    holder.kill()
    holder.wait(PATIENCE)
    in_time(take, governor(1))


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.OVERLOAD, Outcome.UNAUTHORIZED])
def test_a_call_that_fails_gives_its_permit_back(governor, outcome):
    shared = governor(1)
    refused(shared, outcome)
    in_time(take, shared)


def test_calls_to_netsuite_are_made_with_permits(open_workspace, sandbox):
    workspace = open_workspace(sandbox.environ, concurrency=2)
    sandbox.fault("suiteql", "slow", ms=5, times=40)
    asker = Asker(workspace.netsuite(), Halt(lambda: False, time.sleep))
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: asker.ask(ONE_ROW), range(40)))
    found = sandbox.stats()["concurrency"]
    assert (found["peak"], found["refused"]) == (2, 0)


# Pushes before reads


@pytest.mark.parametrize("_again", range(3))
def test_a_push_goes_before_reads_that_have_waited_longer(governor, plain, _again):
    shared, order = governor(1), []
    arrived = threading.Semaphore(0)

    def read():
        arrived.release()
        take(shared, then=lambda: order.append("read"))

    with ThreadPoolExecutor(9) as pool, shared.permit(urgent=False):
        for _ in range(8):
            pool.submit(read)
            arrived.acquire(timeout=PATIENCE)
        pool.submit(take, shared, urgent=True, then=lambda: order.append("push"))
        until(lambda: plain.locks.is_waited_for("urgent"))
    assert order == ["push"] + ["read"] * 8


def test_pushes_of_one_process_go_before_the_reads_of_another(governor, calling, plain):
    shared, pushed = governor(1), []
    with ThreadPoolExecutor(8) as pool, shared.permit(urgent=False):
        pusher = calling("urgent", size=1)
        until(lambda: plain.locks.is_waited_for("urgent"))
        for _ in range(8):
            pool.submit(
                take,
                shared,
                then=lambda: pushed.append(any(select([pusher.stdout], [], [], 0))),
            )
    assert pushed == [True] * 8


def test_reads_go_on_when_a_process_that_waited_to_push_was_killed(governor, calling, plain):
    shared = governor(1)
    with shared.permit(urgent=False):
        pusher = calling("urgent", size=1)
        until(lambda: plain.locks.is_waited_for("urgent"))
        pusher.kill()
        pusher.wait(PATIENCE)
    in_time(take, shared)


# Handed on


def waits(pool, governor, plain, *, urgent=False, then=lambda: None):
    """Let a thread wait for a permit."""
    waiting = pool.submit(take, governor, urgent=urgent, then=then)
    name = "urgent" if urgent else "patient"
    until(lambda: plain.locks.is_waited_for(name) or waiting.done())
    return waiting


@pytest.mark.parametrize("_again", range(10))
def test_a_permit_goes_from_thread_to_thread_without_being_free_between(governor, plain, _again):
    shared, stolen, over = governor(1), [], threading.Event()

    def steal():
        while not over.is_set():
            if held := plain.locks.try_any("permit", 1):
                held.release()
                stolen.append(held)

    with ThreadPoolExecutor(2) as pool:
        with shared.permit(urgent=True):
            thief = pool.submit(steal)
            waits(pool, shared, plain, urgent=True, then=lambda: over.set() or thief.result(5))
        over.wait(5)
        over.set()
    assert stolen == []


def test_a_permit_that_is_one_too_many_by_now_is_not_handed_on(governor, plain):
    shared, order = governor(2), []
    with ThreadPoolExecutor(1) as pool, shared.permit(urgent=False):
        waiting = []

        def refuse():
            waiting.append(waits(pool, shared, plain, then=lambda: order.append("late")))
            raise NetSuiteError(Outcome.OVERLOAD, "no")

        with pytest.raises(NetSuiteError):
            take(shared, then=refuse)
        time.sleep(0.1)  # in which it would be handed on, if it were
        order.append("one left")
    assert order == ["one left", "late"]


def test_other_processes_get_permits_while_threads_here_hand_theirs_on(governor, calling, plain):
    shared, order = governor(1), []

    def look(other):
        order.append("theirs" if any(select([other.stdout], [], [], 0)) else "ours")

    with ThreadPoolExecutor(1) as pool:
        while "theirs" not in order:  # who looks first is luck, if it is let to luck
            assert len(order) < 8
            with shared.permit(urgent=False):
                other = calling(size=1)
                until(lambda: plain.locks.is_waited_for("patient"))
                ours = pool.submit(take, shared, then=partial(look, other))
                time.sleep(0.1)  # by now it waits, too, which the other hides
            ours.result(PATIENCE)


# Too many at once


def test_a_refusal_for_too_many_calls_halves_the_limit_for_every_process(governor):
    refused(governor(8))
    assert governor(8).size() == 4


def test_the_refusals_of_one_moment_count_once(governor, clock):
    for _ in range(3):
        refused(governor(8))
        clock.advance(0.5)
    assert governor(8).size() == 4
    clock.advance(1)
    refused(governor(8))
    assert governor(8).size() == 2


def test_the_limit_never_falls_below_one(governor, clock):
    for _ in range(5):
        refused(governor(3))
        clock.advance(3)
    assert governor(3).size() == 1


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.OVERLOAD])
def test_other_refusals_do_not_move_the_limit(governor, plain, outcome):
    refused(governor(8), outcome)
    assert (governor(8).size(), pool_of(plain)) == (8, None)


def test_the_limit_holds_at_once_where_it_fell(governor):
    shared = governor(2)
    take(shared)
    refused(shared)
    with shared.permit(urgent=False), pytest.raises(TimeoutError):
        in_time(take, shared, patience=0.2)


def test_the_limit_grows_by_one_for_each_quiet_minute_up_to_its_size(governor, clock):
    refused(governor(4))
    sizes = []
    for _ in range(4):
        clock.advance(59)
        sizes.append(governor(4).size())
        clock.advance(1)
        sizes.append(governor(4).size())
    assert sizes == [2, 3, 3, 4, 4, 4, 4, 4]


def test_processes_that_look_at_one_moment_grow_it_once(governor, plain, clock):
    refused(governor(8))
    clock.advance(60)
    minute_ago = clock() - timedelta(seconds=60)
    grown = []
    for _ in range(3):  # each saw it quiet before any of them wrote
        with plain.database.writing() as connection:
            grown.append(store.grow(connection, "", at=clock(), quiet_since=minute_ago))
    assert (grown, pool_of(plain).limit) == ([True, False, False], 5)


def test_a_refusal_while_it_grows_halves_it_again(governor, clock):
    refused(governor(8))
    clock.advance(60)
    assert governor(8).size() == 5
    refused(governor(8))
    assert governor(8).size() == 2
    clock.advance(60)
    assert governor(8).size() == 3


# How many there are


def test_netsuite_tells_how_many_calls_it_takes(workspace, sandbox, governor):
    sandbox.behave(governance="integrationSpecific", integration_concurrency=3)
    workspace.governor.learn(workspace.netsuite())
    assert governor(workspace=workspace).size() == 3
    assert pool_of(workspace).source == "governanceLimits"


def test_until_netsuite_was_asked_there_are_as_many_as_its_smallest_tier_takes(governor):
    assert governor().size() == 5


def test_it_is_asked_again_after_a_day(workspace, sandbox, governor, clock):
    governor(workspace=workspace).learn(workspace.netsuite())
    sandbox.behave(governance="integrationSpecific", integration_concurrency=3)
    clock.advance(timedelta(hours=23).total_seconds())
    governor(workspace=workspace).learn(workspace.netsuite())
    assert governor(workspace=workspace).size() == 5
    clock.advance(timedelta(hours=1).total_seconds())
    governor(workspace=workspace).learn(workspace.netsuite())
    assert governor(workspace=workspace).size() == 3


def test_a_limit_that_fell_is_not_raised_by_what_netsuite_tells(workspace, governor, clock):
    governor(workspace=workspace).learn(workspace.netsuite())
    refused(governor(workspace=workspace))
    clock.advance(timedelta(days=1).total_seconds())
    governor(workspace=workspace).learn(workspace.netsuite())
    assert pool_of(workspace).source == "governanceLimits"
    assert (pool_of(workspace).limit, pool_of(workspace).size) == (2, 5)


def test_what_the_operator_sets_goes_before_what_netsuite_tells(workspace, sandbox, governor):
    governor(workspace=workspace).learn(workspace.netsuite())
    asked = len(sandbox.stats()["requests"])
    chosen = governor(2, workspace=workspace)
    assert chosen.size() == 2
    chosen.learn(workspace.netsuite())
    assert governor(workspace=workspace).size() == 2
    assert pool_of(workspace).source == "config.toml"
    assert len(sandbox.stats()["requests"]) == asked


def test_the_operators_number_shrinks_and_grows_as_any_other(governor, clock):
    refused(governor(8))
    clock.advance(60)
    assert governor(8).size() == 5


def test_an_account_that_does_not_tell_is_taken_for_the_smallest(workspace, sandbox, governor):
    sandbox.fault("any", "business_error", code="INSUFFICIENT_PERMISSION", where=LIMITS)
    governor(workspace=workspace).learn(workspace.netsuite())
    assert (pool_of(workspace).size, pool_of(workspace).source) == (5, "assumed")


def test_an_answer_that_did_not_come_is_asked_for_again(workspace, sandbox, governor):
    sandbox.fault("any", "error_503", where=LIMITS, times=1)
    with pytest.raises(NetSuiteError):
        governor(workspace=workspace).learn(workspace.netsuite())
    assert pool_of(workspace) is None
    governor(workspace=workspace).learn(workspace.netsuite())
    assert pool_of(workspace).source == "governanceLimits"


# Asking again


@pytest.fixture
def slept():
    return []


@pytest.fixture
def asker(workspace, slept):
    return Asker(workspace.netsuite(), Halt(lambda: False, slept.append))


def test_a_wait_for_a_place_is_no_attempt(asker, sandbox):
    sandbox.fault("suiteql", "concurrency", times=12)
    assert asker.ask(ONE_ROW).rows == [{"one": "1"}]
    assert asker.requests == 13


def test_failures_are_attempts_however_many_refusals_lie_between_them(asker, sandbox):
    sandbox.fault("suiteql", "error_503", times=2)
    sandbox.fault("suiteql", "concurrency", times=6)
    sandbox.fault("suiteql", "error_503", times=9)
    with pytest.raises(NetSuiteError) as caught:
        asker.ask(ONE_ROW)
    assert (caught.value.status, asker.requests) == (503, 10)


def test_netsuite_says_how_long_to_wait(asker, sandbox, slept):
    sandbox.behave(retry_after=7)
    sandbox.fault("suiteql", "concurrency", times=3)
    asker.ask(ONE_ROW)
    assert sum(slept) == pytest.approx(21)


def test_refusals_without_end_end_the_asking(asker, sandbox):
    sandbox.fault("suiteql", "concurrency")
    with pytest.raises(NetSuiteError) as caught:
        asker.ask(ONE_ROW)
    assert caught.value.outcome is Outcome.OVERLOAD
    assert asker.requests == 40
