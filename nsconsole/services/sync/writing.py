"""From a fetched page into the mirror: converted, upserted, and what did not fit told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from nsconsole.services.sync.convert import Misfit, convert
from nsconsole.services.sync.fetching import FetchedPage, UnreadableError
from nsconsole.services.sync.log import Level
from nsconsole.services.sync.run import TableRun
from nsconsole.store import mirror, mirror_tables


def upsert(
    connection: Connection, run: TableRun, page: FetchedPage, at: datetime, *, only_changes: bool
) -> int:
    """Write a page's rows; give how many were really written."""
    rows, misfits = convert(page.columns, page.rows)
    tell_misfits(connection, run, misfits)
    names = [column.name for column in page.columns]
    return mirror.upsert(connection, run.table, names, rows, at=at, only_changes=only_changes)


def tell_misfits(connection: Connection, run: TableRun, misfits: Sequence[Misfit]) -> None:
    """Log what is no value of its column's kind, and widen a column that would round it."""
    for misfit in misfits:
        name, kind = misfit.column.name, misfit.column.kind.value
        if name in run.table.key:
            raise UnreadableError(f"the key {name} is {kind}, but holds {misfit.example[:100]}")
        if name not in run.misfits:
            run.log_with(
                connection, Level.WARNING, "value_misfit",
                column=name, kind=kind, example=misfit.example[:200],
            )  # fmt: skip
        run.misfits[name] = run.misfits.get(name, 0) + misfit.count
        if misfit.rounds and name not in run.widened:
            run.widened.add(name)
            if mirror_tables.widen(connection, run.table, name):
                run.log_with(
                    connection, Level.WARNING, "column_widened",
                    column=name, example=misfit.example[:200],
                )  # fmt: skip
