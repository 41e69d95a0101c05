"""Each fault does what it says: so often, to those requests, and nothing else."""

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from nsconsole.sandbox.behaviour import Behaviour

SUITEQL = "/services/rest/query/v1/suiteql"
TOKEN = "/services/rest/auth/oauth2/v1/token"
CUT = (http.client.RemoteDisconnected, ConnectionError)


def order(caller, on, fault=None, **parts):
    name = {"fault": fault} if fault else {}
    answer = caller.door("POST", "faults", {"on": on, **name, **parts})
    assert answer.status == 200, answer.text
    return answer.json()


def query(caller, text="SELECT 1 AS one FROM dual"):
    return caller.suiteql(text)


def update(request_id, cost=7, **parts):
    return {
        "request_id": request_id, "operation": "update", "record_type": "vendor", "id": "42",
        "values": {"cost": cost}, **parts,
    }  # fmt: skip


def write(caller, request_id="r", **parts):
    return caller.restlet({"operations": [update(request_id, **parts)]})


def done(caller) -> list[str]:
    """What really happened, by the ledger."""
    return [entry["request_id"] for entry in caller.ledger()]


def listed(caller):
    return caller.door("GET", "faults").json()


# --- what each fault does ---


@pytest.mark.parametrize(("fault", "status"), [("error_500", 500), ("error_503", 503)])
def test_an_error_does_nothing_and_comes_in_the_form_of_its_surface(own, fault, status):
    order(own, "any", fault, times=2)
    restlet = write(own)
    assert restlet.status == status
    assert restlet.text.startswith('{"error" : {"code" : "UNEXPECTED_ERROR", ')
    rest = query(own)
    assert (rest.status, rest.json()["status"]) == (status, status)
    assert rest.json()["o:errorDetails"][0]["o:errorCode"] == "UNEXPECTED_ERROR"
    assert done(own) == []
    assert (write(own).status, query(own).status) == (200, 200)


def test_drop_before_cuts_the_connection_and_does_nothing(own):
    order(own, "restlet", "drop_before", times=1)
    with pytest.raises(CUT):
        write(own)
    assert done(own) == []
    assert write(own).json()["results"][0]["idempotent"] is False


def test_drop_after_does_it_and_then_cuts_the_connection(own):
    order(own, "restlet", "drop_after", times=1)
    with pytest.raises(CUT):
        write(own)
    assert done(own) == ["r"]
    assert write(own).json()["results"][0]["idempotent"] is True
    assert done(own) == ["r"]


def test_error_after_does_it_and_then_answers_500(own):
    order(own, "restlet", "error_after", times=1)
    assert write(own).status == 500
    assert done(own) == ["r"]
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 7}


def test_slow_answers_rightly_but_late(own):
    order(own, "restlet", "slow", ms=300, times=1)
    begun = time.monotonic()
    assert write(own).status == 200
    assert time.monotonic() - begun >= 0.3
    assert done(own) == ["r"]


@pytest.mark.parametrize("on", ["restlet", "suiteql"])
def test_malformed_is_a_200_that_is_not_json(own, on):
    order(own, on, "malformed", times=1)
    answer = write(own) if on == "restlet" else query(own)
    assert answer.status == 200
    assert "json" in answer.headers["content-type"]
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert done(own) == (["r"] if on == "restlet" else [])


def test_truncated_promises_more_than_it_sends(own):
    order(own, "suiteql", "truncated", times=1)
    with pytest.raises(http.client.IncompleteRead) as broken:
        query(own)
    assert broken.value.expected > 0
    assert broken.value.partial.startswith(b'{"links"')
    assert query(own).status == 200


def test_a_truncated_write_is_done(own):
    order(own, "restlet", "truncated", times=1)
    with pytest.raises(http.client.IncompleteRead):
        write(own)
    assert done(own) == ["r"]


def test_unauthorized_is_exactly_a_bad_login_but_locks_nothing(own):
    bad = own.send("POST", SUITEQL, auth=own.header("POST", SUITEQL, secret="0" * 64))
    order(own, "any", "unauthorized", times=10)
    for _ in range(9):
        answer = query(own)
        assert (answer.status, answer.text) == (401, bad.text)
        assert answer.headers["www-authenticate"] == bad.headers["www-authenticate"]
    assert own.last_refusal() == "fault"
    assert write(own).json()["error"]["code"] == "INVALID_LOGIN_ATTEMPT"
    assert (write(own).status, done(own)) == (200, ["r"])


def test_concurrency_is_the_overload_of_each_surface(own):
    order(own, "any", "concurrency", times=2)
    assert query(own).status == 429
    overload = write(own)
    assert (overload.status, overload.json()["error"]["code"]) == (
        400,
        "SSS_REQUEST_LIMIT_EXCEEDED",
    )
    assert done(own) == []


def test_a_503_may_say_when_to_come_back(start):
    with start(behaviour=Behaviour(retry_after=3)) as caller:
        order(caller, "suiteql", "error_503", times=1)
        assert query(caller).headers["retry-after"] == "3"


@pytest.mark.parametrize("on", ["suiteql", "restlet"])
def test_a_timeout_is_never_answered_and_keeps_its_place_until_the_client_goes(start, on):
    with start(concurrency=1) as caller:
        order(caller, on, "timeout", times=1)
        url = urlsplit(caller.sandbox.url)
        path = SUITEQL if on == "suiteql" else "/app/site/hosting/restlet.nl"
        with socket.create_connection((url.hostname, url.port), timeout=0.5) as silent:
            header = caller.header("POST", path)
            silent.sendall(
                f"POST {path} HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: {header}\r\n"
                "Content-Length: 0\r\n\r\n".encode()
            )
            with pytest.raises(TimeoutError):
                silent.recv(1)
            assert query(caller).status == 429
        deadline = time.monotonic() + 10
        while query(caller).status == 429 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert query(caller).status == 200
        counts = caller.door("GET", "stats").json()["requests"][on]
        assert counts["dropped"] == 1


def test_a_sandbox_with_unanswered_requests_hangs_up_and_stops(start):
    with start() as caller:
        order(caller, "any", "timeout")
        ended = []

        def wait():
            try:
                ended.append(query(caller).status)
            except CUT:
                ended.append("cut")

        threads = [threading.Thread(target=wait) for _ in range(3)]
        for thread in threads:
            thread.start()
        while caller.door("GET", "stats").json()["concurrency"]["peak"] < 3:
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert ended == ["cut"] * 3


def test_a_business_error_refuses_one_operation_and_lets_the_others_through(own):
    order(own, "restlet", "business_error", code="CLOSED_TRAN_PRD", where={"request_id": "b"})
    answer = own.restlet({"operations": [update("a"), update("b"), update("c")]})
    assert answer.status == 200
    results = answer.json()["results"]
    assert [result["ok"] for result in results] == [True, False, True]
    assert results[1]["request_id"] == "b"
    assert results[1]["error"]["code"] == "CLOSED_TRAN_PRD"
    assert done(own) == ["a", "c"]


def test_business_errors_count_operations(own):
    order(own, "restlet", "business_error", code="X", times=3)
    first = own.restlet({"operations": [update(f"a{n}") for n in range(2)]}).json()["results"]
    second = own.restlet({"operations": [update(f"b{n}") for n in range(3)]}).json()["results"]
    assert [result["ok"] for result in [*first, *second]] == [False] * 3 + [True] * 2
    assert listed(own)[0]["struck"] == 3


def test_a_business_error_is_not_for_a_ping_unless_it_is_named(own):
    order(own, "restlet", "business_error", code="X", times=1)
    assert own.restlet({"operation": "ping"}).json()["ok"] is True
    assert listed(own)[0]["struck"] == 0


def test_a_business_error_elsewhere_is_a_400_with_its_code(own):
    order(own, "suiteql", "business_error", code="INSUFFICIENT_PERMISSION", times=1)
    answer = query(own)
    assert answer.status == 400
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INSUFFICIENT_PERMISSION"


def test_record_changed_conflicts_with_the_values_that_are_there(own):
    order(own, "restlet", "record_changed", times=1)
    (result,) = write(own, expected={"cost": 10.0}).json()["results"]
    assert result == {
        "request_id": "r",
        "ok": False,
        "error": {
            "code": "RCRD_HAS_BEEN_CHANGED",
            "message": "Record has been changed",
            "current": {"cost": 10},
        },
    }
    assert done(own) == []
    assert write(own, expected={"cost": 10.0}).json()["results"][0]["ok"] is True


def test_record_changed_on_what_is_not_there_has_no_values(own):
    order(own, "restlet", "record_changed")
    (result,) = write(own, id="999999", expected={"cost": 1}).json()["results"]
    assert result["error"]["current"] == {}


def test_the_token_endpoint_has_faults_of_its_own(own):
    order(own, "token", sequence=["unauthorized", "error_500", "drop_before", "concurrency"])
    bad = own.send("POST", TOKEN, b"", auth=False)
    assert (bad.status, bad.json()) == (400, {"error": "invalid_grant"})
    assert own.send("POST", TOKEN, b"", auth=False).status == 500
    with pytest.raises(CUT):
        own.send("POST", TOKEN, b"", auth=False)
    assert own.send("POST", TOKEN, b"", auth=False).status == 429
    assert query(own).status == 200


# --- whom it strikes ---


@pytest.mark.parametrize(
    ("on", "where", "struck"),
    [
        ("suiteql", {"table": "customer"}, "q"),
        ("suiteql", {"table": "CUSTOMER"}, "q"),
        ("suiteql", {"table": "custom"}, ""),
        ("suiteql", {"contains": "AS cid"}, "q"),
        ("suiteql", {"contains": "as cid"}, ""),
        ("suiteql", {"path": "/v1/suiteql"}, "q"),
        ("suiteql", {"path": "limit=5"}, "q"),
        ("suiteql", {"path": "limit=6"}, ""),
        ("suiteql", {"method": "post"}, "q"),
        ("suiteql", {"method": "GET"}, ""),
        ("restlet", {}, "w"),
        ("any", {}, "qw"),
        ("token", {}, ""),
        ("catalog", {}, ""),
        ("any", {"table": "vendor"}, "w"),
        ("restlet", {"record_type": "Vendor"}, "w"),
        ("restlet", {"record_type": "customer"}, ""),
        ("restlet", {"operation": "update"}, "w"),
        ("restlet", {"operation": "create"}, ""),
        ("restlet", {"operation": "ping"}, ""),
        ("restlet", {"id": 42}, "w"),
        ("restlet", {"id": "43"}, ""),
        ("restlet", {"request_id": "r", "operation": "update"}, "w"),
        ("restlet", {"request_id": "r", "operation": "delete"}, ""),
        ("any", {"operation": "update"}, "w"),
    ],
)
def test_where_says_which_requests_are_meant(own, on, where, struck):
    order(own, on, "error_500", where=where)
    q = own.suiteql("SELECT id AS cid FROM customer", page="?limit=5")
    w = write(own)
    assert "".join(name for name, a in (("q", q), ("w", w)) if a.status == 500) == struck


def test_a_lookup_or_ping_can_be_meant_by_its_operation(own):
    order(own, "restlet", "error_500", where={"operation": "lookup"})
    assert own.restlet({"operation": "ping"}).status == 200
    assert own.restlet({"operation": "lookup", "request_ids": ["r"]}).status == 500


def test_a_request_whose_login_fails_uses_no_fault_up(own):
    order(own, "suiteql", "error_500", times=1)
    assert own.send("POST", SUITEQL, auth="OAuth x").status == 401
    assert listed(own)[0]["struck"] == 0
    assert query(own).status == 500


def test_the_oldest_fault_strikes_first_and_alone(own):
    order(own, "suiteql", "error_500", times=1)
    order(own, "suiteql", "error_503", times=1)
    assert [query(own).status for _ in range(3)] == [500, 503, 200]


# --- how often ---


def test_times_is_exact_however_many_ask_at_once(start):
    with start(concurrency=50) as caller:
        order(caller, "any", "error_500", times=13)
        with ThreadPoolExecutor(8) as threads:
            calls = [threads.submit(query if n % 2 else write, caller) for n in range(60)]
            statuses = [call.result().status for call in calls]
        assert statuses.count(500) == 13
        assert statuses.count(200) == 47
        assert listed(caller)[0]["struck"] == 13
        assert listed(caller)[0]["spent"] is True


def test_a_rate_is_kept_and_the_same_seed_strikes_the_same_requests(start):
    def struck(**parts):
        with start() as caller:
            order(caller, "suiteql", "error_500", rate=0.4, **parts)
            return [query(caller).status == 500 for _ in range(60)]

    first = struck()
    assert 12 <= sum(first) <= 36
    assert struck() == first
    assert struck(seed=5) == struck(seed=5) != first


@pytest.mark.parametrize("parts", [{"seed": 5}, {}])
def test_after_a_clearing_the_same_order_strikes_the_same_requests(own, parts):
    def struck():
        order(own, "suiteql", "error_500", rate=0.4, **parts)
        found = [query(own).status == 500 for _ in range(40)]
        assert own.door("DELETE", "faults").json() == []
        return found

    assert struck() == struck() == struck()


def test_a_fault_with_a_seed_strikes_alike_whichever_it_is_in_the_list(own):
    def struck():
        order(own, "suiteql", "error_500", rate=0.4, seed=5, times=9)
        return [query(own).status == 500 for _ in range(40)]

    assert struck() == struck()
    assert [fault["spent"] for fault in listed(own)] == [True, True]


@pytest.mark.parametrize(("rate", "status"), [(0, 200), (1, 500), (0.0, 200), (1.0, 500)])
def test_a_rate_of_nothing_and_of_everything(own, rate, status):
    order(own, "suiteql", "error_500", rate=rate)
    assert {query(own).status for _ in range(5)} == {status}


def test_a_rate_may_end_after_some_times(own):
    order(own, "suiteql", "error_500", rate=1, times=2)
    assert [query(own).status for _ in range(4)] == [500, 500, 200, 200]


def test_a_sequence_is_played_once_and_in_order(own):
    order(own, "restlet", sequence=["error_500", None, "error_after", "error_503"])
    assert [write(own, f"r{n}").status for n in range(6)] == [500, 200, 500, 503, 200, 200]
    assert done(own) == ["r1", "r2", "r4", "r5"]
    assert listed(own)[0]["struck"] == 3


def test_a_sequence_counts_those_that_are_meant_alone(own):
    order(own, "suiteql", sequence=[None, "error_500"], where={"table": "vendor"})
    asked = ["vendor", "customer", "customer", "vendor", "vendor"]
    statuses = [query(own, f"SELECT id FROM {name}").status for name in asked]
    assert statuses == [200, 200, 200, 500, 200]


def test_a_sequence_may_refuse_operations(own):
    order(own, "restlet", sequence=["business_error", "record_changed"], code="X")
    first = own.restlet({"operations": [update("a"), update("b")]}).json()["results"]
    assert [result["error"]["code"] for result in first] == ["X", "X"]
    second = write(own).json()["results"]
    assert second[0]["error"]["code"] == "RCRD_HAS_BEEN_CHANGED"


def test_without_times_or_rate_it_strikes_until_it_is_cleared(own):
    order(own, "suiteql", "error_500")
    assert {query(own).status for _ in range(5)} == {500}
    assert own.door("DELETE", "faults").json() == []
    assert query(own).status == 200
    assert listed(own) == []


def test_faults_are_listed_as_they_were_ordered(own):
    asked = {"on": "suiteql", "fault": "slow", "ms": 1, "times": 2, "where": {"table": "vendor"}}
    assert own.door("POST", "faults", asked).json() == {
        "id": 1, **asked, "struck": 0, "spent": False,
    }  # fmt: skip
    query(own, "SELECT id FROM vendor")
    assert listed(own) == [{"id": 1, **asked, "struck": 1, "spent": False}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (7, "object"),
        ([], "object"),
        ({}, "on must be one of: restlet, suiteql, catalog, token, any"),
        ({"on": "moon", "fault": "slow"}, "on must be"),
        ({"on": ["any"], "fault": "slow"}, "on must be"),
        ({"on": "any"}, "either fault"),
        ({"on": "any", "fault": "error_500", "sequence": ["slow"]}, "either fault"),
        ({"on": "any", "fault": "explode"}, "error_500, error_503, timeout"),
        ({"on": "any", "fault": ["slow"]}, "There is no fault"),
        ({"on": "any", "fault": "slow"}, "ms"),
        ({"on": "any", "fault": "slow", "ms": -1}, "ms"),
        ({"on": "any", "fault": "slow", "ms": True}, "ms"),
        ({"on": "any", "fault": "business_error"}, "code"),
        ({"on": "suiteql", "fault": "record_changed"}, "RESTlet"),
        ({"on": "any", "fault": "error_500", "times": 0}, "times"),
        ({"on": "any", "fault": "error_500", "times": 1.5}, "times"),
        ({"on": "any", "fault": "error_500", "rate": 1.1}, "rate"),
        ({"on": "any", "fault": "error_500", "rate": "1"}, "rate"),
        ({"on": "any", "fault": "error_500", "rate": True}, "rate"),
        ({"on": "any", "sequence": []}, "sequence"),
        ({"on": "any", "sequence": "error_500"}, "sequence"),
        ({"on": "any", "sequence": ["error_500", 7]}, "There is no fault 7"),
        ({"on": "any", "sequence": ["error_500"], "times": 2}, "without times"),
        ({"on": "any", "fault": "error_500", "where": {"moon": "x"}}, "where is an object"),
        ({"on": "any", "fault": "error_500", "where": []}, "where is an object"),
        ({"on": "any", "fault": "error_500", "where": {"table": ""}}, "not empty"),
        ({"on": "any", "fault": "error_500", "where": {"table": None}}, "not empty"),
        ({"on": "any", "fault": "error_500", "color": "red"}, "A fault is an object"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_a_reason(own, given, said):
    answer = own.door("POST", "faults", given)
    assert answer.status == 400
    assert said in answer.json()["error"]
    assert listed(own) == []
    assert query(own).status == 200
