"""SuiteQL that reads a mapped table page by page, each page beginning where the last one ended.

A page is asked for by the position of the last row, never by an offset: NetSuite gives no rows
behind its 100,000th, and rows that change between two pages would shift those behind them.

Moments are compared in UTC, because SuiteQL reads a date literal by the clocks of the session, and
these show one hour a year twice. Every query is in Oracle's syntax, orders by a whole key, says ASC
(NetSuite does not count on less), and takes texts as parameters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple, TypeAlias

from nsconsole.mapping import Column, Kind, MappedTable, is_name

Position: TypeAlias = tuple[str, ...]
"""A row's place: the values of its key as NetSuite wrote them; by cursor, that one before them."""

MAX_COLUMNS = 1_000
"""The most columns of one query; Oracle's own limit."""
MAX_VALUES = 1_000
"""The most values of an IN, and the most keys or parents of one query."""
MAX_PAIRS = 200
"""The most keys of several columns in one query, which need an OR each."""

_DAY = "'YYYY-MM-DD'"
_SECOND = "'YYYY-MM-DD HH24:MI:SS'"
_ISO = """'YYYY-MM-DD"T"HH24:MI:SS"Z"'"""
_INTEGER = re.compile(r"-?[0-9]{1,38}")
_CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})Z")
# No zone is further behind UTC than 12 hours, nor further ahead than 14. Clocks are moved by night,
# so that noon exists on each day in every zone.
_FURTHEST_BEHIND = timedelta(hours=14)
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Query:
    """A SuiteQL text and the values of its `?`, in their order."""

    sql: str
    params: tuple[str, ...] = ()


class _Place(NamedTuple):
    """A value in the order of rows: what it is compared with, and how it is written."""

    expression: str
    mark: str
    params: tuple[str, ...] = ()


def by_key(
    table: MappedTable,
    columns: Sequence[Column],
    *,
    after: Position | None,
    upto: Position | None = None,
) -> Query:
    """Ask for rows in the order of the key, behind `after` and not behind `upto`.

    The columns of the key are selected too. Raises ValueError, as does every function here, for a
    name that is none of NetSuite's, or a position or key that does not fit the table.
    """
    names = _key(table)
    conditions = []
    if after is not None:
        conditions.append(_compare(_key_places(table, after), ">", ">"))
    if upto is not None:
        conditions.append(_compare(_key_places(table, upto), "<", "<="))
    return _select(table, [*table.key_columns, *columns], conditions, names)


def by_cursor(
    table: MappedTable,
    columns: Sequence[Column],
    *,
    since: datetime,
    after: Position | None,
    upto: Position | None = None,
) -> Query:
    """Ask for the rows stamped at `since` (aware) or later, in the order of cursor and key.

    A position has the cursor, such as 2026-11-22T09:15:00Z, before the key; `after` takes the place
    of `since`. The columns of the key and the cursor are selected too; rows without a stamp are
    never found.
    """
    moment = _moment(table)
    begin = _utc(since) if after is None else _read_cursor(after[:1])
    conditions = [Query(f"{_cursor(table)} >= {_early_literal(begin)}")]  # an index can serve this
    if after is None:
        conditions.append(Query(f"{moment} >= {_timestamp(begin)}"))
    else:
        conditions.append(_compare(_cursor_places(table, after), ">", ">"))
    if upto is not None:
        conditions.append(_compare(_cursor_places(table, upto), "<", "<="))
    selected = [table.column(table.cursor or ""), *table.key_columns, *columns]
    return _select(table, selected, conditions, [moment, *_key(table)])


def of_parents(
    table: MappedTable,
    columns: Sequence[Column],
    parent_ids: Sequence[str],
    *,
    after: Position | None,
) -> Query:
    """Ask for the lines of up to MAX_VALUES parents, in the order of the key, behind `after`."""
    if table.parent is None:
        raise ValueError(f"The table {table.name} has no parent.")
    conditions = [_among(table.column(table.parent.column), parent_ids)]
    if after is not None:
        conditions.append(_compare(_key_places(table, after), ">", ">"))
    return _select(table, [*table.key_columns, *columns], conditions, _key(table))


def of_keys(table: MappedTable, columns: Sequence[Column], keys: Sequence[Position]) -> Query:
    """Ask for rows by up to `most_keys` keys, in the order of the key."""
    if not 1 <= len(keys) <= most_keys(table):
        raise ValueError(f"A query takes 1 to {most_keys(table)} keys, not {len(keys)}.")
    places = [_key_places(table, key) for key in keys]  # checks them
    if len(table.key) == 1:
        condition = _among(table.key_columns[0], [key[0] for key in keys])
    else:
        condition = _any_of(places)
    return _select(table, [*table.key_columns, *columns], [condition], _key(table))


def last_key(table: MappedTable) -> Query:
    """Ask for all keys, the last one first."""
    names = ", ".join(_key(table))
    order = ", ".join(f"{name} DESC" for name in _key(table))
    return Query(f"SELECT {names} FROM {_checked(table.name)} t ORDER BY {order}")  # noqa: S608 - checked


def most_keys(table: MappedTable) -> int:
    """How many keys `of_keys` takes at once."""
    return MAX_VALUES if len(table.key) == 1 else MAX_PAIRS


def count_unstamped(table: MappedTable) -> Query:
    """Ask how many rows have no value in the cursor (`unstamped`), which no page has by cursor."""
    condition = f"{_cursor(table)} IS NULL"
    return Query(f"SELECT COUNT(*) AS unstamped FROM {_checked(table.name)} t WHERE {condition}")  # noqa: S608 - checked


def probe(table: MappedTable, columns: Sequence[Column]) -> Query:
    """Ask for these columns of any one row, to see whether they can be had."""
    return _select(table, columns, [Query("ROWNUM <= 1")], [])


def column_groups(
    table: MappedTable, columns: Sequence[Column], *, most: int = MAX_COLUMNS
) -> list[tuple[Column, ...]]:
    """Share columns out to queries of at most `most` each, with the cursor and key of all of them.

    The first query has the cursor and the key alone if nothing else is asked for.
    """
    shared = {*table.key} if table.cursor is None else {*table.key, table.cursor}
    others = [column for column in columns if column.name not in shared]
    step = most - len(shared)
    if step < 1:
        raise ValueError(f"A key as wide as that of {table.name} leaves no room for columns.")
    return [tuple(others[at : at + step]) for at in range(0, len(others), step)] or [()]


def _select(
    table: MappedTable, columns: Sequence[Column], conditions: Sequence[Query], order: Sequence[str]
) -> Query:
    wanted = list(dict.fromkeys(columns))
    if not 1 <= len(wanted) <= MAX_COLUMNS:
        raise ValueError(f"A query takes 1 to {MAX_COLUMNS} columns, not {len(wanted)}.")
    sql = f"SELECT {', '.join(map(_selected, wanted))} FROM {_checked(table.name)} t"  # noqa: S608 - checked
    if conditions:
        sql += " WHERE " + " AND ".join(condition.sql for condition in conditions)
    if order:
        sql += " ORDER BY " + ", ".join(f"{expression} ASC" for expression in order)
    return Query(sql, tuple(param for condition in conditions for param in condition.params))


def _selected(column: Column) -> str:
    value = expression(column)
    return value if value == _column(column.name) else f"{value} AS {column.name}"


def expression(column: Column) -> str:
    """Write a column, of the table that the query calls t, as its value is asked for."""
    name = _column(column.name)
    match column.kind:
        case Kind.DATE:
            return f"TO_CHAR({name}, {_DAY})"
        case Kind.DATETIME:
            return f"TO_CHAR(SYS_EXTRACT_UTC({name}), {_ISO})"
        case _:
            return name


def _compare(places: Sequence[_Place], than: str, last: str) -> Query:
    """Compare by the first place, where it is equal by the second, and so on.

    Written so that an index on the first can be used: `a >= 1 AND (a > 1 OR (b > 2))`.
    """
    (expression, mark, params), *rest = places
    if not rest:
        return Query(f"{expression} {last} {mark}", params)
    inner = _compare(rest, than, last)
    return Query(
        f"{expression} {than}= {mark} AND ({expression} {than} {mark} OR ({inner.sql}))",
        (*params, *params, *inner.params),
    )


def _among(column: Column, values: Sequence[str]) -> Query:
    if not 1 <= len(values) <= MAX_VALUES:
        raise ValueError(f"An IN takes 1 to {MAX_VALUES} values, not {len(values)}.")
    places = [_place(column, value) for value in values]
    marks = ", ".join(place.mark for place in places)
    params = tuple(param for place in places for param in place.params)
    return Query(f"{_column(column.name)} IN ({marks})", params)


def _any_of(keys: Sequence[list[_Place]]) -> Query:
    """Keys of several columns; those that differ in the last one alone share an IN."""
    ordered = sorted(keys)
    alternatives, params = [], []
    for first, group in groupby(ordered, key=lambda places: places[:-1]):
        lasts = [places[-1] for places in group]
        equal = [f"{place.expression} = {place.mark}" for place in first]
        marks = ", ".join(place.mark for place in lasts)
        alternatives.append(f"({' AND '.join(equal)} AND {lasts[0].expression} IN ({marks}))")
        params += [param for place in (*first, *lasts) for param in place.params]
    return Query(f"({' OR '.join(alternatives)})", tuple(params))


def _key(table: MappedTable) -> list[str]:
    return [_column(name) for name in table.key]


def _key_places(table: MappedTable, key: Position) -> list[_Place]:
    if len(key) != len(table.key):
        raise ValueError(f"A key of {table.name} has {len(table.key)} values, not {len(key)}.")
    return [_place(column, value) for column, value in zip(table.key_columns, key, strict=True)]


def _place(column: Column, value: str) -> _Place:
    name = _column(column.name)
    match column.kind:
        case Kind.INTEGER if _INTEGER.fullmatch(value):
            return _Place(name, value)
        case Kind.TEXT if value:  # to Oracle an empty text is NULL, which nothing is equal to
            return _Place(name, "?", (value,))
    raise ValueError(f"{value[:60]!r} is no {column.kind} to find {column.name} by.")


def _cursor_places(table: MappedTable, position: Position) -> list[_Place]:
    literal = _timestamp(_read_cursor(position[:1]))
    return [_Place(_moment(table), literal), *_key_places(table, position[1:])]


def _read_cursor(values: Position) -> datetime:
    found = _CURSOR.fullmatch(values[0]) if values else None
    if found is None:
        raise ValueError("A position by cursor begins with a time such as 2026-11-22T09:15:00Z.")
    return datetime.fromisoformat(f"{found[1]} {found[2]}")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("The time since when rows are asked for has no time zone.")
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _cursor(table: MappedTable) -> str:
    if table.cursor is None or table.column(table.cursor).kind is not Kind.DATETIME:
        raise ValueError(f"The table {table.name} has no cursor that is a datetime.")
    return _column(table.cursor)


def _moment(table: MappedTable) -> str:
    return f"SYS_EXTRACT_UTC({_cursor(table)})"


def _timestamp(moment: datetime) -> str:
    return f"TO_TIMESTAMP('{moment}', {_SECOND})"


def _early_literal(moment: datetime) -> str:
    """Write a moment in UTC as a date that no session's clocks show later than that moment."""
    early = moment - _FURTHEST_BEHIND
    noon = datetime.combine(early.date(), _NOON)
    if noon > early:
        noon -= timedelta(days=1)
    return f"TO_DATE('{noon}', {_SECOND})"


def _column(name: str) -> str:
    return f"t.{_checked(name)}"


def _checked(name: str) -> str:
    if not is_name(name):
        raise ValueError(f"{name[:60]!r} is not the name of a NetSuite table or column.")
    return name
