"""What the Sync screen shows, and finding one's way on it."""

import pytest


async def test_one_changes_between_the_screens_and_finds_each_as_it_was_left(
    app, at_sync, furnished, stage_raw
):
    stage_raw()
    stage_raw()
    async with at_sync(app) as person:
        await person.press("1", "j")
        assert "Inbox · 2 proposals" in person.sees
        inbox_row = person.row
        await person.press("2", "j")
        assert person.row.split()[1] == "currency"
        await person.press("1")
        assert person.row == inbox_row
        await person.press("2")
        assert person.row.split()[1] == "currency"


async def test_a_table_tells_its_state_in_words(app, at_sync, furnished):
    async with at_sync(app, size=(120, 40)) as person:
        rows = {row[3:].split()[0]: row[3:].split()[1:] for row in person.rows}
        assert rows["customer"][:6] == ["5m", "on", "time", "2m", "ago", "86,415"]
        assert rows["vendor"][:4] == ["5m", "LATE", "10m", "ago"]
        assert rows["contact"][:4] == ["5m", "STALLED", "3m", "failed"]
        assert rows["currency"][1] == "paused"
        assert rows["term"] == ["60m", "never"]
        assert rows["item"][-2:] == ["1", "6m"]  # one column set aside; the next turn


async def test_the_tiers_tell_their_next_turn_and_how_their_tables_stand(app, at_sync, furnished):
    async with at_sync(app, size=(120, 40)) as person:
        assert " 5 min  next in 2:41 (09:17)" in person.sees
        assert "1 on time  1 LATE  1 STALLED" in person.sees
        assert "60 min  PAUSED by anna" in person.sees


async def test_ages_and_countdowns_move_on_by_themselves(app, at_sync, furnished, clock):
    async with at_sync(app) as person:
        assert "5 min next in 2:41" in person.sees
        clock.advance(41)
        await person.until_seen("5 min next in 2:00")


async def test_a_pull_under_way_shows_its_share_its_pace_and_the_time_left(app, at_sync, furnished):
    async with at_sync(app) as person:
        row = next(row for row in person.rows if "transaction" in row)
        assert "running" in row
        assert "█░" in row
        assert row.rstrip().endswith("41%  12,300/s  14s left")


async def test_a_pull_of_unknown_length_shows_what_it_has_read(app, at_sync, furnished):
    furnished.runs("term", for_seconds=10, read=5400)
    async with at_sync(app) as person:
        row = next(row for row in person.rows if "term" in row)
        assert "5,400 rows  540/s" in row


async def test_the_last_runs_are_drawn_by_what_they_wrote(app, at_sync, furnished):
    async with at_sync(app) as person:
        row = next(row for row in person.rows if "customer" in row)
        assert "▁·█▂▃▁" in row


@pytest.mark.parametrize(
    ("presses", "first"), [(0, "contact"), (1, "contact"), (2, "contact"), (3, "term")]
)
async def test_the_orders_come_round(app, at_sync, furnished, presses, first):
    async with at_sync(app) as person:
        await person.press(*["s"] * presses)
        names = [row[3:].split()[0] for row in person.rows]
        by = ["name", "tier", "freshness", "rows"][presses]
        assert f"by {by} (s)" in person.sees
        assert {
            "name": names == sorted(names),
            "tier": names[:4] == ["contact", "customer", "transaction", "vendor"],
            "freshness": names[:2] == ["contact", "vendor"],
            "rows": names[:3] == ["customer", "item", "contact"],
        }[by]
        assert len(names) == 7
        assert first in names


async def test_the_filter_narrows_the_tables_by_name_and_by_state(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("slash")
        await person.write("time cust")
        assert [row[3:].split()[0] for row in person.rows] == ["customer"]
        await person.press("escape", "slash")
        await person.write("stalled")
        await person.press("enter")
        assert [row[3:].split()[0] for row in person.rows] == ["contact"]
        assert "filter “stalled” (esc clears)" in person.sees
        await person.press("escape")
        assert "7 tables" in person.sees


async def test_a_filter_that_matches_nothing_says_so(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("slash")
        await person.write("qS Fpc")
        await person.until_seen("No table matches the filter. esc clears it.")
        assert not person.asked
        assert app.background.synced == []


async def test_an_empty_mirror_says_how_it_is_filled(app, at_sync, mirror):
    mirror.lay_down(customer=5, vendor=15)
    async with at_sync(app) as person:
        assert "Nothing is mirrored yet: the first pull starts with the next turn" in person.sees
        assert "press S" in person.sees
        assert "Nothing has happened yet." in person.sees
        mirror.ran("customer", ago=0, rows=10)
        await person.until(lambda: "Nothing is mirrored yet" not in person.sees)


async def test_a_map_without_tables_says_where_they_come_from(app, at_sync, mirror):
    mirror.lay_down()
    async with at_sync(app) as person:
        assert "`nsconsole map edit` says which are mirrored" in person.sees
        await person.press("S", "F", "p", "c", "P", "space", "enter", "j", "G")
        assert app.is_running
        assert not person.asked


async def test_a_table_in_full_tells_what_was_set_aside_and_its_newest_runs(
    app, at_sync, furnished
):
    async with at_sync(app, size=(120, 40)) as person:
        await person.press("slash", *"item", "enter", "enter")
        await person.until_seen("Columns set aside (1)")
        assert "custitem_shelf  unknown, since 2026-11-22 09:15:00" in person.sees
        assert "Unknown identifier custitem_shelf" in person.sees
        assert "31,007 rows" in person.sees
        await person.press("escape", "slash", *"contact", "enter", "enter")
        await person.until_seen("NetSuite answered 500: UNEXPECTED_ERROR")
        assert person.sees.count("STALLED") >= 1
        assert person.sees.index("failed") < person.sees.index("done")


async def test_the_help_names_the_keys_of_this_screen(app, at_sync, furnished):
    async with at_sync(app, size=(120, 60)) as person:
        await person.press("question_mark")
        for words in ("Full pull", "Follow or stand still", "Tables or log", "Inbox", "Sync"):
            assert words in person.sees


@pytest.mark.parametrize("size", [(60, 20), (40, 10), (20, 5), (200, 60)])
async def test_every_size_of_terminal_shows_something(app, at_sync, furnished, sitting, size):
    async with sitting(app, size=size) as person:
        await person.press("2", "j", "tab", "k", "enter", "escape", "tab", "enter", "escape", "F")
        assert app.is_running
        assert person.sees.strip()


async def test_three_hundred_tables_scroll_with_the_cursor(app, at_sync, mirror):
    mirror.lay_down(**{f"table{number:03}": 5 for number in range(300)})
    async with at_sync(app) as person:
        await person.press("G")
        assert "table299" in person.row
        await person.press("pageup", "g")
        assert "table000" in person.row
