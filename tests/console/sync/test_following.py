"""The log's tail: it follows, stands still for a reader, and reads no more than it shows."""

import time

import pytest

from nsconsole.console.messages import Listening, TailRead
from nsconsole.console.sync.log_tail import LogTail
from nsconsole.console.sync.reading import PAGE


@pytest.fixture
def tail(app):
    """The tail of the screen, once it is there."""
    return lambda: app.screen_stack[0].query_one(LogTail)


def shown(tail):
    """The lines of the tail that are on the screen."""
    lines = (tail.render_line(y).text.rstrip() for y in range(tail.size.height))
    return [line for line in lines if line]


async def test_the_tail_follows_what_comes(app, at_sync, furnished, tail):
    async with at_sync(app) as person:
        assert shown(tail())[-1].startswith("▌09:14:40 WARN")
        furnished.log("stopped", reason="the test wants it")
        await person.until_seen("stopped: the test wants it")
        assert shown(tail())[-1].startswith("▌09:15:00 info")
        assert "following (f stops)" in person.sees


async def test_a_reader_who_scrolled_up_is_left_alone_and_told_what_is_new(
    app, at_sync, mirror, tail
):
    mirror.lay_down(customer=5)
    for number in range(40):
        mirror.log("stopped", reason=f"before {number}")
    async with at_sync(app) as person:
        await person.press("tab", "pageup", "pageup")
        before = shown(tail())
        assert "standing still (f follows)" in person.sees
        for number in range(3):
            mirror.log("stopped", reason=f"after {number}")
        await person.until_seen("standing still, 3 new (f follows)")
        assert shown(tail()) == before
        await person.press("f")
        assert "after 2" in shown(tail())[-1]
        assert "following" in person.sees


async def test_to_go_to_the_end_is_to_follow_and_to_leave_it_is_to_stand_still(
    app, at_sync, furnished, tail
):
    async with at_sync(app) as person:
        await person.press("tab", "k")
        assert not tail().following
        await person.press("G")
        assert tail().following
        await person.press("f", "f", "f")
        assert not tail().following


async def test_the_wheel_stands_still_above_the_end_and_follows_at_it(app, at_sync, mirror, tail):
    mirror.lay_down(customer=5)
    mirror.log_many(60)
    async with at_sync(app) as person:
        tail().scroll_relative(y=-5, animate=False)
        await person.until(lambda: not tail().following)
        before = tail().scroll_y
        mirror.log("stopped", reason="new")
        await person.until_seen("1 new")
        assert tail().scroll_y == before
        tail().scroll_relative(y=10, animate=False)
        await person.until(lambda: tail().following)
        await person.until_seen("stopped: new")


async def test_older_entries_are_read_as_they_come_into_sight(app, at_sync, mirror, tail):
    mirror.lay_down(customer=5)
    for start in range(0, 1000, 250):
        mirror.log_many(250, detail=f'{{"reason":"from {start}"}}')
    async with at_sync(app) as person:
        assert len(tail().rows) == PAGE
        await person.press("tab")
        while len(tail().rows) < 1000:
            before = tail().first_id
            await person.press("g")
            await person.until(lambda before=before: tail().first_id < before)
        await person.press("g")
        assert "from 0" in shown(tail())[0]
        ids = [row.entry.id for row in tail().rows]
        assert ids == sorted(set(ids))
        assert len(ids) == 1000


async def test_the_levels_come_round(app, at_sync, furnished, tail):
    furnished.log("probed", level="debug", table="item")
    async with at_sync(app) as person:
        assert len(shown(tail())) == 5
        await person.press("l")
        assert "warnings and errors (l)" in person.sees
        assert len(shown(tail())) == 3
        await person.press("l")
        assert ["ERROR" in line for line in shown(tail())] == [True]
        await person.press("l")
        assert "all levels (l)" in person.sees
        assert len(shown(tail())) == 6
        await person.press("l")
        assert "info and worse (l)" in person.sees


async def test_the_log_narrows_to_the_table_under_the_cursor_and_back(
    app, at_sync, furnished, tail
):
    async with at_sync(app) as person:
        await person.press("t")
        assert "contact (t)" in person.sees
        assert len(shown(tail())) == 1
        assert "failed: NetSuite answered 500" in shown(tail())[0]
        furnished.log("stopped", table="vendor", reason="not shown")
        furnished.log("stopped", table="contact", reason="shown")
        await person.until_seen("stopped: shown")
        assert len(shown(tail())) == 2
        await person.press("t")
        assert "all tables (t)" in person.sees
        assert len(shown(tail())) == 7


async def test_the_filter_of_the_log_is_text_and_leaves_the_tables_alone(
    app, at_sync, furnished, tail
):
    async with at_sync(app) as person:
        await person.press("tab", "slash")
        await person.write("shelf")
        assert len(shown(tail())) == 1
        assert "7 tables" in person.sees
        await person.press("enter")
        assert app.focused is tail()
        assert "filter “shelf” (esc clears)" in person.sees
        await person.press("escape")
        assert len(shown(tail())) == 5
        await person.press("escape")
        assert app.focused is person.listed


async def test_a_filter_that_nothing_matches_says_so_and_goes_on_listening(
    app, at_sync, furnished, tail
):
    async with at_sync(app) as person:
        await person.press("tab", "slash")
        await person.write("%_")
        await person.until_seen("No entry is like that.")
        furnished.log("stopped", reason="100 %_ sure")
        await person.until_seen("100 %_ sure")


async def test_an_entry_opens_whole_as_json_and_is_copied(app, at_sync, furnished, monkeypatch):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with at_sync(app) as person:
        await person.press("tab", "k", "k", "enter")
        await person.until_seen('"event": "column_set_aside"')
        assert '"said": "Unknown identifier custitem_shelf"' in person.sees
        await person.press("y", "escape")
        assert not person.asked
        await person.press("y")
    assert copied[0] == copied[1]
    assert '"column": "custitem_shelf"' in copied[0]


async def test_a_burst_larger_than_a_page_ends_at_the_newest(app, at_sync, furnished, tail):
    async with at_sync(app) as person:
        furnished.log_many(3 * PAGE)
        furnished.log("stopped", reason="the last")
        await person.until(lambda: "the last" in (shown(tail()) or [""])[-1])
        ids = [row.entry.id for row in tail().rows]
        assert ids == list(range(ids[0], ids[-1] + 1))


async def test_a_reader_who_stands_still_is_told_of_a_burst_too_large_to_hold(
    app, at_sync, furnished, tail
):
    async with at_sync(app) as person:
        await person.press("tab", "k")
        furnished.log_many(6000)
        await person.until_seen("+ new (f follows)")
        assert len(tail().rows) < 6000
        furnished.log("stopped", reason="the last")
        await person.press("f")
        await person.until(lambda: "the last" in shown(tail())[-1])


async def test_a_hundred_thousand_entries_open_as_fast_as_a_few(app, sitting, mirror, tail):
    mirror.lay_down(customer=5)
    mirror.log_many(100_000)
    mirror.log("stopped", reason="the last")
    async with sitting(app) as person:
        began = time.perf_counter()
        await person.press("2")
        await person.until_seen("stopped: the last")
        assert time.perf_counter() - began < 5
        assert len(tail().rows) == PAGE


async def test_an_answer_that_comes_twice_or_late_adds_nothing(app, at_sync, furnished, tail):
    async with at_sync(app) as person:
        lines = list(tail().rows)
        asked, ids = Listening(), [line.entry.id for line in lines]
        for read in (
            TailRead(asked, lines[2:], after=ids[1], before=None, complete=True),
            TailRead(asked, lines[:2], after=None, before=ids[2], complete=True),
            TailRead(Listening(level="error"), lines[3:4], after=None, before=None, complete=True),
        ):
            app.screen.post_message(read)
            await person.settle()
            assert [row.entry.id for row in tail().rows] == ids
