"""`audit-trail verify` and `audit-trail export`."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from nsconsole.cli import output
from nsconsole.cli.progress import Progress
from nsconsole.cli.session import opened
from nsconsole.services.audit_trail import Verification, export, verify


def audit_trail(args: Namespace) -> int:
    """Do what `audit-trail` was told to."""
    return {"verify": _verify, "export": _export}[args.action](args)


def _verify(args: Namespace) -> int:
    with opened(args) as workspace, Progress("entries checked") as progress:
        found = verify(workspace, head=args.head, progress=progress)
    if args.json:
        output.document(asdict(found))
    else:
        output.line(_sentence(found))
    return 0 if found.sound else 1


def _sentence(found: Verification) -> str:
    if found.sound:
        return f"The trail is sound. Entries: {found.entries:,}. Head: {found.head}"
    return f"The trail is not sound: {found.why}. Sound entries before that: {found.entries:,}."


def _export(args: Namespace) -> int:
    with opened(args) as workspace:
        entries = export(workspace, since=args.since)
        if args.file == "-":
            _print(entries, as_json=args.json)
            return 0
        with Path(args.file).open("w", encoding="ascii") as file:
            count = _write_lines(entries, file)
    if args.json:
        output.document({"entries": count, "file": args.file})
    else:
        output.line(f"Entries written to {args.file}: {count:,}")
    return 0


def _print(entries: Iterable[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        output.document({"entries": list(entries)})
    else:
        _write_lines(entries, sys.stdout)


def _write_lines(entries: Iterable[dict[str, object]], file: TextIO) -> int:
    count = 0
    for entry in entries:
        file.write(json.dumps(entry) + "\n")
        count += 1
    return count
