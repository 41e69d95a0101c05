"""A line to NetSuite: one HTTP exchange at a time, which any thread can cut off."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeAlias

import httpx

from nsconsole.netsuite.answer import Answer
from nsconsole.netsuite.errors import Failure, NoTokenError

MAX_ANSWER = 11_000_000
"""Bytes, after decompression: NetSuite promises RESTlets 10 MB, the rest is for its envelope."""

_CLOSED = Answer(failure=Failure.CLOSED)

Told: TypeAlias = SimpleQueue[Answer | BaseException]


class _TooLargeError(Exception):
    pass


class Line:
    """A client with a thread and connections of its own.

    httpx bounds each read but not their sum, so a server that drips bytes could hold a blocking
    client for ever. Here whoever asks waits no longer than it likes, and to cut the line ends the
    exchange: a socket that is shut wakes the thread that reads it. A thread that still looks up a
    name or connects is left alone, and sends nothing once it has a connection. A line that was cut
    is good for no other exchange. The line's thread calls `when_free` after each.
    """

    def __init__(self, client: httpx.Client, *, when_free: Callable[["Line"], None]) -> None:
        self._client = client
        self._when_free = when_free
        self._asked: SimpleQueue[httpx.Request | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._told: Told | None = None
        self._sockets: list[socket.socket] = []
        self._response: httpx.Response | None = None
        self._body = bytearray()
        self.is_cut = False
        self.is_connecting = False
        self._thread = threading.Thread(target=self._work, name="netsuite-line", daemon=True)
        self._thread.start()

    def ask(self, request: httpx.Request) -> Told:
        """Begin an exchange; what comes of it will be put into the queue that is returned."""
        told: Told = SimpleQueue()
        request.extensions["trace"] = self._follow
        with self._lock:
            if self.is_cut:
                told.put(_CLOSED)
            else:
                self._told = told
                self._asked.put(request)
        return told

    def so_far(self, failure: Failure) -> Answer:
        """Give as much as there is of an answer that is waited for no longer."""
        return _answer(self._response, self._body, failure)

    def cut(self, told: Told | None = None) -> None:
        """End what is under way; if a queue is given, only the exchange that it was given for."""
        with self._lock:
            if told is not None and told is not self._told:
                return  # it is over, and the line perhaps somebody else's
            self.is_cut = True
            if self._told is not None:
                self._told.put(_CLOSED)
        for each in list(self._sockets):
            _shut(each)

    def end(self) -> None:
        """Close the connections after what is under way."""
        self._asked.put(None)

    def join(self, seconds: float) -> None:
        """Wait until the connections are closed, but not for ever."""
        self._thread.join(max(seconds, 0))

    def _work(self) -> None:
        with self._client:
            while (request := self._asked.get()) is not None:
                self._serve(request)

    def _serve(self, request: httpx.Request) -> None:
        outcome = self._outcome(request)
        self._response, self._body = None, bytearray()  # a line that waits keeps no megabytes
        with self._lock:
            told, self._told = self._told, None
        self._when_free(self)  # first, or the next call would find no free line
        if told is not None:
            told.put(outcome)

    def _outcome(self, request: httpx.Request) -> Answer | BaseException:
        try:
            return self._exchange(request)
        except BaseException as error:  # noqa: BLE001 - whoever asked is to have it
            return error

    def _exchange(self, request: httpx.Request) -> Answer:
        self.is_connecting = False
        failure, reason = None, ""
        try:
            self._response = self._client.send(request, stream=True)
            _read_body(self._response, into=self._body)
        except NoTokenError as error:
            failure, reason = Failure.NO_TOKEN, str(error)
        except (httpx.HTTPError, OSError, _TooLargeError) as error:
            failure, reason = _failure(error)
        finally:
            if self._response is not None:
                self._response.close()
        return _answer(self._response, self._body, failure, reason)

    def _follow(self, event: str, info: Mapping[str, Any]) -> None:
        """Keep hold of the sockets, of which httpcore tells as it makes them."""
        match event.partition(".")[2]:
            case "connect_tcp.started" | "start_tls.started":
                self.is_connecting = True
            case "connect_tcp.complete" | "start_tls.complete":
                self._hold(info["return_value"].get_extra_info("socket"))
            case "send_request_headers.started":
                self.is_connecting = False

    def _hold(self, made: socket.socket) -> None:
        self._sockets = [each for each in self._sockets if each.fileno() >= 0] + [made]
        if self.is_cut:  # … while it was being made
            _shut(made)


def _shut(each: socket.socket) -> None:
    with suppress(OSError):
        # Not the TLS socket's own: after that it would send what is still to be sent in the clear.
        socket.socket.shutdown(each, socket.SHUT_RDWR)


def _answer(
    response: httpx.Response | None,
    body: bytearray,
    failure: Failure | None,
    reason: str = "",
) -> Answer:
    if response is None:
        return Answer(failure=failure, reason=reason)
    return Answer(response.status_code, response.headers, bytes(body), failure, reason)


def _read_body(response: httpx.Response, *, into: bytearray) -> None:
    # More than one layer of compression would let a small body grow without bound.
    if response.headers.get("Content-Encoding", "identity").lower() not in {"gzip", "identity"}:
        raise httpx.DecodingError("compressed in a way that was not asked for")
    for piece in response.iter_bytes():
        into += piece
        if len(into) > MAX_ANSWER:
            raise _TooLargeError


def _failure(error: Exception) -> tuple[Failure, str]:
    match error:
        case httpx.ConnectTimeout():
            return Failure.CONNECT_TIMEOUT, ""
        case httpx.ConnectError() | httpx.ProxyError():
            return _no_connection(error)
        case httpx.TimeoutException() | TimeoutError():
            return Failure.TIMEOUT, ""
        case httpx.DecodingError():
            return Failure.MALFORMED, "its compression cannot be undone"
        case _TooLargeError():
            return Failure.TOO_LARGE, ""
        case _:
            return Failure.DISCONNECTED, ""


def _no_connection(error: Exception) -> tuple[Failure, str]:
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return Failure.NAME_UNKNOWN, ""
            case ssl.SSLError():
                return Failure.NOT_SECURE, cause.reason or ""
            case ConnectionRefusedError():
                return Failure.REFUSED, ""
    return Failure.UNREACHABLE, ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give the error and all that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
