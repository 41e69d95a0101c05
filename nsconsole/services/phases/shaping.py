"""How a new table is to be mirrored: its key, its cursor, its mode and tier, each with the reason.

Names are a guess that NetSuite confirms: nothing is a key unless NetSuite counts as many values of
it as rows, and nothing is a cursor unless every row has one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nsconsole.mapping import Column, Kind, MappedTable, Mode, Parent
from nsconsole.netsuite import measuring
from nsconsole.services.phases.rules import Known
from nsconsole.services.sync.asking import Asker

_KEYS = ("id", "internalid", "key", "uniquekey", "nkey", "primarykey", "recordid")
"""What NetSuite calls the column that tells rows apart, the usual one first."""
_CURSORS = ("lastmodifieddate", "linelastmodifieddate", "lastmodified", "datelastmodified")
_KEY_KINDS = (Kind.INTEGER, Kind.TEXT)
_KEY_ENDS = ("id", "key", "number", "line")
_WIDEST_KEY = 8
_OFTEN, _SELDOM = 15, 60  # minutes
_CUSTOM_RECORD = "customrecord"


@dataclass(frozen=True, slots=True)
class Given:
    """A column that NetSuite gives: whether a probe found a gap, and what it refers to."""

    column: Column
    full: bool
    refers_to: str | None = None
    large: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a table's shape depends on besides itself.

    `mirror_key` is the key of a mirror that is there already; `deletions` the script ids of which
    `deletedrecord` has told; `tier` the phase's.
    """

    known: Known
    mapped: Mapping[str, MappedTable] = field(default_factory=dict)
    mirror_key: tuple[str, ...] = ()
    deletions: Collection[str] = ()
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as it is to be mapped, why so, and how many rows it has."""

    table: MappedTable
    why: Mapping[str, str]
    rows: int


class NoKeyError(Exception):
    """Nothing tells the rows of a table apart; the message says what was tried."""


def shape(asker: Asker, name: str, given: Sequence[Given], around: Surroundings) -> Shape:
    """Find out how a table is to be mirrored.

    Raises NoKeyError, and NetSuiteError if it cannot be asked.
    """
    return _Shaping(asker, name, given, around).shape()


class _Shaping:
    """The questions about one table."""

    def __init__(
        self, asker: Asker, name: str, given: Sequence[Given], around: Surroundings
    ) -> None:
        self._asker = asker
        self._name = name
        self._given = {each.column.name: each for each in given}
        self._around = around

    def shape(self) -> Shape:
        singles = [name for name in _KEYS if self._may_be_key((name,))]
        cursors = list(self._cursors())
        total, distinct, stamped = self._count(singles, cursors)
        key, why_key = self._key(singles, total, distinct)
        cursor, why_cursor = self._cursor(cursors, total, stamped)
        parent = self._parent() if cursor is None else None
        mode, why_mode = self._mode(cursor, parent)
        tier, why_tier = self._tier(mode)
        table = MappedTable(
            name=self._name,
            columns=tuple(each.column for each in self._given.values()),
            key=key,
            mode=mode,
            tier=tier,
            cursor=cursor,
            tracked_as=self._tracked_as(key),
            parent=parent,
        )
        why = {"key": why_key, "cursor": why_cursor, "mode": why_mode, "tier": why_tier}
        return Shape(table, why, total)

    def _count(
        self, singles: Sequence[str], cursors: Sequence[str]
    ) -> tuple[int, dict[str, int], dict[str, int]]:
        query = measuring.counts(self._name, distinct=singles, stamped=cursors)
        (row,) = self._asker.ask(query, limit=1).rows
        distinct = {name: int(row[f"d{n}"]) for n, name in enumerate(singles)}
        stamped = {name: int(row[f"s{n}"]) for n, name in enumerate(cursors)}
        return int(row["total"]), distinct, stamped

    def _may_be_key(self, names: Sequence[str]) -> bool:
        return bool(names) and all(
            name in self._given and self._given[name].column.kind in _KEY_KINDS for name in names
        )

    def _key(
        self, singles: Sequence[str], total: int, distinct: Mapping[str, int]
    ) -> tuple[tuple[str, ...], str]:
        fixed = self._around.mirror_key
        if fixed:
            if self._may_be_key(fixed) and self._is_key(fixed, total):
                return fixed, f"{_listed(fixed)}: the key of the mirror that is there already"
            raise NoKeyError(
                f"ns_{self._name} is there with the key {_listed(fixed)}, which no longer tells "
                "rows apart; rename or drop that table and plan again"
            )
        known = self._around.known.key
        if self._may_be_key(known) and self._is_key(known, total):
            return known, f"{_listed(known)}: known of this table{_checked(total)}"
        for name in singles:
            if distinct[name] == total:
                return (name,), f"{name}: by its name{_checked(total)}"
        if not total:
            raise NoKeyError(
                "it has no row that would tell what its key is; name it under [known] in "
                "phases/rules.toml if you know"
            )
        return self._found_key(total)

    def _is_key(self, key: Sequence[str], total: int) -> bool:
        if not total:
            return True
        return not self._asker.ask(measuring.repeated(self._name, key), limit=1).rows

    def _found_key(self, total: int) -> tuple[tuple[str, ...], str]:
        """Find a key by asking; references and numbers first, since other values change.

        More columns than are needed do no harm, fewer would: that rows differ in one of them today
        does not mean that they always will.
        """
        likely = [name for name in self._candidates() if self._is_likely(name)][:_WIDEST_KEY]
        others = [name for name in self._candidates() if not self._is_likely(name)]
        own = [name for name in (*likely, *others) if self._given[name].refers_to is None]
        for name in self._unique(own, total):
            return (name,), f"{name}: found by asking{_checked(total)}"
        for key in (likely, [*likely, *others][:_WIDEST_KEY]):
            if len(key) > 1 and self._is_key(key, total):
                kept = self._without_needless(key, needed=set(likely))
                return kept, f"{_listed(kept)}: found by asking{_checked(total)}"
        raise NoKeyError(
            f"several of its {total:,} rows have the same values in {_listed(likely or others)}; "
            "name its key under [known] in phases/rules.toml if you know it"
        )

    def _candidates(self) -> list[str]:
        return [
            name
            for name, each in self._given.items()
            if each.full and not each.large and each.column.kind in _KEY_KINDS
        ]

    def _is_likely(self, name: str) -> bool:
        return self._given[name].refers_to is not None or name.endswith(_KEY_ENDS)

    def _unique(self, names: Sequence[str], total: int) -> Iterator[str]:
        """Give the columns that have as many values as there are rows."""
        for at in range(0, len(names), measuring.MOST_COUNTED):
            some = names[at : at + measuring.MOST_COUNTED]
            _, distinct, _ = self._count(some, ())
            yield from (name for name in some if distinct[name] == total)

    def _without_needless(self, key: Sequence[str], needed: Collection[str]) -> tuple[str, ...]:
        kept = list(key)
        for name in reversed(key):
            rest = [other for other in kept if other != name]
            if name not in needed and rest and self._is_key(rest, 1):
                kept = rest
        return tuple(kept)

    def _cursors(self) -> Iterator[str]:
        known = self._around.known.cursor
        for name in dict.fromkeys((*((known,) if known else ()), *_CURSORS)):
            if name in self._given and self._given[name].column.kind is Kind.DATETIME:
                yield name

    def _cursor(
        self, cursors: Sequence[str], total: int, stamped: Mapping[str, int]
    ) -> tuple[str | None, str]:
        for name in cursors:
            if stamped[name] == total:
                every = f", and each of {total:,} rows has one" if total else ""
                return name, f"{name}: moves with every change{every}"
        if cursors:
            name = cursors[0]
            lacking = total - stamped[name]
            return None, f"none: {lacking:,} of {total:,} rows have no {name}"
        return None, "none: no column tells when a row last changed"

    def _parent(self) -> Parent | None:
        parent = self._around.known.parent
        owner = self._around.mapped.get(parent.table) if parent else None
        if parent is None or owner is None or parent.column not in self._given:
            return None
        return parent if owner.cursor and len(owner.key) == 1 else None

    def _mode(self, cursor: str | None, parent: Parent | None) -> tuple[Mode, str]:
        if cursor:
            return Mode.INCREMENTAL, f"incremental: what changed, by {cursor}"
        if parent:
            owner = parent.table
            return Mode.INCREMENTAL, f"incremental: with the {owner} that owns the rows"
        return (
            Mode.SNAPSHOT_DIFF,
            "snapshot-diff: the whole table, of which what differs is written",
        )

    def _tier(self, mode: Mode) -> tuple[int, str]:
        if self._around.known.tier:
            return (
                self._around.known.tier,
                f"{self._around.known.tier} minutes: known of this table",
            )
        if self._around.tier:
            return self._around.tier, f"{self._around.tier} minutes: the rule of this phase"
        if mode is Mode.INCREMENTAL:
            return _OFTEN, f"{_OFTEN} minutes: looking for changes costs one request"
        return _SELDOM, f"{_SELDOM} minutes: it is read whole each time"

    def _tracked_as(self, key: Sequence[str]) -> tuple[str, ...]:
        if len(key) != 1 or self._given[key[0]].column.kind is not Kind.INTEGER:
            return ()
        told = self._name in self._around.deletions or self._name.startswith(_CUSTOM_RECORD)
        return (self._name,) if told else ()


def _listed(names: Sequence[str]) -> str:
    return " + ".join(names)


def _checked(total: int) -> str:
    return f", and each of {total:,} rows has its own" if total else "; no row is there yet to tell"
