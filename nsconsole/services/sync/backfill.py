"""Filling in columns that came back, or that are new in the map: these alone, row by row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from nsconsole.services.sync.convert import convert
from nsconsole.services.sync.fetching import FetchedPage, Place, Range, by_key_between, pages
from nsconsole.services.sync.log import Level
from nsconsole.services.sync.run import TableRun, Written
from nsconsole.services.sync.writing import tell_misfits
from nsconsole.store import mirror, sync_map


def backfill(run: TableRun, due: Mapping[str, Place | None]) -> None:
    """Fill in the columns that are due, each from the place where it was left."""
    together: dict[Place | None, list[str]] = defaultdict(list)
    asked = {column.name for column in run.table.columns}
    for name, place in due.items():
        if name in asked:
            together[place].append(name)
    for place, names in together.items():
        _fill(run, names, place)


def _fill(run: TableRun, names: Sequence[str], start: Place | None) -> None:
    filled = 0
    for page in pages(run, by_key_between, order=run.table.key, ranges=[Range(start)], only=names):
        filled += run.write(partial(_write, run, names, page), read=len(page.rows)).rows
    run.log(Level.INFO, "column_filled", columns=list(names), rows=filled)


def _write(
    run: TableRun, names: Sequence[str], page: FetchedPage, connection: Connection, at: datetime
) -> Written:
    values, misfits = convert(page.columns, page.rows)
    tell_misfits(connection, run, misfits)
    rows = [(*cells, *key) for cells, key in zip(values, page.keys, strict=False)]
    filled = mirror.fill(connection, run.table, [c.name for c in page.columns], rows, at=at)
    left = None if page.last else page.end
    sync_map.note_backfill(connection, run.table.name, names, left)
    return Written(filled)
