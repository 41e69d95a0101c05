"""The catalog's columns, by what the sources tell of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from nsconsole.catalog import ColumnFact, Event, Source, State, is_custom, kind_of
from nsconsole.mapping import Kind
from nsconsole.services.coverage.catalog.hearing import Told
from nsconsole.services.coverage.catalog.judging import Verdict, best, judged, kind_in
from nsconsole.services.coverage.catalog.renaming import renamed
from nsconsole.services.coverage.catalog.table_rows import is_turn, standing
from nsconsole.store.catalog import Change, ColumnRow, Fact, TableRow


def column_rows(
    table: TableRow,
    known: Mapping[str, ColumnRow],
    told: Told,
    said: Mapping[Source, Sequence[ColumnFact]],
    at: datetime,
) -> list[ColumnRow]:
    """Give those columns of a table that are new, other than they were known, or gone as of now."""
    listing = {source for facts in told.values() for source in facts}
    places = _places(known, told, said)
    rows = []
    for name in {**known, **told}:
        facts, old = told.get(name, {}), known.get(name)
        verdict = judged(name, facts, listing=listing)
        if verdict is not None:
            row = _row(table, name, facts, verdict, place=places[name], old=old, at=at)
            if old is None or row._replace(seen_at=old.seen_at) != old:
                rows.append(row)
        elif old is not None and old.gone_at is None:
            rows.append(old._replace(gone_at=at))
    return rows


def column_changes(
    known: Mapping[str, ColumnRow], rows: Sequence[ColumnRow], before: Told, told: Told
) -> list[Change]:
    """Give what became of columns; those of a table that has come or come back are no news.

    What only a source tells of that was never heard of this table is not new: we just learn of it.
    """
    if all(row.gone_at for row in known.values()):
        return []
    heard = {source for facts in before.values() for source in facts}
    went = [row for row in rows if row.gone_at]
    came = [row for row in rows if row.name not in known and not heard.isdisjoint(told[row.name])]
    old, new = _standing(known.values()), _standing({**known, **{r.name: r for r in rows}}.values())
    new_names = renamed(went, came, before=old, now=new)
    unspoken = {*new_names, *new_names.values()}
    changes = [
        Change(row.table_name, row.name, Event.RENAMED, row.name, new_names[row.name])
        for row in went
        if row.name in new_names
    ]
    for row in rows:
        if row.name in known or row in came:
            changes += () if row.name in unspoken else _events(known.get(row.name), row)
    return [change for change in changes if _is_news(change, before, told)]


def _standing(rows: Iterable[ColumnRow]) -> list[str]:
    """Give the names of the columns that are there, in their order."""
    return [row.name for row in sorted(rows, key=lambda row: row.position) if not row.gone_at]


def _is_news(change: Change, before: Told, told: Told) -> bool:
    """Whether NetSuite changed; of a type we may have learned only now from who knows better."""
    if change.event is not Event.TYPE_CHANGED:
        return True
    old, new = before.get(change.name, {}), told[change.name]
    return any(
        kind_of(old[source].native_type) is not kind_of(new[source].native_type)
        for source in old.keys() & new.keys()
    )


def _events(old: ColumnRow | None, row: ColumnRow) -> Iterator[Change]:
    def change(event: Event, before: str | None, after: str | None) -> Change:
        return Change(row.table_name, row.name, event, before, after)

    if old is None:
        yield change(Event.NEW, None, row.kind.value)
    elif row.gone_at:
        yield change(Event.GONE, row.kind.value, None)
    elif old.gone_at:
        yield change(Event.RETURNED, None, row.kind.value)
    else:
        if old.kind is not row.kind:
            yield change(Event.TYPE_CHANGED, old.kind.value, row.kind.value)
        if is_turn(old.state, row.state):
            before, after = standing(old.state, old.reason), standing(row.state, row.reason)
            yield change(Event.STATE_CHANGED, before, after)


def _places(
    known: Mapping[str, ColumnRow],
    told: Told,
    said: Mapping[Source, Sequence[ColumnFact]],
) -> dict[str, int]:
    """Give each column its place: SuiteQL's order if it was told anew, then that which is known."""
    order = [
        *(fact.name for fact in said.get(Source.SUITEQL, ())),
        *known,
        *(fact.name for facts in said.values() for fact in facts),
        *told,
    ]
    return {name: place for place, name in enumerate(dict.fromkeys(order))}


def _row(
    table: TableRow,
    name: str,
    facts: Mapping[Source, Fact],
    verdict: Verdict,
    *,
    place: int,
    old: ColumnRow | None,
    at: datetime,
) -> ColumnRow:
    # A query may name no column of a table that it may not name.
    is_closed = table.state is State.UNQUERYABLE
    return ColumnRow(
        table_name=table.name,
        name=name,
        position=place,
        label=best(facts, "label"),
        kind=kind_in(facts) or Kind.TEXT,
        native_type=best(facts, "native_type"),
        custom=is_custom(name),
        refers_to=best(facts, "refers_to") or None,
        state=table.state if is_closed else verdict.state,
        reason=table.reason if is_closed else verdict.reason,
        disagrees=verdict.disagrees,
        first_seen_at=old.first_seen_at if old else at,
        seen_at=at,
        gone_at=None,
    )
