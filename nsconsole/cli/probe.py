"""`probe`: which columns NetSuite really gives, and how full they are."""

from argparse import Namespace

from nsconsole.cli import output
from nsconsole.cli.progress import Progress
from nsconsole.cli.session import opened
from nsconsole.services.coverage.learning import Probed
from nsconsole.services.coverage.probing import probe_columns


def probe(args: Namespace) -> int:
    """Ask for the columns named, or for all that the catalog knows of the table."""
    with opened(args) as workspace, Progress("columns probed") as progress:
        found = probe_columns(workspace, args.table, args.columns, progress=progress)
    if args.json:
        columns = [_described(probed) for probed in found]
        output.document({"table": args.table.lower(), "columns": columns})
    else:
        output.table(("COLUMN", "QUERYABLE", "FILLED", "REASON"), [_row(each) for each in found])
        given = sum(probed.queryable for probed in found)
        output.line(f"NetSuite gives {given:,} of {len(found):,} columns.")
    return 0


def _described(probed: Probed) -> dict[str, object]:
    return {
        "column": probed.column,
        "queryable": probed.queryable,
        "reason": probed.reason,
        "detail": probed.detail or None,
        "filled": probed.filled,
        "sampled": probed.sampled,
    }


def _row(probed: Probed) -> tuple[str, ...]:
    queryable = "yes" if probed.queryable else "no"
    filled = f"{probed.filled:,} of {probed.sampled:,}" if probed.queryable else ""
    return probed.column, queryable, filled, (probed.reason or "").replace("_", " ")
