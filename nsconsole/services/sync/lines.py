"""Lines of parents that changed: NetSuite does not tell of a line that was taken out of one.

Every parent whose stamp moved is put into a queue, in the transaction that writes it; all its lines
are read again then, and those of the mirror that are not among them are gone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from nsconsole.mapping import Column, MappedTable
from nsconsole.netsuite.keyset import Query, of_parents
from nsconsole.services.sync.fetching import FetchedPage, Place, pages
from nsconsole.services.sync.run import CLOCKS, TableRun, Written
from nsconsole.services.sync.writing import upsert
from nsconsole.store import mirror, sync_state

_AT_ONCE = 100  # parents whose lines one transaction brings


def queue_lines(connection: Connection, run: TableRun, page: FetchedPage) -> None:
    """Queue the rows of a page whose lines may have changed, before they are written.

    These are the rows whose stamp is new to the mirror, and those that it read so soon after they
    were stamped that more could follow in the same second.
    """
    table = run.table
    if not run.children or table.cursor is None:
        return
    known = mirror.stamps(connection, table, page.keys)
    caught_up_at = sync_state.get(connection, table.name).caught_up_at
    fresh = f"{caught_up_at - CLOCKS:%Y-%m-%dT%H:%M:%SZ}" if caught_up_at else ""
    stamps = [row.get(table.cursor) for row in page.rows]
    moved = [
        str(key[0])
        for key, stamp in zip(page.keys, stamps, strict=True)
        if known.get(key) != stamp or (stamp or "") >= fresh
    ]
    for child in run.children:
        sync_state.add_parents_due(connection, child.name, moved)


def pull_lines(run: TableRun) -> None:
    """Bring the lines of all parents that are queued, and drop those whose parent is gone."""
    child = run.table
    while True:
        with run.workspace.database.reading() as connection:
            due = sync_state.parents_due(connection, child.name, _AT_ONCE)
        if not due:
            break
        fetched = list(_pages_of(run, list(due)))
        run.write(partial(_write, run, due, fetched), read=sum(len(p.rows) for p in fetched))
    run.write(partial(_drop_orphans, run))


def _pages_of(run: TableRun, parents: Sequence[str]) -> list[FetchedPage]:
    def ask_for(
        table: MappedTable, columns: Sequence[Column], after: Place | None, _upto: Place | None
    ) -> Query:
        return of_parents(table, columns, parents, after=after)

    return list(pages(run, ask_for, order=run.table.key))


def _write(
    run: TableRun,
    due: Mapping[str, int],
    fetched: Sequence[FetchedPage],
    connection: Connection,
    at: datetime,
) -> Written:
    written = sum(upsert(connection, run, page, at, only_changes=True) for page in fetched)
    keys = [key for page in fetched for key in page.keys]
    gone = mirror.vanished_lines(connection, run.table, list(due), keys, at=at)
    sync_state.parents_done(connection, run.table.name, due)
    return Written(written, gone)


def _drop_orphans(run: TableRun, connection: Connection, at: datetime) -> Written:
    return Written(deleted=mirror.mark_orphans(connection, run.table, at=at))
