"""Names as NetSuite writes them, and what to do with two that only their capitals tell apart."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from nsconsole.catalog import ColumnFact, TableFact
from nsconsole.netsuite.answer import one_line

_LONGEST = 1_000  # characters of a name; a longer one could not be told from a mistake
_LABEL = 300

_Fact = TypeVar("_Fact", ColumnFact, TableFact)


def named(value: object) -> str:
    """Give a name as it is written, however odd; "" if there is none."""
    return value[:_LONGEST] if isinstance(value, str) else ""


def worded(value: object) -> str:
    """Give a label or a type on one line; "" if there is none."""
    if not isinstance(value, str):
        return ""
    is_plain = len(value) <= _LABEL and value.isprintable() and "  " not in value
    return value.strip() if is_plain else one_line(value, _LABEL)


def united_columns(columns: Iterable[ColumnFact]) -> tuple[ColumnFact, ...]:
    """Leave out columns without a name, and take two whose names SuiteQL takes for one as one.

    The first is kept, and its `shown_name` has both.
    """
    return tuple(_united(columns).values())


def united_tables(tables: Iterable[TableFact]) -> tuple[TableFact, ...]:
    """Do the same with tables; those of one name share their columns."""
    found: dict[str, list[TableFact]] = {}
    for table in tables:
        found.setdefault(table.name, []).append(table)
    shown = _united(chain.from_iterable(found.values()))
    return tuple(replace(shown[name], columns=_shared(found[name])) for name in shown)


def _shared(tables: Iterable[TableFact]) -> tuple[ColumnFact, ...] | None:
    told = [table.columns for table in tables if table.columns is not None]
    return united_columns(chain.from_iterable(told)) if told else None


def _united(facts: Iterable[_Fact]) -> Mapping[str, _Fact]:
    found: dict[str, _Fact] = {}
    for fact in facts:
        known = found.get(fact.name)
        if known is None:
            found[fact.name] = fact
        elif fact.shown_name != known.shown_name:
            shown = f"{known.shown_name} / {fact.shown_name}"[:_LONGEST]
            found[fact.name] = replace(known, shown_name=shown)
    found.pop("", None)
    return found
