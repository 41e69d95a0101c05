"""A change against NetSuite: what the approver saw, what was proposed, and what is there now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nsconsole.services.actions.canonical import Json
from nsconsole.services.actions.drafts import field_of
from nsconsole.services.actions.fields import Field as MappedField
from nsconsole.services.actions.fields import same
from nsconsole.services.actions.records import record_called
from nsconsole.services.actions.sentences import Seen, displayed


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a change, for reading, by our name for it.

    `seen` is None for a new record, `proposed` for a field of a record that goes, `now` where
    NetSuite has not told. `moved` says that it is no longer what was seen, `reached` that it is
    what was proposed.
    """

    name: str
    label: str
    seen: str | None
    proposed: str | None
    now: str | None
    moved: bool = False
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a change by our names, as seen and as proposed; and what ids are called."""

    record: str
    seen: Mapping[str, Json]
    proposed: Mapping[str, Json]
    names: Seen

    @property
    def fields(self) -> dict[str, MappedField]:
        """All its fields, lines aside."""
        record = record_called(self.record)
        return {
            name: field_of(record, name) for name in dict.fromkeys([*self.proposed, *self.seen])
        }


def values_of(target_record: str, change_json: str, seen_json: str) -> Values:
    """Read the values of a stored proposal."""
    change, seen = json.loads(change_json), json.loads(seen_json)
    proposed = {name: value for name, value in change.items() if not isinstance(value, list)}
    names = Seen(values=seen["values"], names=seen["names"])
    return Values(target_record, seen["values"], proposed, names)


def by_our_names(values: Values, netsuite: Mapping[str, Any] | None) -> dict[str, Json] | None:
    """Rename what NetSuite told of a record by its own field ids; None if it told nothing."""
    if netsuite is None:
        return None
    return {
        name: netsuite[field.netsuite_id]
        for name, field in values.fields.items()
        if field.netsuite_id in netsuite
    }


def compare(values: Values, now: Mapping[str, Json] | None, called: Seen = Seen()) -> list[Field]:  # noqa: B008 - frozen
    """Lay the three side by side; `called` tells what the ids among `now` are called."""
    return [_field(values, name, field, now, called) for name, field in values.fields.items()]


def _field(
    values: Values,
    name: str,
    field: MappedField,
    now: Mapping[str, Json] | None,
    called: Seen,
) -> Field:
    told = now is not None and name in now
    held = now[name] if now is not None and told else None
    names = Seen(names={name: {**_called(values.names, name), **_called(called, name)}})

    def shown(side: Mapping[str, Json]) -> str | None:
        return displayed(field, side[name], names) if name in side else None

    return Field(
        name=name,
        label=field.label,
        seen=shown(values.seen),
        proposed=shown(values.proposed),
        now=displayed(field, held, names) if told else None,
        moved=told and name in values.seen and not same(field, values.seen[name], held),
        reached=told and name in values.proposed and same(field, values.proposed[name], held),
    )


def _called(names: Seen, field: str) -> Mapping[str, str]:
    return names.names.get(field, {})


def moved(fields: Sequence[Field]) -> list[Field]:
    """Those that are no longer what the approver saw."""
    return [field for field in fields if field.moved]
