"""What sources said before and say now: which word is new, which stays, which is taken back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from nsconsole.catalog import ColumnFact, Reason, Source, TableFact
from nsconsole.store.catalog import TABLE, Fact

Told: TypeAlias = dict[str, dict[Source, Fact]]
"""What each source says, by the name of the table or column of which it says it."""


def by_name(facts: Iterable[Fact], *, of_tables: bool = False) -> Told:
    """Sort facts by their column, or by their table."""
    told: Told = {}
    for fact in facts:
        told.setdefault(fact.table_name if of_tables else fact.name, {})[fact.source] = fact
    return told


def facts_in(told: Told) -> list[Fact]:
    """Give all that is told."""
    return [fact for facts in told.values() for fact in facts.values()]


def of_table(source: Source, fact: TableFact, at: datetime) -> Fact:
    """Give what a source says of a table at a moment."""
    return Fact(
        table_name=fact.name,
        name=TABLE,
        source=source,
        at=at,
        shown_name=fact.shown_name,
        label=fact.label,
        native_type="",
        exposed=fact.exposed,
        reason=fact.reason,
        refers_to=None,
    )


def of_column(source: Source, table: str, fact: ColumnFact, at: datetime) -> Fact:
    """Give what a source says of a column at a moment."""
    return Fact(
        table_name=table,
        name=fact.name,
        source=source,
        at=at,
        shown_name=fact.shown_name,
        label=fact.label,
        native_type=fact.native_type,
        exposed=fact.exposed,
        reason=fact.reason,
        refers_to=fact.refers_to,
    )


def hear(told: Told, source: Source, now: Mapping[str, Fact], at: datetime) -> Told:
    """Give what is told once a source was heard, which said all that it has to say."""
    heard = {name: _heard(facts, source, now.get(name), at) for name, facts in told.items()}
    fresh = {name: {source: fact} for name, fact in now.items() if name not in told}
    return {name: facts for name, facts in (heard | fresh).items() if facts}


def _heard(
    facts: Mapping[Source, Fact], source: Source, fact: Fact | None, at: datetime
) -> dict[Source, Fact]:
    others = {other: known for other, known in facts.items() if other is not source}
    before = facts.get(source)
    if fact is not None:
        return {**others, source: _since(before, fact)}
    if before is not None and source is Source.SUITEQL and others:
        # Others may tell of it still: that it was withdrawn is news, and more than silence.
        return {**others, source: _withdrawn(before, at)}
    return others


def _since(before: Fact | None, fact: Fact) -> Fact:
    """Keep the time since when a source says the same; an export is each time a new look."""
    if before is None or fact.source is Source.EXPORT:
        return fact
    same = (before.exposed, before.reason, before.native_type) == (
        (fact.exposed, fact.reason, fact.native_type)
    )
    return fact._replace(at=before.at) if same else fact


def _withdrawn(before: Fact, at: datetime) -> Fact:
    if before.exposed is False:
        return before
    return before._replace(exposed=False, reason=Reason.REMOVED, at=at)
