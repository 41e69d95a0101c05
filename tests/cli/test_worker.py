"""`worker`: the scheduler as a process of its own, as a service manager runs it."""

import json
import signal
import sqlite3
from contextlib import closing

import pytest

from tests.waiting import until

WIDGETS = """
[widget]
key = ["id"]
mode = "incremental"
tier = 5
cursor = "changed"
[widget.columns]
id = "integer"
changed = "datetime"
"""
CHANGE = {
    "action_type": "update_vendor_cost",
    "target_id": "42",
    "change": {"cost": 12.5},
    "author": "bot",
}


@pytest.fixture
def mapped(program, sandbox):
    """The program on a mirror of one small table."""
    columns = {"id": "integer", "changed": "datetime"}
    rows = [{"id": n, "changed": "2026-11-01T00:00:00Z"} for n in range(1, 8)]
    sandbox.load(widget={"columns": columns, "key": ["id"], "rows": rows})
    assert program.here("map", "edit", "--file", "-", stdin=WIDGETS).code == 0
    return program


@pytest.fixture
def work(program):
    """Start a worker; give its process and what it says of itself once it runs."""
    started = []

    def start():
        process = program.start("worker", "--json")
        started.append(process)
        return process, json.loads(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _ended(process, number):
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    return process.returncode, err


@pytest.fixture
def asked(home):
    """Ask the workspace's database, as any other program could."""

    def ask(query):
        with closing(sqlite3.connect(home / "nsconsole.db")) as connection:
            return connection.execute(query).fetchall()

    return ask


def test_it_syncs_what_is_due_and_says_so(mapped, work, home, asked):
    process, facts = work()
    assert facts == {
        "home": str(home),
        "account": "1234567_SB1",
        "tiers": [5, 15, 60],
        "pid": process.pid,
    }
    until(lambda: asked("SELECT count(*) FROM sync_runs WHERE status = 'done'") == [(1,)])
    assert asked("SELECT count(*) FROM ns_widget") == [(7,)]
    until(lambda: asked("SELECT ended_at FROM sync_tiers WHERE minutes = 5") != [(None,)])
    code, err = _ended(process, signal.SIGTERM)
    assert code == 0
    lines = err.splitlines()
    assert f"works on {home} for account 1234567_SB1" in lines[0]
    assert any(line.endswith("tier 5: 1 tables, 7 rows written, 0 deleted, 1 requests")
               for line in lines)  # fmt: skip
    assert lines[-1].endswith("info ending")
    assert all(line[:4] == "2026" or line[10] == "T" for line in lines)


def test_it_sends_what_was_approved(staged, work, sandbox):
    work()
    assert staged.here("decide", "approve", "1").code == 0
    until(sandbox.ledger)
    assert len(sandbox.ledger()) == 1


def test_ctrl_c_ends_it_with_130(mapped, work):
    process, _ = work()
    code, err = _ended(process, signal.SIGINT)
    assert code == 130
    assert "Traceback" not in err


def test_two_workers_share_the_turns(mapped, work, asked):
    work()
    work()
    until(lambda: asked("SELECT count(*) FROM sync_tiers WHERE ended_at IS NOT NULL") == [(3,)])
    assert asked("SELECT count(*) FROM sync_runs") == [(1,)]
    assert len(asked("SELECT DISTINCT owner FROM sync_tiers")) in (1, 2)


def test_what_keeps_it_from_working_is_said_once(staged, work):
    staged.environ["NSCONSOLE_NETSUITE_URL"] = "http://127.0.0.1:1"
    assert staged.here("decide", "approve", "1").code == 0
    process, _ = work()
    said = []
    while not any("tier 15" in line for line in said):
        said.append(process.stderr.readline())
    assert sum("drain: " in line for line in said) == 1
    _, err = _ended(process, signal.SIGTERM)
    assert "Traceback" not in err


def test_without_an_account_it_ends_with_4_at_once(bare, home):
    assert bare.here("init").code == 0
    result = bare("worker")
    assert result.code == 4
    assert "account" in result.err


def test_no_secret_reaches_its_log(mapped, work, home):
    process, _ = work()
    _, err = _ended(process, signal.SIGTERM)
    log = (home / "logs" / "worker.log").read_text()
    for name in ("CONSUMER_SECRET", "TOKEN_SECRET", "TOKEN_ID", "CONSUMER_KEY"):
        secret = mapped.environ[f"NSCONSOLE_{name}"]
        assert secret not in err
        assert secret not in log
