"""The title of every screen: the queue, the dead letters and the breaker, in words."""

import pytest
from sqlalchemy import insert, update

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.pushes import breaker
from nsconsole.store import link
from nsconsole.store.tables import ns_pending_pushes, ns_push_dlq_log

AREAS = pytest.mark.parametrize("key", ["1", "2", "3", "4"])


@pytest.fixture
def workspace(open_workspace):
    """A workspace whose NetSuite nobody asks."""
    return open_workspace({"NSCONSOLE_ACCOUNT": "1234567_SB1"}, undo_low=60.0)


@pytest.fixture
def queued(workspace, reviewer, stage_raw):
    """Approve a change; give its push."""
    ids = [stage_raw(), stage_raw(target_id="43")]
    decisions = decide(workspace, reviewer, Verdict.APPROVE, [Choice(id_) for id_ in ids])
    return [decision.push_id for decision in decisions]


def title(person):
    return person.sees.splitlines()[0]


@AREAS
async def test_every_screen_says_how_much_waits_and_rests(app, sitting, workspace, queued, key):
    with workspace.database.writing() as connection:
        dead = ns_pending_pushes.c.id == queued[0]
        connection.execute(update(ns_pending_pushes).where(dead).values(status="dead"))
        letter = {"push_id": queued[0], "proposal_id": 1, "cause": "refused", "code": "USER_ERROR"}
        letter |= {"payload_json": "{}", "error_json": "{}", "attempts": 1}
        letter |= {"last_at": workspace.now()}
        connection.execute(insert(ns_push_dlq_log).values(letter))
    async with sitting(app) as person:
        await person.type(key)
        await person.until(lambda: "1 queued · 1 dead" in title(person))


@AREAS
async def test_every_screen_says_that_the_breaker_is_held(app, sitting, workspace, admin, key):
    async with sitting(app) as person:
        await person.type(key)
        await person.until(lambda: "0 pending" in title(person))
        assert "breaker" not in title(person)
        breaker.hold(workspace, admin, "month end")
        await person.until(lambda: "breaker HELD" in title(person))
        breaker.reset(workspace, admin)
        await person.until(lambda: "breaker" not in title(person))


@AREAS
async def test_every_screen_says_that_the_login_is_refused(app, sitting, workspace, key):
    with workspace.database.writing() as connection:
        row = link.LinkRow("refused", "INVALID_LOGIN_ATTEMPT", "login", workspace.now())
        link.put(connection, "1234567_SB1", row)
    async with sitting(app) as person:
        await person.type(key)
        await person.until(lambda: "NetSuite REFUSES LOGIN" in title(person))
