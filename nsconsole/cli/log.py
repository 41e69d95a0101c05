"""`log`: what the syncs did and found."""

import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict

from nsconsole.cli import output
from nsconsole.cli.interruption import INTERRUPTED
from nsconsole.cli.session import opened
from nsconsole.services.sync.log import Level, LogEntry, entries, last_id, sentence
from nsconsole.services.workspace import Workspace
from nsconsole.text import clean

_LOOK = 0.5  # seconds between two looks at what is new
_BATCH = 1000


def log(args: Namespace) -> int:
    """Show the newest entries; with `--follow` go on with what comes, until interrupted."""
    level = Level(args.level) if args.level else None
    with opened(args) as workspace:
        seen = last_id(workspace)
        found = entries(workspace, table=args.table, level=level, limit=args.limit)
        if args.follow:
            return _follow(workspace, args, level, found, seen)
    if args.json:
        output.document({"entries": [asdict(entry) for entry in found]})
        return 0
    for entry in found:
        output.line(_line(entry))
    if not found:
        output.line("The log has no such entries.")
    return 0


def _follow(
    workspace: Workspace, args: Namespace, level: Level | None, found: list[LogEntry], seen: int
) -> int:
    try:
        for entry in _endless(workspace, args.table, level, found, seen):
            if args.json:
                output.document(asdict(entry))
            else:
                output.line(_line(entry))
                output.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _endless(
    workspace: Workspace, table: str | None, level: Level | None, found: list[LogEntry], seen: int
) -> Iterator[LogEntry]:
    yield from found
    seen = max([seen, *(entry.id for entry in found)])
    while True:
        # However few entries are asked for, none is looked at twice.
        newest = last_id(workspace)
        while found := entries(workspace, after=seen, table=table, level=level, limit=_BATCH):
            yield from found
            seen = found[-1].id
        seen = max(seen, newest)
        time.sleep(_LOOK)


def _line(entry: LogEntry) -> str:
    at = f"{entry.at:%Y-%m-%d %H:%M:%SZ}"
    return f"{at}  {entry.level:7}  {entry.table or '-':16}  {clean(sentence(entry))}"
