"""Every kind of action, from a proposal to NetSuite's ledger and the mirror of what was applied."""

import json

import pytest

from nsconsole.services.actions.kinds import KINDS
from nsconsole.services.pushes.draining import drain

# A proposal of each kind, and the change that NetSuite must have seen.
EXAMPLES = {
    "update_vendor_cost": ({"target_id": "42", "change": {"cost": 12.5}}, "vendor", {"cost": 12.5}),
    "update_vendor_terms": ({"target_id": "42", "change": {"terms": 2}}, "vendor", {"terms": 2}),
    "update_vendor_contact": (
        {"target_id": "42", "change": {"email": "new@acme.example", "comments": None}},
        "vendor",
        {"email": "new@acme.example", "comments": None},
    ),
    "update_customer_terms": (
        {"target_id": "73", "change": {"terms": None}},
        "customer",
        {"terms": None},
    ),
    "update_customer_credit_limit": (
        {"target_id": "73", "change": {"credit_limit": "175000.50"}},
        "customer",
        {"creditlimit": 175000.5},
    ),
    "update_customer_contact": (
        {"target_id": "73", "change": {"phone": "(937) 555-0199"}},
        "customer",
        {"phone": "(937) 555-0199"},
    ),
    "update_item_price": (
        {"target_id": "101", "change": {"price": 8}},
        "inventoryitem",
        {"baseprice": 8},
    ),
    "update_item_cost": (
        {"target_id": "101", "change": {"cost": 4.12345}},
        "inventoryitem",
        {"cost": 4.12345},
    ),
    "update_item_reorder_point": (
        {"target_id": "101", "change": {"reorder_point": 90, "lead_time": 21}},
        "inventoryitem",
        {"reorderpoint": 90, "leadtime": 21},
    ),
    "update_contact": (
        {"target_id": "323", "change": {"title": "CEO", "isinactive": True}},
        "contact",
        {"title": "CEO", "isinactive": True},
    ),
    "create_vendor_bill": (
        {
            "change": {
                "entity": "42",
                "trandate": "2026-11-20",
                "tranid": "INV-7",
                "item": [{"item": "101", "quantity": 3, "rate": 4.2}],
                "expense": [{"account": "601", "amount": 20}],
            }
        },
        "vendorbill",
        {
            "entity": 42,
            "trandate": "2026-11-20",
            "tranid": "INV-7",
            "item": [{"item": "101", "quantity": 3, "rate": 4.2}],
            "expense": [{"account": "601", "amount": 20}],
        },
    ),
    "create_record": (
        {"target_record": "customer", "change": {"companyname": "Zoë & Sons", "terms": "2"}},
        "customer",
        {"companyname": "Zoë & Sons", "terms": 2},
    ),
    "update_record": (
        {"target_record": "department", "target_id": "1", "change": {"name": "Sales & Service"}},
        "department",
        {"name": "Sales & Service"},
    ),
    "delete_record": ({"target_record": "contact", "target_id": "323"}, "contact", {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_proposal_of_each_kind_becomes_exactly_that_change(
    kind, workspace, sandbox, enqueue, query
):
    entry, record_type, fields = EXAMPLES[kind]
    enqueue({"action_type": kind, **entry})
    assert drain(workspace).applied == 1
    (done,) = sandbox.ledger()
    assert (done["record_type"], done["operation"]) == (record_type, KINDS[kind].operation)
    assert done["fields"].pop("externalid", "").startswith("nsconsole-") == (
        "target_id" not in entry
    )
    assert done["fields"] == fields
    assert entry.get("target_id") in (None, done["internal_id"])
    (mirror,) = query("SELECT * FROM proposed_actions_applied_mirror")
    assert mirror["ns_internal_id"] == done["internal_id"]
    assert mirror["request_id"] == done["request_id"]


def test_the_mirror_holds_who_what_and_when(workspace, enqueue, query, clock):
    entry, *_ = EXAMPLES["update_vendor_cost"]
    enqueue({"action_type": "update_vendor_cost", "author": "pricing-bot", **entry})
    clock.advance(60)
    drain(workspace)
    (mirror,) = query("SELECT * FROM proposed_actions_applied_mirror")
    assert json.loads(mirror.pop("proposed_change_json")) == {"cost": 12.5}
    assert json.loads(mirror.pop("seen_json"))["values"] == {"cost": 10}
    (proposal,) = query("SELECT digest FROM proposed_actions")
    (push,) = query("SELECT request_id FROM ns_pending_pushes")
    assert mirror == {
        "id": 1,
        "proposal_id": 1,
        "push_id": 1,
        "action_type": "update_vendor_cost",
        "target_record": "vendor",
        "target_id": "42",
        "digest": proposal["digest"],
        "author": "pricing-bot",
        "decided_by": "rita",
        "decided_at": "2026-11-22T09:15:00.000000Z",
        "request_id": push["request_id"],
        "ns_internal_id": "42",
        "applied_at": "2026-11-22T09:16:00.000000Z",
    }
