"""The forms in which NetSuite says no: REST services' error details, and the RESTlets' own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import Literal

_TITLES = {
    400: ("Bad Request", "15.5.1", "10.4.1"),
    401: ("Unauthorized", "15.5.2", "10.4.2"),
    403: ("Forbidden", "15.5.4", "10.4.4"),
    404: ("Not Found", "15.5.5", "10.4.5"),
    405: ("Method Not Allowed", "15.5.6", "10.4.6"),
    415: ("Unsupported Media Type", "15.5.16", "10.4.16"),
    429: ("Bad Request", "15.5.1", "10.4.1"),  # NetSuite's own title of a 429
    500: ("Internal Server Error", "15.6.1", "10.5.1"),
    503: ("Service Unavailable", "15.6.4", "10.5.4"),
}
_TYPES = {
    "rfc9110": "https://www.rfc-editor.org/rfc/rfc9110.html#section-{1}",
    "w3c": "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec{2}",
}
REST_TYPE = "application/vnd.oracle.resource+json; type=error; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: status, body and the headers that go with it."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """A request that NetSuite answers with an error: HTTP status, NetSuite code, message.

    `about` names the part at fault the way REST services do, e.g. {"o:errorQueryParam": "q"};
    `others` are the messages of further faults of the same kind.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        about: dict[str, str] | None = None,
        others: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.about = about or {}
        self.others = others


def json_bytes(value: object) -> bytes:
    """`value` as compact JSON in UTF-8; half a surrogate pair stays the escape that it was."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")


def rest_error(refusal: Refusal, error_type: Literal["rfc9110", "w3c"] = "rfc9110") -> Answer:
    """The error body of REST services (Oracle, "Error Handling in REST Web Services").

    Its `type` is an address of RFC 9110 now and was one of the W3C's, which Oracle still shows.
    """
    title = _TITLES[refusal.status]
    body = {
        "type": _TYPES[error_type].format(*title),
        "title": title[0],
        "status": refusal.status,
        # Of all errors this one has a code outside its details.
        **({"o:errorCode": "USER_ERROR"} if refusal.status == 429 else {}),
        "o:errorDetails": [
            {"detail": message, **refusal.about, "o:errorCode": refusal.code}
            for message in (refusal.message, *refusal.others)
        ],
    }
    return Answer(refusal.status, json_bytes(body), {"content-type": REST_TYPE})


def restlet_error(refusal: Refusal, content_type: str) -> Answer:
    """The error body of RESTlets, which follows the request's content type.

    The spaces around the colons are NetSuite's (Oracle, "SuiteScript 2.x RESTlet Error Handling").
    """
    if content_type == "application/json":
        code, message = (
            json.dumps(text, ensure_ascii=False) for text in (refusal.code, refusal.message)
        )
        body = f'{{"error" : {{"code" : {code}, "message" : {message}}}}}'
        return Answer(
            refusal.status,
            body.encode(errors="backslashreplace"),
            {"content-type": "application/json; charset=utf-8"},
        )
    if content_type == "application/xml":
        return _xml_error(refusal)
    body = f"error code: {refusal.code}\nerror message: {refusal.message}"
    return Answer(
        refusal.status,
        body.encode(errors="backslashreplace"),
        {"content-type": "text/plain; charset=utf-8"},
    )


def _xml_error(refusal: Refusal) -> Answer:
    # Control characters have no place in XML, not even escaped.
    texts = (
        "".join(c if c.isprintable() else " " for c in text)
        for text in (refusal.code, refusal.message)
    )
    code, message = (escape(text, quote=False) for text in texts)
    body = f"<error><code>{code}</code><message>{message}</message></error>"
    return Answer(
        refusal.status,
        body.encode(errors="xmlcharrefreplace"),
        {"content-type": "application/xml; charset=utf-8"},
    )


def script_error(code: str, message: str) -> Refusal:
    """What a script throws and does not catch: its whole error object, as text, in the message."""
    thrown = {
        "type": "error.SuiteScriptError",
        "name": code,
        "message": message,
        "stack": ["Error\n    at post (/SuiteScripts/gfs_platform_query.js)"],
        "cause": {"name": code, "message": message},
        "id": "",
        "notifyOff": False,
        "userFacing": True,
    }
    return Refusal(400, code, json.dumps(thrown, separators=(",", ":")))
