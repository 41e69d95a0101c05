"""The sync log: what was done, what was found, and what a person should know of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from nsconsole.services.workspace import Workspace
from nsconsole.store import sync_log as store

if TYPE_CHECKING:
    from nsconsole.services.actions.canonical import Json


class Level(StrEnum):
    """How much an entry matters, the least first."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def and_worse(self) -> list[str]:
        """This level and those above it."""
        levels = list(Level)
        return [level.value for level in levels[levels.index(self) :]]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the log; `at` is UTC."""

    id: int
    at: datetime
    run_id: int | None
    table: str | None
    level: Level
    event: str
    detail: "dict[str, Json]"


def note(
    connection: Connection,
    at: datetime,
    level: Level,
    event: str,
    *,
    table: str | None = None,
    run_id: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add an entry, in the transaction of what it tells of."""
    row = {
        "at": at,
        "level": level.value,
        "event": event,
        "table_name": table,
        "run_id": run_id,
        "detail": json.dumps(detail or {}, ensure_ascii=False),
    }
    store.append(connection, [row])


def entries(
    workspace: Workspace,
    *,
    after: int | None = None,
    before: int | None = None,
    table: str | None = None,
    level: Level | None = None,
    text: str = "",
    limit: int = 200,
) -> list[LogEntry]:
    """Give entries, the oldest first; without `after` (an id) the newest that there are."""
    with workspace.database.reading() as connection:
        rows = store.page(
            connection,
            after_id=after,
            before_id=before,
            table=table,
            levels=level.and_worse if level else None,
            text=text,
            limit=limit,
        )
    return [
        LogEntry(
            row.id, row.at, row.run_id, row.table_name, Level(row.level), row.event,
            json.loads(row.detail),
        )
        for row in rows
    ]  # fmt: skip


def last_id(workspace: Workspace) -> int:
    """Give the newest entry's id; 0 if the log is empty."""
    newest = entries(workspace, limit=1)
    return newest[-1].id if newest else 0


def sentence(entry: LogEntry) -> str:
    """Say in a line what an entry tells; show it literally, for NetSuite's words may be in it."""
    if entry.event == "map_changed":
        return _map_change(entry.detail)
    told = _SENTENCES.get(entry.event)
    if told is None:
        return " ".join([entry.event, *(f"{name}={value}" for name, value in entry.detail.items())])
    return told.format_map(_Known(entry.detail))


def _map_change(detail: "Mapping[str, Json]") -> str:
    parts = [
        f"{told}: {_word(detail[name])}"
        for name, told in (("added", "added"), ("removed", "taken out"), ("changed", "changed"))
        if detail.get(name)
    ]
    return f"the map was changed; {'; '.join(parts) or 'the tables stand in another order'}"


class _Known(dict[str, object]):
    """The details of an entry; what it lacks reads as a question mark."""

    def __init__(self, detail: "Mapping[str, Json]") -> None:
        super().__init__({name: _word(value) for name, value in detail.items()})

    def __missing__(self, name: str) -> str:
        return "?"


def _word(value: "Json") -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


_SENTENCES = {
    "run_ended": "{read} rows read, {written} written, {deleted} gone; requests: {requests}",
    "run_failed": "failed: {error}",
    "run_cancelled": "stopped after {read} rows; the next run goes on from there",
    "run_interrupted": "a run by {owner} was interrupted; going on where it stopped",
    "pull_began": "the whole table, {expected} rows",
    "pull_resumed": "going on with the whole table after {rows} rows",
    "cursor_untrusted": "{missing} rows have no {cursor}: the whole table is read each time",
    "column_set_aside": "column {column} set aside ({reason}): {said}",
    "column_returned": "column {column} is back; its values are filled in",
    "column_filled": "columns {columns} filled in: {rows} rows",
    "column_widened": "column {column} is text from now on: {example} would be rounded",
    "value_misfit": "column {column} is {kind}, but holds {example}; kept as text",
    "rows_vanished": "{count} rows are gone from NetSuite",
    "reconciled": "compared {rows} ids: {missing} were missing, {gone} are gone",
    "table_paused": "paused, {reason}: {detail}",
    "table_resumed": "resumed by {by}",
    "tier_paused": "the {minutes} minute tier is paused by {by}",
    "tier_resumed": "the {minutes} minute tier goes on, by {by}",
    "stopped": "stopped: {reason} (tables that wait: {count})",
    "netsuite_back": "NetSuite answers again, after {minutes} minutes",
    "overload": "NetSuite has too many requests at once: at most {limit} from now on",
    "mirror_renamed": "another key: the rows so far are kept as {mirror}, and all are pulled anew",
    "pruned": "{entries} entries older than {days} days were removed",
}
