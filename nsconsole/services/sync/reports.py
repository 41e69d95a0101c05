"""What came of syncing tables."""

from dataclasses import dataclass
from enum import StrEnum


class Trigger(StrEnum):
    """Who began a run."""

    TIER = "tier"
    PERSON = "person"


class TableStatus(StrEnum):
    """How a table's run ended."""

    DONE = "done"
    CANCELLED = "cancelled"  # between two pages; the next run goes on from there
    FAILED = "failed"
    PAUSED = "paused"
    SKIPPED = "skipped"  # the pass was stopped before its turn
    BUSY = "busy"  # another process syncs it


@dataclass(frozen=True, slots=True)
class TableReport:
    """What a run did to one table; `error` is a sentence, or "" if there is nothing to say."""

    table: str
    mode: str
    status: TableStatus
    rows_read: int = 0
    rows_written: int = 0
    rows_deleted: int = 0
    requests: int = 0
    dropped_columns: tuple[str, ...] = ()
    watermark: str | None = None
    seconds: float = 0.0
    error: str = ""
