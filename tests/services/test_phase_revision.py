"""The migration of a phase: what it makes, that it is what a sync would make, and its way back."""

import pytest

from nsconsole.mapping import Column, Kind, MappedTable, Mode, Parent
from nsconsole.services.phases import revision
from nsconsole.services.phases.migrating import run_revision
from nsconsole.store import mirror_tables
from nsconsole.store.engine import open_database

ALL_KINDS = {f"a_{kind.value}": kind for kind in Kind}


def table(name, columns, *, key=("id",), parent=None):
    mode = Mode.SNAPSHOT_DIFF
    made = tuple(Column(column, kind) for column, kind in columns.items())
    return MappedTable(name, made, key, mode, 60, parent=parent)


OLD = table("thing", {"id": Kind.INTEGER, "name": Kind.TEXT})
WIDE = OLD.with_columns(Column(name, kind) for name, kind in ALL_KINDS.items())
NEW = table("part", {"id": Kind.INTEGER, **ALL_KINDS})
LINES = table(
    "line",
    {"amount": Kind.REAL, "no": Kind.TEXT, "thing": Kind.INTEGER},
    key=("thing", "no"),
    parent=Parent("thing", "thing"),
)
RESERVED = table("group", {"id": Kind.INTEGER, "order": Kind.TEXT, "select": Kind.REAL})
LONG = table("a" * 128, {"b" * 128: Kind.INTEGER}, key=("b" * 128,))


@pytest.fixture
def database(tmp_path, migrated_database):
    """A database in which the narrow table is mirrored and has a row."""
    path = tmp_path / "a.db"
    path.write_bytes(migrated_database.read_bytes())
    database = open_database(path)
    with database.writing() as connection:
        mirror_tables.ensure(connection, OLD)
        connection.exec_driver_sql("INSERT INTO ns_thing VALUES (1, 'kept', 'now', NULL)")
    yield database
    database.close()


@pytest.fixture
def migrate(database, tmp_path):
    """Make and run the revision for some tables; give its file."""

    def run(*tables, number=104):
        with database.reading() as connection:
            made = revision.make(
                connection, tables, number=number, name=f"{number}_test", title="A test"
            )
        file = revision.write(tmp_path / "phases", made)
        with database.unconstrained() as connection:
            run_revision(connection, file.read_bytes(), file.name)
        return file

    return run


def schema(database, *tables):
    """All that SQLite knows of the tables' mirrors, their indexes and views."""
    with database.reading() as connection:

        def ask(sql, *values):
            return [tuple(row) for row in connection.exec_driver_sql(sql, values)]

        return {
            table.mirror: (
                ask('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', table.mirror),
                sorted(
                    (name, tuple(ask("SELECT name FROM pragma_index_info(?)", name)), partial)
                    for name, partial in ask(
                        "SELECT name, partial FROM pragma_index_list(?) WHERE origin = 'c'",
                        table.mirror,
                    )
                ),
                ask("SELECT name FROM pragma_table_info(?)", f"{table.mirror}_live"),
                ask("SELECT sql FROM sqlite_master WHERE name = ?", f"{table.mirror}_live"),
            )
            for table in tables
        }


def test_it_makes_just_what_a_sync_would_make(database, migrate, tmp_path, migrated_database):
    tables = (WIDE, NEW, LINES, RESERVED, LONG)
    migrate(*tables)

    path = tmp_path / "b.db"
    path.write_bytes(migrated_database.read_bytes())
    by_sync = open_database(path)
    with by_sync.writing() as connection:
        for each in (OLD, *tables):
            mirror_tables.ensure(connection, each)
    wanted = schema(by_sync, *tables)
    by_sync.close()
    assert schema(database, *tables) == wanted
    with database.writing() as connection:
        assert [mirror_tables.ensure(connection, each) for each in tables] == [[]] * len(tables)
        (row,) = connection.exec_driver_sql("SELECT id, name, a_real FROM ns_thing_live")
    assert tuple(row) == (1, "kept", None)


def test_it_can_be_taken_back(database, migrate):
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.util import load_python_file

    before = schema(database, WIDE, NEW, LINES)
    file = migrate(WIDE, NEW, LINES)
    assert schema(database, WIDE, NEW, LINES) != before

    module = load_python_file(str(file.parent), file.name)
    with (
        database.unconstrained() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        module.downgrade()

    assert schema(database, WIDE, NEW, LINES) == before
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT name FROM ns_thing_live").scalar() == "kept"


def test_what_the_map_no_longer_names_stays_in_the_mirror(database, migrate):
    narrow = OLD.without(["name"]).with_columns([Column("size", Kind.REAL)])
    migrate(narrow)
    with database.reading() as connection:
        (row,) = connection.exec_driver_sql("SELECT name, size FROM ns_thing_live")
    assert tuple(row) == ("kept", None)


def test_a_column_that_was_widened_to_text_stays_text(database, migrate):
    with database.writing() as connection:
        mirror_tables.ensure(connection, WIDE)
        mirror_tables.widen(connection, WIDE, "a_integer")
    before = schema(database, WIDE)
    migrate(WIDE)
    assert schema(database, WIDE) == before


def test_each_revision_rests_on_those_that_were_run(database, migrate):
    first = migrate(NEW)
    second = migrate(LINES, number=105)
    assert "\ndown_revision = None\n" in first.read_text()
    assert "\ndown_revision = '104'\n" in second.read_text()
    with database.reading() as connection:
        versions = connection.exec_driver_sql("SELECT version_num FROM ns_phase_version").scalars()
        assert set(versions) == {"105"}


def test_its_sql_is_shown_without_a_database(migrate):
    sql = revision.sql_of(migrate(WIDE, NEW))
    assert "ALTER TABLE ns_thing ADD COLUMN a_real REAL;" in sql
    assert "CREATE TABLE ns_part (" in sql
    assert 'CREATE VIEW "ns_part_live" AS' in sql


def test_on_postgresql_the_same_values_have_room(migrate):
    file = migrate(WIDE, NEW, LINES, RESERVED, LONG)
    sql = revision.sql_of(file, dialect="postgresql")
    assert "ALTER TABLE ns_thing ADD COLUMN a_real DOUBLE PRECISION;" in sql
    assert "id BIGINT NOT NULL" in sql  # NetSuite's numbers: neither short nor made here
    assert "SERIAL" not in sql
    assert '"order" TEXT' in sql
    assert "WHERE _ns_deleted_at IS NOT NULL" in sql
    names = [line.split()[2] for line in sql.splitlines() if line.startswith("CREATE INDEX")]
    assert all(len(name) <= 63 for name in names)


def test_nothing_that_differs_makes_nothing(database, migrate):
    before = schema(database, OLD)
    file = migrate(OLD)
    assert file.read_text().count("    pass") == 2
    assert revision.sql_of(file) == ""
    assert schema(database, OLD) == before


def test_a_title_is_only_ever_text(database):
    hostile = '"""\nimport os\nos.abort()\n"""\\'
    with database.reading() as connection:
        made = revision.make(connection, [NEW], number=104, name="104_x", title=hostile)
    content = {}
    exec(compile(made.text, "104_x", "exec"), content)
    assert "import os" in content["__doc__"]
    assert "os" not in content


def test_the_file_is_whole_or_not_there(database, tmp_path):
    with database.reading() as connection:
        made = revision.make(connection, [NEW], number=104, name="104_x", title="X")
    file = revision.write(tmp_path / "phases", made)
    assert file.read_text(encoding="utf-8") == made.text
    assert made.digest == revision.digest(made.text)
    assert [each.name for each in file.parent.iterdir()] == ["104_x.py"]
