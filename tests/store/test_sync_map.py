"""The map: kept as it was written, and what happens to a table outlives an edit."""

import pytest
from sqlalchemy.exc import IntegrityError

from nsconsole.mapping import Parent
from nsconsole.store import sync_map, sync_state
from nsconsole.store.sync_map import Pause, SetAside

GONE = {"email": ("removed", "Field 'email' was not found"), "phone": ("unknown", "no phone")}


@pytest.fixture
def customer(mapped):
    return mapped(
        email="text", phone="text", lastmodifieddate="datetime", cursor="lastmodifieddate"
    )


@pytest.fixture
def put(write, later):
    def replace(*tables, seconds=0):
        write(sync_map.put, tables, later(seconds))

    return replace


@pytest.fixture
def entry(write):
    return lambda name="customer": write(sync_map.entry, name)


def test_the_map_is_read_back_as_it_was_written_and_in_its_order(write, put, mapped):
    tables = [
        mapped("vendor", tier=15, mode="full", name="text", tracked_as=("vendor", "partner")),
        mapped("customer", lastmodifieddate="datetime", cursor="lastmodifieddate", name="text"),
        mapped(
            "transactionline",
            key=("transaction", "id"),
            tier=60,
            mode="snapshot-diff",
            parent=Parent("transaction", "transaction"),
            **{kind: kind for kind in ("real", "boolean", "date")},
        ),
    ]
    put(*tables)
    assert [entry.table for entry in write(sync_map.entries)] == tables
    put(*tables[::-1])
    assert [entry.table for entry in write(sync_map.entries)] == tables[::-1]


def test_an_edit_replaces_what_was_mapped(write, put, mapped):
    put(mapped("a"), mapped("b", x="text", y="text"))
    edited = [mapped("b", y="real", z="text", tier=60), mapped("c")]
    put(*edited)
    assert [entry.table for entry in write(sync_map.entries)] == edited
    assert write(sync_map.entry, "a") is None


def test_a_table_of_the_map_begins_with_nothing_in_its_way(put, customer, entry):
    put(customer)
    assert entry() == sync_map.MapEntry(customer, paused=None, set_aside=(), backfills={})


def test_columns_are_set_aside_once_with_their_reasons(write, put, customer, entry, later):
    put(customer)
    assert write(sync_map.set_aside, "customer", GONE, later(1)) == ["email", "phone"]
    assert write(sync_map.set_aside, "customer", {"email": ("x", "y")}, later(2)) == []
    assert write(sync_map.set_aside, "customer", {"nowhere": ("x", "y")}, later(2)) == []
    assert entry().set_aside == (
        SetAside("email", "removed", "Field 'email' was not found", later(1), None),
        SetAside("phone", "unknown", "no phone", later(1), None),
    )


def test_a_column_is_set_aside_in_its_own_table_alone(write, put, mapped, entry, later):
    put(mapped("customer", email="text"), mapped("vendor", email="text"))
    write(sync_map.set_aside, "customer", {"email": ("x", "y")}, later(1))
    assert [aside.column for aside in entry("customer").set_aside] == ["email"]
    assert entry("vendor").set_aside == ()


def test_a_probe_is_noted(write, put, customer, entry, later):
    put(customer)
    write(sync_map.set_aside, "customer", GONE, later(1))
    write(sync_map.probed, "customer", ["phone"], later(2))
    assert [aside.probed_at for aside in entry().set_aside] == [None, later(2)]


def test_what_is_taken_back_is_to_be_filled_in(write, put, customer, entry, later):
    put(customer)
    write(sync_map.set_aside, "customer", GONE, later(1))
    write(sync_map.take_back, "customer", ["email"])
    assert [aside.column for aside in entry().set_aside] == ["phone"]
    assert entry().backfills == {"email": None}


def test_filling_in_goes_on_where_it_stopped_until_it_is_done(write, put, customer, entry, later):
    put(customer)
    write(sync_map.set_aside, "customer", GONE, later(1))
    write(sync_map.take_back, "customer", ["email", "phone"])
    write(sync_map.note_backfill, "customer", ["email"], ("1000", "x"))
    assert entry().backfills == {"email": ("1000", "x"), "phone": None}
    write(sync_map.note_backfill, "customer", ["email"], None)
    assert entry().backfills == {"phone": None}


def test_what_goes_while_it_is_filled_in_starts_over_when_it_is_back(
    write, put, customer, entry, later
):
    put(customer)
    for _ in range(2):
        write(sync_map.set_aside, "customer", GONE, later(1))
        assert entry().backfills == {}
        write(sync_map.take_back, "customer", ["email"])
        assert entry().backfills == {"email": None}
        write(sync_map.note_backfill, "customer", ["email"], ("1000",))


@pytest.fixture
def pause(write, put, customer, later):
    """Pause a table of the map; `by` nobody for a finding."""
    put(customer)
    return lambda reason, detail, by, seconds: write(
        sync_map.pause, "customer", reason, detail, by=by, at=later(seconds)
    )


def test_a_finding_pauses_a_table_once(pause, entry, later):
    assert pause("gone", "Record not found", None, 1)
    assert not pause("gone", "Record not found", None, 2)
    assert entry().paused == Pause("gone", "Record not found", None, later(1))


@pytest.mark.parametrize("found", [("no_permission", "not yours"), ("gone", "Invalid record")])
def test_another_finding_takes_the_place_of_the_first(pause, entry, later, found):
    pause("gone", "Record not found", None, 1)
    assert pause(*found, None, 2)
    assert entry().paused == Pause(*found, None, later(2))


def test_a_person_pauses_what_a_finding_had_paused(pause, entry, later):
    pause("gone", "Record not found", None, 1)
    assert pause("person", "", "ada", 2)
    assert entry().paused == Pause("person", "", "ada", later(2))


@pytest.mark.parametrize("other", [("gone", "Record not found", None), ("person", "", "bob")])
def test_a_persons_pause_stays_whatever_comes(pause, entry, later, other):
    assert pause("person", "", "ada", 1)
    assert not pause(*other, 2)
    assert entry().paused == Pause("person", "", "ada", later(1))


def test_a_table_goes_on_once_it_is_resumed(write, put, customer, entry, later):
    put(customer)
    assert not write(sync_map.resume, "customer")
    write(sync_map.pause, "customer", "person", "", by="ada", at=later(1))
    assert write(sync_map.resume, "customer")
    assert entry().paused is None


def test_a_table_that_is_not_mapped_is_not_paused(write, later):
    assert not write(sync_map.pause, "nowhere", "person", "", by="ada", at=later(0))


@pytest.fixture
def synced(write, put, customer, later):
    """A table that was pulled, with a column set aside, one to be filled in, and a pause."""
    put(customer)
    write(sync_state.advance, "customer", "2026-11-22T09:00:00Z")
    write(sync_map.set_aside, "customer", GONE, later(1))
    write(sync_map.take_back, "customer", ["phone"])
    write(sync_map.note_backfill, "customer", ["phone"], ("7",))
    write(sync_map.pause, "customer", "person", "for the night", by="ada", at=later(2))
    return customer


def test_an_edit_keeps_what_happened_to_the_tables_that_stay(
    write, put, synced, mapped, entry, later
):
    before = entry()
    put(mapped("vendor"), synced, seconds=60)
    assert entry() == before
    assert write(sync_state.get, "customer").watermark == "2026-11-22T09:00:00Z"


def test_a_column_that_is_new_is_filled_into_the_rows_that_are_there(put, synced, mapped, entry):
    columns = {column.name: column.kind for column in synced.columns[1:]}
    put(mapped(**columns, fax="text", cursor=synced.cursor))
    assert entry().backfills == {"phone": ("7",), "fax": None}
    assert [aside.column for aside in entry().set_aside] == ["email"]


def test_a_column_of_another_kind_is_read_anew(put, synced, mapped, entry):
    columns = {column.name: column.kind for column in synced.columns[1:]}
    put(mapped(**columns | {"email": "integer", "phone": "boolean"}, cursor=synced.cursor))
    assert entry().backfills == {"email": None, "phone": None}
    assert entry().set_aside == ()


@pytest.mark.parametrize(
    "begun",
    [("save_pull", "{}"), ("advance", "2026-11-22T09:00:00Z")],
)
def test_a_column_that_comes_during_the_first_pull_is_filled_in_too(
    write, put, customer, mapped, entry, begun
):
    put(mapped())
    write(getattr(sync_state, begun[0]), "customer", begun[1])
    put(mapped(fax="text"))
    assert entry().backfills == {"fax": None}


def test_a_column_that_comes_before_the_first_pull_needs_no_filling_in(put, mapped, entry):
    put(mapped())
    put(mapped(fax="text"))
    assert entry().backfills == {}


@pytest.mark.parametrize(
    "change",
    [
        {"cursor": "phone"},
        {"cursor": None},
        {"key": ("id", "email")},
        {"id": "text"},
        {"lastmodifieddate": "date"},
    ],
)
def test_a_table_with_another_cursor_or_key_is_pulled_anew(
    write, put, synced, mapped, entry, change
):
    columns = {"email": "text", "phone": "text", "lastmodifieddate": "datetime"}
    put(mapped(**{"cursor": "lastmodifieddate", **columns, **change}))
    assert write(sync_state.get, "customer") == sync_state.State()


@pytest.mark.parametrize(
    ("change", "left"),
    [({"cursor": "email"}, ["phone"]), ({"key": ("phone", "id"), "phone": "text"}, ["email"])],
)
def test_what_rows_are_found_by_is_not_set_aside(write, put, mapped, entry, later, change, left):
    columns = {"email": "datetime", "phone": "text", "lastmodifieddate": "datetime"}
    settings = {"cursor": "lastmodifieddate", **columns}
    put(mapped(**settings))
    write(sync_state.advance, "customer", "2026-11-22T09:00:00Z")
    write(sync_map.set_aside, "customer", GONE, later(1))
    put(mapped(**settings | change))
    assert [aside.column for aside in entry().set_aside] == left
    assert entry().backfills == {}


def test_a_table_that_comes_back_into_the_map_is_pulled_anew(write, put, synced, entry):
    put()
    assert write(sync_state.get, "customer") == sync_state.State()
    put(synced)
    assert (entry().paused, entry().set_aside, entry().backfills) == (None, (), {})
    assert write(sync_state.get, "customer") == sync_state.State()


def test_a_table_is_not_paused_for_a_reason_that_is_none(write, put, customer, later):
    put(customer)
    with pytest.raises(IntegrityError):
        write(sync_map.pause, "customer", "because", "", by=None, at=later(0))
