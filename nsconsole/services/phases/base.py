"""What a plan rests on, in short: a digest for each aspect of each table that it touches."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection

from nsconsole.store import phases as store
from nsconsole.store import sync_map

MAP, MIRROR, CATALOG = "map", "mirror", "catalog"
"""The aspects: the table's entry in the map, its mirror's true columns, its lines in the catalog.

Of the catalog counts whether a query may name a thing, why not, and what it holds.
"""

_LENGTH = 16  # hex digits: this tells a change, not a forgery


def base_of(connection: Connection, tables: Iterable[str]) -> dict[str, str]:
    """Give what a plan on some tables rests on, by `aspect_of(table, aspect)`.

    An aspect that is not there at all, such as the mirror of a new table, has an empty text.
    """
    base: dict[str, str] = {}
    for table in tables:
        entry = sync_map.entry(connection, table)
        base[aspect_of(table, MAP)] = _short(entry and entry.table)
        base[aspect_of(table, MIRROR)] = _short(store.mirror_columns(connection, f"ns_{table}"))
        base[aspect_of(table, CATALOG)] = _short(store.catalog_lines(connection, table))
    return base


def aspect_of(table: str, aspect: str) -> str:
    """Give the name that an aspect of a table has in the base of a plan."""
    return f"{table}:{aspect}"


def _short(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:_LENGTH] if value else ""
