"""Studying the tables of a phase to come: each is probed, counted and given its shape.

Several tables at once, as many as NetSuite lets this workspace ask in parallel. What is found about
columns goes into the catalog, whether the phase comes or not.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TypeVar

from nsconsole.catalog import Reason
from nsconsole.mapping import MappedTable
from nsconsole.netsuite import measuring
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services.coverage.learning import keep_count, refuse_table, tell_unfit
from nsconsole.services.coverage.probing import TableRefusedError
from nsconsole.services.link import calling
from nsconsole.services.phases.choosing import TableGap
from nsconsole.services.phases.estimating import table_estimate
from nsconsole.services.phases.finding import Columns, find_columns
from nsconsole.services.phases.plan import LeftOut, PlannedTable
from nsconsole.services.phases.rules import Rules
from nsconsole.services.phases.shaping import NoKeyError, Surroundings, shape
from nsconsole.services.sync.asking import Asker
from nsconsole.services.sync.halt import Halt
from nsconsole.services.workspace import Workspace

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Study:
    """What is known of the mirror while tables are studied.

    `mapped` is the map by table, `mirror_keys` the keys of mirrors that the map does not have,
    `rows` what is known of mapped tables' sizes, `pace` seconds a request.
    """

    workspace: Workspace
    rules: Rules
    mapped: Mapping[str, MappedTable]
    mirror_keys: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, int]
    deletions: frozenset[str]
    tier: int | None
    pace: float
    halt: Halt

    def of(
        self, gaps: Sequence[TableGap], done: Callable[[TableGap], None]
    ) -> list[tuple[PlannedTable | None, list[LeftOut]]]:
        """Study tables; give for each what can be planned of it and what not, in their order.

        Raises NetSuiteUnavailableError if NetSuite cannot be asked, StoppedError if it is to end.
        """
        return _at_once(self.workspace, gaps, self._study, done)

    def counted(self, gaps: Sequence[TableGap], done: Callable[[TableGap], None]) -> list[TableGap]:
        """Count the rows of those tables of which this is not known."""
        return _at_once(self.workspace, gaps, self._counted, done)

    def _counted(self, gap: TableGap) -> TableGap:
        if gap.rows is not None:
            return gap
        try:
            with calling(self.workspace) as netsuite:
                return replace(gap, rows=self._count(gap.name, Asker(netsuite, self.halt)))
        except NetSuiteError:
            return gap  # what it is about, is found when it is probed

    def _count(self, table: str, asker: Asker) -> int:
        (row,) = asker.ask(measuring.counts(table), limit=1).rows
        rows = int(row["total"])
        keep_count(self.workspace, table, rows)
        return rows

    def _study(self, gap: TableGap) -> tuple[PlannedTable | None, list[LeftOut]]:
        try:
            with calling(self.workspace) as netsuite:
                return self._plan(gap, Asker(netsuite, self.halt))
        except TableRefusedError as error:
            refuse_table(self.workspace, gap.name, error.reason)
            return None, [LeftOut(gap.name, "", error.reason, str(error))]
        except NetSuiteError as error:  # a refusal that is about neither columns nor the table
            return None, [LeftOut(gap.name, "", Reason.NOT_QUERYABLE, str(error))]

    def _plan(self, gap: TableGap, asker: Asker) -> tuple[PlannedTable | None, list[LeftOut]]:
        before = self.mapped.get(gap.name)
        mapped = len(before.columns) if before else 0
        found = find_columns(self.workspace, gap, asker, mapped=mapped)
        left_out = list(found.left_out)
        if not found.given:
            return None, left_out or [
                LeftOut(gap.name, "", Reason.UNPROBED, "nobody tells which columns it has")
            ]
        if before:
            return self._widened(before, found, asker), left_out
        try:
            return self._new(gap, found, asker), left_out
        except NoKeyError as error:
            tell_unfit(self.workspace, gap.name, Reason.NO_KEY)
            return None, [LeftOut(gap.name, "", Reason.NO_KEY, str(error)), *left_out]

    def _widened(self, before: MappedTable, found: Columns, asker: Asker) -> PlannedTable:
        columns = [each.column for each in found.given]
        rows = self.rows.get(before.name)
        if rows is None:
            rows = self._count(before.name, asker)
        filled = sum(found.fills.get(column.name, 0) > 0 for column in columns)
        why = {"columns": f"{filled:,} of {len(columns):,} have a value in the first rows"}
        return PlannedTable(
            table=before.with_columns(columns),
            new=False,
            new_columns=tuple(column.name for column in columns),
            why=why,
            rows=rows,
            estimate=table_estimate(
                rows, columns, found.fills, new=False, key=len(before.key), pace=self.pace
            ),
        )

    def _new(self, gap: TableGap, found: Columns, asker: Asker) -> PlannedTable:
        around = Surroundings(
            known=self.rules.known(gap.name),
            mapped=self.mapped,
            mirror_key=self.mirror_keys.get(gap.name, ()),
            deletions=self.deletions,
            tier=self.tier,
        )
        shaped = shape(asker, gap.name, found.given, around)
        keep_count(self.workspace, gap.name, shaped.rows)
        table = _restricted(shaped.table, gap.picked)
        return PlannedTable(
            table=table,
            new=True,
            new_columns=tuple(column.name for column in table.columns),
            why=shaped.why,
            rows=shaped.rows,
            estimate=table_estimate(
                shaped.rows,
                table.columns,
                found.fills,
                new=True,
                key=len(table.key),
                pace=self.pace,
            ),
        )


def _restricted(table: MappedTable, picked: frozenset[str] | None) -> MappedTable:
    """Keep the columns that a person picked, and those that the table cannot do without."""
    if picked is None:
        return table
    vital = {*table.key, table.cursor, table.parent and table.parent.column}
    wanted = picked | vital
    return table.without([c.name for c in table.columns if c.name not in wanted])


def _at_once(
    workspace: Workspace,
    gaps: Sequence[TableGap],
    work: Callable[[TableGap], _T],
    done: Callable[[TableGap], None],
) -> list[_T]:
    """Do some work for each table, as many at once as may ask; the first that raises ends it."""
    results: dict[str, _T] = {}
    with ThreadPoolExecutor(workspace.governor.size(), thread_name_prefix="study") as pool:
        futures = {pool.submit(work, gap): gap for gap in gaps}
        try:
            for future in as_completed(futures):
                gap = futures[future]
                results[gap.name] = future.result()
                done(gap)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [results[gap.name] for gap in gaps]
