"""How many rows a query has, which every page of it tells."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from nsconsole.sandbox.suiteql.selecting import Compiled, Keyset

    Values: TypeAlias = Mapping[str, object]

_MOST_KEPT = 512
_FEW = 100_000  # rows, read in a twentieth of a second
_DAY_OR_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z?)?")


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted: when, behind which row, and how many rows."""

    generation: int
    behind: tuple[object, ...]
    rows: int


class Counts:
    """Counts that have been made, for as long as the account's rows do not change.

    The pages of a keyset are one query after another, each with fewer rows: only those that the
    last page held are counted then, and taken off.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, _Counted] = OrderedDict()

    def count(
        self, connection: sqlite3.Connection, compiled: Compiled, values: Values, generation: int
    ) -> int:
        """How many rows the query has with these values."""
        names = compiled.keyset.names if compiled.keyset else ()
        behind = tuple(values[name] for name in names)
        same = tuple((name, value) for name, value in values.items() if name not in names)
        key = (compiled.count, same)
        before = self._kept.get(key)
        if before is None or before.generation != generation:
            rows = _counted(connection, compiled, values)
        elif before.behind == behind:
            return before.rows
        elif compiled.keyset is not None and _is_further(before.behind, behind):
            rows = before.rows - _passed(connection, compiled, compiled.keyset, values, before)
        else:
            rows = _counted(connection, compiled, values)
        self._keep(key, _Counted(generation, behind, rows))
        return rows

    def _keep(self, key: object, counted: _Counted) -> None:
        with self._lock:
            self._kept[key] = counted
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def _counted(connection: sqlite3.Connection, compiled: Compiled, values: Values) -> int:
    """How many rows the query has, counted from nothing.

    Behind a key SQLite reads row after row; in the entries of an index, all of which it goes
    through for the comparison with `+`, a million are counted in the time of 100,000 rows.
    """
    keyset = compiled.keyset
    if keyset is None or len(keyset.names) > 1:
        return _asked(connection, compiled.count, values)
    one_each = compiled.count.replace("count(*)", "1", 1)
    rows = _asked(connection, f"SELECT count(*) FROM ({one_each} LIMIT {_FEW})", values)  # noqa: S608 - compiled from a whitelist
    if rows < _FEW:
        return rows
    column, _ = keyset.floor
    of_index = compiled.count.replace(keyset.sql, keyset.sql.replace(column, f"+{column}", 1), 1)
    return _asked(connection, of_index, values)


def _asked(connection: sqlite3.Connection, sql: str, values: Values) -> int:
    (rows,) = connection.execute(sql, values).fetchone()
    return int(rows)


def _passed(
    connection: sqlite3.Connection,
    compiled: Compiled,
    keyset: Keyset,
    values: Values,
    before: _Counted,
) -> int:
    """How many rows lie between the row that was counted from and the one to count from now."""

    def renamed(sql: str) -> str:
        return re.sub(
            r":(\w+)", lambda name: f":new_{name[1]}" if name[1] in keyset.names else name[0], sql
        )

    column, value = keyset.floor
    sql = (
        f"{compiled.count} AND {column} <= {renamed(value)} AND ({renamed(keyset.sql)}) IS NOT TRUE"
    )
    new = {f"new_{name}": values[name] for name in keyset.names}
    old = dict(zip(keyset.names, before.behind, strict=True))
    return _asked(connection, sql, {**values, **old, **new})


def _is_further(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Whether what lies behind `new` surely lies behind `old` as well."""
    for before, after in zip(old, new, strict=True):
        if not _is_comparable(before, after):
            return False
        if before != after:
            return bool(before < after)  # type: ignore[operator]  # the check before
    return True


def _is_comparable(before: object, after: object) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return len(before) == len(after) and all(
            _DAY_OR_TIME.fullmatch(each) is not None for each in (before, after)
        )
    return isinstance(before, int) and isinstance(after, int)
