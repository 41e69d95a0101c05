"""From an approved proposal to what the RESTlet is sent, and the digest that binds the two."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nsconsole.services.actions.canonical import canonical_json, digest
from nsconsole.services.actions.drafts import field_of
from nsconsole.services.actions.kinds import KINDS, Operation
from nsconsole.services.actions.records import netsuite_record, record_called

if TYPE_CHECKING:
    from nsconsole.netsuite.restlet import Operation as RestletOperation


def build_payload(proposal: Mapping[str, Any]) -> str:
    """Give a proposal's row as the canonical JSON of one RESTlet operation, less its request id.

    Names are NetSuite's by the canonical field map. The values that the proposal saw travel with
    it as what is expected, so that NetSuite refuses if somebody changed them since.
    """
    operation = KINDS[proposal["action_type"]].operation
    record = record_called(proposal["target_record"])
    change = json.loads(proposal["proposed_change_json"])
    seen = json.loads(proposal["seen_json"])["values"]

    def named(values: Mapping[str, Any]) -> dict[str, Any]:
        return {field_of(record, name).netsuite_id: value for name, value in values.items()}

    values = {name: value for name, value in change.items() if not isinstance(value, list)}
    payload = {
        "operation": operation.value,
        "record_type": netsuite_record(proposal["target_record"]),
        "id": proposal["target_id"],
        "values": named(values),
        "sublists": {name: lines for name, lines in change.items() if isinstance(lines, list)},
        "expected": named(seen),
        "external_id": proposal["external_id"] if operation is Operation.CREATE else None,
    }
    return canonical_json(payload)


def record_key(payload_json: str) -> str | None:
    """Name the record that a payload is about; None for one that is to be made."""
    payload = json.loads(payload_json)
    return f"{payload['record_type']}:{payload['id']}" if payload["id"] else None


def push_digest(payload_json: str, proposal_digest: str) -> str:
    """Bind a payload to the proposal that it was built from."""
    return digest({"payload": payload_json, "proposal": proposal_digest})


def to_operation(payload_json: str, request_id: str) -> "RestletOperation":
    """Read a stored payload as the operation that is sent."""
    from nsconsole.netsuite.restlet import Operation as RestletOperation
    from nsconsole.netsuite.restlet import OperationKind

    payload = json.loads(payload_json)
    return RestletOperation(
        request_id=request_id,
        kind=OperationKind(payload["operation"]),
        record_type=payload["record_type"],
        id=payload["id"],
        values=payload["values"],
        sublists=payload["sublists"],
        expected=payload["expected"],
        external_id=payload["external_id"],
    )
