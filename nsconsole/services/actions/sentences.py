"""How a change reads: one English sentence, with the names and figures that a person decides by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from nsconsole.services.actions.canonical import Json
from nsconsole.services.actions.drafts import Change, Draft
from nsconsole.services.actions.fields import NUMERIC, Field, FieldType, to_decimal
from nsconsole.services.actions.kinds import Operation
from nsconsole.text import clean

_MOST_FIELDS = 4
_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """What NetSuite held when a change was staged.

    `called` is what a person calls the record; `values` are by our field names; `names` tells what
    a referenced id is called, by field and id.
    """

    called: str | None = None
    values: Change = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name_of(self, field_name: str, value: Json) -> str | None:
        """What the record that `field_name` refers to is called, if it was looked up."""
        return self.names.get(field_name, {}).get(str(value))


def sentence(draft: Draft, seen: Seen) -> str:
    """Give the change as one line, e.g. “Vendor 42 Acme: cost 10.00 → 12.50, +25 %”."""
    label = draft.record.label if draft.record else draft.target_record
    if draft.kind.operation is Operation.CREATE:
        return f"New {label[:1].lower()}{label[1:]}: {_created(draft, seen)}"
    subject = " ".join(filter(None, (label, draft.target_id, clean(seen.called or ""))))
    if draft.kind.operation is Operation.DELETE:
        return f"Delete {subject[:1].lower()}{subject[1:]}"
    return f"{subject}: {_few([_changed(draft, name, seen) for name in draft.change])}"


def _changed(draft: Draft, name: str, seen: Seen) -> str:
    new = draft.change[name]
    if isinstance(new, list):
        return _total(draft, name, new)
    known = draft.field(name)
    values = (seen.values.get(name), new)
    before, after = (displayed(known, v, seen, longest=_LONGEST_VALUE) for v in values)
    return f"{known.label} {before} → {after}{_percent(known, seen.values.get(name), new)}"


def _created(draft: Draft, seen: Seen) -> str:
    parts = []
    for name, value in draft.change.items():
        if isinstance(value, list):
            parts.append(_total(draft, name, value))
        else:
            known = draft.field(name)
            shown = displayed(known, value, seen, longest=_LONGEST_VALUE)
            parts.append(f"{known.label} {shown}")
    return _few(parts)


def _total(draft: Draft, name: str, lines: list[Json]) -> str:
    sublist = draft.record.sublist(name) if draft.record else None
    amounts = [_amount(line) for line in lines if isinstance(line, dict)]
    total = f", {sum(amounts):,.2f}" if any(amounts) else ""
    return f"{_count(lines, sublist.label if sublist else f'{name} line')}{total}"


def _amount(line: Mapping[str, Json]) -> Decimal:
    amount = to_decimal(line.get("amount"))
    if amount is not None:
        return amount
    quantity, rate = to_decimal(line.get("quantity")), to_decimal(line.get("rate"))
    return quantity * rate if quantity is not None and rate is not None else Decimal(0)


def _count(lines: list[Json], what: str) -> str:
    return f"{len(lines)} {what}{'' if len(lines) == 1 else 's'}"


def _few(parts: list[str]) -> str:
    more = len(parts) - _MOST_FIELDS
    return "; ".join(parts[:_MOST_FIELDS]) + (f"; and {more} more" if more > 0 else "")


def displayed(known: Field, value: Json, seen: Seen, *, longest: int | None = None) -> str:
    """Give a value as a person reads it: 1,250.00, Net 30, yes, “none”.

    All of it, unless it has more than `longest` characters: who approves must be able to read it.
    """
    if value in (None, ""):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if known.type is FieldType.REFERENCE:
        return clean(seen.name_of(known.name, value) or f"#{value}", limit=longest)
    number = to_decimal(value) if known.type in NUMERIC else None
    if number is None:
        return clean(str(value), limit=longest)
    return _figure(known, number)


def _figure(known: Field, number: Decimal) -> str:
    exponent = number.as_tuple().exponent
    places = max(-exponent, 0) if isinstance(exponent, int) else 0
    return f"{number:,.{max(places, 2) if known.type is FieldType.MONEY else places}f}"


def _percent(known: Field, before: Json, after: Json) -> str:
    if known.type not in (FieldType.MONEY, FieldType.NUMBER):
        return ""
    old, new = to_decimal(before), to_decimal(after)
    if not old or new is None or old == new:
        return ""
    share = (new - old) / abs(old) * 100
    return f", {share:+.0f} %" if abs(share) >= 10 else f", {share:+.1f} %"
