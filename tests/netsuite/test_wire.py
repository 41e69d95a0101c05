import contextlib
import gzip
import json
import queue
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.line import MAX_ANSWER
from nsconsole.netsuite.restlet import Operation, OperationKind

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
PAGE = {"links": [], "count": 1, "hasMore": False, "offset": 0, "totalResults": 1,
        "items": [{"links": [], "id": "1"}]}  # fmt: skip


def failed(call, *args):
    with pytest.raises(NetSuiteError) as caught:
        call(*args)
    return caught.value


def outcomes(server, client, *answers):
    """What a failing answer means for a read, and for a write."""
    found = []
    for call in (client.ping, lambda: client.write([UPDATE])):
        server.play(*answers)
        found.append(failed(call).outcome)
    return tuple(found)


# Refusals


def restlet_error(code):
    return {"error": {"code": code, "message": "Límite."}}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (302, b"", (Outcome.PERMANENT, Outcome.PERMANENT)),
        (400, restlet_error("SSS_REQUEST_LIMIT_EXCEEDED"), (Outcome.OVERLOAD, Outcome.OVERLOAD)),
        (400, restlet_error("SSS_TIME_LIMIT_EXCEEDED"), (Outcome.TRANSIENT, Outcome.AMBIGUOUS)),
        (400, restlet_error("INVALID_KEY_OR_REF"), (Outcome.PERMANENT, Outcome.PERMANENT)),
        (401, b"", (Outcome.UNAUTHORIZED, Outcome.UNAUTHORIZED)),
        (403, b"", (Outcome.PERMANENT, Outcome.PERMANENT)),
        (404, b"<html><title>Not found</title>", (Outcome.PERMANENT, Outcome.PERMANENT)),
        (429, b"", (Outcome.OVERLOAD, Outcome.OVERLOAD)),
        (500, b"<html>", (Outcome.TRANSIENT, Outcome.AMBIGUOUS)),
        (503, b"", (Outcome.TRANSIENT, Outcome.AMBIGUOUS)),
    ],
)
def test_a_refusal_is_classified_for_reads_and_writes(server, client, status, body, expected):
    assert outcomes(server, client, server.http(status, body)) == expected
    assert len(server.requests) == 2, "one attempt each"


def test_overload_tells_how_long_netsuite_wants_to_be_left_alone(server, client):
    server.reply(429, b"", Retry_After="3")
    assert failed(client.ping).retry_after == 3.0


def test_a_redirect_is_not_followed(server, client):
    server.reply(302, b"", Location=f"{server.url}/elsewhere")
    error = failed(client.write, [UPDATE])
    assert "data centre" in str(error)
    assert len(server.requests) == 1


def test_a_refused_login_tells_when_our_clock_is_wrong(server, client):
    server.reply(401, b"", Date=format_datetime(NOW + timedelta(minutes=10), usegmt=True))
    error = failed(client.ping)
    assert error.clock_skew == 600
    assert "10 minutes behind" in str(error)


def test_an_error_page_that_quotes_our_request_does_not_leak(server, client):
    def echo(connection, request):
        head = request.headers["authorization"].encode()
        connection.sendall(b"HTTP/1.1 400 X\r\nConnection: close\r\n\r\nYou sent: " + head)

    server.play(echo)
    error = failed(client.ping)
    sent = server.requests[0].headers["authorization"]
    assert "You sent: OAuth" in str(error)
    for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', sent):
        assert f'"{value}"' not in str(error), name


# Broken connections


def test_nothing_listening_means_that_nothing_was_sent(connect):
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{bound_but_deaf.getsockname()[1]}"
        error = failed(connect(f"http://{host}").write, [UPDATE])
    assert (error.outcome, error.status) == (Outcome.TRANSIENT, None)
    assert f"{host} is not reachable: it refuses the connection" in str(error)


def test_a_host_without_an_address_means_that_nothing_was_sent(connect, monkeypatch):
    def no_such_name(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)  # a test must not ask the world
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    error = failed(connect("https://erp.invalid").write, [UPDATE])
    assert error.outcome is Outcome.TRANSIENT
    assert "erp.invalid is not reachable: its name is not known (DNS)" in str(error)


def test_a_host_that_speaks_no_tls_means_that_nothing_was_sent(server, connect):
    server.answers_unasked = True
    server.reply(400)
    error = failed(connect(server.url.replace("http:", "https:")).write, [UPDATE])
    assert error.outcome is Outcome.TRANSIENT
    assert "no secure connection" in str(error)


def test_a_host_that_accepts_and_says_nothing_during_tls_is_not_reachable(connect):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        error = failed(connect(url, connect=0.2).write, [UPDATE])
    assert error.outcome is Outcome.TRANSIENT
    assert "no connection came about in time" in str(error)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


def hang_up(connection, request):
    """End the connection without a word."""


@pytest.mark.parametrize(
    "answer",
    [
        hang_up,
        HEAD,
        HEAD + b'{"results":[{"request_id":"r-1","ok":true',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"res',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"\x00" * 100,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
    ],
    ids=["close", "no body", "half a body",
         "half a chunk", "bad chunk", "bad gzip", "gzip in gzip", "ssh", "zeros", "endless head"],
)  # fmt: skip
def test_an_answer_that_breaks_off_leaves_a_write_unknown(server, client, answer):
    assert outcomes(server, client, answer) == (Outcome.TRANSIENT, Outcome.AMBIGUOUS)


@pytest.mark.parametrize(
    "before", [b"", b"HTTP/1.1 20", HEAD + b'{"results"'], ids=["at once", "in head", "in body"]
)
def test_a_reset_connection_leaves_a_write_unknown(server, client, before):
    def cut(connection, request):
        connection.sendall(before)
        server.reset(connection)

    assert outcomes(server, client, cut) == (Outcome.TRANSIENT, Outcome.AMBIGUOUS)


@pytest.mark.parametrize("status", [401, 429])
def test_a_status_that_says_all_counts_though_its_body_breaks_off(server, client, status):
    server.play(b"HTTP/1.1 %d X\r\nContent-Length: 1000\r\n\r\nhalf" % status)
    expected = {401: Outcome.UNAUTHORIZED, 429: Outcome.OVERLOAD}[status]
    assert failed(client.write, [UPDATE]).outcome is expected


def test_a_compressed_answer_is_read(server, client):
    server.reply(200, gzip.compress(json.dumps(PAGE).encode()), Content_Encoding="gzip")
    assert client.suiteql("SELECT id FROM t").rows == [{"id": "1"}]


def test_an_answer_compressed_twice_is_not_unpacked(server, client):
    twice = gzip.compress(gzip.compress(json.dumps(PAGE).encode()))
    server.reply(200, twice, Content_Encoding="gzip, gzip")
    assert "compression" in str(failed(client.suiteql, "SELECT id FROM t"))


@pytest.mark.parametrize("packed", [False, True])
def test_an_endless_answer_is_given_up(server, client, packed):
    flood = b" " * (MAX_ANSWER + 1_000_000)
    body, headers = (gzip.compress(flood), {"Content_Encoding": "gzip"}) if packed else (flood, {})
    server.reply(200, body, **headers)
    error = failed(client.write, [UPDATE])
    assert error.outcome is Outcome.AMBIGUOUS
    assert "more data than is accepted" in str(error)


# Time


def drip(first):
    """Send one byte every 20 ms, for as long as the other side listens."""

    def play(connection, request):
        connection.sendall(first)
        for _ in range(500):
            connection.sendall(b" " if first else b"H")
            time.sleep(0.02)

    return play


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX:", HEAD, b"HTTP/1.1 500 X\r\nContent-Length: 1000\r\n\r\n"],
    ids=["before the head", "in a header", "in the body", "in the body of an error"],
)
def test_a_server_that_drips_cannot_hold_the_caller(server, connect, first):
    server.play(drip(first))
    began = time.monotonic()
    error = failed(connect(server.url, read=5, total=0.3).write, [UPDATE])
    assert time.monotonic() - began < 2
    assert error.outcome is Outcome.AMBIGUOUS
    assert "in time" in str(error)


def test_a_server_that_falls_silent_is_given_up(server, connect):
    server.play(lambda *_: server.closing.wait(5))
    began = time.monotonic()
    error = failed(connect(server.url, read=0.2, total=30).write, [UPDATE])
    assert time.monotonic() - began < 2
    assert error.outcome is Outcome.AMBIGUOUS


HANDSHAKE = b"\x16\x03\x03\x40\x00"  # … of which 16 KB are to follow


def test_a_server_that_drips_its_handshake_cannot_hold_the_caller(server, connect):
    gone = threading.Event()

    def drip_until_nobody_listens(connection, request):
        connection.sendall(HANDSHAKE)
        connection.settimeout(0.02)
        listens = True
        try:
            while listens and not server.closing.is_set():
                connection.sendall(b" ")
                with contextlib.suppress(TimeoutError):
                    listens = connection.recv(65536)
        finally:
            gone.set()

    server.answers_unasked = True
    server.play(drip_until_nobody_listens)
    url = server.url.replace("http:", "https:")
    began = time.monotonic()
    error = failed(connect(url, connect=1, total=0.3).write, [UPDATE])
    assert time.monotonic() - began < 2
    assert error.outcome is Outcome.TRANSIENT, "nothing was sent"
    assert "no connection came about in time" in str(error)
    assert gone.wait(5), "the connection was ended, too"


def test_what_is_given_up_is_ended_for_the_server_too(server, connect):
    heard = queue.SimpleQueue()
    server.play(lambda connection, _: heard.put(connection.recv(1)))
    failed(connect(server.url, total=0.2).ping)
    assert heard.get(timeout=3) == b""


@pytest.fixture
def slow_lookup(monkeypatch):
    """Whether a name was asked for; names are known only once the second is set."""
    asked, known, look_up = threading.Event(), threading.Event(), socket.getaddrinfo

    def wait_and_look_up(*where, **how):
        asked.set()
        known.wait(10)
        return look_up(*where, **how)

    monkeypatch.setattr(socket, "getaddrinfo", wait_and_look_up)
    yield asked, known
    known.set()


def test_a_name_that_is_looked_up_for_ever_cannot_hold_the_caller(server, connect, slow_lookup):
    server.reply(200)
    client = connect(server.url, total=0.2)
    error = failed(client.write, [UPDATE])
    assert error.outcome is Outcome.TRANSIENT
    assert "no connection came about in time" in str(error)
    slow_lookup[1].set()
    client.close()
    assert not any(each.method for each in server.requests), "nor when the name was known"


def test_after_a_timeout_the_next_call_gets_its_own_answer(server, connect):
    late = threading.Event()
    server.play(lambda *_: late.wait(5), server.http(200, PAGE))
    client = connect(server.url, total=0.3)
    failed(client.ping)
    late.set()
    assert client.suiteql("SELECT id FROM t").total == 1


def test_a_call_without_an_answer_tells_nothing_of_the_call_before_it(server, connect):
    server.play(server.http(200, PAGE), lambda *_: server.closing.wait(5))
    client = connect(server.url, total=0.3)
    client.suiteql("SELECT id FROM t")
    assert failed(client.ping).status is None


# Threads and the end


def test_many_threads_call_at_once_and_each_gets_its_own_answer(server, client):
    together = threading.Barrier(8)

    def answer(connection, request):
        together.wait(5)
        results = [{**DONE, "request_id": one["request_id"]} for one in request.json["operations"]]
        connection.sendall(server.http(200, {"results": results}))

    def delete(request_id):
        operation = Operation(request_id, OperationKind.DELETE, "vendor", id="1")
        return client.write([operation])[0].request_id

    server.play(answer)
    request_ids = [f"r-{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(delete, request_ids)) == request_ids


def test_two_hundred_threads_may_wait_at_once(server, client):
    server.reply(200, PAGE)
    with ThreadPoolExecutor(200) as pool:
        pages = pool.map(lambda _: client.suiteql("SELECT id FROM t").total, range(200))
        assert list(pages) == [1] * 200


def test_connections_are_kept_however_many_were_in_use(server, client):
    together = threading.Barrier(30)
    body = json.dumps(PAGE).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def keep_alive(connection, request):
        while request.method:
            together.wait(10)
            connection.sendall(answer)
            request = server.read(connection)

    server.play(keep_alive)
    with ThreadPoolExecutor(30) as pool:
        for _ in range(2):
            list(pool.map(lambda _: client.suiteql("SELECT id FROM t"), range(30)))
    assert len(server.requests) == 30, "the first of each connection"


def test_closing_ends_a_call_that_another_thread_waits_for(server, connect):
    asked = threading.Event()

    def never(*_):
        asked.set()
        server.closing.wait(10)

    server.play(never)
    client = connect(server.url)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failed, client.write, [UPDATE])
        assert asked.wait(5)
        client.close()
        error = waiting.result(5)
    assert error.outcome is Outcome.AMBIGUOUS
    assert "ended the call" in str(error)


def test_closing_ends_a_call_whose_name_is_still_looked_up(server, connect, slow_lookup):
    asked, known = slow_lookup
    server.reply(200)
    client = connect(server.url)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failed, client.write, [UPDATE])
        assert asked.wait(5)
        closing = threading.Thread(target=client.close)
        closing.start()
        assert "ended the call" in str(waiting.result(2))
        known.set()
        closing.join(5)
    assert not any(each.method for each in server.requests)


def test_closing_ends_the_calls_that_wait_for_a_line(server, connect):
    asked = threading.Semaphore(0)

    def never(*_):
        asked.release()
        server.closing.wait(10)

    server.play(never)
    client = connect(server.url)
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(failed, client.ping) for _ in range(40)]
        for _ in range(32):
            assert asked.acquire(timeout=5)
        time.sleep(0.2)  # by now the others wait, which nothing tells
        client.close()
        assert all("ended the call" in str(each.result(5)) for each in waiting)
    assert len(server.requests) == 32


INTERRUPTED = """
import signal, sys
from datetime import UTC, datetime
from nsconsole.netsuite.account import TbaCredentials, endpoint
from nsconsole.netsuite.client import NetSuite
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.5)
client = NetSuite(endpoint("1234567_SB1", sys.argv[1]), TbaCredentials(*"abcd"))
try:
    client.ping()
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.stdin.read()
"""


def test_a_caller_that_is_interrupted_leaves_nothing_running(server):
    heard = queue.SimpleQueue()
    server.play(lambda connection, _: heard.put(connection.recv(1)))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED, server.url], **pipes) as program:
        assert program.stdout.readline() == b"interrupted\n"
        assert heard.get(timeout=3) == b"", "though the program goes on"


def test_a_closed_client_says_so(server, connect):
    client = connect(server.url)
    client.close()
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.ping()
    assert server.requests == []
