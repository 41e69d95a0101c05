"""The sandbox's doors over HTTP: no login, plain JSON, for whoever is on this machine."""

from __future__ import annotations

import time
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from nsconsole.sandbox import behaviour
from nsconsole.sandbox.behaviour import BehaviourError
from nsconsole.sandbox.clock import TooFarError
from nsconsole.sandbox.doors import DoorError, drift, ledger, load
from nsconsole.sandbox.doors import rows as door_rows
from nsconsole.sandbox.endpoint import Exchange, read_body, tell
from nsconsole.sandbox.forms import Refusal, json_bytes
from nsconsole.sandbox.restlet.script import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from nsconsole.sandbox.clock import Clock
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.endpoint import Services

    Work: TypeAlias = Callable[[Exchange], object]

_LARGEST_BODY = 1024**3


class Doors:
    """Every door on one sandbox; each takes a request and gives what is answered as JSON."""

    def __init__(self, database: Database, services: Services) -> None:
        self._database = database
        self._services = services

    def routes(self) -> list[Route]:
        """Where the doors are; the last one catches whatever is none."""
        doors: list[tuple[str, Work, str]] = [
            ("ledger", self._ledger, "GET DELETE"),
            ("stats", self._stats, "GET"),
            ("faults", self._faults, "GET POST DELETE"),
            ("behaviour", self._behaviour, "GET PATCH"),
            ("clock", self._clock, "GET POST"),
            ("certificates", self._certificates, "POST"),
            ("features", self._features, "POST"),
            ("load", self._load, "POST"),
            ("tables/{table}/rows", self._rows, "POST DELETE"),
            ("tables/{table}/columns", self._columns, "POST"),
            ("tables/{table}", self._table, "POST"),
        ]
        return [
            *(
                Route(f"/sandbox/{path}", Door(self._services, work), methods=methods.split())
                for path, work, methods in doors
            ),
            Route("/sandbox{path:path}", Door(self._services, _no_door)),
        ]

    def _ledger(self, exchange: Exchange) -> object:
        if exchange.request.method == "DELETE":
            ledger.clear_ledger(self._database)
        return ledger.ledger(self._database)

    def _stats(self, _: Exchange) -> object:
        services = self._services
        return {**services.traffic.stats(), "concurrency": services.pool.stats()}

    def _faults(self, exchange: Exchange) -> object:
        faults = self._services.faults
        if exchange.request.method == "POST":
            return faults.order(_given(exchange))
        if exchange.request.method == "DELETE":
            faults.clear()
        return faults.as_json()

    def _behaviour(self, exchange: Exchange) -> object:
        switches = self._services.switches
        if exchange.request.method == "PATCH":
            given = _given(exchange)
            if not isinstance(given, dict):
                raise DoorError("The body must be an object of switches and their values.")
            switches.change(given)
        return behaviour.as_json(switches.current)

    def _clock(self, exchange: Exchange) -> object:
        clock = self._services.clock
        if exchange.request.method == "POST":
            _advance(clock, _given(exchange))
        return {"now": clock().isoformat()}

    def _certificates(self, exchange: Exchange) -> object:
        return self._services.gate.certificates.register(_given(exchange), exchange.at)

    def _features(self, exchange: Exchange) -> object:
        return drift.turn_features(self._database, _given(exchange))

    def _load(self, exchange: Exchange) -> object:
        return {"rows": load.load(self._database, _given(exchange), exchange.stamp)}

    def _rows(self, exchange: Exchange) -> object:
        deleting = exchange.request.method == "DELETE"
        change = door_rows.delete_rows if deleting else door_rows.put_rows
        table = exchange.request.path_params["table"]
        return {"rows": change(self._database, table, _given(exchange), exchange.stamp)}

    def _columns(self, exchange: Exchange) -> object:
        table = exchange.request.path_params["table"]
        return drift.drift(self._database, table, _given(exchange), exchange.stamp)

    def _table(self, exchange: Exchange) -> object:
        table = exchange.request.path_params["table"]
        return drift.set_access(self._database, table, _given(exchange))


class Door:
    """One door; an ASGI application."""

    def __init__(self, services: Services, work: Work) -> None:
        self._services = services
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = time.monotonic()
        services = self._services
        request = Request(scope, receive)
        try:
            body = await read_body(request, _LARGEST_BODY)
        except ClientDisconnect:
            return
        exchange = Exchange(request, body, services.clock(), services.switches.current)
        status, content = await run_in_threadpool(self._answer, exchange)
        date = format_datetime(services.clock(), usegmt=True)
        headers = {"content-type": "application/json", "date": date}
        await Response(content, status, headers)(scope, receive, send)
        tell(services.traffic, exchange, str(status), time.monotonic() - begun)

    def _answer(self, exchange: Exchange) -> tuple[int, bytes]:
        """The status and what is answered, as JSON."""
        # Not a JSONResponse: what the doors give back may hold text that UTF-8 cannot carry.
        try:
            return 200, json_bytes(self._work(exchange))
        except (DoorError, BehaviourError, Refusal) as refused:
            return 400, json_bytes({"error": str(refused)})
        except Exception as error:  # noqa: BLE001 - the boundary: no traceback reaches a client
            self._services.traffic.bug(exchange.at, "door", error)
            return 500, json_bytes({"error": "The door failed; see /sandbox/stats."})


def _given(exchange: Exchange) -> object:
    """The body's JSON value."""
    if exchange.body is None:
        raise DoorError(f"The body is larger than {_LARGEST_BODY} bytes.")
    return parse(exchange.body)


def _advance(clock: Clock, given: object) -> None:
    seconds = given.get("advance_seconds") if isinstance(given, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise DoorError('The body must be {"advance_seconds": N}.')
    try:
        clock.advance(timedelta(seconds=seconds))
    except (TooFarError, OverflowError):
        raise DoorError("advance_seconds may come to at most a hundred years.") from None


def _no_door(exchange: Exchange) -> object:
    raise DoorError(f"There is no door {exchange.request.method} {exchange.path}.")
