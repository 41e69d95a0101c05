"""The screen beside the true engine, which works in another thread as in another process."""

import asyncio

import pytest

from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.sync.passes import sync


@pytest.fixture
def workspace(open_workspace, sandbox):
    opened = open_workspace(sandbox.environ)
    opened.sleep = lambda _seconds: None
    return opened


async def test_a_pull_is_seen_from_its_beginning_to_its_end(app, at_sync, workspace, sandbox):
    async with at_sync(app) as person:
        assert "Nothing is mirrored yet" in person.sees
        await asyncio.to_thread(sync, workspace, ["customer"])
        await person.until_seen("rows read")
        await person.press("slash", *"customer", "enter")
        await person.until(lambda: "on time" in person.row)
        assert "Nothing is mirrored yet" not in person.sees
        await person.press("enter")
        await person.until_seen("Newest runs")
        assert "done" in person.sees


async def test_an_outage_is_told_and_so_is_its_end(app, at_sync, workspace, sandbox, clock):
    async with at_sync(app) as person:
        await asyncio.to_thread(sync, workspace, ["customer", "vendor"])
        sandbox.fault("any", "drop_before", rate=1)
        clock.advance(20 * 60)
        with pytest.raises(NetSuiteUnavailableError):
            await asyncio.to_thread(sync, workspace, ["customer", "vendor"])
        await person.until_seen("NetSuite cannot be reached")
        await person.until(lambda: "Behind: customer, vendor" in " ".join(person.sees.split()))
        sandbox._door("faults", method="DELETE")
        clock.advance(5 * 60)
        await asyncio.to_thread(sync, workspace, ["customer", "vendor"])
        await person.until_seen("NetSuite answers again")
        assert "cannot be reached" not in person.sees


async def test_a_column_that_netsuite_no_longer_gives_is_counted_and_explained(
    app, at_sync, workspace, sandbox
):
    await asyncio.to_thread(sync, workspace, ["customer"])
    sandbox.drift("customer", drop="email")
    async with at_sync(app, size=(120, 40)) as person:
        sandbox.edit("customer", {"id": 83, "comments": "x"})
        await asyncio.to_thread(sync, workspace, ["customer"])
        await person.press("slash", *"customer", "enter")
        await person.until(lambda: person.row.split()[-2:-1] == ["1"])
        await person.press("enter")
        await person.until_seen("Columns set aside (1)")
        assert "email" in person.sees
