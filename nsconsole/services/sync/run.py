"""One run of one table: what it asks for, what it has done so far, and how others learn of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection

from nsconsole.mapping import MappedTable
from nsconsole.services.sync.asking import Asker
from nsconsole.services.sync.halt import Halt, StoppedError
from nsconsole.services.sync.log import Level, note
from nsconsole.services.sync.reports import Trigger
from nsconsole.services.workspace import Workspace
from nsconsole.store import sync_runs

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

CLOCKS = timedelta(minutes=5)
"""By how much NetSuite's clock and ours may differ: it refuses whose clock is further off."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What the runs of one pass share."""

    workspace: Workspace
    netsuite: "NetSuite"
    halt: Halt
    full: bool
    trigger: Trigger


class CancelledError(StoppedError):
    """Somebody cancelled this run, perhaps from another process."""


class PausedError(Exception):
    """The table cannot be synced until something about it is mended; `reason` is a word for it."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Written(NamedTuple):
    """Rows that a transaction really wrote, and rows that it marked as gone."""

    rows: int = 0
    deleted: int = 0


@dataclass(slots=True)
class TableRun:
    """A run under way.

    `table` is what is asked for: the mapped table without the columns that are set aside, of which
    there may be more as the run goes on.
    """

    workspace: Workspace
    id: int
    table: MappedTable
    asker: Asker
    halt: Halt
    first: bool  # whether the table was never read to its end before
    lenient: bool  # whether a person wants it whole, however much of it is gone
    began: datetime  # what NetSuite held then, the mirror holds when the run has ended well
    children: tuple[MappedTable, ...] = ()
    progress: Callable[[int, int | None], None] = lambda rows, expected: None
    expected: int | None = None
    dropped: list[str] = field(default_factory=list)
    rows_read: int = 0
    rows_written: int = 0
    rows_deleted: int = 0
    widened: set[str] = field(default_factory=set)
    misfits: dict[str, int] = field(default_factory=dict)
    vanished: int = 0
    _told_requests: int = 0

    def write(self, work: Callable[[Connection, datetime], Written], *, read: int = 0) -> Written:
        """Do `work` in one transaction, with the news of it; `read` is the rows it is made of.

        Raises CancelledError after the commit if somebody asked for an end.
        """
        requests, at = self.asker.requests, self.workspace.now()
        with self.workspace.database.writing() as connection:
            written = work(connection, at)
            cancelled = sync_runs.progress(
                connection,
                self.id,
                rows_read=read,
                rows_written=written.rows,
                rows_deleted=written.deleted,
                requests=requests - self._told_requests,
                at=at,
            )
        self._told_requests = requests
        self.rows_read += read
        self.rows_written += written.rows
        self.rows_deleted += written.deleted
        self.progress(self.rows_read, self.expected)
        if cancelled:
            raise CancelledError("cancelled")
        return written

    @property
    def untold_requests(self) -> int:
        """Requests since the last news."""
        return self.asker.requests - self._told_requests

    def log(self, level: Level, event: str, **detail: object) -> None:
        """Put an entry into the log."""
        with self.workspace.database.writing() as connection:
            self.log_with(connection, level, event, **detail)

    def log_with(self, connection: Connection, level: Level, event: str, **detail: object) -> None:
        """Put an entry into the log, in the transaction of what it tells of."""
        at = self.workspace.now()
        note(connection, at, level, event, table=self.table.name, run_id=self.id, detail=detail)
