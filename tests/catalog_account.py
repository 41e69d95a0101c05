"""A NetSuite that has only catalogs, whatever a test puts into them."""

import json
import re
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

SUITEQL = "/services/rest/query/v1/suiteql/metadata-catalog"
RECORDS = "/services/rest/record/v1/metadata-catalog"
QUERY = "/services/rest/query/v1/suiteql"
_FROM = re.compile(r"FROM (\w+)")
_AFTER = re.compile(r"internalid > (\d+)")


def columns(**types):
    """A schema's properties: column="integer", or column=("string", "date-time")."""
    return {name: _schema(word) for name, word in types.items()}


def _schema(word):
    kind, form = (word, None) if isinstance(word, str) else word
    return {"title": "", "type": kind} | ({"format": form} if form else {})


@dataclass
class CatalogAccount:
    """What it has: SuiteQL's tables and record types with their properties, and customization.

    `broken` maps a path to the status with which it is answered; `asked` counts requests by path,
    queries by their table.
    """

    suiteql: dict[str, dict] = field(default_factory=dict)
    records: dict[str, dict] = field(default_factory=dict)
    custom: dict[str, list[dict]] = field(default_factory=dict)
    rows: dict[str, list[dict]] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    asked: Counter = field(default_factory=Counter)
    on_request: object = lambda path: None
    url: str = ""

    @property
    def environ(self):
        secrets = ("CONSUMER_KEY", "CONSUMER_SECRET", "TOKEN_ID", "TOKEN_SECRET")
        return {
            "NSCONSOLE_ACCOUNT": "1234567_SB1",
            "NSCONSOLE_NETSUITE_URL": self.url,
            **{f"NSCONSOLE_{name}": name.lower() for name in secrets},
        }

    def answer(self, path, body):
        """Give the status and the payload of a request."""
        key = _FROM.search(body["q"])[1] if path == QUERY else path
        self.asked[key] += 1
        self.on_request(key)
        if key in self.broken:
            return self.broken[key], {"title": "no", "o:errorDetails": [{"detail": "no"}]}
        if path == QUERY:
            return 200, self._page(key, body["q"])
        for base, told in ((SUITEQL, self.suiteql), (RECORDS, self.records)):
            if path == base:
                return 200, {"items": [{"name": name, "links": []} for name in told]}
            if path.startswith(base):
                return self._schema(told, unquote(path.removeprefix(f"{base}/")))
        return 404, {"title": "nothing there"}

    def _schema(self, told, name):
        if name not in told:
            return 404, {"title": "nothing there"}
        properties = told[name]
        return 200, {"type": "object"} | ({"properties": properties} if properties else {})

    def _page(self, table, query):
        rows = self.rows.get(table, []) if "SELECT *" in query else self.custom.get(table, [])
        if "COUNT(" in query:
            stamps = [row["lastmodifieddate"] for row in rows if "lastmodifieddate" in row]
            told = {"entries": len(rows), "newest": len(rows), "changed": max(stamps, default="")}
            rows = [{name: str(value) for name, value in told.items()}]
        elif found := _AFTER.search(query):
            rows = [row for row in rows if int(row["internalid"]) > int(found[1])]
        page = rows[:1000]
        return {
            "items": page,
            "count": len(page),
            "offset": 0,
            "totalResults": len(rows),
            "hasMore": len(page) < len(rows),
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self._answer({})

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self._answer(json.loads(self.rfile.read(length)))

    def _answer(self, body):
        status, payload = self.server.account.answer(urlsplit(self.path).path, body)
        content = json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def running_account():
    """Run one on loopback."""
    account = CatalogAccount()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.account = account
        account.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield account
        server.shutdown()
        thread.join()
