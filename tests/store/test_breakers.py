"""Statements on the breaker: whoever comes from another state or generation changes nothing."""

import pytest

from nsconsole.store import breakers

TARGET = "restlet"
STATES = ("closed", "open", "half_open")


@pytest.fixture
def put(write, later):
    """Put the breaker of generation 7 into a state; `held` by somebody if need be."""

    def run(state, *, held=None, **columns):
        row = {"generation": 7, "failures": 0, "probes": 1, "successes": 0, "state": state}
        row |= {"held_by": held, "held_at": held and "2026-11-22T09:15:00.000000Z"} | columns
        write(breakers.add, TARGET, cooldown_seconds=30, at=later(0))
        names = ", ".join(f"{name} = :{name}" for name in row)
        write(lambda db: db.exec_driver_sql(f"UPDATE ns_push_breakers SET {names}", row))

    return run


@pytest.fixture
def kept(rows):
    """What the database has of all breakers."""
    return lambda: rows("SELECT * FROM ns_push_breakers")


@pytest.fixture
def change(write, later):
    """Make a change of a generation; give what it tells."""
    until, at = later(90), later(60)
    cooling = {"cooldown_seconds": 60, "until": until, "reason": "HTTP 503", "at": at}
    named = {
        "count_failure": {},
        "forget_failures": {},
        "open_from": cooling,
        "half_open_from": {"until": until, "at": at},
        "give_probe": {"most": 2, "until": until},
        "take_probe_back": {},
        "count_success": {},
        "close": {"cooldown_seconds": 30, "at": at},
    }

    def run(name, *state, generation=7):
        statement = getattr(breakers, name)
        return write(statement, *state, TARGET, generation, **named[name])

    return run


CHANGES = [
    (("count_failure",), "closed"),
    (("forget_failures",), "closed"),
    (("open_from", "closed"), "closed"),
    (("open_from", "half_open"), "half_open"),
    (("half_open_from", "open"), "open"),
    (("half_open_from", "half_open"), "half_open"),
    (("give_probe",), "half_open"),
    (("take_probe_back",), "half_open"),
    (("count_success",), "half_open"),
    (("close",), "half_open"),
]


@pytest.mark.parametrize("begun", STATES)
@pytest.mark.parametrize(("words", "state"), CHANGES)
def test_a_change_is_made_from_its_own_state_alone(put, kept, change, words, state, begun):
    put(begun, failures=3)
    before = kept()
    change(*words)
    assert (kept() != before) == (begun == state)


@pytest.mark.parametrize("generation", [6, 8])
@pytest.mark.parametrize(("words", "state"), CHANGES)
def test_a_change_of_another_generation_is_none(put, kept, change, words, state, generation):
    put(state, failures=3)
    before = kept()
    assert not change(*words, generation=generation)
    assert kept() == before


@pytest.mark.parametrize(("words", "state"), CHANGES)
def test_what_a_person_holds_only_a_person_changes(put, kept, change, words, state):
    put(state, failures=3, held="ada")
    before = kept()
    assert not change(*words)
    assert kept() == before


def test_counts_go_up_by_one_and_are_told(put, write):
    put("closed")
    assert [write(breakers.count_failure, TARGET, 7) for _ in range(3)] == [1, 2, 3]


def test_no_more_probes_are_given_than_there_may_be(put, change):
    put("half_open", probes=0)
    assert [change("give_probe") for _ in range(4)] == [True, True, False, False]
    change("take_probe_back")
    assert [change("give_probe") for _ in range(2)] == [True, False]


def test_a_probe_that_succeeded_is_not_taken_back(put, change):
    put("half_open", probes=2, successes=2)
    change("take_probe_back")
    assert change("give_probe") is False


def test_where_nothing_failed_a_success_writes_nothing(put, store):
    put("closed")
    with store.writing() as connection:
        driver = connection.connection.driver_connection
        before = driver.total_changes
        breakers.forget_failures(connection, TARGET, 7)
        assert driver.total_changes == before


def test_one_person_at_a_time_holds_it(put, write, later):
    put("closed")
    take = {"reason": "", "at": later(1)}
    assert write(breakers.hold, TARGET, by="ada", **take) is True
    assert write(breakers.hold, TARGET, by="bob", **take) is False


@pytest.mark.parametrize(
    ("state", "failures", "changes"),
    [("closed", 0, False), ("closed", 1, True), ("open", 5, True), ("half_open", 5, True)],
)
def test_a_reset_is_told_only_where_there_was_something(
    put, write, later, state, failures, changes
):
    put(state, failures=failures)
    assert write(breakers.reset, TARGET, cooldown_seconds=30, at=later(1)) is changes


def test_each_target_has_a_breaker_of_its_own(put, write, later, rows):
    put("closed")
    write(breakers.add, "another", cooldown_seconds=30, at=later(0))
    write(breakers.hold, "another", by="ada", reason="", at=later(1))
    states = dict(rows("SELECT target, state FROM ns_push_breakers"))
    assert states == {TARGET: "closed", "another": "open"}
