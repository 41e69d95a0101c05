"""Statements on `sync_log`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select

from nsconsole.store.tables import sync_log

_L = sync_log.c


def append(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add entries; `detail` is the text of a JSON object."""
    if rows:
        connection.execute(insert(sync_log), list(rows))


def page(
    connection: Connection,
    *,
    after_id: int | None = None,
    before_id: int | None = None,
    table: str | None = None,
    levels: Sequence[str] | None = None,
    text: str = "",
    limit: int,
) -> list[Row[Any]]:
    """Give entries between two ids, the oldest first.

    With `after_id` those that follow it, otherwise the newest. `text` is looked for in the table,
    the event and the detail, without regard to the case of ASCII letters.
    """
    query = select(sync_log).limit(limit)
    query = query.where(_L.id > after_id) if after_id is not None else query
    query = query.where(_L.id < before_id) if before_id is not None else query
    query = query.where(_L.table_name == table) if table else query
    query = query.where(_L.level.in_(levels)) if levels is not None else query
    query = query.where(_contains(text)) if text else query
    if after_id is not None:
        return list(connection.execute(query.order_by(_L.id)))
    return list(connection.execute(query.order_by(_L.id.desc())))[::-1]


def _contains(text: str) -> ColumnElement[bool]:
    # SQLite's LIKE disregards the case of ASCII letters.
    columns = (_L.table_name, _L.event, _L.detail)
    return or_(*(column.contains(text, autoescape=True) for column in columns))


def prune(connection: Connection, before: datetime) -> int:
    """Remove the entries of before a moment; give how many."""
    return connection.execute(delete(sync_log).where(_L.at < before)).rowcount
