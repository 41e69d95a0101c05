"""Conditions on ROWNUM, Oracle's number of a row in the order in which it is found."""

from __future__ import annotations

from sqlglot import exp

from nsconsole.sandbox.suiteql.errors import unsupported

_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.EQ: exp.EQ,
}


def bound_of(condition: exp.Expr) -> int | None:
    """How many rows a condition on ROWNUM lets through; None if it is about something else.

    A row gets its number only when it is let through, so that nothing ever is `> 1` or `= 2`.

    Raises:
        Refusal: ROWNUM is compared with something that is not a whole number.
    """
    if isinstance(condition, exp.Between) and _is_rownum(condition.this):
        low, high = _whole(condition.args["low"]), _whole(condition.args["high"])
        return max(0, high) if low <= 1 else 0
    kind, left, right = type(condition), condition.this, condition.args.get("expression")
    if kind not in _MIRRORED:
        return None
    if _is_rownum(right):
        kind, left, right = _MIRRORED[kind], right, left
    return _rows(kind, _whole(right)) if _is_rownum(left) else None


def _rows(kind: type[exp.Expr], number: int) -> int | None:
    if kind is exp.EQ:
        return 1 if number == 1 else 0
    if kind is exp.LTE:
        return number
    if kind is exp.LT:
        return max(0, number - 1)
    everything = number < 1 if kind is exp.GT else number <= 1
    return 2**62 if everything else 0


def _is_rownum(node: object) -> bool:
    return isinstance(node, exp.Column) and not node.table and node.name.upper() == "ROWNUM"


def _whole(node: object) -> int:
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit():
        return int(node.this)
    raise unsupported()
