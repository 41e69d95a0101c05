"""What the machine itself does to a drainer: it is told truly, and nothing is lost or doubled."""

import contextlib
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from nsconsole.__main__ import main
from nsconsole.services.pushes.draining import drain
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from nsconsole.store import engine as store
from nsconsole.store.engine import DatabaseError
from tests.leases import take

from .truth import faults_at_the_end, faults_now
from .world import LEASE, change, world

MANY = 20
A_DAY, AN_HOUR = 86_400, 3_600
FULL = "PRAGMA max_page_count=1"  # SQLite takes it for as many pages as there are
READ_ONLY = "PRAGMA query_only=ON"  # the superuser may write a file that is read-only
IMPATIENT = "PRAGMA busy_timeout=50"  # milliseconds
HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def at(tmp_path, quick_hashes):
    """A world in which one call is made at a time, so that others do not get on meanwhile."""
    with world(tmp_path, concurrency=1) as made:
        yield made


@pytest.fixture
def approved(at):
    """Approved changes, at the true time, which the program's own process has too."""
    at.clock.advance((datetime.now(UTC) - at.clock()).total_seconds())
    return at.approve(*map(change, range(MANY)))


@pytest.fixture
def troubled(monkeypatch):
    """Have a PRAGMA of trouble on every connection that is made in a block."""

    @contextlib.contextmanager
    def for_a_while(pragma):
        configure = store._configure

        def configure_badly(connection, record):
            configure(connection, record)
            connection.execute(pragma)

        with monkeypatch.context() as patch:
            patch.setattr(store, "_configure", configure_badly)
            yield

    return for_a_while


@pytest.fixture
def run(at, monkeypatch, capsys):
    """Run a command in this process; give its exit code and all that it said."""
    for name, value in at.sandbox.environ.items():
        monkeypatch.setenv(name, value)

    def command(*words):
        code = main(["--home", str(at.home), *words])
        return code, "".join(capsys.readouterr())

    return command


@pytest.fixture
def goes_on(at):
    """Check that, once the trouble is over, each change is made once."""

    def check():
        at.clock.advance(LEASE)
        drain(at.workspace)
        assert faults_at_the_end(at) == []
        assert len(at.sandbox.ledger()) == MANY

    return check


@pytest.mark.parametrize(
    ("trouble", "told"), [(FULL, "the disk is full"), (READ_ONLY, "is read-only")]
)
def test_a_database_that_takes_nothing_is_told_and_nothing_is_sent(
    at, approved, troubled, run, goes_on, trouble, told
):
    with troubled(trouble):
        code, said = run("drain")
    assert code == 1
    assert told in said
    assert "nothing was changed" in said
    assert faults_now(at) == []
    goes_on()


def test_a_database_that_another_program_locks_can_be_read_and_is_waited_for(
    at, approved, troubled, run, goes_on
):
    path = str(at.workspace.database.path)
    holder = [sys.executable, "-c", HOLD_THE_LOCK, path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(holder, **pipes) as other, troubled(IMPATIENT):
        assert other.stdout.readline() == "locked\n"
        code, said = run("drain")
        assert (code, "locked by another program; nothing was changed" in said) == (1, True)
        code, said = run("queue")
        assert (code, said.count("queued")) == (0, MANY)
        other.communicate(timeout=30)
    assert at.sandbox.ledger() == []
    goes_on()


class TestBetweenTheAnswerAndItsRecord:
    """NetSuite has done it, and the workspace cannot take that down."""

    @pytest.fixture
    def after_the_answer(self, at):
        """Have something happen once NetSuite answered a write, and while no other is sent."""

        def order(happen):
            netsuite = at.workspace.netsuite()
            write = netsuite.write
            once, one_at_a_time = iter([happen]), threading.Lock()

            def watched(*arguments, **named):
                with one_at_a_time:
                    try:
                        return write(*arguments, **named)
                    finally:
                        next(once, lambda: None)()

            netsuite.write = watched

        return order

    @pytest.fixture
    def unsettled(self, at, approved, after_the_answer):
        """Drain while something happens after the first answer; give what was told."""

        def run(happen):
            after_the_answer(happen)
            with pytest.raises(DatabaseError) as told:
                drain(at.workspace)
            assert 0 < len(at.sandbox.ledger()) < MANY
            assert faults_now(at) == []
            return str(told.value)

        return run

    def test_the_disk_is_full(self, at, unsettled, goes_on):
        engine = at.workspace.database.engine

        def fill(connection):
            pages = connection.connection.driver_connection
            pages.execute(FULL)

        assert "the disk is full" in unsettled(lambda: event.listen(engine, "begin", fill))
        event.remove(engine, "begin", fill)
        at.workspace.database.close()  # its connections keep their limit
        goes_on()

    def test_another_program_locks_the_database(self, at, unsettled, troubled, goes_on):
        path = at.workspace.database.path
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        with contextlib.closing(other), troubled(IMPATIENT):
            at.workspace.database.close()  # so that all connections are new ones
            said = unsettled(lambda: other.execute("BEGIN IMMEDIATE"))
            assert "locked by another program" in said
            other.execute("ROLLBACK")
        at.workspace.database.close()
        goes_on()

    def test_the_machine_sleeps_for_an_hour_and_the_connection_is_cut(
        self, at, approved, after_the_answer, goes_on
    ):
        at.sandbox.fault("restlet", "drop_after", times=1, where={"contains": "values"})
        after_the_answer(lambda: at.clock.advance(AN_HOUR))
        assert "was cut" in drain(at.workspace).stopped
        assert 0 < len(at.sandbox.ledger()) < MANY
        assert faults_now(at) == []
        goes_on()

    def test_the_machine_sleeps_for_an_hour_and_another_drainer_woke_first(
        self, at, approved, after_the_answer, goes_on
    ):
        chosen = load_settings(at.sandbox.environ, home=at.home)
        other = open_workspace(chosen, environ=at.sandbox.environ, now=at.clock)

        def sleep():
            at.clock.advance(AN_HOUR)
            drain(other)

        with contextlib.closing(other):
            after_the_answer(sleep)
            drain(at.workspace)
        assert faults_at_the_end(at) == []
        goes_on()


class TestADatabaseThatIsTakenAway:
    @pytest.fixture
    def files(self, at):
        path = at.workspace.database.path
        return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]

    def test_nothing_is_sent_while_it_is_away_and_all_goes_on_when_it_is_back(
        self, at, approved, files, goes_on
    ):
        drain(at.workspace, limit=5)
        away = [file.rename(file.with_name(f"away-{file.name}")) for file in files]
        with pytest.raises(DatabaseError, match="moved, deleted or replaced"):
            drain(at.workspace)
        assert len(at.sandbox.ledger()) == 5
        for file, elsewhere in zip(files, away, strict=True):
            elsewhere.rename(file)
        goes_on()

    def test_nothing_is_sent_once_it_is_deleted(self, at, approved, files):
        for file in files:
            file.unlink()
        for _ in range(2):
            with pytest.raises(DatabaseError, match="moved, deleted or replaced"):
                drain(at.workspace)
        assert at.sandbox.ledger() == []


class TestAClockThatIsSetBackADay:
    def test_what_waits_for_its_next_attempt_or_for_the_breaker_goes(self, at, approved, goes_on):
        at.sandbox.fault("restlet", "error_503")
        assert drain(at.workspace, attended=False).waiting == MANY
        at.heal()
        at.clock.advance(-A_DAY)
        assert drain(at.workspace, attended=False).applied == MANY
        goes_on()

    def test_what_a_dead_drainer_had_goes(self, at, approved, goes_on):
        assert take(at.workspace, limit=5)
        at.clock.advance(-A_DAY)
        assert drain(at.workspace, attended=False).applied == MANY
        goes_on()
