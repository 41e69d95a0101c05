"""Telling a column that got another name from one that went and one that came."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from nsconsole.store.catalog import ColumnRow

_ALIKE = 0.7  # of two names, from 0 to 1


def renamed(
    went: Sequence[ColumnRow],
    came: Sequence[ColumnRow],
    *,
    before: Sequence[str],
    now: Sequence[str],
) -> dict[str, str]:
    """Give the new names of columns that probably got one, by their old names.

    They hold the same kind of thing, and have the place, the label or nearly the name in common.
    `before` and `now` are the names of all columns, in their order.
    """
    if not (went and came):
        return {}
    replaced = _replaced(before, now)
    pairs = [
        (likeness, old.name, new.name)
        for old in went
        for new in came
        if old.kind is new.kind
        and (likeness := _likeness(old, new, same_place=(old.name, new.name) in replaced))
    ]
    found: dict[str, str] = {}
    for _, old_name, new_name in sorted(pairs, reverse=True):
        if old_name not in found and new_name not in found.values():
            found[old_name] = new_name
    return found


def _replaced(before: Sequence[str], now: Sequence[str]) -> set[tuple[str, str]]:
    """Give each name with those that stand in its place now, between the same neighbours."""
    changes = SequenceMatcher(None, before, now, autojunk=False).get_opcodes()
    return {
        (old, new)
        for change, start, end, now_start, now_end in changes
        if change == "replace"
        for old in before[start:end]
        for new in now[now_start:now_end]
    }


def _likeness(old: ColumnRow, new: ColumnRow, *, same_place: bool) -> float:
    """Say how alike two columns are; 0 if neither can be the other."""
    names = SequenceMatcher(None, old.name, new.name).ratio()
    same_label = bool(old.label) and old.label == new.label
    return names + same_label + same_place if same_label or same_place or names > _ALIKE else 0
