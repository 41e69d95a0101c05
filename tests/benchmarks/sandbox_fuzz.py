"""Ten thousand spoiled requests to a sandbox, then a thousand connections to it at once.

    python -m tests.benchmarks.sandbox_fuzz [--requests N] [--connections N] [--seed N]

Prints how often each kind of request got each status. Exits with 1 if an answer was missing, late
(10 s), not in NetSuite's form or a 5xx, or if the ledger is not what was acknowledged.
"""

import argparse
import itertools
import json
import resource
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from nsconsole.sandbox.server import Running
from tests.sandbox.conftest import RESTLET, Caller
from tests.sandbox.fuzzing import Fuzzer
from tests.sandbox.wire import Wire

SECONDS = 10


@contextmanager
def sandbox():
    """A sandbox in a process of its own, which never locks the account."""
    command = [sys.executable, "-m", "nsconsole", "sandbox", "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        caller = Caller(Running(**json.loads(process.stdout.readline())))
        caller.door("PATCH", "behaviour", {"lock_after": 0})
        yield caller
    finally:
        process.terminate()
        process.wait(SECONDS)


def fuzz(caller, count, seed):
    """Send spoiled requests; return what is wrong with the answers."""
    fuzzer = Fuzzer(caller, seed)
    begun = time.monotonic()
    fuzzer.run(count)
    seconds = time.monotonic() - begun
    by_kind = defaultdict(dict)
    for (kind, status), number in sorted(fuzzer.statuses.items()):
        by_kind[kind][status] = number
    for kind, statuses in by_kind.items():
        print(f"{kind:8}", "  ".join(f"{status}: {number}" for status, number in statuses.items()))
    print(f"{count} requests in {seconds:.0f} s, {len(fuzzer.acknowledged)} changes acknowledged")
    return fuzzer.complaints + fuzzer.missing_from(caller.ledger())


def crowd(caller, count):
    """`count` connections that ask for a change at once; return what is wrong."""
    caller.door("DELETE", "ledger")
    numbers = itertools.count()
    with ExitStack() as stack:
        wires = [stack.enter_context(connected(caller)) for _ in range(count)]
        for wire in wires:
            wire.sendall(change(caller, f"crowd-{next(numbers)}"))
        answers = [received(wire) for wire in wires]
    statuses = Counter(status for status, _ in answers)
    print("at once ", "  ".join(f"{status}: {number}" for status, number in statuses.items()))
    done = sorted(
        result["request_id"]
        for status, body in answers
        if status == 200
        for result in json.loads(body)["results"]
    )
    wrong = [] if set(statuses) <= {200, 400} else [f"odd statuses: {statuses}"]
    if done != sorted(each["request_id"] for each in caller.ledger()):
        wrong.append("the ledger is not what the crowd was told")
    return wrong


def half_open(caller, count):
    """Connections that never finish their request keep nobody else waiting."""
    beginnings = (b"", b"POST ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    with ExitStack() as stack:
        for number in range(count):
            stack.enter_context(connected(caller)).sendall(beginnings[number % 3])
        begun = time.monotonic()
        assert caller.restlet({"operation": "ping"}).status == 200
        seconds = time.monotonic() - begun
    print(f"a ping beside {count} half-open connections took {seconds * 1000:.0f} ms")
    return [] if seconds < 1 else ["half-open connections keep others waiting"]


def floods(caller):
    """Heads that are too large are refused, or the connection is cut."""
    wrong = []
    with Wire(caller.sandbox.url, seconds=SECONDS) as wire:
        for name, headers in (
            ("10,000 headers", [(f"X-{number}", "x") for number in range(10_000)]),
            ("a header of 10 MB", [("X-Large", "x" * 10_000_000)]),
        ):
            answer = wire.request("GET", "/", headers)
            print(f"{name}: {'cut off' if answer is None else answer.status}")
            if answer is not None and answer.status not in {400, 401, 431}:
                wrong.append(f"{name}: {answer.status}")
    return wrong


def connected(caller):
    address = urlsplit(caller.sandbox.url)
    return socket.create_connection((address.hostname, address.port), timeout=SECONDS)


def change(caller, request_id):
    """The bytes of a signed request for a change."""
    operation = {"request_id": request_id, "operation": "update", "record_type": "vendor",
                 "id": "42", "values": {"comments": request_id}}  # fmt: skip
    body = json.dumps({"operations": [operation]})
    return (
        f"POST {RESTLET} HTTP/1.1\r\nHost: {urlsplit(caller.sandbox.url).netloc}\r\n"
        f"Authorization: {caller.header('POST', RESTLET)}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()


def received(wire):
    """Status and body of the answer on a connection that closes after it."""
    data = b"".join(iter(lambda: wire.recv(65536), b""))
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]) if head else 0, body


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the sandbox inherits it
    with sandbox() as caller:
        wrong = [
            *fuzz(caller, given.requests, given.seed),
            *crowd(caller, given.connections),
            *half_open(caller, given.connections),
            *floods(caller),
        ]
        wrong += caller.door("GET", "stats").json()["unexpected_errors"]
    print("\n".join(map(str, wrong)) or "nothing wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
