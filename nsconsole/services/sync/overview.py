"""How the mirror stands: each tier and table, for a screen that looks often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from nsconsole.services.sync.sync_map import load_map
from nsconsole.services.workspace import Workspace
from nsconsole.store import sync_runs, sync_state
from nsconsole.store import tiers as tier_store
from nsconsole.store.sync_map import MapEntry, Pause, SetAside
from nsconsole.store.sync_runs import Status
from nsconsole.store.sync_state import State

_LATE, _STALLED = 1.6, 3.2  # periods of its tier since a table was last up to date
_SILENT = timedelta(minutes=5)  # a run that says nothing for so long belongs to a dead process


class Freshness(StrEnum):
    """How up to date a table is, measured by its tier."""

    NEVER = "never"
    ON_TIME = "on time"
    LATE = "late"
    STALLED = "stalled"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Running:
    """A run under way; `expected` counts a whole table's rows, if it is one."""

    run_id: int
    mode: str
    rows_read: int
    expected: int | None
    started_at: datetime
    touched_at: datetime
    owner: str
    cancelling: bool
    rows_per_second: float


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is over."""

    id: int
    table: str
    mode: str
    trigger: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    rows_read: int
    rows_written: int
    rows_deleted: int
    requests: int
    error: str


@dataclass(frozen=True, slots=True)
class TableLine:
    """A mapped table; `recent` has the rows that the newest runs wrote, the oldest first."""

    name: str
    tier: int
    mode: str
    freshness: Freshness
    synced_at: datetime | None
    watermark: str | None
    rows: int | None
    last: Run | None
    recent: tuple[int, ...]
    running: Running | None
    pause: str
    set_aside: tuple[SetAside, ...]
    backfilling: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TierLine:
    """A tier, with its tables by freshness."""

    minutes: int
    next_run_at: datetime
    running: bool
    paused: str
    tables: int
    on_time: int
    late: int
    stalled: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole mirror at a glance."""

    tiers: tuple[TierLine, ...]
    tables: tuple[TableLine, ...]


def overview(workspace: Workspace) -> Overview:
    """Read how the mirror stands."""
    entries = load_map(workspace)
    with workspace.database.reading() as connection:
        states = sync_state.by_table(connection)
        runs = sync_runs.latest_by_table(connection)
        tiers = tier_store.listed(connection)
    now = workspace.now()  # later than whatever was read, unless a clock was ahead
    tables = tuple(
        _table(entry, states.get(entry.table.name, State()), runs.get(entry.table.name, []), now)
        for entry in entries
    )
    return Overview(tuple(_tier(tier, tables) for tier in tiers), tables)


def history(workspace: Workspace, table: str, *, limit: int = 20) -> list[Run]:
    """Give a table's runs that are over, the newest first."""
    with workspace.database.reading() as connection:
        runs = sync_runs.history(connection, table, limit=limit)
    return [_run(run) for run in runs if run.status != Status.RUNNING]


def _table(
    entry: MapEntry, state: State, runs: Sequence[sync_runs.Run], now: datetime
) -> TableLine:
    table = entry.table
    over = [run for run in runs if run.status != Status.RUNNING]
    under_way = [run for run in runs if run.status == Status.RUNNING]
    synced_at = _believed(state.synced_at, now)
    return TableLine(
        name=table.name,
        tier=table.tier,
        mode=table.mode.value,
        freshness=_freshness(entry, synced_at, now),
        synced_at=synced_at,
        watermark=state.watermark,
        rows=state.surveyed_rows,
        last=_run(over[0]) if over else None,
        recent=tuple(run.rows_written for run in reversed(over)),
        running=_running(under_way[0], now) if under_way else None,
        pause=_pause_words(entry.paused),
        set_aside=entry.set_aside,
        backfilling=tuple(entry.backfills),
    )


def _believed(at: datetime | None, now: datetime) -> datetime | None:
    """Give a moment of the past; one of the future tells nothing, for a clock was ahead then."""
    return None if at is None or at > now else at


def _freshness(entry: MapEntry, synced_at: datetime | None, now: datetime) -> Freshness:
    if entry.paused:
        return Freshness.PAUSED
    if synced_at is None:
        return Freshness.NEVER
    age = (now - synced_at) / timedelta(minutes=entry.table.tier)
    if age > _STALLED:
        return Freshness.STALLED
    return Freshness.LATE if age > _LATE else Freshness.ON_TIME


def _pause_words(pause: Pause | None) -> str:
    if pause is None:
        return ""
    since = f"since {pause.at:%Y-%m-%d %H:%M} UTC"
    if pause.by is not None:
        return f"by {pause.by} {since}"
    return f"{pause.reason.replace('_', ' ')} {since}: {pause.detail}"


def _running(run: sync_runs.Run, now: datetime) -> Running | None:
    if abs(now - run.touched_at) > _SILENT:
        return None
    seconds = (run.touched_at - run.started_at).total_seconds()
    return Running(
        run_id=run.id,
        mode=run.mode,
        rows_read=run.rows_before + run.rows_read,
        expected=run.expected_rows,
        started_at=run.started_at,
        touched_at=run.touched_at,
        owner=run.owner,
        cancelling=run.cancel_asked_by is not None,
        rows_per_second=run.rows_read / seconds if seconds > 0 else 0.0,
    )


def _run(run: sync_runs.Run) -> Run:
    return Run(
        id=run.id,
        table=run.table_name,
        mode=run.mode,
        trigger=run.trigger,
        status=run.status,
        started_at=run.started_at,
        ended_at=run.ended_at,
        rows_read=run.rows_read,
        rows_written=run.rows_written,
        rows_deleted=run.rows_deleted,
        requests=run.requests,
        error=run.error or "",
    )


def _tier(tier: tier_store.Tier, tables: Sequence[TableLine]) -> TierLine:
    own = [table for table in tables if table.tier == tier.minutes]
    at = tier.paused_at
    counts = {fresh: sum(t.freshness is fresh for t in own) for fresh in Freshness}
    return TierLine(
        minutes=tier.minutes,
        next_run_at=tier.next_run_at,
        running=tier.started_at is not None and tier.ended_at is None,
        paused=f"by {tier.paused_by} since {at:%Y-%m-%d %H:%M} UTC" if at else "",
        tables=len(own),
        on_time=counts[Freshness.ON_TIME],
        late=counts[Freshness.LATE],
        stalled=counts[Freshness.STALLED],
    )
