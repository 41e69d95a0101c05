"""Finding one's way in the inbox: filter, orders, views, and what stands where there is nothing."""

import sqlite3

import pytest

from nsconsole.console.app import NsConsole


async def test_the_filter_narrows_the_list_with_every_letter(app, sitting, staged):
    async with sitting(app) as person:
        await person.press("slash")
        await person.write("pricing")
        assert "2 proposals" in person.sees
        await person.write(" acme")
        assert "1 proposal ·" in person.sees
        assert "Vendor 42" in person.row
        await person.press("enter")
        assert app.focused is person.listed
        assert "filter “pricing acme” (esc clears)" in person.sees


async def test_letters_in_the_filter_are_letters_and_no_commands(app, sitting, staged):
    async with sitting(app) as person:
        await person.press("slash")
        await person.write("aqrsv?T/ *u")
        await person.until_seen("Nothing matches the filter. esc clears it.")
        assert not person.asked


async def test_escape_takes_the_filter_back_and_keeps_the_proposal(app, sitting, staged):
    async with sitting(app) as person:
        await person.press("slash")
        await person.write("contact")
        await person.press("enter", "escape")
        assert "5 proposals" in person.sees
        assert "Contact 323" in person.row


async def test_a_filter_is_text_and_no_pattern(app, sitting, staged):
    async with sitting(app) as person:
        await person.press("slash")
        await person.write("%")
        assert "3 proposals" in person.sees  # those whose sentence has a per cent sign
        await person.write("_")
        assert "0 proposals" in person.sees


async def test_the_orders_come_round(app, sitting, staged):
    async with sitting(app) as person:
        seen = []
        for _ in range(5):
            await person.press("s")
            seen.append([row[1:].split()[0] for row in person.rows])
            assert person.row == person.rows[0]
        oldest, risk, author, kind, newest = seen
        assert oldest == ["HIGH", "HIGH", "low", "med", "med"]
        assert risk == ["HIGH", "HIGH", "med", "med", "low"]
        assert author == ["HIGH", "HIGH", "low", "med", "med"]
        assert kind == ["HIGH", "low", "HIGH", "med", "med"]
        assert newest == oldest[::-1]


async def test_the_view_shows_what_was_decided_before(app, sitting, staged, decide, admin, clock):
    decide(admin, "rejected", staged[-1], reason="No.")
    clock.advance(60)
    async with sitting(app) as person:
        assert "Inbox · 4 proposals" in person.sees
        await person.press("v")
        assert "Everything · 5 proposals" in person.sees
        assert person.row.endswith("✗ rejected")
        await person.press("v")
        assert "Inbox · 4 proposals" in person.sees


async def test_a_proposal_opens_on_the_whole_screen_and_scrolls(app, sitting, staged):
    async with sitting(app, size=(60, 12)) as person:
        await person.press("G", "enter")
        assert person.rows == []
        assert "HIGH" not in person.sees
        top = person.sees
        await person.press("j", "j", "down")
        await person.until(lambda: "New vendor bill" not in person.sees)
        await person.press("k", "k", "up")
        await person.until(lambda: person.sees == top)
        await person.press("a")
        assert "Approve this change?" in person.sees
        await person.press("escape", "escape")
        assert person.row.split()[1] == "HIGH"
        assert app.focused is person.listed


async def test_nothing_pending_says_what_comes_here(app, sitting, workspace):
    async with sitting(app) as person:
        await person.until_seen("Nothing waits for a decision.")
        assert "0 proposals" in person.sees
        for key in ("a", "r", "space", "asterisk", "enter", "j", "G", "ctrl+r"):
            await person.press(key)
            assert not person.asked
        assert "There is no proposal under the cursor." in person.told


async def test_the_first_proposal_appears_in_an_empty_inbox(app, sitting, workspace, stage, vendor):
    async with sitting(app) as person:
        await person.until_seen("Nothing waits for a decision.")
        stage(vendor)
        await person.until_seen("Vendor 42")
        await person.press("a")
        assert "Approve this change?" in person.sees


def _newer(home):
    with sqlite3.connect(home / "nsconsole.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()


def _garbage(home):
    (home / "nsconsole.db").write_bytes(b"this is not a database" * 100)


def _folder(home):
    (home / "nsconsole.db").mkdir()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_newer, "newer than this nsconsole knows"),
        (_garbage, "is not an nsconsole database"),
        (_folder, "cannot be"),
    ],
    ids=["newer", "garbage", "folder"],
)
async def test_a_workspace_that_cannot_be_opened_says_why_and_can_be_left(
    sitting, home, clock, spoil, why
):
    from nsconsole.launch import open_session
    from nsconsole.settings import load_settings

    home.mkdir()
    spoil(home)
    settings = load_settings({}, home=home)
    app = NsConsole(lambda _tell: open_session(settings, {}), account=None, now=clock)
    async with sitting(app) as person:
        await person.until_seen("The workspace cannot be opened")
        assert why in " ".join(person.sees.split())
        assert "q leaves." in person.sees
        for key in ("a", "v", "s", "slash", "escape", "asterisk", "ctrl+r", "enter", "j"):
            await person.press(key)
        assert "The workspace cannot be opened" in person.sees
        await person.press("q")
    assert app.return_code == 0


async def test_every_key_that_is_offered_is_in_the_help_and_the_palette(app, sitting, staged):
    async with sitting(app, size=(80, 60)) as person:
        await person.press("question_mark")
        for text in ("Approve", "Select all shown", "Ask NetSuite again", "Dark or light", "Quit"):
            assert text in person.sees
        await person.press("escape")
        assert not person.asked
        await person.press("ctrl+p")
        assert "Select all shown" in person.sees
        await person.write("reject")
        await person.until(lambda: "Approve" not in person.sees.split("key: r")[0][-300:])
        await person.press("enter", "enter")
        await person.until_seen("Reject this change?")


async def test_the_theme_changes_by_a_key(app, sitting, staged):
    async with sitting(app) as person:
        assert app.theme == "nsconsole-dark"
        await person.press("T")
        assert app.theme == "nsconsole-light"


async def test_the_keys_that_decide_and_leave_are_in_the_footer_at_eighty_columns(
    app, sitting, staged
):
    async with sitting(app) as person:
        footer = person.sees.splitlines()[-1]
        for text in ("a Approve", "r Reject", "u Undo", "/ Filter", "Screens", "? Help", "q Quit"):
            assert text in footer


@pytest.mark.parametrize("size", [(20, 6), (5, 3), (200, 60)])
async def test_any_size_of_the_terminal_is_survived(app, sitting, staged, size):
    async with sitting(app) as person:
        for dialog in ("a", "r", "question_mark", "ctrl+p"):
            await person.press(dialog)
            await person.pilot.resize_terminal(*size)
            await person.settle()
            await person.press("escape")
        await person.pilot.resize_terminal(80, 24)
        await person.settle()
        assert "Vendor 42" in person.row
