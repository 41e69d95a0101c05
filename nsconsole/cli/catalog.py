"""`catalog show`, `catalog fetch`, `catalog import` and `catalog export-script`."""

from argparse import Namespace
from collections.abc import Mapping, Sequence

from nsconsole.catalog import Source
from nsconsole.cli import output
from nsconsole.cli.interruption import INTERRUPTED, interruptible
from nsconsole.cli.progress import Progress
from nsconsole.cli.reading import read_input
from nsconsole.cli.session import opened
from nsconsole.services.coverage.catalog import reading
from nsconsole.services.coverage.catalog.fetching import fetch_catalog
from nsconsole.services.coverage.catalog.importing import LARGEST, export_script, import_export
from nsconsole.services.coverage.catalog.reading import (
    CatalogColumn,
    CatalogTable,
    ColumnRow,
    Fact,
    TableLine,
    TableRow,
)
from nsconsole.services.coverage.catalog.reports import FetchReport, FetchStatus
from nsconsole.services.errors import BadInputError
from nsconsole.services.workspace import Workspace

_HINT = "Paste what the script saved, then Ctrl-D."
_EMPTY = "The catalog is empty so far; `nsconsole catalog fetch` asks NetSuite for it."


def catalog(args: Namespace) -> int:
    """Do what `catalog` was told to."""
    doing = {"show": _show, "fetch": _fetch, "import": _import, "export-script": _export_script}
    return doing[args.action or "show"](args)


def _show(args: Namespace) -> int:
    with opened(args) as workspace:
        if args.table is not None:
            _show_table(_known(workspace, args.table), as_json=args.json)
        else:
            _show_tables(workspace, as_json=args.json)
    return 0


def _known(workspace: Workspace, name: str) -> CatalogTable:
    found = reading.table(workspace, name.lower())
    if found is None:
        raise BadInputError(f"the catalog has no table {name}; `nsconsole catalog` lists it whole")
    return found


def _show_tables(workspace: Workspace, *, as_json: bool) -> None:
    lines = reading.tables(workspace)
    if as_json:
        at = reading.told_at(workspace)
        output.document({"told_at": at, "tables": [_described_line(line) for line in lines]})
    elif lines:
        headings = ("TABLE", "DOMAIN", "COLUMNS", "QUERYABLE", "STATE", "LABEL")
        output.table(headings, [_table_cells(line) for line in lines])
    else:
        output.line(_EMPTY)


def _described_line(line: TableLine) -> dict[str, object]:
    return _described_row(line.row) | {
        "gone_at": line.row.gone_at,
        "columns": line.columns,
        "queryable": line.queryable,
    }


def _described_row(row: TableRow) -> dict[str, object]:
    return {
        "table": row.name,
        "label": row.label,
        "domain": row.domain,
        "custom": row.custom,
        "state": row.state,
        "reason": row.reason,
        "disagrees": row.disagrees,
    }


def _table_cells(line: TableLine) -> tuple[str, ...]:
    row = line.row
    counts = f"{line.columns:,}", f"{line.queryable:,}"
    return row.name, row.domain, *counts, _standing(row), row.label


def _standing(row: TableRow | ColumnRow) -> str:
    if row.gone_at is not None:
        return "gone"
    return row.state if row.reason is None else f"{row.state}: {row.reason}"


def _show_table(table: CatalogTable, *, as_json: bool) -> None:
    if as_json:
        output.document(_described(table))
        return
    row = table.row
    output.line(f"{row.name}  {row.label}".rstrip())
    output.line(f"{row.domain}, {_standing(row)}; told by {_told_by(table.says)}")
    cells = [
        (
            each.row.name,
            each.row.kind,
            each.row.native_type,
            _standing(each.row),
            _told_by(each.says) + (" (they differ)" if each.row.disagrees else ""),
            each.row.label,
        )
        for each in table.columns
    ]
    if cells:
        output.table(("COLUMN", "KIND", "TYPE", "STATE", "TOLD BY", "LABEL"), cells)
    for at, change in table.history:
        what = " → ".join(filter(None, (change.before, change.after)))
        output.line(f"{output.minute(at)}  {change.event}  {change.name or row.name}  {what}")


def _told_by(says: Mapping[Source, Fact]) -> str:
    return ", ".join(_word(says[source]) for source in Source if source in says) or "nobody"


def _word(fact: Fact) -> str:
    if fact.exposed is not False:
        return fact.source
    return f"{fact.source} (no: {fact.reason})" if fact.reason else f"{fact.source} (no)"


def _described(table: CatalogTable) -> dict[str, object]:
    return _described_row(table.row) | {
        "first_seen_at": table.row.first_seen_at,
        "gone_at": table.row.gone_at,
        "says": _said(table.says),
        "columns": [_described_column(each) for each in table.columns],
        "history": [{"at": at, **change._asdict()} for at, change in table.history],
    }


def _described_column(column: CatalogColumn) -> dict[str, object]:
    row = column.row
    return {
        "column": row.name,
        "label": row.label,
        "kind": row.kind,
        "native_type": row.native_type,
        "custom": row.custom,
        "refers_to": row.refers_to,
        "state": row.state,
        "reason": row.reason,
        "disagrees": row.disagrees,
        "first_seen_at": row.first_seen_at,
        "gone_at": row.gone_at,
        "says": _said(column.says),
    }


def _said(says: Mapping[Source, Fact]) -> dict[str, object]:
    words = ("at", "shown_name", "label", "native_type", "exposed", "reason", "refers_to")
    return {
        source.value: {word: getattr(fact, word) for word in words} for source, fact in says.items()
    }


def _fetch(args: Namespace) -> int:
    with (
        opened(args) as workspace,
        interruptible() as interrupted,
        Progress("tables described") as progress,
    ):
        report = fetch_catalog(workspace, progress=progress, stopping=interrupted.is_set)
    if args.json:
        output.document(_reported(report))
    else:
        _tell(report)
    if report.status is FetchStatus.CANCELLED:
        return INTERRUPTED
    return 0 if report.status is FetchStatus.DONE else 1


def _reported(report: FetchReport) -> dict[str, object]:
    return {
        "fetch_id": report.fetch_id,
        "status": report.status,
        "requests": report.requests,
        "seconds": round(report.seconds, 3),
        "sources": {
            source.value: {
                "tables": told.tables,
                "described": told.described,
                "columns": told.columns,
                "unchanged": told.unchanged,
                "failed": told.failed,
            }
            for source, told in report.sources.items()
        },
        "changes": {event.value: count for event, count in report.changes.items()},
        "error": report.error or None,
    }


def _tell(report: FetchReport) -> None:
    rows = [
        (source.value, f"{told.tables:,}", f"{told.described:,}", f"{told.unchanged:,}",
         f"{told.columns:,}", f"{len(told.failed):,}")
        for source, told in report.sources.items()
    ]  # fmt: skip
    output.table(("SOURCE", "TABLES", "DESCRIBED", "AS BEFORE", "COLUMNS", "FAILED"), rows)
    seconds = f"{report.seconds:.1f} s"
    output.line(f"{report.status}: {report.requests:,} requests in {seconds}; {_news(report)}")
    for name, why in _failures(report)[:20]:
        output.line(f"not told: {name}: {why}")


def _news(report: FetchReport) -> str:
    counts = (f"{count:,} {event.value}" for event, count in report.changes.items())
    return ", ".join(counts) or "nothing has changed"


def _failures(report: FetchReport) -> Sequence[tuple[str, str]]:
    return [
        (f"{source} {name}".strip() if name else f"the list of {source}", why)
        for source, told in report.sources.items()
        for name, why in told.failed.items()
    ]


def _import(args: Namespace) -> int:
    data = read_input(args.file, most=LARGEST + 1, hint=_HINT)
    with opened(args) as workspace:
        report = import_export(workspace, data)
    if args.json:
        changes = {event.value: count for event, count in report.changes.items()}
        output.document(
            {
                "fetch_id": report.fetch_id,
                "tables": report.tables,
                "columns": report.columns,
                "changes": changes,
            }
        )
    else:
        output.line(f"{report.tables:,} tables and {report.columns:,} columns are in the catalog.")
    return 0


def _export_script(args: Namespace) -> int:
    if args.json:
        output.document({"script": export_script()})
    else:
        output.line(export_script().rstrip())
    return 0
