"""The breaker at a person's hand, and what the audit trail tells of it."""

import pytest

from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.pushes.breaker import Pass, State, hold, look, reset

from .calls import REASON


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
