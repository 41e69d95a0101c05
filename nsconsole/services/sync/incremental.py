"""Reading what changed: by the cursor, from a little before where the last run ended.

A row can be committed after others that bear a later stamp, so each run looks back; what it reads
twice is absorbed by the upsert. And a stamp can lie in the future, so a run never begins later than
the last one did.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from nsconsole.mapping import Column, MappedTable
from nsconsole.netsuite.keyset import Query, by_cursor
from nsconsole.services.sync.fetching import FetchedPage, Place, Range, pages
from nsconsole.services.sync.lines import queue_lines
from nsconsole.services.sync.run import TableRun, Written
from nsconsole.services.sync.writing import upsert
from nsconsole.store import sync_state


@dataclass(frozen=True, slots=True)
class _Reading:
    """How far a reading of changes is: begun when, from where on, and read up to which place."""

    began: str
    since: str
    after: tuple[str, ...] | None = None


def pull_changes(run: TableRun, state: sync_state.State) -> None:
    """Bring what was stamped since the last run, and move the watermark with each page.

    A reading that was cut off goes on where it stopped; what was committed late meanwhile is read
    by the next one, which looks back from the moment when this one had begun.
    """
    table, watermark = run.table, state.watermark
    if watermark is None or table.cursor is None:
        raise ValueError(f"{table.name} has no watermark to go on from")
    reading = _load(state.changes_json) or _begin(run, state, watermark)
    run.began = datetime.fromisoformat(reading.began)
    since = datetime.fromisoformat(reading.since)

    def ask_for(
        table: MappedTable, columns: Sequence[Column], after: Place | None, upto: Place | None
    ) -> Query:
        return by_cursor(table, columns, since=since, after=after, upto=upto)

    order = (table.cursor, *table.key)
    for page in pages(run, ask_for, order=order, ranges=[Range(reading.after)]):
        if page.end is not None:
            watermark = max(watermark, page.end[0])
        reading = replace(reading, after=page.end)
        work = partial(_write, run, page, watermark, left=None if page.last else reading)
        run.write(work, read=len(page.rows))


def _load(text: str | None) -> _Reading | None:
    if text is None:
        return None
    kept = json.loads(text)
    return _Reading(kept["began"], kept["since"], tuple(kept["after"]))


def _begin(run: TableRun, state: sync_state.State, watermark: str) -> _Reading:
    since = _since(watermark, state.caught_up_at, run.workspace.settings.sync_lookback)
    return _Reading(run.began.isoformat(), since.isoformat())


def _since(watermark: str, caught_up_at: datetime | None, lookback: float) -> datetime:
    newest = datetime.fromisoformat(watermark)
    begin = newest if caught_up_at is None else min(newest, caught_up_at)
    return begin - timedelta(seconds=lookback)


def _write(
    run: TableRun,
    page: FetchedPage,
    watermark: str,
    connection: Connection,
    at: datetime,
    *,
    left: _Reading | None,
) -> Written:
    queue_lines(connection, run, page)
    written = upsert(connection, run, page, at, only_changes=True)
    place = json.dumps(asdict(left)) if left else None
    sync_state.save_changes(connection, run.table.name, watermark=watermark, changes_json=place)
    return Written(written)
