"""Drafts: untrusted JSON becomes a checked change, or a message that names the field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsconsole.services.actions.drafts import draft
from nsconsole.services.actions.fields import InvalidValueError
from nsconsole.services.actions.kinds import KINDS, Risk

KEYS = ["action_type", "target_record", "target_id", "change", "risk_tier", "author", "reason"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELD_NAMES = st.sampled_from(
    [f.name for kind in KINDS.values() if kind.record for f in kind.record.fields]
    + ["creditlimit", "item", "expense", "custbody_x"]
)
PLAUSIBLE = st.fixed_dictionaries(
    {"action_type": st.sampled_from(list(KINDS))},
    optional={
        "target_record": st.sampled_from(["vendor", "item", "vendorbill", "bom"]) | JSON,
        "target_id": st.sampled_from(["42", 42, "", None]) | JSON,
        "change": st.dictionaries(FIELD_NAMES, JSON | st.lists(st.dictionaries(FIELD_NAMES, JSON))),
        "risk_tier": st.sampled_from(["low", "medium", "high"]) | JSON,
        "author": JSON,
        "reason": JSON,
    },
)


def vendor_cost(**changed):
    return {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 1}} | changed


def bill(**changed):
    change = {
        "entity": "42",
        "trandate": "2026-11-20",
        "item": [{"item": "101", "quantity": 3, "rate": 4.2}],
    }
    return {"action_type": "create_vendor_bill", "change": change | changed}


def drafted(entry):
    return draft(entry, default_author="bot")


@given(JSON | st.dictionaries(st.sampled_from(KEYS), JSON) | PLAUSIBLE)
def test_any_json_is_drafted_or_refused_in_words_that_can_be_shown(entry):
    try:
        made = drafted(entry)
    except InvalidValueError as error:
        made, reason = None, str(error)
    if made is None:
        assert reason.isprintable()
    else:
        assert made.kind is KINDS[entry["action_type"]]
        assert made.risk >= made.kind.least_risk


def test_what_is_left_out_has_its_default():
    made = drafted(vendor_cost())
    assert made.target_record == "vendor"
    assert made.risk is Risk.MEDIUM
    assert made.author == "bot"
    assert made.reason == ""


def test_netsuites_names_are_taken_for_ours():
    entry = {
        "action_type": "update_record",
        "target_record": "inventoryitem",
        "target_id": "101",
        "change": {"baseprice": 7},
    }
    made = drafted(entry)
    assert made.target_record == "item"
    assert made.change == {"price": 7}


def test_a_deletion_cannot_be_less_than_high_risk():
    entry = {"action_type": "delete_record", "target_record": "vendor", "target_id": "42"}
    assert drafted(entry | {"risk_tier": "low"}).risk is Risk.HIGH


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ([], "must be a JSON object"),
        (vendor_cost(colour="red"), "“colour” is not a key of a proposal"),
        (vendor_cost(**{"\x1b": 1}), "“␛” is not a key of a proposal"),
        (vendor_cost(action_type=None), "action_type: must name a kind of action"),
        (
            vendor_cost(action_type="update_vendor_costs"),
            "action_type: unknown kind “update_vendor_costs”; did you mean “update_vendor_cost”?",
        ),
        (vendor_cost(action_type="x" * 99), "known: update_vendor_cost, update_vendor_terms"),
        (
            vendor_cost(target_record="customer"),
            "target_record: update_vendor_cost is for “vendor”, not “customer”",
        ),
        (vendor_cost(target_record="vendor; DROP"), "target_record: must be a record type"),
        (vendor_cost(action_type="update_record"), "target_record: must be a record type"),
        (vendor_cost(target_id=None), "target_id: must be an internal id"),
        (vendor_cost(target_id="4 2"), "target_id: must be an internal id"),
        (bill() | {"target_id": "7"}, "target_id: a new record has none yet"),
        (vendor_cost(change=None), "change: must be an object"),
        (vendor_cost(change={}), "change: must be an object"),
        (vendor_cost(change=[1]), "change: must be an object"),
        (
            vendor_cost(change={"email": "a@b"}),
            "change.email: update_vendor_cost changes only cost",
        ),
        (vendor_cost(change={"Cost": 1}), "change.Cost: is not the name of a field"),
        (vendor_cost(change={"\x1b[2J": 1}), "change.␛[2J: is not the name of a field"),
        (vendor_cost(change={"cost": -1}), "change.cost: must be at least 0"),
        (vendor_cost(change={"cost": [{"a": 1}]}), "change.cost: update_vendor_cost has no lines"),
        (
            vendor_cost(action_type="update_record", target_record="vendor")
            | {"change": {"creditlimit": 1, "credit_limit": 2}},
            "change.credit_limit: is given twice, under two names",
        ),
        (
            vendor_cost(action_type="update_record", target_record="bom")
            | {"change": {f"field{n}": n for n in range(201)}},
            "change: names 201 fields; at most 200",
        ),
        (
            vendor_cost(action_type="delete_record", target_record="vendor"),
            "change: a deletion changes no field",
        ),
        (vendor_cost(risk_tier="severe"), "risk_tier: must be “low”, “medium” or “high”"),
        (vendor_cost(author="\x1b[1m"), "author: holds control characters"),
        (vendor_cost(author=7), "author: must be text, not 7"),
        (vendor_cost(reason="x" * 2001), "reason: is 2,001 characters long; at most 2,000"),
        (bill(entity=None), "change.entity: must not be empty"),
        (bill(trandate="20/11/2026"), "change.trandate: must be a date"),
        (bill(item=[]), "change.item: must have between 1 and 500 lines"),
        (bill(item=[{"item": "1"}] * 501), "change.item: must have between 1 and 500 lines"),
        (bill(item=["x"]), "change.item[1]: must be an object"),
        (bill(item=[{"item": "1"}, {"quantity": 1}]), "change.item[2].item: is needed"),
        (bill(item=[{"item": "1", "rate": "x"}]), "change.item[1].rate: must be a number"),
        (bill(item=[{"item": "1", "colour": 1}]), "change.item[1].colour: is not a field"),
    ],
)
def test_a_bad_entry_is_refused_with_the_field_named(entry, message):
    with pytest.raises(InvalidValueError) as caught:
        drafted(entry)
    assert message in str(caught.value)


def test_a_new_record_needs_its_required_fields():
    entry = bill()
    del entry["change"]["entity"]
    with pytest.raises(InvalidValueError, match=r"^change\.entity: is needed$"):
        drafted(entry)


def test_lines_that_are_written_over_make_a_change_high_risk():
    entry = {
        "action_type": "update_record",
        "target_record": "vendorbill",
        "target_id": "1",
        "change": {"item": [{"line": 1, "quantity": 3}]},
        "risk_tier": "low",
    }
    assert draft(entry, default_author="bot").risk is Risk.HIGH
    plain = entry | {"change": {"memo": "Scanned"}}
    assert draft(plain, default_author="bot").risk is Risk.LOW
