"""`audit`: what of NetSuite is not mirrored, and why."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from nsconsole.cli import output
from nsconsole.cli.coverage import counted
from nsconsole.cli.interruption import INTERRUPTED, interruptible
from nsconsole.cli.progress import Progress
from nsconsole.cli.session import opened
from nsconsole.services.coverage import audit as service
from nsconsole.services.coverage.audit import AuditReport
from nsconsole.services.coverage.gaps import Gap, drifted, missing_columns, missing_tables
from nsconsole.services.coverage.history import Delta, GapMoved, audits, compare, table_shares
from nsconsole.services.errors import ServiceError
from nsconsole.services.workspace import Workspace

_MOST_TOLD = 10  # of what is no longer as it is mapped
_WHAT = {
    "mapped_gone": "mapped, and NetSuite no longer gives it",
    "set_aside": "set aside by the sync",
    "type_changed": "of another type than it is mapped",
}


def audit(args: Namespace) -> int:
    """Fetch the catalog, unless told not to, and compare."""
    with opened(args) as workspace:
        report = _audit(workspace, args)
        if report is None:
            return INTERRUPTED
        delta = _delta(workspace, report.audit_id)
        if args.json:
            output.document(_document(workspace, report, delta))
        else:
            _show(workspace, report, delta)
    return 0


def _audit(workspace: Workspace, args: Namespace) -> AuditReport | None:
    """Audit; None if the person interrupted it."""
    with interruptible() as interrupted, Progress("auditing") as progress:
        try:
            return service.audit(
                workspace,
                trigger="person",
                fetch=not args.cached,
                also=Path(args.html) if args.html else None,
                progress=progress.tell,
                stopping=interrupted.is_set,
            )
        except ServiceError:
            if interrupted.is_set():
                return None
            raise


def _delta(workspace: Workspace, audit_id: int) -> Delta | None:
    """Compare with the audit before; None if there was none."""
    earlier = [line.id for line in audits(workspace, limit=2) if line.id < audit_id]
    return compare(workspace, earlier[0], audit_id) if earlier else None


def _document(workspace: Workspace, report: AuditReport, delta: Delta | None) -> dict[str, object]:
    line, drift = report.line, drifted(workspace)
    return {
        "audit_id": line.id,
        "at": line.at,
        "catalog_at": line.catalog_at,
        "incomplete": report.incomplete or None,
        **counted(line),
        "domains": [
            {
                "domain": domain.name,
                "tables_total": domain.tables_total,
                "tables_mirrored": domain.tables_mirrored,
                "columns_total": domain.total,
                "columns_mirrored": domain.mirrored,
            }
            for domain in report.domains
        ],
        "tables": [
            {
                "table": table.name,
                "columns_total": table.total,
                "columns_mirrored": table.mirrored,
                "coverage_percent": table.coverage_percent,
            }
            for table in table_shares(workspace)
        ],
        "missing_tables": missing_tables(workspace),
        "missing_columns": [
            {"table": table, "column": column, "type": kind}
            for table, column, kind in missing_columns(workspace)
        ],
        "drifted_columns": [
            {"table": gap.table, "column": gap.column, "what": gap.gap, "reason": gap.reason}
            for gap in drift
            if gap.column
        ],
        "drifted_tables": [
            {"table": gap.table, "what": gap.gap, "reason": gap.reason}
            for gap in drift
            if not gap.column
        ],
        "delta": _moved(line.opened, line.closed, delta),
    }


def _moved(opened: int, closed: int, delta: Delta | None) -> dict[str, object]:
    return {
        "since": delta.earlier if delta else None,
        "opened": opened,
        "closed": closed,
        "columns_opened": _columns(delta.opened if delta else ()),
        "columns_closed": _columns(delta.closed if delta else ()),
        "tables_opened": _tables(delta.opened if delta else ()),
        "tables_closed": _tables(delta.closed if delta else ()),
        "coverage_percent_before": delta.percent_before if delta else None,
    }


def _columns(gaps: Sequence[GapMoved]) -> list[dict[str, str]]:
    return [{"table": gap.table, "column": gap.column} for gap in gaps if gap.column]


def _tables(gaps: Sequence[GapMoved]) -> list[str]:
    return [gap.table for gap in gaps if not gap.column]


def _show(workspace: Workspace, report: AuditReport, delta: Delta | None) -> None:
    line = report.line
    output.line(
        f"Audit {line.id}: {line.coverage_percent:.2f} % of what NetSuite gives is mirrored, "
        f"{line.columns_mirrored:,} of {line.columns_total:,} columns and "
        f"{line.tables_mirrored:,} of {line.tables_total:,} tables."
    )
    if line.weighted_percent is not None:
        output.line(f"By rows and fill, where these are known: {line.weighted_percent:.2f} %.")
    if delta:
        output.line(
            f"Since audit {delta.earlier} ({delta.percent_before:.2f} %): "
            f"gaps closed: {line.closed:,}, opened: {line.opened:,}."
        )
    if report.incomplete:
        output.line(f"Of the catalog this is as it was before: {report.incomplete}")
    output.line()
    output.table(
        ("DOMAIN", "MIRRORED", "COLUMNS", "%", "TABLES"),
        [
            (
                domain.name,
                f"{domain.mirrored:,}",
                f"{domain.total:,}",
                f"{domain.coverage_percent:.2f}",
                f"{domain.tables_mirrored:,} of {domain.tables_total:,}",
            )
            for domain in report.domains
        ],
    )
    for told in _drift(drifted(workspace)):
        output.line(told)
    output.line()
    output.line(f"The page: {workspace.settings.home / 'coverage' / 'netsuite-coverage.html'}")
    output.line("`nsconsole coverage` lists the gaps, `nsconsole phase plan` closes the next ones.")


def _drift(gaps: Sequence[Gap]) -> Iterator[str]:
    whole = {gap.table for gap in gaps if not gap.column}
    told = [gap for gap in gaps if not gap.column or gap.table not in whole]
    if told:
        yield ""
    for gap in told[:_MOST_TOLD]:
        name = f"{gap.table}.{gap.column}" if gap.column else gap.table
        yield f"{name}: {_WHAT[gap.gap]}"
    if len(told) > _MOST_TOLD:
        yield f"… and {len(told) - _MOST_TOLD:,} more"
