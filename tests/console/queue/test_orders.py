"""What is ordered at the Queue screen: hold, release, first, cancel, undo, drain, the breaker."""

import pytest

from nsconsole.services.pushes import breaker
from nsconsole.services.pushes import queue as service


async def test_a_push_is_held_and_let_go_by_the_same_key(app, at_queue, queue):
    (id_,) = queue.approve("Vendor 42: cost 10.00 → 12.50")
    async with at_queue(app) as person:
        await person.press("h")
        await person.until_told(f"#{id_} held; h lets go.")
        await person.until(lambda: "held by rita" in person.row)
        assert queue.pushes()[id_].held_by == "rita"
        await person.press("h")
        await person.until_told(f"#{id_} let go.")
        assert queue.pushes()[id_].held_by is None


async def test_a_selection_is_held_as_one_and_unselected(app, at_queue, queue):
    one, two, three = queue.approve("Vendor 1", "Vendor 2", "Vendor 3")
    async with at_queue(app) as person:
        await person.press("space", "space")
        assert "2 selected (U unselects)" in person.sees
        await person.press("h")
        await person.until_told("2 pushes held")
        held = {id_ for id_, push in queue.pushes().items() if push.held_by}
        assert held == {one, two}
        assert "selected" not in person.sees
        await person.press("asterisk", "l")
        await person.until_told(f"Not #{three}: nobody holds it.")
        assert "2 pushes let go." in person.told


async def test_a_push_goes_first_and_in_turn_again(app, at_queue, queue):
    one, two = queue.approve("Vendor 1", "Vendor 2")
    async with at_queue(app) as person:
        await person.press("G", "f")
        await person.until_told(f"#{two} put first.")
        await person.until(lambda: f"▲#{two}" in person.rows[0])
        assert person.row.startswith(f"▌  ▲#{two}")  # the cursor went along
        await person.press("f")
        await person.until_told(f"#{two} put back in turn.")
        await person.until(lambda: f"#{one}" in person.rows[0])


async def test_a_push_is_cancelled_with_a_reason(app, at_queue, queue):
    (id_,) = queue.approve("Vendor 42: cost 10.00 → 12.50")
    async with at_queue(app) as person:
        await person.press("c")
        assert "Cancel this change?" in person.sees
        await person.press("enter")
        assert person.asked  # not without a reason
        await person.write("Wrong list.")
        await person.press("enter")
        await person.until_told(f"#{id_} cancelled, the proposal withdrawn.")
        await person.until_seen("Nothing waits to be sent.")
        withdrawn = queue.proposal(queue.pushes()[id_].proposal_id)
        assert (withdrawn.status, withdrawn.decision_reason) == ("withdrawn", "Wrong list.")


async def test_going_back_from_the_question_cancels_nothing(app, at_queue, queue):
    (id_,) = queue.approve("Vendor 42")
    async with at_queue(app) as person:
        await person.press("c", "x", "escape")
        assert not person.asked
        assert queue.pushes()[id_].status == "queued"


async def test_an_approval_is_taken_back(app, at_queue, queue):
    (id_,) = queue.approve("Vendor 42")
    async with at_queue(app) as person:
        await person.press("u")
        await person.until_seen("Nothing waits to be sent.")
        push = queue.pushes()[id_]
        assert push.status == "cancelled"
        assert queue.proposal(push.proposal_id).status == "pending"
        assert f"#{push.proposal_id} pending again." in person.told


async def test_what_is_on_its_way_is_out_of_reach_and_says_so(app, at_queue, busy):
    async with at_queue(app) as person:
        for key in ("h", "u", "f"):
            await person.press(key)
            await person.until_told("too late: it is on its way to NetSuite.")


async def test_what_changed_since_it_was_shown_is_told_honestly(app, at_queue, queue, admin):
    (id_,) = queue.approve("Vendor 42")
    async with at_queue(app) as person:
        await person.press("c")
        service.cancel(queue.workspace, admin, [id_], reason="I was faster.")
        await person.write("Mine.")
        await person.press("enter")
        await person.until_told(f"Not #{id_}: it was cancelled already.")


@pytest.mark.parametrize("key", ["c", "B"])
async def test_a_key_that_is_held_opens_one_question(app, at_queue, busy, key):
    async with at_queue(app) as person:
        await person.press("G")
        await person.until(lambda: app.standing is not None)
        await person.hold(key, times=8)
        await person.until(lambda: person.asked)
        assert len(app.screen_stack) == 2


async def test_one_who_may_only_look_is_told_so(console, at_queue, queue, workspace, viewer):
    (id_,) = queue.approve("Vendor 42")
    async with at_queue(console(workspace, authority=viewer)) as person:
        await person.press("h")
        await person.until_told("vic is a viewer; this takes the role reviewer or admin")
        assert queue.pushes()[id_].held_by is None


async def test_the_edit_token_is_asked_for_once(console, at_queue, queue, workspace, reviewer):
    (id_,) = queue.approve("Vendor 42")
    async with at_queue(console(workspace, reviewer.operator)) as person:
        await person.press("h")
        assert "rita, your edit token?" in person.sees
        await person.press("escape")
        assert queue.pushes()[id_].held_by is None


async def test_the_breaker_is_held_open_and_reset(console, at_queue, workspace, admin):
    async with at_queue(console(workspace, authority=admin)) as person:
        await person.until(lambda: person.app.standing is not None)
        await person.press("B")
        assert "Hold the breaker open?" in person.sees
        await person.write("month end")
        await person.press("enter")
        await person.until_told("The breaker is held open")
        assert breaker.look(workspace).held_by == "ada"
        await person.until_seen("ada holds the breaker open")
        await person.press("B")
        assert "Reset the breaker?" in person.sees
        await person.press("B", "enter")  # neither the key that asked nor enter confirms
        assert breaker.look(workspace).held_by == "ada"
        await person.press("B", "y")
        await person.until_told("The breaker is closed")
        assert breaker.look(workspace).state == "closed"


async def test_only_an_admin_holds_the_breaker(app, at_queue, workspace):
    async with at_queue(app) as person:
        await person.until(lambda: app.standing is not None)
        await person.press("B", "enter")
        await person.until_told("rita is a reviewer; this takes the role admin")
        assert breaker.look(workspace).held_by is None


async def test_a_drain_that_netsuite_stops_says_why(app, at_queue, queue):
    queue.approve("Vendor 42")
    async with at_queue(app) as person:
        await person.press("D")
        await person.until_told("credentials")
