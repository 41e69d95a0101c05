"""Random queries that leave no more open than the order of ties."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from .tables import Field
from .tree import (
    Aggregate,
    Alias,
    Call,
    Column,
    Compare,
    Derived,
    Exists,
    InSelect,
    Item,
    Join,
    Literal,
    Logic,
    Not,
    Position,
    Rownum,
    Scalar,
    Select,
    Sort,
    Source,
    Star,
    Union,
    Window,
    walk,
)
from .writing import SMALL, Expressions, Seen

_DEPTH = 2
_JOINS = (
    "JOIN", "INNER JOIN", "LEFT JOIN", "LEFT JOIN", "LEFT OUTER JOIN", "RIGHT JOIN",
    "FULL OUTER JOIN",
)  # fmt: skip
_AVERAGES = ("AVG", "AVG", "MEDIAN", "STDDEV", "VARIANCE")
_SETS = ("UNION", "UNION ALL", "MINUS", "INTERSECT")
_JOINED = ("integer", "text", "boolean", "date", "datetime")


class Shapes:
    """Draws queries over tables; `ansi` tells which of the two ways of joining a query has."""

    def __init__(self, draw, tables, *, most_sources=3):
        self._draw = draw
        self._tables = tables
        self._most_sources = most_sources
        self._ansi = draw(st.booleans())
        self._aliases = 0

    def _pick(self, options):
        return self._draw(st.sampled_from(options))

    def _rarely(self):
        return self._draw(st.integers(0, 4)) == 4

    def _expressions(self, scope, *, bound=True):
        return Expressions(self._draw, scope, bound=bound)

    def _alias(self):
        self._aliases += 1
        return f"{'tuv'[self._aliases % 3]}{self._aliases}"

    def query(self):
        """A whole query."""
        shape = self._pick(
            (self._plain, self._plain, self._grouped, self._first, self._union, self.whole_table)
        )
        return shape()

    # Sources.

    def _table(self, *, named=True):
        table = self._pick(self._tables)
        alias = self._alias() if named or self._draw(st.booleans()) else None
        source = Source(table.name, alias)
        return source, Seen(source.name, table.fields, table.key)

    def _source(self, *, named=True):
        if not self._rarely():
            return self._table(named=named)
        select, fields = self._pick((self._inner_plain, self._inner_first, self._inner_grouped))()
        alias = self._alias()
        return Derived(select, alias), Seen(alias, fields)

    def _from(self):
        """The sources of a query: the first, those joined to it, and the conditions of a comma."""
        count = min(self._pick((1, 1, 1, 2, 2, 3)), self._most_sources)
        source, seen = self._source(named=count > 1)
        if count == 1 and self._draw(st.booleans()):
            seen = replace(seen, qualified=False)
        scope, joins, conditions = [seen], [], []
        for _ in range(count - 1):
            other, there = self._source()
            condition = self._link(scope, there)
            scope.append(there)
            if not self._ansi:
                joins.append(Join(",", other))
                conditions.append(condition)
            elif self._rarely() and count == 2:
                joins.append(Join("CROSS JOIN", other))
            else:
                word = self._pick(_JOINS)
                joins.append(Join(word, other, condition))
        return source, tuple(joins), scope, conditions

    def _link(self, scope, there):
        """A condition between a source and those before it."""
        pairs = _pairs(scope, there)
        both = self._expressions([*scope, there])
        if not pairs:
            return both.condition(0)
        link = Compare("=", *self._pick(pairs))
        if self._rarely():
            return Logic(self._pick(("AND", "OR")), link, both.condition(0))
        return link

    # Conditions.

    def _where(self, scope, conditions=()):
        conditions = list(conditions)
        if self._draw(st.booleans()):
            conditions.append(self._expressions(scope).condition(_DEPTH))
        if self._rarely():
            conditions.append(self._nested(scope))
        where = None
        for each in conditions:
            where = each if where is None else Logic("AND", where, each)
        return where

    def _nested(self, scope):
        """A condition on another query."""
        source, seen = self._table()
        pairs = _pairs(scope, seen)
        inner = self._expressions([seen])
        if not pairs:
            return Exists(
                Select((Item(Literal(Decimal(1)), None),), source, where=inner.condition(1))
            )
        left, right = self._pick(pairs)
        outside = replace(left, qualified=True)
        linked = Logic("AND", Compare("=", right, outside), inner.condition(1))
        exists = Exists(Select((Item(Literal(Decimal(1)), "one"),), source, where=linked))
        where = self._pick((None, inner.condition(1)))
        among = Select((Item(right, None),), source, where=where)
        highest = Select((Item(Aggregate("MAX", right), "most"),), source, where=where)
        return self._pick(
            (
                exists,
                Not(exists),
                InSelect(left, among, negated=False),
                InSelect(left, among, negated=True),
                Compare(self._pick(("=", "<", ">=")), left, Scalar(highest)),
            )
        )

    # What is selected.

    def _items(self, scope, *, exact=False):
        """The items, and by the name of each the field of its column."""
        expressions = self._expressions(scope)
        items, fields = [], {}
        for number in range(self._pick((1, 3, 5))):
            made, field = expressions.output(_DEPTH, exact=exact)
            if isinstance(made, Column) and made.name not in fields and self._rarely():
                alias, name = None, made.name
            else:
                alias = name = f"c{number}"
            if name not in fields:
                items.append(Item(made, alias))
                fields[name] = field
        return items, fields

    def _extra_item(self, scope):
        """An item that looks beyond its row."""
        if self._draw(st.booleans()) and all(seen.key for seen in scope):
            return Item(self._window(scope), "w"), Field("decimal", "exact")
        source, seen = self._table()
        pairs = _pairs(scope, seen)
        left, right = self._pick(pairs) if pairs else (None, None)
        where = Compare("=", right, replace(left, qualified=True)) if pairs else None
        count = Aggregate("COUNT", self._pick((None, *self._expressions([seen]).columns("text"))))
        scalar = Scalar(Select((Item(count, "n"),), source, where=where))
        return Item(scalar, "w"), Field("decimal", "exact")

    def _window(self, scope):
        expressions = self._expressions(scope, bound=False)
        partition = (expressions.exact(0),) if self._draw(st.booleans()) else ()
        name = self._pick(("ROW_NUMBER", "RANK", "DENSE_RANK", "SUM", "COUNT", "MIN", "MAX"))
        if not name.endswith(("NUMBER", "RANK")):
            operand = None if name == "COUNT" else expressions.reckoned(1)
            running = self._total_order(scope) if self._draw(st.booleans()) else ()
            return Window(name, operand, partition, running)
        by = self._pick([seen.column(name) for seen in scope for name in seen.fields])
        order = (Sort(by, self._pick((None, True, False))),)
        if name == "ROW_NUMBER":
            order += self._total_order(scope)
        return Window(name, None, partition, order)

    def _order(self, scope, items, fields):
        """Some of the keys that the items and the sources offer, often none."""
        expressions = self._expressions(scope, bound=False)
        keys = [
            Position(n + 1) for n, field in enumerate(fields.values()) if field.fit != "inexact"
        ]
        keys += [
            Alias(item.alias)
            for item, field in zip(items, fields.values(), strict=True)
            if item.alias and field.fit != "inexact"
        ]
        chosen = [
            self._pick(keys) if keys and self._draw(st.booleans()) else expressions.exact(1)
            for _ in range(self._pick((0, 1, 2, 2)))
        ]
        return tuple(self._sort(key) for key in chosen if _names_a_column(key))

    def _sort(self, key):
        return Sort(key, self._pick((None, False, True)), self._pick((None, None, "FIRST", "LAST")))

    def _total_order(self, scope):
        """By the keys of all sources, which leaves nothing open."""
        way = self._pick((None, False, True))
        return tuple(Sort(seen.column(name), way) for seen in scope for name in seen.key)

    # Shapes.

    def _plain(self):
        source, joins, scope, conditions = self._from()
        distinct = self._rarely()
        items, fields = self._items(scope, exact=distinct)
        if not distinct and self._draw(st.booleans()):
            item, field = self._extra_item(scope)
            items.append(item)
            fields["w"] = field
        order = self._order(scope, items, fields)
        if distinct:
            order = tuple(each for each in order if isinstance(each.by, Position | Alias))
        elif self._draw(st.booleans()) and all(seen.key for seen in scope):
            order += self._total_order(scope)
        where = self._where(scope, conditions)
        made = Select(tuple(items), source, joins, where, order=order, distinct=distinct)
        return self._limited(made) if self._rarely() else made

    def _limited(self, select):
        limits = ["fetch"] if select.distinct else ["fetch", "top"]
        windows = any(isinstance(node, Window) for node in walk(select.items))
        if not select.distinct and not windows:
            limits.append("rownum")  # which counts before them, and leaves them open
        return replace(select, **{self._pick(limits): self._pick((1, 3, 10))})

    def battery(self, count):
        """Many expressions over one table."""
        source, seen = self._table()
        expressions = self._expressions([seen])
        made = [expressions.output(1)[0] for _ in range(count)]
        items = [Item(seen.column(name), None) for name in seen.key]
        items += [Item(each, f"c{number}") for number, each in enumerate(made)]
        return Select(tuple(items), source, where=expressions.condition(1))

    def whole_table(self):
        """All columns of one table that are known, by the star if they are all it has."""
        source, seen = self._table(named=False)
        order = self._total_order([seen]) if self._draw(st.booleans()) else ()
        items = (Star(seen.name),) if self._draw(st.booleans()) else (Star(),)
        if not all(table.whole for table in self._tables):
            items = tuple(Item(seen.column(name), None) for name in seen.fields)
        return Select(items, source, where=self._where([seen]), order=order)

    def _first(self):
        """The first rows of a sorted query, by ROWNUM around it or by FETCH within."""
        select, fields = self._inner_ordered()
        alias = self._alias()
        seen = Seen(alias, fields)
        if self._draw(st.booleans()):
            items = (Star(),)
        else:
            items = tuple(Item(seen.column(name), None) for name in fields)
            if self._draw(st.booleans()):
                items += (Item(Rownum(), "rn"), Item(self._ranking(seen), "w"))
        return Select(items, Derived(select, alias), rownum=self._pick((1, 2, 5, 50)))

    def _ranking(self, seen):
        """A window that leaves nothing open, whatever tells the rows apart."""
        exact = [seen.column(name) for name, field in seen.fields.items() if field.fit != "inexact"]
        if not exact or self._draw(st.booleans()):
            return Window("COUNT", None, (), ())
        order = (Sort(self._pick(exact), self._pick((None, True, False))),)
        return Window(self._pick(("RANK", "DENSE_RANK")), None, (), order)

    def _union(self):
        """Two queries put together, whose columns are of the same kinds."""
        (left, scope), (right, others) = self._table(), self._table()
        pairs = _pairs([scope], others)
        items = self._pick(pairs) if pairs else (Literal(Decimal(1)), Literal(Decimal(2)))
        numbers = [self._expressions([each]).reckoned(1) for each in (scope, others)]
        selects = [
            Select((Item(key, "k"), Item(number, "n")), source, where=self._where([seen]))
            for key, number, source, seen in zip(
                items, numbers, (left, right), (scope, others), strict=True
            )
        ]
        order = tuple(self._sort(Position(n)) for n in self._pick(((), (1,), (2, 1))))
        return Union(self._pick(_SETS), *selects, order=order)

    def _grouped(self):
        source, joins, scope, conditions = self._from()
        where = self._where(scope, conditions)
        expressions = self._expressions(scope, bound=False)
        keys = [expressions.output(1, exact=True) for _ in range(self._pick((0, 1, 1, 2)))]
        keys = [(key, field) for key, field in keys if _names_a_column(key)]
        items, fields = self._group_items(expressions, keys)
        group = tuple(key for key, _ in keys)
        having = self._having(expressions) if self._rarely() else None
        positions = [n + 1 for n, field in enumerate(fields.values()) if field.fit != "inexact"]
        order = ()
        if group and positions and self._draw(st.booleans()):
            order = (self._sort(Position(self._pick(positions))),)
            # A column with the name of an alias would be taken for it, which grouping forbids.
            named = [key for key in group if getattr(key, "name", "") not in fields]
            order += tuple(self._sort(key) for key in named if self._draw(st.booleans()))
        return Select(tuple(items), source, joins, where, group, having, order)

    def _group_items(self, expressions, keys):
        items, fields = [], {}
        for number, (key, field) in enumerate(keys):
            items.append(Item(key, f"k{number}"))
            fields[f"k{number}"] = field
            if field.word == "text" and self._rarely():
                items.append(Item(Call("NVL", (Call("LOWER", (key,)), Literal("-"))), f"l{number}"))
                fields[f"l{number}"] = field
        for number in range(self._pick((1, 2, 3))):
            made, field = self._aggregate(expressions)
            items.append(Item(made, f"a{number}"))
            fields[f"a{number}"] = field
        return items, fields

    def _aggregate(self, expressions):
        exact, inexact = Field("decimal", "exact"), Field("decimal", "inexact")
        extreme = self._pick(("MIN", "MAX"))
        made, field = expressions.output(1, exact=True)
        return self._pick(
            (
                (Aggregate("COUNT", None), exact),
                (Aggregate("COUNT", made), exact),
                (Aggregate("COUNT", made, distinct=True), exact),
                (Aggregate("SUM", expressions.reckoned(1)), exact),
                (Aggregate("SUM", expressions.money()), exact),
                (Aggregate("SUM", expressions.number(1)), inexact),
                (Aggregate("SUM", expressions.reckoned(1), distinct=True), exact),
                (Aggregate(self._pick(_AVERAGES), expressions.reckoned(1)), inexact),
                (Aggregate(extreme, made), field),
            )
        )

    def _having(self, expressions):
        left = self._pick(
            (
                Aggregate("COUNT", None),
                Aggregate("SUM", expressions.reckoned(1)),
                Aggregate("SUM", expressions.money()),
                Aggregate("MAX", expressions.exact_number(1)),
            )
        )
        return Compare(self._pick((">", "<=", "<>")), left, Literal(self._pick(SMALL)))

    # Queries within queries: no parameter of theirs is in doubt, no row of theirs is open.

    def _inner_plain(self):
        source, seen = self._table()
        items, fields = self._items([seen])
        return Select(tuple(items), source, where=self._where([seen])), fields

    def _inner_ordered(self):
        source, seen = self._table()
        items, fields = self._items([seen])
        order = (*self._order([seen], items, fields), *self._total_order([seen]))
        return Select(tuple(items), source, where=self._where([seen]), order=order), fields

    def _inner_first(self):
        select, fields = self._inner_ordered()
        return replace(select, fetch=self._pick((1, 3, 10))), fields

    def _inner_grouped(self):
        source, seen = self._table()
        expressions = self._expressions([seen], bound=False)
        key = self._pick([seen.column(name) for name in seen.fields])
        items, fields = self._group_items(
            expressions, [(key, replace(seen.fields[key.name], shown=False))]
        )
        return Select(tuple(items), source, where=self._where([seen]), group=(key,)), fields


def _names_a_column(key):
    """Whether it can be grouped or sorted by: a constant is another thing there, or nothing."""
    return isinstance(key, Position | Alias) or any(isinstance(node, Column) for node in walk(key))


def _pairs(scope, there):
    """Columns of a source, each with one of the same kind of those before it."""
    return [
        (seen.column(left), there.column(right))
        for seen in scope
        for left, one in seen.fields.items()
        for right, other in there.fields.items()
        if one.word == other.word and one.word in _JOINED
    ]
