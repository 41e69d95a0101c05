"""Undoing a phase: what it brought leaves the map, and what was mirrored stays where it is."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from nsconsole.mapping import MappedTable
from nsconsole.services.audit_trail import Entry
from nsconsole.services.errors import RefusedError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.phases.applying import alone
from nsconsole.services.phases.listing import Phase, PhaseState, Step, phase, phases
from nsconsole.services.phases.plan import PhasePlan
from nsconsole.services.sync.sync_map import TableBusyError, load_map, replace_map
from nsconsole.services.workspace import Workspace
from nsconsole.store import phases as store
from nsconsole.store import sync_map

_UNDOABLE = (
    PhaseState.APPROVED,
    PhaseState.APPLYING,
    PhaseState.FAILED,
    PhaseState.APPLIED,
)


def undo_phase(
    workspace: Workspace,
    authority: Authority,
    phase_id: int,
    *,
    progress: Callable[[Step, str], None] = lambda step, words: None,
) -> Phase:
    """Take a phase's tables and columns out of the map (admin), audit, and give the phase.

    The mirror keeps its tables, columns and rows. Raises RefusedError also for a phase that was not
    approved, while another process applies one or syncs its tables, and where a later phase rests
    on it; BadInputError for an unknown id, and for a map that could not be without it.
    """
    with workspace.database.reading() as connection:
        require(connection, authority, Role.ADMIN)
    with alone(workspace, stopping=lambda: True) as is_alone:
        if not is_alone:
            raise RefusedError("a phase is being applied just now; try again when that is done")
        _take_out(workspace, authority, phase(workspace, phase_id))
        _audit(workspace, progress)
    return phase(workspace, phase_id)


def _take_out(workspace: Workspace, authority: Authority, undone: Phase) -> None:
    line = undone.line
    if line.state not in _UNDOABLE:
        raise RefusedError(f"phase {line.number} is {line.state}: there is nothing to undo")
    _refuse_needed(workspace, undone)
    before = [entry.table for entry in load_map(workspace)]

    def first(connection: Connection) -> None:
        require(connection, authority, Role.ADMIN)
        if [entry.table for entry in sync_map.entries(connection)] != before:
            raise TableBusyError("somebody else changed the map meanwhile")
        store.move(connection, line.id, to="undone", out_of=_UNDOABLE, error=None)

    told = Entry(authority.operator.name, "phase_undone", f"phase:{line.id}", {"name": line.name})
    try:
        replace_map(workspace, _without_plan(before, undone.plan), told=[told], first=first)
    except TableBusyError as error:
        raise RefusedError(
            "one of its tables is being synced just now, or the map was changed meanwhile; "
            "try again in a moment"
        ) from error


def _refuse_needed(workspace: Workspace, undone: Phase) -> None:
    """Refuse to take a table out that a later phase has widened."""
    new = set(undone.plan.new_tables)
    for later in phases(workspace):
        stands = later.state in _UNDOABLE and later.number > undone.line.number
        if stands and (shared := new.intersection(later.tables)):
            raise RefusedError(
                f"phase {later.number} rests on {min(shared)}, which this phase brought; "
                f"undo that one first: `nsconsole phase undo {later.id}`"
            )


def _without_plan(present: Iterable[MappedTable], plan: PhasePlan) -> list[MappedTable]:
    gone = {planned.table.name for planned in plan.tables if planned.new}
    narrower = {planned.table.name: planned.new_columns for planned in plan.tables}
    return [
        table.without(narrower.get(table.name, ())) for table in present if table.name not in gone
    ]


def _audit(workspace: Workspace, progress: Callable[[Step, str], None]) -> None:
    from nsconsole.services.coverage.audit import audit

    progress(Step.AUDIT, "auditing")
    audit(workspace, trigger="phase", fetch=False)
