"""The HTTP surface: NetSuite's endpoints behind their login, the sandbox's doors beside them."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from nsconsole.sandbox import datacenter
from nsconsole.sandbox.catalog.browser import RecordsCatalog
from nsconsole.sandbox.catalog.service import RECORDS_PATH, SUITEQL_PATH, Catalogs, no_type
from nsconsole.sandbox.doors.routes import Doors
from nsconsole.sandbox.endpoint import Endpoint, Exchange, Services
from nsconsole.sandbox.forms import REST_TYPE, Answer, Refusal, json_bytes, rest_error
from nsconsole.sandbox.logins import oauth2
from nsconsole.sandbox.logins.tba import origin
from nsconsole.sandbox.manners import OPEN, REST, RESTLET, TOKEN, unexpected
from nsconsole.sandbox.restlet import script as restlet
from nsconsole.sandbox.suiteql import PATH as SUITEQL

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from starlette.requests import Request

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.endpoint import Work
    from nsconsole.sandbox.manners import Manners
    from nsconsole.sandbox.suiteql.service import SuiteQL

_GOVERNANCE = "/services/rest/system/v1/governanceLimits"


def _at_once() -> AbstractContextManager[bool]:
    return nullcontext(enter_result=True)


def _in_thread() -> AbstractContextManager[bool]:
    return nullcontext(enter_result=False)


@dataclass(frozen=True, slots=True)
class Surface:
    """The account's records, and what lets requests come to them."""

    database: Database
    services: Services

    def application(self) -> Starlette:
        """The ASGI application."""
        nowhere = self._endpoint("other", _nowhere, REST)
        application = Starlette(
            routes=[
                Route(
                    restlet.PATH,
                    self._endpoint("restlet", self._restlet, RESTLET, self.database.claim),
                ),
                Route(SUITEQL, self._suiteql()),
                Route(oauth2.PATH, self._endpoint("token", self._token, TOKEN, _in_thread)),
                Route(_GOVERNANCE, self._endpoint("other", self._governance, REST)),
                Route(datacenter.PATH, self._endpoint("other", self._data_center, OPEN)),
                *self._catalogs(),
                *Doors(self.database, self.services).routes(),
            ],
            exception_handlers={Exception: self._failed},
        )
        application.router.default = nowhere
        application.router.redirect_slashes = False
        return application

    async def _failed(self, _: Request, error: Exception) -> Response:
        """The last boundary, around the others: no plain text, no traceback."""
        self.services.traffic.bug(self.services.clock(), "other", error)
        answer = rest_error(unexpected())
        return Response(answer.body, answer.status, answer.headers)

    def _endpoint(
        self,
        name: str,
        work: Work,
        manners: Manners,
        at_once: Callable[[], AbstractContextManager[bool]] = _at_once,
    ) -> Endpoint:
        """An endpoint for every method; `work` itself refuses those that it does not know."""
        return Endpoint(self.services, name, work, manners, at_once=at_once)

    def _suiteql(self) -> Endpoint:
        @cache
        def service() -> SuiteQL:
            # Its parser takes longer to import than all the rest: the server is ready before.
            from nsconsole.sandbox.suiteql.service import SuiteQL

            return SuiteQL(self.database)

        def work(exchange: Exchange) -> Answer:
            _only("POST", exchange)
            return service().query(
                address=exchange.address,
                prefer=exchange.request.headers.get("prefer", ""),
                content_type=exchange.content_type,
                parameters=exchange.request.query_params,
                body=exchange.body,
                at=exchange.at,
                behaviour=exchange.behaviour,
            )

        return self._endpoint("suiteql", work, REST, _in_thread)

    def _catalogs(self) -> list[Route]:
        catalogs = Catalogs(self.database)
        works = {
            RECORDS_PATH: catalogs.records,
            f"{RECORDS_PATH}/": catalogs.records,
            f"{RECORDS_PATH}/{{name:path}}": catalogs.record,
            SUITEQL_PATH: catalogs.queryable,
            f"{SUITEQL_PATH}/": catalogs.queryable,
            f"{SUITEQL_PATH}/{{name:path}}": catalogs.queryable_table,
        }
        service = RECORDS_PATH.rpartition("/")[0]
        return [
            *(
                Route(path, self._endpoint("catalog", work, REST, _in_thread))
                for path, work in works.items()
            ),
            Route(f"{service}/{{name}}{{rest:path}}", self._endpoint("other", _no_record, REST)),
            *RecordsCatalog(
                self.database, self.services.traffic, self.services.account_id
            ).routes(),
        ]

    def _restlet(self, exchange: Exchange) -> Answer:
        return restlet.call(
            self.database,
            method=exchange.request.method,
            query=exchange.request.query_params,
            content_type=exchange.content_type,
            body=exchange.body,
            at=exchange.stamp,
            behaviour=exchange.behaviour,
            refused=exchange.refused,
        )

    def _token(self, exchange: Exchange) -> Answer:
        _only("POST", exchange)
        try:
            token = self.services.gate.grant(
                exchange.content_type, exchange.body, exchange.address, exchange.at.timestamp()
            )
        except Refusal as refusal:
            reason = f"{refusal.code}: {refusal.message}"
            self.services.traffic.login_refused(exchange.at, "token", reason)
            raise
        seconds = oauth2.LIFETIME_SECONDS
        granted = {
            "access_token": token,
            "expires_in": str(seconds) if exchange.behaviour.expires_in == "text" else seconds,
            "token_type": "Bearer",
        }
        headers = {"content-type": "application/json; charset=UTF-8", "cache-control": "no-store"}
        return Answer(200, json_bytes(granted), headers)

    def _governance(self, exchange: Exchange) -> Answer:
        _only("GET", exchange)
        limits = self.services.pool.governance(exchange.behaviour)
        content_type = REST_TYPE.replace("type=error", "type=singular")
        return Answer(200, json_bytes(limits), {"content-type": content_type})

    def _data_center(self, exchange: Exchange) -> Answer:
        _only("GET", exchange)
        request = exchange.request
        urls = datacenter.urls(
            self.services.account_id,
            asked=request.query_params.get("account", ""),
            here=origin(request.headers.get("host", "")),
        )
        return Answer(200, json_bytes(urls), {"content-type": "application/json; charset=utf-8"})


def _only(method: str, exchange: Exchange) -> None:
    if exchange.request.method != method:
        raise Refusal(405, "METHOD_NOT_ALLOWED", "The request method is not allowed here.")


def _no_record(exchange: Exchange) -> Answer:
    """The record service, which is not here: as if the role had none of its types."""
    raise no_type(exchange.request.path_params["name"], exchange.path)


def _nowhere(_: Exchange) -> Answer:
    raise Refusal(404, "NOT_FOUND", "The requested resource was not found.")
