"""Applying an approved phase, step by step, by one process at a time; and going on with it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nsconsole.services.audit_trail import SYSTEM, Entry, append
from nsconsole.services.errors import (
    BadInputError,
    NetSuiteUnavailableError,
    RefusedError,
    ServiceError,
    TamperedError,
)
from nsconsole.services.phases.deciding import stale_sentence
from nsconsole.services.phases.listing import Phase, PhaseState, Step, StepState, phase, read
from nsconsole.services.phases.staging import check_bound
from nsconsole.services.phases.steps import STEPS, StaleError, StoppedError, Work
from nsconsole.services.workspace import Workspace
from nsconsole.store import phases as store
from nsconsole.store.engine import DatabaseError
from nsconsole.store.mirror_tables import MirrorConflict

_WAIT = 0.5  # seconds between two looks at whether the other process is done
_OPEN = (PhaseState.APPROVED, PhaseState.APPLYING, PhaseState.FAILED)
_KNOWN = (ServiceError, DatabaseError, MirrorConflict, OSError)
_WHY_NOT = {
    PhaseState.PROPOSED: "waits for a decision in the inbox",
    PhaseState.UNDONE: "was undone; plan it again",
    PhaseState.WITHDRAWN: "was withdrawn; plan it again",
}


def apply_phase(
    workspace: Workspace,
    phase_id: int,
    *,
    progress: Callable[[Step, str], None] = lambda step, words: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Phase:
    """Do what was approved, or go on with it; give the phase as it stands then.

    A phase that is applied already stays as it is, and one that `stopping` cut off stays at its
    step. `progress` is told the step and how far it is. Raises RefusedError for a phase that
    nobody approved or whose plan is stale, BadInputError for an unknown id, TamperedError if it is
    not what was approved, NetSuiteUnavailableError while the pull cannot go on, and ServiceError
    for a step that failed: the phase says which, and goes on from there.
    """
    with alone(workspace, progress, stopping) as is_alone:
        found = phase(workspace, phase_id)
        if is_alone and found.line.state is not PhaseState.APPLIED:
            _apply(Work(workspace, _begin(workspace, phase_id), progress, stopping))
    return phase(workspace, phase_id)


@contextmanager
def alone(
    workspace: Workspace,
    progress: Callable[[Step, str], None] = lambda step, words: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[bool]:
    """Keep other processes from phases for the block; False if `stopping` ended the wait."""
    while (lock := workspace.locks.try_take("phase")) is None:
        if stopping():
            yield False
            return
        progress(Step.BACKUP, "waiting for another process that applies a phase")
        workspace.sleep(_WAIT)
    with lock:
        yield True


def _begin(workspace: Workspace, phase_id: int) -> Phase:
    with workspace.database.writing() as connection:
        row = store.get(connection, phase_id)
        if row is None:
            raise BadInputError(f"there is no phase {phase_id}")
        check_bound(row)
        if not store.move(connection, phase_id, to="applying", out_of=_OPEN, error=None):
            raise RefusedError(f"phase {phase_id} {_WHY_NOT[PhaseState(row.state)]}")
        return read(connection, phase_id)


def _apply(work: Work) -> None:
    done = {step.step for step in work.phase.steps if step.state is StepState.DONE}
    try:
        for step in Step:
            if step not in done:
                work.check_stop()
                _do(work, step)
    except StoppedError:
        return


def _do(work: Work, step: Step) -> None:
    workspace, line = work.workspace, work.phase.line
    with workspace.database.writing() as connection:
        store.begin_step(connection, line.id, step, owner=workspace.owner, at=workspace.now())
    try:
        STEPS[step](work)
    except NetSuiteUnavailableError as error:
        _end(work, step, PhaseState.APPLYING, str(error))  # it goes on as soon as NetSuite answers
        raise
    except StaleError as error:
        told = stale_sentence(line.number, error.moved)
        _end(work, step, PhaseState.WITHDRAWN, told)
        raise RefusedError(told) from error
    except StoppedError:
        raise
    except Exception as error:  # the boundary: whatever it is, the phase is to say at which step
        _end(work, step, PhaseState.FAILED, _told(error))
        if isinstance(error, TamperedError) or not isinstance(error, _KNOWN):
            raise
        raise ServiceError(
            f"phase {line.number} failed at its {step}: {error}. What was done before stays; "
            f"`nsconsole phase apply {line.id}` goes on from there"
        ) from error


def _told(error: Exception) -> str:
    known = isinstance(error, _KNOWN)
    return str(error) if known else f"this should not have happened ({type(error).__name__})"


def _end(work: Work, step: Step, state: PhaseState, error: str) -> None:
    """Note why a step came to no good end."""
    workspace, id_ = work.workspace, work.phase.line.id
    detail = {"step": step, "error": error}
    at = workspace.now()
    with workspace.database.writing() as connection:
        store.end_step(
            connection, id_, step, StepState.FAILED, at=at, detail_json=json.dumps(detail)
        )
        store.move(connection, id_, to=state, out_of=[PhaseState.APPLYING], error=error)
        if state is not PhaseState.APPLYING:
            append(connection, at, [Entry(SYSTEM, f"phase_{state}", f"phase:{id_}", detail)])
