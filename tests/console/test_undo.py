"""Undo in the inbox: an approval can be taken back for some seconds, and says for how many."""

import pytest

from nsconsole.services.approvals import Choice, Verdict, decide


@pytest.fixture
def workspace(open_workspace):
    """A workspace whose NetSuite nobody asks, in which an approval can be taken back."""
    return open_workspace({"NSCONSOLE_ACCOUNT": "1234567_SB1"}, undo_low=5.0)


@pytest.fixture
def status(workspace):
    from nsconsole.services.details import detail

    return lambda id_: detail(workspace, id_).line.status


async def approve(person):
    await person.press("a", "y")


async def test_an_approval_counts_down_and_u_takes_it_back(app, sitting, stage_raw, status, clock):
    id_ = stage_raw()
    async with sitting(app) as person:
        await approve(person)
        await person.until_told(f"Approved #{id_}. u takes it back for 5 s.")
        await person.until(lambda: "↶ 5 s" in person.row)
        clock.advance(3)
        await person.until(lambda: "↶ 2 s" in person.row)
        await person.press("u")
        await person.until_told(f"#{id_} pending again.")
        await person.until(lambda: "↶" not in person.row)
        assert status(id_) == "pending"
        assert "1 pending" in person.sees


async def test_what_was_taken_back_can_be_approved_again(app, sitting, stage_raw, status):
    id_ = stage_raw()
    async with sitting(app) as person:
        await approve(person)
        await person.until(lambda: "↶" in person.row)
        await person.press("u")
        await person.until(lambda: "↶" not in person.row)
        await approve(person)
        await person.until(lambda: "↶" in person.row)
        assert status(id_) == "approved"


async def test_after_the_window_it_waits_for_its_turn(app, sitting, stage_raw, clock):
    stage_raw()
    async with sitting(app) as person:
        await approve(person)
        await person.until(lambda: "↶ 5 s" in person.row)
        clock.advance(6)
        await person.until(lambda: person.row.endswith("queued"))


async def test_all_that_one_key_approved_is_taken_back_by_one_key(app, sitting, stage_raw, status):
    ids = [stage_raw() for _ in range(5)]
    async with sitting(app) as person:
        await person.press("asterisk")
        await approve(person)
        await person.until_told("Approved 5 proposals. u takes them back for 5 s.")
        await person.until(lambda: sum("↶" in row for row in person.rows) == 5)
        await person.press("u")
        await person.until_told("5 proposals pending again.")
        assert {status(id_) for id_ in ids} == {"pending"}


async def test_of_several_approvals_some_can_be_selected_to_be_taken_back(
    app, sitting, stage_raw, status
):
    one, two, three = stage_raw(), stage_raw(), stage_raw()
    async with sitting(app) as person:
        await person.press("asterisk")
        await approve(person)
        await person.until(lambda: sum("↶" in row for row in person.rows) == 3)
        await person.press("g", "space")  # the newest
        assert "1 selected" in person.sees
        await person.press("u")
        await person.until_told(f"#{three} pending again.")
        assert [status(id_) for id_ in (one, two, three)] == ["approved", "approved", "pending"]


async def test_somebody_else_s_approval_under_the_cursor_is_not_taken_back(
    app, sitting, stage_raw, workspace, add_operator, status
):
    id_ = stage_raw()
    async with sitting(app) as person:
        decide(workspace, add_operator("nora", "reviewer"), Verdict.APPROVE, [Choice(id_)])
        await person.until(lambda: "↶" in person.row)
        await person.press("u")
        await person.until_told(
            f"Not #{id_}: nora approved it; only they and an admin take it back."
        )
        assert status(id_) == "approved"


async def test_too_late_is_told(app, sitting, stage_raw, workspace, status):
    from sqlalchemy import update

    from nsconsole.store.tables import ns_pending_pushes

    id_ = stage_raw()
    async with sitting(app) as person:
        await approve(person)
        await person.until(lambda: "↶" in person.row)
        with workspace.database.writing() as connection:
            connection.execute(update(ns_pending_pushes).values(status="in_flight"))
        await person.press("u")
        await person.until_told(f"Not #{id_}: too late: it is on its way to NetSuite.")
        assert status(id_) == "approved"


async def test_where_there_is_no_approval_u_says_so(app, sitting, stage_raw):
    stage_raw()
    async with sitting(app) as person:
        await person.press("u")
        assert "There is no approval to take back here." in person.told


async def test_a_key_that_is_held_takes_back_once(app, sitting, stage_raw, status):
    id_ = stage_raw()
    async with sitting(app) as person:
        await approve(person)
        await person.until(lambda: "↶" in person.row)
        await person.hold("u", times=6)
        await person.until(lambda: status(id_) == "pending")
