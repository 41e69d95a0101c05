"""One SELECT on its way to SQLite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from nsconsole.sandbox.schema import quote
from nsconsole.sandbox.suiteql.aggregates import has_aggregate, is_aggregate, ordering
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.expressions import joined
from nsconsole.sandbox.suiteql.ordering import equalities, never_null, tells_apart
from nsconsole.sandbox.suiteql.rownum import has_rownum, natural_order, numbered
from nsconsole.sandbox.suiteql.scope import Output, output_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nsconsole.sandbox.suiteql.expressions import Expressions
    from nsconsole.sandbox.suiteql.scope import Scope
    from nsconsole.sandbox.suiteql.sources import From
    from nsconsole.sandbox.suiteql.terms import Term

_COLUMN = re.compile(r'"[^"]+"\."[^"]+"')
_STEP_VALUE = re.compile(
    r"""(?P<utc>ns_utc\()? (?: (?P<date>ns_to_date\() | (?P<number>ns_number\() )?
        :(?P<name>[ntp]\d+)
        (?(date),\ 'YYYY-MM-DD(?:(?:\ |"T")HH24:MI:SS(?:\.FF\d?)?(?:"Z")?)?'\))
        (?(number)\)) (?(utc),\ '[^']*'\))""",
    re.IGNORECASE | re.VERBOSE,
)
"""What a key is compared with: as a text, it sorts as the time or number does."""


@dataclass(frozen=True, slots=True)
class Keyset:
    """The condition by which a query goes on behind the row that its last page ended with.

    `sql` is the condition, `floor` the column and value of its first step, `names` the parameter
    of each step.
    """

    sql: str
    floor: tuple[str, str]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query in SQLite's SQL.

    `is_settled` says that its order leaves no ties; if it does, `shuffled` is the same query with
    ties in an order that shifts, or without any if it `is_ordered` by nothing. `count` says how
    many rows there are; with a `keyset` it ends in a WHERE, which another condition may follow.
    `key` names outputs that tell the rows apart.
    """

    sql: str
    shuffled: str | None
    count: str
    outputs: tuple[Output, ...]
    key: tuple[str, ...] | None = None
    keyset: Keyset | None = None
    is_settled: bool = False
    is_ordered: bool = False
    is_limited: bool = False

    @property
    def named_sql(self) -> str:
        """The query as a table whose columns have the names of the answer's."""
        return self._aliased([quote(output.name) for output in self.outputs])

    @property
    def placed_sql(self) -> str:
        """The query as a table whose columns are c0, c1, …"""
        return self._aliased([f"c{number}" for number in range(len(self.outputs))])

    def _aliased(self, names: list[str]) -> str:
        return f"WITH q({', '.join(names)}) AS ({self.sql}) SELECT * FROM q"  # noqa: S608 - compiled from a whitelist


class Select:
    """One SELECT, whose FROM has been compiled."""

    def __init__(
        self,
        tree: exp.Select,
        scope: Scope,
        expressions: Expressions,
        made_from: From,
        *,
        nested: bool,
    ) -> None:
        self._tree = tree
        self._nested = nested
        self._scope = scope
        self._expressions = expressions
        self._from = numbered(made_from, scope, expressions) if has_rownum(tree) else made_from
        self._outputs = list(self._output_columns())
        self._where = joined(list(self._conditions()), "AND")
        self._group = self._group_terms()
        self._check_grouping()
        self._distinct = bool(tree.args.get("distinct"))
        self._limit = limit_of(tree)

    def compiled(self) -> Compiled:
        """The SELECT in SQLite's SQL.

        Raises:
            Refusal: SuiteQL does not do this.
        """
        keys, heeded, settled = self._order()
        outputs = tuple(output_of(name, term) for name, term in self._outputs)
        is_found = self._from.is_numbered and not keys  # in the order of the numbers
        plain = not (self._distinct or self._is_grouped or self._limit or self._from.is_numbered)
        body = self._body()
        return Compiled(
            sql=self._sql(keys, natural=not self._nested),
            shuffled=None
            if settled or is_found
            else self._sql([*heeded, "random()"] if keys else []),
            count=f"SELECT count(*){body}" if plain else f"SELECT count(*) FROM ({self._sql([])})",  # noqa: S608 - compiled from a whitelist
            outputs=outputs,
            key=self._key(),
            keyset=self._keyset() if plain else None,
            is_settled=settled,
            is_ordered=bool(keys),
            is_limited=self._limit is not None,
        )

    @property
    def _is_grouped(self) -> bool:
        grouped = self._tree.args.get("group") is not None
        return (
            grouped or any(map(has_aggregate, self._tree.expressions)) or self._having is not None
        )

    @property
    def _having(self) -> exp.Expr | None:
        having: exp.Expr | None = self._tree.args.get("having")
        return having

    def _sql(self, keys: list[str], *, natural: bool = False) -> str:
        """The SELECT with these keys to sort by, or else in the `natural` order of the rows."""
        order = f" ORDER BY {', '.join(keys)}" if keys else ""
        if natural and not (keys or self._distinct or self._is_grouped or self._from.is_numbered):
            order = natural_order(self._scope)
        return bounded(f"{self._head()}{self._body()}{order}", self._limit)

    def _head(self) -> str:
        columns = ", ".join(term.sql for _, term in self._outputs)
        return f"SELECT {'DISTINCT ' if self._distinct else ''}{columns}"

    def _body(self) -> str:
        where = f" WHERE {self._where}" if self._where else ""
        return f"{self._from.sql}{where}{self._grouping()}"

    def _output_columns(self) -> Iterator[tuple[str, Term]]:
        unnamed = 0
        for node in self._tree.expressions:
            table = node.table if isinstance(node, exp.Column) else None
            if isinstance(node, exp.Star) or (table and isinstance(node.this, exp.Star)):
                yield from self._scope.all_columns(table or None)
                continue
            term = self._expressions.value(node.this if isinstance(node, exp.Alias) else node)
            name = node.alias_or_name if isinstance(node, exp.Alias | exp.Column) else ""
            if not name:
                unnamed += 1
                name = f"expr{unnamed}"
            yield name.lower(), term

    def _conditions(self) -> Iterator[str]:
        for condition in self._from.conditions:
            if has_aggregate(condition):
                raise unsupported()
            yield self._expressions.condition(condition)

    def _group_terms(self) -> list[str]:
        group = self._tree.args.get("group")
        nodes = group.expressions if group is not None else ()
        if any(has_aggregate(node) or node.find(exp.Column) is None for node in nodes):
            raise unsupported()
        return [self._expressions.value(node).sql for node in nodes]

    def _check_grouping(self) -> None:
        """Beside an aggregate stands only what is made of what is grouped by, and constants."""
        if not self._is_grouped:
            return
        nodes = [e.this if isinstance(e, exp.Alias) else e for e in self._tree.expressions]
        if self._having is not None:
            nodes.append(self._having.this)
        if not all(map(self._is_of_group, nodes)):
            raise unsupported()

    def _is_of_group(self, node: exp.Expr) -> bool:
        if is_aggregate(node) or isinstance(node, exp.Query):
            return True
        if self._expressions.is_value(node) and self._expressions.value(node).sql in self._group:
            return True
        if isinstance(node, exp.Column | exp.Star):
            return False
        return all(map(self._is_of_group, node.iter_expressions()))

    def _grouping(self) -> str:
        sql = f" GROUP BY {', '.join(self._group)}" if self._group else ""
        if self._having is not None:
            sql += f" HAVING {self._expressions.condition(self._having.this)}"
        return sql

    def _order(self) -> tuple[list[str], list[str], bool]:
        """The keys to sort by, those of them that NetSuite heeds on every page, and whether these
        leave no ties.
        """
        given = never_null(self._from.matches, self._sql_of)
        keys, heeded, columns = [], [], set()
        bare_counts = self._scope.context.behaviour.bare_order_is_stable
        for node, term, place in self._order_terms():
            sure = term.sql in given or self._is_key(term.sql)
            keys.append(ordering(node, place or term.sql, never_null=sure))
            if bare_counts or node.args.get("desc") is not None:
                heeded.append(keys[-1])
                columns.add(term.sql)
        return keys, heeded, self._is_settled(columns)

    def _is_key(self, sql: str) -> bool:
        return any(source.is_unique(sql) for source in self._scope.sources.values())

    def _is_settled(self, counted: set[str]) -> bool:
        if self._is_grouped:
            return set(self._group) <= counted
        if self._distinct:
            return {term.sql for _, term in self._outputs} <= counted
        equal = equalities([*self._from.matches, *self._from.joins], self._sql_of)
        return tells_apart(counted, self._scope.sources.values(), equal)

    def _sql_of(self, node: exp.Expr) -> str:
        return self._expressions.value(node).sql if self._expressions.is_value(node) else ""

    def _order_terms(self) -> Iterator[tuple[exp.Expr, Term, str]]:
        """What to sort by, with its place in the answer if it was named by that."""
        order = self._tree.args.get("order")
        for node in order.expressions if order is not None else ():
            place = self._place(node.this)
            if place is not None:
                yield node, self._outputs[place][1], str(place + 1)
            elif node.this.find(exp.Column, exp.Anonymous) is not None:
                yield node, self._checked(node.this), ""

    def _place(self, node: exp.Expr) -> int | None:
        if isinstance(node, exp.Literal) and not node.is_string:
            if not node.this.isdigit() or not 1 <= int(node.this) <= len(self._outputs):
                raise unsupported()
            return int(node.this) - 1
        if not isinstance(node, exp.Column) or node.table:
            return None
        aliases = [
            each.alias.lower() if isinstance(each, exp.Alias) else ""
            for each in self._tree.expressions
        ]
        if node.name.lower() not in aliases:
            return None
        if self._tree.args.get("group") is not None:
            if self._scope.has(node.name):
                return None  # a column of that name goes first
            raise unsupported()  # NetSuite's answer to an alias to sort by beside a GROUP BY
        names = [name for name, _ in self._outputs]
        return names.index(node.name.lower())

    def _checked(self, node: exp.Expr) -> Term:
        term = self._expressions.value(node)
        if self._is_grouped and not self._is_of_group(node):
            raise unsupported()
        if self._distinct and term.sql not in [each.sql for _, each in self._outputs]:
            raise unsupported()
        return term

    def _key(self) -> tuple[str, ...] | None:
        """The outputs that tell the rows apart, if there are such."""
        names = {term.sql: name for name, term in self._outputs}
        if self._is_grouped:
            wanted = [tuple(self._group)]
        elif self._distinct:
            return tuple(names.values())
        elif len(self._scope.sources) == 1:
            (source,) = self._scope.sources.values()
            wanted = [tuple(map(source.sql, key)) for key in source.keys]
        else:
            return None
        return next((tuple(names[s] for s in key) for key in wanted if set(key) <= {*names}), None)

    def _keyset(self) -> Keyset | None:
        """The condition that a page goes on from, if there is one and it is of a known form."""
        if len(self._scope.sources) != 1:
            return None
        found = list(filter(None, map(self._keyset_of, self._from.conditions)))
        return found[0] if len(found) == 1 else None

    def _keyset_of(self, condition: exp.Expr) -> Keyset | None:
        """`a > x`, or `a > x OR (a = x AND b > y)`, of columns and values."""
        steps = [condition]
        if isinstance(condition, exp.Or) and self._expressions.floor(condition) is not None:
            over, tied = condition.flatten()
            steps = [over, *list(tied.unnest().flatten())[1:]]
        if len(steps) > 2 or not all(isinstance(step, exp.GT) for step in steps):
            return None
        sides = [self._expressions.sides(step) for step in steps]
        values = [_STEP_VALUE.fullmatch(value) for _, value in sides]
        if not all(_COLUMN.fullmatch(column) for column, _ in sides) or not all(values):
            return None
        names = tuple(value["name"] for value in values if value is not None)
        if len(set(names)) != len(names):
            return None
        (column, value), *_ = sides
        return Keyset(self._expressions.condition(condition), (column, value), names)


def limit_of(tree: exp.Expr) -> str | None:
    """How many rows TOP, FETCH FIRST or LIMIT let through, behind how many OFFSET skips."""
    limit = tree.args.get("limit")
    offset = tree.args.get("offset")
    if limit is None and offset is None:
        return None
    count = "-1" if limit is None else _count(limit)
    return count if offset is None else f"{count} OFFSET {_whole(offset.expression)}"


def _count(limit: exp.Expr) -> str:
    if isinstance(limit, exp.Fetch):
        return _whole(limit.args.get("count")) if limit.args.get("count") is not None else "1"
    return _whole(limit.expression)


def _whole(node: exp.Expr | None) -> str:
    if not isinstance(node, exp.Literal) or node.is_string or not node.this.isdigit():
        raise unsupported()
    return str(int(node.this))


def bounded(sql: str, limit: str | None) -> str:
    """The query with a limit."""
    return sql if limit is None else f"{sql} LIMIT {limit}"
