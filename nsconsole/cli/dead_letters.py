"""`dlq`, `dlq show`, `dlq replay` and `dlq dismiss`."""

import json
from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from nsconsole.cli import output
from nsconsole.cli.session import authority, opened
from nsconsole.services.dead_letters import (
    DeadLetter,
    dismiss,
    list_dead_letters,
    replay,
    show_dead_letter,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ALL = 2**63 - 1


def dlq(args: Namespace) -> int:
    """Do what `dlq` was told to; alone, it lists."""
    actions: dict[str, Callable[[Namespace], int]] = {
        "list": _list,
        "show": _show,
        "replay": _replay,
        "dismiss": _dismiss,
    }
    return actions[args.action or "list"](args)


def _list(args: Namespace) -> int:
    with opened(args) as workspace:
        letters = list_dead_letters(workspace, resolved=args.resolved, limit=args.limit or _ALL)
    if args.json:
        output.document({"items": [asdict(letter) for letter in letters]})
    elif letters:
        headings = ("ID", "PUSH", "CHANGE", "CAUSE", "ATTEMPTS", "LAST (UTC)", "ERROR")
        output.table(headings, [_row(letter) for letter in letters])
    else:
        output.line("There are no dead letters: what was approved reached NetSuite, or waits.")
    return 0


def _row(letter: DeadLetter) -> tuple[str, ...]:
    about = " ".join(filter(None, (letter.action_type, letter.target_name or letter.target_id)))
    cause = letter.resolution or letter.cause.value.replace("_", " ")
    attempts, last = str(letter.attempts), output.minute(letter.last_at)
    return (str(letter.id), str(letter.push_id), about, cause, attempts, last, letter.error)


def _show(args: Namespace) -> int:
    with opened(args) as workspace:
        found = show_dead_letter(workspace, args.id)
    if args.json:
        whole = {"payload": found.payload, "error": found.error, "errors": found.attempts}
        output.document(asdict(found.letter) | whole)
        return 0
    letter = found.letter
    output.table(
        ("ID", "PUSH", "CHANGE", "CAUSE", "ATTEMPTS", "LAST (UTC)", "ERROR"), [_row(letter)]
    )
    output.line(json.dumps(found.payload, indent=2, ensure_ascii=False))
    output.line(json.dumps(found.error, indent=2, ensure_ascii=False))
    headings = ("ATTEMPT", "AT (UTC)", "MS", "OUTCOME", "HTTP", "CODE", "MESSAGE")
    names = ("number", "at", "milliseconds", "outcome", "http_status", "code", "message")
    rows = [tuple(str(tried[name] or "") for name in names) for tried in found.attempts]
    output.table(headings, rows)
    return 0


def _replay(args: Namespace) -> int:
    with opened(args) as workspace:
        done = replay(workspace, authority(workspace, args), None if args.all else args.ids)
    if args.json:
        output.document({"replayed": [asdict(one) for one in done]})
    else:
        output.line(f"{len(done):,} on the queue again; `nsconsole drain` sends them now.")
    return 0 if args.all or len(done) == len(set(args.ids)) else 3


def _dismiss(args: Namespace) -> int:
    with opened(args) as workspace:
        done = dismiss(workspace, authority(workspace, args), args.ids, reason=args.reason)
    if args.json:
        output.document({"dismissed": done})
    else:
        output.line(f"{len(done):,} dismissed.")
    return 0 if len(done) == len(set(args.ids)) else 3
