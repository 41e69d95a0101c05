"""Aggregates and analytic functions.

SuiteQL lists ROW_NUMBER, RANK and DENSE_RANK; the aggregates can be told OVER which rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.terms import NUMBERS, Session, Term, Type, as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Value = Callable[[exp.Expr], Term]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate: its name in SQLite, what it yields (None: what it is over), its arguments."""

    name: str
    yields: Type | None
    arguments: int = 1
    numeric: bool = True


AGGREGATES = {
    "COUNT": Aggregate("count", Type.INTEGER, numeric=False),
    "APPROX_COUNT_DISTINCT": Aggregate("count", Type.INTEGER, numeric=False),
    "SUM": Aggregate("sum", None),
    "AVG": Aggregate("ns_avg", Type.DECIMAL),
    "MIN": Aggregate("min", None, numeric=False),
    "MAX": Aggregate("max", None, numeric=False),
    "CORR": Aggregate("ns_corr", Type.DECIMAL, 2),
    "COVAR_POP": Aggregate("ns_covar_pop", Type.DECIMAL, 2),
    "COVAR_SAMP": Aggregate("ns_covar_samp", Type.DECIMAL, 2),
    **{
        name: Aggregate(f"ns_{name.lower()}", Type.DECIMAL)
        for name in ("MEDIAN", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP",
                     "VAR_SAMP")
    },
}  # fmt: skip
_OVER_ROWS = ("COUNT", "SUM", "AVG", "MIN", "MAX")
_RANKINGS = ("ROW_NUMBER", "RANK", "DENSE_RANK")
_SIDES = {"UNBOUNDED": "UNBOUNDED", "CURRENT ROW": "CURRENT ROW"}


def is_aggregate(node: exp.Expr) -> bool:
    """Whether the node is a call of an aggregate that groups (OVER rows it does not)."""
    return (
        isinstance(node, exp.Anonymous)
        and str(node.this).upper() in AGGREGATES
        and not isinstance(node.parent, exp.Window)
    )


def has_aggregate(node: exp.Expr) -> bool:
    """Whether an aggregate is called in the expression itself, sub-queries apart."""
    return any(map(is_aggregate, node.walk(prune=lambda each: isinstance(each, exp.Query))))


def call(name: str, arguments: Sequence[exp.Expr], value: Value) -> Term:
    """The call of an aggregate.

    Raises:
        Refusal: it does not take these arguments.
    """
    aggregate = AGGREGATES[name]
    if len(arguments) == 1 and isinstance(arguments[0], exp.Star):
        if name != "COUNT":
            raise unsupported()
        return Term("count(*)", Type.INTEGER)
    distinct = name == "APPROX_COUNT_DISTINCT"
    if len(arguments) == 1 and isinstance(arguments[0], exp.Distinct):
        distinct, arguments = True, arguments[0].expressions
    if len(arguments) != aggregate.arguments:
        raise unsupported()
    terms = [value(each) for each in arguments]
    sql = ", ".join(as_number(term) if aggregate.numeric else term.sql for term in terms)
    yields = aggregate.yields or terms[0].type
    if aggregate.numeric and yields not in NUMBERS:
        yields = Type.DECIMAL
    called = "ns_sum" if name == "SUM" and yields is Type.DECIMAL else aggregate.name
    return Term(f"{called}({'DISTINCT ' if distinct else ''}{sql})", yields)


def window(node: exp.Expr, value: Value, session: Session) -> Term:
    """An analytic function: a ranking, or an aggregate OVER rows.

    Raises:
        Refusal: it is none that SuiteQL has.
    """
    del session
    function = node.this
    if node.args.get("over") != "OVER" or not isinstance(function, exp.Anonymous):
        raise unsupported()
    name = str(function.this).upper()
    if name in _RANKINGS and not function.expressions and node.args.get("order") is not None:
        ranked = Term(f"{name.lower()}()", Type.INTEGER)
    elif name in _OVER_ROWS:
        ranked = call(name, function.expressions, value)
    else:
        raise unsupported()
    return Term(f"{ranked.sql} OVER ({_over(node, value)})", ranked.type)


def _over(node: exp.Expr, value: Value) -> str:
    partition = [value(each).sql for each in node.args.get("partition_by") or ()]
    order = node.args.get("order")
    keys = [ordering(each, value(each.this).sql) for each in order.expressions] if order else []
    clauses = [
        f"PARTITION BY {', '.join(partition)}" if partition else "",
        f"ORDER BY {', '.join(keys)}" if keys else "",
        _frame(node.args.get("spec")),
    ]
    return " ".join(filter(None, clauses))


def ordering(node: exp.Expr, sql: str, *, never_null: bool = False) -> str:
    """A key to sort by and which way; where nothing is said nulls are the largest, as in Oracle."""
    way = "DESC" if node.args.get("desc") else "ASC"
    if never_null:
        return f"{sql} {way}"
    return f"{sql} {way} NULLS {'FIRST' if node.args.get('nulls_first') else 'LAST'}"


def _frame(spec: exp.Expr | None) -> str:
    if spec is None:
        return ""
    bounds = (_bound(spec, "start"), _bound(spec, "end"))
    kind = spec.text("kind").upper()
    if kind not in ("ROWS", "RANGE"):
        raise unsupported()
    return f"{kind} BETWEEN {' AND '.join(bounds)}"


def _bound(spec: exp.Expr, name: str) -> str:
    bound, side = spec.args.get(name), spec.args.get(f"{name}_side") or ""
    if bound is None:
        return "CURRENT ROW"
    if isinstance(bound, exp.Literal) and bound.this.isdigit():
        return f"{bound.this} {side}"
    if isinstance(bound, str) and bound in _SIDES:
        return f"{bound} {side}".strip()
    raise unsupported()
