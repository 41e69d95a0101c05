"""Many that begin at once with credentials that NetSuite refuses: one call is refused, not five."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.link import LinkState, link_state

ONE_ROW = "SELECT 1 AS one FROM dual"


@pytest.fixture
def refused(sandbox):
    """The environment of a workspace whose token NetSuite does not know."""
    return sandbox.environ | {"NSCONSOLE_TOKEN_SECRET": "a" * 64}


def ask(workspace):
    """Ask NetSuite for a row; give what became of it."""
    try:
        workspace.netsuite().suiteql(ONE_ROW, limit=1)
    except NetSuiteError as error:
        return error.outcome
    return Outcome.DONE


def at_once(*workspaces):
    """Let several threads call through each workspace at the same moment."""
    callers = [workspace for workspace in workspaces for _ in range(4)]
    with ThreadPoolExecutor(len(callers)) as pool:
        return list(pool.map(ask, callers))


def test_of_many_first_calls_one_is_refused_and_the_others_are_not_made(
    open_workspace, refused, sandbox
):
    one, other = open_workspace(refused), open_workspace(refused)
    assert set(at_once(one, other)) == {Outcome.UNAUTHORIZED}
    assert len(sandbox.stats()["refused_logins"]) == 1
    assert link_state(one).state is LinkState.REFUSED


def test_first_calls_with_good_credentials_are_all_made(open_workspace, sandbox):
    one, other = open_workspace(sandbox.environ), open_workspace(sandbox.environ)
    assert set(at_once(one, other)) == {Outcome.DONE}


def test_after_a_refusal_no_call_is_made_by_this_process_or_another(
    open_workspace, refused, sandbox
):
    one, other = open_workspace(refused), open_workspace(refused)
    assert [ask(one), ask(one), ask(other)] == [Outcome.UNAUTHORIZED] * 3
    assert len(sandbox.stats()["refused_logins"]) == 1


def test_a_login_that_is_refused_later_is_asked_about_once_more_and_then_no_more(
    open_workspace, sandbox
):
    workspace = open_workspace(sandbox.environ)
    assert ask(workspace) is Outcome.DONE
    sandbox.fault("any", "unauthorized", times=10)
    assert {ask(workspace) for _ in range(5)} == {Outcome.UNAUTHORIZED}
    assert sandbox.stats()["requests"]["suiteql"]["401"] == 2


def test_those_that_wait_for_a_place_learn_of_a_refusal_before_they_call(open_workspace, sandbox):
    workspace = open_workspace(sandbox.environ, concurrency=1)
    assert ask(workspace) is Outcome.DONE
    sandbox.fault("any", "unauthorized", times=10)
    assert set(at_once(workspace)) == {Outcome.UNAUTHORIZED}
    assert sandbox.stats()["requests"]["suiteql"]["401"] == 2
