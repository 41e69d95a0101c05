"""Deleting a record: what stands in the way, what goes with it, what remains to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet.rules import has_dependents
from nsconsole.sandbox.schema import quote
from nsconsole.sandbox.tables import INDEXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.restlet.records import RecordType
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Column, Table
    from nsconsole.sandbox.values import Stored

_DETACHED = {("contact", "company")}  # a contact outlives its company
_GOES_ALONG = {("companycontactrelationship", "company")}
_WITHOUT_MEANING = {"systemnote", "loginaudit", "deletedrecord"}  # a log names what may be gone
_CUSTOM_RECORD = -123  # the number of custom records whose own type has none


def delete(
    rows: Rows, kind: RecordType, row: Mapping[str, Stored], at: str, *, by: int, context: str
) -> None:
    """Delete a record with the rows that it owns; leave a `deletedrecord` if its type is tracked.

    `by` is the employee who does it, in that `context` (of NetSuite's own words for them).

    Raises:
        RefusedError: other records refer to it.
    """
    table = rows.tables[kind.table]
    number = row[table.key[0]]
    _check_unused(rows, table, number)
    delete_row(rows, table, number)
    leave_trace(rows, kind, row, at, by=by, context=context)


def leave_trace(
    rows: Rows, kind: RecordType, row: Mapping[str, Stored], at: str, *, by: int, context: str
) -> None:
    """Add the record to `deletedrecord`, if NetSuite tracks its type."""
    table, log = rows.tables[kind.table], rows.tables.get("deletedrecord")
    number = _type_number(rows, kind, table)
    if number is None or log is None or log.view:
        return
    trace: dict[str, Stored] = {
        "recordid": row[table.key[0]],
        "recordtypeid": number,
        "scriptid": kind.name,
        "name": row.get(table.label),
        "type": kind.label,
        "deleteddate": at,
        "deletedby": by,
        "context": context,
        "iscustomlist": _flag(kind, "customlist"),
        "iscustomrecord": _flag(kind, "customrecord"),
        "iscustomtransaction": _flag(kind, "customtransaction"),
    }
    trace = rows.fitting(log.name, trace)
    if set(log.key) <= set(trace):
        rows.remove(log.name, {name: trace[name] for name in log.key})
        rows.insert(log.name, trace)


def delete_row(rows: Rows, table: Table, number: Stored) -> None:
    """Delete the row of `table` with that key, and with it the rows that belong to it."""
    for other, column in _references(rows, table):
        if _is_owned(other, column):
            _delete_owned(rows, other, column, number)
        elif (other.name, column.name) in _DETACHED:
            rows.change(other.name, {column.name: None}, {column.name: number})
    rows.remove(table.name, {table.key[0]: number})


def _references(rows: Rows, table: Table) -> list[tuple[Table, Column]]:
    """Every stored column, of any table, that holds ids of `table`."""
    referrers = rows.tables.referrers
    found = [
        *referrers.get(table.name, ()),
        *(referrers.get("entity", ()) if table.space == "entity" else ()),
    ]
    return [(other, column) for other, column in found if other.name not in _WITHOUT_MEANING]


def _check_unused(rows: Rows, table: Table, number: Stored) -> None:
    """No row of another record may refer to the one of that key."""
    scanned: dict[str, list[str]] = {}
    for other, column in _references(rows, table):
        if _is_owned(other, column) or (other.name, column.name) in _DETACHED:
            continue
        if (other.name, column.name) in INDEXES or other.key[0] == column.name:
            _check_columns(rows, other, [column.name], table, number)
        else:
            scanned.setdefault(other.name, []).append(column.name)
    for name, columns in scanned.items():
        _check_columns(rows, rows.tables[name], columns, table, number)


def _check_columns(
    rows: Rows, other: Table, columns: list[str], table: Table, number: Stored
) -> None:
    # However many columns may refer to it: a table without an index for them is read once.
    matches = " OR ".join(f"{quote(column)} = ?1" for column in columns)
    itself = f" AND {quote(table.key[0])} <> ?1" if other.name == table.name else ""
    query = f"SELECT 1 FROM {quote(other.name)} WHERE ({matches}){itself} LIMIT 1"  # noqa: S608 - names are quoted
    if rows.connection.execute(query, (number,)).fetchone() is not None:
        raise has_dependents()


def _is_owned(table: Table, column: Column) -> bool:
    return column.owned or (table.name, column.name) in _GOES_ALONG


def _delete_owned(rows: Rows, table: Table, column: Column, owner: Stored) -> None:
    """Delete the rows of `table` that belong to `owner`, with what belongs to them in turn."""
    if len(table.key) > 1 or not any(_is_owned(*each) for each in _references(rows, table)):
        rows.remove(table.name, {column.name: owner})
        return
    while (row := rows.first(table.name, column.name, owner)) is not None:
        delete_row(rows, table, row[table.key[0]])


def _type_number(rows: Rows, kind: RecordType, table: Table) -> Stored:
    """The number of a tracked record type; that of a custom one is the id of its own record."""
    if not table.custom or table.name.startswith("map_"):
        return kind.code
    types = rows.tables.get("customrecordtype")
    if types is not None and "scriptid" in types.columns:
        found = rows.connection.execute(
            f"SELECT {quote(types.key[0])} FROM {quote(types.name)} WHERE lower(scriptid) = ?",  # noqa: S608 - names are quoted
            (table.name,),
        ).fetchone()
        if found is not None and isinstance(found[0], int):
            return found[0]
    return _CUSTOM_RECORD


def _flag(kind: RecordType, prefix: str) -> str:
    return "T" if kind.name.startswith(prefix) else "F"
