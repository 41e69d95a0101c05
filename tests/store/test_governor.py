"""How many calls an account takes: learned, halved when it was too many, grown back slowly."""

import pytest

from nsconsole.store import governor
from nsconsole.store.governor import Pool


@pytest.fixture
def learn(write, later):
    def note(size, source="governanceLimits", seconds=0):
        write(governor.learn, "1234567", size=size, source=source, at=later(seconds))

    return note


@pytest.fixture
def change(write, later):
    """Shrink or grow at a moment, if the last time was so many seconds before."""

    def do(how, seconds, quiet):
        return write(how, "1234567", at=later(seconds), quiet_since=later(seconds - quiet))

    return do


@pytest.fixture
def limit(write):
    return lambda: write(governor.get, "1234567").limit


def test_nothing_is_known_of_an_account_at_first(write, learn):
    assert write(governor.get, "1234567") is None
    learn(5)
    assert write(governor.get, "7654321") is None


def test_what_is_learned_is_kept(write, learn, later):
    learn(5, seconds=3)
    assert write(governor.get, "1234567") == Pool(5, 5, "governanceLimits", None, later(3))


def test_a_refusal_halves_the_limit_down_to_one(learn, change, limit):
    learn(20)
    seen = []
    for seconds in range(0, 60, 10):
        change(governor.shrink, seconds, 2)
        seen.append(limit())
    assert seen == [10, 5, 2, 1, 1, 1]


def test_refusals_of_one_moment_count_once(learn, change, limit, later, write):
    learn(20)
    assert change(governor.shrink, 10, 2)
    assert not change(governor.shrink, 11, 2)
    assert not change(governor.shrink, 12, 2)
    assert change(governor.shrink, 13, 2)
    assert limit() == 5
    assert write(governor.get, "1234567").refused_at == later(13)


def test_a_quiet_time_raises_the_limit_by_one_up_to_the_size(learn, change, limit):
    learn(5)
    change(governor.shrink, 0, 2)
    grown = []
    for seconds in range(30, 331, 30):
        change(governor.grow, seconds, 60)
        grown.append(limit())
    assert grown == [2, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5]


@pytest.mark.parametrize(
    ("shrunk", "size", "expected"), [(False, 15, 15), (False, 3, 3), (True, 15, 5), (True, 3, 3)]
)
def test_a_new_size_keeps_a_limit_that_was_learned_from_refusals(
    learn, change, limit, shrunk, size, expected
):
    learn(10)
    if shrunk:
        change(governor.shrink, 1, 2)
    learn(size, "config.toml", seconds=2)
    assert limit() == expected


def test_nothing_shrinks_or_grows_where_nothing_is_known(write, change):
    assert not change(governor.shrink, 0, 2)
    assert not change(governor.grow, 0, 2)
    assert write(governor.get, "1234567") is None
