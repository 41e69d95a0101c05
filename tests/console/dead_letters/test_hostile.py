"""Whatever stands in a letter, in its error or in what NetSuite holds is shown as it is."""

import json

import pytest

from tests.console.hostile import CODES, HOSTILE, MARKUP, obeyed

LITERAL = "[red]x[/] [@click=app.quit]q[/]"


@pytest.fixture
def hostile(graveyard):
    """Letters of which every text is hostile."""
    how = {
        "summary": HOSTILE,
        "target_name": HOSTILE,
        "message": HOSTILE,
        "author": HOSTILE,
        "reason": HOSTILE,
        "action_type": "update_record",
        "target_record": "customrecord_x",
        "change": {MARKUP: HOSTILE, CODES: CODES, "lines": [{MARKUP: CODES}]},
        "seen": {MARKUP: CODES, CODES: HOSTILE},
        "current": {MARKUP: MARKUP + CODES, CODES: HOSTILE},
        "attempts": 3,
    }
    graveyard.lay("conflict", MARKUP, count=2, **how)
    graveyard.lay("refused", HOSTILE[:300], **how)
    graveyard.lay("unknown_outcome", CODES, **how)
    return graveyard


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["small", "wide"])
async def test_hostile_text_is_shown_literally_everywhere(app, at_letters, hostile, size):
    async with at_letters(app, size=size) as person:
        looks = []

        async def look(*keys):
            await person.press(*keys)
            assert app.is_running
            looks.append(person.sees)
            assert obeyed(looks[-1] + person.told) == set()

        await look("g")
        await look("r")
        await look("escape")
        for _ in range(7):
            await look("j")
            whole = app.screen.query_one("#letter-text").content.plain
            assert obeyed(whole) == set()
        for keys in (["enter"], ["pagedown"], ["end"], ["escape"], ["y"], ["r"], ["escape"]):
            await look(*keys)
        for keys in (["x"], ["escape"], ["e"], ["ctrl+end"], ["ctrl+s"], ["escape"]):
            await look(*keys)
        await look("asterisk", "x")
        await look("escape")
        await look("slash")
        await person.write("[red] \x1b[2J")
        await look("enter")
        await look("escape")
        await look("o")
        assert LITERAL in "".join(looks)


async def test_a_click_on_hostile_text_does_what_a_click_does(app, at_letters, hostile):
    async with at_letters(app, size=(120, 40)) as person:
        await person.press("j")
        for y in range(0, 39, 3):
            await person.pilot.click(offset=(30, y))
            assert app.is_running
        await person.press("escape", "escape")
        assert person.rows


async def test_a_copied_letter_is_exact_and_harmless_to_paste(
    app, at_letters, hostile, monkeypatch
):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    async with at_letters(app) as person:
        await person.press("j", "y")
    assert json.loads(copied[0])["error"]["message"] == HOSTILE
    assert json.loads(copied[0])["change"][CODES] == CODES
    assert obeyed(copied[0]) == set()


async def test_a_change_is_edited_exactly(app, at_letters, hostile):
    async with at_letters(app) as person:
        await person.press("j", "e")
        text = app.screen.query_one("#change").text
        assert json.loads(text)[MARKUP] == HOSTILE
        assert obeyed(text) == set()
