"""Pictures of the screens. Look at each before you accept it with `pytest --snapshot-update`."""

from dataclasses import replace

import pytest

from nsconsole.console.app import NsConsole
from nsconsole.store.schema import DatabaseTooNew

from .conftest import Person

SMALL, LARGE, WIDE = (80, 24), (120, 40), (160, 40)
SETTLED = "10.00 ✓"  # NetSuite's answer is the last thing to come in


@pytest.fixture(autouse=True)
def no_address(workspace):
    """Leave the sandbox's address, another each time, out of the title."""
    workspace.netsuite()
    workspace.settings = replace(workspace.settings, netsuite_url=None)


@pytest.fixture
def looks_right(snap_compare, lanes):
    """Compare a screen with its picture, after some keys, once a text stands on it."""

    def compare(app, *keys, shows, size=SMALL, first=SETTLED):
        async def before(pilot):
            person = Person(app, pilot, lanes)
            await person.until_seen(first)
            await person.press(*keys)
            await person.until(lambda: not is_asking(app))
            await person.until_seen(shows)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


def is_asking(app):
    """Whether NetSuite's answer is still to come in, be it behind a question."""
    return "asking NetSuite" in app.screen_stack[0].query_one("#detail-text").render().plain


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_inbox(looks_right, console, workspace, reviewer, staged, theme, size):
    app = console(workspace, authority=reviewer, theme=theme)
    assert looks_right(app, "j", "space", "k", shows="17.65 ✓", size=size)


def test_inbox_on_a_wide_screen(looks_right, app, staged):
    assert looks_right(app, shows=SETTLED, size=WIDE)


def test_detail_opened(looks_right, app, staged):
    assert looks_right(app, "G", "enter", shows="2 item lines")


def test_conflict(looks_right, app, staged, sandbox):
    sandbox.edit("item", {"id": 104, "baseprice": 18.25})
    assert looks_right(app, "j", "enter", shows="Conflict")


def test_approve_dialog(looks_right, app, staged):
    assert looks_right(app, "a", shows="Approve this change?")


def test_approve_dialog_for_high_risk(looks_right, app, staged):
    assert looks_right(app, "j", "j", "j", "a", "8", shows="Customer 83")


def test_approve_dialog_for_a_selection(looks_right, app, staged):
    keys = ["asterisk", "slash", *"item", "enter", "a"]
    assert looks_right(app, *keys, shows="Type how many")


def test_reject_dialog(looks_right, app, staged):
    assert looks_right(app, "r", shows="Reject this change?")


def test_token_dialog(looks_right, console, workspace, reviewer, staged):
    app = console(workspace, reviewer.operator)
    assert looks_right(app, "a", "y", "x", "y", shows="your edit token?")


def test_help(looks_right, app, staged):
    assert looks_right(app, "question_mark", shows="Keys")


def test_empty(looks_right, app, workspace):
    assert looks_right(app, first="Nothing waits", shows="Nothing waits")


def test_opening_failed(looks_right, clock):
    def opening(tell):
        raise DatabaseTooNew(
            "/home/mike/erp/nsconsole.db is at schema 0009, which is newer than this nsconsole "
            "knows (up to 0001); nothing was changed. Update nsconsole, or use another workspace"
        )

    app = NsConsole(opening, account="1234567_SB1", now=clock)
    assert looks_right(app, first="cannot be opened", shows="Update nsconsole")
