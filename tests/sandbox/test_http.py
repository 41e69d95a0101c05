"""Whatever is sent to it, it answers in NetSuite's form or hangs up; it never hangs itself."""

import http.client
import json
import re
import socket
import time
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from nsconsole.sandbox import connection as connections
from nsconsole.sandbox import endpoint
from nsconsole.sandbox.doors import routes

SUITEQL = "/services/rest/query/v1/suiteql"
METADATA = "/services/rest/query/v1/nothing"
MALFORMED = "The request could not be understood by the server due to malformed syntax."


@pytest.fixture(scope="module")
def shared(patient):
    """A sandbox that may refuse as often as it will: it never locks."""
    return patient


@contextmanager
def wire(caller, timeout=10):
    url = urlsplit(caller.sandbox.url)
    with socket.create_connection((url.hostname, url.port), timeout=timeout) as line:
        yield line


def everything(line) -> bytes:
    """What comes until the other side hangs up."""
    parts = []
    with suppress(ConnectionError):
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


def is_well(caller) -> bool:
    """Whether it still answers, and blames itself for nothing."""
    stats = caller.door("GET", "stats").json()
    return caller.restlet({"operation": "ping"}).status == 200 and not stats["unexpected_errors"]


def rest_error(answer: bytes) -> dict:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/vnd.oracle.resource+json; type=error" in head
    error = json.loads(body)
    assert set(error) == {"type", "title", "status", "o:errorDetails"}
    assert head.startswith(f"HTTP/1.1 {error['status']} ".encode())
    return error


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET  /  HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nLong: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 30_000 + b"\r\n",
        b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
    ],
    ids=lambda sent: repr(sent[:24]),
)
def test_what_is_no_http_is_refused_in_netsuites_form(shared, sent):
    with wire(shared) as line:
        with suppress(ConnectionError):  # it may have hung up already
            line.sendall(sent)
        answer = everything(line)
    if answer:  # a flood may be cut off before the answer is read
        assert rest_error(answer)["o:errorDetails"] == [
            {"detail": MALFORMED, "o:errorCode": "INVALID_REQUEST"}
        ]
    else:
        assert len(sent) > 100_000
    assert is_well(shared)


def test_a_body_that_breaks_its_own_rules_is_refused(shared):
    with wire(shared) as line:
        line.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"
        )
        assert rest_error(everything(line))["status"] == 400
    assert is_well(shared)


def test_a_chunked_body_is_a_body(own):
    url = urlsplit(own.sandbox.url)
    line = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
    body = json.dumps({"q": "SELECT 1 AS one FROM dual"}).encode()
    headers = {"Authorization": own.header("POST", SUITEQL), "Prefer": "transient"}
    line.request("POST", SUITEQL, iter([body[:9], body[9:]]), headers, encode_chunked=True)
    answer = line.getresponse()
    assert answer.status == 200
    assert json.load(answer)["items"][0]["one"] == "1"
    line.close()


@pytest.mark.parametrize("size", [10 * 2**20 + 1, 30 * 2**20])
def test_a_body_larger_than_netsuite_takes_is_refused(own, size):
    answer = own.restlet(b" " * size)
    assert answer.status == 400
    assert answer.json()["error"]["code"] == "INVALID_REQUEST"


def test_a_body_without_end_is_cut_off(shared):
    with wire(shared, timeout=60) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        sent = 0
        with suppress(ConnectionError):
            for _ in range(300):
                line.sendall(chunk)
                sent += 1
        assert sent < 300
    assert is_well(shared)


@pytest.mark.parametrize(
    "target",
    [
        "//services/rest/query/v1/suiteql",
        "/services//rest/query/v1/suiteql",
        "/services/rest/query/v1/suiteql/",
        "/services/rest/query/v1/../v1/suiteql",
        "/services/rest/query/v1/suiteql/%2e%2e",
        "/services/rest/query/v1/suiteql%00",
        "/services/rest/query/v1/suiteql%0d%0aX: y".replace(" ", "%20"),
        "/%ff%fe",
        "/sandboxes",
        "/",
        "//",
        "/app/site/hosting/restlet.nl/",
        "/app/site/hosting/RESTLET.NL?script=1",
        "/etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_a_path_with_a_trick_in_it_leads_nowhere(own, target):
    unknown = own.send("POST", target, b"{}", Prefer="transient")
    assert unknown.status in {400, 404}  # 400: a door that there is not
    assert "location" not in unknown.headers
    if not target.startswith("/sandbox"):
        assert unknown.json()["o:errorDetails"][0]["o:errorCode"] == "NOT_FOUND"
        assert own.send("POST", target, auth=False).status == 401


@pytest.mark.parametrize(
    "line", ["GET http://elsewhere/x HTTP/1.1", "OPTIONS * HTTP/1.1", "CONNECT x:80 HTTP/1.1",
             "PROPFIND / HTTP/1.1", "X-ODD /sandbox/ledger HTTP/1.1", "BREW /sandbox HTTP/1.1"]
)  # fmt: skip
def test_an_odd_request_line_gets_an_answer_in_json(shared, line):
    with wire(shared) as connection:
        connection.sendall(f"{line}\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 (400|401) ", head)
    assert isinstance(json.loads(body), dict)
    assert is_well(shared)


def test_an_escaped_path_is_the_same_place_and_is_signed_as_it_was_sent(own):
    path = "/services/rest/query/v1/suiteq%6C"
    body = {"q": "SELECT 1 AS one FROM dual"}
    answer = own.send("POST", path, body, Prefer="transient", Content_Type="application/json")
    assert answer.status == 200
    header = own.header("POST", SUITEQL)
    assert own.send("POST", path, body, auth=header, Prefer="transient").status == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_method_that_an_endpoint_has_not_is_a_405_in_its_form(own, method):
    rest = own.send(method, SUITEQL)
    assert (rest.status, rest.json()["title"]) == (405, "Method Not Allowed")
    path = (
        "/app/site/hosting/restlet.nl"
        "?script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"
    )
    script = own.send(method, path, Content_Type="application/json")
    assert script.status == 405
    assert script.text.startswith('{"error" : {"code" : ')


def test_head_has_the_headers_and_no_body(own):
    for path in (SUITEQL, METADATA, "/sandbox/nowhere"):
        answer = own.send("HEAD", path)
        assert answer.status in {400, 404, 405}
        assert answer.text == ""
        assert int(answer.headers["content-length"]) > 0


def test_pipelined_requests_are_answered_one_after_the_other(own):
    requests = []
    for number in range(20):
        body = json.dumps({"q": f"SELECT {number} AS n FROM dual"}).encode()
        requests.append(
            f"POST {SUITEQL} HTTP/1.1\r\nHost: {urlsplit(own.sandbox.url).netloc}\r\n"
            f"Authorization: {own.header('POST', SUITEQL)}\r\nPrefer: transient\r\n"
            f"Content-Length: {len(body)}\r\n"
            f"{'Connection: close' if number == 19 else 'X: y'}\r\n\r\n".encode()
            + body
        )
    with wire(own) as line:
        line.sendall(b"".join(requests))
        answers = everything(line)
    assert re.findall(rb'"n":"(\d+)"', answers) == [str(n).encode() for n in range(20)]


def test_a_thousand_connections_at_once_are_all_answered(shared):
    host = urlsplit(shared.sandbox.url).netloc
    with ExitStack() as stack:
        lines = [stack.enter_context(wire(shared, timeout=60)) for _ in range(1000)]
        for line in lines:
            line.sendall(f"GET /sandbox/clock HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        for line in lines:
            assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert is_well(shared)


def test_connections_that_say_nothing_keep_nobody_else_waiting(shared):
    with ExitStack() as stack:
        lines = [stack.enter_context(wire(shared)) for _ in range(300)]
        for number, line in enumerate(lines):
            line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n"[: number % 60])
        assert is_well(shared)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST / HTT",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        b"GET /sandbox/clock HTTP/1.1\r\nHost: x\r\n\r\nGET /sand",
    ],
)
def test_a_client_that_dribbles_is_cut_off(start, monkeypatch, sent):
    monkeypatch.setattr(connections, "PATIENCE_SECONDS", 0.3)
    begun = time.monotonic()
    with start() as caller, wire(caller) as line:
        line.sendall(sent)
        if sent.startswith(b"GET"):
            assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
            line.sendall(b"b")
        everything(line)
        assert time.monotonic() - begun > 0.3
        assert is_well(caller)


def test_patience_does_not_end_while_an_answer_is_being_made(start, monkeypatch):
    monkeypatch.setattr(connections, "PATIENCE_SECONDS", 0.2)
    with start(latency_ms=600) as caller:
        assert caller.suiteql("SELECT 1 FROM dual").status == 200


def test_a_client_that_goes_away_in_the_middle_leaves_nothing_behind(own):
    for _ in range(20):
        with wire(own) as line:
            line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
    assert is_well(own)
    assert own.door("GET", "stats").json()["concurrency"]["peak"] <= 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "nowhere", None),
        ("POST", "ledger", {}),
        ("PUT", "faults", {}),
        ("GET", "", None),
        ("POST", "faults", b"{"),
        ("POST", "faults", b"\xff"),
        ("PATCH", "behaviour", b""),
        ("POST", "load", b"[" * 100_000),
        ("POST", "tables/vendor/rows", b'{"a": NaN}'),
        ("POST", "tables/%00/rows", []),
    ],
)
def test_a_door_refuses_in_plain_json(own, method, path, body):
    answer = own.door(method, path, body)
    assert answer.status == 400
    assert set(answer.json()) == {"error"}
    assert is_well(own)


@pytest.mark.parametrize("part", ["admit", "strike"])
def test_a_mistake_of_the_sandboxs_own_is_an_unexpected_error_and_is_remembered(
    own, monkeypatch, part
):
    """The one thing that cannot be had from a real part: a bug."""

    def broken(*_):
        raise ZeroDivisionError(part)

    target = {"admit": "logins.gate.Gate.admit", "strike": "faults.Faults.strike"}[part]
    monkeypatch.setattr(f"nsconsole.sandbox.{target}", broken)
    own.door("POST", "faults", {"on": "any", "fault": "slow", "ms": 0})
    rest = own.suiteql("SELECT 1 FROM dual")
    assert (rest.status, rest.json()["title"]) == (500, "Internal Server Error")
    assert own.restlet({"operation": "ping"}).json()["error"]["code"] == "UNEXPECTED_ERROR"
    assert part not in rest.text
    errors = own.door("GET", "stats").json()["unexpected_errors"]
    assert [each["error"] for each in errors] == [f"ZeroDivisionError('{part}')"] * 2


def test_where_the_accounts_services_are_is_told_without_a_login(shared):
    asked = "/rest/datacenterurls?account=1234567-sb1"
    here = shared.send("GET", asked, auth=False).json()
    services = {"webservicesDomain", "restDomain", "systemDomain"}
    assert here == dict.fromkeys(services, shared.sandbox.url)
    assert shared.send("GET", asked, auth=False, Host="rest.netsuite.com").json() == {
        "webservicesDomain": "https://1234567-sb1.suitetalk.api.netsuite.com",
        "restDomain": "https://1234567-sb1.restlets.api.netsuite.com",
        "systemDomain": "https://1234567-sb1.app.netsuite.com",
    }
    for path, method in ((asked, "POST"), ("/rest/datacenterurls", "GET"), (asked + "x", "GET")):
        assert shared.send(method, path, auth=False).status in (400, 405)


@pytest.mark.parametrize("path", ["/sandbox/stats", SUITEQL, METADATA])
def test_what_fails_outside_every_boundary_is_answered_and_remembered(own, monkeypatch, path):
    def broken(*_):
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(endpoint, "read_body", broken)
        patch.setattr(routes, "read_body", broken)
        answer = own.send("GET", path)
    assert answer.status == 500
    assert answer.detail.startswith("An unexpected error occurred. Error ID: ")
    (bug,) = own.door("GET", "stats").json()["unexpected_errors"]
    assert bug["error"] == "RuntimeError('broken')"
