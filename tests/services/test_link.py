"""The link to NetSuite: what one process learned of it, all of them know."""

from datetime import timedelta

import pytest

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.link import LinkState, calling, link_state, note
from nsconsole.services.status import glance, standing

UNAUTHORIZED = NetSuiteError(Outcome.UNAUTHORIZED, "the credentials are refused", status=401)
UNREACHABLE = NetSuiteError(Outcome.TRANSIENT, "there is no way to it")
REFUSED_REQUEST = NetSuiteError(Outcome.PERMANENT, "no such column", status=400)
OVERLOAD = NetSuiteError(Outcome.OVERLOAD, "too many requests", status=429)


def state_after(workspace, *errors):
    for error in errors:
        note(workspace, error)
    return link_state(workspace).state


@pytest.mark.parametrize(
    ("errors", "state"),
    [
        ([], LinkState.UNKNOWN),
        ([None], LinkState.OK),
        ([UNREACHABLE], LinkState.UNREACHABLE),
        ([UNREACHABLE, None], LinkState.OK),
        ([UNREACHABLE, OVERLOAD], LinkState.OK),
        ([None, UNAUTHORIZED], LinkState.REFUSED),
        ([UNREACHABLE, UNAUTHORIZED], LinkState.REFUSED),
        ([UNAUTHORIZED, UNREACHABLE], LinkState.REFUSED),
        ([UNAUTHORIZED, OVERLOAD], LinkState.REFUSED),
        ([UNAUTHORIZED, REFUSED_REQUEST], LinkState.REFUSED),
        ([UNAUTHORIZED, None], LinkState.OK),
    ],
)
def test_each_answer_tells_something_of_the_link(workspace, errors, state):
    assert state_after(workspace, *errors) is state


def test_it_is_told_since_when_and_why(workspace, clock):
    note(workspace, UNREACHABLE)
    since = clock()
    clock.advance(60)
    note(workspace, UNREACHABLE)
    link = link_state(workspace)
    assert (link.state, link.detail, link.since) == (
        LinkState.UNREACHABLE,
        "there is no way to it",
        since,
    )


def test_every_process_sees_it(workspace, open_workspace, sandbox):
    note(open_workspace(sandbox.environ), UNAUTHORIZED)
    assert link_state(workspace).state is LinkState.REFUSED


def test_another_account_has_a_link_of_its_own(workspace, open_workspace, sandbox):
    note(workspace, UNAUTHORIZED)
    other = open_workspace(sandbox.environ | {"NSCONSOLE_ACCOUNT": "7654321"})
    assert link_state(other).state is LinkState.UNKNOWN


def test_without_an_account_there_is_nothing_to_tell(open_workspace):
    workspace = open_workspace({})
    assert state_after(workspace, UNREACHABLE) is LinkState.UNKNOWN
    assert link_state(workspace).detail == "no account is set"


class TestCalling:
    def test_gives_the_client_and_notes_that_it_went_well(self, workspace):
        with calling(workspace) as netsuite:
            assert netsuite.ping().idempotent
        assert link_state(workspace).state is LinkState.OK

    def test_lets_an_error_of_the_request_itself_through(self, workspace):
        with pytest.raises(NetSuiteError, match="colour"), calling(workspace) as netsuite:
            netsuite.suiteql("SELECT colour FROM vendor")
        assert link_state(workspace).state is LinkState.OK

    def test_says_when_netsuite_cannot_be_reached(self, open_workspace, sandbox):
        away = open_workspace(sandbox.environ | {"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"})
        with pytest.raises(NetSuiteUnavailableError), calling(away) as netsuite:
            netsuite.ping()
        assert link_state(away).state is LinkState.UNREACHABLE

    def test_asks_nothing_more_with_credentials_that_were_refused(self, workspace, sandbox):
        note(workspace, UNAUTHORIZED)
        with pytest.raises(NetSuiteUnavailableError, match="the credentials are refused"):
            ping(workspace)
        assert sandbox.stats()["requests"] == {}

    def test_asks_again_once_a_call_has_succeeded(self, workspace):
        note(workspace, UNAUTHORIZED)
        note(workspace, None)  # as the doctor does
        ping(workspace)

    def test_tells_that_the_clock_is_wrong(self, sandbox, open_workspace, clock):
        slow = open_workspace(sandbox.environ, now=lambda: clock() - timedelta(hours=1))
        with pytest.raises(NetSuiteUnavailableError, match="the local clock is 60 minutes behind"):
            ping(slow)


def ping(workspace):
    with calling(workspace) as netsuite:
        netsuite.ping()


class TestStanding:
    def test_an_empty_workspace_counts_to_zero(self, workspace):
        found = standing(workspace)
        assert set(found.proposals.values()) == set(found.queue.values()) == {0}
        assert set(found.proposals) == {"pending", "approved", "rejected", "withdrawn", "expired"}
        assert set(found.queue) == {"queued", "in_flight", "applied", "dead", "cancelled"}
        assert found.link.state is LinkState.UNKNOWN

    def test_everything_is_counted_and_a_glance_counts_what_is_open(
        self, workspace, stage, approve
    ):
        entry = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12}}
        stage(entry, entry, entry)
        approve(1, 2)
        found = standing(workspace)
        assert (found.proposals["pending"], found.proposals["approved"]) == (1, 2)
        assert found.queue["queued"] == 2
        assert found.link.state is LinkState.OK
        quick = glance(workspace)
        assert quick.proposals == {"pending": 1}
        assert quick.queue == {"queued": 2, "in_flight": 0, "dead": 0}
