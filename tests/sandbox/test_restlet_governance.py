"""What a call of the script may use: units, time, bytes; and what is left when it is stopped."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from nsconsole.sandbox.behaviour import Behaviour

BILL = {"expense": [{"account": 611, "amount": 10}]}


def update(request_id, cost, **more):
    return {
        "request_id": request_id,
        "operation": "update",
        "record_type": "vendor",
        "id": "42",
        "values": {"cost": cost},
        **more,
    }


def thrown(answer) -> dict:
    """The error object that the script did not catch."""
    assert answer.status == 400
    error = answer.json()["error"]
    inner = json.loads(error["message"])
    assert (inner["type"], inner["name"]) == ("error.SuiteScriptError", error["code"])
    return inner


def switched(caller, **switches):
    assert caller.door("PATCH", "behaviour", switches).status == 200
    return caller


def done(caller) -> list[str]:
    return [entry["request_id"] for entry in caller.ledger()]


@pytest.mark.parametrize(
    ("record_type", "parts", "units"),
    [
        ("vendor", {"operation": "update", "id": "42", "values": {"cost": 1}}, 5 + 10),
        ("vendor", {"operation": "create", "values": {"companyname": "Elm"}}, 5 + 10),
        ("purchaseorder", {"operation": "create", "values": {"entity": 42}, "sublists": BILL},
         10 + 20),
    ],
)  # fmt: skip
def test_an_operation_costs_loading_saving_and_remembering(own, record_type, parts, units):
    remembering = 4
    operation = {"request_id": "a", "record_type": record_type, **parts}
    switched(own, usage_units=units + remembering - 1)
    assert thrown(own.restlet({"operations": [operation]}))["name"] == "SSS_USAGE_LIMIT_EXCEEDED"
    switched(own, usage_units=units + remembering)
    assert own.restlet({"operations": [operation]}).json()["results"][0]["ok"]


def test_a_delete_costs_saving_alone_and_loading_too_if_it_expects_something(own):
    vendor = own.made("vendor", values={"companyname": "Elm"})
    gone = {"request_id": "d", "operation": "delete", "record_type": "vendor", "id": vendor}
    switched(own, usage_units=14)
    thrown(own.restlet({"operations": [{**gone, "expected": {"cost": None}}]}))
    assert own.results(gone)[0]["ok"]


def test_what_was_saved_before_the_units_ran_out_stays_saved(own):
    switched(own, usage_units=2 * 19 + 18)
    batch = [update("a", 1), update("b", 2), update("c", 3), update("d", 4)]
    assert thrown(own.restlet({"operations": batch}))["name"] == "SSS_USAGE_LIMIT_EXCEEDED"
    assert done(own) == ["a", "b"]
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 2}
    switched(own, usage_units=5000)
    again = own.results(*batch)
    assert [each["idempotent"] for each in again] == [True, True, False, False]
    assert done(own) == ["a", "b", "c", "d"]


def test_a_refused_operation_has_used_its_units_too(own):
    switched(own, usage_units=2 * 19)
    wrong = update("a", 1, expected={"cost": 11})
    results = own.results(wrong, update("b", 2))
    assert [each["ok"] for each in results] == [False, True]
    thrown(own.restlet({"operations": [wrong, wrong, wrong, wrong, wrong]}))


def test_fifty_transactions_are_within_the_units_of_one_call(own):
    bill = {"operation": "create", "record_type": "vendorbill", "values": {"entity": 42}}
    batch = [{**bill, "request_id": f"r{i}", "sublists": BILL} for i in range(50)]
    assert all(each["ok"] for each in own.results(*batch))


def test_a_script_that_runs_for_longer_than_300_seconds_is_stopped(start):
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    with start(now=lambda: at, behaviour=Behaviour(operation_seconds=100)) as caller:
        batch = [update(name, place) for place, name in enumerate("abcd")]
        answer = caller.restlet({"operations": batch})
        assert thrown(answer)["name"] == "SSS_TIME_LIMIT_EXCEEDED"
        assert done(caller) == ["a", "b", "c"]
        stamp = caller.read("vendor", 42, "lastmodifieddate")["values"]["lastmodifieddate"]
        assert datetime.fromisoformat(stamp) == at + timedelta(seconds=300)


def test_a_lookup_takes_as_many_request_ids_as_a_query_would(shared):
    ask = {"operation": "lookup", "request_ids": [str(i) for i in range(1001)]}
    assert thrown(shared.restlet(ask))["name"] == "INVALID_REQUEST"
    ask["request_ids"].pop()
    assert len(shared.restlet(ask).json()["results"]) == 1000


def test_an_answer_of_more_than_ten_megabytes_is_refused(own):
    names = [f"note{i}" for i in range(60)]
    columns = {"id": "integer", **dict.fromkeys(names, "clob")}
    row = {"id": 1, **dict.fromkeys(names, "x" * 4000)}
    own.door("POST", "load", {"tables": {"notes": {"columns": columns, "rows": [row]}}})
    stale = {"record_type": "notes", "operation": "update", "id": 1,
             "expected": dict.fromkeys(names, "y")}  # fmt: skip
    answer = own.restlet({"operations": [{**stale, "request_id": str(i)} for i in range(50)]})
    assert (answer.status, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert "10 MB" in answer.json()["error"]["message"]
