"""Passes over many tables: what ends them all, who may hold them up, and who does which."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from nsconsole.mapping import Parent
from nsconsole.netsuite.client import NetSuite
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError
from nsconsole.services.link import LinkState, link_state
from nsconsole.services.sync import tiers
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.reports import TableStatus

from .tables import DELETIONS, LINES, STAMP, TRANSACTION, iso, mapped

PROGRAM = Path(__file__).with_name("syncing.py")
TABLES = [mapped(f"t{number}", {"name": "text"}) for number in range(8)]


@pytest.fixture
def tables(mirror, clock):
    """Eight tables of a row each, in step with NetSuite; edited since."""
    mirror.use(*TABLES)
    for table in TABLES:
        mirror.load(table, [{"id": 1, "name": "old", STAMP: iso(clock())}])
    mirror.sync()
    clock.advance(300)
    for table in TABLES:
        mirror.sandbox.edit(table.name, {"id": 1, "name": "new"})
    return [table.name for table in TABLES]


@pytest.fixture
def long_table(mirror, clock):
    """A table of five pages, not read yet, and one of a row."""
    mirror.use(mapped("event", {"name": "text"}), TABLES[0])
    long_ago = clock() - timedelta(days=9)
    mirror.load(
        mapped("event", {"name": "text"}),
        [
            {"id": n, "name": "n", STAMP: iso(long_ago + timedelta(minutes=n))}
            for n in range(1, 5_001)
        ],
    )
    mirror.load(TABLES[0], [{"id": 1, "name": "old", STAMP: iso(clock())}])
    return "event"


@pytest.fixture
def at_once(mirror, clock):
    """Have real processes at the same work; give what each of them reports."""

    def run(action, *, processes):
        arguments = [mirror.workspace.settings.home, clock().isoformat(), action, processes]
        done = subprocess.run(
            [sys.executable, PROGRAM, *map(str, arguments)],
            env=os.environ | mirror.sandbox.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def watermarks(mirror, names):
    return {name: mirror.state_of(name).watermark for name in names}


def refused(mirror):
    return sum(counts.get("401", 0) for counts in mirror.sandbox.stats()["requests"].values())


# What ends a pass


@pytest.mark.parametrize("first_rests", [False, True])
def test_a_refused_login_ends_the_pass_and_is_not_repeated(mirror, tables, first_rests):
    if first_rests:
        for name in tables[:4]:
            tiers.pause_table(mirror.workspace, name, by="ada")
    before = watermarks(mirror, tables)
    mirror.sandbox.fault("any", "unauthorized")
    with pytest.raises(NetSuiteUnavailableError, match="refused the credentials"):
        mirror.sync()
    assert refused(mirror) == 1
    assert watermarks(mirror, tables) == before
    assert link_state(mirror.workspace).state is LinkState.REFUSED
    with pytest.raises(NetSuiteUnavailableError, match="nsconsole doctor"):
        mirror.sync()
    assert refused(mirror) == 1


def test_wrong_credentials_are_tried_once(open_workspace, sandbox, mirror):
    wrong = sandbox.environ | {"NSCONSOLE_TOKEN_SECRET": "0" * 64}
    workspace = open_workspace(wrong)
    for _ in range(3):
        with pytest.raises(NetSuiteUnavailableError):
            sync(workspace)
    assert len(sandbox.stats()["refused_logins"]) == 1


def test_a_login_refused_midway_ends_the_pass_with_what_was_done(mirror, tables):
    orders = iter([{"on": "suiteql", "fault": "unauthorized"}])

    def refuse(_):
        for order in orders:
            mirror.sandbox.fault(**order)

    try:
        reports = mirror.sync(progress=refuse)
    except NetSuiteUnavailableError:
        pass
    else:
        statuses = {report.status for report in reports.values()}
        assert statuses <= {TableStatus.DONE, TableStatus.FAILED, TableStatus.SKIPPED}
    assert refused(mirror) <= 7  # five were under way, and two waited for their place
    for name in tables:
        written = mirror.agrees(name)
        assert written == (mirror.state_of(name).watermark == iso(mirror.workspace.now()))
    with pytest.raises(NetSuiteUnavailableError, match="nsconsole doctor"):
        mirror.sync()


def test_nobody_there_ends_the_pass_and_no_watermark_moves(
    mirror, tables, open_workspace, sandbox, clock
):
    before = watermarks(mirror, tables)
    cut_off = open_workspace(sandbox.environ | {"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"})
    cut_off.sleep = clock.advance
    with pytest.raises(NetSuiteUnavailableError, match="refuses the connection"):
        sync(cut_off)
    assert watermarks(mirror, tables) == before
    assert mirror.told("stopped")
    assert link_state(mirror.workspace).state is LinkState.UNREACHABLE
    clock.advance(1_800)
    mirror.sync()
    assert mirror.agrees()
    (back,) = mirror.told("netsuite_back")
    assert back["minutes"] >= 30


def test_a_pass_that_is_stopped_goes_on_with_the_next(mirror, long_table):
    written = []
    reports = mirror.sync("event", progress=written.append, stopping=lambda: bool(written))
    assert reports["event"].status is TableStatus.CANCELLED
    before = mirror.requests()
    assert mirror.sync("event")["event"].status is TableStatus.DONE
    assert mirror.requests() - before <= 5 + 1
    assert mirror.agrees("event")


def test_trouble_with_one_table_is_no_trouble_for_others(mirror, tables):
    mirror.sandbox.fault("suiteql", "error_500", where={"table": "t3"})
    reports = mirror.sync()
    failed = {name for name, report in reports.items() if report.status is TableStatus.FAILED}
    assert failed == {"t3"}
    assert mirror.agrees(*[name for name in tables if name != "t3"])
    mirror.no_more_faults()
    mirror.sync()
    assert mirror.agrees()


def test_a_surprise_in_one_table_ends_the_run_of_that_table_alone(mirror, tables, caplog):
    def surprise(progress):
        if progress.table == "t3":
            raise KeyError("of all things")

    report = mirror.sync(progress=surprise)["t3"]
    assert report.status is TableStatus.FAILED
    assert report.error.startswith("this should not have happened (KeyError)")
    assert mirror.agrees(*[name for name in tables if name != "t3"])
    (_, last) = mirror.query("SELECT status, error FROM sync_runs WHERE table_name = 't3'")
    assert last == {"status": "failed", "error": report.error}
    assert [told["error"] for told in mirror.told("run_failed", "t3")] == [report.error]
    assert "of all things" in caplog.text
    assert mirror.sync()["t3"].status is TableStatus.DONE


def test_a_table_whose_place_is_taken_fails_alone_and_the_log_says_so(mirror, clock):
    mirror.use(mapped("taken", {"name": "text"}), TABLES[0])
    for table in (mapped("taken", {"name": "text"}), TABLES[0]):
        mirror.load(table, [{"id": 1, "name": "one", STAMP: iso(clock())}])
    mirror.execute("CREATE VIEW ns_taken AS SELECT 1 AS id")
    reports = mirror.sync()
    assert reports["taken"].status is TableStatus.FAILED
    assert mirror.agrees("t0")
    (told,) = mirror.told("run_failed", "taken")
    assert "ns_taken is something else's name" in told["error"]


def test_a_table_that_the_map_does_not_have_is_refused(mirror, tables):
    with pytest.raises(BadInputError, match="the map has no table nosuch"):
        mirror.sync("t1", "nosuch")
    assert not mirror.agrees("t1")


# One process a table


def test_many_processes_sync_each_table_once(mirror, tables, at_once):
    before = mirror.requests()
    everything = at_once("sync", processes=4)
    statuses = [status for one in everything for status in one.values()]
    assert set(statuses) <= {"done", "busy"}
    assert mirror.agrees()
    runs = mirror.query("SELECT table_name, status FROM sync_runs WHERE owner != ''")
    assert {run["status"] for run in runs} == {"done"}
    # A process that comes to a table after another has done it asks once more; none doubles.
    assert mirror.requests() - before == statuses.count("done")
    for name in tables:
        assert any(one[name] == "done" for one in everything)


def test_a_table_that_another_process_is_at_is_busy(mirror, tables):
    with mirror.workspace.locks.try_take("table-t3"):
        reports = mirror.sync()
    busy = {name for name, report in reports.items() if report.status is TableStatus.BUSY}
    assert busy == {"t3"}
    assert not mirror.agrees("t3")
    assert mirror.sync()["t3"].status is TableStatus.DONE


def test_a_run_is_cancelled_from_another_process(mirror, long_table, open_workspace, sandbox):
    elsewhere = open_workspace(sandbox.environ)
    asked = []

    def cancel_it(progress):
        if progress.table == "event":
            asked.append(tiers.cancel(elsewhere, "event", by="ada"))

    reports = mirror.sync(progress=cancel_it)
    assert asked[0] is True
    assert reports["event"].status is TableStatus.CANCELLED
    assert reports["event"].rows_read <= 2_000
    assert reports["t0"].status is TableStatus.DONE
    assert tiers.cancel(elsewhere, "event", by="ada") is False
    assert mirror.sync("event")["event"].rows_read < 5_000
    assert mirror.agrees()


# Pauses and tiers


def test_a_table_that_somebody_paused_rests_until_it_is_resumed(mirror, tables):
    tiers.pause_table(mirror.workspace, "t3", by="ada")
    before = mirror.requests()
    report = mirror.sync()["t3"]
    assert (report.status, report.error) == (TableStatus.PAUSED, "paused by ada")
    assert mirror.requests() - before == len(tables) - 1
    tiers.resume_table(mirror.workspace, "t3", by="ada")
    assert mirror.sync()["t3"].status is TableStatus.DONE
    assert mirror.agrees()


@pytest.mark.parametrize("call", [tiers.pause_table, tiers.resume_table])
def test_what_the_map_does_not_have_cannot_be_paused(workspace, call):
    with pytest.raises(BadInputError, match="no table nosuch"):
        call(workspace, "nosuch", by="ada")


def test_a_tier_takes_its_turns_when_they_are_due(mirror, clock):
    quick, slow = mapped("quick", {"name": "text"}), mapped("slow", {"name": "text"}, tier=60)
    mirror.use(quick, slow)
    for table in (quick, slow):
        mirror.load(table, [{"id": 1, "name": "one", STAMP: iso(clock())}])
    due = tiers.run_due_tier(mirror.workspace, 5)
    assert [report.table for report in due] == ["quick"]
    assert tiers.run_due_tier(mirror.workspace, 5) is None
    clock.advance(5 * 60 * 1.06)
    assert tiers.run_due_tier(mirror.workspace, 5) is not None
    tiers.pause_tier(mirror.workspace, 5, by="ada")
    clock.advance(5 * 60 * 1.06)
    assert tiers.run_due_tier(mirror.workspace, 5) is None
    tiers.resume_tier(mirror.workspace, 5, by="ada")
    assert tiers.run_due_tier(mirror.workspace, 5) is not None


def test_a_turn_is_taken_once_however_many_processes_look(mirror, tables, at_once):
    took = [one for one in at_once("tier", processes=6) if one is not None]
    assert len(took) == 1
    assert set(took[0].values()) == {"done"}
    assert mirror.agrees()


def test_a_turn_that_came_to_nothing_is_over_and_the_next_one_comes(
    mirror, tables, sandbox, open_workspace, clock
):
    cut_off = open_workspace(sandbox.environ | {"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"})
    cut_off.sleep = clock.advance
    with pytest.raises(NetSuiteUnavailableError):
        tiers.run_due_tier(cut_off, 5)
    (tier, *_) = tiers.tiers(mirror.workspace)
    assert tier.ended_at is not None
    assert tier.next_run_at > clock() - timedelta(minutes=6)
    clock.advance(400)
    assert tiers.run_due_tier(mirror.workspace, 5) is not None
    assert mirror.agrees()


# Lines and deletions


@pytest.fixture
def lines(mirror, clock):
    """Transactions and their lines, in step with NetSuite."""
    mirror.use(LINES, TRANSACTION, DELETIONS)
    mirror.sync()
    assert mirror.agrees()
    clock.advance(600)
    return mirror


def line_ids(mirror, transaction):
    sql = f'SELECT uniquekey FROM transactionline WHERE "transaction" = {transaction}'
    return [row[0] for row in mirror.netsuite(sql)]


def test_tables_that_would_wait_for_each_other_cannot_be_mapped(mirror):
    round_about = [
        mapped(name, {"owner": "integer"}, parent=Parent(owner, "owner"))
        for name, owner in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    with pytest.raises(BadInputError, match="b belongs to a in its turn"):
        mirror.use(*round_about)


def test_deletions_come_first_and_lines_after_their_parents(mirror):
    mirror.use(LINES, TRANSACTION, DELETIONS)
    order = []
    mirror.sync(progress=lambda progress: order.append(progress.table))
    firsts = list(dict.fromkeys(order))
    assert firsts == ["deletedrecord", "transaction", "transactionline"]
    assert order == sorted(order, key=firsts.index)


def test_deletions_that_come_along_with_a_full_pull_are_not_pulled_in_full(lines):
    whole = lines.sync("deletedrecord", full=True)["deletedrecord"].rows_read
    lines.workspace.now.advance(3_600)
    reports = lines.sync("transaction", full=True)
    assert reports["transaction"].rows_read == len(lines.truth("transaction"))
    assert reports["deletedrecord"].rows_read < whole


def test_a_line_taken_out_while_the_lines_of_its_parent_are_read_is_gone(
    lines, sandbox, clock, monkeypatch
):
    gone, edited, *_ = line_ids(lines, 7)
    sandbox.edit("transactionline", {"uniquekey": edited, "memo": "edited"})
    ask, once = NetSuite.suiteql, iter("1")

    def ask_and_let_things_happen(netsuite, sql, *args, **how):
        page = ask(netsuite, sql, *args, **how)
        if "FROM transactionline" in sql and " IN (" in sql and next(once, None):
            sandbox.delete("transactionline", gone)
            clock.advance(600)
            lines.sync("transaction")
        return page

    monkeypatch.setattr(NetSuite, "suiteql", ask_and_let_things_happen)
    lines.sync()
    assert next(once, None) is None
    clock.advance(600)
    lines.sync()
    assert lines.agrees()


def test_a_line_taken_out_of_a_live_transaction_is_gone(lines, sandbox):
    (gone, *_) = line_ids(lines, 7)
    sandbox.delete("transactionline", gone)
    assert lines.sync()["transactionline"].rows_deleted == 1
    assert lines.agrees()


def test_a_line_taken_out_in_the_second_in_which_its_parent_was_read_is_gone(lines, sandbox):
    gone, edited, *_ = line_ids(lines, 7)
    sandbox.edit("transactionline", {"uniquekey": edited, "memo": "edited"})
    lines.sync()
    assert lines.agrees()
    sandbox.delete("transactionline", gone)
    lines.sync()
    assert lines.agrees()


def test_lines_of_a_parent_that_is_gone_go_with_it_and_come_back(lines, sandbox, clock):
    (sale,) = lines.netsuite("""SELECT id FROM "transaction" WHERE type = 'SalesOrd' LIMIT 1""")
    kept = lines.netsuite(f'SELECT * FROM transactionline WHERE "transaction" = {sale["id"]}')
    sandbox.delete("transaction", sale["id"])
    reports = lines.sync()
    assert reports["transaction"].rows_deleted == 1
    assert reports["transactionline"].rows_deleted == len(kept)
    assert lines.agrees()
    clock.advance(600)
    sandbox.edit("transaction", {"id": sale["id"], "memo": "restored"})
    again = {"transaction": sale["id"], "id": kept[0]["id"], "uniquekey": kept[0]["uniquekey"]}
    sandbox.edit("transactionline", again | {"memo": "restored"})
    lines.sync()
    assert lines.agrees()


def test_lines_that_are_due_wait_for_a_pass_that_comes_to_them(lines, sandbox):
    sandbox.delete("transactionline", line_ids(lines, 7)[0])
    sandbox.fault("suiteql", "error_500", where={"table": "transactionline"})
    assert lines.sync()["transactionline"].status is TableStatus.FAILED
    assert not lines.agrees("transactionline")
    lines.no_more_faults()
    lines.workspace.now.advance(900)
    assert lines.sync()["transactionline"].rows_deleted == 1
    assert lines.agrees()
