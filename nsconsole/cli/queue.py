"""`drain` and `queue`."""

from argparse import Namespace
from dataclasses import asdict

from nsconsole.cli import output
from nsconsole.cli.interruption import INTERRUPTED, interruptible
from nsconsole.cli.session import opened
from nsconsole.services import pushes
from nsconsole.services.pushes import DrainReport, Push

_ALL = 2**63 - 1


def drain(args: Namespace) -> int:
    """Send what is queued."""
    with opened(args) as workspace, interruptible() as interrupted:
        report = pushes.drain(workspace, limit=args.limit, stopping=interrupted.is_set)
    if args.json:
        output.document(asdict(report))
    else:
        output.line(_told(report))
    if interrupted.is_set():
        return INTERRUPTED
    return 1 if report.retried or report.dead or report.stopped else 0


def _told(report: DrainReport) -> str:
    figures = f"{report.applied} applied, {report.retried} to be tried again, {report.dead} dead"
    stopped = f"\nEnded early: {report.stopped}" if report.stopped else ""
    return f"{figures}; {report.waiting} waiting.{stopped}"


def queue(args: Namespace) -> int:
    """List pushes."""
    with opened(args) as workspace:
        found = pushes.list_pushes(workspace, status=args.status, limit=args.limit or _ALL)
    if args.json:
        output.document({"pushes": [asdict(push) for push in found]})
    elif found:
        headings = ("ID", "PROPOSAL", "STATUS", "ATTEMPTS", "NEXT (UTC)", "NETSUITE ID", "ERROR")
        output.table(headings, [_row(push) for push in found])
    else:
        output.line("There are no pushes." if not args.status else f"No push is {args.status}.")
    return 0


def _row(push: Push) -> tuple[str, ...]:
    return (
        str(push.id),
        str(push.proposal_id),
        push.status,
        str(push.attempts),
        output.minute(push.next_attempt_at) if push.status == "queued" else "",
        push.ns_internal_id or "",
        push.error or "",
    )
