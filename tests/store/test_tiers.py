"""The tiers: one process takes each turn, however many look at the clock."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from nsconsole.store import tiers
from nsconsole.store.tables import sync_tiers


@pytest.fixture(autouse=True)
def _seeded(write, later):
    write(tiers.seed, (5, 15, 60), later(0))


@pytest.fixture
def claim(write, later):
    def take(minutes=5, *, seconds=0, owner="a"):
        return write(
            tiers.claim,
            minutes,
            now=later(seconds),
            next_run_at=later(seconds + minutes * 60),
            owner=owner,
        )

    return take


@pytest.fixture
def tier(write):
    return lambda minutes=5: next(t for t in write(tiers.listed) if t.minutes == minutes)


def put_off(connection, until):
    connection.execute(update(sync_tiers).values(next_run_at=until))


def test_tiers_are_due_from_the_start(write, later):
    listed = write(tiers.listed)
    assert [(tier.minutes, tier.next_run_at) for tier in listed] == [
        (5, later(0)),
        (15, later(0)),
        (60, later(0)),
    ]
    assert {tier[2:] for tier in listed} == {(None,) * 5}


def test_seeding_again_changes_nothing(write, claim, later):
    claim()
    before = write(tiers.listed)
    write(tiers.seed, (5, 15, 60), later(999))
    assert write(tiers.listed) == before


def test_a_turn_is_taken_once(claim, tier, later):
    assert claim(owner="a")
    assert not claim(owner="b")
    assert not claim(seconds=299, owner="b")
    assert (tier().owner, tier().started_at, tier().next_run_at) == ("a", later(0), later(300))
    assert claim(seconds=300, owner="b")


@pytest.mark.parametrize(("ahead", "is_due"), [(2 * 86_400, True), (331, True), (330, False)])
def test_a_turn_that_a_clock_ahead_put_off_is_due(write, claim, tier, later, ahead, is_due):
    write(put_off, later(ahead))
    assert tier().is_due(later(0)) is is_due
    assert claim() is is_due
    assert not claim()


def test_of_many_that_want_a_turn_at_once_one_has_it(claim):
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: claim(owner=str(n)), range(8)))
    assert won.count(True) == 1


def test_a_turn_of_one_tier_leaves_the_others(claim, tier, later):
    claim(5)
    assert tier(15).started_at is None
    assert claim(15)


def test_the_end_of_a_turn_is_noted_unless_another_has_begun(write, claim, tier, later):
    claim(owner="a")
    write(tiers.ended, 5, owner="a", at=later(7))
    assert tier().ended_at == later(7)
    claim(seconds=300, owner="b")
    write(tiers.ended, 5, owner="a", at=later(301))
    assert tier().ended_at is None


def test_a_paused_tier_has_no_turn_until_it_goes_on(write, claim, tier, later):
    assert write(tiers.pause, 5, by="ada", at=later(1))
    assert not write(tiers.pause, 5, by="bob", at=later(2))
    assert (tier().paused_by, tier().paused_at) == ("ada", later(1))
    assert not tier().is_due(later(9))
    assert not claim(seconds=9)
    assert claim(15, seconds=9)
    assert write(tiers.resume, 5)
    assert tier().is_due(later(9))
    assert not write(tiers.resume, 5)
    assert claim(seconds=9)
