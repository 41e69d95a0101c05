"""After failures in a row nobody calls, then a few try; the breaker is one for all processes."""

from datetime import timedelta

import pytest

from nsconsole.services.pushes.breaker import Breaker, Pass, State, look

from .calls import REASON, Calls


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
