"""The schema: moved forward whole or not at all, and never without a copy of what was there."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from nsconsole.resources import resource
from nsconsole.store import schema, tables
from nsconsole.store.engine import DatabaseError, open_database
from nsconsole.store.revision import HEAD

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)

REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = {revision!r}, {down!r}
def upgrade():
{body}
"""

PARENT_AND_CHILD = """
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")))
    op.execute("INSERT INTO parent VALUES (1), (2)")
    op.execute("INSERT INTO child VALUES (10, 1), (20, 2), (21, 2)")
"""
ALTER_PARENT = """
    with op.batch_alter_table("parent", recreate="always") as parent:
        parent.add_column(sa.Column("name", sa.Text))
"""
ORPHAN = """
    op.execute("INSERT INTO child VALUES (30, 3)")
"""
FAIL_LATE = """
    op.create_table("half_made", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("UPDATE operators SET name = 'somebody else'")
    op.execute("this is not SQL")
"""


@pytest.fixture
def database(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'nsconsole.db'}")
    yield database
    database.close()


@pytest.fixture
def backups(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def scripts(tmp_path):
    """The migrations, in a folder where a test may add more."""
    return shutil.copytree(resource("migrations"), tmp_path / "migrations")


def add_revision(scripts, revision, down, body):
    path = scripts / "versions" / f"{revision}_test.py"
    path.write_text(REVISION.format(revision=revision, down=down, body=body))


def migrate(database, backups, scripts=None):
    return schema.migrate(database, backups, now=NOW, scripts=scripts)


def content(path):
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.iterdump())  # a backup has the same in another order


def rows(database, sql):
    with database.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def add_operator(database):
    with database.writing() as connection:
        connection.execute(
            tables.operators.insert().values(
                name="mike", role="admin", token_hash="x", created_at=NOW
            )
        )


def test_the_constant_is_the_newest_migration_of_the_folder():
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_tables_that_the_code_uses_are_those_that_the_migrations_make(database, backups):
    migrate(database, backups)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_constraints_that_the_code_declares_are_those_that_the_migrations_make(
    database, backups, tmp_path
):
    migrate(database, backups)
    declared = open_database(f"sqlite:///{tmp_path / 'declared.db'}")
    with declared.writing() as connection:
        tables.metadata.create_all(connection)
    for name in tables.metadata.tables:
        assert shape(database, name) == shape(declared, name)
    declared.close()


def shape(database, table):
    with database.reading() as connection:
        look = inspect(connection)
        checks = {check["name"]: check["sqltext"] for check in look.get_check_constraints(table)}
        return checks, look.get_unique_constraints(table), look.get_foreign_keys(table)


def test_a_new_workspace_gets_the_newest_schema_and_no_backup(database, backups):
    assert migrate(database, backups) is None
    assert schema.current_revision(database) == HEAD
    assert not backups.exists()


def test_a_second_run_changes_nothing_and_makes_no_backup(database, backups):
    migrate(database, backups)
    before = content(database.path)
    assert migrate(database, backups) is None
    assert content(database.path) == before
    assert not backups.exists()


def test_a_migration_moves_the_data_forward_after_a_backup_that_can_be_used(
    database, backups, scripts
):
    migrate(database, backups)
    add_operator(database)
    before = content(database.path)
    add_revision(scripts, "9001", HEAD, PARENT_AND_CHILD)
    copy = migrate(database, backups, scripts)
    assert schema.current_revision(database) == "9001"
    assert rows(database, "SELECT name FROM operators") == [("mike",)]
    assert copy is not None
    assert copy.parent == backups
    assert content(copy) == before


def test_a_workspace_of_the_push_queue_alone_moves_on_to_the_mirror(database, backups):
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    config.set_main_option("path_separator", "os")
    with database.unconstrained() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    add_operator(database)
    before = content(database.path)
    copy = migrate(database, backups)
    assert schema.current_revision(database) == HEAD
    assert rows(database, "SELECT name, role FROM operators") == [("mike", "admin")]
    assert rows(database, "SELECT * FROM sync_table_map") == []
    assert copy.name == "nsconsole-20261122T091500_000000Z-0001.db"
    assert content(copy) == before


def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(database, backups, scripts):
    migrate(database, backups)
    add_operator(database)
    before = content(database.path)
    add_revision(scripts, "9001", HEAD, PARENT_AND_CHILD)
    add_revision(scripts, "9002", "9001", FAIL_LATE)
    with pytest.raises(DatabaseError, match="syntax error"):
        migrate(database, backups, scripts)
    assert content(database.path) == before
    (copy,) = backups.iterdir()
    assert content(copy) == before
    assert migrate(database, backups) is None  # and the program as it was still starts


def test_altering_a_parent_keeps_its_children(database, backups, scripts):
    add_revision(scripts, "9001", HEAD, PARENT_AND_CHILD)
    add_revision(scripts, "9002", "9001", ALTER_PARENT)
    migrate(database, backups, scripts)
    assert rows(database, "SELECT id, parent_id FROM child") == [(10, 1), (20, 2), (21, 2)]
    assert rows(database, "SELECT id, name FROM parent") == [(1, None), (2, None)]


def test_a_migration_that_would_leave_orphans_is_rolled_back(database, backups, scripts):
    migrate(database, backups)
    before = content(database.path)
    add_revision(scripts, "9001", HEAD, PARENT_AND_CHILD)
    add_revision(scripts, "9002", "9001", ORPHAN)
    with pytest.raises(DatabaseError, match="1 rows without the row that they refer to"):
        migrate(database, backups, scripts)
    assert content(database.path) == before


def test_a_database_of_a_later_program_is_refused_and_not_touched(database, backups):
    migrate(database, backups)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = content(database.path)
    with pytest.raises(schema.DatabaseTooNew, match=r"is at schema 9999, .* Update nsconsole"):
        migrate(database, backups)
    assert content(database.path) == before
    assert not backups.exists()


def test_a_file_that_is_no_database_is_refused_and_not_touched(tmp_path, backups):
    letter = b"Dear aunt, thank you for the socks.\n" * 100
    path = tmp_path / "letter.txt"
    path.write_bytes(letter)
    with pytest.raises(DatabaseError, match="is not an nsconsole database"):
        migrate(open_database(f"sqlite:///{path}"), backups)
    assert path.read_bytes() == letter


def test_a_database_of_another_program_is_refused_and_not_touched(tmp_path, backups):
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (id INTEGER)")
    before = content(path)
    with pytest.raises(DatabaseError, match="is not an nsconsole database"):
        migrate(open_database(f"sqlite:///{path}"), backups)
    assert content(path) == before


def test_an_empty_file_is_a_new_workspace(database, backups):
    database.path.touch()
    migrate(database, backups)
    assert schema.current_revision(database) == HEAD


def test_without_room_for_a_backup_nothing_is_migrated(database, backups, scripts):
    migrate(database, backups)
    before = content(database.path)
    backups.write_text("a file where the folder should be")
    add_revision(scripts, "9001", HEAD, PARENT_AND_CHILD)
    with pytest.raises(DatabaseError, match="no backup could be written"):
        migrate(database, backups, scripts)
    assert content(database.path) == before


MIGRATE_AT_ONCE = """
import sys
from pathlib import Path
from nsconsole.store import schema
from nsconsole.store.engine import open_database
import alembic.command  # imported before the start, so that the processes meet
print("ready", flush=True)
sys.stdin.readline()
home = Path(sys.argv[1])
schema.migrate(open_database(f"sqlite:///{home / 'nsconsole.db'}"), home / "backups")
"""


def test_processes_that_migrate_a_new_workspace_at_once_all_succeed(database, tmp_path):
    script = [sys.executable, "-c", MIGRATE_AT_ONCE, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen(script, text=True, **pipes) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    assert schema.current_revision(database) == HEAD


def test_a_start_on_the_newest_schema_does_not_pay_for_alembic(database, tmp_path, backups):
    migrate(database, backups)
    code = (
        "import sys; from pathlib import Path; from nsconsole.store import engine, schema\n"
        f"database = engine.open_database({str(database.engine.url)!r})\n"
        f"schema.migrate(database, Path({str(backups)!r}))\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "False\n"
