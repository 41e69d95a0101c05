"""Whether an order tells every row apart, so that pages do not shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from nsconsole.sandbox.suiteql.scope import Source

_COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def tells_apart(
    order: Collection[str], sources: Iterable[Source], equal: Iterable[tuple[str, str]]
) -> bool:
    """Whether rows that agree in `order` are one row.

    A source is settled once one of its keys is, and then all its columns are; an equality in
    `equal` settles one side by the other, and a side that is no column is settled by itself.
    """
    known = set(order)
    pairs = list(equal)
    open_sources = list(sources)
    settled: list[str] = []
    while True:
        grown = _spread(known, settled, pairs)
        found = [source for source in open_sources if _is_known(source, known, settled)]
        settled += [source.prefix for source in found]
        open_sources = [source for source in open_sources if source not in found]
        if not open_sources:
            return True
        if not grown and not found:
            return False


def _spread(known: set[str], settled: list[str], pairs: list[tuple[str, str]]) -> bool:
    before = len(known)
    for left, right in pairs:
        for one, other in ((left, right), (right, left)):
            if one in known or one.startswith(tuple(settled)) or not one.startswith('"'):
                known.add(other)
    return len(known) > before


def _is_known(source: Source, known: set[str], settled: list[str]) -> bool:
    return any(all(source.sql(column) in known for column in key) for key in source.keys)


def equalities(
    matches: Iterable[exp.Expr], sql_of: Callable[[exp.Expr], str]
) -> list[tuple[str, str]]:
    """The two sides of each condition that says that two values are equal."""
    return [
        (sql_of(each.this), sql_of(each.args["expression"]))
        for each in matches
        if isinstance(each, exp.EQ)
    ]


def never_null(matches: Iterable[exp.Expr], sql_of: Callable[[exp.Expr], str]) -> set[str]:
    """What has a value in every row, as it is compared with something or said not to be null."""
    found: set[str] = set()
    for each in matches:
        if isinstance(each, _COMPARISONS):
            found |= {sql_of(each.this), sql_of(each.args["expression"])}
        elif isinstance(each, exp.Not) and isinstance(each.this.unnest(), exp.Is):
            found.add(sql_of(each.this.unnest().this))
        elif isinstance(each, exp.Or):
            sides = [never_null([part.unnest(), *_of(part)], sql_of) for part in each.flatten()]
            found |= set.intersection(*sides)
    return found


def _of(node: exp.Expr) -> list[exp.Expr]:
    inner = node.unnest()
    return [part.unnest() for part in inner.flatten()] if isinstance(inner, exp.And) else []
