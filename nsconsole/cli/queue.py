"""`drain`, `queue` and `undo`."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial

from nsconsole.cli import output
from nsconsole.cli.interruption import INTERRUPTED, interruptible
from nsconsole.cli.session import authority, opened
from nsconsole.services.operators import Authority
from nsconsole.services.pushes import draining
from nsconsole.services.pushes import listing as pushes
from nsconsole.services.pushes import queue as service
from nsconsole.services.pushes.draining import DrainReport
from nsconsole.services.pushes.listing import Push
from nsconsole.services.pushes.queue import Changed, Undone
from nsconsole.services.pushes.waiting import Reason, Waiting, waiting_of
from nsconsole.services.workspace import Workspace

_ALL = 2**63 - 1
_WAITING = ("queued", "in_flight")
_DONE = {
    "hold": "held",
    "release": "released",
    "first": "done",
    "cancel": "cancelled, its proposal withdrawn",
}


def drain(args: Namespace) -> int:
    """Send what is queued."""
    with opened(args) as workspace, interruptible() as interrupted:
        report = draining.drain(
            workspace, limit=args.limit, stopping=interrupted.is_set, waiting=_tell_wait
        )
    if args.json:
        output.document(asdict(report))
    else:
        output.line(_told(report))
    if interrupted.is_set():
        return INTERRUPTED
    return 1 if report.retried or report.dead or report.stopped else 0


def _tell_wait(seconds: float) -> None:
    told = f"Waiting {seconds:.0f} s: what was approved last can still be called back."
    print(told, file=sys.stderr)


def _told(report: DrainReport) -> str:
    figures = f"{report.applied} applied, {report.retried} to be tried again, {report.dead} dead"
    stopped = f"\nEnded early: {report.stopped}" if report.stopped else ""
    return f"{figures}; {report.waiting} waiting.{stopped}"


def queue(args: Namespace) -> int:
    """Do what `queue` was told to; alone, it lists."""
    actions: dict[str, Callable[[Namespace], int]] = {
        "list": _list,
        "hold": lambda args: _change(args, service.hold),
        "release": lambda args: _change(args, service.release),
        "first": lambda args: _change(args, partial(service.first, normal=args.normal)),
        "cancel": lambda args: _change(args, partial(service.cancel, reason=args.reason)),
    }
    return actions[args.action or "list"](args)


def _list(args: Namespace) -> int:
    with opened(args) as workspace:
        found = pushes.list_pushes(workspace, status=args.status, limit=args.limit or _ALL)
        waits = waiting_of(workspace, [push.id for push in found if push.status in _WAITING])
    if args.json:
        output.document({"pushes": [_push(push, waits.get(push.id)) for push in found]})
    elif found:
        headings = ("ID", "PROPOSAL", "STATUS", "ATTEMPTS", "WAITS FOR", "NETSUITE ID", "ERROR")
        output.table(headings, [_row(push, waits.get(push.id)) for push in found])
    else:
        output.line("There are no pushes." if not args.status else f"No push is {args.status}.")
    return 0


def _push(push: Push, waits: Waiting | None) -> dict[str, object]:
    return asdict(push) | {
        "reason": waits and waits.reason,
        "until": waits and waits.until,
        "behind": waits and waits.behind,
        "held_by": waits and waits.held_by,
        "priority": waits and waits.priority,
    }


def _row(push: Push, waits: Waiting | None) -> tuple[str, ...]:
    return (
        str(push.id),
        str(push.proposal_id),
        push.status,
        str(push.attempts),
        _waits_for(waits) if waits else "",
        push.ns_internal_id or "",
        push.error or "",
    )


def _waits_for(push: Waiting) -> str:
    told = {
        Reason.IN_FLIGHT: "NetSuite's answer",
        Reason.HELD: f"release: held by {push.held_by}",
        Reason.CANARY: f"push {push.behind}, the first of the replay",
        Reason.BEHIND: f"push {push.behind}, of the same record",
        Reason.UNDO_WINDOW: "undo",
        Reason.BACKOFF: "the next attempt",
        Reason.LOGIN_REFUSED: "a login that NetSuite takes",
        Reason.BREAKER: "the breaker",
        Reason.NETSUITE_AWAY: "NetSuite, which cannot be reached",
        Reason.DUE: "its turn",
    }[push.reason]
    until = f", until {push.until:%H:%M:%S}" if push.until else ""
    return f"{told}{until}" + (" (goes first)" if push.priority == 0 else "")


def _change(
    args: Namespace, change: Callable[[Workspace, Authority, Sequence[int]], list[Changed]]
) -> int:
    with opened(args) as workspace:
        changed = change(workspace, authority(workspace, args), args.ids)
    if args.json:
        output.document({"pushes": [asdict(one) for one in changed]})
    else:
        done = _DONE[args.action]
        output.table(("ID", "DETAIL"), [(str(c.id), done if c.done else c.why) for c in changed])
    return 0 if all(one.done for one in changed) else 3


def undo(args: Namespace) -> int:
    """Take approvals back that were not tried yet."""
    with opened(args) as workspace:
        undone = service.undo(workspace, authority(workspace, args), args.ids)
    if args.json:
        output.document({"undone": [_undone(one) for one in undone]})
    else:
        told = [(str(u.proposal_id), "pending again" if u.done else u.why) for u in undone]
        output.table(("PROPOSAL", "DETAIL"), told)
    return 0 if all(one.done for one in undone) else 3


def _undone(undone: Undone) -> dict[str, object]:
    keys = ("push_id", "done", "why")
    return {"id": undone.proposal_id} | {key: getattr(undone, key) for key in keys}
