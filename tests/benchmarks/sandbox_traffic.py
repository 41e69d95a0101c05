"""How many calls a second one sandbox answers over one connection: pings, writes, short queries.

    python -m tests.benchmarks.sandbox_traffic [--calls 1500] [--json]

Every call is signed before the clock starts. The calls for each second of the server's own
processor time say what one core could do, whatever else the machine is doing.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

RESTLET = (
    "/app/site/hosting/restlet.nl"
    "?script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"
)
SUITEQL = "/services/rest/query/v1/suiteql"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    command = [sys.executable, "-m", "nsconsole", "sandbox", "--json", "--exit-with-stdin"]
    begun = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        facts = json.loads(server.stdout.readline())
        found = {"ready_seconds": time.perf_counter() - begun}
        for kind, body_of, path in (
            ("ping", lambda _: {"operation": "ping"}, RESTLET),
            ("write", _write, RESTLET),
            ("query", lambda _: {"q": "SELECT 1 AS one FROM dual"}, SUITEQL),
        ):
            calls = [signed(facts, path, body_of(number)) for number in range(args.calls)]
            found[kind] = measure(facts["url"], calls, server.pid)
        server.stdin.close()
    print(json.dumps(found) if args.json else _table(found))


def measure(url, calls, pid):
    """Calls a second by the clock, and by the server's processor time (Linux alone)."""
    before, begun = _processor_seconds(pid), time.perf_counter()
    with socket.create_connection(urlsplit(url).netloc.split(":")) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for call in calls:
            line.sendall(call)
            read_answer(line)
    took, worked = time.perf_counter() - begun, _processor_seconds(pid) - before
    return {"a_second": len(calls) / took, "a_core_second": len(calls) / worked if worked else None}


def read_answer(line):
    """Read the answer to one call."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += line.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += line.recv(65536)


def _write(number):
    operation = {"operation": "update", "record_type": "vendor", "id": "42"}
    values = {"request_id": secrets.token_hex(8), "values": {"cost": number % 100 + 1}}
    return {"operations": [{**operation, **values}]}


def signed(facts, path, body):
    """Give the bytes of a call, signed with what a sandbox tells of itself."""
    url = urlsplit(facts["url"] + path)
    oauth = {
        "oauth_consumer_key": facts["consumer_key"],
        "oauth_nonce": secrets.token_hex(10),
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
        "oauth_token": facts["token_id"],
    }
    pairs = sorted((_encoded(k), _encoded(v)) for k, v in [*oauth.items(), *parse_qsl(url.query)])
    signed = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(map(_encoded, ("POST", f"http://{url.netloc}{url.path}", signed)))
    key = f"{facts['consumer_secret']}&{facts['token_secret']}"
    digest = hmac.digest(key.encode(), base.encode(), hashlib.sha256)
    oauth |= {"realm": facts["account"], "oauth_signature": base64.b64encode(digest).decode()}
    login = ", ".join(f'{name}="{_encoded(value)}"' for name, value in oauth.items())
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: OAuth {login}\r\n"
        f"Prefer: transient\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    )
    return head.encode() + b"\r\n" + data


def _encoded(text):
    return quote(text, safe="-._~")


def _processor_seconds(pid):
    try:
        numbers = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def _table(found):
    lines = [f"ready after {found['ready_seconds']:.2f} s"]
    for kind in ("ping", "write", "query"):
        by_core = found[kind]["a_core_second"]
        told = f", {by_core:,.0f} for each core-second" if by_core else ""
        lines.append(f"{kind:>6} {found[kind]['a_second']:8,.0f} a second{told}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
