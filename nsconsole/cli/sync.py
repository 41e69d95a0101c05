"""`sync`: the mirror brought up to date, now."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from nsconsole.cli import output
from nsconsole.cli.interruption import INTERRUPTED, interruptible
from nsconsole.cli.progress import Progress
from nsconsole.cli.session import opened
from nsconsole.services.sync import passes
from nsconsole.services.sync.reports import TableReport, TableStatus


def sync(args: Namespace) -> int:
    """Sync the tables named, those of a tier, or all."""
    with (
        opened(args) as workspace,
        interruptible() as interrupted,
        Progress("syncing") as progress,
    ):
        reports = passes.sync(
            workspace,
            args.tables or None,
            tier=args.tier,
            full=args.full,
            progress=lambda far: progress.tell(_how_far(far)),
            stopping=interrupted.is_set,
        )
    if args.json:
        output.document({"tables": [_described(report) for report in reports]})
    else:
        _show(reports)
    if interrupted.is_set():
        return INTERRUPTED
    return 0 if all(report.status is TableStatus.DONE for report in reports) else 1


def _how_far(far: passes.Progress) -> str:
    of = f" of {far.expected:,}" if far.expected is not None else ""
    return f"{far.tables_done} of {far.tables} tables done; {far.table} {far.rows:,}{of} rows"


def _described(report: TableReport) -> dict[str, object]:
    return asdict(report) | {"seconds": round(report.seconds, 3), "error": report.error or None}


def _show(reports: Sequence[TableReport]) -> None:
    if not reports:
        output.line("There are no tables to sync.")
        return
    headings = ("TABLE", "MODE", "STATUS", "READ", "WRITTEN", "DELETED", "REQUESTS", "SECONDS", "")
    output.table(headings, [_row(report) for report in reports])


def _row(report: TableReport) -> tuple[str, ...]:
    counts = (report.rows_read, report.rows_written, report.rows_deleted, report.requests)
    aside = f"set aside: {', '.join(report.dropped_columns)}" if report.dropped_columns else ""
    said = "; ".join(filter(None, (report.error, aside)))
    figures = (f"{count:,}" for count in counts)
    return report.table, report.mode, report.status, *figures, f"{report.seconds:.1f}", said
