"""The cursor stays with its table, whatever changes; and the screen goes on through an outage."""

import threading

from nsconsole.console.messages import DatabaseChanged


async def test_tables_that_come_in_above_leave_the_cursor_on_its_table(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("G")
        assert "vendor" in person.row
        furnished.remap("account", "bin", "vendor", "zebra")
        await person.until_seen("4 tables")
        assert "vendor" in person.row
        assert person.listed.current.name == "vendor"


async def test_another_order_leaves_the_cursor_on_its_table(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j")
        for _ in range(4):
            await person.press("s")
            assert "customer" in person.row


async def test_a_table_that_moves_in_the_order_takes_the_cursor_along(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("s", "s", "G")
        name = person.row[3:].split()[0]
        furnished.ran("vendor", ago=1)  # it is on time again, and goes down the list
        await person.until(lambda: "on time" in next(r for r in person.rows if "vendor" in r))
        assert person.row[3:].split()[0] == name


async def test_after_its_table_left_the_map_the_cursor_stands_for_none(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("j", "j")
        furnished.remap("contact", "vendor", "item")
        await person.until_seen("3 tables")
        for key in ("S", "F", "p", "P", "c", "enter"):
            await person.press(key)
            assert not person.asked
        assert "There is no table under the cursor." in person.told
        assert app.background.synced == []
        await person.press("k")
        assert person.listed.current.name == "item"


async def test_a_selected_table_that_left_the_map_is_no_longer_selected(app, at_sync, furnished):
    async with at_sync(app) as person:
        await person.press("space", "j", "space")
        furnished.remap("vendor", "customer")
        await person.until_seen("2 tables · 1 selected")
        await person.press("S")
        assert app.background.synced == [(["customer"], False)]


async def test_the_list_stands_still_under_a_question_and_catches_up_after_it(
    app, at_sync, furnished
):
    async with at_sync(app) as person:
        await person.press("j", "j", "F")
        before = person.rows
        furnished.remap("aardvark", "customer")
        await person.until(lambda: app.screen_stack[0]._stale)
        await person.settle()
        assert person.rows == before
        await person.press("escape")
        await person.until_seen("2 tables")
        assert "customer" in person.row


async def test_what_a_worker_elsewhere_does_comes_in_by_itself(app, at_sync, furnished):
    async with at_sync(app) as person:
        furnished.runs("vendor", for_seconds=10, read=1000, expected=4000)
        await person.until(lambda: any("25%" in row for row in person.rows))
        row = next(row for row in person.rows if "25%" in row)
        assert row.endswith("100/s  30s left")


async def test_the_screen_out_of_sight_reads_nothing_and_catches_up(
    app, at_sync, furnished, slow_overview
):
    async with at_sync(app) as person:
        await person.press("1")
        slow_overview.hold()
        furnished.remap("vendor")
        await person.until(lambda: app._areas["sync"]._stale)
        assert not slow_overview.held.is_set()
        slow_overview.go_on()
        await person.press("2")
        await person.until_seen("1 table ")


async def test_a_database_that_changes_all_the_time_is_read_a_few_times_a_second(
    app, at_sync, furnished, monkeypatch
):
    from nsconsole.services.sync import overview

    async with at_sync(app) as person:
        reads = []
        read = overview.overview
        monkeypatch.setattr(overview, "overview", lambda w: reads.append(1) or read(w))
        for _ in range(50):
            app.post_message(DatabaseChanged())
            await person.pilot.pause(0.01)
        furnished.log("stopped", reason="the end of it")
        await person.until_seen("the end of it")
        assert 1 <= len(reads) <= 12


async def test_an_outage_is_told_with_its_beginning_its_tables_and_its_end(
    app, at_sync, furnished, clock
):
    async with at_sync(app) as person:
        furnished.link("unreachable", "NetSuite does not answer: connection refused", ago=2700)
        await person.until_seen("NetSuite cannot be reached")
        said = " ".join(person.sees.split())
        assert "since 2026-11-22 08:30 (45m): NetSuite does not answer: connection refused." in said
        assert "Behind: vendor, contact." in said
        assert "goes on where it stopped; nothing has to be done." in said
        assert "UNREACHABLE" in person.sees
        clock.advance(60)
        await person.until(lambda: "(46m)" in " ".join(person.sees.split()))
        furnished.link("ok", "", ago=0)
        await person.until(lambda: "cannot be reached" not in person.sees)


async def test_a_refused_login_says_what_has_to_be_done(app, at_sync, furnished):
    furnished.link("refused", "INVALID_LOGIN_ATTEMPT", ago=60)
    async with at_sync(app) as person:
        await person.until_seen("NetSuite refuses the login")
        assert "`nsconsole doctor`" in person.sees


async def test_a_database_that_fails_is_told_once_and_the_screen_comes_back(
    app, at_sync, furnished, workspace
):
    def run(statement):
        with workspace.database.writing() as connection:
            connection.exec_driver_sql(statement)

    async with at_sync(app) as person:
        run("ALTER TABLE sync_tiers RENAME TO elsewhere")
        await person.until_told("no such table: sync_tiers")
        for number in range(3):
            furnished.log("stopped", reason=f"still here {number}")
            await person.until_seen(f"still here {number}")
        assert person.told.count("no such table: sync_tiers") <= 1
        run("ALTER TABLE elsewhere RENAME TO sync_tiers")
        furnished.remap("vendor")
        await person.until_seen("1 table ")


async def test_the_screen_can_be_asked_for_before_the_workspace_is_open(
    console, sitting, furnished, workspace, reviewer
):
    free = threading.Event()
    app = console(workspace, authority=reviewer)
    opening, app._opening = app._opening, None

    def late(tell):
        free.wait(10)
        return opening(tell)

    app._opening = late
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        for key in ("S", "F", "p", "P", "c", "enter", "t", "l", "f", "s"):
            await pilot.press(key)
        assert app.is_running
        free.set()
        while not app.screen.query_one("TableList").rows:
            await pilot.pause(0.01)


async def test_without_a_workspace_the_inbox_says_why_and_stays(console, workspace):
    app = console(workspace)

    def opening(_tell):
        free.wait(10)
        raise ValueError("the disk is gone")

    free, app._opening = threading.Event(), opening
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        assert app.current_mode == "sync"
        free.set()
        while app.current_mode != "inbox":
            await pilot.pause(0.01)
        await pilot.press("2")
        assert app.current_mode == "inbox"
