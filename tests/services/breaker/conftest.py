"""A breaker that is new, open or half open, and what is told of it."""

import json

import pytest

from nsconsole.services.pushes.breaker import look

from .calls import Calls


@pytest.fixture
def workspace(open_workspace):
    """A workspace that needs no NetSuite."""
    return open_workspace({})


@pytest.fixture
def calls(workspace):
    return Calls(workspace)


@pytest.fixture
def state(workspace):
    return lambda: look(workspace).state


@pytest.fixture
def opened(calls):
    """The breaker, opened by five failures."""
    for _ in range(5):
        calls.fail(calls.enter())


@pytest.fixture
def half_open(opened, calls, clock):
    """The breaker, half open; give its first probe."""
    clock.advance(30)
    return calls.enter()


@pytest.fixture
def trail(workspace):
    """The entries of the audit trail on the breaker: event, actor and detail."""

    def run():
        with workspace.database.reading() as connection:
            found = connection.exec_driver_sql(
                "SELECT event, actor, detail_json FROM audit_trail "
                "WHERE subject = 'breaker:restlet' ORDER BY id"
            )
            return [(event, actor, json.loads(detail)) for event, actor, detail in found]

    return run
