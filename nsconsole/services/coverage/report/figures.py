"""The figures of the page: values alone, as they stood at one audit."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from nsconsole.catalog import Reason
from nsconsole.services.coverage.history import percent

if TYPE_CHECKING:
    from collections.abc import Iterable


class Standing(StrEnum):
    """How a table stands; the word is what the page shows."""

    WHOLE = "mirrored"
    PARTLY = "partly mirrored"
    MISSING = "not mirrored"
    EXCLUDED = "excluded"
    NOT_GIVEN = "not queryable"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of a total."""

    mirrored: int
    total: int

    @property
    def percent(self) -> float | None:
        """The share in percent, to two digits; 100 only if it is all, None if there is nothing."""
        return percent(self.mirrored, self.total) if self.total else None

    @property
    def missing(self) -> int:
        """What is left."""
        return self.total - self.mirrored

    @staticmethod
    def all_of(shares: "Iterable[Share]") -> "Share":
        """Add up."""
        each = list(shares)
        return Share(sum(one.mirrored for one in each), sum(one.total for one in each))


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An audit; `weighted_percent` is by rows and fill, None where these are not known.

    `opened` counts the gaps that it found first, `closed` those that it found no more.
    """

    id: int
    at: datetime
    trigger: str
    tables: Share
    columns: Share
    weighted_percent: float | None
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class DomainLine:
    """A domain with what it has."""

    name: str
    tables: Share
    columns: Share


@dataclass(frozen=True, slots=True)
class GapLine:
    """A column with which something is amiss, and what; without a name it is the table itself.

    `counts` tells whether coverage lacks it. The lower the `priority`, the sooner it is worth
    closing. `filled` of the `sampled` rows had a value in it; None if nobody looked. `note` is the
    operator's who excluded it.
    """

    column: str
    reason: str
    kind: str
    counts: bool
    priority: int = 0
    filled: int | None = None
    sampled: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table of NetSuite's with the gaps of its columns; `own` is that of the table itself.

    `tables` is 1 of 1 if the table is mirrored, 0 of 1 if it is to be.
    """

    name: str
    label: str
    domain: str
    rows: int | None
    tables: Share
    columns: Share
    own: GapLine | None
    gaps: tuple[GapLine, ...]

    @property
    def standing(self) -> Standing:
        """How it stands as a whole."""
        if self.own is not None and self.own.reason == Reason.EXCLUDED:
            return Standing.EXCLUDED
        if not self.tables.total and not self.columns.total:
            return Standing.NOT_GIVEN
        if not self.columns.mirrored:
            return Standing.MISSING
        return Standing.PARTLY if self.columns.missing else Standing.WHOLE

    @property
    def all_gaps(self) -> tuple[GapLine, ...]:
        """Its own gap, if it has one, and those of its columns."""
        return self.gaps if self.own is None else (self.own, *self.gaps)


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How many tables and columns have gaps for one reason, and whether coverage lacks them."""

    reason: str
    counts: bool
    tables: int
    columns: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found that somebody should look at."""

    at: datetime
    audit_id: int
    heading: str
    summary: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase; `step` is what it is at, or where it failed, with the `error`."""

    id: int
    number: int
    name: str
    title: str
    state: str
    proposal_id: int | None
    tables: int
    columns: int
    created_at: datetime
    applied_at: datetime | None
    step: str
    error: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page and its JSON twin tell. `trend` has the audits, the oldest first."""

    account: str
    audit: AuditLine
    catalog_at: datetime | None
    trend: tuple[AuditLine, ...]
    domains: tuple[DomainLine, ...]
    reasons: tuple[ReasonLine, ...]
    findings: tuple[Finding, ...]
    phases: tuple[PhaseLine, ...]
    next_tables: tuple[TableLine, ...]
    tables: tuple[TableLine, ...]
