"""From the text of a query to a tree that holds nothing but what is on the list below."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import SqlglotError
from sqlglot.parsers.oracle import OracleParser
from sqlglot.tokenizer_core import TokenType

from nsconsole.sandbox.suiteql.errors import bad_syntax, unsupported

LONGEST_QUERY = 100_000
MOST_IN_LIST = 1000


class _SuiteQL(Oracle):
    """Oracle's dialect with no function known: each call stays a plain name with arguments."""

    class Parser(OracleParser):
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            "CASE": OracleParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
        }


_BINARY = ("this", "expression")
_ALLOWED: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Select: (
        "expressions",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "order",
        "limit",
        "distinct",
    ),
    exp.From: ("this",),
    exp.Table: ("this", "alias"),
    exp.TableAlias: ("this",),
    exp.Subquery: ("this", "alias"),
    exp.Join: ("this", "side", "kind", "on"),
    exp.Where: ("this",),
    exp.Group: ("expressions",),
    exp.Having: ("this",),
    exp.Order: ("expressions",),
    exp.Ordered: ("this", "desc", "nulls_first"),
    exp.Limit: ("expression",),
    exp.Fetch: ("direction", "count", "limit_options"),
    exp.LimitOptions: ("rows",),
    exp.Distinct: ("expressions",),
    exp.Alias: ("this", "alias"),
    exp.Column: ("this", "table"),
    exp.Identifier: ("this", "quoted"),
    exp.Star: (),
    exp.Literal: ("this", "is_string"),
    exp.Null: (),
    exp.Placeholder: ("this",),
    exp.Anonymous: ("this", "expressions"),
    exp.Dot: _BINARY,
    exp.Paren: ("this",),
    exp.Not: ("this",),
    exp.Neg: ("this",),
    exp.In: ("this", "expressions", "query"),
    exp.Between: ("this", "low", "high"),
    exp.Like: (*_BINARY, "negate"),
    exp.Escape: _BINARY,
    exp.Exists: ("this",),
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true"),
    exp.DPipe: (*_BINARY, "safe"),
    **dict.fromkeys(
        (
            exp.And,
            exp.Or,
            exp.EQ,
            exp.NEQ,
            exp.GT,
            exp.GTE,
            exp.LT,
            exp.LTE,
            exp.Is,
            exp.Add,
            exp.Sub,
            exp.Mul,
            exp.Div,
        ),
        _BINARY,
    ),
}
"""Every kind of node that a query may hold, with the parts it may have."""

_REFUSED_TOKENS = {TokenType.LIMIT, TokenType.OFFSET, TokenType.COLON}


def parse(query: str) -> tuple[exp.Select, int]:
    """The tree of a query, its `?` made into numbered placeholders, and how many there are.

    Raises:
        Refusal: the query cannot be read, or has something that SuiteQL does not do.
    """
    if len(query) > LONGEST_QUERY:
        raise unsupported()
    try:
        numbered, count = _number_placeholders(query)
        statements = _SuiteQL().parse(numbered)
    except SqlglotError as error:
        raise _syntax_error(query, error) from None
    except RecursionError:
        raise unsupported() from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise unsupported()
    tree = statements[0]
    for node in tree.walk():
        _check(node)
    return tree, count


def _number_placeholders(query: str) -> tuple[str, int]:
    """Turn each `?` into `:p0`, `:p1`, … in the order of the text, whatever the tree's will be."""
    tokens = _SuiteQL().tokenize(query)
    if any(token.token_type in _REFUSED_TOKENS for token in tokens):
        raise unsupported()
    pieces: list[str] = []
    end = 0
    marks = [token for token in tokens if token.token_type is TokenType.PLACEHOLDER]
    for number, token in enumerate(marks):
        pieces += [query[end : token.start], f":p{number}"]
        end = token.end + 1
    return "".join([*pieces, query[end:]]), len(marks)


def _check(node: exp.Expr) -> None:
    parts = _ALLOWED.get(type(node))
    if parts is None or any(value and name not in parts for name, value in node.args.items()):
        raise unsupported()
    if isinstance(node, exp.In) and len(node.expressions) > MOST_IN_LIST:
        raise unsupported()
    if isinstance(node, exp.Placeholder) and not str(node.this).startswith("p"):
        raise unsupported()


def _syntax_error(query: str, error: SqlglotError) -> Exception:
    details = getattr(error, "errors", None)
    first = details[0] if details else {}
    return bad_syntax(
        query, first.get("highlight") or "", first.get("line") or 1, first.get("col") or 1
    )
