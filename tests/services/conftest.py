"""Fixtures for the services: what is staged, decided and queued, by the shortest true way."""

import pytest

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.proposals import propose


@pytest.fixture
def stage(workspace):
    """Stage entries; give their ids."""

    def stage_all(*entries, author="bot"):
        return [staged.id for staged in propose(workspace, entries, author=author)]

    return stage_all


@pytest.fixture
def approve(workspace, reviewer):
    """Approve proposals; give the ids of their pushes."""

    def approve_all(*ids):
        choices = [Choice(id_) for id_ in ids]
        return [d.push_id for d in decide(workspace, reviewer, Verdict.APPROVE, choices)]

    return approve_all


@pytest.fixture
def enqueue(stage, approve):
    """Stage entries and approve them; give the ids of their pushes."""
    return lambda *entries: approve(*stage(*entries))


@pytest.fixture
def query(workspace):
    """Run SQL on the workspace's database past every rule; give the rows."""

    def run(sql, *parameters):
        with workspace.database.writing() as connection:
            result = connection.exec_driver_sql(sql, parameters)
            return [row._asdict() for row in result] if result.returns_rows else []

    return run


@pytest.fixture
def tamper(query):
    """Change stored proposals by force, as only somebody with the file itself could."""

    def run(sql, *parameters):
        query("DROP TRIGGER IF EXISTS proposed_actions_immutable")
        query(sql, *parameters)

    return run
