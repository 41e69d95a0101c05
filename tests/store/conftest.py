"""A migrated database, copied from one that is made once, and tables to mirror."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from nsconsole.mapping import Column, Kind, MappedTable, Mode
from nsconsole.store.engine import open_database
from nsconsole.store.schema import migrate

START = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("migrated")
    database = open_database(folder / "nsconsole.db")
    migrate(database, folder / "backups")
    database.close()
    return database.path


@pytest.fixture
def store(migrated, tmp_path):
    """The database of a workspace."""
    path = tmp_path / "nsconsole.db"
    shutil.copy(migrated, path)
    database = open_database(path)
    yield database
    database.close()


@pytest.fixture
def write(store):
    """Do something in a transaction of its own; give what it gives."""

    def do(work, *arguments, **named):
        with store.writing() as connection:
            return work(connection, *arguments, **named)

    return do


@pytest.fixture
def rows(store):
    """Read rows by SQL."""

    def read(sql, *values):
        with store.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql, values)]

    return read


@pytest.fixture
def later():
    """Give the moment some seconds after the start."""
    return lambda seconds: START + timedelta(seconds=seconds)


@pytest.fixture
def mapped():
    """Make a table of the map: columns as `name=kind`; the key is `id` unless told otherwise."""

    def make(name="customer", /, *, key=("id",), **columns):
        options = {
            option: columns.pop(option)
            for option in ("mode", "tier", "cursor", "tracked_as", "parent")
            if option in columns
        }
        kinds = dict.fromkeys(key, "integer") | columns
        return MappedTable(
            name=name,
            columns=tuple(Column(column, Kind(kind)) for column, kind in kinds.items()),
            key=key,
            mode=Mode(options.pop("mode", "incremental")),
            tier=options.pop("tier", 5),
            **options,
        )

    return make
