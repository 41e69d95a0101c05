"""Self-healing: what NetSuite no longer gives is set aside, told, kept, and taken back."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsconsole.mapping import Column, Kind
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.sync.healing import find_bad
from nsconsole.services.sync.log import Level, entries
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.reports import TableStatus
from nsconsole.services.sync.tiers import resume_table

from .tables import STAMP, iso, mapped

NAMES = [f"c{number}" for number in range(16)]
EVENT = mapped("event", dict.fromkeys(NAMES, "text"))
OTHER = mapped("other", {"name": "text"})


def rows(clock, count=30):
    texts = {name: f"{name} of old" for name in NAMES}
    moments = [clock() - timedelta(days=1, minutes=n) for n in range(count)]
    return [{"id": n, STAMP: iso(at), **texts} for n, at in enumerate(moments, start=1)]


@pytest.fixture
def event(mirror, clock):
    """A table of sixteen columns in step with NetSuite, and another one beside it."""
    mirror.use(EVENT, OTHER)
    mirror.load(EVENT, rows(clock))
    mirror.load(OTHER, [{"id": 1, "name": "one", STAMP: iso(clock())}])
    mirror.sync()
    assert mirror.agrees()
    clock.advance(300)
    return EVENT


def findings(mirror, level=Level.WARNING):
    found = entries(mirror.workspace, table="event", level=level, limit=10_000)
    return [(entry.event, entry.detail.get("column")) for entry in found]


def put_back(sandbox, *names):
    for name in names:
        sandbox.drift("event", add={"name": name, "type": "string"})


# Columns


@pytest.mark.parametrize("form", ["identifier", "field", "by_form"])
def test_a_column_that_is_gone_is_set_aside_and_the_run_goes_on(mirror, sandbox, event, form):
    sandbox.behave(unknown_column=form)
    sandbox.drift("event", drop="c3")
    sandbox.edit("event", {"id": 7, "c4": "new"})
    report = mirror.sync()["event"]
    assert (report.status, report.dropped_columns) == (TableStatus.DONE, ("c3",))
    (aside,) = mirror.entry("event").set_aside
    assert (aside.column, aside.reason) == ("c3", "removed")
    assert "c3" in aside.detail
    assert mirror.agrees()
    assert findings(mirror) == [("column_set_aside", "c3")]


def test_the_data_of_a_column_that_is_set_aside_stays(mirror, sandbox, event):
    sandbox.drift("event", drop="c3")
    sandbox.edit("event", {"id": 7, "c4": "new"})
    mirror.sync(full=True)
    kept = mirror.query("SELECT DISTINCT c3 FROM ns_event_live")
    assert kept == [{"c3": "c3 of old"}]


def test_a_hidden_column_says_so_and_comes_back_when_it_is_shown(mirror, sandbox, event):
    sandbox.drift("event", hide="c3")
    mirror.sync()
    (aside,) = mirror.entry("event").set_aside
    assert aside.reason == "not_exposed"
    sandbox.drift("event", show="c3")
    mirror.sync()
    assert mirror.set_aside("event") == set()
    assert mirror.agrees()


def test_all_that_one_answer_names_is_set_aside_at_once(mirror, sandbox, event):
    sandbox.behave(name_all_bad_columns=True)
    for name in NAMES[::2]:
        sandbox.drift("event", drop=name)
    before = mirror.requests()
    mirror.sync("event")
    assert mirror.set_aside("event") == set(NAMES[::2])
    assert mirror.requests() - before == 2


@pytest.mark.parametrize("bad_column", ["named", "error_500"])
def test_half_of_all_columns_may_go_while_a_pull_runs(mirror, sandbox, event, clock, bad_column):
    mirror.load(EVENT, rows(clock, 3_500))
    sandbox.behave(bad_column=bad_column)
    gone = NAMES[1::2]

    def after_the_first_page(progress):
        if progress.table == "event" and gone:
            for name in gone:
                sandbox.drift("event", drop=name)
            gone.clear()

    report = mirror.sync("event", full=True, progress=after_the_first_page)["event"]
    assert report.status is TableStatus.DONE
    assert sorted(report.dropped_columns) == sorted(NAMES[1::2])
    told = [column for what, column in findings(mirror) if what == "column_set_aside"]
    assert sorted(told) == sorted(NAMES[1::2])
    assert mirror.agrees()


def test_a_column_that_no_error_names_is_found_by_halves(mirror, sandbox, event):
    sandbox.behave(bad_column="error_500")
    sandbox.drift("event", drop="c11")
    before = mirror.requests()
    report = mirror.sync("event")["event"]
    assert (report.status, report.dropped_columns) == (TableStatus.DONE, ("c11",))
    (aside,) = mirror.entry("event").set_aside
    assert aside.reason == "unnamed"
    assert mirror.requests() - before < 30


@given(st.data())
def test_bad_columns_are_found_by_few_questions(data):
    count = data.draw(st.integers(1, 300))
    columns = [Column(f"c{number}", Kind.TEXT) for number in range(count)]
    bad = set(data.draw(st.lists(st.sampled_from(columns), max_size=8)))
    questions = []

    def works(some):
        questions.append(some)
        return not bad & set(some)

    assert set(find_bad(columns, works)) == bad
    assert len(questions) <= len(bad) * (math.ceil(math.log2(count)) + 1) + 1


# Coming back


def test_a_column_that_comes_back_is_filled_in_alone(mirror, sandbox, event, clock):
    sandbox.drift("event", drop="c3")
    mirror.sync()
    written = mirror.query("SELECT id, _ns_synced_at FROM ns_event")
    sandbox.drift("event", add={"name": "c3", "type": "text area"})
    sandbox.edit("event", {"id": 9, "c3": "new", STAMP: iso(clock())})
    clock.advance(300)
    before = mirror.requests()
    report = mirror.sync("event")["event"]
    assert report.status is TableStatus.DONE
    assert mirror.agrees()
    assert mirror.set_aside("event") == set()
    assert not mirror.entry("event").backfills
    assert mirror.query("SELECT count(*) AS n FROM ns_event WHERE c3 = 'new'") == [{"n": 1}]
    # One for the column, one for what changed, one to fill it in.
    assert mirror.requests() - before == 3
    assert [detail["columns"] for detail in mirror.told("column_filled")] == [["c3"]]
    assert mirror.query("SELECT id, _ns_synced_at FROM ns_event") != written


def test_filling_in_goes_on_where_it_was_cut_off(mirror, sandbox, event, clock):
    mirror.load(EVENT, rows(clock, 3_500))
    mirror.sync("event", full=True)
    sandbox.drift("event", drop="c3")
    mirror.sync("event")
    put_back(sandbox, "c3")

    def is_half_filled():
        place = mirror.entry("event").backfills.get("c3")
        return place is not None and int(place[0]) >= 2_000

    assert mirror.sync("event", stopping=is_half_filled)["event"].status is TableStatus.CANCELLED
    sandbox.edit("event", {"id": 3_400, "c3": "late"})
    report = mirror.sync("event")["event"]
    assert report.status is TableStatus.DONE
    assert report.rows_read < 1_600
    assert mirror.agrees()


def test_a_column_that_goes_again_while_it_is_filled_in_is_set_aside_again(
    mirror, sandbox, event, clock
):
    mirror.load(EVENT, rows(clock, 3_500))
    mirror.sync("event", full=True)
    sandbox.drift("event", drop="c3")
    mirror.sync("event")
    put_back(sandbox, "c3")
    drops = iter(["c3"])

    def gone_again(_):
        if mirror.entry("event").backfills.get("c3"):
            for name in drops:
                sandbox.drift("event", drop=name)

    assert mirror.sync("event", progress=gone_again)["event"].status is TableStatus.DONE
    assert mirror.set_aside("event") == {"c3"}
    put_back(sandbox, "c3")
    sandbox.edit("event", {"id": 5, "c3": "at last"})
    mirror.sync("event")
    assert mirror.set_aside("event") == set()
    assert mirror.agrees()


@pytest.mark.parametrize("bad_column", ["named", "error_500"])
def test_one_of_many_comes_back_though_all_others_stay_away(
    mirror, sandbox, event, clock, bad_column
):
    for name in NAMES:
        sandbox.drift("event", drop=name)
    mirror.sync("event")
    assert mirror.set_aside("event") == set(NAMES)
    sandbox.behave(bad_column=bad_column)
    put_back(sandbox, NAMES[-1])
    for _ in range(len(NAMES)):
        clock.advance(300)
        before = mirror.requests()
        assert mirror.sync("event")["event"].status is TableStatus.DONE
        assert mirror.requests() - before < 25
    assert mirror.set_aside("event") == set(NAMES[:-1])
    assert mirror.agrees()


def test_a_renamed_column_is_one_gone_and_comes_back_under_its_name(mirror, sandbox, event):
    sandbox.drift("event", rename=["c3", "c3_new"])
    mirror.sync()
    assert mirror.set_aside("event") == {"c3"}
    sandbox.edit("event", {"id": 2, "c3_new": "seen later"})
    sandbox.drift("event", rename=["c3_new", "c3"])
    mirror.sync()
    assert mirror.agrees()


# The key, the cursor, the table


@pytest.mark.parametrize(
    ("column", "reason"), [("id", "key_gone"), (STAMP, "cursor_gone")], ids=["key", "cursor"]
)
def test_without_its_key_or_cursor_a_table_pauses_and_goes_on_by_itself(
    mirror, sandbox, event, column, reason
):
    sandbox.drift("event", hide=column)
    sandbox.edit("other", {"id": 1, "name": "edited"})
    reports = mirror.sync()
    assert reports["event"].status is TableStatus.PAUSED
    assert column in reports["event"].error
    assert mirror.entry("event").paused.reason == reason
    assert reports["other"].status is TableStatus.DONE
    assert mirror.agrees("other")
    mirror.sync()
    assert findings(mirror, Level.ERROR) == [("table_paused", None)]  # told once
    sandbox.drift("event", show=column)
    sandbox.edit("event", {"id": 3, "c0": "meanwhile"})
    assert mirror.sync()["event"].status is TableStatus.DONE
    assert mirror.entry("event").paused is None
    assert mirror.agrees()


@pytest.mark.parametrize(
    ("access", "reason"), [("removed", "gone"), ("no permission", "no_permission")]
)
@pytest.mark.parametrize("one_is_set_aside", [False, True])
def test_a_table_that_is_gone_or_hidden_pauses_and_goes_on_by_itself(
    mirror, sandbox, event, access, reason, one_is_set_aside
):
    if one_is_set_aside:
        sandbox.drift("event", hide="c5")
        mirror.sync()
    mirror.hide_table("event", access)
    reports = mirror.sync()
    assert reports["event"].status is TableStatus.PAUSED
    assert reports["other"].status is TableStatus.DONE
    assert mirror.entry("event").paused.reason == reason
    assert mirror.set_aside("event") == ({"c5"} if one_is_set_aside else set())
    mirror.hide_table("event", "open")
    sandbox.edit("event", {"id": 3, "c0": "meanwhile"})
    assert mirror.sync()["event"].status is TableStatus.DONE
    assert mirror.agrees()


def test_a_table_whose_key_turns_out_not_to_be_one_pauses_until_somebody_resumes_it(
    mirror, sandbox, clock
):
    there = mapped("pairs", {"id": "integer", "part": "integer"}, key=("id", "part"))
    mirror.load(there, [{"id": 1, "part": p, STAMP: iso(clock())} for p in (1, 2)])
    mirror.use(mapped("pairs", {"part": "integer"}))
    for _ in range(3):
        clock.advance(300)
        assert mirror.sync()["pairs"].status is TableStatus.PAUSED
        assert mirror.entry("pairs").paused.reason == "key_not_unique"
    assert mirror.live("pairs") == {}
    sandbox.delete("pairs", [1, 2])
    resume_table(mirror.workspace, "pairs", by="ada")
    assert mirror.sync()["pairs"].status is TableStatus.DONE
    assert mirror.entry("pairs").paused is None
    assert mirror.agrees()


# What is not drift


@pytest.mark.parametrize(
    "fault",
    ["concurrency", "error_500", "error_503", "drop_before", "drop_after", "truncated",
     "malformed"],
)  # fmt: skip
@pytest.mark.parametrize("times", [1, 60])
def test_trouble_sets_no_column_aside(mirror, sandbox, event, fault, times):
    sandbox.fault("suiteql", fault, times=times)
    sandbox.edit("event", {"id": 3, "c0": "meanwhile"})
    try:
        reports = mirror.sync()
    except NetSuiteUnavailableError:
        assert times > 1
    else:
        done = reports["event"].status is TableStatus.DONE
        assert done or times > 1
        assert mirror.agrees("event") or not done
    assert mirror.set_aside("event") == set()
    assert mirror.entry("event").paused is None
    mirror.no_more_faults()
    mirror.sync()
    assert mirror.agrees()


@pytest.mark.parametrize("seed", range(3))
def test_failures_at_random_set_no_column_aside(mirror, sandbox, event, seed):
    sandbox.fault("suiteql", "error_500", rate=0.4, seed=seed)
    for _ in range(6):
        mirror.sync(full=True)
    assert mirror.set_aside("event") == set()


@pytest.mark.parametrize(("rate", "seed"), [(0.7, 12), (0.7, 32), (0.85, 12)])
def test_a_bad_hour_sets_no_column_aside(mirror, sandbox, event, rate, seed):
    # With these seeds some columns fail and the key works, once or even thrice in turn.
    sandbox.fault("suiteql", "error_500", rate=rate, seed=seed)
    for _ in range(3):
        mirror.sync("event", full=True)
    assert mirror.set_aside("event") == set()


def test_a_column_that_goes_amid_an_outage_is_found_when_that_is_over(mirror, sandbox, event):
    sandbox.behave(bad_column="error_500")
    sandbox.drift("event", drop="c3")
    sandbox.fault("suiteql", "error_500", rate=0.5, seed=5)
    for _ in range(4):
        mirror.sync()
    assert mirror.set_aside("event") <= {"c3"}
    mirror.no_more_faults()
    mirror.sync()
    assert mirror.set_aside("event") == {"c3"}
    assert mirror.agrees()


def test_nobody_there_sets_no_column_aside(mirror, sandbox, event, open_workspace, clock):
    nowhere = sandbox.environ | {"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:9"}
    cut_off = open_workspace(nowhere)
    cut_off.sleep = clock.advance
    with pytest.raises(NetSuiteUnavailableError, match="refuses the connection"):
        sync(cut_off)
    assert mirror.set_aside("event") == set()
    assert mirror.entry("event").paused is None
