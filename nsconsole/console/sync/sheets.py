"""Sheets over the screen that are read and copied: a log entry, a table."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from nsconsole.console import figures, words
from nsconsole.console.sheet import Sheet
from nsconsole.console.sync import wording
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.sync.log import LogEntry
    from nsconsole.services.sync.overview import Run, TableLine

_RUN = "  {:<12}{:<12}{:>6}{:>10}{:>10}{:>8}{:>6}"
_MUTED, _BAD, _STRONG = "$foreground-muted", "$text-error", "bold"


def entry_json(entry: "LogEntry") -> str:
    """Give an entry of the sync log as readable JSON."""
    whole = {
        "id": entry.id,
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "run": entry.run_id,
        "table": entry.table,
        "level": entry.level,
        "event": entry.event,
        "detail": entry.detail,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def entry_sheet(entry: "LogEntry") -> Sheet:
    """Show an entry of the sync log in full."""
    text = entry_json(entry)
    return Sheet(f"Entry {entry.id}", Content(clean(text, keep_newlines=True)), text)


def table_sheet(line: "TableLine", runs: "list[Run]", now: datetime) -> Sheet:
    """Show all that is known of a mirrored table, and its newest runs, newest first."""
    text = Content("\n").join(_table(line, runs, now))
    return Sheet(clean(line.name), text, text.plain)


def _table(line: "TableLine", runs: "list[Run]", now: datetime) -> Iterator[Content]:
    yield Content(f"{line.mode}, every {line.tier} minutes: {wording.state(line)}")
    rows = "not yet counted" if line.rows is None else words.counted(line.rows, "row")
    synced = _when(line.synced_at, now) if line.synced_at else "never"
    yield Content(f"{rows} · last synced {synced} · watermark {clean(line.watermark or 'none')}")
    if line.running:
        yield Content(f"Running: {wording.progress(line.running, 60)} ({_owner(line)})")
    if line.pause:
        yield Content.styled(f"Paused: {clean(line.pause)}", _BAD)
    yield from _columns(line, now)
    yield from _runs(runs, now)


def _owner(line: "TableLine") -> str:
    return clean(line.running.owner) if line.running else ""


def _columns(line: "TableLine", now: datetime) -> Iterator[Content]:
    yield Content("")
    if not line.set_aside:
        yield Content.styled("No column is set aside.", _MUTED)
    else:
        yield Content.styled(f"Columns set aside ({len(line.set_aside)})", _STRONG)
    for column in line.set_aside:
        told = f"{clean(column.column)}  {clean(column.reason)}, since {_when(column.since, now)}"
        again = f", asked for again {_when(column.probed_at, now)}" if column.probed_at else ""
        yield Content(f"  {told}{again}")
        if column.detail:
            yield Content.styled(f"      {clean(column.detail)}", _MUTED)
    if line.backfilling:
        yield Content(f"Being filled in: {clean(', '.join(line.backfilling))}")


def _runs(runs: "list[Run]", now: datetime) -> Iterator[Content]:
    yield Content("")
    if not runs:
        yield Content.styled("It was never run.", _MUTED)
        return
    yield Content.styled("Newest runs", _STRONG)
    heads = _RUN.format("begun", "", "took", "read", "written", "gone", "calls")
    yield Content.styled(heads, _MUTED)
    for run in runs:
        took = figures.span((run.ended_at - run.started_at).total_seconds()) if run.ended_at else ""
        counts = (run.rows_read, run.rows_written, run.rows_deleted, run.requests)
        begun = f"{run.started_at.astimezone():%m-%d %H:%M}"
        yield Content(_RUN.format(begun, run.status, took, *(f"{count:,}" for count in counts)))
        if run.error:
            yield Content.styled(f"      {clean(run.error)}", _BAD)


def _when(at: datetime, now: datetime) -> str:
    return f"{words.moment(at)} ({words.age(at, now)} ago)"
