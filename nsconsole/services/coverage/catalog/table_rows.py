"""The catalog's tables, by what the sources tell of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from nsconsole.catalog import Event, Reason, Source, State, is_custom
from nsconsole.services.coverage.catalog.features import of_features_off
from nsconsole.services.coverage.catalog.hearing import Told
from nsconsole.services.coverage.catalog.judging import Verdict, best, judged
from nsconsole.services.coverage.domains import domain_of
from nsconsole.store.catalog import TABLE, Change, Fact, TableRow


def table_rows(known: Mapping[str, TableRow], told: Told, at: datetime) -> list[TableRow]:
    """Give the tables that are told of, and those that are gone as of now; others stay as known."""
    listing = {source for facts in told.values() for source in facts}
    rows = []
    for name in {**known, **told}:
        facts, old = told.get(name, {}), known.get(name)
        verdict = judged(name, facts, listing=listing)
        if verdict is not None:
            rows.append(_row(name, facts, verdict, old, at))
        elif old is not None and old.gone_at is None:
            rows.append(old._replace(gone_at=at))
    return _with_features(rows)


def _with_features(rows: Sequence[TableRow]) -> list[TableRow]:
    """Tell the tables whose feature is off from those that the role may not see."""
    withheld = {row.name for row in rows if row.reason is Reason.NOT_PERMITTED}
    given = {row.name for row in rows if row.state is State.QUERYABLE and not row.gone_at}
    off = of_features_off(withheld, given)
    return [row._replace(reason=Reason.FEATURE_OFF) if row.name in off else row for row in rows]


def table_changes(
    known: Mapping[str, TableRow], rows: Sequence[TableRow], before: Told, told: Told
) -> list[Change]:
    """Give what became of tables.

    What only a source tells of that was never heard before is not new: we just learn of it.
    """
    heard = {source for facts in before.values() for source in facts}
    changes = []
    for row in rows:
        is_news = not heard.isdisjoint(told.get(row.name, ()))
        for event, was, now in _events(known.get(row.name), row, is_news=is_news):
            changes.append(Change(row.name, TABLE, event, was, now))
    return changes


def _events(
    old: TableRow | None, row: TableRow, *, is_news: bool
) -> Iterator[tuple[Event, str | None, str | None]]:
    if old is None:
        if is_news:
            yield Event.NEW, None, standing(row.state, row.reason)
    elif row.gone_at and not old.gone_at:
        yield Event.GONE, standing(old.state, old.reason), None
    elif old.gone_at and not row.gone_at:
        yield Event.RETURNED, None, standing(row.state, row.reason)
    elif is_turn(old.state, row.state):
        yield (
            Event.STATE_CHANGED,
            standing(old.state, old.reason),
            standing(row.state, row.reason),
        )


def is_turn(before: State, after: State) -> bool:
    """Whether NetSuite changed its mind; that we learned what we did not know is no such turn."""
    return before is not after and State.UNKNOWN not in (before, after)


def standing(state: State, reason: Reason | None) -> str:
    """Say in words how something stands."""
    return state.value if reason is None else f"{state.value}: {reason.value}"


def _row(
    name: str,
    facts: Mapping[Source, Fact],
    verdict: Verdict,
    old: TableRow | None,
    at: datetime,
) -> TableRow:
    custom = is_custom(name) or Source.CUSTOMIZATION in facts
    return TableRow(
        name=name,
        label=best(facts, "label"),
        domain=domain_of(name, custom),
        custom=custom,
        state=verdict.state,
        reason=verdict.reason,
        disagrees=verdict.disagrees,
        first_seen_at=old.first_seen_at if old else at,
        seen_at=at,
        gone_at=None,
        described_at=old.described_at if old else None,
        digest=old.digest if old else None,
    )
