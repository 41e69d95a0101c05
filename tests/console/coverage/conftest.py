"""A catalog, map and mirror that a test lays down and audits, and a person before the screen."""

from contextlib import asynccontextmanager

import pytest

from tests.services.coverage_world import World


async def filtered(person, words, *keys):
    """Type a filter, and then press keys."""
    await person.press("slash")
    await person.write(words)
    await person.press("enter", *keys)


@pytest.fixture
def workspace(open_workspace):
    """A workspace whose NetSuite nobody asks."""
    return open_workspace({"NSCONSOLE_ACCOUNT": "1234567_SB1"})


@pytest.fixture
def world(workspace):
    return World(workspace).begin()


@pytest.fixture
def furnished(world, clock):
    """Eleven tables, of which two are mirrored, three audits, and news."""
    named = {"name": "text", "email": "text", "fax": "text"}
    world.mirrored(customer={"name": "text"}, vendor=named)
    world.tells("customer", rows=1_204, id="integer", **named, custentity_route="text")
    world.tells("vendor", rows=310, id="integer", **named)
    world.audit()
    clock.advance(86_400)
    address = {"addr1": "text", "city": "text", "zip": "text"}
    world.tells("customeraddressbook", rows=2_411, id="integer", **address)
    world.tells("pricelevel", rows=6, id="integer", name="text", isinactive="boolean")
    world.tells("salestaxitem", rows=48, id="integer", name="text", rate="real")
    world.tells("bom", rows=95, id="integer", name="text")
    world.tells("inventorybalance", rows=18_250, item="integer", quantityonhand="real")
    world.tells("department", rows=14, id="integer", name="text")
    world.tells("systemnote", state="unqueryable", reason="not_queryable", id="integer")
    world.tells("payrollitem", state="unqueryable", reason="not_permitted", id="integer")
    hidden = {"state": "unqueryable", "reason": "not_queryable"}
    fields = {"custrecord_serial": "text", "custrecord_note": hidden}
    world.tells("customrecord_machine", rows=77, id="integer", **fields)
    world.audit()
    clock.advance(86_400)
    fill = "UPDATE ns_catalog_columns SET filled = ?, sampled = 250 WHERE name = ?"
    for name, filled in (("email", 181), ("fax", 2), ("city", 250)):
        world.sql(fill, filled, name)
    world.changed("new", "customer", "custentity_route")
    world.changed("renamed", "vendor", "fax", "fax", "telefax")
    world.column("customer", "phone", 9, kind="text")
    world.audit()
    clock.advance(300)
    return world


@pytest.fixture
def at_coverage(sitting):
    """Sit down before the Coverage screen of a console."""

    @asynccontextmanager
    async def sit(app, size=(80, 24), shows="Gaps ·"):
        async with sitting(app, size=size) as person:
            await person.press("5")
            await person.until_seen(shows)
            yield person

    return sit
