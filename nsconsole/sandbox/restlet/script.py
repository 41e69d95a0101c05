"""The RESTlet `customscript_gfs_platform_query`: its address, its language, its HTTP manners.

Facts: Oracle, "SuiteScript 2.x RESTlet Error Handling" and "RESTlet Content Types".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn, cast

from nsconsole.sandbox.forms import Answer, Refusal, json_bytes, script_error
from nsconsole.sandbox.restlet import operations
from nsconsole.sandbox.restlet.fields import RefusedError
from nsconsole.sandbox.restlet.operations import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.restlet.operations import Json, Verb

PATH = "/app/site/hosting/restlet.nl"
SCRIPT = "customscript_gfs_platform_query"
DEPLOYMENT = "customdeploy_gfs_platform_query"
VERSION = "1.0"
MOST_OPERATIONS = 50
LARGEST_BODY = 10 * 1024 * 1024
_CONTENT_TYPES = ("application/json", "application/xml", "text/plain")
_KEYS = {
    "request_id",
    "operation",
    "record_type",
    "id",
    "values",
    "sublists",
    "expected",
    "external_id",
}


def call(
    database: Database,
    *,
    method: str,
    query: Mapping[str, str],
    content_type: str,
    body: bytes | None,
    at: datetime,
) -> Answer:
    """Answer one call of the script at `at` (UTC); `body` is None when it was larger than 10 MB.

    Raises:
        Refusal: NetSuite refuses the request, or the script throws.
    """
    if query.get("script") != SCRIPT or query.get("deploy") != DEPLOYMENT:
        raise Refusal(
            404,
            "SSS_INVALID_SCRIPTLET_ID",
            "That Suitelet is invalid, disabled, or no longer exists.",
        )
    if method != "POST":
        raise Refusal(405, "INVALID_REQUEST", f"The script has no entry point for {method}.")
    if content_type not in _CONTENT_TYPES:
        raise Refusal(415, "INVALID_REQUEST", "An unsupported Content-Type was specified.")
    if body is None:
        raise Refusal(400, "INVALID_REQUEST", "The request is larger than 10 MB.")
    if content_type != "application/json":
        _throw("The script takes JSON.")
    answer = _post(database, parse(body), at)
    return Answer(200, json_bytes(answer), {"content-type": "application/json; charset=utf-8"})


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


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _throw(message: str) -> NoReturn:
    raise script_error("INVALID_REQUEST", message)


def _post(database: Database, request: object, at: datetime) -> Json:
    """The script's entry point."""
    if not isinstance(request, dict):
        _throw("The request must be an object.")
    if "operations" in request:
        return {"results": _write(database, request["operations"], at)}
    match request.get("operation"):
        case "ping":
            return {
                "ok": True,
                "version": VERSION,
                "idempotent": True,
                "max_operations": MOST_OPERATIONS,
            }
        case "lookup":
            return {"results": _look_up(database, request.get("request_ids"))}
        case "read":
            return _read(database, request)
        case _:
            _throw("The request must have operations, or an operation of ping, lookup or read.")


def _write(database: Database, given: object, at: datetime) -> list[Json]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_OPERATIONS:
        _throw(f"A request has 1 to {MOST_OPERATIONS} operations.")
    return [_do(database, each, at) for each in given]


def _do(database: Database, given: object, at: datetime) -> Json:
    try:
        operation = _operation(given)
    except RefusedError as refused:
        request_id = given.get("request_id") if isinstance(given, dict) else None
        return {"request_id": request_id, "ok": False, "error": refused.as_json()}
    return operations.perform(database, operation, at)


def _look_up(database: Database, request_ids: object) -> list[Json]:
    if not isinstance(request_ids, list) or not all(_is_text(each) for each in request_ids):
        _throw("A lookup has request_ids, an array of texts.")
    with database.write() as connection:
        found = {each: operations.recall(connection, each) for each in request_ids}
    return [
        {"request_id": each, "found": False}
        if (result := found[each]) is None
        else {**result, "found": True, "idempotent": True}
        for each in request_ids
    ]


def _read(database: Database, request: Mapping[str, object]) -> Json:
    names = request.get("fields", [])
    if not isinstance(names, list) or not all(_is_text(name) for name in names):
        _throw("A read has fields, an array of field names.")
    kind, internal_id = request.get("record_type"), _id(request.get("id"))
    if not _is_text(kind) or internal_id is None:
        _throw("A read has a record_type and an id.")
    try:
        with database.rows() as rows:
            values = operations.read(rows, cast("str", kind), internal_id, names)
    except RefusedError as refused:
        return {"ok": False, "error": refused.as_json()}
    return {"ok": True, "values": values}


def _operation(given: object) -> Operation:
    """An operation whose parts have the right shapes.

    Raises:
        RefusedError: a part is missing, unknown or of another shape; the message names it.
    """
    if not isinstance(given, dict):
        raise _bad_shape("operation")
    unknown = next((key for key in given if key not in _KEYS), None)
    if unknown is not None:
        raise _bad_shape(unknown)
    for name in ("request_id", "record_type"):
        if not _is_text(given.get(name)) or len(given[name]) > 200:
            raise _bad_shape(name)
    if given.get("operation") not in ("create", "update", "delete"):
        raise _bad_shape("operation")
    external_id = given.get("external_id")
    if external_id is not None and (not _is_text(external_id) or len(external_id) > 200):
        raise _bad_shape("external_id")
    return Operation(
        request_id=given["request_id"],
        verb=cast("Verb", given["operation"]),
        record_type=given["record_type"],
        id=_id(given.get("id")),
        values=_object(given, "values"),
        sublists=_sublists(given),
        expected=_object(given, "expected"),
        external_id=external_id,
    )


def _bad_shape(name: str) -> RefusedError:
    return RefusedError("INVALID_REQUEST", f"The operation's {name} is missing or malformed.")


def _is_text(value: object) -> bool:
    """Whether `value` is a text that has something in it and that UTF-8 can carry."""
    return (
        isinstance(value, str) and value != "" and not any("\ud800" <= c <= "\udfff" for c in value)
    )


def _id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def _object(given: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _bad_shape(name)
    return value


def _sublists(given: Mapping[str, object]) -> dict[str, list[Json]]:
    sublists = _object(given, "sublists")
    for lines in sublists.values():
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise _bad_shape("sublists")
    return cast("dict[str, list[Json]]", dict(sublists))
