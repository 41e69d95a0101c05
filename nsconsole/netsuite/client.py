"""The calls that nsconsole makes to NetSuite, one attempt each."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from nsconsole.netsuite.account import Endpoint, TbaCredentials
from nsconsole.netsuite.answer import Answer, load_json
from nsconsole.netsuite.diagnosis import diagnose
from nsconsole.netsuite.errors import Failure, NetSuiteError
from nsconsole.netsuite.governance import Governance, Permits, parse_governance
from nsconsole.netsuite.metadata import records as record_metadata
from nsconsole.netsuite.metadata import suiteql as suiteql_metadata
from nsconsole.netsuite.restlet import (
    MAX_OPERATIONS,
    Operation,
    OperationError,
    OperationResult,
    Ping,
    RestletAddress,
    parse_lookup,
    parse_ping,
    parse_results,
    parse_values,
)
from nsconsole.netsuite.suiteql import Page, check_window, load_page
from nsconsole.netsuite.wire import Login, Timeouts, Wire

if TYPE_CHECKING:
    from nsconsole.catalog import ColumnFact, TableFact
    from nsconsole.netsuite.oauth2 import OAuth2Credentials

__all__ = ["Credentials", "NetSuite", "Timeouts"]

Credentials: TypeAlias = "TbaCredentials | OAuth2Credentials"

_T = TypeVar("_T")
_ANYHOW = nullcontext()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _auth(credentials: Credentials, endpoint: Endpoint, now: Callable[[], datetime]) -> Login:
    # Each way to log in needs libraries that the other does without.
    if isinstance(credentials, TbaCredentials):
        from nsconsole.netsuite.auth import TbaAuth

        return TbaAuth(credentials, realm=endpoint.realm, now=now)
    from nsconsole.netsuite.oauth2 import OAuth2Auth

    return OAuth2Auth(credentials, endpoint=endpoint, now=now)


class NetSuite:
    """An account of NetSuite, as seen through its RESTlet and SuiteQL.

    Any thread may call it. Every method makes one request and raises `NetSuiteError`, whose
    `outcome` says whether to try again; none retries by itself. `now` gives the UTC time for
    signatures; `permits` says when a call may be made, without it each is made at once; `login`
    tells which credentials are used, and nothing of them.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        *,
        restlet: RestletAddress = RestletAddress(),  # noqa: B008 - frozen
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        now: Callable[[], datetime] = _utc_now,
        permits: Permits | None = None,
    ) -> None:
        query = urlencode({"script": restlet.script, "deploy": restlet.deploy})
        self._restlet_url = f"{endpoint.restlet_base}/app/site/hosting/restlet.nl?{query}"
        self._suiteql_url = f"{endpoint.rest_base}/services/rest/query/v1/suiteql"
        self._suiteql_catalog_url = f"{endpoint.rest_base}{suiteql_metadata.PATH}"
        self._record_catalog_url = f"{endpoint.rest_base}{record_metadata.PATH}"
        self._limits_url = f"{endpoint.rest_base}/services/rest/system/v1/governanceLimits"
        self.login = credentials.mark
        self._redact = credentials.redact
        self._now = now
        self._permits = permits
        self._wire = Wire(
            _auth(credentials, endpoint, now),
            timeouts=timeouts,
            trust_env=not endpoint.is_loopback,  # a proxy for the world cannot reach this machine
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections; a call in another thread that still waits gets its error."""
        self._wire.close()

    def ping(self) -> Ping:
        """Ask the script whether it is there."""
        return self._ask({"operation": "ping"}, parse_ping)

    def write(
        self,
        operations: Sequence[Operation],
        *,
        sending: AbstractContextManager[None] = _ANYHOW,
    ) -> list[OperationResult]:
        """Have operations done, and return one result for each, in their order.

        `sending` is entered once the call may be made, may raise to prevent it, and is left, by
        the NetSuiteError of a call that failed, before another call gets its place.
        `NetSuiteError` means that the call as a whole failed. Raises ValueError for more than
        `MAX_OPERATIONS`, a request id used twice, or a value that is no JSON.
        """
        request_ids = [operation.request_id for operation in operations]
        if len(request_ids) > MAX_OPERATIONS:
            raise ValueError(
                f"One call carries {MAX_OPERATIONS} operations, not {len(request_ids)}."
            )
        if len(set(request_ids)) < len(request_ids):
            raise ValueError("Two operations in one call have the same request id.")
        if not operations:
            return []
        return self._ask(
            {"operations": [operation.to_wire() for operation in operations]},
            lambda payload: parse_results(payload, request_ids),
            write=True,
            sending=sending,
        )

    def lookup(self, request_ids: Sequence[str]) -> dict[str, OperationResult | None]:
        """Ask what became of operations; None is one that the script never saw."""
        unique = list(dict.fromkeys(request_ids))
        if not unique:
            return {}
        return self._ask(
            {"operation": "lookup", "request_ids": unique},
            lambda payload: parse_lookup(payload, unique),
        )

    def read(
        self,
        record_type: str,
        id: str,  # noqa: A002 - NetSuite's own word
        fields: Sequence[str],
    ) -> dict[str, object]:
        """Return the current values of a record's fields."""
        answer = self._ask(
            {"operation": "read", "record_type": record_type, "id": id, "fields": list(fields)},
            parse_values,
        )
        if isinstance(answer, OperationError):
            message = (
                f"NetSuite refused to read {record_type} {id} ({answer.code}): {answer.message}"
            )
            raise NetSuiteError(answer.outcome, self._redact(message), status=200, code=answer.code)
        return answer

    def suiteql(
        self,
        sql: str,
        params: Sequence[str | int] = (),
        *,
        limit: int = 1000,
        offset: int = 0,
        urgent: bool = True,
    ) -> Page:
        """Run a query and return one page of its rows; each `?` takes one of `params`.

        Without an ORDER BY on a unique key, NetSuite's pages may overlap or leave rows out. Calls
        that are `urgent` go before others. Raises ValueError for a limit over 1000 or an offset
        that is not a multiple of it.
        """
        check_window(limit, offset)
        query = {"q": sql} | ({"params": [str(param) for param in params]} if params else {})
        return self._call(
            "POST",
            f"{self._suiteql_url}?{urlencode({'limit': limit, 'offset': offset})}",
            lambda body: load_page(body, offset=offset),
            payload=query,
            headers={"Prefer": "transient"},
            urgent=urgent,
        )

    def governance(self) -> Governance:
        """Ask how many calls the account takes at once; NetSuite tells administrators only."""
        return self._call(
            "GET", self._limits_url, lambda body: parse_governance(load_json(body)), urgent=False
        )

    def suiteql_tables(self) -> "tuple[TableFact, ...]":
        """Ask which tables a query may name."""
        return self._describe(self._suiteql_catalog_url, suiteql_metadata.parse_tables)

    def suiteql_columns(self, table: str) -> "tuple[ColumnFact, ...]":
        """Ask which columns of a table a query may name; of some tables NetSuite tells none."""
        url = f"{self._suiteql_catalog_url}/{quote(table, safe='')}"
        return self._describe(url, suiteql_metadata.parse_columns)

    def record_types(self) -> "tuple[TableFact, ...]":
        """Ask for the record service's types, by their own names."""
        return self._describe(self._record_catalog_url, record_metadata.parse_types)

    def record_fields(self, record_type: str) -> "tuple[ColumnFact, ...]":
        """Ask for a record type's fields; now and then NetSuite tells none, though it has some."""
        url = f"{self._record_catalog_url}/{quote(record_type, safe='')}"
        return self._describe(url, record_metadata.parse_fields, accept=record_metadata.SCHEMA)

    def _describe(
        self, url: str, parse: Callable[[object], _T], *, accept: str = "application/json"
    ) -> _T:
        return self._call(
            "GET",
            url,
            lambda body: parse(load_json(body)),
            headers={"Accept": accept},
            urgent=False,
        )

    def _ask(
        self,
        payload: Mapping[str, object],
        parse: Callable[[object], _T],
        *,
        write: bool = False,
        sending: AbstractContextManager[None] = _ANYHOW,
    ) -> _T:
        return self._call(
            "POST",
            self._restlet_url,
            lambda body: parse(load_json(body)),
            payload=payload,
            write=write,
            sending=sending,
        )

    def _call(
        self,
        method: str,
        url: str,
        parse: Callable[[bytes], _T],
        *,
        payload: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        write: bool = False,
        urgent: bool = True,
        sending: AbstractContextManager[None] = _ANYHOW,
    ) -> _T:
        sent = dict(headers or {})
        content = b""
        if payload is not None:
            content = json.dumps(payload, allow_nan=False).encode()
            sent["Content-Type"] = "application/json"
        request = self._wire.request(method, url, content, sent)
        with self._permits.permit(urgent=urgent) if self._permits else _ANYHOW, sending:
            answer = self._wire.send(request)
            if answer.status not in range(200, 300) or answer.failure is not None:
                raise self._diagnosed(answer, url, write=write)
        try:
            return parse(answer.body)
        except ValueError as error:
            answer = replace(answer, failure=Failure.MALFORMED, reason=str(error))
        raise self._diagnosed(answer, url, write=write)

    def _diagnosed(self, answer: Answer, url: str, *, write: bool) -> NetSuiteError:
        host = urlsplit(url).netloc
        return diagnose(answer, host=host, write=write, now=self._now(), redact=self._redact)
