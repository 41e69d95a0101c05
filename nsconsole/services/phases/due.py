"""Phases that wait to be applied: approved ones, and those that were cut off."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from nsconsole.services.workspace import Workspace
from nsconsole.store import phases as store

if TYPE_CHECKING:
    from nsconsole.services.phases.listing import Phase

_PATIENCE = timedelta(minutes=1)  # between two tries of a phase that NetSuite holds up


def apply_due(
    workspace: Workspace, *, stopping: Callable[[], bool] = lambda: False
) -> "list[Phase]":
    """Apply what was approved and what was cut off, by number; give each as it stands then.

    One that failed waits for a person, and one that NetSuite held up for a minute. Raises what
    `apply_phase` raises.
    """
    with workspace.database.reading() as connection:
        ids = store.in_states(connection, "approved", "applying")
        due = [id_ for id_ in ids if _is_due(connection, id_, workspace.now())]
    if not due:
        return []
    from nsconsole.services.phases.applying import apply_phase  # it imports all of the sync

    return [apply_phase(workspace, id_, stopping=stopping) for id_ in due if not stopping()]


def _is_due(connection: Connection, phase_id: int, now: datetime) -> bool:
    ended = [step.ended_at for step in store.steps(connection, phase_id) if step.state == "failed"]
    return all(now - at >= _PATIENCE for at in ended)
