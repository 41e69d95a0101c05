"""BUILTIN.…: functions of NetSuite's own that know the meaning of a field.

Source: Oracle, "SuiteQL Supported Built-in Functions". DF, CF, HIERARCHY, RELATIVE_RANGES and (as
the account has one currency) CONSOLIDATE and CURRENCY_CONVERT are here; CURRENCY, MNFILTER,
NAMED_GROUP and PERIOD are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import Kind, quote
from nsconsole.sandbox.suiteql.errors import unsupported
from nsconsole.sandbox.suiteql.ranges import is_known
from nsconsole.sandbox.suiteql.terms import (
    NOW,
    Term,
    Type,
    as_number,
    as_text,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nsconsole.sandbox.schema import Table
    from nsconsole.sandbox.suiteql.scope import Context

_DEEPEST = 20  # of a hierarchy: longer chains are circles


def call(name: str, arguments: Sequence[Term], context: Context) -> Term:
    """The call of a built-in function.

    Raises:
        Refusal: there is no such function here, or it does not take these arguments.
    """
    function = _FUNCTIONS.get(name)
    if function is None or not arguments:
        raise unsupported()
    return function(arguments, context)


def _display(arguments: Sequence[Term], context: Context) -> Term:
    """DF: what a person sees in the place of an id, a code, a flag or a date."""
    (term,) = _exactly(1, arguments)
    column = term.column
    if column is None:
        raise unsupported()
    target = context.tables.get(column.target) if column.target else None
    if target is not None and target.label in target.columns:
        return Term(f"({_label_of(term.sql, target, context)})", Type.TEXT)
    if column.choices is not None:
        return Term(_name_of_choice(term, column.choices), Type.TEXT)
    if column.kind is Kind.BOOLEAN:
        return Term(f"CASE {term.sql} WHEN 'T' THEN 'Yes' WHEN 'F' THEN 'No' END", Type.TEXT)
    return Term(as_text(term, context.session), Type.TEXT)


def _label_of(sql: str, table: Table, context: Context) -> str:
    label = table.columns[table.label]
    shown = as_text(Term(f"df.{quote(label.name)}", type_of(label)), context.session)
    return (
        f"SELECT {shown} FROM {quote(table.name)} AS df "  # noqa: S608 - names of the schema
        f"WHERE df.{quote(table.key[0])} = {sql}"
    )


def _name_of_choice(term: Term, choices: str) -> str:
    name, _, qualifier = choices.partition("/")
    code = f"{_beside(term, qualifier)} || '/' || {term.sql}" if qualifier else term.sql
    return (
        f"(SELECT df.name FROM sandbox_choice AS df WHERE df.list = '{name}' AND df.code = {code})"  # noqa: S608 - names of the schema
    )


def _criterion(arguments: Sequence[Term], _: Context) -> Term:
    """CF: the value as a criterion names it, for a status with the type it is a status of."""
    (term,) = _exactly(1, arguments)
    choices = term.column.choices if term.column is not None else None
    qualifier = (choices or "").partition("/")[2]
    if not qualifier:
        return term
    return Term(f"({_beside(term, qualifier)} || ':' || {term.sql})", Type.TEXT)


def _beside(term: Term, name: str) -> str:
    """Another column of the row that a bare column is of."""
    if term.source is None:
        raise unsupported()
    return term.source.sql(name)


def _hierarchy(arguments: Sequence[Term], context: Context) -> Term:
    """HIERARCHY: the names, or the ids, from the topmost parent down to the one referred to."""
    term, form = _exactly(2, arguments)
    target = context.tables.get(term.column.target) if term.column and term.column.target else None
    if target is None or form.text not in ("DISPLAY_JOINED", "IDENTIFIERS"):
        raise unsupported()
    shown = target.label if form.text == "DISPLAY_JOINED" else target.key[0]
    parent = "h.parent" if "parent" in target.columns else "NULL"
    key, name = quote(target.key[0]), quote(target.name)
    return Term(
        f"(WITH RECURSIVE up(depth, parent, path) AS (SELECT 1, {parent}, h.{quote(shown)} "  # noqa: S608 - names of the schema
        f"FROM {name} AS h WHERE h.{key} = {term.sql} UNION ALL "
        f"SELECT depth + 1, {parent}, h.{quote(shown)} || ' : ' || path FROM up "
        f"JOIN {name} AS h ON h.{key} = up.parent WHERE depth < {_DEEPEST}) "
        "SELECT path FROM up ORDER BY depth DESC LIMIT 1)",
        Type.TEXT,
    )


def _same_amount(count: int) -> Callable[[Sequence[Term], Context], Term]:
    """A conversion between currencies, of which the account has one."""

    def convert(arguments: Sequence[Term], _: Context) -> Term:
        amount, *_others = _exactly(count, arguments)
        return Term(as_number(amount), Type.DECIMAL)

    return convert


def _range(arguments: Sequence[Term], context: Context) -> Term:
    """RELATIVE_RANGES: the first or last day of a range such as this month (TM)."""
    name, end, *_flag = arguments if len(arguments) in (2, 3) else _exactly(2, arguments)
    if not is_known(name.text or "") or end.text not in ("START", "END"):
        raise unsupported()
    today = f"ns_local({NOW}, '{context.session.zone}')"
    return Term(f"ns_range({today}, '{name.text}', '{end.text}')", Type.DAY)


def _exactly(count: int, arguments: Sequence[Term]) -> Sequence[Term]:
    if len(arguments) != count:
        raise unsupported()
    return arguments


_FUNCTIONS: dict[str, Callable[[Sequence[Term], Context], Term]] = {
    "DF": _display,
    "CF": _criterion,
    "HIERARCHY": _hierarchy,
    "CONSOLIDATE": _same_amount(7),
    "CURRENCY_CONVERT": _same_amount(2),
    "RELATIVE_RANGES": _range,
}
