"""From the text of a query to a tree that holds nothing but what is on the list below."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from sqlglot import exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import SqlglotError
from sqlglot.parser import Parser
from sqlglot.parsers.oracle import OracleParser
from sqlglot.tokenizer_core import TokenType

from nsconsole.sandbox.suiteql.errors import bad_syntax, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nsconsole.sandbox.behaviour import Behaviour
    from nsconsole.sandbox.forms import Refusal

# Of what it cannot read it would write a piece to stderr, and a query may hold anything.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL + 1)

LONGEST_QUERY = 100_000  # characters
MOST_IN_LIST = 1000
_MOST_TOKENS = 25_000
_DEEPEST = 100  # parentheses
_MOST_QUERIES = 200  # SELECTs

Tree: TypeAlias = exp.Query


class _SuiteQL(Oracle):
    """Oracle's dialect with no function known: each call stays a plain name with arguments."""

    class Parser(OracleParser):
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: Parser.FUNCTION_PARSERS[name] for name in ("CAST", "EXTRACT", "TRIM")
        }
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {
            TokenType.LOCALTIMESTAMP: exp.Localtimestamp,
            TokenType.SYSTIMESTAMP: exp.Systimestamp,
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            "CASE": OracleParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
        }


_BINARY = ("this", "expression")
_OPERATORS: Iterable[type[exp.Expr]] = (
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
    exp.Dot,
    exp.Escape,
)
_SET = ("this", "expression", "distinct", "order", "limit")
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
    exp.Union: _SET,
    exp.Intersect: _SET,
    exp.Except: _SET,
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
    exp.Column: ("this", "table", "join_mark"),
    exp.Identifier: ("this", "quoted"),
    exp.Star: (),
    exp.Literal: ("this", "is_string"),
    exp.Null: (),
    exp.Placeholder: ("this",),
    exp.Anonymous: ("this", "expressions"),
    exp.Localtimestamp: (),
    exp.Systimestamp: (),
    exp.Cast: ("this", "to"),
    exp.DataType: ("this", "expressions", "nested"),
    exp.DataTypeParam: ("this",),
    exp.Extract: _BINARY,
    exp.Trim: (*_BINARY, "position"),
    exp.Var: ("this",),
    exp.Window: ("this", "partition_by", "order", "spec", "over"),
    exp.WindowSpec: ("kind", "start", "start_side", "end", "end_side"),
    exp.Paren: ("this",),
    exp.Not: ("this",),
    exp.Neg: ("this",),
    exp.In: ("this", "expressions", "query"),
    exp.Between: ("this", "low", "high"),
    exp.Like: (*_BINARY, "negate"),
    exp.Exists: ("this",),
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true"),
    exp.DPipe: (*_BINARY, "safe"),
    **dict.fromkeys(_OPERATORS, _BINARY),
}
"""Every kind of node that a query may hold, with the parts it may have."""

_WITH: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Select: (*_ALLOWED[exp.Select], "with_"),
    exp.With: ("expressions",),
    exp.CTE: ("this", "alias"),
}
_LIMIT: dict[type[exp.Expr], tuple[str, ...]] = {exp.Offset: ("expression",)}
_BEHIND_LISTS = {
    TokenType.COMMA, TokenType.R_PAREN, TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY,
    TokenType.HAVING, TokenType.ORDER_BY, TokenType.FETCH, TokenType.UNION, TokenType.SEMICOLON,
}  # fmt: skip
_IMPOSSIBLE = {
    (TokenType.SELECT, TokenType.FROM),
    (TokenType.L_PAREN, TokenType.FROM),
    (TokenType.L_PAREN, TokenType.COMMA),
    (TokenType.ASC, TokenType.DESC),
    (TokenType.DESC, TokenType.ASC),
}
_UNKNOWN = {TokenType.ISNULL, TokenType.NOTNULL}
_FOREIGN = {(TokenType.EQ, "=="), (TokenType.NOT, "!")}  # our parser knows them from elsewhere
_COUNTS = {TokenType.NUMBER, TokenType.PLACEHOLDER, TokenType.COLON, TokenType.ALL}
_SELECT_WORDS = re.compile(r"\bselect\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shape:
    """A query without the values that change from page to page, which are parameters instead.

    Queries of one shape are compiled once. `values` has the value of each parameter.
    """

    text: str
    values: dict[str, int | str]


_CHANGING = re.compile(
    r"""
    '(?:[^']|'')*' | "[^"]*" | --[^\n]* | /\*.*?\*/          # what must be left as it is
    | (?P<date>\bTO_(?:DATE|TIMESTAMP)\s*\(\s*)'(?P<text>[^']+)'
    | (?P<rownum>\bROWNUM\s*)?(?<![<>=!^])(?P<sign>[<>=!^]{1,2}\s*)(?P<number>\d{1,18})(?![\w.])
    | (?P<colon>:)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def shape_of(query: str) -> Shape:
    """Take out of the text what is compared with, and the dates that are read from texts.

    Raises:
        Refusal: the query has a `:`; SuiteQL knows no parameters with names.
    """
    values: dict[str, int | str] = {}

    def take(match: re.Match[str]) -> str:
        if match["colon"]:
            raise unsupported()
        if match["text"] is not None:
            return f"{match['date']}{_name(values, 't', match['text'])}"
        if match["number"] is not None and match["rownum"] is None:
            return f"{match['sign']}{_name(values, 'n', int(match['number']))}"
        return match[0]

    return Shape(_CHANGING.sub(take, query), values)


def _name(values: dict[str, int | str], letter: str, value: int | str) -> str:
    """The parameter for a value; equal values share one, lest equal expressions become unequal."""
    for name, known in values.items():
        if known == value and name[0] == letter:
            return f":{name}"
    name = f"{letter}{len(values)}"
    values[name] = value
    return f":{name}"


class Unreadable(Exception):
    """A query that is no SQL; `syntax_error` tells where."""


def parse(shape: str, behaviour: Behaviour) -> tuple[Tree, int]:
    """The tree of a query, its `?` made into numbered placeholders, and how many there are.

    Raises:
        Unreadable: the query cannot be read.
        Refusal: it has something that SuiteQL does not do.
    """
    try:
        numbered, count = _number_placeholders(shape, behaviour)
        statements = _SuiteQL().parse(numbered)
        _check_lists(statements)
    except SqlglotError:
        raise Unreadable from None
    except RecursionError:
        raise unsupported() from None
    tree = statements[0] if len(statements) == 1 else None
    if isinstance(tree, exp.Subquery) and not tree.alias:
        tree = tree.unnest()
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise unsupported()
    allowed = _ALLOWED | (_WITH if behaviour.allow_with else {})
    if behaviour.allow_limit:
        allowed |= _LIMIT | {exp.Select: (*allowed[exp.Select], "offset")}
    for node in tree.walk():
        _check(node, allowed)
    return tree, count


def _check_lists(statements: Iterable[exp.Expr | None]) -> None:
    """Refuse a SELECT of nothing, which the parser takes for a query."""
    for statement in filter(None, statements):
        if any(not select.expressions for select in statement.find_all(exp.Select)):
            raise Unreadable


def _number_placeholders(query: str, behaviour: Behaviour) -> tuple[str, int]:
    """Turn each `?` into `:p0`, `:p1`, … in the order of the text, whatever the tree's will be."""
    if len(query) > LONGEST_QUERY or len(_SELECT_WORDS.findall(query)) > _MOST_QUERIES:
        raise unsupported()
    tokens = _SuiteQL().tokenize(query)
    _check_tokens(tokens, behaviour)
    pieces: list[str] = []
    end = 0
    marks = [token for token in tokens if token.token_type is TokenType.PLACEHOLDER]
    for number, token in enumerate(marks):
        pieces += [query[end : token.start], f":p{number}"]
        end = token.end + 1
    return "".join([*pieces, query[end:]]), len(marks)


def _check_tokens(tokens: list[Any], behaviour: Behaviour) -> None:
    """Refuse what would take long to read, and what the tree would not show."""
    if len(tokens) > _MOST_TOKENS:
        raise unsupported()
    depth = 0
    for before, token in pairwise([None, *tokens]):
        kind = token.token_type
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        if depth > _DEEPEST or kind is TokenType.L_BRACKET:
            raise unsupported()
        named = before is not None and before.token_type is TokenType.DOT
        if kind is TokenType.OFFSET and not (named or behaviour.allow_limit):
            raise unsupported()
    if _misplaced(tokens, behaviour) is not None:
        raise Unreadable


def _check(node: exp.Expr, allowed: dict[type[exp.Expr], tuple[str, ...]]) -> None:
    parts = allowed.get(type(node))
    if parts is None or any(value and name not in parts for name, value in node.args.items()):
        raise unsupported()
    if isinstance(node, exp.In) and len(node.expressions) > MOST_IN_LIST:
        raise unsupported()
    if isinstance(node, exp.Placeholder) and not node.this:
        raise unsupported()


def syntax_error(query: str, behaviour: Behaviour) -> Refusal:
    """The refusal of a query that cannot be read, by its own lines and columns."""
    try:
        token = _misplaced(_SuiteQL().tokenize(query), behaviour)
        if token is None:
            _SuiteQL().parse(query)
            return bad_syntax(query, "", 1, 1)
    except SqlglotError as error:
        details = getattr(error, "errors", None)
        first = details[0] if details else {}
        near = first.get("highlight") or ""
        column = (first.get("col") or 1) - max(0, len(near) - 1)
        return bad_syntax(query, near, first.get("line") or 1, max(1, column))
    line_start = query.rfind("\n", 0, token.start) + 1
    line = query.count("\n", 0, token.start) + 1
    return bad_syntax(query, token.text, line, token.start - line_start + 1)


def _misplaced(tokens: Sequence[Any], behaviour: Behaviour) -> Any | None:  # noqa: ANN401 - sqlglot's tokens have no type
    """The first word that stands where NetSuite's parser, stricter than ours, takes none."""
    if tokens and tokens[0].token_type is TokenType.FROM:
        return tokens[0]
    in_list = False
    for before, token in pairwise(tokens):
        kinds = before.token_type, token.token_type
        if _clash(before, token) or (in_list and kinds[1] is TokenType.R_PAREN):
            return token
        in_list = kinds == (TokenType.IN, TokenType.L_PAREN)
        limits = kinds[0] is TokenType.LIMIT and kinds[1] in _COUNTS
        if limits and not behaviour.allow_limit:
            return before
    if tokens and tokens[-1].token_type is TokenType.COMMA:
        return tokens[-1]
    return _without_condition(tokens)


def _clash(before: Any, token: Any) -> bool:  # noqa: ANN401 - sqlglot's tokens have no type
    """Whether `token` cannot be, or cannot be behind `before`."""
    kinds = before.token_type, token.token_type
    return (
        kinds in _IMPOSSIBLE
        or kinds[1] in _UNKNOWN
        or (kinds[1], token.text) in _FOREIGN
        or (kinds[0] is TokenType.COMMA and kinds[1] in _BEHIND_LISTS)
    )


def _without_condition(tokens: Sequence[Any]) -> Any | None:  # noqa: ANN401 - sqlglot's tokens have no type
    """The first word at which a JOIN should have had its ON, which all but a CROSS JOIN need."""
    waiting = [0]  # the joins before the place, within each of the parentheses around it
    for before, token in pairwise([None, *tokens]):
        kind = token.token_type
        if kind is TokenType.L_PAREN:
            waiting.append(0)
        elif kind is TokenType.JOIN and before and before.token_type is not TokenType.CROSS:
            waiting[-1] += 1
        elif kind in (TokenType.ON, TokenType.USING):
            waiting[-1] -= 1
        elif waiting[-1] > 0 and kind in _BEHIND_LISTS:
            return token
        elif kind is TokenType.R_PAREN and len(waiting) > 1:
            waiting.pop()
    return tokens[-1] if waiting[-1] > 0 else None
