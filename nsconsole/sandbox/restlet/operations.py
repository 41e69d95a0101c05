"""What the RESTlet's script does to records: create, update, delete, read; each once."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet import deletion, lines, rules, transactions
from nsconsole.sandbox.restlet.fields import (
    KNOWN,
    RefusedError,
    changed_values,
    check_mandatory,
    check_references,
    current_values,
    mismatches,
    readable,
    record_type,
    stored_values,
)
from nsconsole.sandbox.restlet.governance import REMEMBERING
from nsconsole.sandbox.restlet.transactions import USER
from nsconsole.sandbox.schema import Kind
from nsconsole.sandbox.values import BadValueError, as_json, iso, moment, store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.restlet.governance import Meter
    from nsconsole.sandbox.restlet.records import RecordType
    from nsconsole.sandbox.restlet.shapes import Json, Operation
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Table
    from nsconsole.sandbox.values import Stored

_MADE_BY = ("owner", "createdby", "lastmodifiedby")


def perform(
    database: Database, operation: Operation, at: datetime, meter: Meter, *, once: bool = True
) -> Json:
    """Do `operation` at `at` (UTC) unless its request id was done before; return its result.

    The change, its ledger entry and the memory of the request id are one transaction. What is
    refused is not remembered, so that the same request id may be tried again; one that was done
    is answered with what came of it then, whatever is asked with it now. Without `once` the
    request id is neither asked for nor remembered.

    Raises:
        Refusal: the script is stopped before this operation is done.
    """
    meter.begin_operation()
    try:
        with database.rows() as rows:
            if once:
                meter.spend(REMEMBERING)
                done = recall(rows.connection, operation.request_id)
                if done is not None:
                    return {**done, "idempotent": True}
            result = _perform_new(rows, operation, moment(at + meter.elapsed), meter)
            if once:
                _remember(rows.connection, operation, result)
            return result
    except RefusedError as refused:
        return _refused(operation, refused)


def refuse(database: Database, operation: Operation, code: str) -> Json:
    """The result of `operation` if it is refused with `code`, whatever it is.

    A conflict comes with the values that the record has: those that were expected of it.
    """
    if code != "RCRD_HAS_BEEN_CHANGED":
        return _refused(operation, RefusedError(code, "The operation was refused."))
    current: Json = {}
    with suppress(RefusedError), database.rows() as rows:
        current = read(rows, operation.record_type, operation.id or "", list(operation.expected))
    kept = {name: value for name, value in current.items() if name in operation.expected}
    return _refused(operation, RefusedError(code, "Record has been changed", current=kept))


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
    columns = readable(rows.tables[kind.table])
    unknown = next((name for name in names if name not in columns), None)
    if unknown is not None:
        raise RefusedError.unknown_field(unknown)
    row = _find(rows, kind, internal_id)
    return {name: as_json(columns[name], row[name]) for name in names or columns}


def _refused(operation: Operation, refused: RefusedError) -> Json:
    return {"request_id": operation.request_id, "ok": False, "error": refused.as_json()}


def _remember(connection: sqlite3.Connection, operation: Operation, result: Json) -> None:
    connection.execute(
        "INSERT INTO sandbox_done VALUES (?, ?)", (operation.request_id, json.dumps(result))
    )


def _perform_new(rows: Rows, operation: Operation, at: str, meter: Meter) -> Json:
    kind = record_type(rows.tables, operation.record_type)
    if operation.verb != "delete" or operation.expected:
        meter.spend(kind.weight.loading)
    rules.check_role(kind)
    work = {"create": _create, "update": _update, "delete": _delete}[operation.verb]
    number, fields = work(rows, kind, operation, at)
    meter.spend(kind.weight.saving)
    rows.connection.execute(
        "INSERT INTO sandbox_ledger (request_id, record_type, internal_id, operation, fields) "
        "VALUES (?, ?, ?, ?, ?)",
        (operation.request_id, kind.name, str(number), operation.verb, json.dumps(fields)),
    )
    return {
        "request_id": operation.request_id,
        "ok": True,
        "ns_internal_id": str(number),
        "idempotent": False,
        "lastmodified": iso(at),
    }


def _create(rows: Rows, kind: RecordType, operation: Operation, at: str) -> tuple[Stored, Json]:
    if operation.expected:
        raise RefusedError("INVALID_REQUEST", "A record that is created has no expected values.")
    table = rows.tables[kind.table]
    given = _given(kind, table, operation)
    check_references(rows, table.columns, given)
    row = _defaults(table, given, at) | given | kind.fixed
    row[table.key[0]] = number = _new_id(rows, table, given)
    check_mandatory(kind, table, row)
    if "recordid" in table.columns:
        row["recordid"] = number
    if kind.sublists:
        row["currency"] = given.get("currency")
        row |= transactions.new_head(rows, kind, row, at)
        rules.check_party(rows, kind, row)
        rules.check_new_posting(rows, row)
    rules.check_unique(rows, kind, row, row)
    rows.insert(table.name, rows.fitting(table.name, row))
    _edit_lines(rows, kind, number, operation, at)
    return number, _written(table, given, operation.sublists)


def _update(rows: Rows, kind: RecordType, operation: Operation, at: str) -> tuple[Stored, Json]:
    row = _expect(rows, kind, operation)
    rules.check_unlocked(kind, row)
    table = rows.tables[kind.table]
    given = _given(kind, table, operation)
    changed, wanted = changed_values(row, given), {**row, **given}
    check_references(rows, table.columns, changed)
    check_mandatory(kind, table, wanted)
    rules.check_unique(rows, kind, wanted, changed)
    if kind.sublists:
        rules.check_kept(changed)
        changed |= transactions.follow(rows, kind, row, changed)
        after = {**row, **changed}
        rules.check_party(rows, kind, after)
        rules.check_posting(rows, row, after, lines=bool(operation.sublists))
    stamps: dict[str, Stored] = {"lastmodifiedby": USER}
    if table.stamp:
        stamps[table.stamp] = at
    number = row[table.key[0]]
    if written := rows.fitting(table.name, changed | stamps):
        rows.change(table.name, written, {table.key[0]: number})
    moved = bool(kind.sublists) and not {"entity", "exchangerate"}.isdisjoint(changed)
    if moved:
        _move_lines(rows, row)
    if moved or operation.sublists:
        _edit_lines(rows, kind, number, operation, at)
    return number, _written(table, given, operation.sublists)


def _delete(rows: Rows, kind: RecordType, operation: Operation, at: str) -> tuple[Stored, Json]:
    row = _expect(rows, kind, operation)
    rules.check_unlocked(kind, row)
    rules.check_deletable(rows, kind, row)
    deletion.delete(rows, kind, row, at, by=USER, context="RST")
    if kind.sublists:
        transactions.settle(rows, row, -transactions.unpaid(row))
    return row[rows.tables[kind.table].key[0]], {}


def _edit_lines(
    rows: Rows, kind: RecordType, number: Stored, operation: Operation, at: str
) -> None:
    if not kind.sublists:
        _check_no_sublists(operation)
        return
    head = rows.record("transaction", number, *transactions.HEAD)
    lines.edit(rows, kind, head, operation.sublists, at, fresh=operation.verb == "create")
    transactions.total(rows, kind, number, at)


def _move_lines(rows: Rows, before: Mapping[str, Stored]) -> None:
    """Let lines and balances follow a header of another party or exchange rate."""
    head = rows.record("transaction", before["id"], *transactions.HEAD)
    lines.rebook(rows, head, before)
    transactions.settle(rows, before, -transactions.unpaid(before))
    transactions.settle(rows, head, transactions.unpaid(head))


def _check_no_sublists(operation: Operation) -> None:
    for name in operation.sublists:
        raise RefusedError("SSS_INVALID_SUBLIST_ID", f"The sublist {name} is invalid.")


def _expect(rows: Rows, kind: RecordType, operation: Operation) -> dict[str, Stored]:
    """The record, if it still is as the caller last saw it."""
    if operation.id is None:
        raise RefusedError(
            "SSS_MISSING_REQD_ARGUMENT", f"{operation.verb}: Missing a required argument: id"
        )
    row = _find(rows, kind, operation.id)
    columns = readable(rows.tables[kind.table], operation.expected)
    changed = mismatches(columns, row, operation.expected)
    if changed:
        raise RefusedError(
            "RCRD_HAS_BEEN_CHANGED",
            "Record has been changed",
            current=current_values(columns, row, changed),
        )
    return row


def _find(rows: Rows, kind: RecordType, internal_id: str) -> dict[str, Stored]:
    table = rows.tables[kind.table]
    key, found = table.key[0], None
    with suppress(BadValueError):
        found = rows.first(kind.table, key, store(table.columns[key], internal_id))
    # `dict(found)` would look for each name among all of them, and a record has hundreds.
    row = dict(zip(found.keys(), found, strict=True)) if found is not None else {}
    if not row or any(row[name] != value for name, value in kind.fixed.items()):
        raise RefusedError("RCRD_DSNT_EXIST", "That record does not exist.")
    return row


def _given(kind: RecordType, table: Table, operation: Operation) -> dict[str, Stored]:
    """The values to write, as the table's columns keep them."""
    given = stored_values(table.columns, operation.values)
    for name in set(kind.fixed) & set(given):
        if given[name] != kind.fixed[name]:
            raise RefusedError.read_only(name)
    if operation.external_id is not None and "externalid" in table.columns:
        given["externalid"] = operation.external_id
    if operation.verb == "update" and table.key[0] in given:
        raise RefusedError.read_only(table.key[0])
    return given


def _new_id(rows: Rows, table: Table, given: Mapping[str, Stored]) -> Stored:
    """The id of a new record: the next of its table's, unless the table lets it be chosen."""
    key = table.key[0]
    chosen = given.get(key)
    if chosen is None:
        if table.columns[key].kind is not Kind.INTEGER:
            raise RefusedError("USER_ERROR", f"Please enter value(s) for: {key}")
        return rows.next_id(table.space)
    if rows.exists(table.name, {key: chosen}):
        raise rules.id_taken()
    return chosen


def _defaults(table: Table, given: Mapping[str, Stored], at: str) -> dict[str, Stored]:
    """What NetSuite fills in where the form was left empty."""
    columns = table.columns
    row: dict[str, Stored] = {
        name: "F"
        for name, column in columns.items()
        if column.kind is Kind.BOOLEAN and column.access in KNOWN
    }
    row |= {name: at for name in (table.stamp, table.born) if name}
    row |= {name: 1 for name in ("currency", "subsidiary") if name in columns}
    row |= {name: USER for name in _MADE_BY if name in columns}
    if table.space == "entity":
        person = " ".join(str(given[k]) for k in ("firstname", "lastname") if given.get(k))
        name = given.get("entityid") or given.get("companyname") or person or None
        names = {"entityid": name, "companyname": name, "altname": name, "fullname": name}
        row |= {key: value for key, value in names.items() if key in columns}
    return row


def _written(table: Table, given: Mapping[str, Stored], sublists: Mapping[str, list[Json]]) -> Json:
    columns = table.columns
    return {name: as_json(columns[name], value) for name, value in given.items()} | dict(sublists)
