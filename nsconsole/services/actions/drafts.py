"""From untrusted JSON to a draft: every rule that can be checked without asking NetSuite."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from nsconsole.services.actions.canonical import Json
from nsconsole.services.actions.fields import (
    Field,
    FieldType,
    InvalidValueError,
    check,
    internal_id,
)
from nsconsole.services.actions.kinds import KINDS, Kind, Operation, Risk, nearest
from nsconsole.services.actions.records import Record, Sublist, record_called
from nsconsole.text import clean

Change = dict[str, Json]

_KEYS = ("action_type", "target_record", "target_id", "change", "risk_tier", "author", "reason")
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,99}", re.ASCII)
_MOST_FIELDS = 200
_MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal whose form is right; what NetSuite holds has not been looked at yet."""

    kind: Kind
    target_record: str
    target_id: str | None
    change: Change
    risk: Risk
    author: str
    reason: str

    @property
    def record(self) -> Record | None:
        """The target's entry in the canonical map, if it has one."""
        return record_called(self.target_record)

    def field(self, name: str) -> Field:
        """The field that a changed name stands for, as the map knows it or as NetSuite does."""
        return field_of(self.record, name)


def field_of(record: Record | None, name: str) -> Field:
    """Find a field in the map; outside it, one whose values NetSuite alone can judge."""
    known = record.field(name) if record else None
    return known or _unmapped(name)


def _unmapped(name: str) -> Field:
    return Field(name, FieldType.ANY, name, multiline=True)


def draft(entry: object, *, default_author: str) -> Draft:
    """Check one proposal. Raises InvalidValueError with a message that names the field."""
    if not isinstance(entry, dict):
        raise InvalidValueError("must be a JSON object")
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        raise InvalidValueError(f"“{clean(unknown[0], limit=60)}” is not a key of a proposal")
    kind = _kind(entry.get("action_type"))
    record_name = _target_record(kind, entry.get("target_record"))
    change = _change(kind, record_called(record_name), entry.get("change"))
    return Draft(
        kind=kind,
        target_record=record_name,
        target_id=_target_id(kind, entry.get("target_id")),
        change=change,
        risk=max(_risk(kind, entry.get("risk_tier")), _risk_of_lines(kind, change)),
        author=_words(entry, "author", 120) or default_author,
        reason=_words(entry, "reason", 2000),
    )


def _kind(name: object) -> Kind:
    if not isinstance(name, str):
        raise InvalidValueError("action_type: must name a kind of action")
    if name not in KINDS:
        near = nearest(name)
        hint = f"; did you mean “{near}”?" if near else f"; known: {', '.join(KINDS)}"
        raise InvalidValueError(f"action_type: unknown kind “{clean(name, limit=60)}”{hint}")
    return KINDS[name]


def _target_record(kind: Kind, name: object) -> str:
    if name is None and kind.record:
        return kind.record.name
    if not isinstance(name, str) or not _IDENTIFIER.fullmatch(name):
        raise InvalidValueError("target_record: must be a record type, e.g. “vendor”")
    record = record_called(name)
    if kind.record and record is not kind.record:
        raise InvalidValueError(
            f"target_record: {kind.name} is for “{kind.record.name}”, not “{name}”"
        )
    return record.name if record else name


def _target_id(kind: Kind, value: object) -> str | None:
    if kind.operation is Operation.CREATE:
        if value in (None, ""):
            return None
        raise InvalidValueError("target_id: a new record has none yet; leave it out")
    try:
        return internal_id(cast("Json", value))
    except InvalidValueError as error:
        raise InvalidValueError(f"target_id: {error}") from error


def _risk(kind: Kind, tier: object) -> Risk:
    if tier is None:
        return max(kind.risk, kind.least_risk)
    asked = next((risk for risk in Risk if risk.tier == tier), None)
    if asked is None:
        raise InvalidValueError("risk_tier: must be “low”, “medium” or “high”")
    return max(asked, kind.least_risk)


def _risk_of_lines(kind: Kind, change: Change) -> Risk:
    # Lines are written over what NetSuite has, without a comparison with what was seen.
    blind = kind.operation is Operation.UPDATE and any(isinstance(v, list) for v in change.values())
    return Risk.HIGH if blind else Risk.LOW


def _words(entry: Mapping[str, Any], key: str, longest: int) -> str:
    value = entry.get(key)
    try:
        field = Field(key, FieldType.TEXT, key, max_length=longest, multiline=key == "reason")
        text = check(field, value)
    except InvalidValueError as error:
        raise InvalidValueError(f"{key}: {error}") from error
    return str(text or "").strip()


def _change(kind: Kind, record: Record | None, change: object) -> Change:
    if kind.operation is Operation.DELETE:
        if change:
            raise InvalidValueError("change: a deletion changes no field; leave it out")
        return {}
    if not isinstance(change, dict) or not change:
        raise InvalidValueError("change: must be an object of at least one field and its new value")
    if len(change) > _MOST_FIELDS:
        raise InvalidValueError(f"change: names {len(change):,} fields; at most {_MOST_FIELDS}")
    checked: Change = {}
    for name, value in change.items():
        field, kept = _entry(kind, record, name, value)
        if field in checked:
            raise InvalidValueError(f"change.{field}: is given twice, under two names")
        checked[field] = kept
    if kind.operation is Operation.CREATE and record:
        _require(record.fields, checked, "change")
    return checked


def _entry(kind: Kind, record: Record | None, name: str, value: Json) -> tuple[str, Json]:
    shown = clean(name, limit=60)
    if not _IDENTIFIER.fullmatch(name):
        raise InvalidValueError(f"change.{shown}: is not the name of a field")
    try:
        if isinstance(value, list):
            return name, _lines(kind, record, name, value)
        field = _allowed(kind, record, name)
        return field.name, check(field, value)
    except InvalidValueError as error:
        raise InvalidValueError(f"change.{shown}{_joined(error)}") from error


def _joined(error: InvalidValueError) -> str:
    # A line's message begins with its own place: change.item[2].rate: …
    text = str(error)
    return text if text.startswith("[") else f": {text}"


def _allowed(kind: Kind, record: Record | None, name: str) -> Field:
    field = field_of(record, name)
    allowed = kind.fields or (tuple(f.name for f in kind.record.fields) if kind.record else ())
    if kind.record and field.name not in allowed:
        raise InvalidValueError(f"{kind.name} changes only {', '.join(allowed)}")
    return field


def _lines(kind: Kind, record: Record | None, name: str, lines: list[Json]) -> Json:
    sublist = record.sublist(name) if record else None
    if kind.record and not sublist:
        raise InvalidValueError(f"{kind.name} has no lines of this name")
    if not lines or len(lines) > _MOST_LINES:
        raise InvalidValueError(f"must have between 1 and {_MOST_LINES} lines")
    return [_line(kind, sublist, number, line) for number, line in enumerate(lines, start=1)]


def _line(kind: Kind, sublist: Sublist | None, number: int, line: Json) -> Json:
    if not isinstance(line, dict) or not line:
        raise InvalidValueError(f"[{number}]: must be an object of at least one field")
    known = {field.name: field for field in sublist.fields} if sublist else {}
    checked: Change = {}
    for name, value in line.items():
        place = f"[{number}].{clean(name, limit=60)}"
        if not _IDENTIFIER.fullmatch(name) or (kind.record and name not in known):
            raise InvalidValueError(f"{place}: is not a field of these lines")
        try:
            checked[name] = check(known.get(name, _unmapped(name)), value)
        except InvalidValueError as error:
            raise InvalidValueError(f"{place}: {error}") from error
    if sublist and kind.operation is Operation.CREATE:
        _require(sublist.fields, checked, f"[{number}]")
    return checked


def _require(fields: tuple[Field, ...], given: Change, place: str) -> None:
    missing = [field.name for field in fields if field.required and given.get(field.name) is None]
    if missing:
        raise InvalidValueError(f"{place}.{missing[0]}: is needed")
