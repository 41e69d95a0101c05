"""The RESTlet `customscript_gfs_platform_query`: its address, its language, its HTTP manners.

Facts: Oracle, "SuiteScript 2.x RESTlet Error Handling", "RESTlet Content Types" and "RESTlet
Governance". The script answers a text with a text, so that it never returns what NetSuite would
refuse with INVALID_RETURN_DATA_FORMAT.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, cast

from nsconsole.sandbox.forms import Answer, Refusal, json_bytes, script_error
from nsconsole.sandbox.restlet import operations, records, shapes
from nsconsole.sandbox.restlet.fields import RefusedError
from nsconsole.sandbox.restlet.governance import QUERY, Meter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nsconsole.sandbox.behaviour import Behaviour
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.restlet.shapes import Json

PATH = "/app/site/hosting/restlet.nl"
SCRIPTS = ("customscript_gfs_platform_query", "6")
"""The script's id and its number, either of which names it."""
DEPLOYMENTS = ("customdeploy_gfs_platform_query", "1")
VERSION = "1.0"
MOST_REQUEST_IDS = 1000  # what SuiteQL takes in one IN
_LARGEST_ANSWER = 10 * 1024 * 1024
_CONTENT_TYPES = ("application/json", "application/xml", "text/plain")


@dataclass(frozen=True, slots=True)
class _Run:
    """What a call of the script works with; see `call`."""

    database: Database
    at: datetime
    idempotent: bool
    most_operations: int
    refused: Mapping[int, str]
    meter: Meter


def call(
    database: Database,
    *,
    method: str,
    query: Mapping[str, str],
    content_type: str,
    body: bytes | None,
    at: datetime,
    behaviour: Behaviour,
    refused: Mapping[int, str],
) -> Answer:
    """Answer one call of the script; `body` is None when it was larger than 10 MB.

    `at` (UTC) is what its changes say that they were made at; `refused` has error codes for the
    operations that are refused whatever they are, by their places.

    Raises:
        Refusal: NetSuite refuses the request, or the script throws.
    """
    _check_script(query)
    if method == "GET" and body != b"":
        raise Refusal(400, "INVALID_REQUEST", "A GET request has no body.")
    if method != "POST":
        raise Refusal(405, "INVALID_REQUEST", f"The script has no entry point for {method}.")
    if content_type not in _CONTENT_TYPES:
        raise Refusal(
            415,
            "INVALID_CONTENT_TYPE",
            "Invalid content type. You can only use application/json, application/xml or "
            "text/plain with RESTlets.",
        )
    if body is None:
        raise Refusal(400, "INVALID_REQUEST", "The request is larger than 10 MB.")
    request = parse(body) if content_type == "application/json" else _parse_text(body)
    run = _Run(
        database,
        at,
        behaviour.restlet_idempotent,
        behaviour.restlet_max_operations,
        refused,
        Meter(behaviour),
    )
    answer = json_bytes(_post(run, request))
    if len(answer) > _LARGEST_ANSWER:
        raise Refusal(400, "INVALID_REQUEST", "The answer is larger than 10 MB.")
    return Answer(200, answer, {"content-type": f"{content_type}; charset=utf-8"})


def parse(body: bytes) -> object:
    """The JSON value of a body.

    Raises:
        Refusal: it is not JSON (`NaN` and `Infinity` are not).
    """
    try:
        return json.loads(body.decode(), parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise Refusal(
            400,
            "INVALID_REQUEST",
            "The request could not be understood by the server due to malformed syntax.",
        ) from None


def _check_script(query: Mapping[str, str]) -> None:
    for name in ("script", "deploy"):
        if not query.get(name):
            raise Refusal(400, "SSS_MISSING_REQD_ARGUMENT", f"Missing a required argument: {name}")
    if query["script"] not in SCRIPTS or query["deploy"] not in DEPLOYMENTS:
        raise Refusal(
            404,
            "SSS_INVALID_SCRIPTLET_ID",
            "That Suitelet is invalid, disabled, or no longer exists.",
        )


def _parse_text(body: bytes) -> object:
    """What the script makes of a text: it parses it itself."""
    try:
        return parse(body)
    except Refusal:
        _throw("The text must be JSON.")


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _throw(message: str, code: str = "INVALID_REQUEST") -> NoReturn:
    raise script_error(code, message)


def _post(run: _Run, request: object) -> Json:
    """The script's entry point."""
    if not isinstance(request, dict):
        _throw("The request must be an object.")
    if "operations" in request:
        return {"results": _write(run, request["operations"])}
    match request.get("operation"):
        case "ping":
            return {
                "ok": True,
                "version": VERSION,
                "idempotent": run.idempotent,
                "max_operations": run.most_operations,
            }
        case "lookup":
            return {"results": _look_up(run, request.get("request_ids"))}
        case "read":
            return _read(run, request)
        case _:
            _throw("The request must have operations, or an operation of ping, lookup or read.")


def _write(run: _Run, given: object) -> list[Json]:
    if not isinstance(given, list) or not 1 <= len(given) <= run.most_operations:
        _throw(f"A request has 1 to {run.most_operations} operations.")
    return [_do(run, place, each) for place, each in enumerate(given)]


def _do(run: _Run, place: int, given: object) -> Json:
    try:
        operation = shapes.operation(given)
    except RefusedError as refused:
        request_id = given.get("request_id") if isinstance(given, dict) else None
        return {"request_id": request_id, "ok": False, "error": refused.as_json()}
    code = run.refused.get(place)
    if code is not None:
        return operations.refuse(run.database, operation, code)
    return operations.perform(run.database, operation, run.at, run.meter, once=run.idempotent)


def _look_up(run: _Run, request_ids: object) -> list[Json]:
    if not run.idempotent:
        _throw("This script does not remember request ids.", "UNSUPPORTED_METHOD")
    if not isinstance(request_ids, list) or not all(map(shapes.is_text, request_ids)):
        _throw("A lookup has request_ids, an array of texts.")
    if len(request_ids) > MOST_REQUEST_IDS:
        _throw(f"A lookup has at most {MOST_REQUEST_IDS} request_ids.")
    run.meter.spend(QUERY)
    with run.database.write() as connection:
        found = {each: operations.recall(connection, each) for each in request_ids}
    return [
        {"request_id": each, "found": False}
        if (result := found[each]) is None
        else {**result, "found": True, "idempotent": True}
        for each in request_ids
    ]


def _read(run: _Run, request: Mapping[str, object]) -> Json:
    names = request.get("fields", [])
    if not isinstance(names, list) or not all(map(shapes.is_text, names)):
        _throw("A read has fields, an array of field names.")
    kind, internal_id = request.get("record_type"), shapes.identifier(request.get("id"))
    if not shapes.is_text(kind) or internal_id is None:
        _throw("A read has a record_type and an id.")
    known = records.find(run.database.tables, cast("str", kind))
    run.meter.spend(known.weight.loading if known else 0)
    try:
        with run.database.rows() as rows:
            values = operations.read(rows, cast("str", kind), internal_id, names)
    except RefusedError as refused:
        return {"ok": False, "error": refused.as_json()}
    return {"ok": True, "values": values}
