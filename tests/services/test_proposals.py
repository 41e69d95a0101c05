"""Staging: all or nothing, checked against NetSuite, and unchangeable from then on."""

import json
import threading

import pytest
from sqlalchemy.exc import IntegrityError

from nsconsole.services.actions.canonical import canonical_json
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError
from nsconsole.services.link import LinkState, link_state
from nsconsole.services.proposals import MOST_ENTRIES, parse_proposals, propose
from nsconsole.services.status import standing

STAGED = [
    *("id", "action_type", "target_record", "target_id", "target_name", "risk_tier", "risk_rank"),
    *("author", "summary", "search_text", "created_at", "reason", "external_id"),
    *("proposed_change_json", "seen_json", "digest"),
]


def cost(value, **more):
    return {
        "action_type": "update_vendor_cost",
        "target_id": "42",
        "change": {"cost": value},
    } | more


def refused(workspace, *entries):
    with pytest.raises(BadInputError) as caught:
        propose(workspace, entries, author="bot")
    return str(caught.value)


@pytest.fixture
def stored(query):
    return lambda: query("SELECT * FROM proposed_actions ORDER BY id")


def test_a_proposal_keeps_what_it_saw_and_how_it_reads(workspace, stored):
    entry = {
        "action_type": "update_vendor_terms",
        "target_id": 42,
        "change": {"terms": 2},
        "risk_tier": "high",
        "author": "Terms-Bot",
        "reason": "agreed by phone",
    }
    (staged,) = propose(workspace, [entry], author="mike")
    summary = "Vendor 42 Acme Industrial Supply: terms Net 45 → Net 30"
    assert (staged.id, staged.status, staged.risk_tier, staged.summary) == (
        1,
        "pending",
        "high",
        summary,
    )
    (row,) = stored()
    assert row["target_name"] == "Acme Industrial Supply"
    assert row["author"] == "Terms-Bot"
    assert row["search_text"] == (
        f"{summary} Terms-Bot agreed by phone update_vendor_terms high".casefold()
    )
    assert row["created_at"] == "2026-11-22T09:15:00.000000Z"
    assert json.loads(row["proposed_change_json"]) == {"terms": "2"}
    assert json.loads(row["seen_json"]) == {
        "values": {"terms": "3"},
        "names": {"terms": {"2": "Net 30", "3": "Net 45"}},
    }


def test_an_entry_without_author_is_its_stagers(workspace, stored):
    propose(workspace, [cost(11), cost(12, author=" ")], author="mike")
    assert [row["author"] for row in stored()] == ["mike", "mike"]


def test_ids_come_in_the_order_of_the_entries(workspace, stored):
    staged = propose(workspace, [cost(n) for n in range(1, 1201)], author="bot")
    assert [one.id for one in staged] == list(range(1, 1201))
    changes = [json.loads(row["proposed_change_json"])["cost"] for row in stored()]
    assert changes == list(range(1, 1201))


def test_one_bad_entry_in_a_thousand_is_named_and_nothing_is_stored(workspace, stored):
    entries = [cost(11)] * 1000
    entries[616] = cost("much")
    message = refused(workspace, *entries)
    assert message == "entry 617: change.cost: must be a number, not “much”\nnothing was stored"
    assert stored() == []


def test_of_many_bad_entries_the_first_twenty_are_named(workspace):
    lines = refused(workspace, *[cost(-1)] * 25).splitlines()
    assert lines[19] == "entry 20: change.cost: must be at least 0"
    assert lines[20:] == ["and 5 more", "nothing was stored"]


def test_a_record_that_does_not_exist_is_named(workspace, stored):
    message = refused(workspace, cost(11), cost(11, target_id="4242"))
    assert message == "entry 2: target_id: there is no vendor 4242 in NetSuite\nnothing was stored"
    assert stored() == []


def test_a_record_outside_the_map_that_does_not_exist_is_named(workspace):
    entry = {
        "action_type": "update_record",
        "target_record": "department",
        "target_id": "999",
        "change": {"name": "Sales"},
    }
    assert "entry 1: target_id: there is no department 999" in refused(workspace, entry)


def test_a_record_that_cannot_be_written_as_this_kind_is_refused_at_once(workspace):
    assembly = {"action_type": "update_item_price", "target_id": "501", "change": {"price": 5}}
    assert "entry 1: target_id: there is no item 501" in refused(workspace, assembly)


def test_a_field_that_netsuite_does_not_have_is_named(workspace):
    entry = {
        "action_type": "update_record",
        "target_record": "vendor",
        "target_id": "42",
        "change": {"custentity_colour": "red"},
    }
    message = refused(workspace, cost(11), entry)
    assert "entry 2: change: NetSuite refuses to read its fields" in message
    assert "custentity_colour" in message


def test_a_reference_to_nothing_is_named_wherever_it_stands(workspace, stored):
    bill = {
        "action_type": "create_vendor_bill",
        "change": {
            "entity": "42",
            "trandate": "2026-11-20",
            "item": [{"item": "101"}, {"item": "99999"}],
        },
    }
    terms = {"action_type": "update_vendor_terms", "target_id": "42", "change": {"terms": "77"}}
    assert refused(workspace, bill, terms).splitlines() == [
        "entry 1: change.item[2].item: there is no item 99999 in NetSuite",
        "entry 2: change.terms: there is no term 77 in NetSuite",
        "nothing was stored",
    ]
    assert stored() == []


def test_nothing_is_stored_when_netsuite_cannot_be_reached(open_workspace, sandbox):
    away = sandbox.environ | {"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"}
    workspace = open_workspace(away)
    with pytest.raises(NetSuiteUnavailableError, match="not reachable"):
        propose(workspace, [cost(11)], author="bot")
    assert link_state(workspace).state is LinkState.UNREACHABLE


def test_a_new_record_that_refers_to_nothing_needs_no_question_and_proves_no_link(
    open_workspace, sandbox
):
    wrong = sandbox.environ | {"NSCONSOLE_TOKEN_SECRET": "f" * 64}
    workspace = open_workspace(wrong)
    with pytest.raises(NetSuiteUnavailableError):
        propose(workspace, [cost(11)], author="bot")
    entry = {
        "action_type": "create_record",
        "target_record": "vendor",
        "change": {"companyname": "Kit Ltd"},
    }
    assert propose(workspace, [entry], author="bot")[0].summary == "New vendor: name Kit Ltd"
    assert link_state(workspace).state is LinkState.REFUSED


@pytest.mark.parametrize(
    ("record", "change", "said"),
    [
        ("nonsuch", {"name": "Kit"}, "nonsuch"),
        ("bom", {"nosuchfield": 1}, "nosuchfield"),
        ("vendor", {"companyname": "Kit Ltd", "nosuchfield": 1}, "nosuchfield"),
    ],
)
def test_a_new_record_of_a_type_or_field_that_netsuite_lacks_is_refused(
    workspace, record, change, said
):
    right = {"action_type": "create_record", "target_record": "bom", "change": {"name": "Kit"}}
    message = refused(workspace, right, right | {"target_record": record, "change": change})
    assert message.startswith("entry 2: NetSuite says: ")
    assert said in message
    assert standing(workspace).proposals["pending"] == 0


def test_a_field_outside_the_map_does_not_hide_what_the_record_is_called(workspace):
    entry = {
        "action_type": "update_record",
        "target_record": "vendor",
        "target_id": "42",
        "change": {"isperson": True},
    }
    (staged,) = propose(workspace, [entry], author="bot")
    assert staged.summary == "Vendor 42 Acme Industrial Supply: isperson no → yes"


def test_too_many_and_too_few_entries_are_refused(workspace):
    assert refused(workspace) == "there is no proposal in this"
    assert "at most 5,000" in refused(workspace, *[cost(1)] * (MOST_ENTRIES + 1))


def test_hundreds_of_records_are_asked_for_in_few_requests(workspace, sandbox):
    entries = [
        {"action_type": "update_item_cost", "target_id": str(id_), "change": {"cost": 1}}
        for id_ in range(101, 501)
    ]
    told = []
    propose(workspace, entries, author="bot", progress=lambda *done: told.append(done))
    assert sandbox.stats()["requests"] == {"suiteql": {"200": 1}}
    assert told == [(400, 400)]


@pytest.mark.parametrize("column", STAGED)
def test_what_was_staged_cannot_be_changed(stage, query, column):
    stage(cost(11))
    with pytest.raises(IntegrityError, match="a staged proposal does not change"):
        query(f"UPDATE proposed_actions SET {column} = 7")


def test_a_proposal_cannot_be_deleted(stage, query, stored):
    stage(cost(11))
    with pytest.raises(IntegrityError, match="a proposal is kept for ever"):
        query("DELETE FROM proposed_actions")
    assert len(stored()) == 1


def test_the_immutable_columns_are_all_but_those_of_the_decision(query):
    columns = {
        row["name"] for row in query("SELECT name FROM pragma_table_info('proposed_actions')")
    }
    decision = {"status", "claim", "decided_by", "decided_at", "decision_reason"}
    assert columns - decision == set(STAGED)


class TestReadingJson:
    def test_one_proposal_and_an_array_are_both_taken(self):
        assert parse_proposals(b'{"a": 1}') == [{"a": 1}]
        assert parse_proposals(b'[{"a": 1}, 2]') == [{"a": 1}, 2]

    def test_what_is_written_reads_back(self):
        entries = [cost(12.5, reason="Zoë \u2028 & Söhne")]
        assert parse_proposals(canonical_json(entries).encode()) == entries

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "this is not JSON"),
            (b"{'a': 1}", "this is not JSON"),
            (b"\xff\xfe\xff", "this is not JSON"),
            (b"[NaN]", "NaN is not a JSON number"),
            (b"[-Infinity]", "-Infinity is not a JSON number"),
            (b"[" * 200_000, "nested too deeply"),
            (b'[{"a": 1, "a": 2}]', "the same key twice"),
            (b"[" + b"9" * 5000 + b"]", "this is not JSON"),
        ],
        ids=lambda value: None if len(value) < 100 else "long",
    )
    def test_anything_else_is_refused(self, data, message):
        with pytest.raises(BadInputError) as caught:
            parse_proposals(data)
        assert message in str(caught.value)

    def test_ten_megabytes_are_refused_unread(self):
        with pytest.raises(BadInputError, match="more than 8 MB of JSON"):
            parse_proposals(b"x" * 10 * 2**20)


def test_two_threads_that_stage_at_once_both_store_all(workspace, stored):
    threads = [
        threading.Thread(target=propose, args=(workspace, [cost(n)] * 50), kwargs={"author": "bot"})
        for n in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({row["external_id"] for row in stored()}) == 100
