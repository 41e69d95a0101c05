"""The answer to a query over Python rows: sources, conditions, groups, order, limits."""

from __future__ import annotations

import decimal
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from . import tree
from .expressions import Expressions, Row, sorted_by, window_values


@dataclass(frozen=True, slots=True)
class Session:
    """What a query is asked of: rows by table, the columns of each, and the account's ways.

    `displays` has, by a column's name, what BUILTIN.DF shows for a value and its row.
    """

    tables: dict
    columns: dict
    zone: str = "America/Los_Angeles"
    date_format: str = "M/D/YYYY"
    displays: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """All the rows that could be in the answer, in order, and how many of them there are.

    `ties` has for each row what it was sorted by; rows of the same tie may come in any order.
    If `any_of`, the rows are any `total` of these.
    """

    names: list
    rows: list
    ties: list
    total: int
    any_of: bool = False


def answer(query, session):
    """Answer a query."""
    with decimal.localcontext(prec=40):
        return _Queries(session).answer(query, None)


class _Queries:
    def __init__(self, session):
        self._session = session
        self._expressions = Expressions(
            ZoneInfo(session.zone),
            session.displays,
            lambda query, around: self._certain(query, around)[1],
        )

    def _certain(self, query, around):
        """The names and rows of a nested query, whose order must leave nothing open."""
        found = self.answer(query, around)
        if found.total < len(found.rows):
            assert not found.any_of
            assert len(set(found.ties)) == len(found.ties)
        return found.names, found.rows[: found.total]

    def answer(self, query, around):
        if isinstance(query, tree.Union):
            return self._union(query, around)
        rows = self._rows(query, around)
        everything = len(rows)
        if query.rownum is not None:
            everything = min(everything, query.rownum)
            if _is_first_of_ordered(query):
                rows = [
                    replace(row, number=Decimal(number))
                    for number, row in enumerate(rows[:everything], start=1)
                ]
        rows = self._grouped(query, rows, around)
        if not _is_grouped(query):
            rows = self._with_windows(query, rows)
        names = self._names(query)
        pairs = [(self._output(query, row), row) for row in rows]
        if query.distinct:
            pairs = list({values: (values, row) for values, row in reversed(pairs)}.values())
        return self._ordered(query, names, pairs, everything)

    def _ordered(self, query, names, pairs, everything):
        keys = [self._key(query, names, sort) for sort in query.order]
        pairs = sorted_by(pairs, keys)
        ties = [tuple(value(pair) for value, _, _ in keys) for pair in pairs]
        limits = [n for n in (query.top, query.fetch) if n is not None]
        if query.rownum is not None:
            limits.append(everything)
        total = min([len(pairs), *limits])
        any_of = query.rownum is not None and bool(query.order)
        return Answer(names, [values for values, _ in pairs], ties, total, any_of)

    def _key(self, query, names, sort):
        """What a row, with its output, is sorted by."""
        if isinstance(sort.by, tree.Position):
            place = sort.by.number - 1
        elif isinstance(sort.by, tree.Alias):
            place = names.index(sort.by.name)
        else:
            return partial(self._sorted_value, sort.by), bool(sort.descending), sort.nulls
        return lambda pair: pair[0][place], bool(sort.descending), sort.nulls

    def _sorted_value(self, node, pair):
        return self._expressions.value(node, pair[1])

    def _union(self, query, around):
        names, left = self._certain(query.left, around)
        right = self._certain(query.right, around)[1]
        rows = left + right
        if query.word != "UNION ALL":
            rows = _set(query.word, left, right)
        return self._ordered(
            tree.Select((), None, order=query.order), names, [(row, None) for row in rows], 0
        )

    def _rows(self, query, around):
        if query.source is None:
            return [Row({}, around)]
        rows = [Row({query.source.name: row}, around) for row in self._source(query.source)]
        before = [query.source]
        for join in query.joins:
            rows = self._joined(rows, join, Row(self._nothing(before), around))
            before.append(join.source)
        if query.where is None:
            return rows
        return [row for row in rows if self._expressions.value(query.where, row)]

    def _source(self, source):
        if isinstance(source, tree.Source):
            return self._session.tables[source.table]
        names, rows = self._certain(source.select, None)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _nothing(self, sources):
        """What stands for the row of each source where an outer join has none."""
        return {source.name: dict.fromkeys(self._columns(source)) for source in sources}

    def _joined(self, rows, join, nothing):
        """The rows joined; `nothing` is a row of the sources before without a value."""
        others = self._source(join.source)
        name = join.source.name
        joined = []
        if join.word.startswith(("RIGHT", "FULL")):
            lonely = [other for other in others if not self._has_match(rows, join, other)]
            joined = [replace(nothing, sources={**nothing.sources, name: row}) for row in lonely]
        for row in rows:
            pairs = [replace(row, sources={**row.sources, name: other}) for other in others]
            if join.on is not None:
                pairs = [pair for pair in pairs if self._expressions.value(join.on, pair)]
            if not pairs and join.word.startswith(("LEFT", "FULL")):
                pairs = [replace(row, sources={**row.sources, **self._nothing([join.source])})]
            joined += pairs
        return joined

    def _has_match(self, rows, join, other):
        name = join.source.name
        pairs = (replace(row, sources={**row.sources, name: other}) for row in rows)
        return any(self._expressions.value(join.on, pair) for pair in pairs)

    def _columns(self, source):
        """The names of a source's columns."""
        if isinstance(source, tree.Source):
            return list(self._session.columns[source.table])
        select = source.select
        while isinstance(select, tree.Union):
            select = select.left
        return self._names(select)

    def _names(self, query):
        """The lower-case names of the answer's columns."""
        names = []
        for item in query.items:
            if isinstance(item, tree.Star):
                for source in (query.source, *(join.source for join in query.joins)):
                    if item.source in (None, source.name):
                        names += self._columns(source)
            else:
                names.append(item.alias or getattr(item.expression, "name", "expr1"))
        return names

    def _grouped(self, query, rows, around):
        if not _is_grouped(query):
            return rows
        groups = {}
        for row in rows:
            key = tuple(self._expressions.value(each, row) for each in query.group)
            groups.setdefault(key, []).append(row)
        if not query.group:
            groups = {(): rows}
        made = [
            Row(members[0].sources if members else {}, around, tuple(members))
            for members in groups.values()
        ]
        if query.having is None:
            return made
        return [row for row in made if self._expressions.value(query.having, row)]

    def _with_windows(self, query, rows):
        nodes = [n for n in tree.walk((query.items, query.order)) if isinstance(n, tree.Window)]
        if not nodes:
            return rows
        values = {node: window_values(node, rows, self._expressions) for node in nodes}
        return [
            replace(row, windows={node: found[id(row)] for node, found in values.items()})
            for row in rows
        ]

    def _output(self, query, row):
        values = []
        for item in query.items:
            if isinstance(item, tree.Star):
                for name, source in row.sources.items():
                    if item.source in (None, name):
                        values += source.values()
            else:
                values.append(self._expressions.value(item.expression, row))
        return tuple(values)


def _set(word, left, right):
    """UNION, MINUS or INTERSECT: each row once."""
    if word == "UNION":
        return list(dict.fromkeys(left + right))
    return [row for row in dict.fromkeys(left) if (row in right) == (word == "INTERSECT")]


def _is_grouped(query):
    nodes = tree.walk((query.items, query.having, query.order))
    return bool(query.group) or any(isinstance(node, tree.Aggregate) for node in nodes)


def _is_first_of_ordered(query):
    """Whether the rows numbered come from a sorted query: then it is the first that are taken."""
    alone = isinstance(query.source, tree.Derived) and not query.joins
    return alone and bool(query.source.select.order)
