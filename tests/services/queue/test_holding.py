"""Holding pushes, releasing them and putting them first."""

import pytest

from nsconsole.services.errors import RefusedError
from nsconsole.services.pushes import queue
from nsconsole.services.pushes.draining import drain

from .conftest import item_cost


def test_a_held_push_is_not_sent_until_it_is_released(workspace, enqueue, reviewer, sandbox, trail):
    held, free = enqueue(item_cost(101), item_cost(102))
    (done,) = queue.hold(workspace, reviewer, [held])
    assert done.done
    assert drain(workspace).applied == 1
    assert [change["internal_id"] for change in sandbox.ledger()] == ["102"]
    queue.release(workspace, reviewer, [held])
    assert drain(workspace).applied == 1
    by_rita = [event for actor, event in trail(f"push:{held}") if actor == "rita"]
    assert by_rita == ["push_held", "push_released"]
    assert ("rita", "push_held") not in trail(f"push:{free}")


def test_each_change_tells_what_it_could_not_reach(workspace, enqueue, reviewer):
    one, two = enqueue(item_cost(101), item_cost(102))
    queue.hold(workspace, reviewer, [two])
    drain(workspace)
    told = {c.id: (c.done, c.why) for c in queue.hold(workspace, reviewer, [one, two, 99, two])}
    assert told == {
        one: (False, "too late: NetSuite has done it"),
        two: (False, "it is held already, by rita"),
        99: (False, "there is no such push"),
    }
    queue.release(workspace, reviewer, [two])
    (again,) = queue.release(workspace, reviewer, [two])
    assert again.why == "nobody holds it"


def test_first_is_set_and_taken_back(workspace, enqueue, reviewer, push, trail):
    _, two = enqueue(item_cost(101), item_cost(102))
    assert [c.done for c in queue.first(workspace, reviewer, [two])] == [True]
    assert push(two)["priority"] == 0
    assert queue.first(workspace, reviewer, [two])[0].why == "it goes first already"
    assert queue.first(workspace, reviewer, [two], normal=True)[0].done
    assert push(two)["priority"] == 1
    assert trail(f"push:{two}")[-2:] == [("rita", "push_put_first"), ("rita", "push_put_back")]


def test_first_does_not_overtake_an_earlier_change_of_the_same_record(
    workspace, enqueue, reviewer, sandbox
):
    _, later = enqueue(item_cost(101, 1), item_cost(101, 2))
    queue.first(workspace, reviewer, [later])
    drain(workspace)
    assert [change["fields"]["cost"] for change in sandbox.ledger()] == [1]


@pytest.mark.parametrize("change", ["hold", "release", "first"])
def test_a_viewer_changes_nothing(workspace, enqueue, viewer, pushes, change):
    (id_,) = enqueue(item_cost(101))
    before = pushes()
    with pytest.raises(RefusedError, match="vic is a viewer"):
        getattr(queue, change)(workspace, viewer, [id_])
    assert pushes() == before
