"""What probes found, put into the catalog beside what its other sources say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

from nsconsole.catalog import ColumnFact, Reason, Source, State, is_custom, kind_of
from nsconsole.mapping import Kind, is_name
from nsconsole.services.coverage.catalog import hearing, judging
from nsconsole.services.coverage.catalog.hearing import Told
from nsconsole.services.workspace import Workspace
from nsconsole.store import catalog as store
from nsconsole.store import probes
from nsconsole.store.catalog import TABLE, ColumnRow, Fact, TableRow


@dataclass(frozen=True, slots=True)
class Probed:
    """What a probe found of a column.

    `filled` of the `sampled` rows have a value; both are None for a column that cannot be had, of
    which `detail` is what NetSuite says. `unnamed` is whether it was found by a failure that named
    nothing, which could be chance.
    """

    column: str
    queryable: bool
    reason: Reason | None = None
    detail: str = ""
    filled: int | None = None
    sampled: int | None = None
    unnamed: bool = False


def keep(
    workspace: Workspace,
    table: str,
    found: Sequence[Probed],
    *,
    kinds: Mapping[str, Kind] = MappingProxyType({}),
) -> None:
    """Put into the catalog what a probe found, as that source's word; unknown columns are none.

    `kinds` are those of columns that hold something else than the catalog thought. A table of which
    any column can be had, can be queried.
    """
    at = workspace.now()
    with workspace.database.writing() as connection:
        row = store.table(connection, table)
        known = {c.name for c in store.columns(connection, [table]) if c.gone_at is None}
        there = [each for each in found if each.column in known]
        if row is None or not there:
            return
        before = hearing.by_name(store.column_facts(connection, [table]))
        types = {name: _native_type(facts, kinds.get(name)) for name, facts in before.items()}
        facts = [_fact(table, each, types.get(each.column, ""), at) for each in there]
        store.replace_facts(connection, (), facts)
        said = hearing.by_name(store.column_facts(connection, [table]))
        probes.put_columns(connection, table, list(_judged(there, said)), at)
        probes.put_kinds(connection, table, kinds)
        is_plain = row.state is State.QUERYABLE and row.reason is None
        if not is_plain and any(each.queryable for each in there):
            _say_of_table(workspace, connection, row, exposed=True, reason=None)


def _native_type(facts: Mapping[Source, Fact], kind: Kind | None) -> str:
    """Give what a probe saw that a column holds; an earlier one's word if this saw nothing."""
    before = facts.get(Source.PROBE)
    return kind.value if kind else before.native_type if before else ""


def _fact(table: str, probed: Probed, native_type: str, at: datetime) -> Fact:
    return Fact(
        table_name=table,
        name=probed.column,
        source=Source.PROBE,
        at=at,
        shown_name=probed.column,
        label="",
        native_type=native_type,
        exposed=probed.queryable,
        reason=probed.reason,
        refers_to=None,
    )


def _judged(found: Sequence[Probed], said: Told) -> Iterator[probes.Found]:
    for each in found:
        verdict = judging.judged(each.column, said[each.column], listing=())
        if verdict is not None:
            yield probes.Found(
                each.column,
                verdict.state,
                verdict.reason,
                verdict.disagrees,
                each.filled,
                each.sampled,
            )


def refuse_table(workspace: Workspace, table: str, reason: Reason) -> None:
    """Put into the catalog that NetSuite does not give a table, if the catalog has it."""
    with workspace.database.writing() as connection:
        row = store.table(connection, table)
        if row is not None:
            _say_of_table(workspace, connection, row, exposed=False, reason=reason)


def _say_of_table(
    workspace: Workspace,
    connection: Connection,
    row: TableRow,
    *,
    exposed: bool,
    reason: Reason | None,
) -> None:
    fact = Fact(
        row.name, TABLE, Source.PROBE, workspace.now(), row.name, "", "", exposed, reason, None
    )
    store.replace_facts(connection, (), [fact])
    state = State.QUERYABLE if exposed else State.UNQUERYABLE
    probes.put_table(connection, row.name, state=state, reason=reason)
    if not exposed:
        store.close_columns(connection, {row.name: reason})


def add_columns(workspace: Workspace, table: str, columns: Sequence[ColumnFact]) -> None:
    """Put columns into the catalog that were found in a table's rows and were not known before."""
    at = workspace.now()
    with workspace.database.writing() as connection:
        rows = {row.name: row for row in store.columns(connection, [table])}
        known = {name for name, row in rows.items() if row.gone_at is None}
        new = [fact for fact in columns if fact.name not in known]
        store.replace_facts(
            connection, (), [hearing.of_column(Source.PROBE, table, f, at) for f in new]
        )
        store.put_columns(
            connection,
            [
                ColumnRow(
                    table_name=table,
                    name=fact.name,
                    position=len(rows) + place,
                    label="",
                    kind=kind_of(fact.native_type) or Kind.TEXT,
                    native_type=fact.native_type,
                    custom=is_custom(fact.name),
                    refers_to=None,
                    state=State.QUERYABLE if is_name(fact.name) else State.UNQUERYABLE,
                    reason=None if is_name(fact.name) else Reason.BAD_NAME,
                    disagrees=False,
                    first_seen_at=rows[fact.name].first_seen_at if fact.name in rows else at,
                    seen_at=at,
                    gone_at=None,
                )
                for place, fact in enumerate(new)
            ],
        )


def keep_count(workspace: Workspace, table: str, rows: int) -> None:
    """Put into the catalog how many rows a table has."""
    at = workspace.now()
    with workspace.database.writing() as connection:
        probes.put_counts(connection, {table: rows}, at)


def tell_unfit(workspace: Workspace, table: str, reason: Reason) -> None:
    """Put into the catalog why a table cannot be mirrored, although it can be queried."""
    with workspace.database.writing() as connection:
        row = store.table(connection, table)
        if row is not None:
            _say_of_table(workspace, connection, row, exposed=True, reason=reason)
            probes.put_reason(connection, table, reason)
