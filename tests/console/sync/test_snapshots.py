"""Pictures of the Sync screen. Look at each before you accept it with `--snapshot-update`."""

import pytest

from tests.console.conftest import Person

SMALL, LARGE = (80, 24), (120, 40)
SETTLED = "too many requests"  # the log's last entry


@pytest.fixture
def looks_right(snap_compare, lanes):
    """Compare a screen with its picture, after some keys, once a text stands on it."""

    def compare(app, *keys, shows=SETTLED, size=SMALL, first="Mirror ·"):
        async def before(pilot):
            person = Person(app, pilot, lanes)
            await person.until(lambda: "rita" in person.sees or size[0] < 120)
            await person.press("2")
            await person.until_seen(first)
            await person.press(*keys)
            await person.until_seen(shows)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_sync(looks_right, console, workspace, reviewer, furnished, theme, size):
    app = console(workspace, authority=reviewer, theme=theme)
    assert looks_right(app, "j", "space", "k", size=size)


def test_sync_narrow(looks_right, app, furnished):
    assert looks_right(app, size=(60, 20))


def test_outage(looks_right, app, furnished):
    furnished.link("unreachable", "NetSuite does not answer: connection refused.", ago=2700)
    assert looks_right(app, first="cannot be reached")


def test_nothing_mirrored_yet(looks_right, app, mirror):
    mirror.lay_down(customer=5, vendor=5, item=15)
    assert looks_right(app, shows="Nothing has happened yet.")


def test_log_standing_still(looks_right, app, furnished):
    assert looks_right(app, "tab", "k", "k", "l", "l", "l", "k", shows="standing still")


def test_log_entry(looks_right, app, furnished):
    assert looks_right(app, "tab", "k", "k", "enter", shows="esc closes")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_table_in_full(looks_right, app, furnished, size):
    assert looks_right(app, "j", "j", "j", "enter", shows="Newest runs", size=size)


def test_full_pull_dialog(looks_right, app, furnished):
    assert looks_right(app, "j", "j", "F", shows="Pull customer in full?")


def test_help(looks_right, app, furnished):
    assert looks_right(app, "question_mark", shows="Keys", size=LARGE)
