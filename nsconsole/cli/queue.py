"""`drain`, `queue` and `status`."""

import signal
import threading
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict

from nsconsole.cli import output
from nsconsole.cli.session import opened
from nsconsole.services import pushes
from nsconsole.services.pushes import DrainReport, Push
from nsconsole.services.status import standing

_ALL = 2**63 - 1
_INTERRUPTED = 130


def drain(args: Namespace) -> int:
    """Send what is queued."""
    with opened(args) as workspace, _interruptible() as interrupted:
        report = pushes.drain(workspace, limit=args.limit, stopping=interrupted.is_set)
    if args.json:
        output.document(asdict(report))
    else:
        output.line(_told(report))
    if interrupted.is_set():
        return _INTERRUPTED
    return 1 if report.retried or report.dead or report.stopped else 0


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Take a first Ctrl-C as the wish to end after the write under way; a second ends at once."""
    asked = threading.Event()

    def ask(*_: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


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


def status(args: Namespace) -> int:
    """Say how everything stands; what this version does not do yet is null."""
    with opened(args) as workspace:
        now, account = standing(workspace), workspace.settings.account
    if args.json:
        link = {"state": now.link.state, "detail": now.link.detail, "since": now.link.since}
        unbuilt = {"breaker": None, "dlq": None, "coverage": None}
        netsuite = {"account": account, **link}
        known = {"proposals": dict(now.proposals), "queue": dict(now.queue), "netsuite": netsuite}
        output.document({"tiers": [], **known, **unbuilt})
        return 0
    since = f" since {output.moment(now.link.since)}" if now.link.since else ""
    why = f" ({now.link.detail})" if now.link.detail else ""
    output.line(f"proposals  {_figures(now.proposals)}")
    output.line(f"queue      {_figures(now.queue)}")
    output.line(f"NetSuite   {account or 'no account'}: {now.link.state}{since}{why}")
    return 0


def _figures(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
