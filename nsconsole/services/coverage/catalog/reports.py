"""What came of a fetch or of an import."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nsconsole.catalog import Event, Source
from nsconsole.store.catalog import Change


class FetchStatus(StrEnum):
    """How a fetch ended."""

    DONE = "done"
    PARTIAL = "partial"  # what failed is as it was before
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class SourceReport:
    """What came from one source: tables listed, and of how many tables it told the columns.

    `unchanged` counts the tables that are described as they were; `failed` has what NetSuite said
    of those that it did not describe, an empty name standing for the list.
    """

    tables: int = 0
    described: int = 0
    columns: int = 0
    unchanged: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What came of a fetch. `changes` counts what became of tables and of columns."""

    fetch_id: int
    status: FetchStatus
    requests: int
    seconds: float
    sources: Mapping[Source, SourceReport]
    changes: Mapping[Event, int]
    error: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import: the tables and columns that the file tells of."""

    fetch_id: int
    tables: int
    columns: int
    changes: Mapping[Event, int]


def counted(changes: Iterable[Change]) -> Counter[Event]:
    """Count changes by what happened."""
    return Counter(change.event for change in changes)
