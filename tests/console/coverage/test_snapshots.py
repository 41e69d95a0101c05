"""Pictures of the Coverage screen. Look at each before you accept it with `--snapshot-update`."""

import pytest

from tests.console.conftest import Person

SMALL, LARGE = (80, 24), (120, 40)
_BOTH = [(SMALL, "light"), (LARGE, "dark")]


@pytest.fixture
def looks_right(snap_compare, lanes):
    """Compare a screen with its picture, after some keys, once a text stands on it."""

    def compare(app, *keys, shows, size=SMALL):
        async def before(pilot):
            person = Person(app, pilot, lanes)
            await person.until(lambda: "rita" in person.sees)
            await person.press("5")
            await person.until_seen("Gaps ·")
            await person.until(lambda: app.standing is not None)
            await person.press(*keys)
            await person.until_seen(shows)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize(("size", "theme"), _BOTH, ids=["80x24", "120x40"])
def test_coverage(looks_right, console, workspace, reviewer, furnished, size, theme):
    app = console(workspace, authority=reviewer, theme=theme)
    assert looks_right(app, "j", "space", shows="1 picked", size=size)


def test_table_beside_its_sources(looks_right, app, furnished):
    assert looks_right(app, "enter", shows="customer: 6 columns")


def test_round_dialog(looks_right, app, furnished):
    assert looks_right(app, "R", shows="A round, in five stages")
