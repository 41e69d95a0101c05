"""The cursor stays with its letter, and what others do comes in by itself."""

import asyncio

import pytest

from .conftest import CHANGED


async def test_letters_that_come_in_above_leave_the_cursor_on_its_letter(
    app, at_letters, graveyard, laid
):
    async with at_letters(app) as person:
        await person.press("j", "j", "j")
        before = person.row
        graveyard.lay("conflict", CHANGED, count=4)
        graveyard.lay("conflict", "ANOTHER", count=2)
        await person.until_seen("12 letters")
        assert person.row == before
        assert person.listed.letter.id == 2


async def test_many_letters_that_come_in_above_leave_it_in_sight_on_its_line(
    app, at_letters, graveyard, laid
):
    async with at_letters(app) as person:
        await person.press("G")
        graveyard.lay("conflict", CHANGED, count=700)
        await person.until_seen("706 letters")
        await person.until(lambda: person.listed.letter is not None)
        assert person.listed.letter.id == 6
        graveyard.lay("unknown_outcome", "", count=300, ago=1)
        await person.until_seen("1,006 letters")
        await person.until(lambda: person.listed.letter is not None)
        assert person.listed.letter.id == 6
        assert person.row


async def test_the_cursor_on_a_head_stays_on_its_group(app, at_letters, graveyard, laid):
    async with at_letters(app) as person:
        await person.press("j", "j", "j", "j")
        graveyard.lay("conflict", CHANGED, count=2)
        await person.until_seen("8 letters")
        assert person.listed.group.code == "USER_ERROR"


async def test_after_its_letter_left_the_list_the_cursor_stands_for_none(
    app, at_letters, graveyard, laid
):
    async with at_letters(app) as person:
        await person.press("j", "j", "j")
        graveyard.resolve(2)
        await person.until_seen("That letter left the list.")
        for key in ("r", "d", "e", "x", "space", "y", "o"):
            await person.press(key)
            assert not person.asked
            assert app.current_mode == "dead_letters"
        assert "There is no letter under the cursor." in person.told
        await person.press("j")
        assert person.listed.letter or person.listed.group


async def test_letters_that_somebody_else_saw_to_leave_the_list(app, at_letters, graveyard, laid):
    async with at_letters(app) as person:
        graveyard.resolve(*laid["refused"])
        await person.until_seen("Dead letters · 3 letters")
        assert not any("USER_ERROR" in row for row in person.rows)


async def test_the_list_stands_still_under_a_question_and_catches_up_after_it(
    app, at_letters, graveyard, laid
):
    async with at_letters(app) as person:
        await person.press("j", "r")
        before = person.rows
        graveyard.resolve(*laid["refused"])
        await person.until(lambda: app.screen_stack[0]._stale)
        await person.settle()
        assert person.rows == before
        await person.press("escape")
        await person.until_seen("3 letters")


async def test_the_screen_can_be_asked_for_before_the_workspace_is_open(
    console, graveyard, laid, workspace, admin
):
    import threading

    free = threading.Event()
    app = console(workspace, authority=admin)
    opening = app._opening

    def late(tell):
        free.wait(10)
        return opening(tell)

    app._opening = late
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        for key in ("r", "R", "d", "e", "x", "space", "asterisk", "y", "o", "enter", "slash"):
            await pilot.press(key)
        assert app.is_running
        free.set()
        while not app.screen.query_one("LetterList").rows:
            await pilot.pause(0.01)


@pytest.mark.slow
async def test_ten_thousand_letters_open_and_are_walked_through_a_window_at_a_time(
    app, at_letters, graveyard
):
    graveyard.lay(count=10_000)
    graveyard.lay("unknown_outcome", "", count=1, target=5)
    async with at_letters(app) as person:
        await person.until_seen("10,001 letters")
        assert person.row
        await person.press("G")
        await person.until(lambda: person.listed.letter is not None)
        assert person.listed.letter.id == 10_001
        await person.press("k", "k")
        assert person.listed.letter.id == 1
        held = [row for row in person.listed.rows[1:10_001] if row is not None]
        assert len(held) < 300


@pytest.mark.slow
async def test_keys_are_obeyed_while_ten_thousand_are_replayed(app, at_letters, graveyard):
    graveyard.lay(count=10_000)
    async with at_letters(app) as person:
        await person.until_seen("10,000 letters")
        await person.press("r")
        await person.until_seen("Replay 10,000 dead letters?")
        await person.type("y")
        pauses, loop = [], asyncio.get_running_loop()
        while not person.told:
            before = loop.time()
            await person.type("j")
            pauses.append(loop.time() - before)
        assert "10,000 letters on the queue again" in person.told
        await person.until_seen("No dead letters")
    assert len(pauses) > 3  # many keys were obeyed before it was done
