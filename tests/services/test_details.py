"""The detail of a proposal: all that one needs to decide it, and what NetSuite holds now."""

import pytest

from nsconsole.services.details import detail, look_now
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError
from nsconsole.services.link import LinkState, link_state
from nsconsole.services.pushes.draining import drain


def vendor_cost(value=12.5):
    return {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": value}}


def fields(shown):
    return [(change.label, change.seen, change.proposed) for change in shown.changes]


def test_an_update_shows_each_field_as_it_was_seen_and_as_it_is_to_be(workspace, stage):
    entry = {
        "action_type": "update_record",
        "target_record": "vendor",
        "target_id": "42",
        "change": {"terms": "2", "isinactive": True, "creditlimit": 1250},
        "reason": "asked for\nby phone",
    }
    stage(entry)
    shown = detail(workspace, 1)
    assert fields(shown) == [
        ("credit limit", "98,000.00", "1,250.00"),
        ("inactive", "no", "yes"),
        ("terms", "Net 45", "Net 30"),
    ]
    assert shown.reason == "asked for\nby phone"
    assert shown.line.summary.startswith("Vendor 42 Acme Industrial Supply: ")
    assert shown.pushes == ()


def test_a_new_record_shows_its_lines_and_nothing_as_seen(workspace, stage):
    stage(
        {
            "action_type": "create_vendor_bill",
            "change": {
                "entity": "42",
                "trandate": "2026-11-20",
                "item": [{"item": "101", "quantity": 3, "rate": 1004.2}],
            },
        }
    )
    shown = detail(workspace, 1)
    assert fields(shown) == [
        ("vendor", "", "Acme Industrial Supply"),
        ("date", "", "2026-11-20"),
    ]
    assert shown.lines == {"item": ({"item": "FST-1000", "quantity": "3", "rate": "1,004.20"},)}


def test_a_decided_proposal_shows_its_history(workspace, enqueue):
    enqueue(vendor_cost())
    drain(workspace)
    shown = detail(workspace, 1)
    assert (shown.line.status, shown.line.decided_by) == ("approved", "rita")
    (push,) = shown.pushes
    assert (push.status, push.ns_internal_id, push.attempts) == ("applied", "42", 1)


def test_there_is_no_detail_of_an_unknown_proposal(workspace):
    assert detail(workspace, 7) is None
    with pytest.raises(BadInputError, match="there is no proposal 7"):
        look_now(workspace, 7)


class TestNow:
    def test_nothing_has_moved_at_first(self, workspace, stage):
        stage(vendor_cost())
        now = look_now(workspace, 1)
        assert (now.values, now.moved, now.missing) == ({"cost": "10.00"}, frozenset(), False)

    def test_a_value_that_somebody_else_changed_has_moved(self, workspace, sandbox, stage):
        stage(
            {
                "action_type": "update_record",
                "target_record": "vendor",
                "target_id": "42",
                "change": {"cost": 12, "email": "a@b.example", "terms": "1"},
            }
        )
        sandbox.edit("vendor", {"id": 42, "cost": 11, "terms": 2, "phone": "another"})
        now = look_now(workspace, 1)
        assert now.moved == {"cost", "terms"}
        assert now.values["cost"] == "11.00"
        assert now.values["terms"] == "Net 30"

    def test_fields_outside_the_map_are_asked_of_the_restlet(self, workspace, sandbox, stage):
        stage(
            {
                "action_type": "update_record",
                "target_record": "department",
                "target_id": "1",
                "change": {"name": "Sales & Service"},
            }
        )
        assert look_now(workspace, 1).moved == frozenset()
        sandbox.edit("department", {"id": 1, "name": "Marketing"})
        now = look_now(workspace, 1)
        assert (now.moved, now.values) == ({"name"}, {"name": "Marketing"})

    @pytest.mark.parametrize("kind", ["delete_record", "update_contact"])
    def test_a_record_that_is_gone_is_missing(self, workspace, stage, approve, kind):
        gone = {"action_type": "delete_record", "target_record": "contact", "target_id": "323"}
        change = {} if kind == "delete_record" else {"change": {"title": "CEO"}}
        stage(gone, gone | {"action_type": kind} | change)
        approve(1)
        drain(workspace)
        assert look_now(workspace, 2).missing

    def test_a_new_record_has_no_now(self, workspace, sandbox, stage):
        stage({"action_type": "create_record", "target_record": "bom", "change": {"name": "Kit"}})
        asked = sandbox.stats()["requests"]
        assert look_now(workspace, 1) is None
        assert sandbox.stats()["requests"] == asked

    def test_it_is_not_asked_while_netsuite_refuses_the_credentials(
        self, open_workspace, sandbox, stage
    ):
        stage(vendor_cost())
        stranger = open_workspace(sandbox.environ | {"NSCONSOLE_TOKEN_ID": "f" * 64})
        for _ in range(3):
            with pytest.raises(NetSuiteUnavailableError, match="refused the credentials"):
                look_now(stranger, 1)
        assert sandbox.stats()["requests"]["suiteql"] == {"200": 1, "401": 1}
        assert link_state(stranger).state is LinkState.REFUSED


def test_a_long_value_is_given_to_its_last_character(workspace, stage):
    text = "fine " * 60 + "BUT PAY ANOTHER ACCOUNT"
    stage({"action_type": "update_vendor_contact", "target_id": "42", "change": {"comments": text}})
    found = detail(workspace, 1)
    assert found.changes[0].proposed == text
    assert "BUT PAY" not in found.line.summary


def test_a_deletion_shows_what_tells_the_record_from_others(workspace, stage):
    stage({"action_type": "delete_record", "target_record": "contact", "target_id": "323"})
    found = detail(workspace, 1)
    assert [change.name for change in found.changes] == sorted(
        ["firstname", "lastname", "title", "email", "phone"]
    )
    assert all(change.proposed == "" for change in found.changes)
    assert any(change.seen.endswith(".example") for change in found.changes)
