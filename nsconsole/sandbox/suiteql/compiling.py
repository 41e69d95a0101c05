"""From a checked tree to SQLite's SQL, every name resolved against the account's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from nsconsole.sandbox.schema import Column, Kind, quote
from nsconsole.sandbox.suiteql.errors import unknown_table, unsupported
from nsconsole.sandbox.suiteql.expressions import Expressions
from nsconsole.sandbox.suiteql.scope import Scope, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nsconsole.sandbox.schema import Tables
    from nsconsole.sandbox.suiteql.functions import Term

_JOINS = {("", ""): "JOIN", ("", "INNER"): "JOIN", ("LEFT", ""): "LEFT JOIN",
          ("LEFT", "OUTER"): "LEFT JOIN", ("", "CROSS"): "CROSS JOIN"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL for SQLite, with the name and kind of each column of its answer.

    Parameters are named `p0`, `p1`, … in the order in which they stand in the query.
    """

    sql: str
    names: tuple[str, ...]
    kinds: tuple[Kind | None, ...]


def compile_query(tree: exp.Select, tables: Tables) -> Compiled:
    """Compile a tree that `parsing.parse` has let through.

    Raises:
        Refusal: a name is unknown, or a construct is not one that SuiteQL does.
    """
    return _Select(tree, tables, None).compiled()


class _Select:
    """One SELECT on its way to SQLite."""

    def __init__(self, tree: exp.Select, tables: Tables, parent: Scope | None) -> None:
        self._tree = tree
        self._tables = tables
        self._scope = Scope(parent)
        self._expressions = Expressions(self._scope, tables, self._subquery)
        self._from = self._sources()
        self._rownum, self._where = self._conditions()
        self._outputs = list(self._output_columns())
        self._check_grouping()

    def compiled(self) -> Compiled:
        names = tuple(name for name, _ in self._outputs)
        kinds = tuple(term.kind for _, term in self._outputs)
        return Compiled(self._sql(), names, kinds)

    def _subquery(self, tree: exp.Expr) -> str:
        if not isinstance(tree, exp.Select):
            raise unsupported()
        return _Select(tree, self._tables, self._scope).compiled().sql

    def _sql(self) -> str:
        distinct = "DISTINCT " if self._tree.args.get("distinct") else ""
        order = self._order()
        if self._rownum is not None and order:
            return self._counted_then_sorted(order)
        columns = [f"{term.sql} AS {quote(name)}" for name, term in self._outputs]
        tail = f" ORDER BY {', '.join(f'{sql} {way}' for sql, way in order)}" if order else ""
        limit = self._limit()
        return (
            f"SELECT {distinct}{', '.join(columns)}{self._from}{self._where}{self._grouping()}"
            f"{tail}{'' if limit is None else f' LIMIT {limit}'}"
        )

    def _counted_then_sorted(self, order: list[tuple[str, str]]) -> str:
        """Oracle numbers the rows before it sorts them: take the first ones, then sort."""
        if self._tree.args.get("distinct") or self._tree.args.get("limit"):
            raise unsupported()
        columns = [f"{term.sql} AS c{number}" for number, (_, term) in enumerate(self._outputs)]
        keys = [f"{sql} AS k{number}" for number, (sql, _) in enumerate(order)]
        first = f"SELECT {', '.join(columns + keys)}{self._from}{self._where} LIMIT {self._rownum}"
        wanted = [f"c{number} AS {quote(name)}" for number, (name, _) in enumerate(self._outputs)]
        ways = [f"k{number} {way}" for number, (_, way) in enumerate(order)]
        return f"SELECT {', '.join(wanted)} FROM ({first}) ORDER BY {', '.join(ways)}"  # noqa: S608 - compiled from a whitelist

    def _sources(self) -> str:
        start = self._tree.args.get("from_")
        if start is None:
            raise unsupported()
        pieces = [" FROM ", self._source(start.this)]
        for join in self._tree.args.get("joins") or ():
            pieces += self._join(join)
        dual_alone = pieces[1] == "" and len(pieces) == 2
        return "" if dual_alone else "".join(pieces)

    def _source(self, node: exp.Expr) -> str:
        alias = node.alias.lower()
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select):
            inner = _Select(node.this, self._tables, None).compiled()
            columns = {
                name: Column(name, kind or Kind.TEXT)
                for name, kind in zip(inner.names, inner.kinds, strict=True)
            }
            alias = alias or f"subquery{len(self._scope.sources)}"
            self._scope.add(alias, Source(alias, columns))
            return f"({inner.sql}) AS {quote(alias)}"
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise unsupported()
        name = node.this.name.lower()
        if name == "dual":
            return ""
        table = self._tables.get(name)
        if table is None:
            raise unknown_table(node.this.name)
        self._scope.add(alias or name, Source(name, table.columns))
        return f"{quote(name)} AS {quote(alias or name)}"

    def _join(self, join: exp.Expr) -> Iterator[str]:
        word = _JOINS.get((join.args.get("side") or "", join.args.get("kind") or ""))
        source = self._source(join.this)
        if word is None or not source:
            raise unsupported()
        condition = join.args.get("on")
        yield f" {word} {source}"
        if condition is not None:
            yield f" ON {self._expressions.compile(condition).sql}"

    def _conditions(self) -> tuple[int | None, str]:
        """The smallest `ROWNUM <= n` of the WHERE, and the WHERE without it."""
        where = self._tree.args.get("where")
        if where is None:
            return None, ""
        rownum: int | None = None
        kept = []
        for condition in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
            bound = _row_bound(condition)
            if bound is None:
                kept.append(self._expressions.compile(condition).sql)
            else:
                rownum = bound if rownum is None else min(rownum, bound)
        if rownum is not None and self._is_grouped():
            raise unsupported()
        return rownum, f" WHERE {' AND '.join(kept)}" if kept else ""

    def _is_grouped(self) -> bool:
        aggregate = any(self._expressions.is_aggregate(e) for e in self._tree.expressions)
        return aggregate or self._tree.args.get("group") is not None

    def _output_columns(self) -> Iterator[tuple[str, Term]]:
        unnamed = 0
        for node in self._tree.expressions:
            table = node.table if isinstance(node, exp.Column) else None
            if isinstance(node, exp.Star) or (table and isinstance(node.this, exp.Star)):
                yield from self._scope.all_columns(table or None)
                continue
            term = self._expressions.compile(node.this if isinstance(node, exp.Alias) else node)
            name = node.alias_or_name if isinstance(node, exp.Alias | exp.Column) else ""
            if not name:
                unnamed += 1
                name = f"expr{unnamed}"
            yield name.lower(), term

    def _group_terms(self) -> list[str]:
        group = self._tree.args.get("group")
        nodes = group.expressions if group is not None else ()
        return [self._expressions.compile(each).sql for each in nodes]

    def _check_grouping(self) -> None:
        """Beside an aggregate stand only what is grouped by, and constants."""
        if not self._is_grouped():
            return
        grouped = self._group_terms()
        for node in self._tree.expressions:
            inner = node.this if isinstance(node, exp.Alias) else node
            if self._expressions.is_aggregate(inner) or inner.find(exp.Column, exp.Star) is None:
                continue
            if self._expressions.compile(inner).sql not in grouped:
                raise unsupported()

    def _grouping(self) -> str:
        having = self._tree.args.get("having")
        grouped = self._group_terms()
        sql = f" GROUP BY {', '.join(grouped)}" if grouped else ""
        if having is not None:
            sql += f" HAVING {self._expressions.compile(having.this).sql}"
        return sql

    def _order(self) -> list[tuple[str, str]]:
        """What to sort by, and which way; nulls are the largest, as in Oracle."""
        order = self._tree.args.get("order")
        made = []
        for each in order.expressions if order is not None else ():
            way = "DESC" if each.args.get("desc") else "ASC"
            nulls = "FIRST" if each.args.get("nulls_first") else "LAST"
            made.append((self._order_term(each.this), f"{way} NULLS {nulls}"))
        return made

    def _order_term(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Literal) and not node.is_string:
            if not node.this.isdigit() or not 1 <= int(node.this) <= len(self._outputs):
                raise unsupported()
            return self._outputs[int(node.this) - 1][1].sql
        if isinstance(node, exp.Column) and not node.table:
            aliases = {
                each.alias.lower() for each in self._tree.expressions if isinstance(each, exp.Alias)
            }
            if node.name.lower() in aliases:
                # NetSuite answers "Invalid or unsupported search." to this pair.
                if self._tree.args.get("group") is not None:
                    raise unsupported()
                return next(t.sql for name, t in self._outputs if name == node.name.lower())
        return self._expressions.compile(node).sql

    def _limit(self) -> int | None:
        limit = self._tree.args.get("limit")
        if limit is None:
            return self._rownum
        count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
        if not isinstance(count, exp.Literal) or count.is_string or not count.this.isdigit():
            raise unsupported()
        bound = int(count.this)
        return bound if self._rownum is None else min(bound, self._rownum)


def _row_bound(condition: exp.Expr) -> int | None:
    """The n of `ROWNUM <= n` or `ROWNUM < n + 1`, None for any other condition."""
    left, right = condition.args.get("this"), condition.args.get("expression")
    if not isinstance(left, exp.Column) or left.table or left.name.upper() != "ROWNUM":
        return None
    if not isinstance(right, exp.Literal) or right.is_string or not right.this.isdigit():
        raise unsupported()
    if isinstance(condition, exp.LTE):
        return int(right.this)
    if isinstance(condition, exp.LT):
        return max(0, int(right.this) - 1)
    raise unsupported()
