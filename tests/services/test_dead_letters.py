"""Dead letters: replayed once, under the right key; or dismissed for a reason."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from nsconsole.services.attempts import Cause
from nsconsole.services.dead_letters import (
    dismiss,
    list_dead_letters,
    replay,
    show_dead_letter,
)
from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.pushes import drain, list_pushes

CHANGE = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12.5}}


@pytest.fixture
def conflict(workspace, sandbox, enqueue):
    """A dead letter: the cost is no longer what the approver saw. Give its id."""
    enqueue(CHANGE)
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    drain(workspace)
    (letter,) = list_dead_letters(workspace)
    return letter.id


@pytest.fixture
def unknown(open_workspace, line, enqueue):
    """A dead letter that NetSuite did, though nobody heard of it. Give its id."""
    enqueue(CHANGE)
    caller = open_workspace(line.environ)
    line.play("cut_after", 503)
    for _ in range(3):
        drain(caller)
    (letter,) = list_dead_letters(caller)
    return letter.id


def requests(query):
    return [row["request_id"] for row in query("SELECT request_id FROM ns_pending_pushes")]


def test_what_may_have_been_done_is_asked_again_under_its_own_key(
    workspace, admin, sandbox, unknown, query
):
    (again,) = replay(workspace, admin, [unknown])
    first, second = requests(query)
    assert first == second
    assert drain(workspace).applied == 1
    assert len(sandbox.ledger()) == 1
    (applied,) = list_pushes(workspace, status="applied")
    assert applied.id == again.push_id


def test_what_was_refused_goes_under_a_new_key_and_is_done_if_it_can_be(
    workspace, admin, sandbox, conflict, query
):
    replay(workspace, admin, [conflict])
    assert len(set(requests(query))) == 2
    sandbox.edit("vendor", {"id": 42, "cost": 10})
    assert drain(workspace).applied == 1
    assert len(sandbox.ledger()) == 1


def test_a_replay_that_conflicts_again_is_another_dead_letter(workspace, admin, conflict):
    replay(workspace, admin, [conflict])
    assert drain(workspace).dead == 1
    second, first = list_dead_letters(workspace, resolved=True)
    assert (first.resolution, first.resolved_by) == ("replayed", "ada")
    assert (second.resolution, second.push_id) == (None, first.replay_push_id)


def test_all_that_is_open_can_be_replayed(workspace, admin, conflict):
    assert [one.id for one in replay(workspace, admin, None)] == [conflict]
    assert replay(workspace, admin, None) == []


def test_of_many_at_the_same_instant_one_replays(workspace, admin, conflict):
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: replay(workspace, admin, [conflict]), range(8)))
    assert sum(map(len, done)) == 1
    assert len(list_pushes(workspace, status="queued")) == 1


def test_only_an_admin_replays_or_dismisses(workspace, reviewer, conflict):
    with pytest.raises(RefusedError):
        replay(workspace, reviewer, [conflict])
    with pytest.raises(RefusedError):
        dismiss(workspace, reviewer, [conflict], reason="no")
    (letter,) = list_dead_letters(workspace)
    assert letter.resolution is None


def test_what_is_not_what_was_approved_is_never_replayed(workspace, admin, enqueue, query):
    enqueue(CHANGE)
    query("UPDATE ns_pending_pushes SET digest = hex(zeroblob(32))")
    drain(workspace)
    (letter,) = list_dead_letters(workspace)
    assert letter.cause is Cause.TAMPERED
    with pytest.raises(BadInputError, match="not what was approved"):
        replay(workspace, admin, [letter.id])
    assert list_pushes(workspace, status="queued") == []
    assert list_dead_letters(workspace) == [letter]


def test_a_dismissed_one_rests_with_its_reason(workspace, admin, conflict):
    assert dismiss(workspace, admin, [conflict], reason="the vendor called it off") == [conflict]
    assert list_dead_letters(workspace) == []
    letter = show_dead_letter(workspace, conflict).letter
    assert (letter.resolution, letter.reason) == ("dismissed", "the vendor called it off")
    assert replay(workspace, admin, [conflict]) == []
    assert dismiss(workspace, admin, [conflict], reason="again") == []


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_a_dismissal_says_why(workspace, admin, conflict, reason):
    with pytest.raises(BadInputError, match="say why"):
        dismiss(workspace, admin, [conflict], reason=reason)
    assert len(list_dead_letters(workspace)) == 1


def test_an_id_that_is_not_there_is_said_so_and_nothing_is_replayed(workspace, admin, conflict):
    for work in (
        lambda: replay(workspace, admin, [conflict, 99]),
        lambda: show_dead_letter(workspace, 99),
    ):
        with pytest.raises(BadInputError, match="no dead letter 99"):
            work()
    assert len(list_dead_letters(workspace)) == 1
