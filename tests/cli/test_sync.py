"""`sync`: the mirror brought up to date from the command line, on a real sandbox."""

import contextlib
import json
import shutil
import signal
import sqlite3
import time
from contextlib import closing

import pytest

KEYS = {
    *("table", "mode", "status", "rows_read", "rows_written", "rows_deleted", "requests"),
    *("dropped_columns", "watermark", "seconds", "error"),
}
WIDGETS = """
[widget]
key = ["id"]
mode = "incremental"
tier = 5
cursor = "changed"
[widget.columns]
id = "integer"
name = "text"
changed = "datetime"
"""
GADGETS = WIDGETS.replace("widget", "gadget").replace("tier = 5", "tier = 15")


def _rows(count):
    return [
        {"id": n, "name": f"widget {n}", "changed": f"2026-11-0{n % 9 + 1}T00:00:00Z"}
        for n in range(1, count + 1)
    ]


def _table(count):
    columns = {"id": "integer", "name": "text", "changed": "datetime"}
    return {"columns": columns, "key": ["id"], "rows": _rows(count)}


@pytest.fixture
def mapped(program, sandbox):
    """The program on a mirror of two small tables of its own."""
    sandbox.load(widget=_table(20), gadget=_table(3))
    assert program.here("map", "edit", "--file", "-", stdin=WIDGETS + GADGETS).code == 0
    return program


@pytest.fixture
def mirrored(home):
    """Read a mirror table as any other program would."""

    def read(table, column="name"):
        with closing(sqlite3.connect(home / "nsconsole.db")) as connection:
            return connection.execute(f"SELECT id, {column} FROM {table} ORDER BY id").fetchall()

    return read


def test_a_sync_mirrors_every_table_of_the_map(mapped, mirrored):
    result = mapped.here("sync", "--json")
    assert result.code == 0
    assert all(table.keys() == KEYS for table in result.json["tables"])
    by_name = {table["table"]: table for table in result.json["tables"]}
    assert by_name["widget"]["rows_written"] == 20
    assert by_name["widget"]["status"] == "done"
    assert by_name["widget"]["error"] is None
    assert by_name["widget"]["watermark"] == "2026-11-09T00:00:00Z"
    assert mirrored("ns_widget") == [(n, f"widget {n}") for n in range(1, 21)]
    assert len(mirrored("ns_gadget")) == 3


def test_only_the_tables_named_are_synced(mapped):
    tables = mapped.here("sync", "gadget", "--json").json["tables"]
    assert [table["table"] for table in tables] == ["gadget"]


def test_only_the_tables_of_a_tier_are_synced(mapped):
    tables = mapped.here("sync", "--tier", "5", "--json").json["tables"]
    assert [table["table"] for table in tables] == ["widget"]
    assert mapped.here("sync", "--tier", "60").out == "There are no tables to sync.\n"


def test_tables_and_a_tier_together_are_wrong_usage(mapped):
    assert mapped.here("sync", "widget", "--tier", "5").code == 2


def test_full_reads_all_again_and_an_ordinary_sync_does_not(mapped, sandbox):
    mapped.here("sync")
    sandbox.edit("widget", {"id": 7, "name": "seven", "changed": "2026-11-20T00:00:00Z"})
    (again,) = mapped.here("sync", "widget", "--json").json["tables"]
    assert again["rows_written"] == 1
    assert again["rows_read"] < 20
    (full,) = mapped.here("sync", "widget", "--full", "--json").json["tables"]
    assert full["rows_read"] >= 20


def test_people_get_a_table(mapped):
    shown = mapped.here("sync", "widget").out.splitlines()
    assert shown[0].split() == [
        *("TABLE", "MODE", "STATUS", "READ", "WRITTEN", "DELETED", "REQUESTS", "SECONDS")
    ]
    assert shown[1].split()[:5] == ["widget", "incremental", "done", "20", "20"]


def test_a_table_that_the_map_lacks_ends_with_2(mapped):
    result = mapped.here("sync", "wigdet")
    assert result.code == 2
    assert "wigdet" in result.err


def test_a_column_that_went_is_named_and_the_rest_is_there(mapped, sandbox):
    mapped.here("sync")
    sandbox.drift("gadget", drop="name")
    sandbox.edit("gadget", {"id": 2, "changed": "2026-11-21T00:00:00Z"})
    (table,) = mapped.here("sync", "gadget", "--json").json["tables"]
    assert (table["status"], table["dropped_columns"]) == ("done", ["name"])


def test_a_table_that_went_ends_with_1_and_the_others_are_synced(mapped, sandbox, mirrored):
    mapped.here("sync", "gadget")
    sandbox._door("tables/gadget", {"access": "removed"})
    result = mapped.here("sync", "--json")
    assert result.code == 1
    by_name = {table["table"]: table for table in result.json["tables"]}
    assert by_name["gadget"]["status"] == "paused"
    assert by_name["gadget"]["error"]
    assert len(mirrored("ns_widget")) == 20
    assert by_name["gadget"]["error"] in mapped.here("sync").out


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("NSCONSOLE_TOKEN_SECRET", "0" * 64, "refused the credentials"),
        ("NSCONSOLE_NETSUITE_URL", "http://127.0.0.1:1", "not reachable"),
        ("NSCONSOLE_ACCOUNT", "", "no NetSuite account is set"),
    ],
)
def test_without_netsuite_it_ends_with_4(mapped, variable, value, said):
    mapped.environ[variable] = value
    result = mapped.here("sync", "--json")
    assert result.code == 4
    assert said in result.json["error"]["message"]


@pytest.fixture
def slow_sandbox(seeded_state, tmp_path):
    from nsconsole.sandbox.server import Options, running

    state = tmp_path / "slow.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, latency_ms=400)) as started:
        yield started


def test_ctrl_c_ends_a_sync_after_a_page_and_the_next_goes_on_from_there(
    mapped, slow_sandbox, sandbox, mirrored
):
    type(sandbox)(slow_sandbox.url, {}, {}).load(widget=_table(4000), gadget=_table(1))
    mapped.environ["NSCONSOLE_NETSUITE_URL"] = slow_sandbox.url
    process = mapped.start("sync", "widget", "--json")
    try:
        _wait_until(lambda: mirrored("ns_widget"))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, err) == (130, "")
    (table,) = json.loads(out)["tables"]
    assert table["status"] == "cancelled"
    kept = len(mirrored("ns_widget"))
    assert 0 < kept < 4000
    (rest,) = mapped.here("sync", "widget", "--json").json["tables"]
    assert rest["status"] == "done"
    assert rest["rows_read"] < 4000
    assert len(mirrored("ns_widget")) == 4000


def test_a_second_ctrl_c_does_not_wait_for_netsuite(mapped, sandbox, mirrored):
    sandbox.fault("suiteql", "slow", ms=30_000, times=1)
    process = mapped.start("sync", "widget")
    try:
        _wait_until(lambda: mirrored("sync_runs", "table_name") == [(1, "widget")])
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)  # two signals at once would count as one
        process.send_signal(signal.SIGINT)
        # The second may meet a program that is ending already; a shell calls both 130.
        assert process.wait(timeout=20) in (130, -signal.SIGINT)
    finally:
        process.kill()
        process.communicate()
    assert time.monotonic() - begun < 15


def _wait_until(condition):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.OperationalError):  # the table is not there yet
            if condition():
                return
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def test_progress_is_told_on_a_terminal_and_taken_away(mapped, slow_sandbox, sandbox, type_into):
    type(sandbox)(slow_sandbox.url, {}, {}).load(widget=_table(4000), gadget=_table(1))
    mapped.environ["NSCONSOLE_NETSUITE_URL"] = slow_sandbox.url
    code, shown = type_into(mapped, ["sync", "widget"], {})
    assert code == 0
    assert "syncing: 0 of 1 tables done; widget " in shown
    assert "of 4,000 rows" in shown
    assert "\r\x1b[K" in shown.rpartition("TABLE")[0][-12:]
