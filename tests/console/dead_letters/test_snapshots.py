"""Pictures of the Dead letters screen. Look at each before you accept it."""

import pytest

from tests.console.conftest import Person

SMALL, LARGE, WIDE = (80, 24), (120, 40), (160, 40)


@pytest.fixture
def looks_right(snap_compare, lanes):
    """Compare a screen with its picture, after some keys, once a text stands on it."""

    def compare(app, *keys, shows="Dead letters ·", size=SMALL, first="Dead letters ·"):
        async def before(pilot):
            person = Person(app, pilot, lanes)
            await person.until(lambda: "ada" in person.sees or size[0] < 120)
            await person.press("4")
            await person.until_seen(first)
            await person.press(*keys)
            await person.until_seen(shows)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_dead_letters(looks_right, console, workspace, admin, laid, theme, size):
    app = console(workspace, authority=admin, theme=theme)
    keys = ["G", "k", "k", "space", "g", "j"]
    assert looks_right(app, *keys, shows="11.00 ⚠", size=size)


def test_dead_letters_on_a_wide_screen(looks_right, app, laid):
    assert looks_right(app, "j", shows="11.00 ⚠", size=WIDE)


def test_narrow(looks_right, app, laid):
    assert looks_right(app, "j", shows="11.00 ⚠", size=(56, 20))


def test_group(looks_right, app, laid):
    assert looks_right(app, "j", "j", "j", "j", shows="r, d and x mean all of them")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_letter_opened(looks_right, app, laid, size):
    assert looks_right(app, "G", "enter", shows="Attempts", size=size)


def test_nothing_there(looks_right, app):
    assert looks_right(app, first="No dead letters", shows="rests here")


def test_looking_only(looks_right, console, workspace, reviewer, laid):
    app = console(workspace, authority=reviewer)
    assert looks_right(app, "j", shows="looking only: an admin")


def test_replay_dialog(looks_right, app, laid):
    assert looks_right(app, "j", "r", shows="Replay letter 1?")


def test_replay_dialog_for_a_selection(looks_right, app, laid):
    keys = ["asterisk", "slash", *"terms", "enter", "R"]
    assert looks_right(app, *keys, shows="Replay 6 dead letters?")


def test_dismiss_dialog(looks_right, app, laid):
    assert looks_right(app, "j", "x", shows="Dismiss letter 1?")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_edit_dialog(looks_right, app, laid, size):
    assert looks_right(app, "j", "e", shows="propose it anew", size=size)


def test_help(looks_right, app, laid):
    assert looks_right(app, "question_mark", shows="Keys", size=LARGE)
