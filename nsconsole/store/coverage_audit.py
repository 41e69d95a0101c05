"""The audit itself: what NetSuite has beside the map and the mirror as it truly is, as sets.

What tables and columns hold does not pass through Python. The temporary tables in between last no
longer than the caller's transaction.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from nsconsole.store import coverage_sql as sql
from nsconsole.store.coverage_sql import COUNTED, LAST_TURN, SPAN

__all__ = [
    "COUNTED",
    "LAST_TURN",
    "SPAN",
    "Known",
    "Moved",
    "Place",
    "Share",
    "compare",
    "known_tables",
    "write",
]


class Place(NamedTuple):
    """Where a table belongs: its domain, and its turn in the phases (the lower, the sooner).

    Its custom columns may have a turn of their own.
    """

    table: str
    domain: str
    turn: int
    custom_turn: int


class Known(NamedTuple):
    """A table that the catalog, the map or the mirror has; `domain` is the catalog's, if any."""

    table: str
    domain: str | None
    mapped: bool


class Moved(NamedTuple):
    """How many gaps came and went. One that only has another reason now is neither."""

    opened: int
    closed: int


class Share(NamedTuple):
    """How much of something NetSuite gives, and how much of that is mirrored.

    The weights are rows times fill, added up over the columns of which the rows are known.
    """

    domain: str
    tables_total: int
    tables_mirrored: int
    columns_total: int
    columns_mirrored: int
    weight_total: int
    weight_mirrored: int


_TABLES = (
    *("audit_mirrors", "audit_places", "audit_tables", "audit_moved", "audit_mirror"),
    "audit_changes",
)


def known_tables(connection: Connection) -> list[Known]:
    """Begin an audit: give the tables that the catalog, the map or the mirror has."""
    driver: Any = connection.connection.driver_connection
    driver.create_function("ns_digest", -1, _digest, deterministic=True)
    _run(connection, sql.READ_MIRRORS)
    return [Known(row[0], row[1], bool(row[2])) for row in connection.exec_driver_sql(sql.KNOWN)]


def compare(connection: Connection, places: Iterable[Place]) -> Moved:
    """Compare what there is with the open gaps. `places` are those of all tables that are known."""
    _run(connection, sql.MAKE_PLACES)
    if rows := list(places):
        connection.exec_driver_sql("INSERT INTO audit_places VALUES (?, ?, ?, ?)", rows)
    for statements in (
        sql.READ_TABLES,
        sql.READ_MOVED,
        sql.READ_MIRROR,
        sql.COMPARE_TABLES,
        sql.COMPARE_COLUMNS,
        sql.COMPARE_UNTOLD,
        sql.COMPARE_VANISHED,
    ):
        _run(connection, statements)
    return Moved(*connection.exec_driver_sql(sql.MOVED).one())


def write(connection: Connection, audit_id: int) -> list[Share]:
    """Close the gaps that are no more and open those that are new; end the audit.

    Gives how much of each domain is mirrored.
    """
    _run(connection, sql.WRITE, audit=audit_id)
    _run(connection, sql.COUNT)
    found = [Share(*row) for row in connection.exec_driver_sql(sql.SHARES)]
    for table in _TABLES:
        connection.exec_driver_sql(f"DROP TABLE temp.{table}")
    return found


def _digest(*values: str | int | None) -> str:
    told = hashlib.sha256()
    for value in values:
        text = f"\x1d{'' if value is None else value}"
        told.update(text.encode(errors="surrogatepass"))
    return told.hexdigest()


def _run(connection: Connection, statements: str, **values: int) -> None:
    for statement in statements.split(";"):
        connection.exec_driver_sql(statement, values if ":" in statement else ())
