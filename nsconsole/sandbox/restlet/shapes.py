"""The operations of a request: JSON of the right shape, whatever it may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from nsconsole.sandbox.restlet.fields import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

Verb: TypeAlias = Literal["create", "update", "delete"]
Json: TypeAlias = dict[str, object]

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
_LONGEST_NAME = 200
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a request, its shape checked but not its meaning."""

    request_id: str
    verb: Verb
    record_type: str
    id: str | None
    values: Mapping[str, object]
    sublists: Mapping[str, list[Json]]
    expected: Mapping[str, object]
    external_id: str | None


def operation(given: object) -> Operation:
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
        if not _is_name(given.get(name)):
            raise _bad_shape(name)
    if given.get("operation") not in ("create", "update", "delete"):
        raise _bad_shape("operation")
    external_id = given.get("external_id")
    if external_id is not None and not _is_name(external_id):
        raise _bad_shape("external_id")
    return Operation(
        request_id=given["request_id"],
        verb=cast("Verb", given["operation"]),
        record_type=given["record_type"],
        id=identifier(given.get("id")),
        values=_object(given, "values"),
        sublists=_sublists(given),
        expected=_object(given, "expected"),
        external_id=external_id,
    )


def is_text(value: object) -> bool:
    """Whether `value` is a text that has something in it and that UTF-8 can carry."""
    return isinstance(value, str) and value != "" and not _SURROGATE.search(value)


def identifier(value: object) -> str | None:
    """An internal id, given as a text or a number; None if it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return cast("str", value) if is_text(value) else None


def _is_name(value: object) -> bool:
    return is_text(value) and len(cast("str", value)) <= _LONGEST_NAME


def _bad_shape(name: str) -> RefusedError:
    return RefusedError("INVALID_REQUEST", f"The operation's {name} is missing or malformed.")


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
