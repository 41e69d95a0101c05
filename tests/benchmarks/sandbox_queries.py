"""How quickly a sandbox answers a keyset pull: pages of 1,000 rows of 20 columns.

    python -m tests.benchmarks.sandbox_queries [--rows 20000] [--pages 200] [--json]

Goal: 50,000 rows for each second of the server's processor time, which is 20 ms a page.

The sandbox is a process of its own, asked over loopback with one signed request after another:
behind an id, and behind a moment and an id. The floor is what one process needs to read the same
rows from a like SQLite table and to write them as JSON, with nothing in between. A ratio of 2
means that the sandbox takes twice as long.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

PATH = "/services/rest/query/v1/suiteql"
COLUMNS = (
    "t.id", "t.tranid", "t.type", "t.recordtype", "t.trandisplayname", "t.trandate", "t.entity",
    "t.status", "t.foreigntotal", "t.foreignamountunpaid", "t.currency", "t.exchangerate", "t.memo",
    "t.terms", "t.postingperiod", "t.posting", "t.voided", "t.employee", "t.createddate",
    """TO_CHAR(SYS_EXTRACT_UTC(t.lastmodifieddate), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS changed""",
)  # fmt: skip
PAGE = 1000
COUNT = re.compile(rb'"count":(\d+)')
ITEM = b'{"links":[],"id":"'
LAST = re.compile(rb'{"links":\[\],"id":"(\d+)".*"changed":"([^"]+)"')
SELECT = f"SELECT {', '.join(COLUMNS)} FROM transaction t WHERE"
BEHIND_ID = f"{SELECT} t.id > {{id}} ORDER BY t.id ASC"
CHANGED = "SYS_EXTRACT_UTC(t.lastmodifieddate)"
LONG_AGO = "2000-01-01T00:00:00Z"
MOMENT = """TO_TIMESTAMP('{changed}', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
BEHIND_MOMENT = (
    f"{SELECT} {CHANGED} >= {MOMENT.format(changed=LONG_AGO)} "
    f"AND ({CHANGED} > {MOMENT} OR ({CHANGED} = {MOMENT} AND t.id > {{id}})) "
    "ORDER BY t.lastmodifieddate ASC, t.id ASC"
)
START = {"id": 0, "changed": LONG_AGO}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = {}
    with sandbox(args.rows) as (told, process):
        for form, query in (("behind an id", BEHIND_ID), ("behind a moment", BEHIND_MOMENT)):
            found[form] = pull(told, process.pid, query, args.pages)
    print(json.dumps(found) if args.json else "\n".join(table(found)))


def table(found):
    """The figures of both forms, side by side."""
    yield f"{'':<28}" + "".join(f"{form:>18}" for form in found)
    for name in next(iter(found.values())):
        yield f"{name:<28}" + "".join(f"{figures[name]:>18,}" for figures in found.values())


@contextmanager
def sandbox(rows):
    """A sandbox in a process of its own; gives what it tells of itself, and the process."""
    command = [sys.executable, "-m", "nsconsole", "sandbox", "--json", "--port", "0"]
    command += ["--rows", str(rows)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        process.terminate()
        process.wait()


def pull(told, pid, query, pages):
    """Ask for page after page, beginning anew at the end; the first round does not count."""
    client = Client(told)
    sample = json.loads(client.ask(query.format(**START)))["items"]
    last, rows, asked, begun, spent = START, 0, 0, None, 0
    while asked < pages:
        body = client.ask(query.format(**last))
        if begun is not None:
            rows, asked = rows + int(COUNT.search(body)[1]), asked + 1
        last = last_of(body)
        if begun is None and last == START:
            begun, spent = time.perf_counter(), processor_seconds(pid)
    seconds = time.perf_counter() - begun
    busy = processor_seconds(pid) - spent
    floor = floor_seconds(sample) / len(sample)
    return {
        "rows": rows,
        "rows a second by the clock": round(rows / seconds),
        "rows a core-second": round(rows / busy),
        "ms of a core for 1,000 rows": round(busy / rows * PAGE * 1000, 1),
        "floor: rows a core-second": round(1 / floor),
        "ratio to the floor": round(busy / rows / floor, 2),
    }


class Client:
    """A connection that is kept, and costs next to nothing: the sandbox is to be measured."""

    def __init__(self, told):
        address = urlsplit(told["url"])
        self._told = told
        self._host = address.netloc
        self._socket = socket.create_connection((address.hostname, address.port), timeout=60)
        self._file = self._socket.makefile("rb", buffering=1024 * 1024)

    def ask(self, query):
        """The body of a page."""
        content = json.dumps({"q": query})
        self._socket.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: {self._host}\r\nPrefer: transient\r\n"
            f"Content-Type: application/json\r\nAuthorization: {header(self._told)}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n{content}".encode()
        )
        status = self._file.readline()
        headers = dict(line.split(b": ", 1) for line in iter(self._file.readline, b"\r\n"))
        body = self._file.read(int(headers[b"content-length"]))
        if b" 200 " not in status:
            raise SystemExit(body.decode())
        return body


def last_of(body):
    """What the next page goes on from: the last row, or the start behind the last page."""
    if b'"hasMore":false' in body[:1000]:
        return START
    number, changed = LAST.match(body, body.rindex(ITEM)).groups()
    return {"id": int(number), "changed": changed.decode()}


def header(told):
    """An `Authorization` header for a request without query parameters."""
    oauth = {
        "oauth_consumer_key": told["consumer_key"],
        "oauth_nonce": secrets.token_hex(10),
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
        "oauth_token": told["token_id"],
        "oauth_version": "1.0",
    }
    pairs = "&".join(f"{name}={value}" for name, value in sorted(oauth.items()))
    base = "&".join(quote(part, safe="~") for part in ("POST", told["url"] + PATH, pairs))
    key = f"{told['consumer_secret']}&{told['token_secret']}".encode()
    signature = base64.b64encode(hmac.new(key, base.encode(), hashlib.sha256).digest()).decode()
    parts = {"realm": told["account"], **oauth, "oauth_signature": quote(signature, safe="~")}
    return "OAuth " + ", ".join(f'{name}="{value}"' for name, value in parts.items())


def processor_seconds(pid):
    """The processor time that a process has used so far; that of this one where /proc is not."""
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return time.perf_counter()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def floor_seconds(items, rounds=50):
    """How long it takes to read rows like these from SQLite, and to write them as JSON."""
    names = sorted({name for item in items for name in item if name != "links"})
    database = sqlite3.connect(":memory:")
    database.execute(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(f'{n}_ TEXT' for n in names)})"
    )
    marks = ", ".join("?" * (len(names) + 1))
    content = [(number, *(item.get(name) for name in names)) for number, item in enumerate(items)]
    database.executemany(f"INSERT INTO t VALUES ({marks})", content)
    query = f"SELECT {', '.join(f'{name}_' for name in names)} FROM t WHERE id >= 0 ORDER BY id"
    begun = time.process_time()
    for _ in range(rounds):
        rows = database.execute(query).fetchall()
        json.dumps([dict(zip(names, row, strict=True)) for row in rows]).encode()
    return (time.process_time() - begun) / rounds


if __name__ == "__main__":
    main()
