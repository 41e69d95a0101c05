"""Planning a phase: gaps chosen, probed and shaped, the migration written, a proposal staged."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import NamedTuple

from nsconsole.catalog import Reason
from nsconsole.mapping import MappedTable
from nsconsole.services.coverage.learning import tell_unfit
from nsconsole.services.errors import BadInputError, ServiceError
from nsconsole.services.phases import choosing, revision
from nsconsole.services.phases.base import base_of
from nsconsole.services.phases.choosing import Choice, TableGap
from nsconsole.services.phases.estimating import USUAL_PACE, phase_estimate
from nsconsole.services.phases.plan import LeftOut, PhasePlan, PlannedTable
from nsconsole.services.phases.rules import Order, Rules, load_rules, rules_file
from nsconsole.services.phases.staging import stage_phase
from nsconsole.services.phases.studying import Study
from nsconsole.services.sync.halt import Halt, StoppedError
from nsconsole.services.sync.map_rules import broken_rules
from nsconsole.services.sync.sync_map import load_map
from nsconsole.services.workspace import Workspace
from nsconsole.store import mirror_tables, phase_gaps, phase_schema, sync_state

FIRST_NUMBER = 104
"""The number of a workspace's first phase."""


class NothingToPlanError(BadInputError):
    """There is no gap left that could be closed; the message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """A phase that waits in the inbox as a proposal."""

    phase_id: int
    proposal_id: int
    plan: PhasePlan

    @property
    def summary(self) -> str:
        """The phase in a sentence."""
        new = len(self.plan.new_tables)
        widened = len(self.plan.tables) - new
        parts = [
            f"{new:,} new {_plural(new, 'table')}" if new else "",
            f"{widened:,} {_plural(widened, 'table')} widened" if widened else "",
            f"{self.plan.new_columns:,} {_plural(self.plan.new_columns, 'column')}",
        ]
        return f"{self.plan.name}: {', '.join(filter(None, parts))}; it waits in the inbox."


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"


class _Found(NamedTuple):
    """What a phase is to be."""

    name: str
    title: str
    tables: tuple[PlannedTable, ...]
    left_out: tuple[LeftOut, ...]


def plan_phase(
    workspace: Workspace,
    *,
    tables: Collection[str] = (),
    columns: Mapping[str, Collection[str]] | None = None,
    limit: int | None = None,
    author: str,
    progress: Callable[[str], None] = lambda words: None,
    stopping: Callable[[], bool] = lambda: False,
) -> PlannedPhase:
    """Plan the phase of some tables, or else the next one by the rules, and stage its proposal.

    `columns` names those that are wanted of a table; `limit` is the most tables. `progress` hears
    what is being done. Raises BadInputError for what cannot be planned, NothingToPlanError if
    nothing is left, and NetSuiteUnavailableError if NetSuite cannot be asked.
    """
    lock = workspace.locks.try_take("phase-planning")
    if lock is None:
        raise BadInputError("another phase is being planned just now; wait until that is done")
    with lock:
        load_map(workspace)
        planner = _Planner(workspace, load_rules(workspace), progress, stopping)
        try:
            found = planner.find(tables, columns, limit)
        except StoppedError as error:
            raise ServiceError("stopped; nothing was planned") from error
        plan = _written(workspace, found)
        phase_id, proposal_id = stage_phase(workspace, plan, author=author)
    return PlannedPhase(phase_id, proposal_id, plan)


class _Planner:
    """One planning: what is studied on the way to a phase."""

    def __init__(
        self,
        workspace: Workspace,
        rules: Rules,
        progress: Callable[[str], None],
        stopping: Callable[[], bool],
    ) -> None:
        self._workspace = workspace
        self._rules = rules
        self._progress = progress
        self._halt = Halt(stopping, workspace.sleep)
        self._left_out: list[LeftOut] = []

    def find(
        self,
        tables: Collection[str],
        columns: Mapping[str, Collection[str]] | None,
        limit: int | None,
    ) -> _Found:
        """Give the first phase that has something to do."""
        for choice in self._choices(tables, columns):
            planned = self._planned(choice, limit)
            if planned:
                title = _title(choice, planned)
                return _Found(choice.name, title, tuple(planned), tuple(self._left_out))
        raise NothingToPlanError(self._nothing())

    def _choices(
        self, tables: Collection[str], columns: Mapping[str, Collection[str]] | None
    ) -> Sequence[Choice]:
        with self._workspace.database.reading() as connection:
            if not phase_gaps.is_known(connection):
                raise BadInputError("the catalog is empty; run `nsconsole audit` first")
            if tables or columns:
                return [choosing.picked(connection, self._rules, tables, columns)]
            waiting = choosing.planned_already(connection)
            gaps = [gap for gap in choosing.gaps(connection) if gap.name not in waiting]
        return list(choosing.by_rules(self._rules, gaps))

    def _planned(self, choice: Choice, limit: int | None) -> list[PlannedTable]:
        study = self._study(choice)
        queue = list(choice.tables)
        if choice.order is Order.USE:
            done = partial(self._tell, "counted", len(queue), count(1))
            queue = choosing.most_used_first(study.counted(queue, done))
        most = limit or choice.most_tables
        planned: list[PlannedTable] = []
        while queue and len(planned) < most:
            now, queue = queue[: most - len(planned)], queue[most - len(planned) :]
            done = partial(self._tell, f"{choice.name}: probed", len(now), count(1))
            for table, left_out in study.of(now, done):
                self._left_out += left_out
                if table is not None:
                    planned += self._accepted(study, planned, table)
        return planned

    def _tell(self, what: str, of: int, counter: Iterator[int], gap: TableGap) -> None:
        self._progress(f"{what} {next(counter):,} of {of:,} tables ({gap.name})")

    def _study(self, choice: Choice) -> Study:
        workspace = self._workspace
        with workspace.database.reading() as connection:
            states = sync_state.by_table(connection)
            mirrors = {
                gap.name: mirror_tables.key_of(connection, f"ns_{gap.name}")
                for gap in choice.tables
                if not gap.mapped
            }
            deletions = frozenset(phase_gaps.told_deletions(connection))
            pace = phase_gaps.pace(connection)
        return Study(
            workspace=workspace,
            rules=self._rules,
            mapped={entry.table.name: entry.table for entry in load_map(workspace)},
            mirror_keys=mirrors,
            rows={n: s.surveyed_rows for n, s in states.items() if s.surveyed_rows is not None},
            deletions=deletions,
            tier=choice.tier,
            pace=pace or USUAL_PACE,
            halt=self._halt,
        )

    def _accepted(
        self, study: Study, before: Sequence[PlannedTable], table: PlannedTable
    ) -> list[PlannedTable]:
        """Take a table into the phase unless the map's rules forbid it beside the others."""
        name = table.table.name
        broken = broken_rules(_map_after(study.mapped, [*before, table]))
        with self._workspace.database.reading() as connection:
            broken += phase_schema.taken_names(connection, table.table)
        if not broken:
            return [table]
        tell_unfit(self._workspace, name, Reason.BAD_NAME)
        self._left_out.append(LeftOut(name, "", Reason.BAD_NAME, "; ".join(broken)))
        return []

    def _nothing(self) -> str:
        if not self._left_out:
            with self._workspace.database.reading() as connection:
                waiting = sorted(set(choosing.planned_already(connection).values()))
            if waiting:
                return f"nothing else is left to plan; {waiting[0]} waits to be decided or applied"
            return "nothing is left to plan: whatever NetSuite gives is mirrored or excluded"
        tables = sorted({left.table for left in self._left_out})
        some = ", ".join(tables[:3]) + (f" and {len(tables) - 3} more" if len(tables) > 3 else "")
        return (
            f"nothing is left that could be planned; {some} cannot be: {self._left_out[0].detail}"
        )


def _map_after(
    mapped: Mapping[str, MappedTable], planned: Sequence[PlannedTable]
) -> list[MappedTable]:
    return list({**mapped, **{each.table.name: each.table for each in planned}}.values())


def _title(choice: Choice, planned: Sequence[PlannedTable]) -> str:
    """Give the title of a phase; where it goes by domains, it names them."""
    if choice.order is not Order.DOMAIN:
        return choice.title
    names = {each.table.name for each in planned}
    domains = dict.fromkeys(gap.domain for gap in choice.tables if gap.name in names)
    return f"{choice.title}: {', '.join(domains)}"


def _written(workspace: Workspace, found: _Found) -> PhasePlan:
    """Write the migration of a phase, and put together all that is to be decided on."""
    tables = [planned.table for planned in found.tables]
    with workspace.database.reading() as connection:
        number = max(FIRST_NUMBER, (phase_gaps.last_number(connection) or 0) + 1)
        name = f"{number}_{found.name}"
        title = f"Phase {number}: {found.title}"
        made = revision.make(connection, tables, number=number, name=name, title=title)
        base = base_of(connection, [table.name for table in tables])
        audit_id = phase_gaps.last_audit(connection)
    file = revision.write(rules_file(workspace).parent, made)
    estimates = [planned.estimate for planned in found.tables]
    return PhasePlan(
        number=number,
        name=name,
        title=found.title,
        tables=found.tables,
        left_out=found.left_out,
        estimate=phase_estimate(estimates, at_once=workspace.governor.size()),
        base=base,
        revision_path=str(file.relative_to(workspace.settings.home)),
        revision_digest=made.digest,
        sql=revision.sql_of(file),
        audit_id=audit_id,
    )
