"""Reading a table whole and by what changed: every row once, each value as NetSuite has it."""

from datetime import timedelta

import pytest

from nsconsole.mapping import Mode
from nsconsole.services.sync import deletes, fetching
from nsconsole.services.sync.reports import TableStatus
from nsconsole.services.sync.sync_map import check_map

from .mirror import Mirror
from .tables import CUSTOMER, DELETIONS, STAMP, iso, mapped

EVENT = mapped("event", {"name": "text"})


def stamped(moment, **values):
    return {STAMP: iso(moment)} | values


def numbered(clock, count, **values):
    """Rows with ids from 1, stamped a minute after one another, the last one two hours ago."""
    last = clock() - timedelta(hours=2)
    moments = [last - timedelta(minutes=count - n) for n in range(1, count + 1)]
    return [stamped(at, id=n, name=f"n{n}", **values) for n, at in enumerate(moments, start=1)]


@pytest.fixture
def event(mirror, clock):
    """A table of 30 rows, in step with NetSuite."""
    mirror.use(EVENT)
    mirror.load(EVENT, numbered(clock, 30))
    mirror.sync()
    clock.advance(300)
    return EVENT


# What changed


@pytest.mark.slow
def test_nothing_changed_is_one_request_a_table(mirror, clock):
    tables = [mapped(f"t{number}", {"name": "text"}) for number in range(200)]
    there = {"columns": {"id": "integer", "name": "string", STAMP: "date-time"}}
    rows = numbered(clock, 2)
    mirror.sandbox.load(**{table.name: there | {"rows": rows} for table in tables})
    mirror.use(*tables)
    mirror.sync()
    clock.advance(300)
    before = mirror.requests()
    reports = mirror.sync()
    assert {report.status for report in reports.values()} == {TableStatus.DONE}
    assert sum(report.rows_written for report in reports.values()) == 0
    assert mirror.requests() - before == 200
    assert mirror.agrees(*list(reports)[::50])


def test_a_tracked_table_brings_one_request_for_what_was_deleted(mirror, clock):
    mirror.use(DELETIONS, CUSTOMER)
    mirror.sync()
    clock.advance(300)
    before = mirror.requests()
    mirror.sync("customer")
    assert mirror.requests() - before == 2


def test_what_was_stamped_after_the_watermark_is_read_however_long_ago(
    mirror, sandbox, event, clock
):
    newest = clock() - timedelta(seconds=7_500)
    clock.advance(9 * 86_400)
    mirror.sync()
    sandbox.edit("event", {"id": 3, "name": "old news", STAMP: iso(newest)})
    report = mirror.sync()["event"]
    assert (report.requests, report.rows_written) == (1, 1)
    assert mirror.agrees()


def test_an_edit_is_all_that_is_written(mirror, sandbox, event, clock):
    sandbox.edit("event", {"id": 3, "name": "edited"}, {"id": 99, "name": "new"})
    report = mirror.sync()["event"]
    assert (report.rows_written, report.rows_deleted) == (2, 0)
    assert report.watermark == iso(clock())
    assert mirror.agrees()


def test_a_burst_of_one_second_comes_whole_and_once(mirror, sandbox, event, clock):
    sandbox.edit("event", *[{"id": n, "name": "burst"} for n in range(10, 2_510)])
    report = mirror.sync()["event"]
    assert report.rows_written == 2_500
    assert mirror.agrees()
    sandbox.edit("event", {"id": 10, "name": "within the same second"})
    assert mirror.sync()["event"].rows_written == 1
    assert mirror.agrees()


@pytest.mark.parametrize("seconds", [1, 300, 3_599])
def test_what_is_committed_late_is_looked_back_for(mirror, sandbox, event, clock, seconds):
    sandbox.edit("event", {"id": 1, "name": "first"})
    mirror.sync()
    sandbox.behave(late_commit_seconds=seconds)
    sandbox.edit("event", {"id": 2, "name": "late"}, {"id": 98, "name": "late and new"})
    mirror.sync()
    assert mirror.agrees()


def test_a_stamp_in_the_future_hides_no_later_edit(mirror, sandbox, event, clock):
    sandbox.edit("event", stamped(clock() + timedelta(days=400), id=5, name="ahead"))
    for number in range(3):
        clock.advance(4_000)
        sandbox.edit("event", {"id": 6, "name": f"edit {number}"})
        mirror.sync()
        assert mirror.agrees()


def test_a_stamp_in_the_future_hides_nothing_from_a_pull_that_was_cut_off(mirror, sandbox, clock):
    mirror.use(EVENT)
    rows = numbered(clock, 2_500)
    mirror.load(EVENT, [*rows, stamped(clock() + timedelta(days=400), id=9_000, name="ahead")])
    written = []
    stopped = mirror.sync(progress=written.append, stopping=lambda: bool(written))["event"]
    assert stopped.status is TableStatus.CANCELLED
    clock.advance(4_000)
    sandbox.edit("event", {"id": 1, "name": "behind the checkpoint"})
    sandbox.fault("suiteql", "error_500", times=100, where={"contains": ">= TO_TIMESTAMP"})
    mirror.sync()
    mirror.no_more_faults()
    mirror.sync()
    assert mirror.agrees()


def test_an_edit_behind_the_reader_is_read_next_though_netsuites_clock_is_slow(
    open_workspace, sandbox, tmp_path, clock
):
    mirror = Mirror(open_workspace(sandbox.environ, sync_lookback=0.0), sandbox, tmp_path)
    mirror.use(EVENT)
    mirror.load(EVENT, numbered(clock, 3_500))
    began, slow = clock(), timedelta(minutes=4)
    edits = iter([(1, began - slow), (3_400, began)])  # behind the reader, and before it

    def edit(_):
        for id_, at in edits:
            sandbox.edit("event", stamped(at, id=id_, name="edited meanwhile"))

    mirror.sync(progress=edit)
    mirror.sync()
    edited = mirror.query("SELECT id FROM ns_event WHERE name = 'edited meanwhile' ORDER BY id")
    assert edited == [{"id": 1}, {"id": 3_400}]


def test_rows_are_marked_with_when_their_values_were_written(mirror, sandbox, event, clock):
    (before,) = mirror.query("SELECT DISTINCT _ns_synced_at AS at FROM ns_event")
    sandbox.edit("event", {"id": 3, "name": "edited"})
    clock.advance(300)
    mirror.sync()
    found = mirror.query("SELECT id, _ns_synced_at AS at FROM ns_event ORDER BY id")
    after = {row["id"]: row["at"] for row in found}
    assert after.pop(3) == f"{clock():%Y-%m-%dT%H:%M:%S.%fZ}"
    assert set(after.values()) == {before["at"]}


# Cursors that cannot be trusted, and tables without


def test_a_cursor_that_some_rows_lack_is_not_trusted(mirror, sandbox, clock):
    mirror.use(EVENT)
    mirror.load(EVENT, [*numbered(clock, 5), {"id": 90, "name": "never stamped"}])
    mirror.sync()
    assert mirror.agrees()
    assert mirror.state_of("event").watermark is None
    assert mirror.told("cursor_untrusted") == [{"cursor": STAMP, "missing": 1}]
    (finding,) = check_map(mirror.workspace)
    assert (finding.column, finding.what[:16]) == (STAMP, "1 rows have none")
    sandbox.edit("event", {"id": 90, "name": "edited", STAMP: None})
    mirror.sync()
    assert mirror.agrees()
    sandbox.edit("event", {"id": 90, "name": "stamped at last"})
    mirror.sync()
    assert mirror.agrees()
    assert mirror.sync()["event"].watermark == iso(clock())


def test_a_cursor_that_rows_come_to_lack_is_found_out_within_a_day(mirror, sandbox, event, clock):
    sandbox.edit("event", {"id": 90, "name": "never stamped", STAMP: None})
    clock.advance(25 * 3600)
    mirror.sync()
    assert mirror.agrees()
    sandbox.edit("event", {"id": 90, "name": "edited", STAMP: None})
    mirror.sync()
    assert mirror.agrees()
    assert mirror.told("cursor_untrusted")


def test_a_row_without_a_stamp_is_remembered_by_a_pull_that_was_cut_off(mirror, clock):
    mirror.use(EVENT)
    mirror.load(EVENT, [*numbered(clock, 2_500)[1:], {"id": 1, "name": "never stamped"}])
    written = []
    mirror.sync(progress=written.append, stopping=lambda: bool(written))
    assert mirror.told("cursor_untrusted") == []
    assert mirror.sync()["event"].watermark is None
    assert mirror.told("cursor_untrusted") == [{"cursor": STAMP, "missing": 1}]


def test_a_row_without_a_stamp_is_remembered_by_a_comparison_in_parts(
    mirror, sandbox, clock, monkeypatch
):
    monkeypatch.setattr(deletes, "_PAGES", 1)
    mirror.use(EVENT)
    mirror.load(EVENT, numbered(clock, 2_500))
    mirror.sync()
    sandbox.edit("event", {"id": 1, "name": "stamped no more", STAMP: None})
    clock.advance(25 * 3600)
    watermarks = [mirror.sync()["event"].watermark for _ in range(3)]
    assert [watermark is None for watermark in watermarks] == [False, False, True]
    assert mirror.told("cursor_untrusted") == [{"cursor": STAMP, "missing": 1}]


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.SNAPSHOT_DIFF])
def test_a_table_without_a_cursor_is_compared_as_a_whole(mirror, sandbox, clock, mode):
    mirror.use(mapped("event", {"name": "text"}, cursor=None, mode=mode))
    mirror.load(mapped("event", {"name": "text"}, cursor=None), [
        {"id": n, "name": f"n{n}"} for n in range(1, 1_501)
    ])  # fmt: skip
    mirror.sync()
    assert mirror.agrees()
    sandbox.edit("event", {"id": 3, "name": "edited"}, {"id": 5_000, "name": "new"})
    sandbox.delete("event", 7, 1_500)
    report = mirror.sync()["event"]
    assert report.rows_written == (1_499 if mode is Mode.FULL else 2)
    assert report.rows_deleted == 2
    assert mirror.agrees()


@pytest.mark.parametrize("cursor", [STAMP, None])
def test_an_empty_table_is_in_step_and_stays_so(mirror, sandbox, clock, cursor):
    table = mapped("event", {"name": "text"}, cursor=cursor)
    mirror.use(table)
    mirror.load(table, [])
    assert mirror.sync()["event"].status is TableStatus.DONE
    assert mirror.live("event") == {}
    sandbox.edit("event", {"id": 1, "name": "the first"})
    mirror.sync()
    assert mirror.agrees()
    sandbox.delete("event", 1)
    clock.advance(25 * 3600)
    mirror.sync()
    assert mirror.live("event") == {}


# Rows that are gone


def test_a_row_that_vanished_is_marked_hidden_and_kept(mirror, sandbox, event, clock):
    sandbox.delete("event", 3)
    report = mirror.sync(full=True)["event"]
    assert report.rows_deleted == 1
    assert mirror.agrees()
    (kept,) = mirror.query("SELECT name, _ns_deleted_at FROM ns_event WHERE id = 3")
    assert kept == {"name": "n3", "_ns_deleted_at": f"{clock():%Y-%m-%dT%H:%M:%S.%fZ}"}
    sandbox.edit("event", {"id": 3, "name": "n3"})
    mirror.sync()
    assert mirror.agrees()


def test_ids_are_compared_once_a_day(mirror, sandbox, event, clock):
    sandbox.delete("event", 3, 30)
    sandbox.edit("event", stamped(clock() - timedelta(days=9), id=77, name="long before"))
    mirror.sync()
    assert not mirror.agrees()
    clock.advance(24 * 3600)
    report = mirror.sync()["event"]
    assert (report.rows_written, report.rows_deleted) == (1, 2)
    assert mirror.agrees()
    assert mirror.told("reconciled")[-1] == {"rows": 29, "missing": 1, "gone": 2}
    before = mirror.requests()
    mirror.sync()
    assert mirror.requests() - before == 1


@pytest.mark.parametrize("again", [False, True])
def test_deletedrecord_tells_at_once(mirror, sandbox, clock, again):
    mirror.use(DELETIONS, CUSTOMER)
    mirror.sync()
    clock.advance(300)
    sandbox.delete("customer", 80, 90)
    if again:
        sandbox.edit("customer", {"id": 90, "companyname": "back again"})
    report = mirror.sync()["customer"]
    assert report.rows_deleted == (1 if again else 2)
    assert mirror.agrees()
    (gone,) = mirror.query("SELECT _ns_deleted_at AS at FROM ns_customer WHERE id = 80")
    assert gone["at"] == f"{clock():%Y-%m-%dT%H:%M:%S.%fZ}"


# Keys


def test_keys_may_be_texts_of_any_kind(mirror, sandbox, clock):
    texts = ["A", "a", "Ä", "ß", "'", '"', "?", "%", "_", " ", "A ", "10", "9", "-1", "日本", "\\",
             "x" * 300, "null"]  # fmt: skip
    table = mapped("codes", {"code": "text", "name": "text"}, key=("code",), cursor=None)
    mirror.use(table)
    fill = [{"code": f"f{n}", "name": "fill"} for n in range(1_500)]
    mirror.load(table, [*fill, *[{"code": text, "name": f"is {text[:9]}"} for text in texts]])
    mirror.sync()
    assert mirror.agrees()
    sandbox.delete("codes", "a", "f700", "x" * 300)
    sandbox.edit("codes", {"code": "A ", "name": "with a space"})
    report = mirror.sync()["codes"]
    assert (report.rows_written, report.rows_deleted) == (1, 3)
    assert mirror.agrees()


@pytest.mark.parametrize("cursor", [STAMP, None])
def test_a_key_may_be_of_several_columns(mirror, sandbox, clock, cursor):
    table = mapped(
        "pairs", {"a": "integer", "b": "text", "n": "integer"}, key=("a", "b"), cursor=cursor
    )
    mirror.use(table)
    at = {STAMP: iso(clock())} if cursor else {}
    mirror.load(table, [{"a": n % 40, "b": f"b{n // 40}", "n": n, **at} for n in range(2_400)])
    mirror.sync()
    assert mirror.agrees()
    sandbox.edit("pairs", {"a": 3, "b": "b7", "n": -1}, {"a": 41, "b": "", "n": 0} | {"b": "x"})
    sandbox.delete("pairs", [4, "b4"], [39, "b59"])
    clock.advance(25 * 3600)
    report = mirror.sync()["pairs"]
    assert (report.rows_written, report.rows_deleted) == (2, 2)
    assert mirror.agrees()


def test_ids_that_no_float_can_tell_apart_are_different_rows(mirror, sandbox, clock):
    ids = [-(2**63), -(2**53) - 1, -5, 0, 2**53, 2**53 + 1, 2**53 + 2, 2**63 - 2, 2**63 - 1]
    mirror.use(EVENT)
    mirror.load(EVENT, [stamped(clock(), id=n, name=str(n)) for n in ids])
    mirror.sync()
    assert sorted(key for (key,) in mirror.live("event")) == ids
    sandbox.edit("event", {"id": 2**53 + 1, "name": "edited"})
    sandbox.delete("event", 2**63 - 2)
    clock.advance(25 * 3600)
    report = mirror.sync()["event"]
    assert (report.rows_written, report.rows_deleted) == (1, 1)
    assert mirror.agrees()


def test_a_table_wider_than_a_query_is_mirrored_whole(mirror, sandbox, clock):
    names = [f"c{number}" for number in range(1_500)]
    wide = mapped("wide", dict.fromkeys(names, "integer"))
    mirror.use(wide)
    mirror.load(wide, [
        stamped(clock(), id=n, **{name: n + at for at, name in enumerate(names)})
        for n in range(1, 9)
    ])  # fmt: skip
    mirror.sync()
    assert mirror.agrees()
    clock.advance(300)
    sandbox.edit("wide", {"id": 3, "c0": -1, "c1499": -2})
    assert mirror.sync()["wide"].rows_written == 1
    assert mirror.agrees()


# Values


def test_a_value_that_is_none_of_its_kind_stays_as_text_and_is_reported(mirror, clock):
    table = mapped("odd", {"size": "integer", "rate": "real", "open": "boolean"})
    mirror.use(table)
    mirror.load(
        table,
        [
            stamped(clock(), id=1, size="7", rate="0.5", open="T"),
            stamped(clock(), id=2, size="about 7", rate="n/a", open="perhaps"),
        ],
        size="string", rate="string", open="string",
    )  # fmt: skip
    assert mirror.sync()["odd"].status is TableStatus.DONE
    rows = mirror.live("odd")
    assert [rows[1,][name] for name in ("size", "rate", "open")] == [7, 0.5, 1]
    assert [rows[2,][name] for name in ("size", "rate", "open")] == ["about 7", "n/a", "perhaps"]
    told = {detail["column"]: detail["example"] for detail in mirror.told("value_misfit")}
    assert told == {"size": "about 7", "rate": "n/a", "open": "perhaps"}


def test_digits_that_no_number_column_holds_are_all_kept(mirror, sandbox, clock):
    table = mapped("odd", {"size": "integer", "rate": "real"})
    mirror.use(table)
    rows = [stamped(clock(), id=n, size=str(n), rate=f"{n}.5") for n in range(1, 4)]
    mirror.load(table, rows, size="string", rate="string")
    mirror.sync()
    assert [type(mirror.live("odd")[1,][name]) for name in ("size", "rate")] == [int, float]
    clock.advance(300)
    sandbox.edit("odd", {"id": 2, "size": "9" * 25, "rate": "1234567890.12345678901234"})
    mirror.sync()
    rows = mirror.live("odd")
    assert (rows[2,]["size"], rows[2,]["rate"]) == ("9" * 25, "1234567890.12345678901234")
    assert (rows[1,]["size"], rows[1,]["rate"]) == ("1", "1.5")  # text now, and no digit lost
    widened = {detail["column"] for detail in mirror.told("column_widened")}
    assert widened == {"size", "rate"}
    before = mirror.query("SELECT * FROM ns_odd")
    clock.advance(300)
    assert mirror.sync(full=True)["odd"].rows_written == 0
    assert mirror.query("SELECT * FROM ns_odd") == before


# Walls


def test_more_rows_than_netsuite_gives_by_offsets_are_read_whole(
    mirror, sandbox, clock, monkeypatch
):
    monkeypatch.setattr(fetching, "_WAITS", 0)  # as if NetSuite were far away
    mirror.use(EVENT)
    moment = clock() - timedelta(days=3)
    count = 101_500
    mirror.load(EVENT, [stamped(moment, id=n, name="n") for n in range(1, count + 1)])
    report = mirror.sync()["event"]
    assert (report.status, report.rows_written) == (TableStatus.DONE, count)
    (found,) = mirror.query("SELECT count(*) AS n, min(id) AS low, max(id) AS high FROM ns_event")
    assert found == {"n": count, "low": 1, "high": count}
    # Several ranges are read side by side, each to a page that is not a full one.
    assert report.requests <= 1.2 * count / 1_000
    assert sandbox.stats()["concurrency"]["peak"] >= 2
