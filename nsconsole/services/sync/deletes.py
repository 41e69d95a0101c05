"""Rows that are gone from NetSuite: those that `deletedrecord` tells of, and those it does not."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from nsconsole.mapping import DELETIONS, MappedTable
from nsconsole.netsuite.keyset import most_keys, of_keys
from nsconsole.services.sync.fetching import (
    FetchedPage,
    Range,
    by_key_between,
    keys_of,
    pages,
)
from nsconsole.services.sync.lines import queue_lines
from nsconsole.services.sync.log import Level
from nsconsole.services.sync.run import TableRun, Written
from nsconsole.services.sync.whole import mark_vanished, tell_unstamped
from nsconsole.services.sync.writing import upsert
from nsconsole.store import mirror, mirror_tables, sync_state
from nsconsole.store.mirror import Key

_PAGES = 200  # of a comparison at each run, lest what changed has to wait for it


def apply_deletedrecord(run: TableRun) -> None:
    """Mark the rows that `deletedrecord` says were deleted, if NetSuite really has them no more.

    It keeps its entries for ever, and a record can be there again.
    """
    with run.workspace.database.reading() as connection:
        if not mirror_tables.key_of(connection, f"ns_{DELETIONS}"):
            return  # it is not mapped: deletions are found by comparing keys alone
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


def reconcile(run: TableRun, state: sync_state.State) -> None:
    """Compare NetSuite's rows with the mirror's, and mend what differs on either side.

    That brings what changes without its row's stamp moving, too, such as balances. A large table is
    compared a part at each run, from where the last one left off. If there are rows without a
    stamp, the whole table is read from the next run on.
    """
    compared = _load(state.reconcile_json)
    if not run.table.has_ordered_key:
        compared = _Compared()  # what was seen of such keys is not kept from run to run
        run.write(partial(_forget_seen, run.table))
    budget = _PAGES if run.table.has_ordered_key else None
    left = [Range(compared.position)]
    for page in islice(pages(run, by_key_between, order=run.table.key, ranges=left), budget):
        if run.expected is None:
            run.expected = compared.rows + page.expected
        after = replace(
            compared,
            position=page.end,
            rows=compared.rows + len(page.keys),
            missing=compared.missing + _missing(run, page),
            unstamped=compared.unstamped + _unstamped(run, page),
        )
        done = run.write(partial(_mend, run, page, compared=after), read=len(page.keys))
        compared = replace(after, gone=after.gone + done.deleted)
        if page.last:
            level = Level.WARNING if compared.missing else Level.INFO
            counts = {"missing": compared.missing, "gone": compared.gone}
            run.log(level, "reconciled", rows=compared.rows, **counts)


@dataclass(frozen=True, slots=True)
class _Compared:
    """How far a comparison is, and what it has found."""

    position: tuple[str, ...] | None = None
    rows: int = 0
    missing: int = 0
    gone: int = 0
    unstamped: int = 0


def _load(text: str | None) -> _Compared:
    if text is None:
        return _Compared()
    kept = json.loads(text)
    return _Compared(**kept | {"position": tuple(kept["position"])})


def _forget_seen(table: MappedTable, connection: Connection, _: datetime) -> Written:
    mirror.forget_seen(connection, table)
    return Written()


def _missing(run: TableRun, page: FetchedPage) -> int:
    """Count the page's rows that the mirror has not, or has with another stamp."""
    cursor = run.table.cursor
    with run.workspace.database.reading() as connection:
        if cursor is None:
            return len(page.keys) - len(mirror.known(connection, run.table, page.keys))
        stamps = mirror.stamps(connection, run.table, page.keys)
    return sum(
        key not in stamps or stamps[key] != row.get(cursor)
        for key, row in zip(page.keys, page.rows, strict=True)
    )


def _unstamped(run: TableRun, page: FetchedPage) -> int:
    cursor = run.table.cursor
    return 0 if cursor is None else len(page.rows) - len(page.stamps(cursor))


def _mend(
    run: TableRun,
    page: FetchedPage,
    connection: Connection,
    at: datetime,
    *,
    compared: _Compared,
) -> Written:
    queue_lines(connection, run, page)
    written = upsert(connection, run, page, at, only_changes=True)
    gone = mark_vanished(connection, run, page, at)
    if page.last:
        sync_state.reconciled(connection, run.table.name, at)
        if compared.unstamped:
            tell_unstamped(connection, run, compared.unstamped)
            sync_state.advance(connection, run.table.name, None)
    else:
        place = json.dumps(asdict(compared))
        sync_state.save_reconciliation(connection, run.table.name, place)
    return Written(written, gone)
