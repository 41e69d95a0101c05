"""`breaker`: whether pushes may go to NetSuite just now; hold them back, or let them go again."""

from argparse import Namespace
from typing import TYPE_CHECKING

from nsconsole.cli import output
from nsconsole.cli.session import authority, opened
from nsconsole.services.pushes.breaker import Breaker, State, hold, look, reset

if TYPE_CHECKING:
    from collections.abc import Callable


def breaker(args: Namespace) -> int:
    """Do what `breaker` was told to, and say how it stands then."""
    actions: dict[str, Callable[[Namespace], Breaker]] = {
        "status": _look,
        "hold": _hold,
        "reset": _reset,
    }
    found = actions[args.action or "status"](args)
    if args.json:
        output.document(content(found))
    else:
        output.line(told(found))
    return 0


def _look(args: Namespace) -> Breaker:
    with opened(args) as workspace:
        return look(workspace)


def _hold(args: Namespace) -> Breaker:
    with opened(args) as workspace:
        return hold(workspace, authority(workspace, args), args.reason)


def _reset(args: Namespace) -> Breaker:
    with opened(args) as workspace:
        return reset(workspace, authority(workspace, args))


def content(breaker: Breaker) -> dict[str, object]:
    """Give the breaker as JSON has it."""
    return {
        "state": breaker.state,
        "generation": breaker.generation,
        "failures": breaker.failures,
        "since": breaker.since,
        "open_until": breaker.open_until,
        "cooldown_seconds": breaker.cooldown.total_seconds(),
        "reason": breaker.reason,
        "held_by": breaker.held_by,
    }


def told(breaker: Breaker) -> str:
    """Say how the breaker stands, and what follows."""
    since = f" since {output.moment(breaker.since)}" if breaker.since else ""
    why = f" ({breaker.reason})" if breaker.reason else ""
    if breaker.held_by:
        return f"held open by {breaker.held_by}{since}{why}; nothing is sent until it is reset"
    if breaker.state is State.OPEN and breaker.open_until:
        again = output.moment(breaker.open_until)
        return f"open{since}{why}; from {again} on NetSuite is tried again"
    if breaker.state is State.HALF_OPEN:
        return f"half open{since}{why}; a few pushes go out to see whether NetSuite is well again"
    failed = f"; {breaker.failures} calls failed in a row" if breaker.failures else ""
    return f"closed{since}{failed}"
