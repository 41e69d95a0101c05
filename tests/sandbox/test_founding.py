"""A state file is whole or not there, and making a large one takes no more memory than a small."""

import sqlite3
import subprocess
import sys

import pytest

from nsconsole.sandbox import seed
from nsconsole.sandbox.database import Database, StateError

FILLING = """
import sys
from pathlib import Path
from nsconsole.sandbox import seed
from nsconsole.sandbox.database import Database

def tell(done, total):
    print(done, total, flush=True)
    sys.stdin.read()

seed.LARGEST_BASE = 100
Database(Path(sys.argv[1]), seed=1, rows=21_000, prepare_reader=lambda _: None, progress=tell)
"""


def opened(path, **options):
    given = {"seed": 1, "rows": 60, "prepare_reader": lambda _: None, **options}
    return Database(path, **given)


@pytest.fixture
def small_base(monkeypatch):
    """A world of copies, without the rows that it takes otherwise."""
    monkeypatch.setattr(seed, "LARGEST_BASE", 100)


def transactions(path):
    connection = sqlite3.connect(path)
    (count,) = connection.execute('SELECT count(*) FROM "transaction"').fetchone()
    connection.close()
    return count


def test_a_new_file_is_made_and_one_that_is_there_is_taken_as_it_is(tmp_path):
    path = tmp_path / "state.db"
    opened(path).close()
    assert transactions(path) == 60
    opened(path, rows=500).close()
    assert transactions(path) == 60
    assert [each.name for each in tmp_path.iterdir()] == ["state.db"]


def test_an_empty_file_is_filled(tmp_path):
    path = tmp_path / "state.db"
    path.touch()
    opened(path).close()
    assert transactions(path) == 60


def test_a_process_killed_while_filling_leaves_no_state_and_the_next_one_starts_anew(tmp_path):
    path = tmp_path / "state.db"
    command = [sys.executable, "-c", FILLING, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        done, total = map(int, process.stdout.readline().split())
        assert 0 < done < total
        process.kill()
    assert not path.exists()
    assert len(list(tmp_path.glob("*.filling"))) == 1
    opened(path).close()
    assert transactions(path) == 60
    assert list(tmp_path.glob("*.filling")) == []


@pytest.mark.usefixtures("small_base")
def test_a_filling_that_fails_leaves_nothing_behind(tmp_path):
    def fail(done, total):
        raise OSError(28, "No space left on device")

    with pytest.raises(StateError, match="No space left"):
        opened(tmp_path / "state.db", rows=200, progress=fail)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(StateError, match=r"state\.db"):
        opened(tmp_path / "nowhere" / "state.db")


def test_a_database_of_something_else_is_refused_untouched(tmp_path):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (id)")
    connection.close()
    with pytest.raises(StateError, match="something else"):
        opened(path)


def test_a_state_of_another_seed_is_refused(tmp_path):
    path = tmp_path / "state.db"
    opened(path).close()
    with pytest.raises(StateError, match="seed 1, not 2"):
        opened(path, seed=2)


@pytest.mark.usefixtures("small_base")
def test_memory_does_not_grow_with_the_rows(tmp_path):
    held = []
    path = tmp_path / "state.db"
    opened(path, rows=41_000, progress=lambda *_: held.append(sys.getallocatedblocks())).close()
    first, *_, last = held
    assert last - first < 1000  # for 21,000 transactions: kept as Python's, they would be millions
