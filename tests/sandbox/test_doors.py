"""The sandbox's own doors: the ledger, the counts, and another user at work."""

import threading
from datetime import UTC, datetime

import pytest


def test_the_ledger_keeps_what_was_written_in_jsons_kinds(own):
    values = {"cost": "12.50", "isinactive": "T", "terms": "2"}
    own.do("update", "vendor", id="42", values=values, external_id="e-1")
    fields = {"cost": 12.5, "isinactive": True, "terms": 2, "externalid": "e-1"}
    assert own.ledger()[0]["fields"] == fields


def test_a_cleared_ledger_starts_a_new_chapter_and_changes_no_record(own):
    own.do("update", "vendor", id=42, values={"cost": 11}, request_id="old")
    assert own.door("DELETE", "ledger").json() == []
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 11}
    again = own.do("update", "vendor", id=42, values={"cost": 11}, request_id="old")
    assert again["idempotent"] is True
    assert own.ledger() == []
    own.do("update", "vendor", id=42, values={"cost": 12})
    assert [entry["seq"] for entry in own.ledger()] == [1]


def test_stats_count_requests_by_endpoint_and_status(own):
    own.restlet({"operation": "ping"})
    own.restlet(b"{")
    own.suiteql("SELECT 1 FROM dual")
    own.send("GET", "/nowhere")
    own.ledger()
    stats = own.door("GET", "stats").json()
    assert stats["requests"] == {
        "restlet": {"200": 1, "400": 1},
        "suiteql": {"200": 1},
        "other": {"404": 1},
    }
    assert stats["peak_concurrent"] == 1
    assert stats["refused_logins"] == []
    assert stats["unexpected_errors"] == []


def test_stats_know_how_many_requests_there_were_at_once(start):
    with start(latency_ms=500) as caller:
        together = threading.Barrier(5)

        def ping():
            together.wait()
            caller.restlet({"operation": "ping"})

        threads = [threading.Thread(target=ping) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert caller.door("GET", "stats").json()["peak_concurrent"] == 5


def test_another_user_changes_and_adds_rows(start):
    at = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    with start(now=lambda: at) as caller:
        rows = [{"id": 42, "cost": 11}, {"companyname": "New Vendor", "entityid": "New Vendor"}]
        assert caller.door("POST", "tables/vendor/rows", rows).json() == {"rows": 2}
        changed = caller.read("vendor", 42, "cost", "companyname", "lastmodifieddate")["values"]
        assert changed == {
            "cost": 11,
            "companyname": "Acme Industrial Supply",
            "lastmodifieddate": "2026-11-22T09:15:00Z",
        }
        (added,) = caller.rows("SELECT id FROM vendor WHERE companyname = 'New Vendor'")
        (last,) = caller.rows("SELECT MAX(id) AS id FROM entity")
        assert added == last
        assert caller.ledger() == []


def test_another_user_makes_an_expected_value_stale(own):
    own.door("POST", "tables/vendor/rows", [{"id": 42, "cost": 11}])
    result = own.do("update", "vendor", id=42, values={"cost": 12}, expected={"cost": 10})
    assert result["error"]["current"] == {"cost": 11}


def test_rows_are_told_apart_by_the_whole_key(own):
    row = {"item": 101, "location": 2, "quantityonhand": 7}
    own.door("POST", "tables/inventoryitemlocations/rows", [row])
    query = "SELECT location, quantityonhand FROM inventoryitemlocations WHERE item = 101"
    assert {"location": "2", "quantityonhand": "7"} in own.rows(query)
    assert len(own.rows(query)) == 3


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("nosuch", [{"id": 1}]),
        ("entity", [{"id": 1}]),
        ("sandbox_ledger", [{"seq": 1}]),
        ("vendor", {"id": 42}),
        ("vendor", [5]),
        ("vendor", [{"id": 42, "nosuch": 1}]),
        ("vendor", [{"id": 42, "cost": 1}, {"id": 42, "cost": "ten"}]),
        ("inventoryitemlocations", [{"item": 101}]),
    ],
)
def test_bad_rows_are_refused_and_none_of_them_put(own, table, rows):
    answer = own.door("POST", f"tables/{table}/rows", rows)
    assert answer.status == 400
    assert answer.json()["error"]
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 10}


def test_a_door_that_is_not_there_says_so_and_asks_for_no_login(own):
    answer = own.door("POST", "nosuch", {})
    assert answer.status == 400
    assert own.door("GET", "stats").json()["refused_logins"] == []
