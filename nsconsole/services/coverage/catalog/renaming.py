"""Telling a column that got another name from one that went and one that came."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from nsconsole.store.catalog import ColumnRow

_ALIKE = 0.7  # of two names, from 0 to 1


def renamed(went: Sequence[ColumnRow], came: Sequence[ColumnRow]) -> dict[str, str]:
    """Give the new names of columns that probably got one, by their old names.

    They hold the same kind of thing, and have the place, the label or nearly the name in common.
    """
    pairs = [
        (likeness, old.name, new.name)
        for old in went
        for new in came
        if old.kind is new.kind and (likeness := _likeness(old, new))
    ]
    found: dict[str, str] = {}
    for _, old_name, new_name in sorted(pairs, reverse=True):
        if old_name not in found and new_name not in found.values():
            found[old_name] = new_name
    return found


def _likeness(old: ColumnRow, new: ColumnRow) -> float:
    """Say how alike two columns are; 0 if neither can be the other."""
    names = SequenceMatcher(None, old.name, new.name).ratio()
    same_label = bool(old.label) and old.label == new.label
    same_place = old.position == new.position
    return names + same_label + same_place if same_label or same_place or names > _ALIKE else 0
