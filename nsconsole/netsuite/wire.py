"""One HTTP exchange, bounded in time and size, whatever the other side does."""

import asyncio
import concurrent.futures
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from nsconsole import __version__
from nsconsole.netsuite.answer import Answer
from nsconsole.netsuite.errors import Failure, NoTokenError

MAX_ANSWER = 11_000_000
"""Bytes, after decompression: NetSuite promises RESTlets 10 MB, the rest is for its envelope."""

_CLOSING_TIME = 5.0
# Each call proves itself by its signature; a session of NetSuite's must not leak into the next.
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=())
# More calls at once would not go faster: httpx looks at every connection and every waiting call
# for each call. All connections are kept, for a handshake costs more than a call.
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two pieces of an answer, and for the whole exchange."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0


class _TooLargeError(Exception):
    pass


class Wire:
    """Sends requests for any number of threads, one attempt each.

    httpx bounds each read but not their sum, so a server that drips bytes could hold a blocking
    client for ever. Here the exchange is a task on an event loop of its own thread, and cancelling
    a task ends it wherever it waits: name lookup, handshake, headers or body.
    """

    def __init__(self, auth: httpx.Auth, *, timeouts: Timeouts, trust_env: bool = True) -> None:
        self._total = timeouts.total
        self._client = httpx.AsyncClient(
            auth=auth,
            timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect),
            limits=httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE),
            headers={"User-Agent": f"nsconsole/{__version__}", "Accept-Encoding": "gzip"},
            follow_redirects=False,
            trust_env=trust_env,
            verify=_trusted(trust_env=trust_env),
            cookies=CookieJar(_NO_COOKIES),
        )
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="netsuite-wire", daemon=True
        )
        self._lock = threading.Lock()
        self._closed = False
        self._thread.start()

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send once and return what came of it; raises RuntimeError only if this is closed."""
        request = self._client.build_request(
            method, _parsed(url), content=body or None, headers=headers
        )
        with self._lock:
            if self._closed:
                raise RuntimeError("The connection to NetSuite is closed.")
            future = asyncio.run_coroutine_threadsafe(self._in_turn(request), self._loop)
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            return Answer(failure=Failure.CLOSED)
        finally:
            future.cancel()  # an interrupted caller leaves nothing running

    def close(self) -> None:
        """End every exchange that still runs, and the connections; again is harmless."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result(_CLOSING_TIME)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _shut_down(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.aclose()

    async def _in_turn(self, request: httpx.Request) -> Answer:
        async with self._places:  # its time runs once it has left
            return await self._exchange(request)

    async def _exchange(self, request: httpx.Request) -> Answer:
        response: httpx.Response | None = None
        body = bytearray()
        failure, reason = None, ""
        try:
            async with asyncio.timeout(self._total):
                response = await self._client.send(request, stream=True)
                await _read_body(response, into=body)
        except NoTokenError as error:
            failure, reason = Failure.NO_TOKEN, str(error)
        except (httpx.HTTPError, OSError, _TooLargeError) as error:
            failure, reason = _failure(error)
        finally:
            if response is not None:
                await response.aclose()
        if response is None:
            return Answer(failure=failure, reason=reason)
        return Answer(response.status_code, response.headers, bytes(body), failure, reason)


_parsed = lru_cache(maxsize=64)(httpx.URL)  # most calls go to the same few addresses


@cache
def _trusted(*, trust_env: bool) -> ssl.SSLContext:
    """Whose certificates are believed; to read them all takes longer than a call."""
    return httpx.create_ssl_context(trust_env=trust_env)


async def _read_body(response: httpx.Response, *, into: bytearray) -> None:
    # More than one layer of compression would let a small body grow without bound.
    if response.headers.get("Content-Encoding", "identity").lower() not in {"gzip", "identity"}:
        raise httpx.DecodingError("compressed in a way that was not asked for")
    async for piece in response.aiter_bytes():
        into += piece
        if len(into) > MAX_ANSWER:
            raise _TooLargeError


def _failure(error: Exception) -> tuple[Failure, str]:
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
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


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give the error and all that led to it; several addresses of a host make a group."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _causes(member)
    below = error.__cause__ or error.__context__
    if below is not None:
        yield from _causes(below)
