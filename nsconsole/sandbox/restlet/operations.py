"""What the RESTlet's script does to records: create, update, delete, read; each once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from nsconsole.sandbox.restlet import deletion, lines
from nsconsole.sandbox.restlet.fields import (
    RefusedError,
    check_mandatory,
    check_references,
    current_values,
    mismatches,
    record_type,
    stored_values,
)
from nsconsole.sandbox.values import as_json, iso, moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.restlet.records import RecordType
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Table
    from nsconsole.sandbox.values import Stored

Verb: TypeAlias = Literal["create", "update", "delete"]
Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a request, its shape checked but not its meaning."""

    request_id: str
    verb: Verb
    record_type: str
    id: str | None
    values: Mapping[str, object]
    sublists: Mapping[str, list[Json]]
    expected: Mapping[str, object]
    external_id: str | None


def perform(database: Database, operation: Operation, at: datetime) -> Json:
    """Do `operation` at `at` (UTC) unless its request id was done before; return its result.

    The change, its ledger entry and the memory of the request id are one transaction. What is
    refused is not remembered, so that the same request id may be tried again.
    """
    try:
        with database.rows() as rows:
            done = recall(rows.connection, operation.request_id)
            if done is not None:
                return {**done, "idempotent": True}
            return _perform_new(rows, operation, moment(at))
    except RefusedError as refused:
        return {"request_id": operation.request_id, "ok": False, "error": refused.as_json()}


def recall(connection: sqlite3.Connection, request_id: str) -> Json | None:
    """The result of a request id that was done, or None."""
    row = connection.execute(
        "SELECT result FROM sandbox_done WHERE request_id = ?", (request_id,)
    ).fetchone()
    if row is None:
        return None
    result: Json = json.loads(row[0])
    return result


def read(rows: Rows, type_name: str, internal_id: str, names: Sequence[str]) -> Json:
    """The current values of the named fields, or of all when none is named.

    Raises:
        RefusedError: no such record type, record or field.
    """
    kind = record_type(rows.tables, type_name)
    columns = rows.tables[kind.table].columns
    unknown = next((name for name in names if name not in columns), None)
    if unknown is not None:
        raise RefusedError.unknown_field(unknown)
    row = _find(rows, kind, internal_id)
    return {name: as_json(columns[name], row[name]) for name in names or columns}


def _perform_new(rows: Rows, operation: Operation, at: str) -> Json:
    kind = record_type(rows.tables, operation.record_type)
    if operation.verb == "create":
        number, fields = _create(rows, kind, operation, at)
    elif operation.verb == "update":
        number, fields = _update(rows, kind, operation, at)
    else:
        number, fields = _delete(rows, kind, operation, at)
    result: Json = {
        "request_id": operation.request_id,
        "ok": True,
        "ns_internal_id": str(number),
        "idempotent": False,
        "lastmodified": iso(at),
    }
    rows.connection.execute(
        "INSERT INTO sandbox_ledger (request_id, record_type, internal_id, operation, fields) "
        "VALUES (?, ?, ?, ?, ?)",
        (operation.request_id, kind.name, str(number), operation.verb, json.dumps(fields)),
    )
    rows.connection.execute(
        "INSERT INTO sandbox_done VALUES (?, ?)", (operation.request_id, json.dumps(result))
    )
    return result


def _create(rows: Rows, kind: RecordType, operation: Operation, at: str) -> tuple[int, Json]:
    if operation.expected:
        raise RefusedError("INVALID_REQUEST", "A record that is created has no expected values.")
    given = _given(rows, kind, operation)
    table = rows.tables[kind.table]
    number = rows.next_id(table.space)
    row: dict[str, Stored] = _defaults(table, given, at) | given | {**kind.fixed, "id": number}
    check_mandatory(kind, row)
    if kind.table == "transaction":
        row |= lines.head_defaults(rows, kind, row, at)
    rows.insert(table.name, row)
    lines.edit(rows, kind, number, operation.sublists, at, fresh=True)
    return number, _written(table, given, operation.sublists)


def _update(rows: Rows, kind: RecordType, operation: Operation, at: str) -> tuple[int, Json]:
    row = _expect(rows, kind, operation)
    given = _given(rows, kind, operation, own=row["id"])
    check_mandatory(kind, {**dict(row), **given})
    table = rows.tables[kind.table]
    changed = given | ({table.stamp: at} if table.stamp else {})
    if changed:
        rows.change(table.name, changed, {"id": row["id"]})
    if operation.sublists:
        lines.edit(rows, kind, row["id"], operation.sublists, at, fresh=False)
    return row["id"], _written(table, given, operation.sublists)


def _delete(rows: Rows, kind: RecordType, operation: Operation, at: str) -> tuple[int, Json]:
    row = _expect(rows, kind, operation)
    deletion.delete(rows, kind, row, at)
    return row["id"], {}


def _expect(rows: Rows, kind: RecordType, operation: Operation) -> sqlite3.Row:
    """The record, if it still is as the caller last saw it."""
    if operation.id is None:
        raise RefusedError(
            "SSS_MISSING_REQD_ARGUMENT", f"{operation.verb}: Missing a required argument: id"
        )
    row = _find(rows, kind, operation.id)
    columns = rows.tables[kind.table].columns
    changed = mismatches(columns, row, operation.expected)
    if changed:
        raise RefusedError(
            "RCRD_HAS_BEEN_CHANGED",
            "Record has been changed",
            current=current_values(columns, row, changed),
        )
    return row


def _find(rows: Rows, kind: RecordType, internal_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = None
    if internal_id.isascii() and internal_id.isdigit() and len(internal_id) < 16:
        row = rows.first(kind.table, "id", int(internal_id))
    if row is None or any(row[name] != value for name, value in kind.fixed.items()):
        raise RefusedError("RCRD_DSNT_EXIST", "That record does not exist.")
    return row


def _given(
    rows: Rows, kind: RecordType, operation: Operation, own: int | None = None
) -> dict[str, Stored]:
    """The values to write, checked against the schema and the other records."""
    table = rows.tables[kind.table]
    given = stored_values(table.columns, operation.values)
    if operation.external_id is not None and "externalid" in table.columns:
        given["externalid"] = operation.external_id
    check_references(rows, table.columns, given)
    external = given.get("externalid")
    if external is not None:
        clash = rows.first(table.name, "externalid", external)
        if clash is not None and clash["id"] != own:
            raise RefusedError(
                "UNIQUE_RCRD_ID_REQD",
                f"A record with external ID {external} already exists (internal ID {clash['id']}).",
            )
    return given


def _defaults(table: Table, given: Mapping[str, Stored], at: str) -> dict[str, Stored]:
    """What NetSuite fills in where the form was left empty."""
    row: dict[str, Stored] = {
        name: "F" for name, column in table.columns.items() if column.kind.value == "boolean"
    }
    row |= {name: at for name in (table.stamp, table.born) if name}
    row |= {name: 1 for name in ("currency", "subsidiary") if name in table.columns}
    if table.space == "entity":
        person = " ".join(str(given[k]) for k in ("firstname", "lastname") if given.get(k))
        name = given.get("entityid") or given.get("companyname") or person or None
        names = {"entityid": name, "companyname": name, "altname": name, "fullname": name}
        row |= {key: value for key, value in names.items() if key in table.columns}
    return row


def _written(table: Table, given: Mapping[str, Stored], sublists: Mapping[str, list[Json]]) -> Json:
    columns = table.columns
    return {name: as_json(columns[name], value) for name, value in given.items()} | dict(sublists)
