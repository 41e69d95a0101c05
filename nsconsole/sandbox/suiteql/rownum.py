"""ROWNUM, Oracle's number of a row in the order in which it is found.

Oracle numbers the rows that its WHERE lets through, before it groups them, looks through windows
at them or sorts them. So the numbered rows become the FROM of all the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from nsconsole.sandbox.schema import quote
from nsconsole.sandbox.suiteql.aggregates import has_aggregate
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.expressions import joined
from nsconsole.sandbox.suiteql.sources import From
from nsconsole.sandbox.suiteql.terms import as_number

if TYPE_CHECKING:
    from nsconsole.sandbox.suiteql.expressions import Expressions
    from nsconsole.sandbox.suiteql.scope import Scope

_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.EQ: exp.EQ,
}
# How many rows a comparison lets through: a row gets its number only when it is let through, so
# that nothing ever is `> 1` or `= 2`.
_LET_THROUGH: dict[type[exp.Expr], str] = {
    exp.LT: "max(0, ns_ceil({0}) - 1)",
    exp.LTE: "max(0, ns_floor({0}))",
    exp.GT: "iif({0} < 1, {1}, 0)",
    exp.GTE: "iif({0} <= 1, {1}, 0)",
    exp.EQ: "({0} = 1)",
}
_EVERYTHING = 2**62


def has_rownum(tree: exp.Select) -> bool:
    """Whether the SELECT itself has a ROWNUM, sub-queries apart."""
    nodes = tree.walk(prune=lambda node: isinstance(node, exp.Query) and node is not tree)
    return any(map(_is_rownum, nodes))


def numbered(made: From, scope: Scope, expressions: Expressions) -> From:
    """The rows that the WHERE lets through as a FROM of their own, with their numbers.

    Raises:
        Refusal: ROWNUM is compared with what changes from row to row, or in no known way.
    """
    bounds, kept = [], []
    for condition in made.conditions:
        bound = _bound_of(condition, expressions)
        if bound is not None:
            bounds.append(f"coalesce({bound}, 0)")
        elif has_aggregate(condition):
            raise unsupported()
        else:
            kept.append(expressions.condition(condition))
    where = f" WHERE {joined(kept, 'AND')}" if kept else ""
    limit = f" LIMIT min({_EVERYTHING}, {', '.join(bounds)})" if bounds else ""
    columns = ", ".join(scope.number_rows()) or "NULL"
    found = f"SELECT {columns}{made.sql}{where}{natural_order(scope)}{limit}"
    sql = f' FROM (SELECT row_number() OVER () AS "rownum", * FROM ({found}))'  # noqa: S608 - compiled from a whitelist
    return From(sql, [], made.matches, made.joins, is_numbered=True)


def natural_order(scope: Scope) -> str:
    """The order in which one finds the rows of a table, whatever index SQLite would take."""
    sources = list(scope.sources.values())
    table = sources[0].table if len(sources) == 1 else None
    if table is None or table.view is not None:
        return ""
    alias = quote(sources[0].alias)
    return f" ORDER BY {', '.join(f'{alias}.{quote(name)}' for name in table.key)}"


def _bound_of(condition: exp.Expr, expressions: Expressions) -> str | None:
    """How many rows a condition on ROWNUM lets through; None if it is about something else."""
    if isinstance(condition, exp.Between) and _is_rownum(condition.this):
        low, high = (_number(condition.args[name], expressions) for name in ("low", "high"))
        return f"iif({low} <= 1, max(0, ns_floor({high})), 0)"
    kind, left, right = type(condition), condition.this, condition.args.get("expression")
    if kind not in _MIRRORED:
        return None
    if _is_rownum(right):
        kind, left, right = _MIRRORED[kind], right, left
    if not _is_rownum(left):
        return None
    return _LET_THROUGH[kind].format(_number(right, expressions), _EVERYTHING)


def _is_rownum(node: object) -> bool:
    if not isinstance(node, exp.Column) or node.table or node.name.upper() != "ROWNUM":
        return False
    return not node.this.args.get("quoted")


def _number(node: object, expressions: Expressions) -> str:
    if not isinstance(node, exp.Expr) or node.find(exp.Column, exp.Query) is not None:
        raise unsupported()
    return as_number(expressions.value(node))
