"""The Records Catalog, as NetSuite's pages ask for it: for a browser's session, not for a token."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from nsconsole.sandbox.catalog import suiteql
from nsconsole.sandbox.forms import Refusal, rest_error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    from nsconsole.sandbox.catalog.suiteql import Schema
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.traffic import Traffic

PATH = "/app/recordscatalog/rcendpoint.nl"
COOKIE = "JSESSIONID"
_LOGIN = "/app/login/secure/enterpriselogin.nl"
_ENDPOINT = "recordscatalog"


class RecordsCatalog:
    """The endpoint behind the Records Catalog's pages, and the way to a session of the sandbox's.

    In life a person logs in. Here `/sandbox/session` gives the cookie, by GET to a browser and by
    POST to a program, and `/sandbox/records-catalog` gives what a script in the page would save.
    """

    def __init__(self, database: Database, traffic: Traffic, account_id: str) -> None:
        self._database = database
        self._traffic = traffic
        self._account_id = account_id
        self._session = secrets.token_hex(32)

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route(PATH, _Page(self._endpoint)),
            Route(_LOGIN, _Page(_login_page)),
            Route("/sandbox/session", self._log_in, methods=["GET", "POST"]),
            Route("/sandbox/records-catalog", self._export, methods=["GET"]),
        ]

    async def _endpoint(self, request: Request) -> Response:
        with self._traffic.passing():
            if request.cookies.get(COOKIE) != self._session:
                # A signature is no session: whoever comes without one is sent to the login.
                response: Response = RedirectResponse(f"{_LOGIN}?c={self._account_id}", 302)
            else:
                response = await run_in_threadpool(self._answer, request)
        self._traffic.answered(_ENDPOINT, str(response.status_code))
        return response

    def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _failure(405, "METHOD_NOT_ALLOWED", "The request method is not allowed here.")
        try:
            asked = json.loads(request.query_params.get("data", "null"))
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            return _failure(400, "INVALID_REQUEST", "The parameter data must be a JSON object.")
        match request.query_params.get("action"):
            case "getRecordTypes":
                return JSONResponse({"data": suiteql.listed(self._database.tables)})
            case "getRecordTypeDetail":
                return self._detail(asked.get("scriptId"))
        return _failure(400, "INVALID_ACTION", "There is no such action.")

    def _detail(self, script_id: object) -> Response:
        tables = self._database.tables
        name = script_id.lower() if isinstance(script_id, str) else ""
        table = suiteql.described(tables, name)
        if table is None:
            return _failure(400, "INVALID_RCRD_TYPE", "The record type is invalid.")
        return JSONResponse({"data": suiteql.detail(tables, table)})

    async def _log_in(self, _: Request) -> Response:
        response = JSONResponse({"cookie": f"{COOKIE}={self._session}"})
        response.set_cookie(COOKIE, self._session, httponly=True, samesite="lax")
        return response

    async def _export(self, _: Request) -> Response:
        return await run_in_threadpool(lambda: JSONResponse(export(self._database)))


class _Page:
    """A page that answers whatever the method, which a route of Starlette's would not."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)


def export(database: Database) -> Schema:
    """The whole catalog: its list, and the detail of each table that is listed or joined."""
    tables = database.tables
    usable = [table for name, table in tables.items() if suiteql.described(tables, name) is table]
    return {
        "recordTypes": suiteql.listed(tables),
        "details": [suiteql.detail(tables, table) for table in usable],
    }


async def _login_page(_: Request) -> Response:
    return HTMLResponse(
        "<!DOCTYPE html>\n<html><head><title>NetSuite - Customer Login</title></head>"
        "<body>The sandbox has no passwords: GET /sandbox/session logs this browser in.</body>"
        "</html>\n"
    )


def _failure(status: int, code: str, message: str) -> Response:
    """A refusal; how NetSuite's page is refused nobody knows: it has the form of REST services."""
    answer = rest_error(Refusal(status, code, message))
    return Response(answer.body, answer.status, answer.headers)
