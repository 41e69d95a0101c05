"""What the Queue screen sends by a key, to a NetSuite that answers."""

import pytest


@pytest.fixture
def workspace(open_workspace, sandbox):
    """A workspace on a NetSuite, in which nothing waits to be taken back."""
    return open_workspace(sandbox.environ)


@pytest.fixture
def approved(stage, vendor, decide, reviewer):
    ids = stage(vendor)
    decide(reviewer, "approved", *ids)
    return ids


async def test_what_waits_is_sent_by_a_key(app, at_queue, approved, sandbox):
    async with at_queue(app) as person:
        assert "due" in person.row
        await person.press("D")
        await person.until_told("Drained: 1 applied.")
        await person.until_seen("Nothing waits to be sent.")
        assert "✓" in person.sees.partition("Applied last")[2]
        assert len(sandbox.ledger()) == 1


async def test_what_failed_before_is_tried_now(app, at_queue, approved, sandbox):
    sandbox.fault("restlet", "error_503", times=1)
    async with at_queue(app) as person:
        await person.press("D")
        await person.until_told("Drained: 1 to be tried again, 1 waiting.")
        await person.until(lambda: "↻ retry" in person.row)
        await person.press("D")
        await person.until_told("Drained: 1 applied.")
        assert len(sandbox.ledger()) == 1
