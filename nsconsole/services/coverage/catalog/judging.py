"""What the sources' words come to.

- Gone is what no source tells of any more.
- Queryable is what a probe has found so, or SuiteQL's catalog or the export says so.
- Unqueryable is what a probe has found so; or what one of the two says so and none otherwise; or
  what others tell of while SuiteQL's catalog, which has something to tell, leaves it out.
- Unknown is the rest: the record service or the customization tells of it, and nobody was asked.

An older probe or export does not count against SuiteQL's catalog when that has changed its mind.
"""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from nsconsole.catalog import Reason, Source, State, kind_of
from nsconsole.mapping import Kind, is_name
from nsconsole.store.catalog import Fact

_KNOWN_BEST_BY = (
    Source.SUITEQL,
    Source.EXPORT,
    Source.PROBE,
    Source.CUSTOMIZATION,
    Source.RECORDS,
)
"""Who is believed about names, labels and types, the first that knows."""

_OF_QUERIES = (Source.PROBE, Source.SUITEQL, Source.EXPORT)
_SEEN_ONCE = (Source.PROBE, Source.EXPORT)


class Verdict(NamedTuple):
    """Whether a query may name something, if not or if unknown why, and whether sources differ."""

    state: State
    reason: Reason | None
    disagrees: bool


def judged(
    name: str, facts: Mapping[Source, Fact], *, listing: Collection[Source]
) -> Verdict | None:
    """Judge a table or column by what each source says of it; None if it is gone.

    `listing` are the sources that list others of its sort, so that their silence says something.
    """
    counting = _counting(facts)
    if not any(_tells(fact) for fact in counting.values()):
        return None
    if not is_name(name):
        return Verdict(State.UNQUERYABLE, Reason.BAD_NAME, disagrees=False)
    state, reason = _state(counting, listing)
    return Verdict(state, reason, _disagree(facts))


def kind_in(facts: Mapping[Source, Fact]) -> Kind | None:
    """Give what a column holds, by who knows best; None if nobody does.

    A probe has seen the values.
    """
    counting = _counting(facts)
    sources = [Source.PROBE, *_KNOWN_BEST_BY]
    kinds = (kind_of(counting[source].native_type) for source in sources if source in counting)
    return next((kind for kind in kinds if kind is not None), None)


def best(facts: Mapping[Source, Fact], word: str) -> str:
    """Give a word of a fact, such as its label, by who knows best; "" if nobody does."""
    words = (getattr(facts[source], word) for source in _KNOWN_BEST_BY if source in facts)
    return next(filter(None, words), "")


def _counting(facts: Mapping[Source, Fact]) -> Mapping[Source, Fact]:
    """Leave out the probe and the export that SuiteQL's catalog has changed its mind since."""
    suiteql = facts.get(Source.SUITEQL)
    if suiteql is None:
        return facts
    if suiteql.exposed:
        return _without(facts, lambda f: f.source is Source.PROBE and f.at < suiteql.at)
    return _without(facts, lambda f: f.source in _SEEN_ONCE and f.at <= suiteql.at)


def _without(
    facts: Mapping[Source, Fact], is_overtaken: Callable[[Fact], bool]
) -> Mapping[Source, Fact]:
    return {source: fact for source, fact in facts.items() if not is_overtaken(fact)}


def _tells(fact: Fact) -> bool:
    """Whether a fact says that there is such a thing, be it one that no query may name."""
    return fact.exposed is not False or fact.source is Source.EXPORT


def _state(
    facts: Mapping[Source, Fact], listing: Collection[Source]
) -> tuple[State, Reason | None]:
    if probe := facts.get(Source.PROBE):
        return _by(probe)
    said = [facts[source] for source in (Source.EXPORT, Source.SUITEQL) if source in facts]
    if any(fact.exposed for fact in said):
        return State.QUERYABLE, None
    if said:
        return _by(said[0])
    if Source.SUITEQL in listing:
        # What is hidden from the role, the record service does not tell of either.
        hidden = Source.RECORDS in listing and Source.RECORDS not in facts
        return State.UNQUERYABLE, Reason.NOT_PERMITTED if hidden else Reason.NOT_QUERYABLE
    return State.UNKNOWN, Reason.UNPROBED


def _by(fact: Fact) -> tuple[State, Reason | None]:
    if fact.exposed:
        return State.QUERYABLE, fact.reason if fact.source is Source.PROBE else None
    if fact.source is Source.SUITEQL:
        return State.UNQUERYABLE, Reason.NOT_QUERYABLE
    return State.UNQUERYABLE, fact.reason or Reason.NOT_QUERYABLE


def _disagree(facts: Mapping[Source, Fact]) -> bool:
    said = [facts[source] for source in _OF_QUERIES if source in facts]
    kinds = {kind_of(fact.native_type) for fact in said} - {None}
    return len({fact.exposed for fact in said}) > 1 or len(kinds) > 1
