"""How a change reads: the sentence that a person decides by."""

import pytest

from nsconsole.services.actions.drafts import draft
from nsconsole.services.actions.sentences import Seen, sentence


def read(entry, seen):
    return sentence(draft(entry, default_author="bot"), seen)


def update(kind, change, target_id="42", **more):
    return {"action_type": kind, "target_id": target_id, "change": change} | more


ACME = "Acme"

EXAMPLES = [
    (
        update("update_vendor_cost", {"cost": 12.5}),
        Seen(ACME, {"cost": 10}),
        "Vendor 42 Acme: cost 10.00 → 12.50, +25 %",
    ),
    (
        update("update_vendor_cost", {"cost": 9.95}),
        Seen(ACME, {"cost": 10}),
        "Vendor 42 Acme: cost 10.00 → 9.95, -0.5 %",
    ),
    (
        update("update_vendor_cost", {"cost": 1234567.12345}),
        Seen(ACME, {"cost": None}),
        "Vendor 42 Acme: cost none → 1,234,567.12345",
    ),
    (
        update("update_vendor_cost", {"cost": None}),
        Seen(ACME, {"cost": 0}),
        "Vendor 42 Acme: cost 0.00 → none",
    ),
    (
        update("update_customer_terms", {"terms": "2"}),
        Seen("Globex", {"terms": "1"}, {"terms": {"1": "Net 15", "2": "Net 30"}}),
        "Customer 42 Globex: terms Net 15 → Net 30",
    ),
    (
        update("update_vendor_terms", {"terms": "2"}),
        Seen(None, {"terms": None}),
        "Vendor 42: terms none → #2",
    ),
    (
        update("update_item_reorder_point", {"reorder_point": 110.5, "lead_time": 30}),
        Seen("HEX-1", {"reorder_point": 100, "lead_time": 14}),
        "Item 42 HEX-1: reorder point 100 → 110.5, +10 %; lead time (days) 14 → 30",
    ),
    (
        update("update_contact", {"isinactive": True, "title": "[red]CEO[/red]"}),
        Seen("Ann\x1b[2J", {"isinactive": False, "title": None}),
        "Contact 42 Ann␛[2J: inactive no → yes; job title none → [red]CEO[/red]",
    ),
    (
        update("update_vendor_contact", {"comments": "x" * 100}),
        Seen(ACME, {"comments": "a\nb"}),
        f"Vendor 42 Acme: comments a␊b → {'x' * 59}…",
    ),
    (
        update("update_record", {f"f{n}": n for n in range(6)}, target_record="bom"),
        Seen(None, {}),
        "bom 42: f0 none → 0; f1 none → 1; f2 none → 2; f3 none → 3; and 2 more",
    ),
    (
        {
            "action_type": "create_vendor_bill",
            "change": {
                "entity": "42",
                "trandate": "2026-11-20",
                "item": [
                    {"item": "1", "quantity": 3, "rate": 4.25},
                    {"item": "2", "quantity": 1, "rate": 1000},
                ],
                "expense": [{"account": "601", "amount": 20}],
            },
        },
        Seen(names={"entity": {"42": "Acme"}}),
        (
            "New vendor bill: vendor Acme; date 2026-11-20; 2 item lines, 1,012.75; "
            "1 expense line, 20.00"
        ),
    ),
    (
        {"action_type": "create_record", "target_record": "bom", "change": {"name": "Kit"}},
        Seen(),
        "New bom: name Kit",
    ),
    (
        {"action_type": "delete_record", "target_record": "vendor", "target_id": "42"},
        Seen(ACME),
        "Delete vendor 42 Acme",
    ),
]


@pytest.mark.parametrize(("entry", "seen", "expected"), EXAMPLES)
def test_a_change_reads_as_one_sentence(entry, seen, expected):
    assert read(entry, seen) == expected


def test_a_reversed_sign_is_told_against_the_size_of_what_was():
    entry = update("update_record", {"creditlimit": 5}, target_record="vendor")
    assert read(entry, Seen(ACME, {"credit_limit": 0})).endswith("credit limit 0.00 → 5.00")
