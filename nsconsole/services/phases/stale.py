"""Whether a plan still fits: what it rests on, looked at again, and what of it has moved."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Row

from nsconsole.catalog import Event
from nsconsole.services.phases.base import CATALOG, MAP, MIRROR, aspect_of, base_of
from nsconsole.services.phases.plan import PhasePlan, PlannedTable
from nsconsole.services.sync.map_edit import changes
from nsconsole.store import phases as store
from nsconsole.store import sync_map

_MOST_TOLD = 5  # of one table


def what_moved(
    connection: Connection, plan: PhasePlan, *, since: datetime | None = None
) -> list[str]:
    """Say in sentences what moved under a plan; nothing if all is as it was.

    `since` is when it was planned: what the catalog learned after that is told one by one.
    """
    names = [planned.table.name for planned in plan.tables]
    now = base_of(connection, names)
    told: list[str] = []
    for planned in plan.tables:
        name = planned.table.name
        moved = {
            aspect
            for aspect in (MAP, MIRROR, CATALOG)
            if now[aspect_of(name, aspect)] != plan.base.get(aspect_of(name, aspect))
        }
        if MAP in moved:
            told += _map_moved(connection, planned)
        if MIRROR in moved:
            told += _mirror_moved(plan, planned, now[aspect_of(name, MIRROR)])
        if CATALOG in moved:
            told += _catalog_moved(connection, name, since)
    return told


def _map_moved(connection: Connection, planned: PlannedTable) -> list[str]:
    name = planned.table.name
    entry = sync_map.entry(connection, name)
    if entry is None:
        return [f"{name} is no longer in the map"]
    if planned.new:
        return [f"{name} came into the map meanwhile"]
    before = planned.table.without(planned.new_columns)
    lines = [line.removeprefix("~ ") for line in changes([before], [entry.table])]
    return [f"the map has changed: {line}" for line in lines[:_MOST_TOLD]] or [
        f"the map of {name} has changed"
    ]


def _mirror_moved(plan: PhasePlan, planned: PlannedTable, now: str) -> list[str]:
    mirror = planned.table.mirror
    if not now:
        return [f"the mirror table {mirror} is gone"]
    if not plan.base.get(aspect_of(planned.table.name, MIRROR)):
        return [f"the mirror table {mirror} was made meanwhile"]
    return [f"the mirror table {mirror} has other columns, or columns of another type, than it had"]


def _catalog_moved(connection: Connection, table: str, since: datetime | None) -> list[str]:
    learned = store.catalog_changes(connection, table, since) if since else []
    told = list(_sentences(table, learned))
    more = len(told) - _MOST_TOLD
    if more > 0:
        told[_MOST_TOLD:] = [f"and {more} more changes of {table} in NetSuite"]
    return told or [f"what NetSuite's catalog says of {table} has changed"]


def _sentences(table: str, learned: list[Row[tuple[str, str, str, str]]]) -> Iterator[str]:
    for row in learned:
        what = f"{table}.{row.name}" if row.name else table
        yield {
            Event.NEW: f"{what} is new in NetSuite",
            Event.GONE: f"{what} is gone from NetSuite",
            Event.RETURNED: f"{what} is back in NetSuite",
            Event.RENAMED: f"{what} was probably renamed: {row.before} is {row.after} now",
            Event.TYPE_CHANGED: f"{what} is {row.after} in NetSuite now, was {row.before}",
            Event.STATE_CHANGED: f"{what} is {row.after} now, was {row.before}",
        }[Event(row.event)]
