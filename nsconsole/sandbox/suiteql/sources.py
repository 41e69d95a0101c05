"""The FROM of a query: tables, sub-queries and joins, in one of the two syntaxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from nsconsole.sandbox.schema import Access, quote
from nsconsole.sandbox.suiteql.aggregates import has_aggregate
from nsconsole.sandbox.suiteql.errors import hidden_table, unknown_table, unsupported
from nsconsole.sandbox.suiteql.expressions import joined
from nsconsole.sandbox.suiteql.scope import Output, Source, table_source
from nsconsole.sandbox.suiteql.terms import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nsconsole.sandbox.suiteql.expressions import Expressions
    from nsconsole.sandbox.suiteql.scope import Scope

_JOINS = {("", ""): "JOIN", ("", "INNER"): "JOIN", ("", "CROSS"): "CROSS JOIN",
          ("LEFT", ""): "LEFT JOIN", ("LEFT", "OUTER"): "LEFT JOIN",
          ("RIGHT", ""): "RIGHT JOIN", ("RIGHT", "OUTER"): "RIGHT JOIN",
          ("FULL", ""): "FULL JOIN", ("FULL", "OUTER"): "FULL JOIN"}  # fmt: skip
_MISSING = (Access.NO_PERMISSION, Access.FEATURE_OFF)


@dataclass(slots=True)
class From:
    """A FROM in SQLite's SQL, and the conditions of the WHERE that it has not taken up.

    `matches` are conditions that all rows satisfy: those of inner joins and of the WHERE; `joins`
    are those that decide which row of a table is joined. If it `is_numbered`, its rows have their
    ROWNUM.
    """

    sql: str
    conditions: list[exp.Expr]
    matches: list[exp.Expr] = field(default_factory=list)
    joins: list[exp.Expr] = field(default_factory=list)
    is_numbered: bool = False


class Sources:
    """Compiles the FROM of one SELECT; `derived` makes a source of a sub-query."""

    def __init__(
        self,
        scope: Scope,
        expressions: Expressions,
        derived: Callable[[exp.Expr, str], tuple[str, Source]],
        named: Mapping[str, exp.Expr],
    ) -> None:
        self._scope = scope
        self._expressions = expressions
        self._derived = derived
        self._named = named

    def compile(self, select: exp.Select) -> From:
        """The FROM of a SELECT.

        Raises:
            Refusal: a table cannot be had, or both syntaxes of joins are mixed.
        """
        start = select.args.get("from_")
        if start is None:
            raise unsupported()
        where = select.args.get("where")
        conditions = conjuncts(where.this) if where is not None else []
        joins = select.args.get("joins") or []
        marked = [each for each in conditions if _is_marked(each)]
        if joins and all(map(_is_comma, joins)):
            return self._oracle(start.this, [join.this for join in joins], conditions)
        if marked or any(map(_is_comma, joins)):
            raise unsupported()
        return self._ansi(start.this, joins, conditions)

    def _ansi(self, first: exp.Expr, joins: list[exp.Expr], conditions: list[exp.Expr]) -> From:
        sql = self._source(first)
        made = From("", conditions, list(conditions))
        for join in joins:
            sql += self._join(join, made)
        made.sql = f" FROM {sql}" if sql else ""
        return made

    def _join(self, join: exp.Expr, made: From) -> str:
        side = join.args.get("side") or ""
        word = _JOINS.get((side, join.args.get("kind") or ""))
        condition = join.args.get("on")
        before = list(self._scope.sources.values())
        source = self._source(join.this)
        if word is None or not source or not before or _is_outer_without(side, condition):
            raise unsupported()
        after = [each for each in self._scope.sources.values() if each not in before]
        for each in (before if side in ("RIGHT", "FULL") else []) + (
            after if side in ("LEFT", "FULL") else []
        ):
            each.nullable = True
        if condition is None:
            return f" {word} {source}"
        if has_aggregate(condition):
            raise unsupported()
        if side in ("", "LEFT"):
            made.joins += conjuncts(condition)
        if not side:
            made.matches += conjuncts(condition)
        return f" {word} {source} ON {self._expressions.condition(condition)}"

    def _oracle(self, first: exp.Expr, others: list[exp.Expr], conditions: list[exp.Expr]) -> From:
        """Tables between commas; a condition with (+) makes its table's join an outer one."""
        sources = [self._source(each) for each in (first, *others)]
        if not all(sources):
            raise unsupported()
        optional: dict[str, list[exp.Expr]] = {}
        for condition in conditions:
            if _is_marked(condition):
                optional.setdefault(self._optional(condition), []).append(condition)
        kept = [each for each in conditions if not _is_marked(each)]
        pieces = []
        for alias, source in zip(self._scope.sources, sources, strict=True):
            on = [self._expressions.condition(each) for each in optional.get(alias, ())]
            if on:
                self._scope.sources[alias].nullable = True
                pieces.append(f" LEFT JOIN {source} ON {joined(on, 'AND')}")
            else:
                pieces.append(f" JOIN {source}" if pieces else source)
        return From(f" FROM {''.join(pieces)}", kept, list(kept))

    def _optional(self, condition: exp.Expr) -> str:
        """The one table that a condition marks with (+): it must stand behind the other.

        NetSuite takes no right outer join in this syntax.
        """
        columns = list(condition.find_all(exp.Column))
        marked = {each.table.lower() for each in columns if each.args.get("join_mark")}
        others = {each.table.lower() for each in columns if not each.args.get("join_mark")}
        order = list(self._scope.sources)
        if len(marked) != 1 or isinstance(condition, exp.Or) or not marked | others <= {*order}:
            raise unsupported()
        (alias,) = marked
        if alias in others or any(order.index(other) > order.index(alias) for other in others):
            raise unsupported()
        return alias

    def _source(self, node: exp.Expr) -> str:
        alias = node.alias.lower()
        if isinstance(node, exp.Subquery):
            return self._add(*self._derived(node.this, alias or self._unnamed()))
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise unsupported()
        name = node.this.name.lower()
        if name in self._named:
            return self._add(*self._derived(self._named[name], alias or name))
        if name == "dual":
            return self._dual(alias or name)
        return self._table(node.this.name, alias or name)

    def _table(self, written: str, alias: str) -> str:
        name = written.lower()
        table = self._scope.context.tables.get(name)
        if table is not None and table.access in _MISSING:
            raise hidden_table(written)
        if table is None or table.access is not Access.OPEN:
            raise unknown_table(written)
        return self._add(f"{quote(name)} AS {quote(alias)}", table_source(alias, table))

    def _dual(self, alias: str) -> str:
        """Oracle's table of one row."""
        dummy = {"dummy": Output("dummy", Type.TEXT)}
        source = Source(alias, "dual", outputs=dummy, keys=((),))
        return self._add(f"(SELECT 'X' AS dummy) AS {quote(alias)}", source)

    def _add(self, sql: str, source: Source) -> str:
        self._scope.add(source)
        return sql

    def _unnamed(self) -> str:
        return f"subquery{len(self._scope.sources)}"


def conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    """The conditions that must all hold for this one to hold."""
    inner = condition.unnest()
    if not isinstance(inner, exp.And):
        return [inner]
    return [each for part in inner.flatten() for each in conjuncts(part)]


def _is_comma(join: exp.Expr) -> bool:
    return not any(join.args.get(name) for name in ("side", "kind", "on"))


def _is_outer_without(side: str, condition: exp.Expr | None) -> bool:
    return bool(side) and condition is None


def _is_marked(condition: exp.Expr) -> bool:
    return any(column.args.get("join_mark") for column in condition.find_all(exp.Column))
