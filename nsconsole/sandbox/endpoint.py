"""One of NetSuite's endpoints: the login, a place in the pool, faults, the work, the answer."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from nsconsole.sandbox.broken import Cut, Silence, Truncated, connection
from nsconsole.sandbox.faults import Call, Effect
from nsconsole.sandbox.forms import Answer, Refusal
from nsconsole.sandbox.logins import LoginRefusedError
from nsconsole.sandbox.logins.tba import SignedRequest, origin
from nsconsole.sandbox.manners import unavailable, unexpected
from nsconsole.sandbox.pool import PoolFullError
from nsconsole.sandbox.traffic import DROPPED, Passed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from nsconsole.sandbox.behaviour import Behaviour, Switches
    from nsconsole.sandbox.clock import Clock
    from nsconsole.sandbox.faults import Blow, Faults, Strike
    from nsconsole.sandbox.logins.gate import Gate
    from nsconsole.sandbox.manners import Manners
    from nsconsole.sandbox.pool import Pool
    from nsconsole.sandbox.traffic import Traffic

    Work: TypeAlias = Callable[["Exchange"], Answer]

LARGEST_BODY = 10 * 1024 * 1024
"""What NetSuite takes (Oracle, "RESTlet Governance"), in bytes."""
_DRAINED = 10  # times the largest body: beyond that, a client that keeps sending is cut off
_WAY_OUT = 0.001  # seconds: half of it to send an answer, half that the event loop wakes up late
_NOT_JSON = b"<!DOCTYPE html>\n<html><body><h1>Please stand by</h1></body></html>\n"


@dataclass(frozen=True, slots=True)
class Services:
    """What every endpoint works with; `latency` is how many seconds an answer takes, if it is
    not the work that takes longer.
    """

    account_id: str
    gate: Gate
    pool: Pool
    faults: Faults
    traffic: Traffic
    clock: Clock
    switches: Switches
    latency: float


@dataclass(slots=True)
class Exchange:
    """One request, read whole; its body is None if it was larger than NetSuite takes.

    `at` is the sandbox's time, `behaviour` what held, and `came` the monotonic clock when the last
    of it came. `refused` has the code of each operation of a RESTlet's call that a fault refuses,
    by its place.
    """

    request: Request
    body: bytes | None
    at: datetime
    behaviour: Behaviour
    came: float = field(init=False)
    refused: Mapping[int, str] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        self.came = connection(self.request.scope).heard

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in the case in which it came."""
        return self.request.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def path(self) -> str:
        """The path as it was sent."""
        raw: bytes = self.request.scope["raw_path"]
        return raw.decode("latin-1")

    @property
    def query(self) -> str:
        """The query string as it was sent."""
        raw: bytes = self.request.scope["query_string"]
        return raw.decode("latin-1")

    @property
    def address(self) -> str:
        """Where the client sent it, without the query string."""
        return f"{origin(self.request.headers.get('host', ''))}{self.path}"

    @property
    def stamp(self) -> datetime:
        """What a change made now says that it was made at."""
        return self.at - timedelta(seconds=self.behaviour.late_commit_seconds)


class Endpoint:
    """An endpoint by the name that faults and counts know it by; an ASGI application.

    `at_once` tells for the length of a block whether the work may be done on the event loop. What
    may take long gets a thread. A write is short: to hand it to a thread would only cost a third of
    the speed, unless it has to wait for the writer.
    """

    def __init__(
        self,
        services: Services,
        name: str,
        work: Work,
        manners: Manners,
        *,
        at_once: Callable[[], AbstractContextManager[bool]],
    ) -> None:
        self._services = services
        self._name = name
        self._work = work
        self._manners = manners
        self._at_once = at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = time.monotonic()
        request = Request(scope, receive)
        services = self._services
        with services.traffic.passing():
            try:
                body = await read_body(request, LARGEST_BODY)
            except ClientDisconnect:
                return
            exchange = Exchange(request, body, services.clock(), services.switches.current)

            async def respond(response: Response) -> None:
                outcome = _outcome(response)
                services.traffic.answered(self._name, outcome)
                try:
                    await response(scope, receive, send)
                finally:
                    tell(services.traffic, exchange, outcome, time.monotonic() - begun)

            await self._serve(exchange, respond)

    async def _serve(
        self, exchange: Exchange, respond: Callable[[Response], Awaitable[None]]
    ) -> None:
        try:
            if self._manners.scope is None:
                await respond(await self._response(exchange))
                return
            self._log_in(exchange, self._manners.scope)
            with self._services.pool.place(exchange.behaviour):
                await respond(await self._response(exchange))
                return
        except LoginRefusedError as refused:
            answer = self._unauthorized(exchange, refused)
        except PoolFullError:
            answer = self._refusal(self._manners.overload(exchange.behaviour), exchange)
        except Exception as error:  # noqa: BLE001 - the boundary: NetSuite never shows a traceback
            self._services.traffic.bug(exchange.at, self._name, error)
            answer = self._refusal(unexpected(), exchange)
        await respond(self._dated(answer))

    def _log_in(self, exchange: Exchange, scope: str) -> None:
        request = exchange.request
        signed = SignedRequest(
            method=request.method,
            host=request.headers.get("host", ""),
            path=exchange.path,
            query=exchange.query,
            authorization=request.headers.get("authorization", ""),
        )
        self._services.gate.admit(signed, scope, exchange.at.timestamp())

    async def _response(self, exchange: Exchange) -> Response:
        """The answer, or what a fault makes of it."""
        strike = self._strike(exchange)
        wait = strike.blow.ms / 1000 if strike else 0
        if strike is not None:
            exchange.note = f"fault: {strike.blow.effect.value}"
            response = self._instead(exchange, strike)
            if response is not None:
                return response
            exchange.refused = dict.fromkeys(strike.operations, strike.blow.code)
            await asyncio.sleep(wait)
        answer = await self._answer(exchange)
        left = exchange.came + wait + self._services.latency - time.monotonic()
        if left > _WAY_OUT:
            await asyncio.sleep(left - _WAY_OUT)
        return self._dated(answer) if strike is None else self._after(exchange, answer, strike.blow)

    def _strike(self, exchange: Exchange) -> Strike | None:
        faults = self._services.faults
        return faults.strike(_call(self._name, exchange)) if faults else None

    def _instead(self, exchange: Exchange, strike: Strike) -> Response | None:
        """What answers in the place of the work, if the fault keeps it from being done."""
        match strike.blow.effect:
            case Effect.UNAUTHORIZED:
                scheme = exchange.request.headers.get("authorization", "").partition(" ")[0]
                error = "invalid_token" if scheme.lower() == "bearer" else None
                raise LoginRefusedError("fault", error=error)
            case Effect.CONCURRENCY:
                raise PoolFullError
            case Effect.DROP_BEFORE:
                return Cut()
            case Effect.TIMEOUT:
                return Silence()
            case Effect.ERROR_500:
                return self._dated(self._refusal(unexpected(), exchange))
            case Effect.ERROR_503:
                return self._dated(self._refusal(unavailable(), exchange))
            case Effect.BUSINESS_ERROR if self._name != "restlet":
                refusal = Refusal(400, strike.blow.code, "The request was refused.")
                return self._dated(self._refusal(refusal, exchange))
        return None

    def _after(self, exchange: Exchange, answer: Answer, blow: Blow) -> Response:
        """What comes of the answer when the work is done."""
        match blow.effect:
            case Effect.DROP_AFTER:
                return Cut()
            case Effect.ERROR_AFTER:
                return self._dated(self._refusal(unexpected(), exchange))
            case Effect.MALFORMED:
                return self._dated(Answer(200, _NOT_JSON, answer.headers))
            case Effect.TRUNCATED:
                return Truncated(answer.body, answer.status, answer.headers)
        return self._dated(answer)

    async def _answer(self, exchange: Exchange) -> Answer:
        with self._at_once() as at_once:
            if at_once:
                return self._worked(exchange)
        return await run_in_threadpool(self._worked, exchange)

    def _worked(self, exchange: Exchange) -> Answer:
        exchange.at = self._services.clock()
        try:
            return self._work(exchange)
        except Refusal as refusal:
            return self._refusal(refusal, exchange)

    def _unauthorized(self, exchange: Exchange, refused: LoginRefusedError) -> Answer:
        exchange.note = exchange.note or f"login refused: {refused}"
        self._services.traffic.login_refused(exchange.at, self._name, str(refused))
        return self._manners.unauthorized(
            refused, self._services.account_id, exchange.content_type, exchange.behaviour
        )

    def _refusal(self, refusal: Refusal, exchange: Exchange) -> Answer:
        return self._manners.answer(refusal, exchange.content_type, exchange.behaviour)

    def _dated(self, answer: Answer) -> Response:
        """The answer with the server's own time: a client can tell how far its clock is off."""
        date = format_datetime(self._services.clock(), usegmt=True)
        return Response(answer.body, answer.status, {**answer.headers, "date": date})


async def read_body(request: Request, largest: int) -> bytes | None:
    """The request's body; None if it is larger than `largest` bytes.

    Raises:
        ClientDisconnect: the client went away before it had sent everything, or was cut off since
            there was no end to it.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= largest:
            chunks.append(chunk)
        elif size > _DRAINED * largest:
            connection(request.scope).transport.abort()
            raise ClientDisconnect
    return b"".join(chunks) if size <= largest else None


def tell(traffic: Traffic, exchange: Exchange, outcome: str, seconds: float) -> None:
    """Tell of a request that is over, to whoever wants to know."""
    if traffic.tell is not None:
        method, path = exchange.request.method, exchange.path
        traffic.tell(Passed(exchange.at, method, path, outcome, seconds, exchange.note))


def _outcome(response: Response) -> str:
    return DROPPED if isinstance(response, Cut | Silence) else str(response.status_code)


def _call(endpoint: str, exchange: Exchange) -> Call:
    """The request as faults look at it."""
    text = (exchange.body or b"").decode(errors="replace")
    operations: list[object] = []
    if endpoint == "restlet":
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            given = None
        listed = given.get("operations", [given]) if isinstance(given, dict) else []
        operations = listed if isinstance(listed, list) else []
    return Call(
        endpoint=endpoint,
        method=exchange.request.method,
        target=f"{exchange.path}?{exchange.query}",
        text=text,
        operations=[each if isinstance(each, dict) else {} for each in operations],
    )
