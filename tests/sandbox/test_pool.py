"""One pool of calls for REST and RESTlets: how many fit, and what the others are told."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from nsconsole.sandbox.behaviour import Behaviour

SUITEQL = "/services/rest/query/v1/suiteql"
GOVERNANCE = "/services/rest/system/v1/governanceLimits"


def query(caller):
    return caller.suiteql("SELECT 1 AS one FROM dual")


def ping(caller, content_type="application/json"):
    return caller.restlet({"operation": "ping"}, Content_Type=content_type)


def at_once(*calls):
    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]


def concurrency(caller):
    return caller.door("GET", "stats").json()["concurrency"]


@contextmanager
def one_under_way(caller):
    """A call that keeps its place for as long as the block lasts."""
    caller.door("POST", "faults", {"on": "suiteql", "fault": "timeout", "times": 1})
    url = urlsplit(caller.sandbox.url)
    head = f"POST {SUITEQL} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 0\r\n"
    login = f"Authorization: {caller.header('POST', SUITEQL)}\r\n\r\n"
    with socket.create_connection((url.hostname, url.port)) as line:
        line.sendall((head + login).encode())
        while not concurrency(caller)["peak"]:
            time.sleep(0.01)
        yield
    while not caller.door("GET", "stats").json()["requests"]["suiteql"].get("dropped"):
        time.sleep(0.01)


def test_five_calls_fit_and_no_more(start):
    with start(latency_ms=400) as caller:
        answers = at_once(*[lambda: query(caller)] * 3, *[lambda: ping(caller)] * 2)
        assert [answer.status for answer in answers] == [200] * 5
        answers = at_once(*[lambda: query(caller)] * 8)
        assert sorted(answer.status for answer in answers) == [200] * 5 + [429] * 3
        assert concurrency(caller) == {"limit": 5, "peak": 5, "refused": 3}


def test_a_rest_call_too_many_gets_netsuites_odd_429(start):
    with start(concurrency=1) as caller, one_under_way(caller):
        answer = query(caller)
    assert answer.status == 429
    assert answer.json() == {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1",
        "title": "Bad Request",
        "status": 429,
        "o:errorCode": "USER_ERROR",
        "o:errorDetails": [
            {
                "detail": "Concurrent request limit exceeded. Request blocked.",
                "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED",
            }
        ],
    }
    assert "retry-after" not in answer.headers


def test_a_restlet_call_too_many_gets_a_400_in_the_users_language(start):
    with start(concurrency=1, behaviour=Behaviour(language="es")) as caller:
        with one_under_way(caller):
            spanish = ping(caller)
            caller.door("PATCH", "behaviour", {"language": "en"})
            text = ping(caller, "text/plain")
        assert spanish.status == 400
        assert spanish.text == (
            '{"error" : {"code" : "SSS_REQUEST_LIMIT_EXCEEDED", '
            '"message" : "Se excedio el limite de solicitudes."}}'
        )
        assert text.text.startswith("error code: SSS_REQUEST_LIMIT_EXCEEDED\n")
        assert ping(caller).status == 200


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "it", "ja", "pt"])
def test_every_language_has_its_own_message_and_the_same_code(own, language):
    own.door("PATCH", "behaviour", {"language": language})
    own.door("POST", "faults", {"on": "restlet", "fault": "concurrency"})
    error = ping(own).json()["error"]
    assert error["code"] == "SSS_REQUEST_LIMIT_EXCEEDED"
    assert (error["message"] == "Request limit exceeded.") == (language == "en")


def test_a_call_too_many_is_refused_at_once_and_does_nothing(start):
    with start(concurrency=1) as caller:
        with one_under_way(caller):
            answer = caller.restlet({"operations": [{
                "request_id": "r", "operation": "update", "record_type": "vendor", "id": 42,
                "values": {"cost": 1}}]})  # fmt: skip
        assert answer.status == 400
        assert caller.ledger() == []


def test_retry_after_is_sent_when_the_account_sends_it(start):
    with start(concurrency=1, behaviour=Behaviour(retry_after=7)) as caller, one_under_way(caller):
        assert query(caller).headers["retry-after"] == "7"


def test_a_call_too_many_must_have_logged_in_and_uses_its_nonce_up(start):
    with start(concurrency=1) as caller:
        header = caller.header("POST", SUITEQL)
        with one_under_way(caller):
            assert caller.send("POST", SUITEQL, {}, auth="OAuth x").status == 401
            assert caller.send("POST", SUITEQL, {}, auth=header).status == 429
        assert caller.send("POST", SUITEQL, {}, auth=header).status == 401
        assert caller.last_refusal() == "nonce_used"


def test_doors_and_the_token_endpoint_need_no_place(start):
    with start(concurrency=1) as caller, one_under_way(caller):
        assert caller.door("GET", "ledger").status == 200
        assert caller.send("POST", "/services/rest/auth/oauth2/v1/token", b"").status == 400


def test_a_place_is_free_again_after_an_error(start):
    with start(concurrency=1) as caller:
        for _ in range(3):
            assert caller.suiteql("SELECT nonsense FROM").status == 400
            assert caller.send("POST", "/services/rest/nowhere").status == 404
        assert query(caller).status == 200


def test_an_integrations_own_limit_is_enforced(start):
    behaviour = Behaviour(governance="integrationSpecific", integration_concurrency=2)
    with start(latency_ms=400, behaviour=behaviour) as caller:
        answers = at_once(*[lambda: query(caller)] * 4)
        assert sorted(answer.status for answer in answers) == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("switches", "limits"),
    [
        (
            {},
            {"accountUnallocatedConcurrencyLimit": 5, "integrationLimitType": "accountLimit"},
        ),
        (
            {"governance": "internal"},
            {"accountUnallocatedConcurrencyLimit": 5, "integrationLimitType": "internal"},
        ),
        (
            {"governance": "integrationSpecific"},
            {
                "accountUnallocatedConcurrencyLimit": 3,
                "integrationConcurrencyLimit": 2,
                "integrationLimitType": "integrationSpecific",
            },
        ),
        (
            {"governance": "integrationSpecific", "integration_concurrency": 99},
            {
                "accountUnallocatedConcurrencyLimit": 1,
                "integrationConcurrencyLimit": 4,
                "integrationLimitType": "integrationSpecific",
            },
        ),
    ],
)
def test_governance_limits_have_three_forms(own, switches, limits):
    own.door("PATCH", "behaviour", switches)
    answer = own.send("GET", GOVERNANCE)
    assert answer.status == 200
    assert answer.json() == {"accountConcurrencyLimit": 5, **limits}


def test_governance_limits_are_read_alone(own):
    assert own.send("POST", GOVERNANCE).status == 405
    assert own.send("GET", GOVERNANCE, auth=False).status == 401


def test_a_client_within_the_limit_is_never_refused(start):
    """A place is free before the client can have read the answer."""
    with start(concurrency=2) as caller:

        def many():
            return [query(caller).status for _ in range(25)]

        assert at_once(many, many) == [[200] * 25] * 2
        assert concurrency(caller)["refused"] == 0
