"""The sandbox's own doors: the ledger, the counts, and another user at work."""

import contextlib
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from nsconsole.sandbox.rows import Rows
from nsconsole.sandbox.tables import TABLES


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


class TestColleagues:
    """Another user's work, as it looks from outside."""

    @pytest.fixture
    def at(self):
        return datetime(2026, 11, 22, 9, 15, tzinfo=UTC)

    def test_a_line_moves_the_last_modified_of_its_record(self, start, at):
        with start(now=lambda: at) as caller:
            (line,) = caller.rows("SELECT MAX(uniquekey) AS k FROM transactionline")
            row = {"uniquekey": int(line["k"]), "memo": "x"}
            caller.door("POST", "tables/transactionline/rows", [row])
            assert stamped(caller, "transaction", at) == 1
            caller.door("POST", "tables/itemvendor/rows", [{"item": 101, "vendor": 42}])
            assert stamped(caller, "item", at) == 1

    def test_a_deleted_line_moves_the_last_modified_of_its_record(self, start, at):
        with start(now=lambda: at) as caller:
            (line,) = caller.rows("SELECT MAX(uniquekey) AS k FROM transactionline")
            caller.door("DELETE", "tables/transactionline/rows", {"ids": [line["k"]]})
            assert stamped(caller, "transaction", at) == 1

    def test_rows_that_say_when_they_changed_move_nothing_else(self, start, at):
        with start(now=lambda: at) as caller:
            (line,) = caller.rows("SELECT MAX(uniquekey) AS k FROM transactionline")
            then = "2026-01-02T03:04:05Z"
            row = {"uniquekey": int(line["k"]), "linelastmodifieddate": then}
            caller.door("POST", "tables/transactionline/rows", [row])
            assert stamped(caller, "transaction", at) == 0
            caller.door("POST", "tables/vendor/rows", [{"id": 42, "lastmodifieddate": then}])
            values = caller.read("vendor", 42, "lastmodifieddate")["values"]
            assert values == {"lastmodifieddate": then}

    def test_a_new_row_has_been_made_now(self, start, at):
        with start(now=lambda: at) as caller:
            caller.door("POST", "tables/vendor/rows", [{"entityid": "Elm"}])
            (row,) = caller.rows("SELECT MAX(id) AS id FROM vendor")
            values = caller.read("vendor", row["id"], "datecreated")["values"]
            assert values == {"datecreated": "2026-11-22T09:15:00Z"}

    def test_late_commits_are_stamped_before_they_can_be_seen(self, start, at):
        with start(now=lambda: at) as caller:
            caller.door("PATCH", "behaviour", {"late_commit_seconds": 90})
            caller.door("POST", "tables/vendor/rows", [{"id": 41, "cost": 1}])
            result = caller.do("update", "vendor", id=42, values={"cost": 1})
            assert result["lastmodified"] == "2026-11-22T09:13:30Z"
            assert stamped(caller, "vendor", at - timedelta(seconds=90)) == 2

    def test_deleting_by_key_takes_along_what_belongs_to_the_row(self, own):
        (order,) = own.rows("SELECT MAX(id) AS id FROM transaction WHERE type = 'SalesOrd'")
        answer = own.door("DELETE", "tables/transaction/rows", {"ids": [order["id"], 10**9]})
        assert answer.json() == {"rows": 1}
        query = "SELECT COUNT(*) AS n FROM transactionline WHERE transaction = ?"
        assert own.rows(query, order["id"]) == [{"n": "0"}]

    @pytest.mark.parametrize(
        ("table", "body"),
        [
            ("nosuch", {"ids": [1]}), ("entity", {"ids": [1]}), ("vendor", {}), ("vendor", []),
            ("vendor", {"ids": 42}), ("vendor", {"ids": [41, "x"]}), ("vendor", {"ids": [[1, 2]]}),
            ("vendor", {"ids": [41, None, [1, 2]]}), ("inventoryitemlocations", {"ids": [101]}),
            ("inventoryitemlocations", {"ids": [[101, 1], [101]]}),
        ],
    )  # fmt: skip
    def test_keys_that_are_none_are_refused_and_nothing_is_deleted(self, own, table, body):
        assert own.door("DELETE", f"tables/{table}/rows", body).status == 400
        assert own.read("vendor", 41)["ok"]
        query = "SELECT COUNT(*) AS n FROM inventoryitemlocations WHERE item = 101"
        assert own.rows(query) == [{"n": "3"}]

    def test_a_key_is_looked_up_and_not_searched_for(self, state):
        keys = {
            "transaction": {"id": 1},
            "inventoryitemlocations": {"item": 1, "location": 1},
            "transactionline": {"transaction": 1, "entity": None},
            "customer": {"externalid": "x"},
        }
        with contextlib.closing(sqlite3.connect(state)) as connection:
            rows = Rows(connection, TABLES)
            plans = []
            connection.set_trace_callback(plans.append)
            for table, where in keys.items():
                rows.change(table, {next(iter(where)): 1}, where)
                rows.remove(table, where)
                rows.exists(table, where)
            connection.set_trace_callback(None)
            connection.rollback()
            statements = [each for each in plans if each.startswith(("UPD", "DEL", "SEL"))]
            assert len(statements) >= 12
            for statement in statements:
                plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
                assert all("SCAN" not in detail for *_, detail in plan), statement


def stamped(caller, table, at) -> int:
    """How many rows of the table were last modified at that very second."""
    (row,) = caller.rows(
        f"SELECT COUNT(*) AS n FROM {table} WHERE SYS_EXTRACT_UTC(lastmodifieddate) = "
        f"TO_TIMESTAMP('{at:%Y-%m-%d %H:%M:%S}', 'YYYY-MM-DD HH24:MI:SS')"
    )
    return int(row["n"])


@pytest.mark.parametrize("path", ["tables/vendor/rows", "tables/vendor/columns", "features"])
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'[{"id": NaN}]', b"5"])
def test_a_body_that_is_no_use_to_a_door_is_refused(shared, path, body):
    answer = shared.door("POST", path, body)
    assert answer.status == 400
    assert answer.json()["error"]
