"""Choosing what comes next: gaps, sorted into phases by the rules, or those that a person names."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from nsconsole.catalog import Reason, State
from nsconsole.services.coverage.domains import domains
from nsconsole.services.errors import BadInputError
from nsconsole.services.phases.plan import from_json
from nsconsole.services.phases.rules import Order, Rule, Rules
from nsconsole.store import phase_gaps
from nsconsole.store.phase_gaps import ColumnRow

_UNFIT = (Reason.NO_KEY, Reason.BAD_NAME)
_CANNOT = {
    Reason.EXCLUDED: "was excluded; `nsconsole coverage include` takes that back",
    Reason.REMOVED: "is gone from NetSuite",
    Reason.NOT_PERMITTED: "is hidden from the role that asks",
    Reason.BAD_NAME: "has a name that no mirror table can have",
}


@dataclass(frozen=True, slots=True)
class TableGap:
    """What the mirror lacks of a table; without columns nobody has told which it has.

    `rows` is None if they were never counted. It is `unfit` if an earlier plan found that it cannot
    be mirrored. `picked` are the columns that a person wants of a new
    table, besides those that it cannot do without; None is all.
    """

    name: str
    domain: str
    mapped: bool
    rows: int | None
    columns: tuple[ColumnRow, ...]
    unfit: bool = False
    picked: frozenset[str] | None = None

    @property
    def described(self) -> bool:
        """Whether anybody who knows what queries may name has told of its columns."""
        return any(column.state is State.QUERYABLE for column in self.columns)


@dataclass(frozen=True, slots=True)
class Choice:
    """A phase to come: its name without number, and the tables that it may be about, in order."""

    name: str
    title: str
    tables: tuple[TableGap, ...]
    most_tables: int
    tier: int | None = None
    order: Order = Order.LISTED


def gaps(connection: Connection) -> list[TableGap]:
    """Give what could be planned: tables with all that the mirror lacks of them, by name."""
    rows = groupby(phase_gaps.columns(connection), key=attrgetter("table_name"))
    columns = {table: tuple(group) for table, group in rows}
    return [
        TableGap(
            name=table.name,
            domain=table.domain,
            mapped=table.mapped,
            rows=table.row_count,
            columns=columns.get(table.name, ()),
            unfit=table.reason in _UNFIT,
        )
        for table in phase_gaps.tables(connection)
        if table.name in columns or not table.mapped
    ]


def planned_already(connection: Connection) -> dict[str, str]:
    """Give the tables of the phases that are not applied yet, each with the phase's name."""
    return {
        planned.table.name: name
        for name, plan in phase_gaps.unfinished_plans(connection)
        for planned in from_json(plan).tables
    }


def by_rules(rules: Rules, found: Iterable[TableGap]) -> Iterator[Choice]:
    """Give the phases to come, as the rules have them; the first is the next."""
    candidates = [gap for gap in found if not gap.unfit]
    for rule in rules.phases:
        taken = [part for gap in candidates if (part := _part_of(rule, gap)) is not None]
        if taken:
            yield Choice(
                name=rule.name,
                title=rule.title,
                tables=tuple(_in_order(rule, taken)),
                most_tables=rule.most_tables,
                tier=rule.tier,
                order=rule.order,
            )


def _part_of(rule: Rule, gap: TableGap) -> TableGap | None:
    """Give what of a table's gap a rule is about."""
    if not rule.takes(gap.name, mapped=gap.mapped):
        return None
    columns = tuple(
        column
        for column in gap.columns
        if rule.takes_column(custom=column.custom, mapped=gap.mapped)
    )
    if gap.mapped and not columns:
        return None
    return replace(gap, columns=columns)


def _in_order(rule: Rule, taken: Sequence[TableGap]) -> list[TableGap]:
    match rule.order:
        case Order.USE:
            return most_used_first(taken)
        case Order.DOMAIN:
            places = {domain: place for place, domain in enumerate(domains())}
            return sorted(taken, key=lambda gap: (places.get(gap.domain, len(places)), gap.name))
        case _:
            return sorted(taken, key=lambda gap: (rule.place_of(gap.name), gap.name))


def most_used_first(taken: Iterable[TableGap]) -> list[TableGap]:
    """Sort tables by their rows; those that were never counted come last."""
    return sorted(taken, key=lambda gap: (-(gap.rows or 0), gap.name))


def picked(
    connection: Connection,
    rules: Rules,
    tables: Collection[str],
    columns: Mapping[str, Collection[str]] | None,
) -> Choice:
    """Give the phase of the tables that a person named, with those columns if they named any.

    Raises BadInputError for a table that cannot be planned, or of which nothing is missing.
    """
    wanted = {table.lower(): names for table, names in (columns or {}).items()}
    names = list(dict.fromkeys((*(name.lower() for name in tables), *wanted)))
    waiting = planned_already(connection)
    found = {gap.name: gap for gap in gaps(connection)}
    for name in names:
        if name in waiting:
            raise BadInputError(
                f"{name} is in {waiting[name]} already; decide that phase in the inbox first"
            )
        if name not in found:
            raise BadInputError(_why_not(connection, name))
    chosen = tuple(_restricted(found[name], wanted.get(name)) for name in names)
    one = names[0] if len(names) == 1 else None
    return Choice(
        name=f"expand_{one[:50]}" if one else "expand_picked_objects",
        title=f"{one}, as picked" if one else f"{len(names)} tables, as picked",
        tables=chosen,
        most_tables=len(names) or rules.most_tables,
    )


def _why_not(connection: Connection, table: str) -> str:
    why = phase_gaps.why_not(connection, table)
    if why is None:
        return f"the catalog has no table {table}; `nsconsole catalog show` lists those it has"
    if not why:
        return f"nothing of {table} is missing that NetSuite gives"
    return f"{table} {_CANNOT.get(Reason(why), 'cannot be queried')}"


def _restricted(gap: TableGap, names: Collection[str] | None) -> TableGap:
    if not names:
        return gap
    wanted = {name.lower() for name in names}
    missing = wanted - {column.name for column in gap.columns}
    if gap.columns and missing:
        raise BadInputError(
            f"{gap.name}.{min(missing)} cannot be planned: it is mirrored already, excluded, "
            "or NetSuite does not give it"
        )
    if not gap.mapped:
        return replace(gap, picked=frozenset(wanted))
    return replace(gap, columns=tuple(c for c in gap.columns if c.name in wanted))
