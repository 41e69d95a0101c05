"""The account's limits, and leave to call before each call."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from nsconsole.netsuite.account import endpoint
from nsconsole.netsuite.client import NetSuite
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.governance import Governance
from nsconsole.netsuite.restlet import Operation, OperationKind

DELETE = Operation("r-1", OperationKind.DELETE, "vendor", id="42")
PAGE = {"links": [], "count": 1, "hasMore": False, "offset": 0, "totalResults": 1,
        "items": [{"links": [], "id": "1"}]}  # fmt: skip
LIMITS = {
    "accountConcurrencyLimit": 5,
    "accountUnallocatedConcurrencyLimit": 3,
    "integrationConcurrencyLimit": 2,
    "integrationLimitType": "integrationSpecific",
}


def failed(call, *args):
    with pytest.raises(NetSuiteError) as caught:
        call(*args)
    return caught.value


# Limits


@pytest.mark.parametrize(
    ("kind", "limits", "usable"),
    [
        ("accountLimit", Governance(5, unallocated=5, integration_limit=None), 5),
        ("integrationSpecific", Governance(5, unallocated=3, integration_limit=2), 2),
        ("internal", Governance(5, unallocated=5, integration_limit=None), 5),
    ],
)
def test_an_account_tells_how_many_calls_it_takes_at_once(account, sandbox, kind, limits, usable):
    sandbox.behave(governance=kind)
    assert account.governance() == limits
    assert limits.usable == usable


def test_limits_are_asked_for_by_a_signed_get_without_a_body(server, client):
    server.reply(200, LIMITS)
    client.governance()
    (request,) = server.requests
    assert (request.method, request.target, request.body) == (
        "GET", "/services/rest/system/v1/governanceLimits", b"",
    )  # fmt: skip
    assert request.headers["authorization"].startswith('OAuth realm="1234567_SB1"')
    assert "content-type" not in request.headers


@pytest.mark.parametrize("status", [403, 404, 405])
def test_who_may_not_know_the_limits_need_not_ask_again(server, client, status):
    server.reply(status, {"o:errorDetails": [{"detail": "No.", "o:errorCode": "FORBIDDEN"}]})
    assert failed(client.governance).outcome is Outcome.PERMANENT


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, {**LIMITS, "accountConcurrencyLimit": "5"},
     {**LIMITS, "accountConcurrencyLimit": 0}, {**LIMITS, "integrationConcurrencyLimit": -1},
     {**LIMITS, "accountUnallocatedConcurrencyLimit": "all"}],
    ids=str,
)  # fmt: skip
def test_limits_in_another_shape_are_no_answer(server, client, answer):
    server.reply(200, answer)
    assert failed(client.governance).outcome is Outcome.TRANSIENT


# Permits


@dataclass
class Log:
    """Gives every permit at once, and writes down who got one and how each call ended."""

    asked: list[str] = field(default_factory=list)
    ended: list[Outcome] = field(default_factory=list)
    held: int = 0

    @contextmanager
    def permit(self, *, urgent):
        self.asked.append("urgent" if urgent else "patient")
        self.held += 1
        try:
            yield
        except NetSuiteError as error:
            self.ended.append(error.outcome)
            raise
        else:
            self.ended.append(Outcome.DONE)
        finally:
            self.held -= 1


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def governed(server, credentials, log):
    with NetSuite(endpoint("1234567_SB1", server.url), credentials, permits=log) as client:
        yield client


def test_what_people_wait_for_is_urgent_and_the_rest_is_not(server, governed, log):
    server.reply(400)
    for call in (
        governed.ping,
        lambda: governed.write([DELETE]),
        lambda: governed.lookup(["r-1"]),
        lambda: governed.read("vendor", "42", ["cost"]),
        lambda: governed.suiteql("SELECT 1 FROM dual"),
        lambda: governed.suiteql("SELECT 1 FROM dual", urgent=False),
        governed.governance,
    ):
        failed(call)
    assert log.asked == [*["urgent"] * 5, *["patient"] * 2]
    assert log.held == 0


def test_a_permit_is_held_while_the_call_is_under_way(server, governed, log):
    held = []

    def answer(connection, request):
        held.append(log.held)
        connection.sendall(server.http(200, PAGE))

    server.play(answer)
    governed.suiteql("SELECT 1 FROM dual")
    assert (held, log.held) == ([1], 0)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, Outcome.DONE), (429, Outcome.OVERLOAD), (401, Outcome.UNAUTHORIZED),
     (500, Outcome.TRANSIENT)],
)  # fmt: skip
def test_who_gives_permits_learns_how_the_call_ended(server, governed, log, status, outcome):
    server.reply(status, PAGE)
    with suppress(NetSuiteError):
        governed.suiteql("SELECT 1 FROM dual")
    assert log.ended == [outcome]


def test_what_is_never_sent_needs_no_permit(server, governed, log):
    with pytest.raises(ValueError, match="page"):
        governed.suiteql("SELECT 1 FROM dual", limit=0)
    assert governed.write([]) == []
    assert governed.lookup([]) == {}
    assert (log.asked, server.requests) == ([], [])


def test_a_call_that_gets_no_permit_is_not_made(server, credentials):
    class Refusing:
        @contextmanager
        def permit(self, *, urgent):
            raise InterruptedError("stopped while waiting")
            yield

    server.reply(200, PAGE)
    where = endpoint("1234567_SB1", server.url)
    with (
        NetSuite(where, credentials, permits=Refusing()) as client,
        pytest.raises(InterruptedError),
    ):
        client.suiteql("SELECT 1 FROM dual")
    assert server.requests == []
