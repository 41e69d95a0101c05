"""The HTTP surface: NetSuite's endpoints behind their login, the sandbox's doors beside them."""

from __future__ import annotations

import asyncio
import secrets
import string
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nsconsole.sandbox.auth import LoginRefusedError, SignedRequest, authenticate, spend
from nsconsole.sandbox.doors import DoorError, drift, ledger, load
from nsconsole.sandbox.doors import rows as door_rows
from nsconsole.sandbox.forms import Answer, Refusal, rest_error, restlet_error
from nsconsole.sandbox.restlet import script as restlet
from nsconsole.sandbox.suiteql import service as suiteql

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from starlette.requests import Request

    from nsconsole.sandbox.account import Account
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.traffic import Traffic

    Work: TypeAlias = Callable[[Request, bytes | None, datetime], Answer]
    Form: TypeAlias = Callable[[Refusal, str], Answer]

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_DRAINED = 10  # times the largest body: beyond that, a client that keeps sending is cut off


@dataclass(frozen=True, slots=True)
class Surface:
    """What the endpoints work with; `latency` is in seconds, `now` gives aware UTC datetimes."""

    account: Account
    database: Database
    traffic: Traffic
    now: Callable[[], datetime]
    latency: float

    def application(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route(
                    restlet.PATH,
                    self._endpoint("restlet", self._restlet, restlet_error),
                    methods=_METHODS,
                ),
                Route(
                    suiteql.PATH,
                    self._endpoint("suiteql", self._suiteql, _rest_form, in_thread=True),
                    methods=_METHODS,
                ),
                Route("/sandbox/ledger", self._door(self._ledger), methods=["GET", "DELETE"]),
                Route("/sandbox/stats", self._door(self._stats), methods=["GET"]),
                Route(
                    "/sandbox/tables/{table}/rows",
                    self._door(self._put_rows),
                    methods=["POST", "DELETE"],
                ),
                Route(
                    "/sandbox/tables/{table}/columns", self._door(self._drift), methods=["POST"]
                ),
                Route("/sandbox/features", self._door(self._features), methods=["POST"]),
                Route("/sandbox/load", self._door(self._load), methods=["POST"]),
                Route("/sandbox/{path:path}", self._door(_no_door), methods=_METHODS),
                Route(
                    "/{path:path}", self._endpoint("other", _nowhere, _rest_form), methods=_METHODS
                ),
            ]
        )

    def _endpoint(
        self, name: str, work: Work, form: Form, *, in_thread: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """One of NetSuite's endpoints: the login, the work, and the form of its refusals.

        A query may take long and gets a thread. A write is short and there is one writer: to
        hand it to a thread would only cost a third of the speed.
        """

        async def endpoint(request: Request) -> Response:
            with self.traffic.passing():
                body = await _body(request)
                if self.latency:
                    await asyncio.sleep(self.latency)
                if in_thread:
                    answer = await run_in_threadpool(self._answer, name, work, form, request, body)
                else:
                    answer = self._answer(name, work, form, request, body)
            self.traffic.answered(name, answer.status)
            return self._response(answer)

        return endpoint

    def _answer(
        self, name: str, work: Work, form: Form, request: Request, body: bytes | None
    ) -> Answer:
        at = self.now()
        content_type = _content_type(request)
        try:
            self._log_in(request, at)
            return work(request, body, at)
        except LoginRefusedError as refused:
            self.traffic.login_refused(at, name, str(refused))
            return self._unauthorized(form, content_type)
        except Refusal as refusal:
            return form(refusal, content_type)
        except Exception as error:  # noqa: BLE001 - the boundary: NetSuite never shows a traceback
            self.traffic.bug(at, name, error)
            return form(_unexpected(), content_type)

    def _log_in(self, request: Request, at: datetime) -> None:
        signed = SignedRequest(
            method=request.method,
            host=request.headers.get("host", ""),
            path=request.scope["raw_path"].decode("latin-1"),
            query=request.scope["query_string"].decode("latin-1"),
            authorization=request.headers.get("authorization", ""),
        )
        login = authenticate(signed, self.account, now=at.timestamp())
        with self.database.write() as connection:
            spend(connection, login, now=at.timestamp())

    def _unauthorized(self, form: Form, content_type: str) -> Answer:
        if form is restlet_error:
            refusal = Refusal(401, "INVALID_LOGIN_ATTEMPT", "Invalid login attempt.")
        else:
            refusal = Refusal(
                401,
                "INVALID_LOGIN",
                "Invalid login attempt. For more details, see the Login Audit Trail in the "
                "NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.",
            )
        answer = form(refusal, content_type)
        challenge = (
            f'OAuth realm="{self.account.id}", error="token_rejected", '
            'error_description="Invalid login attempt."'
        )
        return Answer(answer.status, answer.body, {**answer.headers, "www-authenticate": challenge})

    def _restlet(self, request: Request, body: bytes | None, at: datetime) -> Answer:
        return restlet.call(
            self.database,
            method=request.method,
            query=request.query_params,
            content_type=_content_type(request),
            body=body,
            at=at,
        )

    def _suiteql(self, request: Request, body: bytes | None, _: datetime) -> Answer:
        if request.method != "POST":
            raise Refusal(405, "METHOD_NOT_ALLOWED", "The request method is not allowed here.")
        return suiteql.query(
            self.database,
            address=f"http://{request.headers['host']}{request.url.path}",
            prefer=request.headers.get("prefer", ""),
            content_type=_content_type(request),
            parameters=request.query_params,
            body=body,
        )

    def _door(
        self, work: Callable[[Request, bytes | None], object]
    ) -> Callable[[Request], Awaitable[Response]]:
        """One of the sandbox's doors: no login, plain JSON."""

        async def door(request: Request) -> Response:
            body = await _body(request)
            try:
                content = await run_in_threadpool(work, request, body)
            except (DoorError, Refusal) as refused:
                return self._dated(JSONResponse({"error": str(refused)}, status_code=400))
            return self._dated(JSONResponse(content))

        return door

    def _ledger(self, request: Request, _: bytes | None) -> object:
        if request.method == "DELETE":
            ledger.clear_ledger(self.database)
        return ledger.ledger(self.database)

    def _stats(self, _: Request, __: bytes | None) -> object:
        return self.traffic.stats()

    def _put_rows(self, request: Request, body: bytes | None) -> object:
        table = request.path_params["table"]
        given = restlet.parse(body or b"")
        change = door_rows.delete_rows if request.method == "DELETE" else door_rows.put_rows
        return {"rows": change(self.database, table, given, self.now())}

    def _drift(self, request: Request, body: bytes | None) -> object:
        given = restlet.parse(body or b"")
        return drift.drift(self.database, request.path_params["table"], given)

    def _features(self, _: Request, body: bytes | None) -> object:
        return drift.turn_features(self.database, restlet.parse(body or b""))

    def _load(self, _: Request, body: bytes | None) -> object:
        return {"rows": load.load(self.database, restlet.parse(body or b""))}

    def _response(self, answer: Answer) -> Response:
        return self._dated(Response(answer.body, answer.status, answer.headers))

    def _dated(self, response: Response) -> Response:
        """The server's own time, so that a client can tell how far its clock is off."""
        response.headers["date"] = format_datetime(self.now(), usegmt=True)
        return response


async def _body(request: Request) -> bytes | None:
    """The request's body; None if it is larger than NetSuite takes."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= restlet.LARGEST_BODY:
            chunks.append(chunk)
        elif size > _DRAINED * restlet.LARGEST_BODY:
            break
    return b"".join(chunks) if size <= restlet.LARGEST_BODY else None


def _content_type(request: Request) -> str:
    """The media type without its parameters, in the case in which it came."""
    return request.headers.get("content-type", "").partition(";")[0].strip()


def _rest_form(refusal: Refusal, _: str) -> Answer:
    return rest_error(refusal)


def _no_door(request: Request, _: bytes | None) -> object:
    raise DoorError(f"There is no door {request.method} {request.url.path}.")


def _nowhere(_: Request, __: bytes | None, ___: datetime) -> Answer:
    raise Refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", "The requested resource was not found.")


def _unexpected() -> Refusal:
    error_id = "".join(secrets.choice(string.ascii_lowercase) for _ in range(20))
    return Refusal(500, "UNEXPECTED_ERROR", f"An unexpected error occurred. Error ID: {error_id}")
