"""The SuiteQL endpoint: its request and its answer.

Source: Oracle, "Executing SuiteQL Queries Through REST Web Services".
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from nsconsole.sandbox.forms import Answer, Refusal
from nsconsole.sandbox.suiteql import paging
from nsconsole.sandbox.suiteql.compiling import compile_query
from nsconsole.sandbox.suiteql.errors import refused_query
from nsconsole.sandbox.suiteql.parsing import Unreadable, parse, shape_of, syntax_error
from nsconsole.sandbox.suiteql.rendering import items_json
from nsconsole.sandbox.suiteql.running import Runner
from nsconsole.sandbox.suiteql.terms import NOW
from nsconsole.sandbox.values import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from nsconsole.sandbox.behaviour import Behaviour
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.schema import Tables
    from nsconsole.sandbox.suiteql.paging import Page
    from nsconsole.sandbox.suiteql.running import Found
    from nsconsole.sandbox.suiteql.selecting import Compiled

    Compiler: TypeAlias = Callable[[str, Behaviour], tuple[Compiled, int]]

_CONTENT_TYPES = ("application/json", "application/vnd.oracle.resource+json")
_CONTENT_TYPE = "application/vnd.oracle.resource+json; type=collection; charset=UTF-8"
_MALFORMED = "The request could not be understood by the server due to malformed syntax."


class SuiteQL:
    """Answers queries on one account's rows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._runner = Runner(database)
        self._compilers = (database.tables, _compiler(database.tables))

    def query(
        self,
        *,
        address: str,
        prefer: str,
        content_type: str,
        parameters: Mapping[str, str],
        body: bytes | None,
        at: datetime,
        behaviour: Behaviour,
    ) -> Answer:
        """Answer one query; `address` is the endpoint as the client wrote it, without parameters.

        Raises:
            Refusal: NetSuite refuses the request.
        """
        _check_headers(prefer, content_type, behaviour)
        page = paging.page_of(parameters, behaviour)
        text, given = _request(body)
        shape = shape_of(text)
        try:
            compiled, count = self._compiler()(shape.text, behaviour)
        except Unreadable:
            raise syntax_error(text, behaviour) from None
        if count != len(given):
            raise refused_query(f"Expected {count} parameters, but {len(given)} were given.")
        values = {**shape.values, **given}
        if NOW in compiled.sql:
            values[NOW.removeprefix(":")] = moment(at)
        found = self._found(compiled, values, page, behaviour)
        items = items_json(compiled.outputs, found.rows, behaviour)
        return _envelope(address, page, found, items, behaviour)

    def _compiler(self) -> Compiler:
        tables, compiler = self._compilers
        if tables is not self._database.tables:
            tables = self._database.tables
            compiler = _compiler(tables)
            self._compilers = (tables, compiler)
        return compiler

    def _found(
        self, compiled: Compiled, values: Mapping[str, object], page: Page, behaviour: Behaviour
    ) -> Found:
        """The rows of the page; what lies beyond the reach of pages is not returned."""
        left = paging.reach(page, behaviour) - page.offset
        found = self._runner.run(compiled, values, page)
        return replace(found, rows=found.rows[: max(0, left)])


def _compiler(tables: Tables) -> Compiler:
    """What compiles queries against these tables, each shape of them once."""

    @lru_cache(maxsize=512)
    def compiled(shape: str, behaviour: Behaviour) -> tuple[Compiled, int]:
        tree, count = parse(shape, behaviour)
        return compile_query(tree, tables, behaviour), count

    return compiled


def _check_headers(prefer: str, content_type: str, behaviour: Behaviour) -> None:
    preferences = [part.strip().lower() for part in prefer.split(",")]
    if behaviour.missing_prefer == "refuse" and "transient" not in preferences:
        raise Refusal(
            400,
            "INVALID_HEADER",
            "The required request header 'Prefer' is missing or its value is not 'transient'.",
            about={"o:errorHeader": "Prefer"},
        )
    if content_type.lower() not in ("", *_CONTENT_TYPES):
        raise Refusal(415, "INVALID_CONTENT_TYPE", "The Content-Type must be application/json.")


def _request(body: bytes | None) -> tuple[str, dict[str, object]]:
    """The query, and the values of its parameters."""
    try:
        request = json.loads((body or b"").decode("utf-8-sig"))
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise Refusal(400, "INVALID_REQUEST", _MALFORMED)
    text, values = request.get("q"), request.get("params")
    if not isinstance(text, str) or not text.strip() or not _is_sendable(text):
        raise _bad("q", "The query is missing or empty.")
    values = [] if values is None else values
    if not isinstance(values, list) or not all(_is_parameter(value) for value in values):
        raise _bad("params", "The parameters must be texts or numbers.")
    # To Oracle an empty text is no text.
    return text, {f"p{n}": None if value == "" else value for n, value in enumerate(values)}


def _bad(parameter: str, message: str) -> Refusal:
    return Refusal(400, "INVALID_PARAMETER", message, about={"o:errorQueryParam": parameter})


def _is_sendable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_parameter(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return _is_sendable(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**63
    return isinstance(value, float) and math.isfinite(value)


def _envelope(address: str, page: Page, found: Found, items: str, behaviour: Behaviour) -> Answer:
    count = len(found.rows)
    more = paging.has_more(page, count, found.total, behaviour)
    links = paging.links(address, page, found.total, behaviour, more=more)
    listed = json.dumps([{"rel": rel, "href": href} for rel, href in links.items()])
    body = (
        f'{{"links":{listed},"count":{count},"hasMore":{json.dumps(more)},"items":[{items}],'
        f'"offset":{page.offset},"totalResults":{found.total}}}'
    )
    return Answer(200, body.encode(), {"content-type": _CONTENT_TYPE})
