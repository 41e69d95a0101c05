"""The nightly audit: due once a day, whichever process of the workspace is there to do it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from nsconsole.services.coverage.history import audits
from nsconsole.services.workspace import Workspace

if TYPE_CHECKING:
    from nsconsole.services.coverage.audit import AuditReport


def audit_if_due(
    workspace: Workspace, *, since: datetime, stopping: Callable[[], bool] = lambda: False
) -> "AuditReport | None":
    """Audit if the time set for it has passed since the last audit; give the report, if it did.

    A workspace that was never audited waits for the first such time after `since`, which is when
    the process began. Raises NetSuiteUnavailableError if NetSuite cannot be asked.
    """
    if not _is_due(workspace, since):
        return None
    lock = workspace.locks.try_take("nightly-audit")
    if lock is None:
        return None
    with lock:
        if not _is_due(workspace, since):  # another process has just done it
            return None
        from nsconsole.services.coverage.audit import audit

        return audit(workspace, trigger="nightly", stopping=stopping)


def _is_due(workspace: Workspace, since: datetime) -> bool:
    set_time = workspace.settings.nightly_audit
    if set_time is None:
        return False
    newest = audits(workspace, limit=1)
    return (newest[0].at if newest else since) < _last_turn(workspace.now(), set_time)


def _last_turn(now: datetime, set_time: str) -> datetime:
    """Give the last moment at which a local time of day has passed."""
    local = now.astimezone()
    turn = datetime.combine(local.date(), time.fromisoformat(set_time)).astimezone()
    if turn > now:
        yesterday = local.date() - timedelta(days=1)
        turn = datetime.combine(yesterday, time.fromisoformat(set_time)).astimezone()
    return turn
