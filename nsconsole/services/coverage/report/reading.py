"""The figures of the page, read from the database alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from nsconsole.services.coverage.domains import domain_of
from nsconsole.services.coverage.report.figures import (
    AuditLine,
    Finding,
    GapLine,
    PhaseLine,
    Report,
    Share,
    TableLine,
)
from nsconsole.services.coverage.report.summing import domains, reasons, worth_closing
from nsconsole.services.errors import BadInputError
from nsconsole.services.phases.plan import from_json
from nsconsole.services.workspace import Workspace
from nsconsole.store import coverage_report as store

_MOST_AUDITS, _MOST_FINDINGS, _MOST_NEXT = 500, 50, 10


def read_report(workspace: Workspace, audit_id: int | None = None) -> Report:
    """Read the figures of an audit, or of the last.

    Of an earlier audit the gaps are those of then; the catalog's facts and the phases are of now.
    Raises BadInputError if there is no such audit.
    """
    with workspace.database.reading() as connection:
        audits = store.audits(connection, audit_id, limit=_MOST_AUDITS)
        if not audits or audit_id not in (None, audits[0].id):
            raise BadInputError(
                "there is no audit yet; `nsconsole audit` makes one"
                if audit_id is None
                else f"there is no audit {audit_id}"
            )
        last = audits[0]
        tables = _tables(store.tables(connection, last.id), store.gaps(connection, last.id))
        findings = store.findings(connection, last.id, limit=_MOST_FINDINGS)
        phases = store.phases(connection)
    return Report(
        account=workspace.settings.account or "",
        audit=_audit(last),
        catalog_at=last.catalog_at,
        trend=tuple(_audit(row) for row in reversed(audits)),
        domains=domains(tables),
        reasons=reasons(tables),
        findings=tuple(_finding(row) for row in findings),
        phases=tuple(_phase(row) for row in phases),
        next_tables=worth_closing(tables, most=_MOST_NEXT),
        tables=tables,
    )


def _audit(row: Row[Any]) -> AuditLine:
    return AuditLine(
        id=row.id,
        at=row.at,
        trigger=row.trigger,
        tables=Share(row.tables_mirrored, row.tables_total),
        columns=Share(row.columns_mirrored, row.columns_total),
        weighted_percent=row.weighted_percent,
        opened=row.opened,
        closed=row.closed,
    )


def _tables(rows: Iterable[Row[Any]], gaps: Iterable[Row[Any]]) -> tuple[TableLine, ...]:
    """Put tables and gaps together, the table with the largest gap first."""
    by_table: dict[str, list[GapLine]] = defaultdict(list)
    for gap in gaps:
        values: list[Any] = list(gap[1:])
        by_table[gap[0]].append(GapLine(*values))
    lines = (_table(row, by_table.get(row.name, [])) for row in rows)
    return tuple(sorted(lines, key=lambda line: (-line.columns.missing, line.name)))


def _table(row: Row[Any], gaps: Sequence[GapLine]) -> TableLine:
    own = next((gap for gap in gaps if not gap.column), None)
    of_columns = tuple(gap for gap in gaps if gap.column)
    missing = sum(gap.counts for gap in of_columns)
    mirrored = row.mapped and own is None
    return TableLine(
        name=row.name,
        label=row.label,
        domain=row.domain or domain_of(row.name, custom=False),
        rows=row.rows,
        tables=Share(int(mirrored), int(mirrored or (own is not None and own.counts))),
        columns=Share(row.mirrored, row.mirrored + missing),
        own=own,
        gaps=of_columns,
    )


def _finding(row: Row[Any]) -> Finding:
    return Finding(row.at, row.audit_id, row.heading, row.summary, row.seen_by or "")


def _phase(row: Row[Any]) -> PhaseLine:
    plan = from_json(row.plan_json)
    return PhaseLine(
        id=row.id,
        number=row.number,
        name=row.name,
        title=row.title,
        state=row.state,
        proposal_id=row.proposal_id,
        tables=len(plan.tables),
        columns=plan.new_columns,
        created_at=row.created_at,
        applied_at=row.applied_at,
        step=row.step or "",
        error=row.error or "",
    )
