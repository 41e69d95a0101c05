"""What a run says is so: nothing is hidden that is there, nothing called done that is not."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from nsconsole.mapping import Column, Kind, Mode
from nsconsole.netsuite.client import NetSuite
from nsconsole.netsuite.keyset import column_groups
from nsconsole.services.sync import deletes, fetching
from nsconsole.services.sync.overview import Freshness, overview
from nsconsole.services.sync.reports import TableStatus, Trigger
from nsconsole.services.sync.tiers import pause_table

from .tables import CUSTOMER, iso, mapped

THINGS = mapped("thing", {"name": "text"})
PLAIN = mapped("plain", {"name": "text"}, cursor=None)
PAGE = 1000


@pytest.fixture
def rows(clock):
    """Rows of a table, all stamped an hour and a half ago."""

    def made(count, table=THINGS):
        stamp = {table.cursor: iso(clock() - timedelta(minutes=90))} if table.cursor else {}
        return [{"id": i, "name": f"n{i}"} | stamp for i in range(1, count + 1)]

    return made


@pytest.fixture
def things(mirror, rows):
    """The table of things, mirrored; give how many it has."""

    def have(count, table=THINGS):
        mirror.use(table)
        mirror.load(table, rows(count, table))
        assert mirror.sync()[table.name].status is TableStatus.DONE
        return mirror

    return have


@pytest.fixture
def interrupted(mirror):
    """Sync and stop after some pages; give the report."""

    def stopped(pages, **how):
        written = []
        (report,) = mirror.sync(
            progress=written.append, stopping=lambda: len(written) >= pages, **how
        ).values()
        return report

    return stopped


@pytest.fixture
def between_queries(monkeypatch):
    """Do something once, just before the query of a number (from 1) is asked."""

    def at(number, work):
        asked, suiteql = [], NetSuite.suiteql

        def disturbed(self, *arguments, **more):
            asked.append(arguments)
            if len(asked) == number:
                work()
            return suiteql(self, *arguments, **more)

        monkeypatch.setattr(NetSuite, "suiteql", disturbed)

    return at


class TestMuchThatVanishesAtOnce:
    @pytest.mark.parametrize("table", [THINGS, PLAIN], ids=["reconciled", "read whole"])
    def test_is_marked_only_once_a_person_has_said_so(self, things, sandbox, clock, table):
        mirror = things(60, table)
        sandbox.delete(table.name, *range(1, 61))
        clock.advance(25 * 3600)
        report = mirror.sync(trigger=Trigger.TIER)[table.name]
        assert report.status is TableStatus.PAUSED
        assert "60 of 60 rows" in report.error
        assert mirror.entry(table.name).paused.reason == "mass_deletion"
        assert len(mirror.live(table.name)) == 60
        assert mirror.sync(full=True)[table.name].status is TableStatus.DONE
        assert mirror.live(table.name) == {}
        assert mirror.entry(table.name).paused is None

    def test_is_found_before_it_is_a_fifth_of_a_large_table(self, things, sandbox, clock):
        mirror = things(1500)
        sandbox.delete("thing", *range(1, 401))
        clock.advance(25 * 3600)
        assert mirror.sync(trigger=Trigger.TIER)["thing"].status is TableStatus.PAUSED
        assert len(mirror.live("thing")) == 1500

    def test_is_marked_without_a_word_if_it_is_little(self, things, sandbox, clock):
        mirror = things(60)
        sandbox.delete("thing", *range(1, 21))
        clock.advance(25 * 3600)
        assert mirror.sync(trigger=Trigger.TIER)["thing"].rows_deleted == 20

    def test_heals_by_itself_when_the_rows_are_there_again(self, things, rows, clock):
        mirror = things(60)
        mirror.load(THINGS, [])
        clock.advance(25 * 3600)
        for _ in range(2):
            assert mirror.sync(trigger=Trigger.TIER)["thing"].status is TableStatus.PAUSED
        assert len(mirror.told("table_paused")) == 1
        mirror.load(THINGS, rows(60))
        assert mirror.sync(trigger=Trigger.TIER)["thing"].status is TableStatus.DONE
        assert len(mirror.told("table_resumed")) == 1


class TestAMapThatChangesDuringAPass:
    def test_a_column_that_came_in_before_the_tables_turn_is_filled(self, mirror, rows):
        wider = replace(THINGS, columns=(*THINGS.columns, Column("more", Kind.TEXT)))
        mirror.load(wider, [row | {"more": "m"} for row in rows(5)])
        mirror.use(THINGS)
        mirror.sync()
        with mirror.workspace.database.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO sync_column_map (table_name, name, position, kind, added_at)"
                " SELECT table_name, 'more', 9, 'text', added_at FROM sync_column_map LIMIT 1"
            )  # as it stands when the state that would tell of rows was not there yet
        mirror.sync()
        assert {row["more"] for row in mirror.live("thing").values()} == {"m"}

    def test_a_table_that_a_person_paused_meanwhile_rests(self, mirror, rows, between_queries):
        mirror.use(THINGS, PLAIN)
        mirror.load(THINGS, rows(3))
        mirror.load(PLAIN, rows(3, PLAIN))
        between_queries(1, partial(pause_table, mirror.workspace, "plain", by="ada"))
        reports = mirror.sync()
        assert reports["plain"].status is TableStatus.PAUSED
        assert reports["plain"].requests == 0


def test_an_edit_later_than_the_lookback_is_found_by_the_daily_comparison(
    things, sandbox, clock, mirror
):
    mirror = things(5)
    late = iso(clock() - timedelta(minutes=160))
    clock.advance(24 * 3600)
    mirror.sync()
    sandbox.edit("thing", {"id": 2, "name": "late", "lastmodifieddate": late})
    clock.advance(24 * 3600)
    mirror.sync()
    assert mirror.agrees("thing")
    assert mirror.told("reconciled")[-1]["missing"] == 1


def test_what_changes_without_its_rows_stamp_is_found_by_the_daily_comparison(
    things, sandbox, clock, mirror
):
    mirror = things(5)
    clock.advance(3 * 3600)
    sandbox.edit("thing", {"id": 5, "name": "newer than any lookback"})
    mirror.sync()
    (row,) = mirror.query("SELECT lastmodifieddate AS stamp FROM ns_thing WHERE id = 2")
    sandbox.edit("thing", {"id": 2, "name": "quiet", "lastmodifieddate": row["stamp"]})
    mirror.sync()
    assert not mirror.agrees("thing")
    clock.advance(24 * 3600)
    mirror.sync()
    assert mirror.agrees("thing")
    assert mirror.told("reconciled")[-1]["missing"] == 0


class TestWhatIsTakenUpAgain:
    def test_a_whole_table_without_stamps_is_as_old_as_its_first_page(
        self, mirror, rows, clock, interrupted
    ):
        mirror.use(PLAIN)
        mirror.load(PLAIN, rows(3 * PAGE, PLAIN))
        began = clock()
        assert interrupted(1).status is TableStatus.CANCELLED
        clock.advance(3 * 24 * 3600)
        assert mirror.sync()["plain"].status is TableStatus.DONE
        (line,) = overview(mirror.workspace).tables
        assert line.synced_at == began
        assert line.freshness is Freshness.STALLED

    @pytest.mark.parametrize(("hours", "goes_on"), [(0.5, True), (2, False)])
    def test_whoever_asks_for_everything_gets_it_unless_it_was_just_begun(
        self, mirror, rows, clock, interrupted, hours, goes_on
    ):
        mirror.use(PLAIN)
        mirror.load(PLAIN, rows(4 * PAGE, PLAIN))
        first = interrupted(1, full=True).rows_read
        clock.advance(hours * 3600)
        read = mirror.sync(full=True)["plain"].rows_read
        assert read == 4 * PAGE - first * goes_on

    def test_a_reading_of_changes_goes_on_where_it_stopped(
        self, things, sandbox, clock, interrupted
    ):
        mirror = things(5 * PAGE)
        stamp = iso(clock())
        changed = [{"id": i, "name": "c", "lastmodifieddate": stamp} for i in range(1, 5001)]
        sandbox.edit("thing", *changed)
        read = [interrupted(1).rows_read, mirror.sync()["thing"].rows_read]
        assert sum(read) == 5 * PAGE
        assert mirror.agrees("thing")

    def test_and_what_was_committed_late_meanwhile_is_read_by_the_next(
        self, things, sandbox, clock, interrupted
    ):
        mirror = things(2 * PAGE)
        early, stamp = iso(clock() - timedelta(minutes=50)), iso(clock())
        changed = [{"id": i, "name": "c", "lastmodifieddate": stamp} for i in range(1, 2001)]
        sandbox.edit("thing", *changed)
        interrupted(1)
        sandbox.edit("thing", {"id": 9000, "name": "late", "lastmodifieddate": early})
        clock.advance(2 * 3600)
        mirror.sync()
        mirror.sync()
        assert mirror.agrees("thing")

    def test_a_comparison_of_keys_goes_on_where_it_stopped(
        self, things, sandbox, clock, monkeypatch
    ):
        monkeypatch.setattr(deletes, "_PAGES", 1)
        mirror = things(3 * PAGE)
        clock.advance(24 * 3600)
        before = mirror.state_of("thing").reconciled_at
        sandbox.delete("thing", 2500)
        deleted = [mirror.sync()["thing"].rows_deleted for _ in range(3)]
        assert deleted == [0, 0, 1]
        assert mirror.state_of("thing").reconciled_at > before
        assert mirror.told("reconciled") == [{"rows": 2999, "missing": 0, "gone": 1}]


class TestAnswersThatAreOdd:
    def test_a_row_that_comes_in_between_the_queries_of_a_wide_table_hides_no_other(
        self, mirror, rows, sandbox, monkeypatch, between_queries
    ):
        monkeypatch.setattr(fetching, "column_groups", partial(column_groups, most=3))
        wide = mapped("wide", {"name": "text", "b": "text", "c": "text"}, cursor=None)
        mirror.use(wide)
        mirror.load(
            wide, [row | {"b": "b", "c": "c"} for row in rows(PAGE + 5, PLAIN) if row["id"] != 7]
        )
        mirror.sync()
        new = {"id": 7, "name": "n", "b": "b", "c": "c"}
        between_queries(2, partial(sandbox.edit, "wide", new))
        report = mirror.sync()["wide"]
        assert report.rows_deleted == 0
        mirror.sync()
        assert mirror.agrees("wide")

    def test_a_row_that_is_given_twice_is_one_row(self, things, monkeypatch):
        mirror, suiteql = things(3, PLAIN), NetSuite.suiteql

        def twice(*arguments, **more):
            page = suiteql(*arguments, **more)
            return replace(page, rows=[*page.rows, *page.rows[-1:]])

        monkeypatch.setattr(NetSuite, "suiteql", twice)
        assert mirror.sync()["plain"].status is TableStatus.DONE
        assert mirror.agrees("plain")

    def test_two_rows_of_one_key_are_a_finding(self, things, monkeypatch):
        mirror, suiteql = things(3, PLAIN), NetSuite.suiteql

        def other(*arguments, **more):
            page = suiteql(*arguments, **more)
            changed = [row | {"name": "?"} for row in page.rows[-1:]]
            return replace(page, rows=[*page.rows, *changed])

        with monkeypatch.context() as patch:
            patch.setattr(NetSuite, "suiteql", other)
            assert mirror.sync()["plain"].status is TableStatus.PAUSED
        assert mirror.entry("plain").paused.reason == "key_not_unique"
        assert mirror.sync()["plain"].status is TableStatus.DONE


def test_tracked_tables_do_without_deletedrecord_in_the_map(mirror):
    mirror.use(CUSTOMER)
    assert mirror.sync()["customer"].status is TableStatus.DONE
    assert mirror.sync()["customer"].status is TableStatus.DONE


def test_a_full_table_is_written_anew(things):
    mirror = things(3, replace(PLAIN, mode=Mode.FULL))
    assert mirror.sync()["plain"].rows_written == 3
