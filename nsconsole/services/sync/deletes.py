"""Rows that are gone from NetSuite: those that `deletedrecord` tells of, and those it does not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from nsconsole.mapping import Column, MappedTable
from nsconsole.netsuite.keyset import Query, most_keys, of_keys
from nsconsole.services.sync.fetching import (
    FetchedPage,
    Place,
    by_key_between,
    keys_of,
    pages,
)
from nsconsole.services.sync.log import Level
from nsconsole.services.sync.run import TableRun, Written
from nsconsole.services.sync.whole import mark_vanished
from nsconsole.services.sync.writing import upsert
from nsconsole.store import mirror, sync_state
from nsconsole.store.mirror import Key


def apply_deletedrecord(run: TableRun) -> None:
    """Mark the rows that `deletedrecord` says were deleted, if NetSuite really has them no more.

    It keeps its entries for ever, and a record can be there again.
    """
    with run.workspace.database.reading() as connection:
        told = mirror.told_deleted(connection, run.table)
    gone = 0
    for keys in _batches(list(told), most_keys(run.table)):
        query = of_keys(run.table, (), [tuple(map(str, key)) for key in keys])
        there = set(keys_of(run.table, run.asker.ask(query).rows))
        moments = {key: told[key] for key in keys if key not in there}
        gone += run.write(partial(_mark_deleted, run.table, moments)).deleted
    if gone:
        run.log(Level.INFO, "rows_vanished", count=gone)


def _batches(keys: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    return (keys[at : at + size] for at in range(0, len(keys), size))


def _mark_deleted(
    table: MappedTable, moments: Mapping[Key, str], connection: Connection, _: datetime
) -> Written:
    return Written(deleted=mirror.mark_deleted(connection, table, moments))


def reconcile(run: TableRun) -> None:
    """Compare all keys of NetSuite's with the mirror's, and mend what is missing on either side."""
    read = missing = gone = 0
    for page in pages(run, by_key_between, order=run.table.key, only=()):
        with run.workspace.database.reading() as connection:
            known = mirror.known(connection, run.table, page.keys)
        unknown = [key for key in page.keys if key not in known]
        brought = list(_rows_of(run, unknown))
        done = run.write(partial(_mend, run, page, brought), read=sum(len(p.rows) for p in brought))
        read, missing, gone = read + len(page.keys), missing + done.rows, gone + done.deleted
    level = Level.WARNING if missing else Level.INFO
    run.log(level, "reconciled", rows=read, missing=missing, gone=gone)


def _rows_of(run: TableRun, keys: Sequence[Key]) -> Iterator[FetchedPage]:
    for some in _batches(keys, most_keys(run.table)):
        positions = [tuple(map(str, key)) for key in some]

        def ask_for(
            table: MappedTable,
            columns: Sequence[Column],
            _after: Place | None,
            _upto: Place | None,
            positions: Sequence[Place] = positions,
        ) -> Query:
            return of_keys(table, columns, positions)

        yield from pages(run, ask_for, order=run.table.key)


def _mend(
    run: TableRun,
    page: FetchedPage,
    brought: Sequence[FetchedPage],
    connection: Connection,
    at: datetime,
) -> Written:
    written = sum(upsert(connection, run, rows, at, only_changes=True) for rows in brought)
    gone = mark_vanished(connection, run.table, page, at)
    if page.last:
        sync_state.reconciled(connection, run.table.name, at)
    return Written(written, gone)
