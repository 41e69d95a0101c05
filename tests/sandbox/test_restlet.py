"""The RESTlet's language: each operation done or not on its own, and never twice."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

BUSINESS = {"companyname": "Alder & Sons Supply"}


def error_code(result) -> str:
    assert result["ok"] is False
    return result["error"]["code"]


def test_ping_says_what_the_script_can_do(shared):
    assert shared.restlet({"operation": "ping"}).json() == {
        "ok": True,
        "version": "1.0",
        "idempotent": True,
        "max_operations": 50,
    }


def test_an_update_changes_the_record_and_is_in_the_ledger(start):
    at = datetime(2026, 11, 22, 9, 15, 0, 987654, tzinfo=UTC)
    with start(now=lambda: at) as caller:
        result = caller.do("update", "vendor", id="42", values={"cost": 12.5}, request_id="r-1")
        assert result == {
            "request_id": "r-1",
            "ok": True,
            "ns_internal_id": "42",
            "idempotent": False,
            "lastmodified": "2026-11-22T09:15:00Z",
        }
        values = caller.read("vendor", "42", "cost", "lastmodifieddate")["values"]
        assert values == {"cost": 12.5, "lastmodifieddate": "2026-11-22T09:15:00Z"}
        assert caller.ledger() == [
            {
                "seq": 1,
                "request_id": "r-1",
                "record_type": "vendor",
                "internal_id": "42",
                "operation": "update",
                "fields": {"cost": 12.5},
            }
        ]


def test_the_same_request_id_is_done_once(own):
    first = own.do("update", "vendor", id=42, values={"cost": 12.5}, request_id="same")
    again = own.do("update", "vendor", id=42, values={"cost": 99}, request_id="same")
    assert again == {**first, "idempotent": True}
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 12.5}
    assert len(own.ledger()) == 1


def test_a_failed_request_id_may_be_tried_again(own):
    wrong = own.do("update", "vendor", id=42, values={"cost": 1}, expected={"cost": 9},
                   request_id="retried")  # fmt: skip
    assert error_code(wrong) == "RCRD_HAS_BEEN_CHANGED"
    right = own.do("update", "vendor", id=42, values={"cost": 1}, expected={"cost": 10},
                   request_id="retried")  # fmt: skip
    assert (right["ok"], right["idempotent"]) == (True, False)


def test_sixteen_at_once_with_one_request_id_change_the_record_once(own):
    operation = {"request_id": "raced", "operation": "create", "record_type": "vendor",
                 "values": BUSINESS}  # fmt: skip
    start, results = threading.Barrier(16), []

    def race():
        start.wait()
        results.extend(own.results(operation))

    threads = [threading.Thread(target=race) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result["ns_internal_id"] for result in results}) == 1
    assert sorted(result["idempotent"] for result in results) == [False] + [True] * 15
    assert len(own.ledger()) == 1


def test_lookup_tells_what_became_of_request_ids(own):
    done = own.do("update", "vendor", id=42, values={"cost": 11}, request_id="done")
    own.do("update", "vendor", id=1, values={"cost": 11}, request_id="failed")
    answer = own.restlet({"operation": "lookup", "request_ids": ["failed", "done", "never"]})
    assert answer.json()["results"] == [
        {"request_id": "failed", "found": False},
        {**done, "found": True, "idempotent": True},
        {"request_id": "never", "found": False},
    ]


def test_one_refused_operation_leaves_the_others_done(own):
    change = {"operation": "update", "record_type": "vendor", "values": {"cost": 1}}
    results = own.results(
        {"request_id": "a", "id": "42", **change},
        {"request_id": "b", "id": "999999", **change},
        {"request_id": "c", "id": "41", **change},
    )
    assert [(each["request_id"], each["ok"]) for each in results] == [
        ("a", True), ("b", False), ("c", True),
    ]  # fmt: skip
    assert [entry["request_id"] for entry in own.ledger()] == ["a", "c"]


def test_a_conflict_names_the_current_values_of_what_differs(own):
    result = own.do(
        "update", "vendor", id="42",
        values={"cost": 12.5}, expected={"cost": 11, "companyname": "Acme Industrial Supply"},
    )  # fmt: skip
    assert result["error"] == {
        "code": "RCRD_HAS_BEEN_CHANGED",
        "message": "Record has been changed",
        "current": {"cost": 10},
    }
    assert own.read("vendor", "42", "cost")["values"] == {"cost": 10}
    assert own.ledger() == []


@pytest.mark.parametrize(
    "expected",
    [
        {"cost": 10}, {"cost": 10.0}, {"cost": "10.00"}, {"isinactive": False},
        {"isinactive": "F"}, {"fax": None}, {"fax": ""}, {"terms": "3"}, {"terms": 3},
        {"id": 42}, {},
    ],
)  # fmt: skip
def test_expected_values_are_compared_as_what_they_mean(own, expected):
    own.door("POST", "tables/vendor/rows", [{"id": 42, "terms": 3}])
    assert own.do("update", "vendor", id="42", values={"cost": 1}, expected=expected)["ok"]


@pytest.mark.parametrize(
    "expected",
    [{"cost": 10.01}, {"cost": None}, {"cost": "ten"}, {"isinactive": True}, {"fax": "0"},
     {"companyname": "acme industrial supply"}],
)  # fmt: skip
def test_another_value_than_the_expected_is_a_conflict(own, expected):
    result = own.do("update", "vendor", id="42", values={"cost": 1}, expected=expected)
    assert error_code(result) == "RCRD_HAS_BEEN_CHANGED"
    assert set(result["error"]["current"]) == set(expected)


@pytest.mark.parametrize(
    ("seen", "same"),
    [
        ("2026-01-02T03:04:05Z", True), ("2026-01-02 03:04:05", True),
        ("2026-01-02T03:04:05.999Z", True), ("2026-01-01T19:04:05-08:00", True),
        ("2026-01-02T03:04:06Z", False), ("2026-01-02T03:04:05-08:00", False),
        ("2026-01-02", False), ("1/2/2026", False),
    ],
)  # fmt: skip
def test_expected_moments_are_compared_as_moments(own, seen, same):
    stamp = "2026-01-02T03:04:05Z"
    own.door("POST", "tables/vendor/rows", [{"id": 42, "lastmodifieddate": stamp}])
    expected = {"lastmodifieddate": seen}
    result = own.do("update", "vendor", id=42, values={"cost": 1}, expected=expected)
    assert result["ok"] is same
    assert same or result["error"]["current"] == {"lastmodifieddate": stamp}


def test_a_new_record_goes_on_from_the_last_id_of_its_space(own):
    (last,) = own.rows("SELECT MAX(id) AS id FROM entity")
    vendor = own.made("vendor", values=BUSINESS)
    customer = own.made("customer", values={"companyname": "Birch Builders", "terms": 2})
    assert [int(vendor), int(customer)] == [int(last["id"]) + 1, int(last["id"]) + 2]
    assert own.read("vendor", vendor, "entityid", "isinactive", "currency")["values"] == {
        "entityid": BUSINESS["companyname"],
        "isinactive": False,
        "currency": 1,
    }


def test_an_id_is_never_given_twice(own):
    vendor = own.made("vendor", values=BUSINESS)
    assert own.do("delete", "vendor", id=vendor)["ok"]
    assert int(own.made("vendor", values=BUSINESS)) == int(vendor) + 1


def test_an_external_id_is_unique_to_its_record_type(own):
    first = own.made("vendor", values=BUSINESS, external_id="proposal-7")
    again = own.do("create", "vendor", values=BUSINESS, external_id="proposal-7")
    assert error_code(again) == "UNIQUE_RCRD_ID_REQD"
    assert own.do("update", "vendor", id=first, values={"cost": 2}, external_id="proposal-7")["ok"]
    assert own.do("create", "customer", values=BUSINESS, external_id="proposal-7")["ok"]


@pytest.mark.parametrize(
    ("record_type", "parts", "code", "named"),
    [
        ("vendor", {"id": "999999", "values": {"cost": 1}}, "RCRD_DSNT_EXIST", "exist"),
        ("vendor", {"id": "x", "values": {"cost": 1}}, "RCRD_DSNT_EXIST", "exist"),
        ("customer", {"id": "42", "values": {"phone": "1"}}, "RCRD_DSNT_EXIST", "exist"),
        ("vendor", {"values": {"cost": 1}}, "SSS_MISSING_REQD_ARGUMENT", "id"),
        ("vendor", {"id": "42", "values": {"nosuch": 1}}, "NONEXISTENT_FIELD", "nosuch"),
        ("vendor", {"id": "42", "values": {"Cost": 1}}, "NONEXISTENT_FIELD", "Cost"),
        ("vendor", {"id": "42", "expected": {"nosuch": 1}}, "NONEXISTENT_FIELD", "nosuch"),
        ("vendor", {"id": "42", "values": {"cost": "ten"}}, "INVALID_FLD_VALUE", "cost"),
        ("vendor", {"id": "42", "values": {"cost": "1_0"}}, "INVALID_FLD_VALUE", "cost"),
        ("vendor", {"id": "42", "values": {"cost": True}}, "INVALID_FLD_VALUE", "cost"),
        ("vendor", {"id": "42", "values": {"cost": [1]}}, "INVALID_FLD_VALUE", "cost"),
        ("vendor", {"id": "42", "values": {"cost": 1e300}}, "INVALID_FLD_VALUE", "cost"),
        ("vendor", {"id": "42", "values": {"terms": 2.5}}, "INVALID_FLD_VALUE", "terms"),
        ("vendor", {"id": "42", "values": {"isinactive": 1}}, "INVALID_FLD_VALUE", "isinactive"),
        ("customer", {"values": {"startdate": "1/2/2026"}}, "INVALID_FLD_VALUE", "startdate"),
        ("customer", {"values": {"startdate": "2026-02-30"}}, "INVALID_FLD_VALUE", "startdate"),
        ("vendor", {"id": "42", "values": {"phone": "\ud800"}}, "INVALID_FLD_VALUE", "phone"),
        ("vendor", {"id": "42", "values": {"phone": "1" * 301}}, "EXCEEDED_MAX_FIELD_LENGTH",
         "phone"),
        ("vendor", {"id": "42", "values": {"terms": 99}}, "INVALID_KEY_OR_REF", "terms"),
        ("vendor", {"id": "42", "values": {"lastmodifieddate": None}}, "INSUFFICIENT_PERMISSION",
         "lastmodifieddate"),
        ("vendor", {"id": "42", "values": {"companyname": "", "entityid": None}}, "USER_ERROR",
         "companyname"),
        ("wendor", {"id": "42", "values": {"cost": 1}}, "INVALID_RCRD_TYPE", "wendor"),
        ("transactionline", {"id": "1", "values": {"memo": "x"}}, "INVALID_RCRD_TYPE", "line"),
        ("vendor", {"id": "42", "sublists": {"item": []}}, "SSS_INVALID_SUBLIST_ID", "item"),
    ],
)  # fmt: skip
def test_an_update_that_cannot_be_is_refused_by_name(own, record_type, parts, code, named):
    operation = "update" if "id" in parts or code == "SSS_MISSING_REQD_ARGUMENT" else "create"
    result = own.do(operation, record_type, **parts)
    assert error_code(result) == code
    assert named in result["error"]["message"]
    assert own.ledger() == []


@pytest.mark.parametrize(
    ("record_type", "values", "missing"),
    [
        ("vendor", {"cost": 1}, "companyname"),
        ("customer", {}, "companyname"),
        ("vendorbill", {"memo": "no vendor"}, "entity"),
        ("inventoryitem", {"cost": 1}, "itemid"),
        ("bomrevision", {"name": "Rev B"}, "billofmaterials"),
    ],
)
def test_a_new_record_needs_its_mandatory_fields(own, record_type, values, missing):
    result = own.do("create", record_type, values=values)
    assert error_code(result) == "USER_ERROR"
    asked = result["error"]["message"].removeprefix("Please enter value(s) for: ")
    assert asked.lower().replace(" ", "") == missing


def test_a_deleted_record_is_gone(own):
    vendor = own.made("vendor", values=BUSINESS)
    assert own.do("delete", "vendor", id=vendor, expected={"cost": None})["ok"]
    assert own.read("vendor", vendor)["error"]["code"] == "RCRD_DSNT_EXIST"
    assert [entry["operation"] for entry in own.ledger()] == ["create", "delete"]


@pytest.mark.parametrize(("record_type", "number"), [("vendor", 42), ("term", 2), ("item", 101)])
def test_a_record_that_others_refer_to_cannot_be_deleted(own, record_type, number):
    result = own.do("delete", record_type, id=number)
    assert error_code(result) == "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS"
    assert own.read(record_type, number)["ok"]


def test_reading_gives_values_in_jsons_own_kinds(own):
    own.door("POST", "tables/customer/rows", [{"id": 80, "startdate": "2026-03-02", "url": ""}])
    answer = own.read("customer", "80", "id", "isinactive", "creditlimit", "startdate", "url")
    assert answer["ok"] is True
    values = answer["values"]
    assert (values["id"], values["startdate"], values["url"]) == (80, "2026-03-02", None)
    assert isinstance(values["isinactive"], bool)
    assert isinstance(values["creditlimit"], float)
    assert len(own.read("customer", "80")["values"]) > 40


def test_reading_what_is_not_there_says_so(shared):
    assert shared.read("vendor", "1", "cost")["error"]["code"] == "RCRD_DSNT_EXIST"
    assert shared.read("vendor", "42", "nosuch")["error"]["code"] == "NONEXISTENT_FIELD"
    assert shared.read("nosuch", "42")["error"]["code"] == "INVALID_RCRD_TYPE"


def test_a_record_is_only_of_its_own_type(shared):
    (bill,) = shared.rows("SELECT MIN(id) AS id FROM transaction WHERE type = 'VendBill'")
    assert shared.read("vendorbill", bill["id"])["ok"]
    assert shared.read("vendorBill", bill["id"])["ok"]
    assert shared.read("salesorder", bill["id"])["ok"] is False


def test_price_levels_follow_a_new_base_price(own):
    assert own.do("update", "inventoryitem", id=101, values={"baseprice": 200})["ok"]
    query = "SELECT pricelevelname, price FROM itemprice WHERE item = 101 ORDER BY pricelevel"
    assert [row["price"] for row in own.rows(query)] == ["200", "190", "180", "170"]


def test_last_modified_moves_with_every_update(start):
    now = [datetime(2026, 11, 22, 9, tzinfo=UTC)]
    with start(now=lambda: now[0]) as caller:
        stamps = []
        for _ in range(2):
            now[0] += timedelta(seconds=90)
            stamps.append(caller.do("update", "vendor", id=42, values={"cost": 3})["lastmodified"])
        assert stamps == ["2026-11-22T09:01:30Z", "2026-11-22T09:03:00Z"]
        row = caller.read("vendor", 42, "lastmodifieddate")["values"]
        assert row == {"lastmodifieddate": stamps[-1]}


MALFORMED = [
    None, 5, [], {}, {"request_id": "x"}, {"request_id": 5, "operation": "update"},
    {"request_id": "", "operation": "update", "record_type": "vendor"},
    {"request_id": "x", "operation": "upsert", "record_type": "vendor"},
    {"request_id": "x", "operation": "update", "record_type": "vendor", "values": []},
    {"request_id": "x", "operation": "update", "record_type": "vendor", "sublists": {"item": {}}},
    {"request_id": "x", "operation": "update", "record_type": "vendor", "sublists": {"item": [1]}},
    {"request_id": "x", "operation": "update", "record_type": "vendor", "expcted": {"cost": 1}},
    {"request_id": "x", "operation": "update", "record_type": "vendor", "external_id": 5},
    {"request_id": "\udc00", "operation": "update", "record_type": "vendor"},
]  # fmt: skip


@pytest.mark.parametrize("operation", MALFORMED, ids=lambda operation: json.dumps(operation)[:60])
def test_a_malformed_operation_is_refused_on_its_own(own, operation):
    good = {"request_id": "good", "operation": "update", "record_type": "vendor", "id": "42"}
    refused, done = own.results(operation, good)
    assert error_code(refused) == "INVALID_REQUEST"
    assert done["ok"]
