"""A state file is whole or not there, and making a large one takes no more memory than a small."""

import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from nsconsole.sandbox.database import Database, StateError

_MAKING = """
import resource, sys
from pathlib import Path
from nsconsole.sandbox.database import Database
def tell(done, total):
    print(done, flush=True)
database = Database(
    Path(sys.argv[1]), seed=1, rows=int(sys.argv[2]), prepare_reader=lambda _: None, progress=tell)
print("megabytes", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
database.close()
"""


def opened(path, **options):
    given = {"seed": 1, "rows": 60, "prepare_reader": lambda _: None, **options}
    return Database(path, **given)


def making(path, rows):
    return subprocess.Popen(
        [sys.executable, "-c", _MAKING, str(path), str(rows)], stdout=subprocess.PIPE, text=True
    )


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
    with making(path, 300_000) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0  # it is in the middle
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
    assert not path.exists()
    assert len(list(tmp_path.glob("*.filling"))) == 1
    opened(path).close()
    assert transactions(path) == 60
    assert list(tmp_path.glob("*.filling")) == []


def test_a_filling_that_fails_leaves_nothing_behind(tmp_path):
    def fail(done, total):
        raise OSError(28, "No space left on device")

    with pytest.raises(StateError, match="No space left"):
        opened(tmp_path / "state.db", rows=7000, progress=fail)
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


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def megabytes(rows):
        with making(tmp_path / f"{rows}.db", rows) as process:
            out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        return int(out.split("megabytes")[1])

    few = megabytes(10_000)
    many = megabytes(34_000)
    assert many < few + 40  # as Python's rows, the difference would be a good 100 MB
    assert many < 250


def test_the_default_state_is_made_within_a_second(tmp_path):
    begun = time.perf_counter()
    opened(tmp_path / "state.db", rows=None).close()
    assert time.perf_counter() - begun < 3  # three times what it may be, on a busy machine
