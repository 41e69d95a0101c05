"""An answer as it came over the wire, and the several forms in which NetSuite tells an error."""

import html
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from nsconsole.netsuite.errors import Failure

TEXT_LIMIT = 2_000
_CODE_LIMIT = 100
_HTML_HEAD = 8_000  # a title comes early, or not at all
_TEXT_FORM = re.compile(r"\s*error code:\s*(\S+)\s*error message:(.*)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a whole HTTP answer, or as much as there was before it failed.

    `status` is None when not even the headers came; header names are case-insensitive if the
    mapping is; `reason` may say more about the failure.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    failure: Failure | None = None
    reason: str = ""


class Refusal(NamedTuple):
    """NetSuite's error code, or "", and the statements that it makes about the error."""

    code: str
    details: tuple[str, ...]

    @property
    def detail(self) -> str:
        """All statements in one text."""
        return "; ".join(self.details)


def one_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return the text on one line of at most `limit` characters, without control characters."""
    start = text[: 10 * limit]  # megabytes need no cleaning to be cut
    printable = "".join(char if char.isprintable() else " " for char in start)
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def short_code(value: object) -> str:
    """Return an error code fit to be stored and compared; "" if it is none."""
    return one_line(value, _CODE_LIMIT) if isinstance(value, str) else ""


def load_json(body: bytes) -> object:
    """Parse UTF-8 JSON strictly: no NaN or infinity, no half of a surrogate pair.

    Raises ValueError for anything that is not JSON, however deep or long it may be.
    """
    text = body.decode("utf-8-sig")
    try:
        value: object = json.loads(text, parse_float=_finite, parse_constant=_no_number)
        return _whole_text(value) if _SURROGATE_ESCAPE.search(text) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _finite(literal: str) -> float:
    number = float(literal)
    return number if math.isfinite(number) else _no_number(literal)


def _no_number(literal: str) -> NoReturn:
    raise ValueError(f"{literal[:20]} is not a number")


def _whole_text(value: object) -> object:
    """Replace lone surrogates, which JSON can escape but no database or terminal can encode."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_text(item) for item in value]
    if isinstance(value, dict):
        return {_whole_text(key): _whole_text(item) for key, item in value.items()}
    return value


def refusal(body: bytes) -> Refusal:
    """Read the error out of a body in any of NetSuite's forms; total, it never raises."""
    try:
        found = _from_json(load_json(body))
    except ValueError:
        found = _from_text(body.decode("utf-8", errors="replace"))
    return Refusal(short_code(found.code), found.details)


def _from_json(value: object) -> Refusal:
    match value:
        case {"o:errorDetails": [dict(first), *_] as details}:
            texts = (item.get("detail") for item in details if isinstance(item, dict))
            stated = tuple(text for text in texts if isinstance(text, str))
            return Refusal(_text(first.get("o:errorCode")), stated)
        case {"error": dict(error)}:
            return _refusal(_text(error.get("code")), _inner_message(_text(error.get("message"))))
        case {"error": str(code), **rest}:  # OAuth's own form
            return _refusal(code, _text(rest.get("error_description")))
        case {"title": title, **rest}:
            return _refusal(_text(rest.get("o:errorCode")), _text(title))
        case str(text):
            return _from_text(text)
        case _:
            return Refusal("", ())


def _refusal(code: str, detail: str) -> Refusal:
    return Refusal(code, (detail,) if detail else ())


def _inner_message(message: str) -> str:
    """Open up an uncaught SuiteScript error, whose message is a JSON document in a string."""
    try:
        match load_json(message.encode()):
            case {"message": str(inner)}:
                return inner
    except ValueError:
        pass
    return message


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _from_text(text: str) -> Refusal:
    if form := _TEXT_FORM.match(text):
        return _refusal(form[1], _inner_message(form[2].strip()))
    if text.lstrip().startswith("<"):
        title = _TITLE.search(text[:_HTML_HEAD])
        named = f' titled "{html.unescape(title[1]).strip()}"' if title else ""
        return _refusal("", f"a web page{named} instead of an answer")
    return _refusal("", text)
