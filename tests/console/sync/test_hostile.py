"""Whatever stands in the log, in a table's state or in an error is shown as it is."""

import json
from dataclasses import replace

import pytest

from nsconsole.store import sync_map, sync_runs
from nsconsole.store import tiers as tier_store
from tests.console.hostile import CODES, HOSTILE, MARKUP, obeyed
from tests.console.sync.conftest import mapped

LITERAL = "[red]x[/] [@click=app.quit]q[/]"


@pytest.fixture
def hostile(mirror, workspace):
    """A mirror of which every text is hostile; of its tables one runs, one is paused."""
    now = workspace.now()
    mirror.lay_down(one=5)
    names = [MARKUP + CODES, HOSTILE[:300], "plain"]
    with workspace.database.writing() as connection:
        sync_map.put(connection, [replace(mapped("x"), name=name) for name in names], now)
        tier_store.pause(connection, 60, by=HOSTILE, at=now)
    for name in names:
        mirror.ran(name, ago=30, status="failed", error=HOSTILE)
        mirror.set_aside(name, "custitem_shelf", MARKUP + CODES, HOSTILE)
        mirror.log("run_failed", level="error", table=name, error=HOSTILE)
        mirror.log(MARKUP + CODES, table=name, **{MARKUP: HOSTILE, CODES: [HOSTILE, {"x": CODES}]})
    mirror.runs(names[0], for_seconds=9, read=10, expected=20, owner=HOSTILE)
    with workspace.database.writing() as connection:
        sync_map.pause(connection, names[1], "gone", HOSTILE, by=None, at=now)
        sync_runs.ask_cancel(connection, names[0], HOSTILE)
    mirror.link("unreachable", HOSTILE, ago=60)
    return mirror


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["small", "wide"])
async def test_hostile_text_is_shown_literally_everywhere(app, at_sync, hostile, size):
    async with at_sync(app, size=size) as person:
        looks = []

        async def look(*keys):
            await person.press(*keys)
            assert app.is_running
            looks.append(person.sees)
            assert obeyed(looks[-1] + person.told) == set()

        await person.until_seen("cannot be reached")
        await look("g")
        for _ in range(3):
            for keys in (["enter"], ["pagedown"], ["escape"], ["t"], ["t"], ["S"], ["F"]):
                await look(*keys)
            await look("escape")
            await look("p")
            await look("p")
            await look("c")
            await look("j")
        await look("P")
        await look("tab", "G")
        for _ in range(3):
            for keys in (["enter"], ["pagedown"], ["escape"], ["y"], ["k"]):
                await look(*keys)
        await look("l")
        await look("slash")
        await person.write("[red] \x1b[2J")
        await look("enter")
        await look("escape")
        await look("question_mark")
        await look("escape")
        assert LITERAL in "".join(looks)


async def test_a_click_on_hostile_text_does_what_a_click_does(app, at_sync, hostile):
    async with at_sync(app, size=(120, 40)) as person:
        for y in range(0, 39, 2):
            await person.pilot.click(offset=(50, y))
            assert app.is_running
        await person.press("escape", "escape")
        assert person.rows


async def test_a_copied_entry_is_whole_and_exact(app, at_sync, mirror, monkeypatch):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
    mirror.lay_down(customer=5)
    mirror.log("run_failed", level="error", table="customer", error=HOSTILE)
    async with at_sync(app) as person:
        await person.press("tab", "y")
    assert json.loads(copied[0])["detail"] == {"error": HOSTILE}
