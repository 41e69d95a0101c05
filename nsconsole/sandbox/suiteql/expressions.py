"""Expressions of a query: operators, calls, BUILTIN.DF, with the kind of value each yields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from nsconsole.sandbox.schema import Kind, quote
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.functions import (
    AGGREGATES,
    DATES,
    FUNCTIONS,
    NUMBERS,
    Term,
    common_kind,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nsconsole.sandbox.schema import Table, Tables
    from nsconsole.sandbox.suiteql.scope import Scope

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_LOGIC: dict[type[exp.Expr], str] = {exp.And: "AND", exp.Or: "OR"}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_TODAY = ("SYSDATE", "CURRENT_DATE", "SYSTIMESTAMP", "CURRENT_TIMESTAMP")


class Expressions:
    """Compiles expressions within a scope; `subquery` compiles a SELECT nested in one."""

    def __init__(self, scope: Scope, tables: Tables, subquery: Callable[[exp.Expr], str]) -> None:
        self._scope = scope
        self._tables = tables
        self._subquery = subquery
        self._compilers: dict[type[exp.Expr], Callable[[exp.Expr], Term]] = {
            exp.Literal: self._literal,
            exp.Null: lambda _: Term("NULL"),
            exp.Placeholder: lambda node: Term(f":{node.this}", literal=True),
            exp.Column: self._column,
            exp.Paren: self._paren,
            exp.Not: lambda node: Term(f"NOT ({self.compile(node.this).sql})"),
            exp.Neg: self._negative,
            exp.Is: self._is_null,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Like: self._like,
            exp.Escape: self._escape,
            exp.Exists: lambda node: Term(f"EXISTS ({self._subquery(node.this)})"),
            exp.Subquery: lambda node: Term(f"({self._subquery(node.this)})"),
            exp.Case: self._case,
            exp.DPipe: self._concatenation,
            exp.Anonymous: self._call,
            exp.Dot: self._builtin,
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys(_LOGIC, self._logic),
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
        }

    def compile(self, node: exp.Expr) -> Term:
        """The expression in SQLite's SQL.

        Raises:
            Refusal: a name is unknown, or SuiteQL does not do this.
        """
        compiler = self._compilers.get(type(node))
        if compiler is None:
            raise unsupported()
        return compiler(node)

    def is_aggregate(self, node: exp.Expr) -> bool:
        """Whether an aggregate is called in the expression itself, sub-queries apart."""
        return any(
            isinstance(each, exp.Anonymous) and str(each.this).upper() in AGGREGATES
            for each in node.walk(prune=lambda each: isinstance(each, exp.Select))
        )

    def _literal(self, node: exp.Expr) -> Term:
        text = str(node.this)
        if node.args["is_string"]:
            # To Oracle an empty text is no text.
            doubled = text.replace("'", "''")
            return Term(f"'{doubled}'" if text else "NULL", Kind.TEXT, literal=True)
        return Term(repr(float(text)) if not text.isdigit() else text, Kind.DECIMAL)

    def _column(self, node: exp.Expr) -> Term:
        table = node.text("table") or None
        if table is None and node.name.upper() in _TODAY:
            return Term("ns_now()", Kind.DATETIME)
        return self._scope.column(node.name, table)

    def _paren(self, node: exp.Expr) -> Term:
        inner = self.compile(node.this)
        return Term(f"({inner.sql})", inner.kind, literal=inner.literal)

    def _negative(self, node: exp.Expr) -> Term:
        return Term(f"(- {self.compile(node.this).sql})", Kind.DECIMAL)

    def _is_null(self, node: exp.Expr) -> Term:
        if not isinstance(node.args["expression"], exp.Null):
            raise unsupported()
        return Term(f"({self.compile(node.this).sql} IS NULL)")

    def _in(self, node: exp.Expr) -> Term:
        left = self.compile(node.this)
        query = node.args.get("query")
        if query is not None:
            select = query.this if isinstance(query, exp.Subquery) else query
            return Term(f"({left.sql} IN ({self._subquery(select)}))")
        terms = [self.compile(each) for each in node.expressions]
        for term in terms:
            _check_comparable(left, term)
        return Term(f"({left.sql} IN ({', '.join(term.sql for term in terms)}))")

    def _between(self, node: exp.Expr) -> Term:
        value, low, high = (self.compile(node.args[name]) for name in ("this", "low", "high"))
        _check_comparable(value, low)
        _check_comparable(value, high)
        return Term(f"({value.sql} BETWEEN {low.sql} AND {high.sql})")

    def _like(self, node: exp.Expr) -> Term:
        left, right = self.compile(node.this), self.compile(node.args["expression"])
        word = "NOT LIKE" if node.args.get("negate") else "LIKE"
        return Term(f"({left.sql} {word} {right.sql})")

    def _escape(self, node: exp.Expr) -> Term:
        like, mark = node.this, node.args["expression"]
        if not isinstance(like, exp.Like) or not isinstance(mark, exp.Literal):
            raise unsupported()
        inner = self._like(like).sql.removesuffix(")")
        return Term(f"{inner} ESCAPE {self._literal(mark).sql})")

    def _case(self, node: exp.Expr) -> Term:
        subject = node.args.get("this")
        head = f"CASE {self.compile(subject).sql}" if subject is not None else "CASE"
        results = []
        for each in node.args["ifs"]:
            result = self.compile(each.args["true"])
            head += f" WHEN {self.compile(each.this).sql} THEN {result.sql}"
            results.append(result)
        default = node.args.get("default")
        if default is not None:
            results.append(self.compile(default))
            head += f" ELSE {results[-1].sql}"
        return Term(f"{head} END", common_kind(results))

    def _concatenation(self, node: exp.Expr) -> Term:
        """Texts put together; to Oracle a null adds nothing."""
        parts = (self.compile(node.args[name]) for name in ("this", "expression"))
        texts = " || ".join(f"coalesce(ns_text({part.sql}), '')" for part in parts)
        return Term(f"({texts})", Kind.TEXT)

    def _comparison(self, node: exp.Expr) -> Term:
        left, right = self.compile(node.this), self.compile(node.args["expression"])
        _check_comparable(left, right)
        return Term(f"({left.sql} {_COMPARISONS[type(node)]} {right.sql})")

    def _logic(self, node: exp.Expr) -> Term:
        parts = [self.compile(each).sql for each in node.flatten()]
        return Term(f"({f' {_LOGIC[type(node)]} '.join(parts)})")

    def _arithmetic(self, node: exp.Expr) -> Term:
        left, right = self.compile(node.this), self.compile(node.args["expression"])
        sign = _ARITHMETIC[type(node)]
        if left.kind in DATES or right.kind in DATES:
            return _date_arithmetic(left, sign, right)
        if sign == "/":
            return Term(f"({left.sql} * 1.0 / {right.sql})", Kind.DECIMAL)
        return Term(f"({left.sql} {sign} {right.sql})", Kind.DECIMAL)

    def _call(self, node: exp.Expr) -> Term:
        name = str(node.this).upper()
        if name in AGGREGATES:
            return self._aggregate(name, node)
        function = FUNCTIONS.get(name)
        if function is None:
            raise unsupported()
        return function.apply([self.compile(each) for each in node.expressions])

    def _aggregate(self, name: str, node: exp.Expr) -> Term:
        if len(node.expressions) != 1:
            raise unsupported()
        (argument,) = node.expressions
        if isinstance(argument, exp.Star):
            if name != "COUNT":
                raise unsupported()
            return Term("count(*)", Kind.INTEGER)
        distinct = isinstance(argument, exp.Distinct)
        if distinct and len(argument.expressions) != 1:
            raise unsupported()
        term = self.compile(argument.expressions[0] if distinct else argument)
        word = "DISTINCT " if distinct else ""
        return Term(f"{name.lower()}({word}{term.sql})", AGGREGATES[name] or term.kind)

    def _builtin(self, node: exp.Expr) -> Term:
        call = node.args["expression"]
        if node.this.name.upper() != "BUILTIN" or not isinstance(call, exp.Anonymous):
            raise unsupported()
        if str(call.this).upper() != "DF" or len(call.expressions) != 1:
            raise unsupported()
        return self._display(self.compile(call.expressions[0]))

    def _display(self, term: Term) -> Term:
        """BUILTIN.DF: what a person sees in the place of an id, a code, a flag or a date."""
        column = term.column
        if column is None:
            raise unsupported()
        target = self._tables.get(column.target) if column.target else None
        if target is not None and target.label in target.columns:
            return Term(_display_of_reference(term.sql, target), Kind.TEXT)
        if column.choices is not None:
            return Term(_display_of_choice(term, column.choices), Kind.TEXT)
        if column.kind is Kind.BOOLEAN:
            return Term(f"CASE {term.sql} WHEN 'T' THEN 'Yes' WHEN 'F' THEN 'No' END", Kind.TEXT)
        return Term(term.sql, column.kind)


def _check_comparable(left: Term, right: Term) -> None:
    """A date is compared with dates alone: a bare literal must go through TO_DATE."""
    if (left.kind in DATES and right.literal) or (right.kind in DATES and left.literal):
        raise unsupported()


def _date_arithmetic(left: Term, sign: str, right: Term) -> Term:
    """A date and a number of days make a date; two dates their distance in days."""
    if left.kind in DATES and right.kind in DATES and sign == "-":
        return Term(f"(julianday({left.sql}) - julianday({right.sql}))", Kind.DECIMAL)
    if left.kind in DATES and right.kind in NUMBERS and sign in "+-":
        return Term(f"datetime({left.sql}, {sign}({right.sql}) || ' days')", Kind.DATETIME)
    raise unsupported()


def _display_of_reference(sql: str, table: Table) -> str:
    return (
        f"(SELECT df.{quote(table.label)} FROM {quote(table.name)} AS df "  # noqa: S608 - names of the schema
        f"WHERE df.{quote(table.key[0])} = {sql})"
    )


def _display_of_choice(term: Term, choices: str) -> str:
    name, _, qualifier = choices.partition("/")
    code = f"{term.source}.{quote(qualifier)} || '/' || {term.sql}" if qualifier else term.sql
    return (
        f"(SELECT df.name FROM sandbox_choice AS df WHERE df.list = '{name}' AND df.code = {code})"  # noqa: S608 - names of the schema
    )
