"""When the database fails under the console, it says so once, and goes on when that is over."""

from contextlib import contextmanager

import pytest


@pytest.fixture
def broken(workspace):
    """The database without its proposals, for as long as a block lasts."""

    def run(statement):
        with workspace.database.writing() as connection:
            connection.exec_driver_sql(statement)

    @contextmanager
    def for_a_while():
        run("ALTER TABLE proposed_actions RENAME TO elsewhere")
        yield
        run("ALTER TABLE elsewhere RENAME TO proposed_actions")

    return for_a_while


async def test_a_database_that_fails_is_told_once_and_the_list_comes_back(
    app, sitting, staged, stage, vendor, broken
):
    async with sitting(app) as person:
        with broken():
            await person.until_told("no such table")
            for _ in range(5):
                await person.press("v")
            assert person.told.count("no such table: proposed_actions") <= 2
            await person.press("asterisk")
            await person.press("a", "y")
            assert app.is_running
        stage(vendor)
        await person.until_seen("6 proposals")


async def test_a_console_that_cannot_tell_who_sits_there_says_that_nothing_is_sent(
    console, sitting, staged, workspace
):
    from nsconsole.store.engine import DatabaseError

    def identify():
        raise DatabaseError("the database is locked")

    app = console(workspace, identify=identify)
    async with sitting(app) as person:
        await person.until_told("Nothing is sent or refreshed by itself any more")
        assert "the database is locked" in person.told
        assert "Vendor 42" in person.row
