"""Pushes that wait, and approvals that can be taken back."""

import pytest

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.proposals import propose


def item_cost(item, value=1):
    return {"action_type": "update_item_cost", "target_id": str(item), "change": {"cost": value}}


@pytest.fixture
def push(query):
    def one(id_):
        (row,) = query("SELECT * FROM ns_pending_pushes WHERE id = ?", id_)
        return row

    return one


@pytest.fixture
def proposal(query):
    def one(id_):
        (row,) = query("SELECT * FROM proposed_actions WHERE id = ?", id_)
        return row

    return one


@pytest.fixture
def set_push(query):
    """Bring a push into a state that a drainer would."""

    def run(id_, **columns):
        values = ", ".join(f"{name} = ?" for name in columns)
        query(f"UPDATE ns_pending_pushes SET {values} WHERE id = ?", *columns.values(), id_)

    return run


@pytest.fixture
def trail(query):
    """What the audit trail tells of a subject."""

    def of(subject):
        rows = query("SELECT actor, event FROM audit_trail WHERE subject = ? ORDER BY id", subject)
        return [(row["actor"], row["event"]) for row in rows]

    return of


@pytest.fixture
def unhurried(open_workspace, sandbox):
    """The workspace with windows in which an approval can be taken back."""
    return open_workspace(sandbox.environ, undo_low=5.0, undo_medium=5.0, undo_high=10.0)


@pytest.fixture
def approved(unhurried, reviewer):
    """Stage and approve entries with such a window; give the proposals' ids."""

    def run(*entries, by=reviewer):
        ids = [staged.id for staged in propose(unhurried, entries, author="bot")]
        decide(unhurried, by, Verdict.APPROVE, [Choice(id_) for id_ in ids])
        return ids

    return run
