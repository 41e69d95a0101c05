"""HTTP over a bare socket: what is sent is sent as it is, however wrong."""

import http.client
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Received:
    """An answer; its headers' names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection to a server, opened again whenever the server has closed it."""

    def __init__(self, url: str, *, seconds: float = 10) -> None:
        address = urlsplit(url)
        self.host = address.netloc
        self._address = (address.hostname, address.port)
        self._seconds = seconds
        self._socket: socket.socket | None = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def request(self, method, target, headers=(), body=b"") -> Received | None:
        """Send a request with `Host` and `Content-Length` beside its own headers.

        None: the connection was closed without an answer. Raises TimeoutError for silence.
        """
        lines = [
            b" ".join((_bytes(method), _bytes(target), b"HTTP/1.1")),
            *(_bytes(name) + b": " + _bytes(value) for name, value in self._all(headers, body)),
        ]
        return self.raw(b"\r\n".join(lines) + b"\r\n\r\n" + body, head=_bytes(method) == b"HEAD")

    def raw(self, data: bytes, *, head: bool = False) -> Received | None:
        """Send bytes and read one answer."""
        kept = self._socket is not None
        answer = self._attempt(data, head=head)
        # A server may close a kept connection at any time, so that says nothing yet.
        return self._attempt(data, head=head) if answer is None and kept else answer

    def _attempt(self, data: bytes, *, head: bool) -> Received | None:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=self._seconds)
        try:
            self._socket.sendall(data)
            return self._receive(head=head)
        except (ConnectionError, http.client.BadStatusLine):
            self.close()
            return None

    def _all(self, headers, body):
        given = [(name, value) for name, value in headers if value is not None]
        names = {_bytes(name).lower() for name, _ in given}
        if b"host" not in names:
            given.append(("Host", self.host))
        if body and not names & {b"content-length", b"transfer-encoding"}:
            given.append(("Content-Length", str(len(body))))
        return given

    def _receive(self, *, head: bool) -> Received:
        answer = http.client.HTTPResponse(self._socket, method="HEAD" if head else "GET")
        try:
            answer.begin()
            body = answer.read()
        except Exception:
            self.close()
            raise
        finally:
            answer.close()
        if answer.will_close:
            self.close()
        return Received(answer.status, {k.lower(): v for k, v in answer.headers.items()}, body)


def _bytes(text) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1", errors="replace")
