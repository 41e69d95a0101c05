"""Statements on `sync_tiers`: when each tier is due, and which process has taken its turn."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, insert, or_, select, update

from nsconsole.store.tables import sync_tiers

_T = sync_tiers.c
_FARTHEST = 1.1  # periods; a turn beyond them was set by a clock that was ahead


class Tier(NamedTuple):
    """A tier, as the table has it; `owner` is the process that took the last turn."""

    minutes: int
    next_run_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    owner: str | None
    paused_at: datetime | None
    paused_by: str | None

    def is_due(self, now: datetime) -> bool:
        """Whether the tier's turn has come, and nobody paused it."""
        due = self.next_run_at <= now or self.next_run_at > _farthest(self.minutes, now)
        return due and self.paused_at is None


def _farthest(minutes: int, now: datetime) -> datetime:
    return now + _FARTHEST * timedelta(minutes=minutes)


def seed(connection: Connection, tiers: Iterable[int], now: datetime) -> None:
    """Add the tiers that are not there, as due."""
    rows = [{"minutes": minutes, "next_run_at": now} for minutes in tiers]
    connection.execute(insert(sync_tiers).prefix_with("OR IGNORE", dialect="sqlite"), rows)


def listed(connection: Connection) -> list[Tier]:
    """Give all tiers, the shortest first."""
    query = select(*(_T[name] for name in Tier._fields)).order_by(_T.minutes)
    return [Tier._make(row) for row in connection.execute(query)]


def claim(
    connection: Connection, minutes: int, *, now: datetime, next_run_at: datetime, owner: str
) -> bool:
    """Take a tier's turn if it is due and not paused, in one statement; give whether it was won."""
    due = or_(_T.next_run_at <= now, _T.next_run_at > _farthest(minutes, now))
    taken = connection.execute(
        update(sync_tiers)
        .where(_T.minutes == minutes, due, _T.paused_at.is_(None))
        .values(next_run_at=next_run_at, started_at=now, ended_at=None, owner=owner)
    )
    return taken.rowcount == 1


def ended(connection: Connection, minutes: int, *, owner: str, at: datetime) -> None:
    """Note the end of a turn; nothing if another process has begun the next one."""
    connection.execute(
        update(sync_tiers).where(_T.minutes == minutes, _T.owner == owner).values(ended_at=at)
    )


def pause(connection: Connection, minutes: int, *, by: str, at: datetime) -> bool:
    """Pause a tier; False if it was paused before."""
    paused = connection.execute(
        update(sync_tiers)
        .where(_T.minutes == minutes, _T.paused_at.is_(None))
        .values(paused_at=at, paused_by=by)
    )
    return paused.rowcount == 1


def resume(connection: Connection, minutes: int) -> bool:
    """Let a tier go on; False if it was not paused."""
    resumed = connection.execute(
        update(sync_tiers)
        .where(_T.minutes == minutes, _T.paused_at.is_not(None))
        .values(paused_at=None, paused_by=None)
    )
    return resumed.rowcount == 1
