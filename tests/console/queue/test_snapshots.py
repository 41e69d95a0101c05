"""Pictures of the Queue screen. Look at each before you accept it with `--snapshot-update`."""

import pytest

from nsconsole.services.pushes import breaker
from tests.console.conftest import Person

SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture
def looks_right(snap_compare, lanes):
    """Compare a screen with its picture, after some keys, once a text stands on it."""

    def compare(app, *keys, shows, size=SMALL, first="Applied last"):
        async def before(pilot):
            person = Person(app, pilot, lanes)
            await person.until(lambda: "rita" in person.sees or size[0] < 120)
            await person.press("3")
            await person.until_seen(first)
            await person.until(lambda: app.standing is not None)
            await person.press(*keys)
            await person.until_seen(shows)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_queue(looks_right, console, workspace, reviewer, busy, theme, size):
    app = console(workspace, authority=reviewer, theme=theme)
    assert looks_right(app, "j", "space", shows="1 selected", size=size)


def test_queue_empty(looks_right, app, workspace):
    assert looks_right(app, shows="Nothing waits to be sent.")


def test_queue_with_the_breaker_held_open(looks_right, app, busy, workspace, admin):
    breaker.hold(workspace, admin, "month end, until the books are closed")
    assert looks_right(app, "j", shows="ada holds the breaker open")


def test_queue_with_a_refused_login(looks_right, app, busy, queue):
    queue.link("refused", "INVALID_LOGIN_ATTEMPT", ago=2700)
    assert looks_right(app, "j", shows="NetSuite refuses the login", size=LARGE)


def test_cancel_dialog(looks_right, app, busy):
    assert looks_right(app, "G", "c", shows="Cancel this change?")


def test_hold_breaker_dialog(looks_right, app, busy):
    assert looks_right(app, "B", shows="Hold the breaker open?")


def test_reset_breaker_dialog(looks_right, app, busy, workspace, admin):
    breaker.hold(workspace, admin, "month end")
    assert looks_right(app, "B", shows="Reset the breaker?")


def test_help(looks_right, app, busy):
    assert looks_right(app, "question_mark", shows="Keys", size=LARGE)
