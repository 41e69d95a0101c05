"""Housekeeping: the log and the history of runs are kept for so long and no longer."""

from datetime import timedelta

from nsconsole.services.sync.log import Level, note
from nsconsole.services.workspace import Workspace
from nsconsole.store import sync_log, sync_runs


def tidy(workspace: Workspace) -> int:
    """Remove log entries and runs that are older than the settings say; give how many entries."""
    days, at = workspace.settings.log_days, workspace.now()
    before = at - timedelta(days=days)
    with workspace.database.writing() as connection:
        entries = sync_log.prune(connection, before)
        sync_runs.prune(connection, before)
        if entries:
            note(connection, at, Level.DEBUG, "pruned", detail={"entries": entries, "days": days})
    return entries
