import logging
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from nsconsole import __version__
from nsconsole.netsuite.account import endpoint
from nsconsole.netsuite.client import NetSuite
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.restlet import (
    MAX_OPERATIONS,
    Operation,
    OperationKind,
    OperationResult,
    Ping,
    RestletAddress,
)
from nsconsole.netsuite.suiteql import Page

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
UPDATE = Operation(
    "r-1", OperationKind.UPDATE, "vendor", id="42", values={"cost": 12.5}, expected={"cost": 10.0}
)
DONE = {
    "request_id": "r-1",
    "ok": True,
    "ns_internal_id": "42",
    "idempotent": False,
    "lastmodified": "2026-11-22T09:15:00Z",
}
CONFLICT = {
    "request_id": "r-1",
    "ok": False,
    "error": {
        "code": "RCRD_HAS_BEEN_CHANGED",
        "message": "Record has been changed",
        "current": {"cost": 11.0},
    },
}
PAGE = {"links": [], "count": 1, "hasMore": False, "offset": 0, "totalResults": 1,
        "items": [{"links": [], "id": "1"}]}  # fmt: skip


def failed(call, *args):
    with pytest.raises(NetSuiteError) as caught:
        call(*args)
    return caught.value


# What is sent


def test_an_operation_goes_out_in_the_restlets_language(server, client):
    server.reply(200, {"results": [DONE]})
    client.write([UPDATE])
    (request,) = server.requests
    address = urlsplit(request.target)
    assert (request.method, address.path) == ("POST", "/app/site/hosting/restlet.nl")
    assert parse_qs(address.query) == {
        "script": ["customscript_gfs_platform_query"],
        "deploy": ["customdeploy_gfs_platform_query"],
    }
    assert request.json == {
        "operations": [
            {
                "request_id": "r-1",
                "operation": "update",
                "record_type": "vendor",
                "id": "42",
                "values": {"cost": 12.5},
                "expected": {"cost": 10.0},
            }
        ]
    }


def test_the_headers_are_those_that_netsuite_wants(server, client):
    server.reply(200, PAGE)
    client.suiteql("SELECT 1 FROM dual")
    (request,) = server.requests
    assert request.headers["content-type"] == "application/json"
    assert request.headers["prefer"] == "transient"
    assert request.headers["user-agent"] == f"nsconsole/{__version__}"
    assert request.headers["authorization"].startswith('OAuth realm="1234567_SB1"')
    assert "accept-language" not in request.headers


def test_each_call_is_signed_anew_and_carries_no_session(server, client):
    server.reply(200, PAGE, Set_Cookie="JSESSIONID=abc; Path=/")
    for _ in range(2):
        client.suiteql("SELECT 1 FROM dual")
    nonces = {
        re.search(r'oauth_nonce="(\w+)"', request.headers["authorization"])[1]
        for request in server.requests
    }
    assert len(nonces) == 2
    assert all("cookie" not in request.headers for request in server.requests)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(server, monkeypatch, connect):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.reply(200, PAGE)
    assert connect(server.url).suiteql("SELECT 1 FROM dual").total == 1


def test_nothing_of_a_call_is_logged_that_could_open_the_account(server, client, caplog):
    caplog.set_level(logging.DEBUG)
    server.reply(200, PAGE)
    client.suiteql("SELECT 1 FROM dual")
    sent = server.requests[0].headers["authorization"]
    signature = re.search(r'oauth_signature="([^"]+)"', sent)[1]
    for secret in ("consumer-key-0001", "consumer-secret-0002", "token-id-0003", signature):
        assert secret not in caplog.text


def test_a_value_that_is_no_json_is_refused_before_anything_leaves(server, client):
    server.reply(200, {"results": [DONE]})
    operation = Operation("r-1", OperationKind.CREATE, "vendor", values={"cost": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        client.write([operation])
    assert server.requests == []


def test_a_call_carries_no_more_than_fifty_operations(server, client):
    many = [
        Operation(f"r-{n}", OperationKind.DELETE, "vendor", id=str(n))
        for n in range(MAX_OPERATIONS + 1)
    ]
    server.reply(200, {"results": [{**DONE, "request_id": one.request_id} for one in many[:-1]]})
    assert len(client.write(many[:-1])) == MAX_OPERATIONS
    with pytest.raises(ValueError, match="50 operations, not 51"):
        client.write(many)
    with pytest.raises(ValueError, match="same request id"):
        client.write([UPDATE, UPDATE])
    assert client.write([]) == []
    assert client.lookup([]) == {}
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"request_id": "", "kind": OperationKind.CREATE, "record_type": "vendor"},
        {"request_id": "r", "kind": OperationKind.CREATE, "record_type": ""},
        {"request_id": "r", "kind": OperationKind.CREATE, "record_type": "vendor", "id": "1"},
        {"request_id": "r", "kind": OperationKind.UPDATE, "record_type": "vendor"},
        {"request_id": "r", "kind": OperationKind.DELETE, "record_type": "vendor", "id": ""},
    ],
)
def test_an_operation_that_makes_no_sense_cannot_be_made(fields):
    with pytest.raises(ValueError, match=r"^An "):
        Operation(**fields)


def test_the_script_may_be_deployed_under_another_name(server, credentials):
    server.reply(200, {"ok": True, "version": "1", "idempotent": True, "max_operations": 50})
    address = RestletAddress("customscript_other", "2")
    with NetSuite(endpoint("1", server.url), credentials, restlet=address) as client:
        client.ping()
    assert server.requests[0].target.endswith("?script=customscript_other&deploy=2")
    with pytest.raises(ValueError, match="not the id of a script"):
        RestletAddress("a&b")


# What is understood


def test_a_ping_tells_what_the_script_can_do(server, client):
    server.reply(200, {"ok": True, "version": "1.2", "idempotent": True, "max_operations": 50})
    assert client.ping() == Ping("1.2", idempotent=True, max_operations=50)
    assert server.requests[0].json == {"operation": "ping"}


def test_each_operation_is_done_or_not_on_its_own(server, client):
    second = Operation("r-2", OperationKind.CREATE, "vendor", values={"companyname": "Acme"})
    conflict = {**CONFLICT, "request_id": "r-2"}
    server.reply(200, {"results": [{**DONE, "idempotent": True}, conflict]})
    done, refused = client.write([UPDATE, second])
    assert done == OperationResult(
        "r-1", ok=True, ns_internal_id="42", idempotent=True, lastmodified=NOW
    )
    assert done.outcome is Outcome.DONE
    assert (refused.ok, refused.ns_internal_id) == (False, None)
    assert refused.error.code == "RCRD_HAS_BEEN_CHANGED"
    assert refused.error.current == {"cost": 11.0}
    assert refused.outcome is Outcome.PERMANENT


def test_an_operation_that_ran_out_of_time_may_have_happened(server, client):
    error = {"code": "SSS_TIME_LIMIT_EXCEEDED", "message": "Script Execution Time Exceeded."}
    server.reply(200, {"results": [{"request_id": "r-1", "ok": False, "error": error}]})
    assert client.write([UPDATE])[0].outcome is Outcome.AMBIGUOUS


def test_a_lookup_tells_done_refused_and_never_seen_apart(server, client):
    refused = {**CONFLICT, "request_id": "r-2", "found": True}
    server.reply(
        200,
        {"results": [{**DONE, "found": True}, refused, {"request_id": "r-3", "found": False}]},
    )
    found = client.lookup(["r-1", "r-2", "r-3", "r-1"])
    assert server.requests[0].json == {
        "operation": "lookup",
        "request_ids": ["r-1", "r-2", "r-3"],
    }
    assert found["r-1"].ok
    assert found["r-2"].error.code == "RCRD_HAS_BEEN_CHANGED"
    assert found["r-3"] is None


def test_a_read_gives_current_values_as_they_are(server, client):
    server.reply(200, {"ok": True, "values": {"cost": 12.5, "name": "Zoë", "terms": None}})
    values = client.read("vendor", "42", ["cost", "name", "terms"])
    assert values == {"cost": 12.5, "name": "Zoë", "terms": None}
    assert isinstance(values["cost"], float)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("RCRD_DSNT_EXIST", Outcome.PERMANENT),
        ("SSS_REQUEST_LIMIT_EXCEEDED", Outcome.OVERLOAD),
        ("SSS_TIME_LIMIT_EXCEEDED", Outcome.TRANSIENT),
    ],
)
def test_a_read_that_the_script_refuses_is_an_error(server, client, code, outcome):
    server.reply(200, {"ok": False, "error": {"code": code, "message": "Nein."}})
    error = failed(client.read, "vendor", "42", ["cost"])
    assert (error.outcome, error.code) == (outcome, code)
    assert "vendor 42" in str(error)


def test_a_query_sends_its_parameters_apart_and_gets_rows_of_text(server, client):
    rows = [
        {"links": [], "ID": "15", "email": "a@example.com", "n": 3, "rate": 0.5, "x": True},
        {"links": [], "ID": "16", "email": None},
    ]
    server.reply(200, {**PAGE, "count": 2, "offset": 20, "totalResults": 22, "items": rows})
    page = client.suiteql("SELECT id FROM t WHERE x = ? AND y = ?", ["-7", 0], limit=10, offset=20)
    (request,) = server.requests
    assert request.target == "/services/rest/query/v1/suiteql?limit=10&offset=20"
    assert request.json == {"q": "SELECT id FROM t WHERE x = ? AND y = ?", "params": ["-7", "0"]}
    first = {"id": "15", "email": "a@example.com", "n": "3", "rate": "0.5", "x": "T"}
    assert page == Page([first, {"id": "16"}], total=22, has_more=False)


@pytest.mark.parametrize(
    ("has_more", "total", "expected"),
    [(False, 1, False), (True, 1, True), (True, 2, True), (False, 2, True)],
)
def test_more_rows_follow_if_either_the_flag_or_the_count_says_so(
    server, client, has_more, total, expected
):
    server.reply(200, {**PAGE, "hasMore": has_more, "totalResults": total})
    assert client.suiteql("SELECT id FROM t").has_more is expected


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (1001, 0), (10, 5), (10, -10)])
def test_a_window_that_netsuite_refuses_is_not_asked_for(server, client, limit, offset):
    with pytest.raises(ValueError, match=r"page|offset"):
        client.suiteql("SELECT id FROM t", limit=limit, offset=offset)
    assert server.requests == []


# Wrong shapes


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"ok"', b"{}", b"<html></html>", b"\xff\xfe", b'{"results":',
        b'{"results":[{"request_id":"r-1","ok":true,"ns_internal_id":NaN}]}', b"[" * 100_000,
        {"results": []},
        {"results": {}},
        {"results": [None]},
        {"results": [DONE, DONE]},
        {"results": [{**DONE, "request_id": "r-2"}]},
        {"results": [{**DONE, "ok": "true"}]},
        {"results": [{**DONE, "ok": None}]},
        {"results": [{**DONE, "ns_internal_id": None}]},
        {"results": [{**DONE, "ns_internal_id": ""}]},
        {"results": [{**DONE, "ns_internal_id": True}]},
        {"results": [{**DONE, "idempotent": "no"}]},
        {"results": [{**DONE, "lastmodified": "yesterday"}]},
        {"results": [{**DONE, "lastmodified": "2026-11-22T09:15:00"}]},
        {"results": [{**DONE, "lastmodified": 7}]},
        {"results": [{"request_id": "r-1", "ok": False}]},
        {"results": [{"request_id": "r-1", "ok": False, "error": "no"}]},
        {"results": [{"request_id": "r-1", "ok": False, "error": {"code": 7, "message": ""}}]},
        {"results": [{**CONFLICT, "error": {"code": "X", "message": "", "current": [1]}}]},
        {"error": {"code": "SOMETHING", "message": "went wrong"}},
    ],
    ids=lambda body: str(body)[:60],
)  # fmt: skip
def test_a_write_answered_in_another_shape_may_have_happened(server, client, body):
    server.reply(200, body)
    error = failed(client.write, [UPDATE])
    assert (error.outcome, error.status) == (Outcome.AMBIGUOUS, 200)
    assert "form expected" in str(error)


def test_the_number_that_suitescript_returns_for_an_id_is_accepted(server, client):
    server.reply(200, {"results": [{**DONE, "ns_internal_id": 42}]})
    assert client.write([UPDATE])[0].ns_internal_id == "42"


@pytest.mark.parametrize(
    "results",
    [[], [{**DONE}], [{**DONE, "found": "yes"}], [{"request_id": "r-1", "found": True}],
     [{"request_id": "r-2", "found": False}]],
    ids=str,
)  # fmt: skip
def test_a_lookup_in_another_shape_is_no_answer(server, client, results):
    server.reply(200, {"results": results})
    assert failed(client.lookup, ["r-1"]).outcome is Outcome.TRANSIENT


@pytest.mark.parametrize(
    "change",
    [{"items": None}, {"items": [7]}, {"items": [{"id": []}], "count": 1}, {"count": 2},
     {"offset": 1000}, {"totalResults": "1"}, {"totalResults": -1}, {"hasMore": "no"}],
    ids=str,
)  # fmt: skip
def test_a_page_in_another_shape_is_no_page(server, client, change):
    server.reply(200, {**PAGE, **change})
    assert failed(client.suiteql, "SELECT id FROM t").outcome is Outcome.TRANSIENT


@pytest.mark.parametrize(
    "body",
    [{"ok": True}, {"ok": False, "version": "1", "idempotent": True, "max_operations": 50},
     {"ok": True, "version": "1", "idempotent": True, "max_operations": 0}],
    ids=str,
)  # fmt: skip
def test_a_ping_in_another_shape_is_no_pong(server, client, body):
    server.reply(200, body)
    assert failed(client.ping).outcome is Outcome.TRANSIENT


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "values": []}, {"ok": False}])
def test_a_read_in_another_shape_is_no_answer(server, client, body):
    server.reply(200, body)
    assert failed(client.read, "vendor", "42", []).outcome is Outcome.TRANSIENT
