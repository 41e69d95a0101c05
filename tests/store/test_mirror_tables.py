"""The mirror tables: made from the map, changed with it, and nothing in them ever lost."""

import pytest
from sqlalchemy import Connection

from nsconsole.mapping import Parent
from nsconsole.store import mirror, mirror_tables, sync_map, sync_state
from nsconsole.store.mirror_tables import MirrorConflict

SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name LIKE '%customer%' ORDER BY name"
EVERY_KIND = {
    "count": "integer",
    "price": "real",
    "name": "text",
    "isinactive": "boolean",
    "trandate": "date",
    "lastmodifieddate": "datetime",
}


@pytest.fixture
def fill(write, later):
    """Make a mirror and put rows into it."""

    def put(table, *rows):
        write(mirror_tables.ensure, table)
        names = [column.name for column in table.columns]
        write(mirror.upsert, table, names, list(rows), at=later(0), only_changes=True)

    return put


def types(rows, mirror):
    return {row[1]: row[2] for row in rows("SELECT * FROM pragma_table_info(?)", mirror)}


def test_a_mirror_bears_netsuites_columns_and_the_two_stamps(write, rows, mapped):
    assert write(mirror_tables.ensure, mapped(**EVERY_KIND)) == []
    assert types(rows, "ns_customer") == {
        "id": "INTEGER",
        "count": "INTEGER",
        "price": "REAL",
        "name": "TEXT",
        "isinactive": "INTEGER",
        "trandate": "TEXT",
        "lastmodifieddate": "TEXT",
        "_ns_synced_at": "TEXT",
        "_ns_deleted_at": "TEXT",
    }


def test_a_mirror_that_is_as_the_map_asks_is_left_alone(write, rows, mapped):
    table = mapped(**EVERY_KIND)
    write(mirror_tables.ensure, table)
    before = rows(SCHEMA)
    assert write(mirror_tables.ensure, table) == []
    assert rows(SCHEMA) == before


def test_a_mirror_exists_once_it_was_made(write, mapped):
    assert not write(mirror_tables.exists, mapped())
    write(mirror_tables.ensure, mapped())
    assert write(mirror_tables.exists, mapped())


def test_a_mirror_that_somebody_dropped_is_made_and_pulled_anew(write, rows, mapped, fill, later):
    write(sync_map.put, [mapped(name="text")], later(0))
    fill(mapped(name="text"), (1, "Ada"))
    write(sync_state.advance, "customer", "2026-11-22T09:00:00Z")
    write(mirror_tables.ensure, mapped(name="text"))
    assert write(sync_state.get, "customer").watermark is not None
    write(Connection.exec_driver_sql, "DROP TABLE ns_customer")
    fill(mapped(name="text"), (2, "Bob"))
    assert write(sync_state.get, "customer") == sync_state.State()
    assert rows("SELECT id, name FROM ns_customer_live") == [(2, "Bob")]


def test_columns_that_are_new_in_the_map_are_added_and_shown(write, rows, mapped, fill):
    fill(mapped(name="text"), (1, "Ada"))
    assert write(mirror_tables.ensure, mapped(email="text", name="text", limit="real")) == [
        "email",
        "limit",
    ]
    assert rows("SELECT id, name, email, [limit] FROM ns_customer_live") == [(1, "Ada", None, None)]


def test_columns_that_left_the_map_keep_their_data(write, rows, mapped, fill):
    fill(mapped(name="text", email="text"), (1, "Ada", "ada@example.com"))
    assert write(mirror_tables.ensure, mapped(name="text")) == []
    assert rows("SELECT id, name, email FROM ns_customer_live") == [(1, "Ada", "ada@example.com")]


def test_the_view_shows_only_what_has_not_vanished(write, rows, mapped, fill, later):
    table = mapped(name="text")
    fill(table, (1, "Ada"), (2, "Bob"))
    write(mirror.mark_vanished, table, after=None, upto=None, keys=[(1,)], at=later(1))
    assert rows("SELECT id, name, _ns_synced_at FROM ns_customer_live") == [
        (1, "Ada", "2026-11-22T09:15:00.000000Z")
    ]
    assert len(rows("SELECT * FROM ns_customer")) == 2


@pytest.mark.parametrize("name", ["link", "pending_pushes"])
def test_a_table_of_our_own_is_no_mirror(write, mapped, name):
    with pytest.raises(MirrorConflict, match=f"ns_{name} is something else's name"):
        write(mirror_tables.ensure, mapped(name))


@pytest.mark.parametrize("names", [("customer", "customer_live"), ("customer_live", "customer")])
def test_a_table_cannot_take_the_name_of_another_ones_view(write, mapped, names):
    first, second = names
    write(mirror_tables.ensure, mapped(first))
    with pytest.raises(MirrorConflict, match="something else's name"):
        write(mirror_tables.ensure, mapped(second))


OTHER_KEYS = [
    pytest.param(("id", "name"), {"name": "text"}, id="longer"),
    pytest.param(("name",), {"name": "text", "id": "integer"}, id="another column"),
    pytest.param(("id",), {"id": "text", "name": "text"}, id="another order"),
]


@pytest.mark.parametrize(("key", "kinds"), OTHER_KEYS)
def test_a_mirror_with_another_key_is_refused_and_kept(write, rows, mapped, fill, key, kinds):
    fill(mapped(name="text"), (1, "Ada"))
    with pytest.raises(MirrorConflict, match="ns_customer has another key than the map says"):
        write(mirror_tables.ensure, mapped(key=key, **kinds))
    assert rows("SELECT id, name FROM ns_customer") == [(1, "Ada")]


def test_a_key_that_is_text_does_not_become_a_number_which_has_another_order(write, mapped):
    write(mirror_tables.ensure, mapped(id="text"))
    with pytest.raises(MirrorConflict, match="another key"):
        write(mirror_tables.ensure, mapped(id="integer"))


@pytest.mark.parametrize(("key", "kinds"), OTHER_KEYS)
def test_a_mirror_with_another_key_makes_way_for_a_new_one(
    write, rows, mapped, fill, later, key, kinds
):
    fill(mapped(name="text"), (1, "Ada"))
    write(Connection.exec_driver_sql, "CREATE VIEW mine AS SELECT name FROM ns_customer_live")
    table = mapped(key=key, **kinds)
    write(sync_map.put, [table], later(0))
    write(sync_state.advance, "customer", "2026-11-22T09:00:00Z")
    old = write(mirror_tables.make_way, table, later(7))
    assert old == "ns_customer_before_20261122T091507"
    assert rows(f"SELECT id, name FROM {old}") == [(1, "Ada")]
    assert rows("SELECT * FROM ns_customer") == []
    assert write(mirror_tables.key_of, "ns_customer") == key
    assert write(sync_state.get, "customer") == sync_state.State()
    write(mirror.upsert, table, ["id", "name"], [(2, "Bob")], at=later(8), only_changes=True)
    assert rows("SELECT name FROM mine") == [("Bob",)]


def test_the_new_mirror_has_the_indexes_and_the_old_one_none(write, rows, mapped, fill, later):
    parent = Parent("customer", "owner")
    lines = mapped("line", key=("id", "owner"), owner="integer", parent=parent)
    fill(lines, (1, 7))
    indexes = "SELECT name FROM sqlite_master WHERE sql IS NOT NULL AND type = 'index' "
    before = rows(indexes + "AND tbl_name = 'ns_line' ORDER BY name")
    again = mapped("line", key=("id",), owner="integer", parent=parent)
    old = write(mirror_tables.make_way, again, later(7))
    assert rows(indexes + "AND tbl_name = 'ns_line' ORDER BY name") == before != []
    assert rows(indexes + "AND tbl_name = ?", old) == []


def test_a_mirror_with_the_right_key_stays_and_none_is_made_in_vain(
    write, rows, mapped, fill, later
):
    assert write(mirror_tables.make_way, mapped(), later(7)) is None
    assert rows("SELECT name FROM sqlite_master WHERE name LIKE 'ns_customer%'") == []
    fill(mapped(name="text"), (1, "Ada"))
    assert write(mirror_tables.make_way, mapped(email="text"), later(7)) is None
    assert rows("SELECT id, name FROM ns_customer_live") == [(1, "Ada")]


@pytest.mark.parametrize("name", ['x"; DROP TABLE operators', "Name", "", "_ns_synced_at"])
def test_a_name_that_netsuite_cannot_have_given_is_refused(write, mapped, name):
    with pytest.raises(ValueError, match="cannot be the name"):
        write(mirror_tables.ensure, mapped(**{name: "text"}))


@pytest.mark.parametrize("name", ["order", "group", "select", "values", "old"])
def test_a_column_may_be_named_by_a_word_of_sql(write, rows, mapped, fill, later, name):
    fill(mapped(**{name: "text"}), (1, "a"))
    table = mapped(**{name: "text"})
    write(mirror.fill, table, [name], [("b", 1)], at=later(1))
    assert rows(f'SELECT "{name}" FROM ns_customer_live') == [("b",)]


REALS = [
    (0.1 + 0.2, "0.30000000000000004"),
    (5.0, "5"),
    (1e16, "10000000000000000"),
    (-1.5e-7, "-0.00000015"),
    (None, None),
]
INTEGERS = [(2**63 - 1, "9223372036854775807"), (0, "0"), ("1.10x", "1.10x")]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("real", *pair) for pair in REALS] + [("integer", *pair) for pair in INTEGERS],
)
def test_a_widened_column_keeps_every_digit(write, rows, mapped, fill, kind, before, after):
    table = mapped(amount=kind, name="text")
    fill(table, (1, before, "Ada"))
    assert write(mirror_tables.widen, table, "amount")
    assert rows("SELECT id, amount, name FROM ns_customer_live") == [(1, after, "Ada")]
    assert types(rows, "ns_customer")["amount"] == "TEXT"


def test_a_widened_column_takes_texts_that_a_number_would_round(write, rows, mapped, fill):
    table = mapped(amount="integer")
    write(mirror_tables.ensure, table)
    write(mirror_tables.widen, table, "amount")
    huge = "123456789012345678901234567890"
    fill(table, (1, huge), (2, "0012"))
    assert rows("SELECT amount FROM ns_customer ORDER BY id") == [(huge,), ("0012",)]
    assert write(mirror_tables.widened, table) == {"amount"}


@pytest.mark.parametrize(("before", "after"), REALS)
def test_a_number_looks_alike_whether_it_came_before_the_widening_or_after(
    write, rows, mapped, fill, later, before, after
):
    table = mapped(amount="real")
    fill(table, (1, before))
    write(mirror_tables.widen, table, "amount")
    fill(table, (2, before), (3, "x"))
    write(mirror.fill, table, ["amount"], [(before, 3)], at=later(1))
    assert rows("SELECT amount FROM ns_customer") == [(after,)] * 3
    again = {"at": later(2), "only_changes": True}
    assert write(mirror.upsert, table, ["id", "amount"], [(1, before)], **again) == 0


def test_a_column_is_widened_once(write, rows, mapped):
    table = mapped(amount="integer", name="text")
    write(mirror_tables.ensure, table)
    assert write(mirror_tables.widen, table, "amount")
    before = rows(SCHEMA)
    assert not write(mirror_tables.widen, table, "amount")
    assert not write(mirror_tables.widen, table, "name")
    assert rows(SCHEMA) == before


def test_widening_keeps_the_indexes_on_the_column(write, rows, mapped):
    lines = mapped("line", key=("uniquekey",), customer="integer", parent=Parent("c", "customer"))
    write(mirror_tables.ensure, lines)
    before = rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
    write(mirror_tables.widen, lines, "customer")
    assert rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name") == before
    assert any(name == "ix_ns_line_customer" for name, _ in before)


def test_a_column_of_the_key_is_not_widened(write, mapped):
    write(mirror_tables.ensure, mapped())
    with pytest.raises(MirrorConflict, match=r"ns_customer\.id is of the key"):
        write(mirror_tables.widen, mapped(), "id")


@pytest.mark.parametrize(
    ("was", "becomes", "kept"),
    [
        ("integer", "text", "TEXT"),
        ("real", "integer", "TEXT"),
        ("boolean", "date", "TEXT"),
        ("integer", "real", "INTEGER"),
        ("integer", "boolean", "INTEGER"),
        ("text", "integer", "TEXT"),
    ],
)
def test_a_column_whose_kind_changed_can_hold_the_new_values(
    write, rows, mapped, was, becomes, kept
):
    write(mirror_tables.ensure, mapped(amount=was))
    write(mirror_tables.ensure, mapped(amount=becomes))
    assert types(rows, "ns_customer")["amount"] == kept


def test_a_whole_number_of_more_digits_than_a_float_stays_exact_after_a_change_of_kind(
    write, rows, mapped, fill
):
    fill(mapped(amount="real"), (1, 2.0**53))
    fill(mapped(amount="integer"), (2, 2**53 + 1))
    assert rows("SELECT amount FROM ns_customer ORDER BY id") == [
        ("9007199254740992",),
        ("9007199254740993",),
    ]


def test_a_table_may_have_as_many_columns_as_sqlite_takes(write, rows, mapped, fill, later):
    table = mapped(**{f"custbody_{i}": "text" for i in range(1995)})
    names = [column.name for column in table.columns]
    fill(table, (1, *["a"] * 1995))
    changed = write(
        mirror.upsert, table, names, [(1, *["b"] * 1995)], at=later(1), only_changes=True
    )
    filled = write(mirror.fill, table, names[1:], [(*["c"] * 1995, 1)], at=later(2))
    assert (changed, filled) == (1, 1)
    assert rows("SELECT custbody_0, custbody_1994 FROM ns_customer_live") == [("c", "c")]
