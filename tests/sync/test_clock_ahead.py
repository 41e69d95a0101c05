"""A clock that was ahead and came right: what was written by it holds nothing up for long."""

from datetime import timedelta

import pytest

from nsconsole.services.sync import tiers
from nsconsole.services.sync.overview import Freshness, overview

from .tables import STAMP, iso, mapped

TABLE = mapped("widget", {"name": "text"})
AHEAD = 2 * 86_400  # seconds


@pytest.fixture
def mirrored(mirror, clock):
    """A mirror of one table of one row, not read yet."""
    mirror.use(TABLE)
    mirror.load(TABLE, [{"id": 1, "name": "one", STAMP: iso(clock())}])
    return mirror


@pytest.fixture
def look(mirrored):
    """Give what is to be seen of the quickest tier and of the table."""

    def see():
        seen = overview(mirrored.workspace)
        return seen.tiers[0], seen.tables[0]

    return see


def test_a_turn_taken_by_a_clock_ahead_is_followed_by_the_next_at_once(mirrored, look, clock):
    clock.advance(AHEAD)
    assert tiers.run_due_tier(mirrored.workspace, 5) is not None
    assert look()[1].freshness is Freshness.ON_TIME
    clock.advance(-AHEAD)
    assert (look()[1].freshness, look()[1].synced_at) == (Freshness.NEVER, None)
    assert tiers.run_due_tier(mirrored.workspace, 5) is not None
    assert (look()[1].freshness, look()[1].synced_at) == (Freshness.ON_TIME, clock())
    assert tiers.run_due_tier(mirrored.workspace, 5) is None


def test_a_turn_in_which_the_clock_was_set_back_is_over_when_it_ends(mirrored, look, clock):
    set_back = iter([-3600])

    def stopping():
        clock.advance(next(set_back, 0))
        return False

    assert tiers.run_due_tier(mirrored.workspace, 5, stopping=stopping) is not None
    (tier, *_) = tiers.tiers(mirrored.workspace)
    assert tier.ended_at < tier.started_at
    assert not look()[0].running


@pytest.mark.parametrize(("minutes", "is_shown"), [(-6, False), (-4, True), (4, True), (6, False)])
def test_a_run_that_last_spoke_at_another_time_belongs_to_a_dead_process(
    mirrored, look, clock, minutes, is_shown
):
    mirrored.sync()
    spoke = f"{clock() + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S.%fZ}"
    mirrored.execute("UPDATE sync_runs SET status = 'running', touched_at = ?", spoke)
    assert (look()[1].running is not None) is is_shown
