"""How far each mirror is, and the owners whose lines are to be read again."""

import pytest

from nsconsole.store import sync_map, sync_state
from nsconsole.store.sync_state import State


@pytest.fixture(autouse=True)
def _map(write, mapped, later):
    write(sync_map.put, [mapped("customer"), mapped("vendor")], later(0))


def test_a_table_begins_without_a_state(write):
    assert write(sync_state.get, "customer") == State()
    assert write(sync_state.get, "nowhere") == State()


def test_each_part_of_the_state_is_kept_on_its_own(write, later):
    write(sync_state.advance, "customer", "2026-11-22T09:00:00Z")
    write(sync_state.save_pull, "customer", '{"position": ["7"]}')
    write(sync_state.caught_up, "customer", started_at=later(1), ended_at=later(2))
    write(sync_state.reconciled, "customer", later(3))
    write(sync_state.surveyed, "customer", 300_000)
    kept = State(
        watermark="2026-11-22T09:00:00Z",
        caught_up_at=later(1),
        synced_at=later(2),
        reconciled_at=later(3),
        pull_json='{"position": ["7"]}',
        surveyed_rows=300_000,
    )
    assert write(sync_state.by_table) == {"customer": kept, "vendor": State()}
    write(sync_state.advance, "customer", None)
    assert write(sync_state.get, "customer") == kept._replace(watermark=None)


def test_owners_wait_once_until_they_are_done(write):
    write(sync_state.add_parents_due, "customer", ["3", "1", "3"])
    write(sync_state.add_parents_due, "customer", ["1", "2"])
    assert list(write(sync_state.parents_due, "customer", 9)) == ["1", "2", "3"]
    due = write(sync_state.parents_due, "customer", 2)
    assert list(due) == ["1", "2"]
    write(sync_state.parents_done, "customer", due)
    assert list(write(sync_state.parents_due, "customer", 9)) == ["3"]


def test_an_owner_that_is_queued_anew_meanwhile_still_waits(write):
    write(sync_state.add_parents_due, "customer", ["1", "2"])
    due = write(sync_state.parents_due, "customer", 9)
    write(sync_state.add_parents_due, "customer", ["2"])
    write(sync_state.parents_done, "customer", due)
    again = write(sync_state.parents_due, "customer", 9)
    assert list(again) == ["2"]
    write(sync_state.parents_done, "customer", again)
    assert write(sync_state.parents_due, "customer", 9) == {}


def test_owners_wait_for_one_table_alone(write):
    write(sync_state.add_parents_due, "customer", ["1"])
    write(sync_state.add_parents_due, "vendor", ["1"])
    write(sync_state.parents_done, "vendor", {"1": 1})
    assert list(write(sync_state.parents_due, "customer", 9)) == ["1"]
    assert write(sync_state.parents_due, "vendor", 9) == {}


def test_no_owners_are_no_work(write):
    write(sync_state.add_parents_due, "customer", [])
    write(sync_state.parents_done, "customer", {})
    assert write(sync_state.parents_due, "customer", 9) == {}


def test_nobody_waits_for_a_table_that_left_the_map(write, later):
    write(sync_state.add_parents_due, "customer", ["1"])
    write(sync_map.put, [], later(0))
    assert write(sync_state.parents_due, "customer", 9) == {}
