"""What the account is born with, and what its thousand columns cost."""

import sqlite3

import pytest

from nsconsole.sandbox import birth
from nsconsole.sandbox.catalog.names import camel, title
from nsconsole.sandbox.database import Database
from nsconsole.sandbox.definitions import from_json, to_json
from nsconsole.sandbox.generated.filling import row_count
from nsconsole.sandbox.schema import Access
from nsconsole.sandbox.seed import TRANSACTIONS
from nsconsole.sandbox.tables import TABLES


def test_the_same_seed_has_the_same_tables_and_another_seed_others():
    first = {name: to_json(table) for name, table in birth.tables(1).items()}
    birth.tables.cache_clear()
    assert {name: to_json(table) for name, table in birth.tables(1).items()} == first
    assert {name: to_json(table) for name, table in birth.tables(2).items()} != first


def test_every_table_survives_being_written_down():
    for table in birth.tables(1).values():
        assert from_json(to_json(table)) == table


def test_the_core_keeps_its_columns_in_their_places():
    tables = birth.tables(1)
    for name, table in TABLES.items():
        assert list(tables[name].columns)[: len(table.columns)] == list(table.columns)


def test_every_reference_but_the_dangling_one_has_a_table():
    tables = birth.tables(1)
    lost = {
        (table.name, column.name)
        for table in tables.values()
        for column in table.references
        if column.target not in tables
    }
    assert lost == {("transaction", "custbody_gfs_old_route")}


def test_every_feature_that_something_needs_is_one_of_the_accounts():
    tables = birth.tables(1).values()
    needed = {table.feature for table in tables}
    needed |= {column.feature for table in tables for column in table.columns.values()}
    assert needed - {None} <= set(birth.FEATURES)


def test_every_way_of_not_being_seen_is_there():
    tables = birth.at_first(1).values()
    columns = [column for table in tables for column in table.columns.values()]
    assert {column.access for column in columns} == set(Access)
    assert {table.access for table in tables} >= {
        Access.OPEN,
        Access.NO_PERMISSION,
        Access.FEATURE_OFF,
    }


def test_every_table_beyond_the_core_has_the_rows_that_it_says(seeded_state):
    kept_in_step = {"customrecordtype", "customlist", "customfield"}
    with sqlite3.connect(seeded_state) as connection:
        for name, table in birth.tables(1).items():
            if name in TABLES or name in kept_in_step or name.startswith("map_"):
                continue
            (found,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            assert found == row_count(table), name


def test_a_table_widened_after_it_was_filled_is_sound(seeded_state):
    with sqlite3.connect(seeded_state) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [row[1] for row in connection.execute("PRAGMA table_info('transaction')")]
    assert names == list(birth.tables(1)["transaction"].columns)
    assert len(names) > 1000


def test_custom_columns_cost_nothing_in_rows_that_have_none(seeded_state, tmp_path):
    few = tmp_path / "few.db"
    Database(few, seed=1, rows=100, prepare_reader=lambda _: None).close()
    more = size_of_transactions(seeded_state) - size_of_transactions(few)
    # A byte a column would make it more than a thousand.
    assert more / (TRANSACTIONS - 100) < 900


def size_of_transactions(path) -> int:
    query = "SELECT sum(pgsize) FROM dbstat WHERE name = 'transaction'"
    with sqlite3.connect(path) as connection:
        try:
            return connection.execute(query).fetchone()[0]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite cannot tell the size of a table")


def test_what_is_known_of_a_word_makes_it_camel_case():
    assert camel("lastmodifieddate") == "lastModifiedDate"
    assert camel("isinactive") == "isInactive"
    assert camel("journalentry") == "journalEntry"
    assert camel("shipaddr1") == "shipAddr1"
    assert camel("xyzzyplugh") == "xyzzyplugh"
    assert title("quantityonhand") == "Quantity On Hand"
    assert title("entityid") == "Entity ID"
