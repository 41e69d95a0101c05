"""Pictures of the screens. Look at each before you accept it with `pytest --snapshot-update`."""

import pytest

from nsconsole.console.app import NsConsole

from .conftest import Person

SMALL, LARGE, WIDE = (80, 24), (120, 40), (160, 40)
SETTLED = "10.00 ✓"  # NetSuite's answer is the last thing to come in


@pytest.fixture
def looks_right(snap_compare, lanes):
    """Compare a screen with its picture, after some keys, once a text stands on it."""

    def compare(app, *keys, shows, size=SMALL, first=SETTLED):
        async def before(pilot):
            person = Person(app, pilot, lanes)
            await person.until_seen(first)
            await person.until_seen("rita" if first == SETTLED else "")
            await person.press(*keys)
            await person.until_seen(shows)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_inbox(looks_right, console, workspace, reviewer, decided, theme, size):
    app = console(workspace, authority=reviewer, theme=theme)
    assert looks_right(app, "j", "space", shows="1 selected", size=size)


def test_inbox_wide(looks_right, app, decided):
    assert looks_right(app, shows=SETTLED, size=WIDE)
