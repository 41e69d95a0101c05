"""The SuiteQL endpoint: its request, its pages, its envelope.

Facts: Oracle, "Executing SuiteQL Queries Through REST Web Services" and "Collection Paging".
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.forms import Answer, Refusal, json_bytes
from nsconsole.sandbox.suiteql.compiling import compile_query
from nsconsole.sandbox.suiteql.dates import account_format
from nsconsole.sandbox.suiteql.errors import refused_query, unsupported
from nsconsole.sandbox.suiteql.functions import DATES, register, text_of
from nsconsole.sandbox.suiteql.parsing import parse
from nsconsole.sandbox.values import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlglot import exp

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.schema import Kind, Tables
    from nsconsole.sandbox.suiteql.compiling import Compiled

PATH = "/services/rest/query/v1/suiteql"
LARGEST_PAGE = 1000
_CONTENT_TYPE = "application/vnd.oracle.resource+json; type=collection; charset=UTF-8"

_HIDDEN = ("sqlite_", "sandbox_")
_STEP = 10_000
_STEPS = 20_000  # of so many SQLite instructions: some ten seconds on an ordinary machine
_LONGEST_VALUE = 1_000_000  # bytes, in SQLite


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows are wanted, and whether the client said so."""

    limit: int
    offset: int
    asked: bool


def query(
    database: Database,
    *,
    address: str,
    prefer: str,
    content_type: str,
    parameters: Mapping[str, str],
    body: bytes | None,
) -> Answer:
    """Answer one query; `address` is the endpoint as the client wrote it, without parameters.

    Raises:
        Refusal: NetSuite refuses the request.
    """
    if "transient" not in [part.strip().lower() for part in prefer.split(",")]:
        raise Refusal(
            400,
            "INVALID_HEADER",
            "The required request header 'Prefer' is missing or its value is not 'transient'.",
            about={"o:errorHeader": "Prefer"},
        )
    if content_type not in ("", "application/json"):
        raise Refusal(415, "INVALID_CONTENT_TYPE", "The Content-Type must be application/json.")
    page = _page(parameters)
    text, values = _request(body)
    tree, count = parse(text)
    if count != len(values):
        raise refused_query(f"Expected {count} parameters, but {len(values)} were given.")
    compiled = _compiled(tree, database.tables)
    bound = {f"p{number}": value for number, value in enumerate(values)}
    total, rows = _run(database, compiled, bound, page)
    return _envelope(address, page, total, [_item(compiled, row) for row in rows])


def prepare_reader(now: Callable[[], datetime]) -> Callable[[sqlite3.Connection], None]:
    """What makes a connection fit for queries: SuiteQL's functions, and nothing but reading."""

    def prepare(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA case_sensitive_like=ON")
        register(connection)
        connection.create_function("ns_now", 0, lambda: moment(now()))
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.set_authorizer(_authorize)

    return prepare


def _authorize(action: int, table: str | None, *_: str | None) -> int:
    """Let a statement read the account's tables; whatever else it might do is denied."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and _is_readable(table or ""):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _is_readable(table: str) -> bool:
    """The account's tables, and the words for their codes (which a query cannot name)."""
    return table == "sandbox_choice" or not table.startswith(_HIDDEN)


def _page(parameters: Mapping[str, str]) -> Page:
    limit = _whole("limit", parameters.get("limit", str(LARGEST_PAGE)))
    offset = _whole("offset", parameters.get("offset", "0"))
    if not 1 <= limit <= LARGEST_PAGE:
        raise _bad_page("limit", f"It must be between 1 and {LARGEST_PAGE}.")
    if offset % limit:
        raise _bad_page("offset", "It must be divisible by the limit.")
    return Page(limit, offset, asked=bool({"limit", "offset"} & set(parameters)))


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _bad_page(name, "It must be a whole number.")
    return int(text)


def _bad_page(name: str, why: str) -> Refusal:
    return Refusal(
        400,
        "INVALID_PARAMETER",
        f"Invalid value for the query parameter {name}. {why}",
        about={"o:errorQueryParam": name},
    )


def _request(body: bytes | None) -> tuple[str, list[object]]:
    """The query and its parameters."""
    try:
        request = json.loads((body or b"").decode())
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise Refusal(
            400,
            "INVALID_REQUEST",
            "The request could not be understood by the server due to malformed syntax.",
        )
    text, values = request.get("q"), request.get("params", [])
    if not isinstance(text, str) or not text.strip() or not _is_sendable(text):
        raise Refusal(
            400,
            "INVALID_PARAMETER",
            "The query is missing or empty.",
            about={"o:errorQueryParam": "q"},
        )
    if not isinstance(values, list) or not all(_is_parameter(value) for value in values):
        raise Refusal(
            400,
            "INVALID_PARAMETER",
            "The parameters must be texts or numbers.",
            about={"o:errorQueryParam": "params"},
        )
    return text, values


def _is_sendable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_parameter(value: object) -> bool:
    if isinstance(value, str):
        return _is_sendable(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**63
    return isinstance(value, float)


def _compiled(tree: exp.Select, tables: Tables) -> Compiled:
    try:
        return compile_query(tree, tables)
    except RecursionError:
        raise unsupported() from None


def _run(
    database: Database, compiled: Compiled, bound: Mapping[str, object], page: Page
) -> tuple[int, Sequence[Sequence[object]]]:
    """How many rows there are, and those of the page."""
    with database.read() as connection:
        steps = iter(range(_STEPS))
        connection.set_progress_handler(lambda: next(steps, None) is None, _STEP)
        try:
            (total,) = connection.execute(
                f"SELECT count(*) FROM ({compiled.sql})",  # noqa: S608 - compiled from a whitelist
                bound,
            ).fetchone()
            rows = connection.execute(
                f"{_SELECT_ALL} ({compiled.sql}) LIMIT {page.limit} OFFSET {page.offset}",
                bound,
            ).fetchall()
        except sqlite3.Error as error:
            raise _failed(error) from None
        return total, rows


_SELECT_ALL = "SELECT * FROM"


def _failed(error: sqlite3.Error) -> Refusal:
    if "interrupted" in str(error):
        return Refusal(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: timeout")
    return unsupported()


def _item(compiled: Compiled, row: Sequence[object]) -> dict[str, object]:
    """A row as an item: texts, lower-case names, no nulls, and an empty `links`."""
    item: dict[str, object] = {"links": []}
    for name, kind, value in zip(compiled.names, compiled.kinds, row, strict=True):
        if value is not None:
            item[name] = _raw(kind, value)
    return item


def _raw(kind: Kind | None, value: object) -> str | None:
    return account_format(str(value)) if kind in DATES else text_of(value)


def _envelope(address: str, page: Page, total: int, items: list[dict[str, object]]) -> Answer:
    body = {
        "links": [{"rel": rel, "href": href} for rel, href in _links(address, page, total).items()],
        "count": len(items),
        "hasMore": page.offset + len(items) < total,
        "items": items,
        "offset": page.offset,
        "totalResults": total,
    }
    return Answer(200, json_bytes(body), {"content-type": _CONTENT_TYPE})


def _links(address: str, page: Page, total: int) -> dict[str, str]:
    """The neighbouring pages: next and last unless this is the last, prev and first likewise."""

    def at(offset: int) -> str:
        return f"{address}?limit={page.limit}&offset={offset}"

    last = max(0, (total - 1) // page.limit * page.limit)
    links: dict[str, str] = {}
    if page.offset:
        links |= {"prev": at(page.offset - page.limit), "first": at(0)}
    if page.offset < last:
        links |= {"next": at(page.offset + page.limit), "last": at(last)}
    return {**links, "self": at(page.offset) if page.asked else address}
