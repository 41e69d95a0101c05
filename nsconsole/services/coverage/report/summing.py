"""Figures that are made of those of the tables."""

from collections import defaultdict
from collections.abc import Iterable

from nsconsole.services.coverage.report.figures import DomainLine, ReasonLine, Share, TableLine


def domains(tables: Iterable[TableLine]) -> tuple[DomainLine, ...]:
    """Add up the domains that NetSuite gives anything of, the one with the largest gap first."""
    by_domain: dict[str, list[TableLine]] = defaultdict(list)
    for table in tables:
        if table.tables.total or table.columns.total:
            by_domain[table.domain].append(table)
    lines = (
        DomainLine(
            name,
            tables=Share.all_of(table.tables for table in own),
            columns=Share.all_of(table.columns for table in own),
        )
        for name, own in by_domain.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.columns.missing, line.name)))


def reasons(tables: Iterable[TableLine]) -> tuple[ReasonLine, ...]:
    """Count tables and columns by reason, what coverage lacks first."""
    names: dict[tuple[str, bool], set[str]] = defaultdict(set)
    columns: dict[tuple[str, bool], int] = defaultdict(int)
    for table in tables:
        for gap in table.all_gaps:
            key = gap.reason, gap.counts
            names[key].add(table.name)
            columns[key] += gap.column != ""
    lines = (
        ReasonLine(reason, counts, tables=len(names[reason, counts]), columns=number)
        for (reason, counts), number in columns.items()
    )
    return tuple(sorted(lines, key=lambda line: (not line.counts, -line.columns, line.reason)))


def worth_closing(tables: Iterable[TableLine], *, most: int) -> tuple[TableLine, ...]:
    """Give at most so many tables with gaps to close, the most valuable first."""
    valued = (
        (min(gap.priority for gap in table.all_gaps if gap.counts), table.name, table)
        for table in tables
        if any(gap.counts for gap in table.all_gaps)
    )
    return tuple(table for _, _, table in sorted(valued, key=lambda each: each[:2])[:most])
