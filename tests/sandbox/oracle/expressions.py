"""The value of an expression, and the truth of a condition, for one row or group of rows."""

from __future__ import annotations

import operator
import re
import statistics
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from . import dates, tree
from .functions import PLAIN, ZONED, kept, number_of, text_of, trim


@dataclass(frozen=True, slots=True)
class Row:
    """The rows in reach by their source's name; `group` has the rows that an aggregate is over."""

    sources: dict
    around: Row | None = None
    group: tuple[Row, ...] | None = None
    windows: dict = field(default_factory=dict)
    number: Decimal | None = None

    def value(self, source, name):
        if source in self.sources:
            return self.sources[source][name]
        return self.around.value(source, name)


_ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_COMPARISONS = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def conjunction(left, right):
    """AND over true, false and unknown."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def negation(truth):
    return None if truth is None else not truth


def disjunction(left, right):
    return negation(conjunction(negation(left), negation(right)))


class Expressions:
    """Evaluates in a session; `answer` gives the rows, as tuples, of a query nested in a row."""

    def __init__(self, zone, displays, answer):
        self._zone = zone
        self._displays = displays
        self._answer = answer
        self._evaluators = {
            tree.Null: lambda node, row: None,
            tree.Literal: lambda node, row: kept(node.value) if node.value == "" else node.value,
            tree.Column: lambda node, row: row.value(node.source, node.name),
            tree.Binary: self._binary,
            tree.Negative: self._negative,
            tree.Call: self._call,
            tree.Trim: self._trim,
            tree.AsLocal: self._as_local,
            tree.Case: self._case,
            tree.Scalar: self._scalar,
            tree.Display: self._display,
            tree.Aggregate: self._aggregate,
            tree.Window: lambda node, row: row.windows[node],
            tree.Rownum: lambda node, row: row.number,
            tree.Compare: self._comparison,
            tree.IsNull: self._is_null,
            tree.Between: self._between,
            tree.InList: self._in_list,
            tree.InSelect: self._in_select,
            tree.Like: self._like,
            tree.Logic: self._logic,
            tree.Not: lambda node, row: negation(self.value(node.operand, row)),
            tree.Exists: lambda node, row: bool(self._answer(node.select, row)),
        }

    def value(self, node, row):
        """The value of an expression; of a condition True, False or None for unknown.

        A text is a str, never an empty one, and a number a Decimal; an aware datetime is an
        instant and a naive one a time of the session's clock; None is no value.
        """
        return self._evaluators[type(node)](node, row)

    def _values(self, nodes, row):
        return [self.value(node, row) for node in nodes]

    def _binary(self, node, row):
        left, right = self._values((node.left, node.right), row)
        if node.operator == "||":
            return PLAIN["CONCAT"](left, right)
        if left is None or right is None:
            return None
        if isinstance(left, datetime):
            return self._shifted(dates.local(left, self._zone), node.operator, right)
        return _ARITHMETIC[node.operator](number_of(left), number_of(right))

    def _shifted(self, left, sign, right):
        """A time some days later or earlier, or the distance of two in days."""
        if isinstance(right, datetime):
            distance = left - dates.local(right, self._zone)
            return Decimal(distance.days) + Decimal(distance.seconds) / 86_400
        return dates.plus(left, right if sign == "+" else -right)

    def _negative(self, node, row):
        value = self.value(node.operand, row)
        return None if value is None else -value

    def _call(self, node, row):
        values = self._values(node.arguments, row)
        if node.name in ZONED:
            return None if None in values else ZONED[node.name](self._zone, *values)
        if node.name == "DECODE":
            return self._decoded(*values)
        if node.name == "NULLIF":
            return None if self.compare("=", *values) else values[0]
        return PLAIN[node.name](*values)

    def _decoded(self, value, *rest):
        """DECODE takes two missing values for the same."""
        for search, result in zip(rest[::2], rest[1::2], strict=False):
            if self.compare("=", value, search) or (value is None and search is None):
                return result
        return rest[-1] if len(rest) % 2 else None

    def _trim(self, node, row):
        text = text_of(self.value(node.operand, row))
        return None if text is None else trim(text, node.mark, node.side)

    def _as_local(self, node, row):
        value = self.value(node.operand, row)
        return None if value is None else dates.local(value, self._zone)

    def _case(self, node, row):
        for when, then in node.whens:
            holds = self.value(when, row)
            if node.subject is not None:
                holds = self.compare("=", self.value(node.subject, row), holds)
            if holds:
                return self.value(then, row)
        return None if node.default is None else self.value(node.default, row)

    def _scalar(self, node, row):
        rows = self._answer(node.select, row)
        assert len(rows) <= 1
        return rows[0][0] if rows else None

    def _display(self, node, row):
        value = self.value(node.column, row)
        return self._displays[node.column.name](value, row.sources[node.column.source])

    def _aggregate(self, node, row):
        if node.operand is None:
            return Decimal(len(row.group))
        values = [self.value(node.operand, each) for each in row.group]
        return aggregate(node.name, values, distinct=node.distinct)

    def compare(self, sign, left, right):
        """Two values; a time is in the session's zone, a text beside a number becomes one."""
        if left is None or right is None:
            return None
        if isinstance(left, datetime) and isinstance(right, datetime):
            if bool(left.tzinfo) != bool(right.tzinfo):
                left, right = (dates.instant(each, self._zone) for each in (left, right))
        elif isinstance(left, Decimal) != isinstance(right, Decimal):
            left, right = number_of(left), number_of(right)
        return _COMPARISONS[sign](left, right)

    def _comparison(self, node, row):
        return self.compare(node.operator, *self._values((node.left, node.right), row))

    def _is_null(self, node, row):
        return (self.value(node.operand, row) is None) != node.negated

    def _between(self, node, row):
        value, low, high = self._values((node.operand, node.low, node.high), row)
        inside = conjunction(self.compare(">=", value, low), self.compare("<=", value, high))
        return negation(inside) if node.negated else inside

    def _in_list(self, node, row):
        members = self._values(node.members, row)
        return self._is_among(self.value(node.operand, row), members, negated=node.negated)

    def _in_select(self, node, row):
        members = [value for (value,) in self._answer(node.select, row)]
        return self._is_among(self.value(node.operand, row), members, negated=node.negated)

    def _is_among(self, value, members, *, negated):
        found = False
        for member in members:
            found = disjunction(found, self.compare("=", value, member))
        return negation(found) if negated else found

    def _like(self, node, row):
        text, pattern = map(text_of, self._values((node.operand, node.pattern), row))
        if text is None or pattern is None:
            return None
        return (_pattern(pattern, node.escape).fullmatch(text) is not None) != node.negated

    def _logic(self, node, row):
        join = conjunction if node.operator == "AND" else disjunction
        return join(*self._values((node.left, node.right), row))


def aggregate(name, values, *, distinct=False):
    """An aggregate over values, those that are missing apart."""
    there = [value for value in values if value is not None]
    if distinct:
        there = list(dict.fromkeys(there))
    if name == "COUNT":
        return Decimal(len(there))
    if not there:
        return None
    if name == "AVG":
        return sum(there) / len(there)
    return _AGGREGATES[name](there)


def _variance(values):
    """Of a sample; that of a single value is zero."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / max(1, len(values) - 1)


_AGGREGATES = {
    "SUM": sum,
    "MIN": min,
    "MAX": max,
    "MEDIAN": statistics.median,
    "STDDEV": lambda values: _variance(values).sqrt(),
    "VARIANCE": _variance,
}


def _pattern(pattern, escape):
    """A LIKE pattern; the character after the escape stands for itself."""
    marks = {"%": ".*", "_": "."}
    piece = rf"{re.escape(escape)}(.)|(.)" if escape else "()(.)"
    made = (
        re.escape(plain) if plain else marks.get(mark, re.escape(mark))
        for plain, mark in re.findall(piece, pattern, re.DOTALL)
    )
    return re.compile("".join(made), re.DOTALL)


def sorted_by(rows, keys):
    """Rows sorted by the keys, each a function of the row with its direction and place of nulls."""
    for value, descending, nulls in reversed(keys):
        missing = [row for row in rows if value(row) is None]
        there = sorted(
            (row for row in rows if value(row) is not None), key=value, reverse=descending
        )
        first = nulls == "FIRST" if nulls else descending
        rows = missing + there if first else there + missing
    return rows


def window_values(node, rows, expressions):
    """The value of a window function for each of the rows."""
    of = expressions.value
    keys = [(partial(of, sort.by), bool(sort.descending), sort.nulls) for sort in node.order]
    partitions = {}
    for row in rows:
        partitions.setdefault(tuple(of(each, row) for each in node.partition), []).append(row)
    values = {}
    for members in partitions.values():
        ordered = sorted_by(members, keys)
        ranks = [tuple(value(row) for value, _, _ in keys) for row in ordered]
        for place, row in enumerate(ordered):
            values[id(row)] = _window_value(node, of, ordered, ranks, place)
    return values


def _window_value(node, of, ordered, ranks, place):
    if node.name == "ROW_NUMBER":
        return Decimal(place + 1)
    if node.name == "RANK":
        return Decimal(ranks.index(ranks[place]) + 1)
    if node.name == "DENSE_RANK":
        return Decimal(len(set(ranks[: place + 1])))
    if node.order:
        ordered = ordered[: place + 1]
    if node.operand is None:
        return Decimal(len(ordered))
    return aggregate(node.name, [of(node.operand, row) for row in ordered])
