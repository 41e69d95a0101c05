"""Reading what changed: by the cursor, from a little before where the last run ended.

A row can be committed after others that bear a later stamp, so each run looks back; what it reads
twice is absorbed by the upsert. And a stamp can lie in the future, so a run never begins later than
the last one did.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from nsconsole.mapping import Column, MappedTable
from nsconsole.netsuite.keyset import Query, by_cursor
from nsconsole.services.sync.fetching import FetchedPage, Place, pages
from nsconsole.services.sync.lines import queue_lines
from nsconsole.services.sync.run import CLOCKS, TableRun, Written
from nsconsole.services.sync.writing import upsert
from nsconsole.store import sync_state


def pull_changes(run: TableRun, state: sync_state.State) -> None:
    """Bring what was stamped since the last run, and move the watermark with each page."""
    table, watermark = run.table, state.watermark
    if watermark is None or table.cursor is None:
        raise ValueError(f"{table.name} has no watermark to go on from")
    since = _since(watermark, state.caught_up_at, run.workspace.settings.sync_lookback)

    def ask_for(
        table: MappedTable, columns: Sequence[Column], after: Place | None, upto: Place | None
    ) -> Query:
        return by_cursor(table, columns, since=since, after=after, upto=upto)

    for page in pages(run, ask_for, order=(table.cursor, *table.key)):
        if page.end is not None:
            watermark = max(watermark, page.end[0])
        run.write(partial(_write, run, page, watermark), read=len(page.rows))


def _since(watermark: str, caught_up_at: datetime | None, lookback: float) -> datetime:
    begin = datetime.fromisoformat(watermark)
    if caught_up_at is not None:
        # Nor does it begin much earlier, lest a table at rest be read from its last change on.
        begin = min(max(begin, caught_up_at - CLOCKS), caught_up_at)
    return begin - timedelta(seconds=lookback)


def _write(
    run: TableRun, page: FetchedPage, watermark: str, connection: Connection, at: datetime
) -> Written:
    queue_lines(connection, run, page)
    written = upsert(connection, run, page, at, only_changes=True)
    sync_state.advance(connection, run.table.name, watermark)
    return Written(written)
