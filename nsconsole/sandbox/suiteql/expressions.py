"""Expressions of a query: conditions, operators and calls, with the type of what they yield."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from nsconsole.sandbox.suiteql import aggregates, builtins
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.functions import FUNCTIONS, concatenated
from nsconsole.sandbox.suiteql.terms import (
    NOW,
    NULL,
    NUMBERS,
    TIMES,
    Session,
    Term,
    Type,
    alike,
    as_naive,
    as_number,
    as_text,
    comparable,
    text_literal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nsconsole.sandbox.suiteql.scope import Output, Scope

    Subquery: TypeAlias = Callable[[exp.Expr], tuple[str, Sequence[Output]]]

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_DECIMAL = {"+": "ns_plus", "-": "ns_minus", "*": "ns_times", "/": "ns_divided"}
_NOW = ("SYSDATE", "CURRENT_DATE", "SYSTIMESTAMP", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP")
_CASTS: dict[exp.DType, Callable[[Term, Session], Term]] = {
    exp.DType.INT: lambda term, _: Term(f"ns_round({as_number(term)})", Type.INTEGER),
    exp.DType.DECIMAL: lambda term, _: Term(as_number(term), Type.DECIMAL),
    exp.DType.DOUBLE: lambda term, _: Term(as_number(term), Type.DECIMAL),
    exp.DType.FLOAT: lambda term, _: Term(as_number(term), Type.DECIMAL),
    exp.DType.VARCHAR: lambda term, session: Term(as_text(term, session), Type.TEXT),
    exp.DType.NVARCHAR: lambda term, session: Term(as_text(term, session), Type.TEXT),
    exp.DType.CHAR: lambda term, session: Term(as_text(term, session), Type.TEXT),
    exp.DType.DATE: lambda term, session: Term(as_naive(term, session), Type.NAIVE),
    exp.DType.TIMESTAMP: lambda term, session: Term(as_naive(term, session), Type.NAIVE),
}
_PARTS = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2), "HOUR": (12, 2), "MINUTE": (15, 2),
          "SECOND": (18, 2)}  # fmt: skip


class Expressions:
    """Compiles expressions within a scope; `subquery` compiles a query nested in one."""

    def __init__(self, scope: Scope, subquery: Subquery) -> None:
        self._scope = scope
        self._session = scope.context.session
        self._subquery = subquery
        self._values: dict[type[exp.Expr], Callable[[exp.Expr], Term]] = {
            exp.Literal: _literal,
            exp.Null: lambda _: NULL,
            exp.Placeholder: _parameter,
            exp.Column: self._column,
            exp.Localtimestamp: lambda _: Term(NOW, Type.INSTANT, bare=True),
            exp.Systimestamp: lambda _: Term(NOW, Type.INSTANT, bare=True),
            exp.Paren: self._paren,
            exp.Neg: self._negative,
            exp.Subquery: self._scalar,
            exp.Case: self._case,
            exp.Cast: self._cast,
            exp.Extract: self._extract,
            exp.Trim: self._trim,
            exp.DPipe: self._concatenation,
            exp.Anonymous: self._call,
            exp.Window: self._window,
            exp.Dot: self._builtin,
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
        }
        self._conditions: dict[type[exp.Expr], Callable[[exp.Expr], str]] = {
            exp.And: self._all,
            exp.Or: self._any,
            exp.Not: lambda node: f"NOT ({self.condition(node.this)})",
            exp.Paren: lambda node: f"({self.condition(node.this)})",
            exp.Is: self._is_null,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Like: self._like,
            exp.Escape: self._escape,
            exp.Exists: lambda node: f"EXISTS ({self._subquery(node.this)[0]})",
            exp.Anonymous: self._found,
            **dict.fromkeys(_COMPARISONS, self._comparison),
        }

    def value(self, node: exp.Expr) -> Term:
        """An expression that yields a value; Oracle has none that are true or false.

        Raises:
            Refusal: a name stands for more than one column, or SuiteQL does not do this.
        """
        compiler = self._values.get(type(node))
        if compiler is None:
            raise unsupported()
        return compiler(node)

    def condition(self, node: exp.Expr) -> str:
        """An expression that holds or does not; see `value`."""
        compiler = self._conditions.get(type(node))
        if compiler is None:
            raise unsupported()
        return compiler(node)

    def is_value(self, node: exp.Expr) -> bool:
        """Whether the node is an expression that yields a value."""
        return type(node) in self._values

    def _column(self, node: exp.Expr) -> Term:
        table = node.text("table") or None
        if table is None and not node.this.args.get("quoted"):
            word = node.name.upper()
            if word in _NOW:
                return Term(NOW, Type.INSTANT, bare=True)
            if word == "ROWNUM":
                return self._rownum()
        return self._scope.column(node.name, table)

    def _rownum(self) -> Term:
        if not self._scope.is_numbered:
            raise unsupported()  # it decides which rows there are, other than by their number
        return Term('"rownum"', Type.INTEGER, bare=True)

    def _paren(self, node: exp.Expr) -> Term:
        inner = self.value(node.this)
        return inner if inner.bare else Term(f"({inner.sql})", inner.type)

    def _negative(self, node: exp.Expr) -> Term:
        inner = self.value(node.this)
        yields = inner.type if inner.type in NUMBERS else Type.DECIMAL
        return Term(f"(- {as_number(inner)})", yields)

    def _scalar(self, node: exp.Expr) -> Term:
        sql, outputs = self._subquery(node.this)
        if len(outputs) != 1 or node.alias:
            raise unsupported()
        if not _is_one_row(node.this):
            sql = (
                f"WITH only(c0) AS ({sql}) SELECT ns_single(count(*), max(c0)) "  # noqa: S608 - compiled from a whitelist
                "FROM (SELECT c0 FROM only LIMIT 2)"
            )
        return Term(f"({sql})", outputs[0].type)

    def _case(self, node: exp.Expr) -> Term:
        branches = node.args["ifs"]
        default = node.args.get("default")
        results = [self.value(each.args["true"]) for each in branches]
        results.append(self.value(default) if default is not None else NULL)
        values, yields = alike(results, self._session)
        whens = "".join(
            f" WHEN {test} THEN {value}"
            for test, value in zip(self._tests(node), values, strict=False)
        )
        return Term(f"CASE{whens} ELSE {values[-1]} END", yields)

    def _tests(self, node: exp.Expr) -> list[str]:
        branches = node.args["ifs"]
        if node.args.get("this") is None:
            return [self.condition(each.this) for each in branches]
        subject = self.value(node.args["this"])
        pairs = (comparable([subject, self.value(e.this)], self._session) for e in branches)
        return [f"{left} = {right}" for left, right in pairs]

    def _cast(self, node: exp.Expr) -> Term:
        convert = _CASTS.get(node.args["to"].this)
        if convert is None:
            raise unsupported()
        return convert(self.value(node.this), self._session)

    def _extract(self, node: exp.Expr) -> Term:
        part = _PARTS.get(node.this.name.upper())
        if part is None:
            raise unsupported()
        naive = as_naive(self.value(node.args["expression"]), self._session)
        return Term(f"CAST(substr({naive}, {part[0]}, {part[1]}) AS INTEGER)", Type.INTEGER)

    def _trim(self, node: exp.Expr) -> Term:
        text = as_text(self.value(node.this), self._session)
        marks = node.args.get("expression")
        mark = as_text(self.value(marks), self._session) if marks is not None else "' '"
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.text("position"), "trim")
        return Term(f"nullif({name}({text}, {mark}), '')", Type.TEXT)

    def _concatenation(self, node: exp.Expr) -> Term:
        return concatenated([self.value(each) for each in node.flatten()], self._session)

    def _arithmetic(self, node: exp.Expr) -> Term:
        left, right = self.value(node.this), self.value(node.args["expression"])
        sign = _ARITHMETIC[type(node)]
        if left.type in TIMES or right.type in TIMES:
            return self._date_arithmetic(left, sign, right)
        sides = as_number(left), as_number(right)
        if not left.type is right.type is Type.INTEGER:
            return Term(f"{_DECIMAL[sign]}({', '.join(sides)})", Type.DECIMAL)
        if sign != "/":
            return Term(f"({sides[0]} {sign} {sides[1]})", Type.INTEGER)
        divisor = sides[1] if sides[1].isdigit() and int(sides[1]) else f"ns_nonzero({sides[1]})"
        return Term(f"({sides[0]} * 1.0 / {divisor})", Type.DECIMAL)

    def _date_arithmetic(self, left: Term, sign: str, right: Term) -> Term:
        """A date and a number of days make a date; two dates their distance in days."""
        if left.type in TIMES and right.type in TIMES and sign == "-":
            sides = (as_naive(term, self._session) for term in (left, right))
            return Term(f"ns_days_between({', '.join(sides)})", Type.DECIMAL)
        if right.type in TIMES and sign == "+":
            left, right = right, left
        if right.type in TIMES or sign not in "+-":
            raise unsupported()
        moved = f"{as_naive(left, self._session)}, {sign}({as_number(right)})"
        return Term(f"ns_add_days({moved})", Type.NAIVE)

    def _call(self, node: exp.Expr) -> Term:
        name = str(node.this).upper()
        if name in aggregates.AGGREGATES:
            return aggregates.call(name, node.expressions, self.value)
        function = FUNCTIONS.get(name)
        if function is None:
            raise unsupported()
        return function.apply([self.value(each) for each in node.expressions], self._session)

    def _window(self, node: exp.Expr) -> Term:
        return aggregates.window(node, self.value, self._session)

    def _builtin(self, node: exp.Expr) -> Term:
        call = node.args["expression"]
        if node.this.name.upper() != "BUILTIN" or not isinstance(call, exp.Anonymous):
            raise unsupported()
        arguments = [self.value(each) for each in call.expressions]
        return builtins.call(str(call.this).upper(), arguments, self._scope.context)

    def _all(self, node: exp.Expr) -> str:
        return joined([self.condition(each) for each in node.flatten()], "AND")

    def _any(self, node: exp.Expr) -> str:
        whole = joined([self.condition(each) for each in node.flatten()], "OR")
        floor = self.floor(node)
        return whole if floor is None else f"({' >= '.join(floor)} AND {whole})"

    def floor(self, node: exp.Expr) -> list[str] | None:
        """The sides of `a >= x`, which follows from `a > x OR (a = x AND …)`.

        With it, an index on `a` serves both halves.
        """
        parts = list(node.flatten())
        over, tied = (parts[0], parts[-1].unnest()) if len(parts) == 2 else (None, None)
        if not isinstance(over, exp.GT) or not isinstance(tied, exp.And):
            return None
        tie = next(iter(tied.flatten()))
        if not isinstance(tie, exp.EQ) or self.sides(over) != self.sides(tie):
            return None
        return self.sides(over)

    def sides(self, node: exp.Expr) -> list[str]:
        """Both sides of a comparison, as they are compared."""
        return comparable(
            [self.value(node.this), self.value(node.args["expression"])], self._session
        )

    def _comparison(self, node: exp.Expr) -> str:
        return f"({f' {_COMPARISONS[type(node)]} '.join(self.sides(node))})"

    def _is_null(self, node: exp.Expr) -> str:
        if not isinstance(node.args["expression"], exp.Null):
            raise unsupported()
        return f"({self.value(node.this).sql} IS NULL)"

    def _in(self, node: exp.Expr) -> str:
        left = self.value(node.this)
        query = node.args.get("query")
        if query is not None:
            return self._in_query(left, query)
        value, *wanted = comparable([left, *map(self.value, node.expressions)], self._session)
        return f"({value} IN ({', '.join(wanted)}))"

    def _in_query(self, left: Term, query: exp.Expr) -> str:
        inner = query.this if isinstance(query, exp.Subquery) else query
        sql, outputs = self._subquery(inner)
        if len(outputs) != 1:
            raise unsupported()
        found = Term("only.c0", outputs[0].type)
        value, wanted = comparable([left, found], self._session)
        if wanted != found.sql:
            sql = f"WITH only(c0) AS ({sql}) SELECT {wanted} FROM only"  # noqa: S608 - compiled from a whitelist
        return f"({value} IN ({sql}))"

    def _between(self, node: exp.Expr) -> str:
        terms = [self.value(node.args[name]) for name in ("this", "low", "high")]
        value, low, high = comparable(terms, self._session)
        return f"({value} BETWEEN {low} AND {high})"

    def _like(self, node: exp.Expr, escape: str = "") -> str:
        sides = (self.value(node.this), self.value(node.args["expression"]))
        left, right = (as_text(term, self._session) for term in sides)
        word = "NOT LIKE" if node.args.get("negate") else "LIKE"
        return f"({left} {word} {right}{escape})"

    def _escape(self, node: exp.Expr) -> str:
        like, mark = node.this, node.args["expression"]
        if not isinstance(like, exp.Like) or not isinstance(mark, exp.Literal):
            raise unsupported()
        if len(mark.name) != 1:
            raise unsupported()
        return self._like(like, f" ESCAPE {text_literal(mark.name).sql}")

    def _found(self, node: exp.Expr) -> str:
        """REGEXP_LIKE, the only function that is a condition."""
        if str(node.this).upper() != "REGEXP_LIKE" or len(node.expressions) not in (2, 3):
            raise unsupported()
        texts = (as_text(self.value(each), self._session) for each in node.expressions)
        return f"(ns_regexp_like({', '.join(texts)}) = 1)"


def joined(parts: list[str], word: str) -> str:
    """Conditions joined by AND or OR, in a tree so flat that SQLite takes thousands of them."""
    if len(parts) <= 1:
        return "".join(parts)
    middle = len(parts) // 2
    return f"({joined(parts[:middle], word)} {word} {joined(parts[middle:], word)})"


def _is_one_row(query: exp.Expr) -> bool:
    """Whether it is an aggregate of all rows."""
    if not isinstance(query, exp.Select) or query.args.get("group") is not None:
        return False
    return any(map(aggregates.has_aggregate, query.expressions))


def _literal(node: exp.Expr) -> Term:
    text = str(node.this)
    if node.args["is_string"]:
        return text_literal(text)
    if text.isdigit() and int(text) < 2**63:
        return Term(text, Type.INTEGER, bare=True)
    return Term(repr(float(text)), Type.DECIMAL, bare=True)


def _parameter(node: exp.Expr) -> Term:
    """A `?` of the client's (p…), or a number (n…) or text (t…) that was taken out of the text."""
    yields = {"n": Type.INTEGER, "t": Type.TEXT}.get(str(node.this)[0], Type.UNKNOWN)
    return Term(f":{node.this}", yields, bare=True)
