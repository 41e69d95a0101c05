"""`map show`, `map edit` and `map check`."""

import os
import shlex
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from nsconsole.cli import output
from nsconsole.cli.progress import Progress
from nsconsole.cli.reading import read_input
from nsconsole.cli.session import authority, may_ask, opened
from nsconsole.mapping import MappedTable
from nsconsole.services.errors import BadInputError, ServiceError
from nsconsole.services.sync.map_edit import changes, edit_map
from nsconsole.services.sync.map_text import parse, render
from nsconsole.services.sync.sync_map import check_map, load_map
from nsconsole.services.workspace import Workspace

_LARGEST = 8 * 2**20  # bytes of a map
_HINT = "Type the map, then Ctrl-D."
_AS_IT_IS = "The map stays as it is."
_MARK = "#! "  # before a line that says what is wrong


def map(args: Namespace) -> int:  # noqa: A001 - commands and their functions have the same names
    """Do what `map` was told to."""
    return {"show": _show, "edit": _edit, "check": _check}[args.action](args)


def _show(args: Namespace) -> int:
    with opened(args) as workspace:
        chosen = _chosen(_present(workspace), args.tables)
    if args.json:
        output.document({"tables": [_described(table) for table in chosen]})
    else:
        output.line(render(chosen).rstrip())
    return 0


def _chosen(tables: Sequence[MappedTable], names: Sequence[str]) -> list[MappedTable]:
    known = {table.name for table in tables}
    for name in names:
        if name not in known:
            raise BadInputError(f"the map has no table {name}; `nsconsole map show` shows it whole")
    return [table for table in tables if not names or table.name in names]


def _described(table: MappedTable) -> dict[str, object]:
    parent = table.parent and {"table": table.parent.table, "column": table.parent.column}
    return {
        "table": table.name,
        "mirror": table.mirror,
        "key": table.key,
        "mode": table.mode,
        "tier": table.tier,
        "cursor": table.cursor,
        "tracked_as": table.tracked_as,
        "parent": parent,
        "columns": {column.name: column.kind for column in table.columns},
    }


def _check(args: Namespace) -> int:
    with opened(args) as workspace, Progress("tables asked for") as progress:
        findings = check_map(workspace, progress)
    if args.json:
        found = [{"table": f.table, "column": f.column, "what": f.what} for f in findings]
        output.document({"findings": found})
    elif findings:
        rows = [(finding.table, finding.column or "", finding.what) for finding in findings]
        output.table(("TABLE", "COLUMN", "NETSUITE SAYS"), rows)
    else:
        output.line("NetSuite has every table and column of the map.")
    return 1 if findings else 0


def _edit(args: Namespace) -> int:
    if args.file is None:
        return _edit_by_hand(args)
    with opened(args) as workspace:
        who = authority(workspace, args)
        before = _present(workspace)
        after = parse(_text(args.file))
        change = edit_map(workspace, who, after, instead_of=before)
    told = changes(before, after)
    if args.json:
        output.document(asdict(change) | {"changes": told})
    else:
        output.line("\n".join(told) or _AS_IT_IS)
    return 0


def _edit_by_hand(args: Namespace) -> int:
    if not may_ask(args):
        raise BadInputError("the editor needs a terminal; give a map with --file")
    with opened(args) as workspace:
        who = authority(workspace, args)
        before = _present(workspace)
        with _draft(render(before)) as file:
            after = _edited(file)
            told = changes(before, after)
            output.line("\n".join(told) or _AS_IT_IS)
            if told and _agreed("Put this map into use?"):
                edit_map(workspace, who, after, instead_of=before)
                output.line("The map is changed.")
    return 0


def _present(workspace: Workspace) -> list[MappedTable]:
    return [entry.table for entry in load_map(workspace)]


def _text(name: str) -> str:
    data = read_input(name, most=_LARGEST + 1, hint=_HINT)
    if len(data) > _LARGEST:
        raise BadInputError(f"this is more than {_LARGEST // 2**20} MB, too much for a map")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadInputError(f"this is not text in UTF-8: {error}") from error


@contextmanager
def _draft(text: str) -> Iterator[Path]:
    """Give a file to edit; it goes away, unless it could not be used."""
    handle, name = tempfile.mkstemp(prefix="nsconsole-map-", suffix=".toml")
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
        file.write(text)
    try:
        yield Path(name)
    except ServiceError:
        print(f"What you wrote is in {name}", file=sys.stderr)
        raise
    Path(name).unlink()


def _edited(file: Path) -> list[MappedTable]:
    """Let the person edit the file until it is a map, or they give up (BadInputError)."""
    while True:
        _run_editor(file)
        text = _without_marks(_text(str(file)))
        try:
            return parse(text)
        except BadInputError as error:
            wrong = "".join(f"{_MARK}{line}\n" for line in str(error).splitlines())
            file.write_text(wrong + text, encoding="utf-8")
            output.line(str(error))
            if not _agreed("Open the editor again?"):
                raise


def _agreed(question: str) -> bool:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    try:
        return input().strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _without_marks(text: str) -> str:
    return "".join(line for line in text.splitlines(True) if not line.startswith(_MARK))


def _run_editor(file: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(command), str(file)], check=False)  # noqa: S603 - their own editor
    except (OSError, ValueError) as error:
        raise ServiceError(
            f"the editor {command} cannot be started; set VISUAL or EDITOR"
        ) from error
    if done.returncode:
        raise ServiceError(f"the editor {command} failed; the map stays as it is")
