"""What somebody should look at after an audit: what is new in NetSuite, and what has gone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.catalog import Event, State
from nsconsole.services.workspace import Workspace
from nsconsole.store import coverage as store

_MOST_NAMED = 500  # of tables and columns that a finding keeps by name
_MOST_TOLD = 3  # … and that its sentence names


class Heading(StrEnum):
    """Under which heading something stands."""

    NEW = "new"
    RETURNED = "returned"
    RENAMED = "renamed"  # probably
    TYPE_CHANGED = "type_changed"
    NO_LONGER_GIVEN = "no_longer_given"  # it is there, but no query may name it
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Thing:
    """A column, or without one a table; `before` and `after` say what changed, if anything did."""

    table: str
    column: str
    before: str = ""
    after: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.table}.{self.column}" if self.column else self.table


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found; `things` may leave out some of many."""

    id: int
    at: datetime
    audit_id: int
    heading: Heading
    summary: str
    things: tuple[Thing, ...]


_TOLD = {
    Heading.NEW: "new in NetSuite",
    Heading.RETURNED: "back in NetSuite",
    Heading.RENAMED: "probably renamed",
    Heading.TYPE_CHANGED: "of another type now",
    Heading.NO_LONGER_GIVEN: "no longer given",
    Heading.GONE: "gone from NetSuite",
}
_BY_EVENT = {
    Event.NEW: Heading.NEW,
    Event.RETURNED: Heading.RETURNED,
    Event.RENAMED: Heading.RENAMED,
    Event.TYPE_CHANGED: Heading.TYPE_CHANGED,
    Event.GONE: Heading.GONE,
}


def unseen(workspace: Workspace) -> list[Finding]:
    """Give the findings that nobody has looked at, the newest first."""
    with workspace.database.reading() as connection:
        return [_finding(row) for row in store.unseen_findings(connection)]


def mark_seen(workspace: Workspace, ids: Sequence[int], *, by: str) -> int:
    """Note that somebody looked at findings; give how many nobody had looked at before."""
    with workspace.database.writing() as connection:
        return store.see_findings(connection, ids, by=by, at=workspace.now())


def find(connection: Connection, audit: Row[Any]) -> None:
    """Keep what is news at an audit, within its transaction: a finding for each heading."""
    before = store.audit_before(connection, audit.id)
    things: dict[Heading, dict[tuple[str, str], Thing]] = {heading: {} for heading in Heading}
    if before is not None:  # to the first audit everything would be new
        since = json.loads(before.summary_json)["change_id"]
        for heading, thing in _became(store.changes_after(connection, since)):
            things[heading][thing.table, thing.column] = thing
    told = {key for found in things.values() for key in found}
    for gap in store.opened_by(connection, audit.id, "mapped_gone", "set_aside", "type_changed"):
        table, column = gap.table_name, gap.name
        if told.isdisjoint({(table, column), (table, "")}):  # of a table all is told with it
            retyped = gap.gap == "type_changed"
            heading = Heading.TYPE_CHANGED if retyped else Heading.NO_LONGER_GIVEN
            things[heading][table, column] = Thing(table, column)
            told |= {(table, "")} if not column else set()
    rows = [
        _row(audit, heading, list(found.values())) for heading, found in things.items() if found
    ]
    store.add_findings(connection, rows)


def _became(changes: Iterable[Row[Any]]) -> Iterator[tuple[Heading, Thing]]:
    for change in changes:
        thing = Thing(change.table_name, change.name, change.before or "", change.after or "")
        event = Event(change.event)
        if event in _BY_EVENT:
            yield _BY_EVENT[event], thing
        elif thing.after.startswith(State.UNQUERYABLE):
            yield Heading.NO_LONGER_GIVEN, thing
        elif thing.before.startswith(State.UNQUERYABLE):
            yield Heading.RETURNED, thing


def _row(audit: Row[Any], heading: Heading, things: Sequence[Thing]) -> Mapping[str, object]:
    named = [[each.table, each.column, each.before, each.after] for each in things[:_MOST_NAMED]]
    return {
        "at": audit.at,
        "audit_id": audit.id,
        "heading": heading.value,
        "summary": _summary(heading, things),
        "detail_json": json.dumps({"count": len(things), "things": named}),
    }


def _summary(heading: Heading, things: Sequence[Thing]) -> str:
    tables = [thing for thing in things if not thing.column]
    columns = [thing for thing in things if thing.column]
    counts = [
        f"{len(found):,} {what}{'' if len(found) == 1 else 's'}"
        for found, what in ((tables, "table"), (columns, "column"))
        if found
    ]
    named = ", ".join(_named(heading, thing) for thing in things[:_MOST_TOLD])
    more = ", …" if len(things) > _MOST_TOLD else ""
    return f"{' and '.join(counts)} {_TOLD[heading]}: {named}{more}"


def _named(heading: Heading, thing: Thing) -> str:
    return f"{thing.name} → {thing.after}" if heading is Heading.RENAMED else thing.name


def _finding(row: Row[Any]) -> Finding:
    things = json.loads(row.detail_json)["things"]
    heading = Heading(row.heading)
    return Finding(
        row.id, row.at, row.audit_id, heading, row.summary, tuple(Thing(*each) for each in things)
    )
