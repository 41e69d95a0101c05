"""Starting and stopping a sandbox, in a thread of a test or for a command."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import uvicorn

from nsconsole.sandbox.account import account
from nsconsole.sandbox.app import Surface
from nsconsole.sandbox.database import Database, StateError
from nsconsole.sandbox.suiteql.service import prepare_reader
from nsconsole.sandbox.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from starlette.applications import Starlette

HOST = "127.0.0.1"
INTERRUPTED = 130
_BACKLOG = 2048
_GRACE_SECONDS = 2
_SIGNAL_SECONDS = 0.2  # how long a signal may go unnoticed
_SILENT = logging.CRITICAL + 1


class SandboxError(OSError):
    """The sandbox cannot start; the message says why."""


def utcnow() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox is to be.

    `port` 0 picks a free one; `rows` is about how many transactions there are (None: 1,500);
    `latency_ms` is added to NetSuite's answers, not to the sandbox's doors; `state` is the file in
    which everything lives on (None: nothing outlives the sandbox); `now` gives aware UTC datetimes.
    """

    port: int = 0
    seed: int = 1
    rows: int | None = None
    latency_ms: int = 0
    state: Path | None = None
    now: Callable[[], datetime] = utcnow


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers: its address, and what a client needs to log in."""

    url: str
    account: str
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    token_id: str = field(repr=False)
    token_secret: str = field(repr=False)

    def as_json(self) -> dict[str, str | None]:
        """The line of `nsconsole sandbox --json`; there is no OAuth 2.0 login yet."""
        return {
            "url": self.url,
            "account": self.account,
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "token_id": self.token_id,
            "token_secret": self.token_secret,
            "client_id": None,
            "certificate_id": None,
            "private_key_file": None,
        }


@contextmanager
def running(options: Options | None = None) -> Iterator[Running]:
    """A sandbox in a thread of its own, for as long as the block lasts.

    Raises:
        SandboxError: the port is taken, or the state file cannot be used.
    """
    options = options or Options()
    who = account(options.seed)
    with _listening(options.port) as listener, _database(options) as database:
        surface = Surface(who, database, Traffic(), options.now, options.latency_ms / 1000)
        server = _Server(surface.application())
        thread = threading.Thread(
            target=server.serve_on, args=(listener,), name="nsconsole-sandbox", daemon=True
        )
        thread.start()
        server.ready.wait()
        if not server.started:
            raise SandboxError("the sandbox's server did not start")
        try:
            yield Running(
                url=f"http://{HOST}:{listener.getsockname()[1]}",
                account=who.id,
                consumer_key=who.consumer_key,
                consumer_secret=who.consumer_secret,
                token_id=who.token_id,
                token_secret=who.token_secret,
            )
        finally:
            server.should_exit = True
            thread.join()


def run(
    options: Options,
    *,
    on_ready: Callable[[Running], None],
    until: threading.Event | None = None,
) -> int:
    """Run a sandbox until SIGINT, SIGTERM or `until`; return the exit code for it.

    Called in the main thread, for only there signals can be handled.

    Raises:
        SandboxError: the port is taken, or the state file cannot be used.
    """
    stop = until or threading.Event()
    codes: list[int] = []

    def on_signal(number: int, _: FrameType | None) -> None:
        # To set an event here could deadlock: the main thread may be holding its lock.
        codes.append(INTERRUPTED if number == signal.SIGINT else 0)

    before = {each: signal.signal(each, on_signal) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running(options) as sandbox:
            on_ready(sandbox)
            while not codes and not stop.wait(_SIGNAL_SECONDS):
                pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    return codes[0] if codes else 0


class _Server(uvicorn.Server):
    """uvicorn, silent, telling when it is ready to answer."""

    def __init__(self, application: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                lifespan="off",
                log_config=None,
                log_level=_SILENT,
                access_log=False,
                proxy_headers=False,
                date_header=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self.ready = threading.Event()

    def serve_on(self, listener: socket.socket) -> None:
        """Serve until `should_exit`; `ready` is set even if that comes to nothing."""
        try:
            self.run([listener])
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    # asyncio turns Nagle's delay off only for sockets that say they are TCP: 40 ms an answer.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(_BACKLOG)
        except (OSError, OverflowError) as problem:
            raise SandboxError(f"cannot listen on {HOST}:{port}: {problem}") from problem
        yield listener


@contextmanager
def _database(options: Options) -> Iterator[Database]:
    try:
        database = Database(
            options.state,
            seed=options.seed,
            rows=options.rows,
            prepare_reader=prepare_reader(options.now),
        )
    except StateError as problem:
        raise SandboxError(str(problem)) from problem
    with database:
        yield database
