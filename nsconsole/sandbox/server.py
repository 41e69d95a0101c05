"""Starting and stopping a sandbox, in a thread of a test or for a command."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from nsconsole.sandbox.account import account
from nsconsole.sandbox.app import Surface
from nsconsole.sandbox.behaviour import Behaviour, Switches
from nsconsole.sandbox.clock import Clock
from nsconsole.sandbox.connection import Connection
from nsconsole.sandbox.database import Database, StateError
from nsconsole.sandbox.endpoint import Services
from nsconsole.sandbox.faults import Faults
from nsconsole.sandbox.logins.gate import Gate
from nsconsole.sandbox.pool import Pool
from nsconsole.sandbox.suiteql.running import prepare_reader
from nsconsole.sandbox.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.applications import Starlette

    from nsconsole.sandbox.account import Account
    from nsconsole.sandbox.traffic import Passed

HOST = "127.0.0.1"
INTERRUPTED = 130
_BACKLOG = 2048
_LOOK_SECONDS = 0.005
_GRACE_SECONDS = 1
_KEEP_ALIVE_SECONDS = 75  # longer than clients keep idle connections, so that none meets its end
_OPEN_FILES = 8192
_LARGEST_HEAD = 64 * 1024  # bytes of request line and headers
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
    `concurrency` is how many calls may be under way at once in the account; `on_request` is told of
    every request that is over, in the thread that serves.
    """

    port: int = 0
    seed: int = 1
    rows: int | None = None
    latency_ms: int = 0
    state: Path | None = None
    now: Callable[[], datetime] = utcnow
    concurrency: int = 5
    behaviour: Behaviour = field(default_factory=Behaviour)
    on_request: Callable[[Passed], None] | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers: its address, and what a client needs to log in."""

    url: str
    account: str
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    token_id: str = field(repr=False)
    token_secret: str = field(repr=False)
    client_id: str
    certificate_id: str
    private_key_file: str

    def as_json(self) -> dict[str, str]:
        """The line of `nsconsole sandbox --json`."""
        return asdict(self)


@contextmanager
def running(options: Options | None = None) -> Iterator[Running]:
    """A sandbox in a thread of its own, for as long as the block lasts.

    Raises:
        SandboxError: the port is taken, or the state file cannot be used.
    """
    options = options or Options()
    who = account(options.seed)
    switches = Switches(options.behaviour)
    clock = Clock(options.now, switches)
    with (
        _listening(options.port) as listener,
        _database(options, clock) as database,
        _key_file(options.state, who) as key_file,
    ):
        services = Services(
            account_id=who.id,
            gate=Gate(who, database, switches),
            pool=Pool(options.concurrency),
            faults=Faults(options.seed),
            traffic=Traffic(options.on_request),
            clock=clock,
            switches=switches,
            latency=options.latency_ms / 1000,
        )
        server = _Server(Surface(database, services).application(), services)
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
                client_id=who.client_id,
                certificate_id=who.certificate_id,
                private_key_file=str(key_file),
            )
        finally:
            server.stop()
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

    _allow_many_connections()
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


def _allow_many_connections() -> None:
    """Raise the number of open files as far as it goes: some systems begin with 256."""
    with suppress(ImportError, ValueError, OSError):  # not every system has, or lets, it
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(most, _OPEN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, wanted), most))


class _Server(uvicorn.Server):
    """uvicorn, silent, telling when it is ready to answer."""

    def __init__(self, application: Starlette, services: Services) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level=_SILENT,
                access_log=False,
                proxy_headers=False,
                date_header=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                h11_max_incomplete_event_size=_LARGEST_HEAD,
            )
        )
        self.ready = threading.Event()
        self._services = services
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Have the server end, from another thread; it may have ended already."""
        if self._loop is not None:
            with suppress(RuntimeError):  # its loop is closed
                self._loop.call_soon_threadsafe(self._stopping.set)

    def serve_on(self, listener: socket.socket) -> None:
        """Serve until `should_exit`; `ready` is set even if that comes to nothing."""
        try:
            self.run([listener])
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._remember)
        await super().startup(sockets)
        self.ready.set()

    # uvicorn looks every 100 ms whether it shall stop, and then pauses for as long again: a test
    # would wait for that each time that it needs a sandbox.

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await self._end_connections()
        for task in self.server_state.tasks:
            task.cancel()

    async def _end_connections(self) -> None:
        """Let what is being answered be answered; whoever has just come in may leave again."""
        state, told = self.server_state, set[object]()
        await asyncio.sleep(_LOOK_SECONDS)
        while state.connections or state.tasks:
            for connection in set(state.connections) - told:
                connection.shutdown()
                told.add(connection)
            await asyncio.sleep(_LOOK_SECONDS)

    def _remember(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What went wrong beside any request is told by the stats, and not on stderr."""
        error = context.get("exception") or RuntimeError(context["message"])
        self._services.traffic.bug(self._services.clock(), "server", error)


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
def _key_file(state: Path | None, who: Account) -> Iterator[Path]:
    """The file with the certificate's private key: beside the state, or gone in the end."""
    if state is not None:
        yield _written_key(state.absolute().with_name(f"{state.name}.key.pem"), who)
        return
    with tempfile.TemporaryDirectory(prefix="nsconsole-key-") as folder:
        yield _written_key(Path(folder) / "private_key.pem", who)


def _written_key(path: Path, who: Account) -> Path:
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(who.private_key)
    except OSError as problem:
        raise SandboxError(f"cannot write the private key to {path}: {problem}") from problem
    return path


@contextmanager
def _database(options: Options, clock: Clock) -> Iterator[Database]:
    try:
        database = Database(
            options.state,
            seed=options.seed,
            rows=options.rows,
            prepare_reader=prepare_reader,
        )
    except StateError as problem:
        raise SandboxError(str(problem)) from problem
    with database:
        yield database
