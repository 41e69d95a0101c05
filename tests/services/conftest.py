"""Fixtures for the services: what is staged, decided and queued, by the shortest true way."""

import contextlib
import http.client
import http.server
import threading
from dataclasses import dataclass, field

import pytest
from sqlalchemy import event

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.proposals import propose


@pytest.fixture
def stage(workspace):
    """Stage entries; give their ids."""

    def stage_all(*entries, author="bot"):
        return [staged.id for staged in propose(workspace, entries, author=author)]

    return stage_all


@pytest.fixture
def approve(workspace, reviewer):
    """Approve proposals; give the ids of their pushes."""

    def approve_all(*ids):
        choices = [Choice(id_) for id_ in ids]
        return [d.push_id for d in decide(workspace, reviewer, Verdict.APPROVE, choices)]

    return approve_all


@pytest.fixture
def enqueue(stage, approve):
    """Stage entries and approve them; give the ids of their pushes."""
    return lambda *entries: approve(*stage(*entries))


@pytest.fixture
def query(workspace):
    """Run SQL on the workspace's database past every rule; give the rows."""

    def run(sql, *parameters):
        with workspace.database.writing() as connection:
            result = connection.exec_driver_sql(sql, parameters)
            return [row._asdict() for row in result] if result.returns_rows else []

    return run


@pytest.fixture
def pushes(query):
    """The pushes as rows, in the order of their ids."""
    return lambda: query("SELECT * FROM ns_pending_pushes ORDER BY id")


@pytest.fixture
def tamper(query):
    """Change stored proposals by force, as only somebody with the file itself could."""

    def run(sql, *parameters):
        query("DROP TRIGGER IF EXISTS proposed_actions_immutable")
        query(sql, *parameters)

    return run


@pytest.fixture
def plans(workspace):
    """Run something; give SQLite's plan of each query that it made."""

    def run(action):
        asked = []

        def note(_connection, _cursor, statement, parameters, _context, _many):
            asked.append((statement, parameters))

        event.listen(workspace.database.engine, "before_cursor_execute", note)
        action()
        event.remove(workspace.database.engine, "before_cursor_execute", note)
        with workspace.database.reading() as connection:
            return [
                connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                for statement, parameters in asked
                if statement.startswith("SELECT")
            ]

    return run


class Proxy(http.server.BaseHTTPRequestHandler):
    """Stands between the client and the sandbox, and does to each call what is `played` next.

    `pass` lets it through; `cut_before` hangs up and nothing is done; `cut_after` has it done and
    hangs up; a number answers with that status itself, bytes with those; an event holds the call
    until it is set, and then plays what comes next. The last of what is played stays.
    """

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        play = self._next()
        while isinstance(play, Held):
            play.arrived.set()
            play.released.wait(30)
            play = play.then
        if play == "cut_before":
            self.close_connection = True
        elif isinstance(play, bytes):
            self._answer(200, play)
        elif isinstance(play, int):
            self._answer(play, b'{"error": {"code": "SOME_ERROR", "message": "from the proxy"}}')
        else:
            status, answer = self._pass_on(body)
            if play == "cut_after":
                self.close_connection = True
            else:
                self._answer(status, answer)

    def _next(self):
        played = self.server.played
        return played.pop(0) if len(played) > 1 else played[0]

    def _pass_on(self, body):
        with contextlib.closing(
            http.client.HTTPConnection(self.server.target, timeout=30)
        ) as onward:
            onward.request("POST", self.path, body, dict(self.headers))
            answer = onward.getresponse()
            return answer.status, answer.read()

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@dataclass
class Held:
    """A call that waits in the proxy; `arrived` tells that it is there."""

    then: object
    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Line:
    """A line to the sandbox that a test may disturb; see Proxy for what can be played."""

    server: http.server.ThreadingHTTPServer
    environ: dict[str, str]

    def play(self, *plays):
        self.server.played[:] = plays

    def hold(self, then):
        """Hold the next call; what follows on the line passes."""
        held = Held(then)
        self.play(held, "pass")
        return held


@pytest.fixture
def line(sandbox):
    """A disturbed line, and the environment of a workspace that calls through it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    server.target = sandbox.url.removeprefix("http://")
    server.played = ["pass"]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    yield Line(server, sandbox.environ | {"NSCONSOLE_NETSUITE_URL": url})
    server.shutdown()
    server.server_close()
