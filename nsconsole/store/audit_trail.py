"""Statements on `audit_trail`, to which triggers let one only add."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Text, cast, func, literal, select, text

from nsconsole.store.prepared import Prepared, execute
from nsconsole.store.tables import audit_trail, ns_pending_pushes, proposed_actions_applied_mirror

_A = audit_trail.c
_PUSH = ns_pending_pushes.c
_MIRROR = proposed_actions_applied_mirror.c

COLUMNS = ("previous_hash", "at", "actor", "event", "subject", "detail_json", "hash")
Sealed = tuple[str, str, str, str, str, str, str]  # an entry, in the order of `COLUMNS`


def add(connection: Connection, rows: Sequence[Sealed]) -> None:
    """Add entries in the order given."""
    execute(connection, _ADD, rows, many=True)  # a decision may bring a hundred thousand


_ADD = f"INSERT INTO audit_trail ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - no data
_LAST_HASH = Prepared(select(_A.hash).order_by(_A.id.desc()).limit(1))


def last_hash(connection: Connection) -> str | None:
    """Give the hash of the newest entry; None if there is no entry."""
    return next((row.hash for row in _LAST_HASH.rows(connection)), None)


def newest_detail(connection: Connection, subject: str) -> str | None:
    """Give the `detail_json` of the newest entry about a subject; None if there is none."""
    query = select(_A.detail_json).where(_A.subject == subject).order_by(_A.id.desc()).limit(1)
    return connection.execute(query).scalar()


def entries(connection: Connection, *, after: int | None = None) -> Iterator[Row[Any]]:
    """Give the entries, or those after an id, the oldest first, one at a time.

    All but the id comes as the bytes that are stored, whatever somebody may have made of them.
    """
    stored = [cast(_A[name], LargeBinary).label(name) for name in COLUMNS]
    query = select(_A.id, *stored).order_by(_A.id)
    query = query.where(_A.id > after) if after is not None else query
    yield from connection.execute(query)


def high_water(connection: Connection) -> int:
    """Give the largest id that SQLite ever gave to an entry, be that entry there or not."""
    query = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_trail'")
    return connection.execute(query).scalar() or 0


def newest_applied(connection: Connection) -> int:
    """Give the largest id in the mirror of what was applied; 0 if nothing ever was."""
    return connection.execute(select(func.max(_MIRROR.id))).scalar() or 0


def untold_push(connection: Connection, *, event: str, after: int) -> int | None:
    """Give the first applied push that no entry of an event tells of; None if all are told of.

    Those of the mirror of what was applied, up to its row `after`, need no entry.
    """
    excused = select(1).where(_MIRROR.push_id == _PUSH.id, _MIRROR.id <= after).exists()
    subject = literal("push:") + cast(_PUSH.id, Text)
    told = select(1).where(_A.subject == subject, _A.event == event).exists()
    query = select(_PUSH.id).where(_PUSH.status == "applied", ~told, ~excused)
    return connection.execute(query.order_by(_PUSH.id).limit(1)).scalar()
