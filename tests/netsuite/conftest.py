"""A real HTTP server on loopback that answers as badly as a test wants."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from nsconsole.netsuite.account import TbaCredentials, endpoint
from nsconsole.netsuite.client import NetSuite, Timeouts

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = bytes | Callable[[socket.socket, Request], None]


@dataclass
class Server:
    """Answers the connections one after another; the last answer is given again and again."""

    listener: socket.socket
    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answers_unasked: bool = False
    closing: threading.Event = field(default_factory=threading.Event)

    def reply(self, status: int, body: object = b"", **headers: str) -> None:
        """Answer every request with this."""
        self.answers = [self.http(status, body, **headers)]

    @staticmethod
    def http(status: int, body: object = b"", **headers: str) -> bytes:
        """Write a whole HTTP answer; a body that is not bytes goes as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} X", "Connection: close", f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content

    @staticmethod
    def reset(connection: socket.socket) -> None:
        """Have the connection end with a TCP reset, not politely."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def play(self, *answers: Answer) -> None:
        """Answer each request with raw bytes or a function that has the connection."""
        self.answers = list(answers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    @staticmethod
    def read(connection: socket.socket) -> Request:
        """Read the next request of a connection that was kept; one without method at its end."""
        return _read_request(connection)

    def run(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            request = Request("", "", {}, b"")
            if not self.answers_unasked:
                request = _read_request(connection)
                self.requests.append(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if callable(answer):
                answer(connection, request)
            else:
                connection.sendall(answer)


def _read_request(connection: socket.socket) -> Request:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, target, _ = first.split(" ", 2) if first else ("", "", "")
    return Request(method, target, headers, body)


@pytest.fixture
def server() -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.closing.set()
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.fixture
def credentials() -> TbaCredentials:
    return TbaCredentials(
        consumer_key="consumer-key-0001",
        consumer_secret="consumer-secret-0002",
        token_id="token-id-0003",
        token_secret="token-secret-0004",
    )


@pytest.fixture
def connect(credentials: TbaCredentials) -> Iterator[Callable[..., NetSuite]]:
    with contextlib.ExitStack() as stack:

        def open_client(url: str, **timeouts: float) -> NetSuite:
            return stack.enter_context(
                NetSuite(
                    endpoint("1234567_SB1", url),
                    credentials,
                    timeouts=Timeouts(**{"connect": 2.0, "read": 5.0, "total": 10.0} | timeouts),
                    now=lambda: NOW,
                )
            )

        yield open_client


@pytest.fixture
def account(sandbox, clock) -> Iterator[NetSuite]:
    """A client of the sandbox's account."""
    names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
    where = endpoint(sandbox.environ["NSCONSOLE_ACCOUNT"], sandbox.url)
    values = {name: sandbox.environ[f"NSCONSOLE_{name.upper()}"] for name in names}
    with NetSuite(where, TbaCredentials(**values), now=clock) as client:
        yield client


@pytest.fixture
def client(server: Server, connect: Callable[..., NetSuite]) -> NetSuite:
    return connect(server.url)
