"""The language of the RESTlet: what is asked of it, and strictly what it may answer.

Every parser here raises ValueError, saying what is wrong, when an answer has another shape.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from nsconsole.netsuite.answer import one_line, short_code
from nsconsole.netsuite.errors import Outcome, classify_caught

MAX_OPERATIONS = 50
"""How many operations one call may carry."""

_SCRIPT_ID = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class RestletAddress:
    """Where the script is deployed in the account, by script ids or numbers."""

    script: str = "customscript_gfs_platform_query"
    deploy: str = "customdeploy_gfs_platform_query"

    def __post_init__(self) -> None:
        for name in (self.script, self.deploy):
            if not _SCRIPT_ID.fullmatch(name):
                raise ValueError(f"{name[:60]!r} is not the id of a script or deployment.")


class OperationKind(Enum):
    """What an operation does to its record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to one record.

    `request_id` makes it happen at most once. `id` is the record's internal id, given but for a
    create. `expected` are the values that fields must still have for the change to be made.
    """

    request_id: str
    kind: OperationKind
    record_type: str
    id: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    sublists: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    expected: Mapping[str, object] = field(default_factory=dict)
    external_id: str | None = None

    def __post_init__(self) -> None:
        if not self.request_id or not self.record_type:
            raise ValueError("An operation has a request id and a record type.")
        if bool(self.id) is (self.kind is OperationKind.CREATE):
            raise ValueError("An update or delete names the record's internal id, a create cannot.")

    def to_wire(self) -> dict[str, object]:
        """Return the JSON object; what does not apply is left out."""
        optional = {
            "id": self.id,
            "values": self.values,
            "sublists": self.sublists,
            "expected": self.expected,
            "external_id": self.external_id,
        }
        return {
            "request_id": self.request_id,
            "operation": self.kind.value,
            "record_type": self.record_type,
            **{name: value for name, value in optional.items() if value},
        }


@dataclass(frozen=True, slots=True)
class OperationError:
    """Why an operation was not done; `current` holds the record's values after a conflict."""

    code: str
    message: str
    current: Mapping[str, object] | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OperationResult:
    """What came of an operation; `idempotent` if it had been done by an earlier call.

    `lastmodified` is the record's own, in UTC.
    """

    request_id: str
    ok: bool
    ns_internal_id: str | None = None
    idempotent: bool = False
    lastmodified: datetime | None = None
    error: OperationError | None = None

    @property
    def outcome(self) -> Outcome:
        """DONE, or what the error means."""
        return Outcome.DONE if self.error is None else self.error.outcome


@dataclass(frozen=True, slots=True)
class Ping:
    """The script's own account of itself."""

    version: str
    idempotent: bool
    max_operations: int


def parse_ping(payload: object) -> Ping:
    """Read the answer to a ping."""
    match payload:
        case {
            "ok": True,
            "version": str(version),
            "idempotent": bool(idempotent),
            "max_operations": int(limit),
        } if limit > 0:
            return Ping(version, idempotent, limit)
    raise ValueError("not the answer to a ping")


def parse_values(payload: object) -> dict[str, object] | OperationError:
    """Read the answer to a read: the record's values, or why there are none."""
    match payload:
        case {"ok": True, "values": dict(values)}:
            return values
        case {"ok": False, "error": error}:
            return _parse_error(error, write=False)
    raise ValueError("not the answer to a read")


def parse_results(payload: object, request_ids: Sequence[str]) -> list[OperationResult]:
    """Read one result for each request id, which must come in the same order."""
    return [_parse_result(item) for item in _result_items(payload, request_ids)]


def parse_lookup(payload: object, request_ids: Sequence[str]) -> dict[str, OperationResult | None]:
    """Read what became of each request id: its result, or None if the script never saw it."""
    found: dict[str, OperationResult | None] = {}
    for item, request_id in zip(_result_items(payload, request_ids), request_ids, strict=True):
        match item.get("found"):
            case True:
                found[request_id] = _parse_result(item)
            case False:
                found[request_id] = None
            case _:
                raise ValueError('a result does not say whether it was "found"')
    return found


def _result_items(payload: object, request_ids: Sequence[str]) -> list[dict[str, object]]:
    match payload:
        case {"results": list(results)} if all(isinstance(item, dict) for item in results):
            answered = [item.get("request_id") for item in results]
        case _:
            raise ValueError('no list of "results"')
    if answered != list(request_ids):
        raise ValueError("the results are not those of the operations sent, in their order")
    return results


def _parse_result(item: Mapping[str, object]) -> OperationResult:
    match item:
        case {"request_id": str(request_id), "ok": True}:
            return OperationResult(
                request_id,
                ok=True,
                ns_internal_id=_internal_id(item.get("ns_internal_id")),
                idempotent=_flag(item.get("idempotent", False)),
                lastmodified=_moment(item.get("lastmodified")),
            )
        case {"request_id": str(request_id), "ok": False, "error": error}:
            idempotent = _flag(item.get("idempotent", False))
            return OperationResult(
                request_id, ok=False, idempotent=idempotent, error=_parse_error(error, write=True)
            )
    raise ValueError('a result is neither "ok" nor an error')


def _parse_error(error: object, *, write: bool) -> OperationError:
    match error:
        case {"code": str(raw_code), "message": str(message), **rest}:
            code, current = short_code(raw_code), rest.get("current")
        case _:
            raise ValueError("an error without code and message")
    if current is not None and not isinstance(current, dict):
        raise ValueError('"current" is not an object')
    return OperationError(code, one_line(message), current, classify_caught(code, write=write))


def _internal_id(value: object) -> str:
    """Accept the number that SuiteScript's own `save()` returns as well as the text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value:
        return value
    raise ValueError("a result that is ok has no internal id")


def _flag(value: object) -> bool:
    match value:
        case bool():
            return value
        case _:
            raise ValueError("a flag is neither true nor false")


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError('"lastmodified" is not a time with its time zone')
    return moment.astimezone(UTC)
