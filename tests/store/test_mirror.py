"""The rows of the mirror: written where they differ, marked where they vanished, never lost."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, event
from sqlalchemy.exc import IntegrityError

from nsconsole.mapping import Column, Kind, MappedTable, Mode, Parent
from nsconsole.store import mirror, mirror_tables, sync_map, tables

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
NINE_FIFTEEN = "2026-11-22T09:15:00.000000Z"
BIG = 2**53 + 1
ALL = "SELECT * FROM ns_customer ORDER BY 1"


@pytest.fixture
def table(write, mapped):
    """A mirror of customers, with a column of each type."""
    made = mapped(name="text", orders="integer", limit="real")
    write(mirror_tables.ensure, made)
    return made


@pytest.fixture
def upsert(write, later):
    def put(table, *rows, columns=None, seconds=0, only_changes=True):
        names = columns or [column.name for column in table.columns]
        return write(
            mirror.upsert, table, names, iter(rows), at=later(seconds), only_changes=only_changes
        )

    return put


@pytest.fixture
def made(write, upsert):
    """Make a mirror with keys alone as rows; give its table."""

    def make(table, keys):
        write(mirror_tables.ensure, table)
        upsert(table, *keys, columns=table.key)
        return table

    return make


@pytest.fixture
def gone(rows):
    """The keys of a table's rows that are marked."""

    def read(table):
        marked = f"FROM {table.mirror} WHERE _ns_deleted_at IS NOT NULL ORDER BY 1"
        key = ", ".join(f'"{column}"' for column in table.key)
        return rows(f"SELECT {key} {marked}")

    return read


def test_rows_are_inserted_with_the_time_of_their_writing(rows, table, upsert):
    assert upsert(table, (1, "Ada", 3, 0.5), (BIG, None, None, None)) == 2
    assert rows(ALL) == [
        (1, "Ada", 3, 0.5, NINE_FIFTEEN, None),
        (BIG, None, None, None, NINE_FIFTEEN, None),
    ]


@pytest.mark.parametrize(
    "change", [("Eve", 3, 0.5), (None, 3, 0.5), ("Ada", None, 0.5), ("Ada", 3, 0.25)]
)
def test_a_row_that_differs_is_written_anew(rows, table, upsert, later, change):
    upsert(table, (1, "Ada", 3, 0.5), (2, "Bob", 0, 0.0))
    assert upsert(table, (1, *change), (2, "Bob", 0, 0.0), seconds=60) == 1
    assert rows(ALL) == [
        (1, *change, "2026-11-22T09:16:00.000000Z", None),
        (2, "Bob", 0, 0.0, NINE_FIFTEEN, None),
    ]


def test_a_row_that_is_the_same_is_left_alone_with_its_stamp(rows, table, upsert):
    upsert(table, (1, "Ada", 3, 2.0), (2, None, None, None), (3, "", 0, 0.0))
    before = rows(ALL)
    again = [(1, "Ada", 3, 2), (2, None, None, None), (3, "", 0, 0)]  # 2 is 2.0 in a REAL column
    assert upsert(table, *again, seconds=60) == 0
    assert rows(ALL) == before


def test_each_row_is_written_anew_where_that_is_asked_for(rows, table, upsert):
    upsert(table, (1, "Ada", 3, 0.5))
    assert upsert(table, (1, "Ada", 3, 0.5), seconds=60, only_changes=False) == 1
    assert rows("SELECT _ns_synced_at FROM ns_customer") == [("2026-11-22T09:16:00.000000Z",)]


@pytest.mark.parametrize("only_changes", [True, False])
def test_a_row_that_had_vanished_is_back_even_if_it_is_the_same(
    write, rows, table, upsert, later, only_changes
):
    upsert(table, (1, "Ada", 3, 0.5))
    write(mirror.mark_vanished, table, after=None, upto=None, keys=[], at=later(1))
    assert upsert(table, (1, "Ada", 3, 0.5), only_changes=only_changes) == 1
    assert rows("SELECT id, _ns_deleted_at FROM ns_customer") == [(1, None)]


def test_columns_that_are_not_given_keep_their_data(rows, table, upsert):
    upsert(table, (1, "Ada", 3, 0.5))
    assert upsert(table, (9, 1), columns=["orders", "id"]) == 1
    assert rows("SELECT id, name, orders, [limit] FROM ns_customer") == [(1, "Ada", 9, 0.5)]


def test_a_value_that_is_no_number_is_kept_as_text_and_seen_as_the_same(rows, table, upsert):
    assert upsert(table, (1, "Ada", "many", "1.2.3")) == 1
    assert rows("SELECT orders, [limit] FROM ns_customer") == [("many", "1.2.3")]
    assert upsert(table, (1, "Ada", "many", "1.2.3")) == 0


def test_no_rows_are_no_work(table, upsert):
    assert upsert(table) == 0


@pytest.mark.parametrize(
    ("key", "kinds", "odd"),
    [
        (("id",), {}, ("abc",)),
        (("id",), {"id": "text"}, (None,)),
        (("id", "line"), {}, (2, None)),
    ],
)
def test_a_row_whose_key_does_not_fit_takes_its_whole_page_back(
    write, rows, mapped, upsert, key, kinds, odd
):
    table = mapped(key=key, **kinds)
    write(mirror_tables.ensure, table)
    with pytest.raises(IntegrityError):
        upsert(table, (1, 1)[: len(key)], odd)
    assert rows(ALL) == []


@pytest.mark.parametrize(
    ("key", "kinds", "first", "second"),
    [
        (("id",), {}, (1,), (BIG,)),
        (("id",), {"id": "text"}, ('a"b',), ("a'b",)),
        (("id", "line"), {}, (1, 1), (1, 2)),
        (("id", "name"), {"name": "text"}, (1, "ä"), (1, "ö")),
    ],
)
def test_a_key_may_be_a_number_a_text_or_several_columns(
    write, rows, mapped, upsert, key, kinds, first, second
):
    table = mapped(key=key, **kinds, note="text")
    write(mirror_tables.ensure, table)
    assert upsert(table, (*first, "a"), (*second, "b")) == 2
    assert upsert(table, (*first, "a"), (*second, "c")) == 1
    names = ", ".join(key)
    assert rows(f"SELECT {names} FROM ns_customer_live ORDER BY {names}") == [first, second]
    assert rows("SELECT note FROM ns_customer_live ORDER BY 1") == [("a",), ("c",)]


CELLS = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5)
)
PAGES = st.lists(st.dictionaries(st.integers(1, 5), st.tuples(CELLS, CELLS, CELLS)), max_size=4)


@given(pages=PAGES)
def test_writing_only_what_differs_leads_to_the_same_as_writing_everything(pages):
    assert written(pages, only_changes=True) == written(pages, only_changes=False)


def written(pages, *, only_changes):
    """What a mirror holds after some pages, each a dict of rows by their keys."""
    columns = {"id": "integer", "name": "text", "orders": "integer", "limit": "real"}
    mapped = tuple(Column(name, Kind(kind)) for name, kind in columns.items())
    table = MappedTable("customer", mapped, key=("id",), mode=Mode.INCREMENTAL, tier=5)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        tables.sync_state.create(connection)
        mirror_tables.ensure(connection, table)
        for page in pages:
            rows = [(key, *cells) for key, cells in page.items()]
            mirror.upsert(connection, table, list(columns), rows, at=NOW, only_changes=only_changes)
        found = [tuple(row) for row in connection.exec_driver_sql(ALL)]
    engine.dispose()
    return [[(type(cell), cell) for cell in row] for row in found]


def test_a_column_is_filled_into_the_rows_that_are_there(write, rows, table, upsert, later):
    upsert(table, (1, "Ada", None, 0.5), (2, "Bob", None, None), (3, "Eve", 7, None))
    filled = [("Ada", 4, 1), ("Bob", None, 2), (None, 7, 3), ("who", 1, 99)]
    assert write(mirror.fill, table, ["name", "orders"], filled, at=later(60)) == 2
    assert rows("SELECT id, name, orders, [limit], _ns_synced_at FROM ns_customer") == [
        (1, "Ada", 4, 0.5, "2026-11-22T09:16:00.000000Z"),
        (2, "Bob", None, None, NINE_FIFTEEN),
        (3, None, 7, None, "2026-11-22T09:16:00.000000Z"),
    ]


def test_filling_in_does_not_bring_a_row_back(write, rows, table, upsert, later):
    upsert(table, (1, "Ada", 3, 0.5))
    write(mirror.mark_vanished, table, after=None, upto=None, keys=[], at=later(1))
    write(mirror.fill, table, ["name"], [("Eve", 1)], at=later(2))
    assert rows("SELECT name, _ns_deleted_at IS NULL FROM ns_customer") == [("Eve", 0)]


@pytest.mark.parametrize(
    ("after", "upto", "expected"),
    [
        (None, None, [1, 3, 5, 7]),
        (None, (5,), [1, 3, 5]),
        ((3,), None, [5, 7]),
        ((1,), (5,), [3, 5]),
        ((7,), None, []),
    ],
)
def test_what_a_page_does_not_have_within_its_bounds_has_vanished(
    write, mapped, made, gone, later, after, upto, expected
):
    table = made(mapped(), [(n,) for n in range(1, 8)])
    there = [(2,), (4,), (6,), (BIG,)]
    marked = write(mirror.mark_vanished, table, after=after, upto=upto, keys=there, at=later(0))
    assert [key for (key,) in gone(table)] == expected
    assert marked == len(expected)


def test_the_bounds_of_a_key_of_several_columns_are_those_of_its_order(
    write, mapped, made, gone, later
):
    keys = [(1, 1), (1, 9), (2, 1), (2, 5), (2, 9), (3, 0)]
    table = made(mapped(key=("id", "line")), keys)
    bounds = {"after": (1, 9), "upto": (2, 9)}
    write(mirror.mark_vanished, table, **bounds, keys=[(2, 5), (1, 1)], at=later(0))
    assert gone(table) == [(2, 1), (2, 9)]


def test_ids_beyond_the_floats_are_told_apart(write, mapped, made, gone, later):
    table = made(mapped(), [(BIG - 1,), (BIG,), (BIG + 1,)])
    write(
        mirror.mark_vanished, table, after=(BIG - 1,), upto=(BIG,), keys=[(BIG - 1,)], at=later(0)
    )
    assert gone(table) == [(BIG,)]


def test_what_vanished_keeps_the_time_when_it_first_did(write, rows, mapped, made, later):
    table = made(mapped(), [(1,)])
    bounds = {"after": None, "upto": None, "keys": []}
    assert write(mirror.mark_vanished, table, **bounds, at=later(0)) == 1
    assert write(mirror.mark_vanished, table, **bounds, at=later(60)) == 0
    assert rows("SELECT _ns_deleted_at FROM ns_customer") == [(NINE_FIFTEEN,)]


ODD = ["", "a", "A", "ä", "'", '"', "\\", "\n", "\x1f", "\x7f", "😀", "1", "01", "null", "\u2028"]


@pytest.mark.parametrize(
    ("key", "kinds", "keys"),
    [
        (("id",), {"id": "text"}, [(odd,) for odd in ODD]),
        (("id", "scriptid"), {"scriptid": "text"}, [(n, odd) for n in (1, BIG) for odd in ODD]),
        (("id",), {"id": "real"}, [(0.1,), (1.0,), (1e300,)]),
    ],
)
def test_what_was_not_seen_has_vanished_whatever_the_keys_look_like(
    write, mapped, made, gone, later, key, kinds, keys
):
    table = made(mapped(key=key, **kinds), keys)
    write(sync_map.put, [table], later(0))
    write(mirror.remember_seen, table, keys[1::2])
    write(mirror.remember_seen, table, keys[1:])  # a page that comes again
    assert write(mirror.mark_unseen, table, at=later(0)) == 1
    assert gone(table) == keys[:1]


def test_what_was_seen_is_forgotten_for_one_table_alone(write, rows, mapped, made, later):
    both = [mapped(name, id="text") for name in ("account", "item")]
    write(sync_map.put, both, later(0))
    for table in both:
        made(table, [("a",)])
        write(mirror.remember_seen, table, [("a",)])
    write(mirror.forget_seen, both[0])
    assert [write(mirror.mark_unseen, table, at=later(0)) for table in both] == [1, 0]


@pytest.fixture
def deletions(write, mapped, upsert):
    """Tell of deleted records as NetSuite does."""
    log = mapped(
        "deletedrecord",
        key=("recordid", "recordtypeid", "scriptid"),
        scriptid="text",
        deleteddate="datetime",
        cursor="deleteddate",
    )
    write(mirror_tables.ensure, log)
    return lambda *told: upsert(log, *[(id_, -1, kind, when) for id_, kind, when in told])


@pytest.fixture
def tracked(write, mapped, upsert):
    table = mapped(
        lastmodifieddate="datetime", cursor="lastmodifieddate", tracked_as=("customer", "lead")
    )
    write(mirror_tables.ensure, table)
    upsert(table, *[(n, "2026-11-20T08:00:00Z") for n in range(1, 6)], (6, None))
    return table


def test_deleted_records_are_told_by_their_kind_and_the_newest_time(write, tracked, deletions):
    deletions(
        (1, "customer", "2026-11-20T08:00:00Z"),  # in the second of its last change
        (2, "CUSTOMER", "2026-11-20T07:59:59Z"),  # before it: made again since
        (3, "Lead", "2026-11-20T12:00:00Z"),
        (3, "customer", "2026-11-21T00:00:00Z"),
        (4, "vendor", "2026-11-21T00:00:00Z"),
        (6, "lead", "2026-11-01T00:00:00Z"),
        (99, "customer", "2026-11-21T00:00:00Z"),
    )
    assert write(mirror.told_deleted, tracked) == {
        (1,): "2026-11-20T08:00:00Z",
        (3,): "2026-11-21T00:00:00Z",
        (6,): "2026-11-01T00:00:00Z",
    }


def test_without_a_cursor_every_deletion_counts(write, mapped, made, deletions):
    table = made(mapped("vendor", tracked_as=("vendor",)), [(1,), (2,)])
    deletions((1, "vendor", "2020-01-01T00:00:00Z"))
    assert write(mirror.told_deleted, table) == {(1,): "2020-01-01T00:00:00Z"}


def test_a_deletion_is_marked_with_netsuites_time_and_told_no_more(write, rows, tracked, deletions):
    deletions((1, "customer", "2026-11-21T00:00:00Z"))
    told = write(mirror.told_deleted, tracked)
    assert write(mirror.mark_deleted, tracked, told) == 1
    assert rows("SELECT id, _ns_deleted_at FROM ns_customer WHERE _ns_deleted_at NOTNULL") == [
        (1, "2026-11-21T00:00:00.000000Z")
    ]
    assert write(mirror.told_deleted, tracked) == {}
    assert write(mirror.mark_deleted, tracked, told) == 0


@pytest.fixture
def lines(mapped, made):
    table = mapped(
        "transactionline",
        key=("transaction", "id"),
        parent=Parent("transaction", "transaction"),
    )
    return made(table, [(t, n) for t in (1, 2, 3) for n in (1, 2, 3)])


def test_lines_that_their_parents_no_longer_have_have_vanished(write, lines, gone, later):
    there = [(1, 1), (1, 3), (3, 1)]
    assert write(mirror.vanished_lines, lines, ["1", "3", "77"], there, at=later(0)) == 3
    assert gone(lines) == [(1, 2), (3, 2), (3, 3)]


def test_lines_may_have_a_key_of_their_own(write, mapped, upsert, gone, later):
    table = mapped(
        "transactionline",
        key=("uniquekey",),
        transaction="integer",
        parent=Parent("transaction", "transaction"),
    )
    write(mirror_tables.ensure, table)
    upsert(table, (11, 1), (12, 1), (21, 2), (31, None))
    assert write(mirror.vanished_lines, table, ["1"], [(12,)], at=later(0)) == 1
    assert gone(table) == [(11,)]


def test_lines_go_with_their_owner(write, mapped, made, lines, gone, later):
    owners = made(mapped("transaction"), [(1,), (2,)])  # 3 was not mirrored yet
    write(mirror.mark_vanished, owners, after=None, upto=None, keys=[(2,)], at=later(0))
    assert write(mirror.mark_orphans, lines, at=later(1)) == 3
    assert gone(lines) == [(1, 1), (1, 2), (1, 3)]
    assert write(mirror.mark_orphans, lines, at=later(2)) == 0


def test_lines_whose_owners_are_not_mirrored_are_no_orphans(write, lines, later):
    assert write(mirror.mark_orphans, lines, at=later(0)) == 0


@pytest.mark.parametrize("work", [mirror.vanished_lines, mirror.mark_orphans])
def test_a_table_without_a_parent_has_no_lines(write, mapped, made, later, work):
    table = made(mapped(), [(1,)])
    arguments = ([], []) if work is mirror.vanished_lines else ()
    with pytest.raises(ValueError, match="customer has no parent"):
        write(work, table, *arguments, at=later(0))


def test_known_keys_are_those_that_are_there_and_have_not_vanished(write, mapped, made, later):
    table = made(mapped(key=("id", "name"), name="text"), [(1, "a"), (1, "b"), (2, "a")])
    write(mirror.mark_vanished, table, after=(1, "b"), upto=None, keys=[], at=later(0))
    asked = [(1, "a"), (1, "c"), (2, "a"), (9, "a")]
    assert write(mirror.known, table, asked) == {(1, "a")}


def test_stamps_are_the_cursors_values_of_what_has_not_vanished(write, tracked, later):
    write(mirror.mark_vanished, tracked, after=(1,), upto=(2,), keys=[], at=later(0))
    assert write(mirror.stamps, tracked, [(1,), (2,), (6,), (99,)]) == {
        (1,): "2026-11-20T08:00:00Z",
        (6,): None,
    }


def test_the_count_is_of_what_has_not_vanished(write, mapped, made, later):
    table = made(mapped(), [(n,) for n in range(10)])
    write(mirror.mark_vanished, table, after=None, upto=(3,), keys=[(2,)], at=later(0))
    assert write(mirror.count, table) == 7


@pytest.fixture
def plans(store):
    """How SQLite goes about each statement that was executed on the mirror."""
    executed = []
    event.listen(store.engine, "before_cursor_execute", lambda *said: executed.append(said[2:4]))

    def explain():
        with store.reading() as connection:
            return [
                step.detail
                for statement, values in list(executed)
                if statement.startswith(("SELECT", "UPDATE"))
                for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]

    return explain


def test_no_page_of_rows_is_found_by_reading_a_whole_table(
    write, mapped, made, lines, deletions, later, plans
):
    owners = made(mapped("transaction", cursor="at", tracked_as=("x",), at="datetime"), [(1,)])
    at = later(0)
    for table, key in ((lines, (1, 1)), (owners, (1,))):
        write(mirror.mark_vanished, table, after=key, upto=key, keys=[key], at=at)
        write(mirror.known, table, [key])
    write(mirror.stamps, owners, [(1,)])
    write(mirror.vanished_lines, lines, ["1"], [(1, 1)], at=at)
    write(mirror.mark_orphans, lines, at=at)
    write(mirror.told_deleted, owners)
    steps = [step for step in plans() if "VIRTUAL TABLE" not in step]
    assert [step for step in steps if step.startswith("SCAN") and "sqlite_" not in step] == []
    assert any(step.startswith("SEARCH ns_transactionline") for step in steps)
