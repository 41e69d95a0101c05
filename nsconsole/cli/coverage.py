"""`coverage`: the gaps of the last audit, the audits, exclusions, and the page."""

from argparse import Namespace
from collections.abc import Sequence

from nsconsole.catalog import Key
from nsconsole.cli import output
from nsconsole.cli.session import authority, opened
from nsconsole.services.coverage.exclusions import exclude, include, named
from nsconsole.services.coverage.gaps import Gap, list_gaps
from nsconsole.services.coverage.history import AuditLine, GapMoved, audits, compare

_NO_AUDIT = "There was no audit yet; `nsconsole audit` makes one."


def coverage(args: Namespace) -> int:
    """Do what `coverage` was told to."""
    doing = {
        "gaps": _gaps,
        "history": _history,
        "compare": _compare,
        "exclude": _exclude,
        "include": _include,
        "open": _open,
    }
    doing[args.action or "gaps"](args)
    return 0


def _gaps(args: Namespace) -> None:
    with opened(args) as workspace:
        found = list_gaps(
            workspace,
            table=args.table,
            domain=args.domain,
            reason=args.reason,
            limit=args.limit,
        )
        audited = audits(workspace, limit=1)
    if args.json:
        audit_id = audited[0].id if audited else None
        output.document({"audit_id": audit_id, "gaps": [_described(gap) for gap in found]})
    elif found:
        headings = ("TABLE", "COLUMN", "WHAT", "REASON", "DOMAIN", "TYPE", "ROWS", "FILLED", "NOTE")
        output.table(headings, [_row(gap) for gap in found])
    else:
        output.line("There are no such gaps." if audited else _NO_AUDIT)


def _described(gap: Gap) -> dict[str, object]:
    return {
        "table": gap.table,
        "column": gap.column or None,
        "gap": gap.gap,
        "reason": gap.reason,
        "note": gap.note or None,
        "domain": gap.domain,
        "label": gap.label,
        "type": gap.kind,
        "native_type": gap.native_type or None,
        "rows": gap.rows,
        "filled": gap.filled,
        "sampled": gap.sampled,
        "priority": gap.priority,
        "since": gap.since,
    }


def _row(gap: Gap) -> tuple[str, ...]:
    rows = "" if gap.rows is None else f"{gap.rows:,}"
    filled = f"{100 * (gap.filled or 0) / gap.sampled:.0f} %" if gap.sampled else ""
    what, reason = gap.gap.replace("_", " "), gap.reason.replace("_", " ")
    return gap.table, gap.column, what, reason, gap.domain, gap.kind or "", rows, filled, gap.note


def _history(args: Namespace) -> None:
    with opened(args) as workspace:
        lines = audits(workspace)
    if args.json:
        output.document({"audits": [_described_audit(line) for line in lines]})
    elif lines:
        headings = ("AUDIT", "AT (UTC)", "BY", "COVERAGE", "COLUMNS", "TABLES", "CLOSED", "OPENED")
        output.table(headings, [_audit_row(line) for line in lines])
    else:
        output.line(_NO_AUDIT)


def _described_audit(line: AuditLine) -> dict[str, object]:
    return {
        "audit_id": line.id,
        "at": line.at,
        "trigger": line.trigger,
        "catalog_at": line.catalog_at,
        **counted(line),
        "opened": line.opened,
        "closed": line.closed,
        "seconds": round(line.seconds, 3),
    }


def counted(line: AuditLine) -> dict[str, object]:
    """What an audit counted, as JSON names it."""
    return {
        "tables_total": line.tables_total,
        "tables_mirrored": line.tables_mirrored,
        "columns_total": line.columns_total,
        "columns_mirrored": line.columns_mirrored,
        "coverage_percent": line.coverage_percent,
        "weighted_percent": line.weighted_percent,
    }


def _audit_row(line: AuditLine) -> tuple[str, ...]:
    return (
        str(line.id),
        output.minute(line.at),
        line.trigger,
        f"{line.coverage_percent:.2f} %",
        f"{line.columns_mirrored:,} of {line.columns_total:,}",
        f"{line.tables_mirrored:,} of {line.tables_total:,}",
        f"{line.closed:,}",
        f"{line.opened:,}",
    )


def _compare(args: Namespace) -> None:
    with opened(args) as workspace:
        delta = compare(workspace, args.earlier, args.later)
    if args.json:
        output.document(
            {
                "earlier": delta.earlier,
                "later": delta.later,
                "coverage_percent_before": delta.percent_before,
                "coverage_percent_after": delta.percent_after,
                "closed": [_described_move(gap) for gap in delta.closed],
                "opened": [_described_move(gap) for gap in delta.opened],
            }
        )
        return
    output.line(
        f"From audit {delta.earlier} to audit {delta.later}: coverage "
        f"{delta.percent_before:.2f} → {delta.percent_after:.2f} %; "
        f"gaps closed: {len(delta.closed):,}, opened: {len(delta.opened):,}."
    )
    moved = [("closed", gap) for gap in delta.closed] + [("opened", gap) for gap in delta.opened]
    if moved:
        output.line()
        output.table(("", "TABLE", "COLUMN", "WHAT", "REASON"), _moves(moved))


def _described_move(gap: GapMoved) -> dict[str, object]:
    return {
        "table": gap.table,
        "column": gap.column or None,
        "gap": gap.gap,
        "reason": gap.reason,
    }


def _moves(moved: Sequence[tuple[str, GapMoved]]) -> list[tuple[str, ...]]:
    return [
        (how, gap.table, gap.column, gap.gap.replace("_", " "), gap.reason.replace("_", " "))
        for how, gap in moved
    ]


def _exclude(args: Namespace) -> None:
    with opened(args) as workspace:
        exclude(workspace, authority(workspace, args), [_key(args)], args.note)
    _told(args, excluded=True)


def _include(args: Namespace) -> None:
    with opened(args) as workspace:
        include(workspace, authority(workspace, args), [_key(args)])
    _told(args, excluded=False)


def _key(args: Namespace) -> Key:
    return Key(args.table, args.column or "")


def _told(args: Namespace, *, excluded: bool) -> None:
    if args.json:
        output.document({"table": args.table, "column": args.column, "excluded": excluded})
        return
    name = named(args.table, args.column)
    what = "is excluded" if excluded else "is to be mirrored again"
    output.line(f"{name} {what}; the next audit counts it so.")


def _open(args: Namespace) -> None:
    from nsconsole.services.coverage.report.writing import open_report  # the page's template

    with opened(args) as workspace:
        page = open_report(workspace)
    if args.json:
        output.document({"page": str(page.path), "opened": page.shown})
    elif page.shown:
        output.line(f"The page is open in the browser: {page.path}")
    else:
        output.line(f"There is no browser to open it in. The page is {page.path}")
