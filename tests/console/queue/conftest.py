"""A queue with pushes in every state that a test lays down, and a person before its screen."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from nsconsole.store import link
from nsconsole.store.tables import ns_pending_pushes, proposed_actions


@dataclass
class Queue:
    """Approves changes, and brings their pushes into the states that a drainer would."""

    workspace: object
    stage_raw: object
    decide: object
    reviewer: object

    def approve(self, *summaries, **fields):
        """Stage and approve; give the pushes' ids. Each is of a vendor of its own unless told."""
        ids = []
        for summary in summaries:
            vendor = {"target_id": str(40 + len(self.pushes()))} | fields
            id_ = self.stage_raw(summary=summary, search_text=summary.casefold(), **vendor)
            (decision,) = self.decide(self.reviewer, "approved", id_)
            ids.append(decision.push_id)
        return ids

    def put(self, id_, **columns):
        """Change a push as a drainer would; times are seconds from now."""
        now = self.workspace.now()
        values = {
            name: now + timedelta(seconds=value)
            if name.endswith(("_at", "_from")) and value is not None
            else value
            for name, value in columns.items()
        }
        push = update(ns_pending_pushes).where(ns_pending_pushes.c.id == id_)
        with self.workspace.database.writing() as connection:
            connection.execute(push.values(values))

    def pushes(self):
        with self.workspace.database.reading() as connection:
            rows = connection.execute(ns_pending_pushes.select())
            return {row.id: row for row in rows}

    def proposal(self, id_):
        with self.workspace.database.reading() as connection:
            query = proposed_actions.select().where(proposed_actions.c.id == id_)
            return connection.execute(query).one()

    def link(self, state, detail, *, ago):
        since = self.workspace.now() - timedelta(seconds=ago)
        row = link.LinkRow(state, detail, "login", since)
        with self.workspace.database.writing() as connection:
            link.put(connection, self.workspace.settings.account, row)


@pytest.fixture
def workspace(open_workspace):
    """A workspace whose NetSuite nobody asks, in which an approval can be taken back."""
    return open_workspace({"NSCONSOLE_ACCOUNT": "1234567_SB1"}, undo_low=5.0)


@pytest.fixture
def queue(workspace, stage_raw, decide, reviewer):
    return Queue(workspace, stage_raw, decide, reviewer)


@pytest.fixture
def busy(queue, clock, applied):
    """Pushes that wait for every reason of their own; give their ids by it."""
    applied(
        "Vendor 7 Bolt & Nut: phone 555-0199 → 555-0142",
        "Item 31 SAF-1000: price 3.10 → 3.25",
    )
    clock.advance(75)
    sent, failed, held, due, behind = queue.approve(
        "Vendor 42 Acme Industrial Supply: cost 10.00 → 12.50",
        "Item 104 ABR-1000: base price 17.65 → 18.90",
        "Contact 323 Claire Mbeki: job title Account Manager → Purchasing Manager",
        "Customer 83 Zhang & Sons Stamping: credit limit 100,000.00 → 140,000.00",
        "Customer 83 Zhang & Sons Stamping: terms Net 30 → Net 60",
    )
    clock.advance(12)
    queue.put(sent, status="in_flight", attempts=1, fence=1, leased_at=-3, lease_expires_at=110)
    error = '{"code":"UNEXPECTED_ERROR","message":"NetSuite failed (HTTP 503)"}'
    queue.put(failed, attempts=1, fence=1, next_attempt_at=41, maybe_done=1, error_json=error)
    queue.put(held, held_at=-8, held_by="ada")
    queue.put(due, priority=0, record_key="customer:83")
    queue.put(behind, record_key="customer:83")
    (undoable,) = queue.approve("Vendor 16 Atlas Abrasives: terms Net 30 → Net 45")
    return {
        "sent": sent,
        "failed": failed,
        "held": held,
        "due": due,
        "behind": behind,
        "undoable": undoable,
    }


@pytest.fixture
def applied(queue, workspace):
    """Let approvals be applied, as if NetSuite had been asked."""
    from nsconsole.store import pushes as store

    def run(*summaries):
        for id_ in queue.approve(*summaries):
            queue.put(id_, status="in_flight", fence=1, attempts=1)
            row = {"push_id": id_, "held_fence": 1, "internal_id": "42"}
            with workspace.database.writing() as connection:
                store.applied(connection, [row], workspace.now())

    return run


@pytest.fixture
def at_queue(sitting):
    """Sit down before the Queue screen of a console."""

    @asynccontextmanager
    async def sit(app, size=(80, 24)):
        async with sitting(app, size=size) as person:
            await person.press("3")
            await person.until_seen("Queue ·")
            yield person

    return sit
