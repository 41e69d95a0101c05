"""Dead letters that a test lays down, and a person before their screen."""

import json
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from nsconsole.services.actions.canonical import canonical_json
from nsconsole.services.proposals import proposal_digest
from nsconsole.services.pushes.payloads import build_payload, push_digest
from nsconsole.store import dead_letters, proposals, pushes
from nsconsole.store.tables import ns_pending_pushes, ns_push_dlq_log
from tests.console.conftest import PATIENCE

CHANGED = "RCRD_HAS_BEEN_CHANGED"
_COPIED = ("proposal_id", "record_key", "payload_json")  # from the push


@dataclass
class Graveyard:
    """Writes what a drain would have written, at times that are told in seconds before now."""

    workspace: object

    def lay(self, cause="refused", code="USER_ERROR", *, count=1, ago=60, **how):
        """Lay down dead letters of one cause and code; give their ids."""
        at = self.workspace.now() - timedelta(seconds=ago)
        with self.workspace.database.writing() as connection:
            ids = proposals.stage(connection, [self._proposal(i, **how) for i in range(count)])
            approved = {"status": "approved", "operator": "anna", "at": at, "reason": ""}
            rows = proposals.claim(connection, ids, claim="anna:1", **approved)
            sent = [self._push(row) for row in rows]
            made = pushes.enqueue(connection, sent, at)
            statement = update(ns_pending_pushes).where(ns_pending_pushes.c.id.in_(made))
            connection.execute(statement.values(status="dead", attempts=how.get("attempts", 1)))
            error = self._error(cause, code, at, **how)
            common = {"cause": cause, "code": code, "error_json": error, "last_at": at}
            common["attempts"] = how.get("attempts", 1)
            letters = [
                common | {"push_id": id_} | {name: push[name] for name in _COPIED}
                for id_, push in zip(made, sent, strict=True)
            ]
            buried = insert(ns_push_dlq_log).returning(ns_push_dlq_log.c.id)
            return list(connection.execute(buried, letters).scalars())

    def _proposal(self, number, *, summary=None, target="42", change=None, seen=None, **fields):
        row = {
            "action_type": "update_vendor_cost",
            "target_record": "vendor",
            "target_id": str(target),
            "target_name": "Acme",
            "risk_tier": "low",
            "risk_rank": 1,
            "author": "bot",
            "summary": summary or f"Vendor {target} Acme: cost 10.00 → 12.50 ({number})",
            "search_text": (summary or f"vendor {target} acme").casefold(),
            "reason": "",
            "external_id": str(uuid.uuid4()),
            "proposed_change_json": json.dumps(change or {"cost": 12.5}),
            "seen_json": json.dumps({"names": {}, "values": seen or {"cost": 10.0}}),
            "created_at": self.workspace.now(),
        }
        row |= {name: value for name, value in fields.items() if name in row}
        return row | {"digest": proposal_digest(row)}

    @staticmethod
    def _push(row):
        payload = build_payload(row._asdict())
        digest = push_digest(payload, row.digest)
        key = f"{row.target_record}:{row.target_id}" if row.target_id else None
        return {
            "proposal_id": row.id,
            "request_id": str(uuid.uuid4()),
            "payload_json": payload,
            "digest": digest,
            "record_key": key,
        }

    @staticmethod
    def _error(cause, code, at, *, message="That cannot be.", current=None, attempts=1, **_):
        told = {"outcome": "permanent", "code": code, "message": message}
        tries = [
            {
                "number": number,
                "at": (at - timedelta(seconds=10 * (attempts - number))).isoformat(),
                "milliseconds": 120 * number,
                "request_id": "b0c5f1de-0000-4000-8000-000000000000",
                "http_status": 200 if number == attempts else None,
                **told,
                "message": message if number == attempts else "the answer was lost",
            }
            for number in range(1, attempts + 1)
        ]
        held = {"current": current} if current else {}
        return canonical_json({**told, **held, "cause": cause, "attempts": tries})

    def letter(self, id_):
        """A letter as it is now."""
        with self.workspace.database.reading() as connection:
            return dead_letters.get(connection, id_)

    def resolve(self, *ids):
        """See to letters as somebody else does."""
        with self.workspace.database.writing() as connection:
            how = {"resolution": "dismissed", "by": "anna", "reason": "No."}
            dead_letters.resolve(connection, ids, **how, at=self.workspace.now())


@pytest.fixture
def workspace(open_workspace):
    """A workspace whose NetSuite nobody asks."""
    return open_workspace({"NSCONSOLE_ACCOUNT": "1234567_SB1"})


@pytest.fixture
def graveyard(workspace):
    return Graveyard(workspace)


@pytest.fixture
def laid(graveyard):
    """Six letters of four kinds; give the ids by kind."""
    conflict = {"message": "Record has been changed", "current": {"cost": 11.0}}
    return {
        "conflict": graveyard.lay("conflict", CHANGED, ago=7200, **conflict),
        "exhausted": graveyard.lay(
            "exhausted", "RCRD_LOCKED", ago=900, attempts=3, target=16, message="Record is locked"
        ),
        "refused": graveyard.lay(
            count=3, ago=300, target=7, message="Please enter a value for: Terms"
        ),
        "unknown": graveyard.lay(
            "unknown_outcome", "", ago=120, attempts=3, target=9, message="no answer came"
        ),
    }


@pytest.fixture
def app(console, workspace, admin):
    """The console of ada, an admin who gave her token."""
    return console(workspace, authority=admin)


@pytest.fixture
def at_letters(sitting):
    """Sit down before the Dead letters screen of a console."""

    @asynccontextmanager
    async def sit(app, size=(80, 24)):
        app.NOTIFICATION_TIMEOUT = PATIENCE  # what was told is there still when a test looks
        async with sitting(app, size=size) as person:
            await person.press("4")
            await person.until_seen("Dead letters ·")
            yield person

    return sit
