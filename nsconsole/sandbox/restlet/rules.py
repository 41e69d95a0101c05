"""What NetSuite refuses to save, decided by the records as they are.

The codes and texts are those of Oracle's "SuiteTalk Error Status Codes", which SuiteScript shares.

| rule | code |
|---|---|
| the script's role may only view employees, subsidiaries and periods, and not see other tables | INSUFFICIENT_PERMISSION |
| a feature of the account that a record needs is off | FEATURE_DISABLED |
| a workflow locks purchase orders, bills and journals that are pending approval | RCRD_LOCKED_BY_WF |
| mandatory fields must have values, a transaction a line, a journal must balance | USER_ERROR |
| references must be to records that are there and active, of the right kind | INVALID_KEY_OR_REF |
| a transaction is in its party's currency | INVALID_KEY_OR_REF |
| customers' and vendors' ids, items' and lists' names are unique | UNIQUE_CUST_ID_REQD, DUP_VENDOR_NAME, DUP_ITEM, DUP_RCRD |
| an external id is unique to its record type | UNIQUE_RCRD_ID_REQD |
| what is posted in a closed or locked period stays as it is, and nothing moves there | CLOSED_TRAN_PRD |
| a posting transaction needs a period for its date | VALID_PRD_REQD |
| a bill or invoice cannot come to less than was paid of it | INVALID_LINK_SUM |
| what other records refer to, or what was paid or billed, is not deleted | THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS |
| a record that is not as it was expected to be is not changed | RCRD_HAS_BEEN_CHANGED |
"""  # noqa: E501 - a table

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet.fields import RefusedError, no_permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.restlet.records import RecordType
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.values import Stored

PENDING = "1"
"""The approval status of what nobody has approved yet."""

_APPROVED_FIRST = ("PurchOrd", "VendBill", "Journal")
_LEDGER_FIELDS = {"trandate", "postingperiod", "entity", "currency", "exchangerate"}
_ALWAYS = ("trandate", "currency", "exchangerate")
_LOCKS = {"VendBill": "aplocked", "CustInvc": "arlocked"}


def check_role(kind: RecordType) -> None:
    """The script's role must be allowed to edit records of the type.

    Raises:
        RefusedError: it may only view them.
    """
    if kind.permission is not None:
        raise no_permission(kind.permission)


def check_unlocked(kind: RecordType, row: Mapping[str, Stored]) -> None:
    """A transaction that waits for approval is locked for everyone but its approver.

    Raises:
        RefusedError: it is one.
    """
    waits = row.get("type") in _APPROVED_FIRST and row.get("approvalstatus") == PENDING
    if kind.table == "transaction" and waits:
        raise RefusedError(
            "RCRD_LOCKED_BY_WF", "This record has been locked by a user defined workflow."
        )


def check_unique(
    rows: Rows, kind: RecordType, row: Mapping[str, Stored], given: Mapping[str, Stored]
) -> None:
    """No other record of the type may have the `given` name or external id of `row`.

    Raises:
        RefusedError: one has.
    """
    table = rows.tables[kind.table]
    if given.get("externalid") is not None and _taken(rows, kind, row, "externalid"):
        raise id_taken()
    unique = kind.unique
    if unique is None or given.get(unique.field) is None or unique.field not in table.columns:
        return
    if _taken(rows, kind, row, unique.field):
        raise RefusedError(unique.code, unique.message)


def check_party(rows: Rows, kind: RecordType, row: Mapping[str, Stored]) -> None:
    """A transaction is with a party of its own kind, in that party's currency.

    Raises:
        RefusedError: it is not.
    """
    if kind.party is None or kind.party not in rows.tables:
        return
    party = rows.record(kind.party, row["entity"], "id", "currency")
    if not party:
        raise RefusedError.bad_reference("entity", row["entity"])
    currency = party.get("currency")
    if currency is not None and row.get("currency") != currency:
        of = f" for entity {row['entity']}"
        raise RefusedError.bad_reference("currency", row.get("currency"), of)


def check_kept(changed: Mapping[str, Stored]) -> None:
    """A transaction cannot lose what was filled in for it when it was made.

    Raises:
        RefusedError: it would.
    """
    missing = [name for name in _ALWAYS if name in changed and changed[name] is None]
    if missing:
        raise RefusedError("USER_ERROR", f"Please enter value(s) for: {', '.join(missing)}")


def check_new_posting(rows: Rows, row: Mapping[str, Stored]) -> None:
    """A new transaction must post to a period that is open.

    Raises:
        RefusedError: there is no period for its date, or it is closed.
    """
    if row.get("posting") != "T" or "accountingperiod" not in rows.tables:
        return
    if row.get("postingperiod") is None:
        raise RefusedError(
            "VALID_PRD_REQD",
            "Insert Transaction Failure: No valid, open, posting period for date - "
            f"{str(row['trandate'])[:10]}. Please visit Setup > Manage Accounting Periods to set "
            "up a new accounting period.",
        )
    _check_open(rows, row)


def check_posting(
    rows: Rows, before: Mapping[str, Stored], after: Mapping[str, Stored], *, lines: bool
) -> None:
    """What is posted in a closed period may get another memo, but no other meaning in the books.

    `lines` says whether its lines are edited.

    Raises:
        RefusedError: it would.
    """
    if before.get("posting") != "T":
        return
    moves = before.get("postingperiod") != after.get("postingperiod")
    if moves and (_is_closed(rows, before) or _is_closed(rows, after)):
        raise RefusedError(
            "CLOSED_TRAN_PRD", "You cannot move a transaction to or from a closed period."
        )
    changed = {name for name in after if before.get(name) != after[name]}
    period = rows.record("accountingperiod", before.get("postingperiod"))
    if lines or changed & _LEDGER_FIELDS or period.get("allownonglchanges") == "F":
        _check_open(rows, before)


def check_deletable(rows: Rows, kind: RecordType, row: Mapping[str, Stored]) -> None:
    """A posting of a closed period stays, and so does what was paid, or billed from.

    Raises:
        RefusedError: `row` is such a transaction.
    """
    if not kind.sublists:
        return
    if row.get("posting") == "T":
        _check_open(rows, row)
    links = rows.tables.get("nexttransactionlink")
    followed = (
        links is not None
        and "previousdoc" in links.columns
        and rows.exists(links.name, {"previousdoc": row["id"]})
    )
    if followed or row.get("foreignamountpaid"):
        raise has_dependents()


def has_dependents() -> RefusedError:
    """The refusal to delete what other records need."""
    return RefusedError(
        "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS",
        "This record cannot be deleted because it has dependent records.",
    )


def id_taken() -> RefusedError:
    """The refusal of an id that another record has."""
    return RefusedError(
        "UNIQUE_RCRD_ID_REQD",
        "A record with this ID already exists. "
        "You must enter a unique ID to create or update this record.",
    )


def period_of(rows: Rows, day: Stored) -> Stored:
    """The posting period that a day (`YYYY-MM-DD 00:00:00`) falls in, or None."""
    table = rows.tables.get("accountingperiod")
    if table is None or not {"isposting", "startdate", "enddate"} <= set(table.columns):
        return None
    row = rows.connection.execute(
        "SELECT id FROM accountingperiod WHERE isposting = 'T' AND ? BETWEEN startdate AND enddate",
        (day,),
    ).fetchone()
    return row["id"] if row else None


def _taken(rows: Rows, kind: RecordType, row: Mapping[str, Stored], name: str) -> bool:
    (key,) = rows.tables[kind.table].key
    others = rows.connection.execute(
        f'SELECT 1 FROM "{kind.table}" WHERE "{name}" = ? AND "{key}" IS NOT ? LIMIT 1',  # noqa: S608 - names of the schema
        (row[name], row.get(key)),
    )
    return others.fetchone() is not None


def _check_open(rows: Rows, row: Mapping[str, Stored]) -> None:
    if _is_closed(rows, row):
        raise RefusedError(
            "CLOSED_TRAN_PRD",
            "The G/L impact of a transaction in a closed period cannot be changed.",
        )


def _is_closed(rows: Rows, row: Mapping[str, Stored]) -> bool:
    period = rows.record("accountingperiod", row.get("postingperiod"))
    locks = ("closed", "alllocked", _LOCKS.get(str(row.get("type"))))
    return any(period.get(str(lock)) == "T" for lock in locks)
