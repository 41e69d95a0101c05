"""From a checked tree to SQLite's SQL, every name resolved against the account's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from nsconsole.sandbox.forms import Refusal
from nsconsole.sandbox.schema import quote
from nsconsole.sandbox.suiteql.aggregates import ordering
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.expressions import Expressions
from nsconsole.sandbox.suiteql.scope import Context, Output, Scope, Source
from nsconsole.sandbox.suiteql.selecting import Compiled, Select, bounded, limit_of
from nsconsole.sandbox.suiteql.sources import Sources
from nsconsole.sandbox.suiteql.terms import Term, alike

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.behaviour import Behaviour
    from nsconsole.sandbox.schema import Tables
    from nsconsole.sandbox.suiteql.parsing import Tree

_SETS: dict[type[exp.Expr], str] = {
    exp.Union: "UNION",
    exp.Intersect: "INTERSECT",
    exp.Except: "EXCEPT",
}


def compile_query(tree: Tree, tables: Tables, behaviour: Behaviour) -> Compiled:
    """Compile a tree that `parsing.parse` has let through.

    Raises:
        Refusal: a name is unknown, or a construct is not one that SuiteQL does.
    """
    context = Context(tables, behaviour)
    try:
        compiled = _Query(context, {}).compile(tree, None, nested=False)
    except Refusal:
        if context.bad_columns:
            raise context.refusal() from None
        raise
    except RecursionError:
        raise unsupported() from None
    if context.bad_columns:
        raise context.refusal()
    return compiled


class _Query:
    """Compiles a query and those nested in it; `named` are those that a WITH has named."""

    def __init__(self, context: Context, named: Mapping[str, exp.Expr]) -> None:
        self._context = context
        self._named = named

    def compile(self, tree: exp.Expr, parent: Scope | None, *, nested: bool) -> Compiled:
        """A query, within the scope of the one around it if it may refer to that."""
        if isinstance(tree, exp.Subquery) and not tree.alias:
            tree = tree.unnest()
        if isinstance(tree, exp.SetOperation):
            return self._set_operation(tree, parent)
        if not isinstance(tree, exp.Select):
            raise unsupported()
        if nested and any(each.args["alias"].args.get("quoted") for each in _aliases(tree)):
            raise unsupported()
        inner = self._with(tree)
        scope = Scope(self._context, parent)
        expressions = Expressions(
            scope, lambda node: _parts(inner.compile(node, scope, nested=True))
        )
        sources = Sources(scope, expressions, inner.derived, inner._named)
        return Select(tree, scope, expressions, sources.compile(tree), nested=nested).compiled()

    def derived(self, tree: exp.Expr, alias: str) -> tuple[str, Source]:
        """A sub-query of a FROM, as SQL and as a source."""
        made = self.compile(tree, None, nested=True)
        outputs = {output.name: output for output in made.outputs}
        # SQLite would sort a sub-query with a limit only, which ROWNUM outside relies on.
        limit = " LIMIT -1" if made.is_ordered and not made.is_limited else ""
        key = (made.key,) if made.key is not None else ()
        return f"({made.named_sql}{limit}) AS {quote(alias)}", Source(
            alias, alias, outputs=outputs, keys=key
        )

    def _with(self, tree: exp.Select) -> _Query:
        clause = tree.args.get("with_")
        if clause is None:
            return self
        named = {each.alias.lower(): each.this for each in clause.expressions}
        return _Query(self._context, {**self._named, **named})

    def _set_operation(self, tree: exp.SetOperation, parent: Scope | None) -> Compiled:
        """UNION, INTERSECT or MINUS: columns by place, names of the first query."""
        made = [self.compile(each, parent, nested=True) for each in _operands(tree)]
        if len({len(each.outputs) for each in made}) != 1:
            raise unsupported()
        distinct = bool(tree.args.get("distinct"))
        if not distinct and not isinstance(tree, exp.Union):
            raise unsupported()
        word = _SETS[type(tree)] + ("" if distinct else " ALL")
        sides, outputs = self._aligned(made)
        key = tuple(output.name for output in outputs) if distinct else None
        return _sorted(tree, f" {word} ".join(sides), outputs, key)

    def _aligned(self, made: list[Compiled]) -> tuple[list[str], tuple[Output, ...]]:
        """The queries with their columns made of the same types."""
        columns: list[list[str]] = []
        outputs = []
        for number, same in enumerate(zip(*(each.outputs for each in made), strict=True)):
            terms = [Term(f"c{number}", each.type) for each in same]
            converted, yields = alike(terms, self._context.session)
            columns.append(converted)
            outputs.append(Output(same[0].name, yields))
        places = [f"c{number}" for number in range(len(columns))]
        sides = []
        for side, each in enumerate(made):
            wanted = [column[side] for column in columns]
            if wanted == places and not each.is_ordered and not each.is_limited:
                sides.append(each.sql)
            else:
                sides.append(f"SELECT {', '.join(wanted)} FROM ({each.placed_sql})")  # noqa: S608 - compiled from a whitelist
        return sides, tuple(outputs)


def _operands(tree: exp.SetOperation) -> list[exp.Expr]:
    """The queries of a chain of one operation, from left to right."""
    found = [tree.expression]
    left = tree.this
    while type(left) is type(tree) and _goes_on(left, tree):
        found.append(left.expression)
        left = left.this
    return [left, *reversed(found)]


def _goes_on(left: exp.Expr, tree: exp.Expr) -> bool:
    same = bool(left.args.get("distinct")) is bool(tree.args.get("distinct"))
    return same and not left.args.get("order") and not left.args.get("limit")


def _sorted(
    tree: exp.SetOperation, sql: str, outputs: tuple[Output, ...], key: tuple[str, ...] | None
) -> Compiled:
    """A set operation with its ORDER BY, which can only name columns of the answer."""
    order = tree.args.get("order")
    names = [output.name for output in outputs]
    places: list[int] = []
    keys: list[str] = []
    for each in order.expressions if order is not None else ():
        places.append(_place(each.this, names))
        keys.append(ordering(each, str(places[-1] + 1)))
    limit = limit_of(tree)
    settled = key is not None and set(places) == set(range(len(names)))
    ordered = f"{sql} ORDER BY {', '.join(keys)}" if keys else sql
    # In a set operation SQLite sorts by columns alone, not by random().
    shuffled = f"SELECT * FROM ({sql}) ORDER BY {', '.join([*keys, 'random()'])}"  # noqa: S608 - compiled from a whitelist
    return Compiled(
        sql=bounded(ordered, limit),
        shuffled=None if settled else bounded(shuffled, limit),
        count=f"SELECT count(*) FROM ({bounded(sql, limit)})",  # noqa: S608 - compiled from a whitelist
        outputs=outputs,
        key=key,
        is_settled=settled,
        is_ordered=bool(keys),
        is_limited=limit is not None,
    )


def _place(node: exp.Expr, names: list[str]) -> int:
    if isinstance(node, exp.Literal) and node.this.isdigit() and 1 <= int(node.this) <= len(names):
        return int(node.this) - 1
    if isinstance(node, exp.Column) and not node.table and node.name.lower() in names:
        return names.index(node.name.lower())
    raise unsupported()


def _aliases(tree: exp.Select) -> list[exp.Expr]:
    return [each for each in tree.expressions if isinstance(each, exp.Alias)]


def _parts(made: Compiled) -> tuple[str, tuple[Output, ...]]:
    return made.sql, made.outputs
