"""The HTTP server: uvicorn around the surface, quick to be ready and quick to end."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uvicorn

from nsconsole.sandbox.app import Surface
from nsconsole.sandbox.connection import Connection
from nsconsole.sandbox.endpoint import Services
from nsconsole.sandbox.faults import Faults
from nsconsole.sandbox.logins.gate import Gate
from nsconsole.sandbox.pool import Pool
from nsconsole.sandbox.traffic import Traffic

if TYPE_CHECKING:
    import socket

    from nsconsole.sandbox.account import Account
    from nsconsole.sandbox.behaviour import Switches
    from nsconsole.sandbox.clock import Clock
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.server import Options

_LOOK_SECONDS = 0.005
_TURNS = 5  # of the event loop: more than a connection takes to come or to go
_GRACE_SECONDS = 1
_KEEP_ALIVE_SECONDS = 75  # longer than clients keep idle connections, so that none meets its end
_LARGEST_HEAD = 64 * 1024  # bytes of request line and headers
_SILENT = logging.CRITICAL + 1


def services(
    options: Options, who: Account, database: Database, clock: Clock, switches: Switches
) -> Services:
    """What the endpoints of a sandbox with those options work with."""
    return Services(
        account_id=who.id,
        gate=Gate(who, database, switches),
        pool=Pool(options.concurrency),
        faults=Faults(options.seed),
        traffic=Traffic(options.on_request),
        clock=clock,
        switches=switches,
        latency=options.latency_ms / 1000,
    )


class Server(uvicorn.Server):
    """uvicorn, silent, telling when it is ready to answer."""

    def __init__(self, database: Database, services: Services) -> None:
        super().__init__(
            uvicorn.Config(
                Surface(database, services).application(),
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
        """Serve until `stop`; `ready` is set even if that comes to nothing."""
        try:
            self.run([listener])
        finally:
            self.ready.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; `ready` is set when it does."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._remember)
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Serve until `stop`; uvicorn's own loop looks only every 100 ms whether it shall end."""
        await self.on_tick(0)
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every connection; uvicorn's own way pauses for 100 ms, and a test would wait."""
        for each in sockets or ():
            # Whoever has just been accepted gets a transport only from a server that is still
            # open; without one, nobody would close the socket.
            asyncio.get_running_loop().remove_reader(each)
        await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await self._end_connections()
        for task in self.server_state.tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await _turns()

    async def _end_connections(self) -> None:
        """Let what is being answered be answered; whoever has just come in may leave again."""
        state, told = self.server_state, set[object]()
        await _turns()
        while state.connections or state.tasks:
            for connection in set(state.connections) - told:
                connection.shutdown()
                told.add(connection)
            await asyncio.sleep(_LOOK_SECONDS)

    def _remember(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What went wrong beside any request is told by the stats, and not on stderr."""
        error = context.get("exception") or RuntimeError(context["message"])
        self._services.traffic.bug(self._services.clock(), "server", error)


async def _turns() -> None:
    """Let what is under way in the event loop come about."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
