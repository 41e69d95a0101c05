"""Pushes that NetSuite may have done, at a RESTlet that keeps no record of requests.

They are looked up: a new record by its external id, a change by its values, a deletion by what is
left. What stays unknown is never sent again.
"""

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.actions.drafts import field_of
from nsconsole.services.actions.fields import same
from nsconsole.services.actions.records import record_called
from nsconsole.services.pushes.attempts import Cause, Settlement, failure, says_nothing

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

_NO_SUCH_RECORD = ("RCRD_DSNT_EXIST", "NONEXISTENT_ID")


def settled_by_looking(netsuite: "NetSuite", push: Row[Any]) -> Settlement | None:
    """Settle a push by what NetSuite holds now; None if it surely was not done, and may be sent.

    Raises NetSuiteError if NetSuite does not answer.
    """
    payload = json.loads(push.payload_json)
    try:
        return _looked_up(netsuite, payload)
    except NetSuiteError as error:
        if error.outcome is not Outcome.PERMANENT or says_nothing(error):
            raise
        return _unknown(f"NetSuite does not show the record: {error}")


def _looked_up(netsuite: "NetSuite", payload: dict[str, Any]) -> Settlement | None:
    match payload["operation"]:
        case "create":
            return _created(netsuite, payload)
        case "delete":
            return _deleted(netsuite, payload)
        case _:
            return _updated(netsuite, payload)


def _created(netsuite: "NetSuite", payload: dict[str, Any]) -> Settlement | None:
    known = record_called(payload["record_type"])
    if known is None or not payload["external_id"]:
        return _unknown("nothing tells the new record from others")
    where = f" AND {known.where}" if known.where else ""
    sql = f"SELECT id FROM {known.table} WHERE externalid = ?{where} ORDER BY id ASC"  # noqa: S608 - names are the map's
    rows = netsuite.suiteql(sql, [payload["external_id"]]).rows
    return _applied(rows[0]["id"]) if rows else None


def _deleted(netsuite: "NetSuite", payload: dict[str, Any]) -> Settlement | None:
    return _applied(payload["id"]) if _current(netsuite, payload, []) is None else None


def _updated(netsuite: "NetSuite", payload: dict[str, Any]) -> Settlement | None:
    if payload["sublists"]:
        return _unknown("lines cannot be compared")
    names = sorted({*payload["values"], *payload["expected"]})
    now = _current(netsuite, payload, names)
    if now is None:
        return None  # NetSuite will say that the record is gone
    if _agree(payload, now, "values"):
        return _applied(payload["id"])
    if payload["expected"] and _agree(payload, now, "expected"):
        return None
    return _unknown("the record holds neither the old nor the new values", now)


def _current(
    netsuite: "NetSuite", payload: dict[str, Any], names: list[str]
) -> dict[str, object] | None:
    try:
        return netsuite.read(payload["record_type"], payload["id"], names)
    except NetSuiteError as error:
        if error.code in _NO_SUCH_RECORD:
            return None
        raise


def _agree(payload: dict[str, Any], now: dict[str, Any], which: str) -> bool:
    record = record_called(payload["record_type"])
    return all(
        same(field_of(record, name), value, now.get(name)) for name, value in payload[which].items()
    )


def _applied(internal_id: str) -> Settlement:
    return Settlement("applied", ns_internal_id=internal_id, http_status=200)


def _unknown(why: str, current: dict[str, object] | None = None) -> Settlement:
    message = f"an earlier attempt may have been done, the RESTlet keeps no record of it, and {why}"
    error = failure(Outcome.AMBIGUOUS, "UNKNOWN_OUTCOME", message, current)
    return Settlement("dead", error, cause=Cause.UNKNOWN_OUTCOME, maybe_done=True)
