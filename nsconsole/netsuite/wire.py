"""One HTTP exchange, bounded in time and size, whatever the other side does."""

import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from queue import Empty

import httpx

from nsconsole import __version__
from nsconsole.netsuite.answer import Answer
from nsconsole.netsuite.errors import Failure
from nsconsole.netsuite.line import Line

_CLOSING_TIME = 5.0
# Each call proves itself by its signature; a session of NetSuite's must not leak into the next.
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=())
_AT_ONCE = 32  # more calls at once would not go faster
_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
    "User-Agent": f"nsconsole/{__version__}",
}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect to an address, between two pieces of an answer, and for all together."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0


class Login(httpx.Auth):
    """How requests prove whose they are."""

    def prepare(self, request: httpx.Request) -> None:
        """Do what can be done before it is known when the request may be sent."""


class Wire:
    """Sends requests for any number of threads, one attempt each.

    Each is sent over a line of its own. Lines are kept, for a handshake costs more than a call;
    the one that was used last is used first, so that those that are not needed go cold.
    """

    def __init__(self, login: Login, *, timeouts: Timeouts, trust_env: bool = True) -> None:
        self._login = login
        self._timeouts = timeouts
        self._trust_env = trust_env
        self._changed = threading.Condition(threading.Lock())
        self._lines: set[Line] = set()
        self._free: list[Line] = []
        self._closed = False

    def request(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Request:
        """Make a request that is ready to be sent, once."""
        request = httpx.Request(
            method, _parsed(url), content=body or None, headers={**_HEADERS, **headers}
        )
        self._login.prepare(request)
        return request

    def send(self, request: httpx.Request) -> Answer:
        """Send once and return what came of it; raises RuntimeError only if this is closed."""
        if self._closed:
            raise RuntimeError("The connection to NetSuite is closed.")
        line = self._line()
        if line is None:
            return Answer(failure=Failure.CLOSED)
        told = line.ask(request)
        outcome = None
        try:
            outcome = told.get(timeout=self._timeouts.total)
        except Empty:
            line.cut(told)  # before the look at how far it came: from now on nothing leaves it
            late = Failure.CONNECT_TIMEOUT if line.is_connecting else Failure.TIMEOUT
            return line.so_far(late)
        finally:
            if outcome is None:  # a caller that was interrupted leaves nothing running, too
                line.cut(told)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def close(self) -> None:
        """End every exchange that still runs, and the connections; again is harmless."""
        with self._changed:
            self._closed = True
            lines, self._lines = self._lines, set()
            self._changed.notify_all()
        for line in lines:
            line.cut()
            line.end()
        until = time.monotonic() + _CLOSING_TIME
        for line in lines:
            line.join(until - time.monotonic())

    def _line(self) -> Line | None:
        """Wait for a free line; none if this was closed meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._may_have_one)
            if self._closed:
                return None
            if self._free:
                return self._free.pop()
            line = Line(self._client(), when_free=self._freed)
            self._lines.add(line)
            return line

    @property
    def _may_have_one(self) -> bool:
        return bool(self._free) or len(self._lines) < _AT_ONCE

    def _freed(self, line: Line) -> None:
        with self._changed:
            if line.is_cut:
                self._lines.discard(line)
                line.end()
            else:
                self._free.append(line)
            self._changed.notify()

    def _client(self) -> httpx.Client:
        return httpx.Client(
            auth=self._login,
            timeout=httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect),
            follow_redirects=False,
            trust_env=self._trust_env,
            verify=_trusted(trust_env=self._trust_env),
            cookies=CookieJar(_NO_COOKIES),
        )


_parsed = lru_cache(maxsize=64)(httpx.URL)  # most calls go to the same few addresses


@cache
def _trusted(*, trust_env: bool) -> ssl.SSLContext:
    """Whose certificates are believed; to read them all takes longer than a call."""
    return httpx.create_ssl_context(trust_env=trust_env)
