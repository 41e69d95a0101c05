"""What NetSuite is asked from the screen: a dry run, the mend of a change, and what comes of it."""

import asyncio

import pytest

from nsconsole.services.dead_letters.letters import list_dead_letters
from nsconsole.services.pushes.draining import drain

COST = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12.5}}


@pytest.fixture
def workspace(open_workspace, sandbox):
    opened = open_workspace(sandbox.environ)
    opened.sleep = lambda _seconds: None
    return opened


@pytest.fixture
def approve(stage, decide, reviewer):
    """Have changes approved."""

    def approve_all(*entries):
        ids = stage(*entries)
        assert all(decision.won for decision in decide(reviewer, "approved", *ids))

    return approve_all


@pytest.fixture
def conflict(workspace, sandbox, approve):
    """A dead letter: the cost is no longer what the approver saw. Give its id."""
    approve(COST)
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    drain(workspace)
    (letter,) = list_dead_letters(workspace)
    return letter.id


@pytest.fixture
def refused(workspace, sandbox, approve):
    """Two dead letters that NetSuite would do now."""
    where = {"operation": "update"}
    sandbox.fault("restlet", "business_error", code="USER_ERROR", times=2, where=where)
    approve(COST, {**COST, "target_id": "16"})
    drain(workspace)


def vendor(sandbox):
    return [entry["fields"] for entry in sandbox.ledger() if entry["record_type"] == "vendor"]


async def test_a_dry_run_tells_of_each_what_would_come_of_it_and_sends_nothing(
    app, at_letters, refused, sandbox
):
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    async with at_letters(app, size=(120, 40)) as person:
        await person.press("asterisk", "d")
        await person.until_told("Dry run: 1 would apply, 1 conflict. Nothing was sent.")
        assert sum("✓ would apply" in row for row in person.rows) == 1
        assert sum("⚠ conflict" in row for row in person.rows) == 1
        await person.press("G")
        table = [line.split() for line in person.sees.splitlines()]
        assert ["cost", "10.00", "12.50", "11.00", "⚠"] in table
        assert "Dry run  ⚠ conflict at 2026-11-22 09:15:00" in person.sees
        assert "no longer as the approver saw it: cost" in person.sees
        await person.press("R")
        assert "Dry run: 1 would apply, 1 conflict." in person.sees
    assert vendor(sandbox) == []


async def test_a_dry_run_takes_no_admin(console, at_letters, refused, workspace, viewer):
    async with at_letters(console(workspace, authority=viewer)) as person:
        await person.press("d")
        await person.until_told("Dry run: 2 would apply. Nothing was sent.")


async def test_a_dry_run_that_cannot_reach_netsuite_says_so(app, at_letters, refused, sandbox):
    sandbox.fault("any", "drop_before", rate=1)
    async with at_letters(app) as person:
        await person.press("d")
        await person.until(lambda: person.told)
        assert "was cut before its answer was complete" in person.told
        assert "Nothing was sent" not in person.told


async def test_a_second_dry_run_waits_for_the_first(app, at_letters, refused, sandbox):
    sandbox.fault("suiteql", "slow", ms=1500, times=1)
    async with at_letters(app) as person:
        await person.type("d")
        await person.type("d")
        await person.until(lambda: "A dry run is under way." in person.told)
        await person.until_told("2 would apply")


async def test_an_edited_change_becomes_a_proposal_and_the_letter_is_gone(
    app, at_letters, conflict, workspace
):
    async with at_letters(app) as person:
        await person.press("j", "e")
        assert f"Edit letter {conflict} and propose it anew" in person.sees
        assert '"cost": 12.5' in person.sees
        edit(app, '{"cost": 13.25}')
        await person.press("ctrl+s")
        await person.until_told(f"Proposal #2 is in the inbox in place of letter {conflict}.")
        await person.until_seen("No dead letters")
        await person.press("1")
        await person.until(lambda: any("cost 11.00 → 13.2" in row for row in person.rows))


async def test_an_edit_that_is_no_change_is_kept_to_be_mended(app, at_letters, conflict):
    async with at_letters(app) as person:
        await person.press("j", "e")
        for text, why in (("{", "⚠ this is not JSON"), ("[1]", "⚠ a change is a JSON object")):
            edit(app, text)
            await person.press("ctrl+s")
            assert why in person.sees
        edit(app, '{"cost": "dear"}')
        await person.press("ctrl+s")
        await person.until_seen("⚠ entry 1:")
        assert '{"cost": "dear"}' in person.sees
        await person.press("escape")
        assert not person.asked
        assert len(person.rows) == 2


async def test_keys_that_are_typed_into_an_edit_are_text(app, at_letters, conflict):
    async with at_letters(app) as person:
        await person.press("j", "e")
        await person.write("q4?y")
        assert "q4?y{" in person.sees
        assert app.is_running


async def test_one_who_may_not_replay_may_not_edit_elsewhere_either(
    app, at_letters, conflict, workspace, admin
):
    from nsconsole.services.operators import rotate_token

    async with at_letters(app) as person:
        await person.press("j", "e")
        rotate_token(workspace, admin, "ada")
        await person.press("ctrl+s")
        await person.until_told("ada's edit token was changed")
        assert not person.asked


async def test_what_dies_comes_in_by_itself_and_a_replay_reaches_netsuite(
    app, at_letters, workspace, sandbox, approve
):
    async with at_letters(app) as person:
        assert "No dead letters" in person.sees
        where = {"operation": "update"}
        sandbox.fault("restlet", "business_error", code="USER_ERROR", times=1, where=where)
        approve(COST)
        await asyncio.to_thread(drain, workspace)
        await person.until_seen("Vendor 42")
        await person.press("r", "y")
        await person.until_told("Letter 1 on the queue again.")
        await asyncio.to_thread(drain, workspace)
    assert vendor(sandbox) == [{"cost": 12.5}]


async def test_a_canary_that_dies_brings_the_others_back(
    app, at_letters, workspace, sandbox, refused
):
    async with at_letters(app) as person:
        await person.press("r")
        assert "One goes first." in person.sees
        await person.press("y")
        await person.until_seen("No dead letters")
        sandbox.fault("restlet", "business_error", code="USER_ERROR", where={"operation": "update"})
        await asyncio.to_thread(drain, workspace)
        await person.until_seen("Dead letters · 2 letters")
    assert vendor(sandbox) == []


def edit(app, text):
    """Put a text where a change is edited."""
    app.screen.query_one("#change").text = text
