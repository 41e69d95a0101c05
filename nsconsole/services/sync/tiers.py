"""Tiers: which tables are synced every 5, 15 and 60 minutes, and who may hold them up.

A tier's next turn is in the database. Whichever process looks first when it is due takes it.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.errors import BadInputError
from nsconsole.services.sync.log import Level, note
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.reports import TableReport, Trigger
from nsconsole.services.sync.sync_map import load_map
from nsconsole.services.workspace import Workspace
from nsconsole.store import sync_map as map_store
from nsconsole.store import sync_runs
from nsconsole.store import tiers as store
from nsconsole.store.tiers import Tier

__all__ = ["Tier", "tiers"]

_JITTER = 0.05  # of a tier's period, lest all workspaces ask NetSuite at the same second


def tiers(workspace: Workspace) -> list[Tier]:
    """Give the tiers, the quickest first."""
    with workspace.database.reading() as connection:
        found = store.listed(connection)
    if found:
        return found
    load_map(workspace)  # which lays them down
    return tiers(workspace)


def run_due_tier(
    workspace: Workspace, minutes: int, *, stopping: Callable[[], bool] = lambda: False
) -> list[TableReport] | None:
    """Sync a tier's tables if its turn has come; None if not, or if another process took it.

    Raises NetSuiteUnavailableError; the turn is over then, and the next one comes as ever.
    """
    now = workspace.now()
    if not any(tier.minutes == minutes and tier.is_due(now) for tier in tiers(workspace)):
        return None
    following = now + timedelta(minutes=minutes) * (1 + random.uniform(-_JITTER, _JITTER))  # noqa: S311 - no secret
    with workspace.database.writing() as connection:
        if not store.claim(
            connection, minutes, now=now, next_run_at=following, owner=workspace.owner
        ):
            return None
    try:
        return sync(workspace, tier=minutes, trigger=Trigger.TIER, stopping=stopping)
    finally:
        with workspace.database.writing() as connection:
            store.ended(connection, minutes, owner=workspace.owner, at=workspace.now())


def pause_tier(workspace: Workspace, minutes: int, *, by: str) -> None:
    """Let a tier take no turns until it is resumed."""
    with workspace.database.writing() as connection:
        if store.pause(connection, minutes, by=by, at=workspace.now()):
            at = workspace.now()
            _note(connection, at, "tier_paused", minutes=minutes, by=by)
            append(connection, at, [Entry(by, "tier_paused", f"tier:{minutes}", {})])


def resume_tier(workspace: Workspace, minutes: int, *, by: str) -> None:
    """Let a tier take turns again, the next one as soon as it is due."""
    with workspace.database.writing() as connection:
        if store.resume(connection, minutes):
            at = workspace.now()
            _note(connection, at, "tier_resumed", minutes=minutes, by=by)
            append(connection, at, [Entry(by, "tier_resumed", f"tier:{minutes}", {})])


def pause_table(workspace: Workspace, table: str, *, by: str) -> None:
    """Let a table rest until it is resumed. Raises BadInputError if the map does not have it."""
    with workspace.database.writing() as connection:
        _must_be_mapped(connection, table)
        at = workspace.now()
        if map_store.pause(connection, table, "person", "", by=by, at=at):
            _note(connection, at, "table_paused", table=table, reason="person", detail=f"by {by}")
            append(connection, at, [Entry(by, "table_paused", f"map:{table}", {})])


def resume_table(workspace: Workspace, table: str, *, by: str) -> None:
    """Let a table be synced again. Raises BadInputError if the map does not have it."""
    with workspace.database.writing() as connection:
        _must_be_mapped(connection, table)
        if map_store.resume(connection, table):
            at = workspace.now()
            _note(connection, at, "table_resumed", table=table, by=by)
            append(connection, at, [Entry(by, "table_resumed", f"map:{table}", {})])


def cancel(workspace: Workspace, table: str, *, by: str) -> bool:
    """Ask the run of a table, in whichever process, to end after its page; False if none runs."""
    with workspace.database.writing() as connection:
        return sync_runs.ask_cancel(connection, table, by) > 0


def _must_be_mapped(connection: Connection, table: str) -> None:
    if map_store.entry(connection, table) is None:
        raise BadInputError(f"the map has no table {table}")


def _note(
    connection: Connection, at: datetime, event: str, *, table: str | None = None, **detail: object
) -> None:
    note(connection, at, Level.INFO, event, table=table, detail=detail)
