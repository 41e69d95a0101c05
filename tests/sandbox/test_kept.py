"""Accounts kept for the next start: the same account, without the time to make it."""

import os
import shutil
import sqlite3

import pytest

from nsconsole.sandbox.database import Database
from nsconsole.sandbox.kept import keep, place_of

ROWS = 20


@pytest.fixture
def start(tmp_path):
    """Make the state `name` with accounts kept in `folder`; give all that is in it."""

    def started(name, *, folder="kept", seed=1):
        path, keep_in = tmp_path / name, tmp_path / folder
        Database(
            path,
            seed=seed,
            rows=ROWS,
            prepare_reader=lambda connection: None,
            keep_in=keep_in,
        ).close()
        return contents(path)

    return started


def contents(path):
    """All rows of all tables."""
    connection = sqlite3.connect(path)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}
    connection.close()
    return rows


def test_a_second_start_has_the_same_account_and_keeps_no_second_one(start, tmp_path):
    first = start("one.db")
    (kept,) = (tmp_path / "kept").iterdir()
    assert start("two.db") == first
    assert list((tmp_path / "kept").iterdir()) == [kept]


def test_what_is_kept_is_what_a_start_takes(start, tmp_path):
    start("one.db")
    (kept,) = (tmp_path / "kept").iterdir()
    with sqlite3.connect(kept) as connection:
        connection.execute("UPDATE vendor SET comments = 'from the kept one'")
    connection.close()
    assert "from the kept one" in str(start("two.db")["vendor"])


def test_another_seed_is_another_account(start, tmp_path):
    assert start("one.db") != start("two.db", seed=2)
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_a_start_does_without_a_folder_that_cannot_be_made(start, tmp_path):
    (tmp_path / "kept").write_text("a file in the way")
    assert start("one.db") == start("two.db", folder="elsewhere")


def test_no_more_than_a_few_are_kept_and_the_oldest_goes(tmp_path):
    source, folder = tmp_path / "state.db", tmp_path / "kept"
    source.write_bytes(b"an account")
    for age, name in enumerate(("a", "b", "c", "d", "e")):
        keep(source, folder / f"{name}.db")
        os.utime(folder / f"{name}.db", (age, age))
    keep(source, folder / "f.db")
    assert sorted(path.stem for path in folder.iterdir()) == ["c", "d", "e", "f"]


def test_a_program_that_differs_makes_its_own(tmp_path, monkeypatch):
    from nsconsole.sandbox import kept

    package = tmp_path / "package"
    package.mkdir()
    shutil.copy(kept.__file__, package / "kept.py")
    monkeypatch.setattr(kept, "__file__", str(package / "kept.py"))
    before = place_of(tmp_path, seed=1, transactions=ROWS)
    assert place_of(tmp_path, seed=1, transactions=ROWS) == before
    (package / "kept.py").write_text("# changed")
    assert place_of(tmp_path, seed=1, transactions=ROWS) != before
