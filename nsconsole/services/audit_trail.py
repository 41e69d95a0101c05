"""The audit trail: who did what and when, each entry sealed by the hash of the one before.

An entry's hash is the SHA-256 of the canonical JSON of [previous_hash, at, actor, event, subject,
detail], all of them text: `at` is ISO 8601 in UTC to the microsecond, `detail` is itself canonical
JSON. The first entry follows a hash of 64 zeros.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row

from nsconsole.services.actions.canonical import canonical_json
from nsconsole.store import audit_trail as store
from nsconsole.store.audit_trail import COLUMNS, Sealed
from nsconsole.store.tables import stamp

if TYPE_CHECKING:
    from nsconsole.services.workspace import Workspace

SYSTEM = "nsconsole"  # who does what no person did
APPLIED = "applied"  # the event of a push, without which it cannot have been applied
_TRAIL = "audit-trail"
_ORIGIN = "0" * 64
_TOLD_EVERY = 1_000  # entries, of the progress


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was done: `actor` did `event` to `subject`, such as "push:7".

    `detail` is what JSON can hold, and never a secret.
    """

    actor: str
    event: str
    subject: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a look at the whole trail found.

    `entries` counts those from the first that are sound, `head` is the hash of the last of them.
    If something is wrong, `why` says what, and `first_bad` is the id of the entry, if it is one.
    """

    sound: bool
    entries: int
    head: str
    first_bad: int | None = None
    why: str = ""


def append(connection: Connection, at: datetime, entries: Sequence[Entry]) -> None:
    """Add entries, within the writing transaction of what they tell of."""
    if not entries:
        return
    previous = store.last_hash(connection)
    if previous is None:
        entries = [_beginning(connection), *entries]
    store.add(connection, list(_sealed(previous or _ORIGIN, at, entries)))


def _beginning(connection: Connection) -> Entry:
    # What was applied before there was a trail has no entry, and needs none.
    detail = {"applied_before": store.newest_applied(connection)}
    return Entry(SYSTEM, "trail_began", _TRAIL, detail)


def _sealed(previous: str, at: datetime, entries: Sequence[Entry]) -> Iterator[Sealed]:
    moment = stamp(at)
    for entry in entries:
        told = (previous, moment, entry.actor, entry.event, entry.subject)
        detail = canonical_json(entry.detail)
        previous = _hash(*told, detail)
        yield *told, detail, previous


def verify(
    workspace: "Workspace",
    *,
    head: str | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Verification:
    """Check each entry, its link to the one before, and that each applied push has its entry.

    `head` is a hash that was noted before: an entry must bear it still. The trail is read entry by
    entry, as it stood when the reading began.
    """
    chain = _Chain(noted=head)
    with workspace.database.reading() as connection:
        highest = store.high_water(connection)
        for row in store.entries(connection):
            if chain.length % _TOLD_EVERY == 0:
                progress(chain.length, highest)
            if why := chain.fault(row):
                return Verification(False, chain.length, chain.head, chain.length + 1, why)
            chain.extend(row)
        return _whole(connection, chain, highest)


@dataclass(slots=True)
class _Chain:
    """The entries that were checked so far; `noted` is a hash that is yet to be met."""

    noted: str | None
    length: int = 0
    head: str = _ORIGIN

    def fault(self, row: Row[Any]) -> str:
        """Say what is wrong with the next entry; nothing if it is what was written, and where."""
        following = self.length + 1
        if row.id != following:
            return f"entry {following} is missing: entry {row.id} stands in its place"
        *told, hash_ = (_text(getattr(row, name)) for name in COLUMNS)
        if _hash(*told) != hash_:
            return f"entry {following} is not what was written: its hash is another"
        if told[0] != self.head:
            return f"entry {following} was written after another entry than {self.length}"
        return ""

    def extend(self, row: Row[Any]) -> None:
        self.length, self.head = row.id, _text(row.hash)
        if self.head == self.noted:
            self.noted = None


def _whole(connection: Connection, chain: _Chain, highest: int) -> Verification:
    """Look for what is missing from a chain whose every entry is sound."""
    sound = Verification(True, chain.length, chain.head)
    if highest > chain.length:
        first = chain.length + 1
        why = f"entries {first} to {highest} are missing: the end was cut off"
        return replace(sound, sound=False, first_bad=first, why=why)
    if highest < chain.length:
        return replace(sound, sound=False, why="the database's own count of entries was set back")
    if chain.noted:
        return replace(sound, sound=False, why="no entry bears the head that was noted")
    push = store.untold_push(connection, event=APPLIED, after=_applied_before(connection))
    if push:
        why = f"push {push} is applied, and no entry tells of it"
        return replace(sound, sound=False, why=why)
    return sound


def _applied_before(connection: Connection) -> int:
    detail = json.loads(store.newest_detail(connection, _TRAIL) or "{}")
    return int(detail.get("applied_before", 0))


def export(workspace: "Workspace", *, since: int | None = None) -> Iterator[dict[str, object]]:
    """Give the entries, or those after an id, as JSON has them, the oldest first.

    They are read one by one.
    """
    with workspace.database.reading() as connection:
        for row in store.entries(connection, after=since):
            stored = {name: _text(getattr(row, name)) for name in COLUMNS}
            detail = _parsed(stored.pop("detail_json"))
            yield {"id": row.id, **stored, "detail": detail}


def _parsed(detail: str) -> object:
    try:
        return json.loads(detail)
    except ValueError:  # somebody changed it
        return detail


def _text(stored: bytes) -> str:
    # Bytes that are no text stand for themselves; only somebody with the file can have put them in.
    return stored.decode(errors="surrogateescape")


def _hash(*fields: str) -> str:
    sealed = f"[{','.join(map(encode_basestring, fields))}]"  # what canonical JSON makes of them
    return hashlib.sha256(sealed.encode(errors="surrogateescape")).hexdigest()
