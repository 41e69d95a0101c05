"""A mirror with tables, runs and a log that a test lays down, and a person before its screen."""

import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from nsconsole.mapping import TIERS, Column, Kind, MappedTable, Mode
from nsconsole.services.sync.log import Level, note
from nsconsole.store import link, sync_map, sync_runs, sync_state
from nsconsole.store import tiers as tier_store
from nsconsole.store.tables import sync_tiers

TURNS = {5: 161, 15: 400, 60: 3000}  # seconds until each tier's next turn


def mapped(name, tier=5):
    """A table of four columns."""
    columns = {"id": Kind.INTEGER, "lastmodifieddate": Kind.DATETIME}
    columns |= {"entityid": Kind.TEXT, "custitem_shelf": Kind.TEXT}
    return MappedTable(
        name=name,
        columns=tuple(Column(column, kind) for column, kind in columns.items()),
        key=("id",),
        mode=Mode.INCREMENTAL,
        tier=tier,
        cursor="lastmodifieddate",
    )


@dataclass
class Mirror:
    """Writes what the engine would write, at times that are told in seconds before now."""

    workspace: object

    def lay_down(self, **tiers_by_table):
        """Put tables into the map, each with its tier, none of them ever synced."""
        now = self.workspace.now()
        tables = [mapped(name, tier) for name, tier in tiers_by_table.items()]
        with self._writing() as connection:
            tier_store.seed(connection, TIERS, now)
            sync_map.put(connection, tables, now)
            for minutes, seconds in TURNS.items():
                due = now + timedelta(seconds=seconds)
                turn = update(sync_tiers).where(sync_tiers.c.minutes == minutes)
                connection.execute(turn.values(next_run_at=due))

    def ran(self, table, *, ago, took=2, read=0, written=0, status="done", error=None, rows=None):
        """A run that is over."""
        ended = self.workspace.now() - timedelta(seconds=ago)
        began = ended - timedelta(seconds=took)
        with self._writing() as connection:
            run = self._begin(connection, table, began)
            counts = {"rows_read": read, "rows_written": written, "rows_deleted": 0}
            sync_runs.progress(connection, run, **counts, requests=2, at=ended)
            sync_runs.end(connection, run, sync_runs.Status(status), at=ended, error=error)
            if status == "done":
                sync_state.caught_up(connection, table, started_at=began, ended_at=ended)
                sync_state.advance(connection, table, f"{ended:%Y-%m-%dT%H:%M:%SZ}")
            if rows is not None:
                sync_state.surveyed(connection, table, rows)

    def runs(self, table, *, for_seconds, read, expected=None, owner="worker 7 on erp"):
        """A pull under way; give its run's id."""
        now = self.workspace.now()
        with self._writing() as connection:
            run = self._begin(connection, table, now - timedelta(seconds=for_seconds), owner)
            if expected is not None:
                sync_runs.expect(connection, run, expected_rows=expected, rows_before=0)
            counts = {"rows_read": read, "rows_written": read, "rows_deleted": 0}
            sync_runs.progress(connection, run, **counts, requests=1, at=now)
        return run

    @staticmethod
    def _begin(connection, table, at, owner="console 3 on erp"):
        how = {"mode": "incremental", "trigger": "tier", "owner": owner}
        return sync_runs.begin(connection, table, **how, at=at)

    def set_aside(self, table, column, reason, detail):
        with self._writing() as connection:
            found = {column: (reason, detail)}
            sync_map.set_aside(connection, table, found, self.workspace.now())

    def log(self, event, *, level="info", table=None, ago=0, **detail):
        at = self.workspace.now() - timedelta(seconds=ago)
        with self._writing() as connection:
            note(connection, at, Level(level), event, table=table, detail=detail)

    def log_many(self, count, **fields):
        """Put many entries into the log at once."""
        from nsconsole.store import sync_log

        row = {"at": self.workspace.now(), "run_id": None, "table_name": None, "level": "info"}
        row |= {"event": "stopped", "detail": '{"reason":"x"}'} | fields
        with self._writing() as connection:
            sync_log.append(connection, [row] * count)

    def link(self, state, detail, *, ago):
        since = self.workspace.now() - timedelta(seconds=ago)
        row = link.LinkRow(state, detail, "login", since)
        with self._writing() as connection:
            link.put(connection, self.workspace.settings.account, row)

    def entry(self, table):
        with self.workspace.database.reading() as connection:
            return sync_map.entry(connection, table)

    def tier(self, minutes):
        with self.workspace.database.reading() as connection:
            return next(t for t in tier_store.listed(connection) if t.minutes == minutes)

    def cancelled_by(self, run):
        with self.workspace.database.reading() as connection:
            return next(r for r in sync_runs.running(connection) if r.id == run).cancel_asked_by

    def remap(self, *tables):
        """Change the map behind the screen's back."""
        with self._writing() as connection:
            sync_map.put(connection, [mapped(name) for name in tables], self.workspace.now())

    def _writing(self):
        return self.workspace.database.writing()


@pytest.fixture
def workspace(open_workspace):
    """A workspace whose NetSuite nobody asks."""
    return open_workspace({"NSCONSOLE_ACCOUNT": "1234567_SB1"})


@pytest.fixture
def mirror(workspace):
    return Mirror(workspace)


@pytest.fixture
def furnished(mirror):
    """Seven tables in every state, and a day's log."""
    mirror.lay_down(customer=5, vendor=5, item=15, contact=5, transaction=5, currency=60, term=60)
    for ago, written in ((1500, 3), (1200, 0), (900, 41), (600, 7), (300, 12)):
        mirror.ran("customer", ago=ago, read=written, written=written)
    mirror.ran("customer", ago=120, read=4210, written=2, rows=86_415)
    mirror.ran("vendor", ago=600, read=80, written=5, rows=1_204)
    mirror.ran("contact", ago=7200, rows=9_310)
    mirror.ran("contact", ago=180, status="failed", error="NetSuite answered 500: UNEXPECTED_ERROR")
    mirror.ran("item", ago=300, read=12, written=1, rows=31_007)
    mirror.ran("currency", ago=1800, rows=9)
    mirror.set_aside("item", "custitem_shelf", "unknown", "Unknown identifier custitem_shelf")
    mirror.runs("transaction", for_seconds=10, read=123_000, expected=300_000)
    with mirror.workspace.database.writing() as connection:
        at = mirror.workspace.now()
        sync_map.pause(connection, "currency", "person", "", by="anna", at=at)
        tier_store.pause(connection, 60, by="anna", at=at)
    mirror.log("pull_began", table="transaction", ago=130, expected=300_000)
    mirror.log(
        "run_ended", table="customer", ago=120,
        mode="incremental", read=4210, written=2, deleted=0, requests=6,
    )  # fmt: skip
    mirror.log(
        "column_set_aside", level="warning", table="item", ago=100,
        column="custitem_shelf", reason="unknown", said="Unknown identifier custitem_shelf",
    )  # fmt: skip
    mirror.log("run_failed", level="error", table="contact", ago=60, error="NetSuite answered 500")
    mirror.log("overload", level="warning", ago=20, limit=4)
    return mirror


class SlowOverview:
    """How the mirror stands comes late, as from a slow disk, once `hold` was called."""

    def __init__(self, monkeypatch):
        from nsconsole.services.sync import overview

        self.held, self._free = threading.Event(), threading.Event()
        self._free.set()
        self._read = overview.overview
        monkeypatch.setattr(overview, "overview", self._late)

    def _late(self, workspace):
        found = self._read(workspace)
        if not self._free.is_set():
            self.held.set()
            self._free.wait(10)
        return found

    def hold(self):
        self._free.clear()

    def go_on(self):
        self._free.set()


@pytest.fixture
def slow_overview(monkeypatch):
    return SlowOverview(monkeypatch)


@pytest.fixture
def at_sync(sitting):
    """Sit down before the Sync screen of a console."""

    @asynccontextmanager
    async def sit(app, size=(80, 24)):
        async with sitting(app, size=size) as person:
            await person.press("2")
            await person.until_seen("Mirror ·")
            await person.until_seen("Log ·")
            yield person

    return sit
