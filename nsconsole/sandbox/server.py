"""Starting and stopping a sandbox, in a thread of a test or for a command."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import tempfile
import threading
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nsconsole.sandbox.account import account
from nsconsole.sandbox.behaviour import Behaviour, Switches
from nsconsole.sandbox.clock import Clock
from nsconsole.sandbox.database import Database, StateError
from nsconsole.sandbox.serving import Server, services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from nsconsole.sandbox.account import Account
    from nsconsole.sandbox.traffic import Passed

HOST = "127.0.0.1"
INTERRUPTED = 130
_BACKLOG = 2048
_OPEN_FILES = 8192
_SIGNAL_SECONDS = 0.2  # how long a signal may go unnoticed


class SandboxError(OSError):
    """The sandbox cannot start; the message says why."""


class _StoppedError(Exception):
    """The sandbox is to end before it has begun."""


def utcnow() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox is to be.

    `port` 0 picks a free one; `rows` is about how many transactions there are (None: 1,500); an
    answer of NetSuite takes `latency_ms` to within one, unless its work takes longer, one of the
    sandbox's doors does not; `state` is the file in which everything lives on (None: nothing
    outlives the sandbox); `now` gives aware UTC datetimes. `concurrency` is how many calls may be
    under way at once in the account; `on_request` is told of every request that is over, in the
    thread that serves; `progress` of how many transactions of a large account are made, and of how
    many. A new account is kept in the folder `keep_in`, from which the next start copies it.
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
    progress: Callable[[int, int], None] = lambda done, total: None
    keep_in: Path | None = None


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
    with (
        _listening(options.port) as listener,
        _claimed(options.state) if options.state else nullcontext(),
        _database(options) as database,
        _key_file(options.state, who) as key_file,
    ):
        clock = Clock(options.now, switches)
        server = Server(database, services(options, who, database, clock, switches))
        thread = threading.Thread(
            target=server.serve_on, args=(listener,), name="nsconsole-sandbox", daemon=True
        )
        thread.start()
        server.ready.wait()
        if not server.started:
            raise SandboxError("the sandbox's server did not start")
        threading.Thread(target=_warm_up, name="nsconsole-warm-up", daemon=True).start()
        try:
            yield _told(f"http://{HOST}:{listener.getsockname()[1]}", who, key_file)
        finally:
            server.stop()
            thread.join()


def _told(url: str, who: Account, key_file: Path) -> Running:
    return Running(
        url=url,
        account=who.id,
        consumer_key=who.consumer_key,
        consumer_secret=who.consumer_secret,
        token_id=who.token_id,
        token_secret=who.token_secret,
        client_id=who.client_id,
        certificate_id=who.certificate_id,
        private_key_file=str(key_file),
    )


def _prepare_reader(connection: sqlite3.Connection) -> None:
    from nsconsole.sandbox.suiteql.running import prepare_reader  # see `_warm_up`

    prepare_reader(connection)


def _warm_up() -> None:
    """Import what the first query needs, which is not needed to be ready for it."""
    from nsconsole.sandbox.suiteql import service

    del service


def run(
    options: Options,
    *,
    on_ready: Callable[[Running], None],
    until: threading.Event | None = None,
) -> int:
    """Run a sandbox until SIGINT, SIGTERM, SIGHUP or `until`; return the exit code for it.

    Called in the main thread, for only there signals can be handled.

    Raises:
        SandboxError: the port is taken, or the state file cannot be used.
    """
    stop = until or threading.Event()
    codes: list[int] = []

    def progress(done: int, total: int) -> None:
        if codes or stop.is_set():
            raise _StoppedError
        options.progress(done, total)

    def on_signal(number: int, _: FrameType | None) -> None:
        # To set an event here could deadlock: the main thread may be holding its lock.
        codes.append(INTERRUPTED if number == signal.SIGINT else 0)

    _allow_many_connections()
    before = {each: signal.signal(each, on_signal) for each in _ends()}
    try:
        with suppress(_StoppedError), running(replace(options, progress=progress)) as sandbox:
            on_ready(sandbox)
            while not codes and not stop.wait(_SIGNAL_SECONDS):
                pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    return codes[0] if codes else 0


def _ends() -> Iterator[signal.Signals]:
    """The signals that end a sandbox; SIGHUP comes when a terminal is closed."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            yield signal.Signals[name]


def _allow_many_connections() -> None:
    """Raise the number of open files as far as it goes: some systems begin with 256."""
    with suppress(ImportError, ValueError, OSError):  # not every system has, or lets, it
        import resource

        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(most, _OPEN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, wanted), most))


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
def _claimed(state: Path) -> Iterator[None]:
    """The state file is this process's alone; a process that dies lets go of it."""
    if not state.absolute().parent.is_dir():
        raise SandboxError(f"cannot keep the state in {state}: there is no such folder")
    name = state.absolute().with_name(f"{state.name}.lock")
    # A database that stays empty: SQLite knows how to lock a file on every system.
    try:
        lock = sqlite3.connect(name, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as problem:
        raise SandboxError(f"cannot write {name}: {problem}") from problem
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            raise SandboxError(f"{state}: another sandbox is using this state") from problem
        yield


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
def _database(options: Options) -> Iterator[Database]:
    try:
        database = Database(
            options.state,
            seed=options.seed,
            rows=options.rows,
            prepare_reader=_prepare_reader,
            progress=options.progress,
            keep_in=options.keep_in,
        )
    except StateError as problem:
        raise SandboxError(str(problem)) from problem
    with database:
        yield database
