"""`log`: what the syncs did and found, once or as it comes."""

import json
import signal
import sqlite3
import threading
from contextlib import closing

import pytest

from nsconsole.services.sync.log import Level, note

KEYS = {"id", "at", "run_id", "table", "level", "event", "detail"}


@pytest.fixture
def write(program, home):
    """Write an entry, as a sync would; everything is made before the first."""
    from nsconsole.services.workspace import open_workspace
    from nsconsole.settings import load_settings

    workspace = open_workspace(load_settings({}, home=home), environ={})

    def write_one(event, level="info", table=None, **detail):
        with workspace.database.writing() as connection:
            note(connection, workspace.now(), Level(level), event, table=table, detail=detail)

    yield write_one
    workspace.close()


@pytest.fixture
def follow(program):
    """Follow the log in a process of its own; give it, and what waits for its next line."""
    started = []

    def start(*words):
        process = program.start("log", "--follow", *words)
        patience = threading.Timer(60, process.kill)  # then the next line is empty
        patience.start()
        started.append((process, patience))
        return process, process.stdout.readline

    yield start
    for process, patience in started:
        patience.cancel()
        process.kill()
        process.communicate()


def _events(result):
    return [entry["event"] for entry in result.json["entries"]]


def test_an_empty_log_says_so(program):
    assert program.here("log", "--json").json == {"entries": []}
    assert program.here("log").out == "The log has no such entries.\n"


def test_entries_are_shown_the_newest_last(program, write):
    write("stopped", "error", count=2, reason="NetSuite is away")
    write("rows_vanished", table="vendor", count=3)
    shown = program.here("log").out.splitlines()
    assert shown[0].endswith("stopped: NetSuite is away (tables that wait: 2)")
    assert shown[1].split()[2:4] == ["info", "vendor"]
    assert "3 rows are gone" in shown[1]
    entries = program.here("log", "--json").json["entries"]
    assert all(entry.keys() == KEYS for entry in entries)
    assert entries[1]["detail"] == {"count": 3}
    assert entries[1]["at"].endswith("Z")


def test_a_sync_is_told(program):
    assert program.here("sync", "currency").code == 0
    (entry,) = program.here("log", "--table", "currency", "--json").json["entries"]
    assert entry["event"] == "run_ended"
    assert isinstance(entry["run_id"], int)


def test_only_one_table_or_what_is_as_bad_is_shown(program, write):
    for table, level in (("a", "debug"), ("a", "warning"), ("b", "error"), ("b", "info")):
        write(f"{table}_{level}", level, table)
    assert _events(program.here("log", "--table", "a", "--json")) == ["a_debug", "a_warning"]
    assert _events(program.here("log", "--level", "warning", "--json")) == ["a_warning", "b_error"]
    only = program.here("log", "--level", "error", "--table", "a", "--json")
    assert _events(only) == []


def test_the_newest_hundred_are_shown_unless_told_otherwise(program, write):
    for number in range(103):
        write(f"event_{number}")
    assert _events(program.here("log", "--json")) == [f"event_{n}" for n in range(3, 103)]
    assert _events(program.here("log", "--limit", "2", "--json")) == ["event_101", "event_102"]


def test_what_comes_from_netsuite_is_shown_as_one_line_without_control_codes(program, write):
    write("stopped", "error", count=2, reason="a\nb\x1b[2Jc")
    (line,) = program.here("log").out.splitlines()
    assert "stopped: a␊b␛[2Jc (" in line


def test_times_are_in_utc_and_say_so(program, write, home):
    write("stopped")
    with closing(sqlite3.connect(home / "nsconsole.db")) as connection, connection:
        connection.execute("UPDATE sync_log SET at = '2026-11-22T09:15:07.000000Z'")
    program.environ["TZ"] = "America/New_York"
    assert program("log").out.startswith("2026-11-22 09:15:07Z  ")


def test_following_shows_what_comes_and_ends_with_130(write, follow):
    write("event_1")
    process, next_line = follow()
    assert next_line().rstrip().endswith("event_1")
    write("event_2")
    assert next_line().rstrip().endswith("event_2")
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 130


def test_following_with_json_prints_an_object_a_line(write, follow):
    write("event_1", table="vendor")
    write("event_1", table="item")
    process, next_line = follow("--json", "--table", "item", "--level", "warning", "--limit", "1")
    write("event_2", "info", "item")
    write("event_3", "warning", "vendor")
    write("event_4", "warning", "item")
    entry = json.loads(next_line())
    assert entry.keys() == KEYS
    assert (entry["event"], entry["table"]) == ("event_4", "item")
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("", "")


def test_following_loses_nothing_of_a_burst(home, follow, write):
    write("event_0")
    _, next_line = follow("--json")
    assert json.loads(next_line())["event"] == "event_0"
    with closing(sqlite3.connect(home / "nsconsole.db")) as connection, connection:
        connection.execute(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2500) "
            "INSERT INTO sync_log (at, level, event, detail) "
            "SELECT '2026-11-22T09:15:00.000000Z', 'info', 'event_' || n, '{}' FROM n"
        )
    seen = [json.loads(next_line())["event"] for _ in range(2500)]
    assert seen == [f"event_{number}" for number in range(1, 2501)]


def test_following_from_the_end_repeats_nothing(write, follow):
    for number in range(5):
        write(f"event_{number}")
    _, next_line = follow("--json", "--limit", "2")
    seen = [json.loads(next_line())["event"] for _ in range(2)]
    for number in range(5, 8):
        write(f"event_{number}")
    seen += [json.loads(next_line())["event"] for _ in range(3)]
    assert seen == [f"event_{number}" for number in range(3, 8)]
