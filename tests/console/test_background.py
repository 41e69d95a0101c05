"""The worker beside the screens: it obeys, is started again if it dies, and never outlives them."""

import os
import queue
import signal
import subprocess
import sys

import pytest

from nsconsole.background import BackgroundWorker
from nsconsole.services.pushes.listing import list_pushes
from nsconsole.services.sync.overview import overview
from nsconsole.services.sync.tiers import pause_tier, tiers
from tests.true_clock import TrueClock
from tests.waiting import until

SOON = 30  # seconds after which something is taken never to happen
SELDOM = "[drain]\nevery_seconds = 3600\n"


@pytest.fixture
def clock():
    return TrueClock()


@pytest.fixture
def environ(sandbox):
    return {"PATH": os.environ["PATH"], **sandbox.environ}


@pytest.fixture
def quiet(workspace, home):
    """The workspace, in which a worker does next to nothing unasked."""
    (home / "config.toml").write_text(SELDOM)
    for tier in tiers(workspace):
        pause_tier(workspace, tier.minutes, by="ada")
    return workspace


@pytest.fixture
def told():
    """What was told of workers that ended unasked."""
    return queue.SimpleQueue()


@pytest.fixture
def begin(home, environ, told):
    """Start a worker beside us."""
    begun = []

    def run():
        begun.append(BackgroundWorker(home, environ, told.put))
        begun[-1].start()
        until(lambda: begun[-1]._process)
        return begun[-1]

    yield run
    for one in begun:
        one.stop()


def _statuses(workspace):
    return [push.status for push in list_pushes(workspace)]


def _synced(workspace):
    return {line.name for line in overview(workspace).tables if line.synced_at}


def _works(home):
    return "works on" in _log(home)


def _log(home):
    file = home / "logs" / "worker.log"
    return file.read_text() if file.exists() else ""


def _is_alive(pid):
    """Whether a process lives that may be somebody else's child."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_drains_and_syncs_at_once_when_asked(begin, quiet, approved, home, sandbox):
    worker = begin()
    until(lambda: _works(home))
    approved()
    worker.drain_soon()
    worker.sync_soon(["contact"], full=True)
    until(lambda: _statuses(quiet) == ["applied"])
    until(lambda: "contact" in _synced(quiet))
    assert _synced(quiet) <= {"contact", "deletedrecord"}
    assert len(sandbox.ledger()) == 1


def test_one_that_is_killed_is_started_again_and_that_is_told(begin, quiet, approved, told):
    worker = begin()
    first = worker._process
    first.kill()
    assert told.get(timeout=SOON) == (
        "What works beside the screens ended and is started again: signal 9"
    )
    approved()
    until(lambda: worker.drain_soon() or _statuses(quiet) == ["applied"])
    assert worker._process.pid != first.pid


def test_what_keeps_it_from_starting_is_told_in_its_own_words(begin, workspace, home, told):
    (home / "config.toml").write_text("colour = 'red'")
    begin()
    assert "config.toml" in told.get(timeout=SOON)


def test_it_ends_when_it_is_told_to(begin, quiet, home, told):
    worker = begin()
    until(lambda: _works(home))
    worker.stop()
    assert worker._process.returncode == 0
    assert told.empty()
    assert _log(home).rstrip().endswith("ending")


def test_it_ends_with_whoever_started_it_however_that_ends(quiet, home, environ):
    code = f"""
import sys, time
from pathlib import Path
from nsconsole.background import BackgroundWorker
worker = BackgroundWorker(Path({str(home)!r}), {environ!r}, print)
worker.start()
while not worker._process: time.sleep(0.01)
print(worker._process.pid, flush=True)
time.sleep(600)
"""
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with starter:
        pid = int(starter.stdout.readline())
        until(lambda: _works(home))
        assert _is_alive(pid)
        starter.send_signal(signal.SIGKILL)
    until(lambda: not _is_alive(pid))


def test_it_takes_no_module_from_the_folder_it_is_started_in(
    begin, quiet, home, tmp_path, monkeypatch
):
    (tmp_path / "json.py").write_text("raise SystemExit('not the json that was meant')")
    monkeypatch.chdir(tmp_path)
    begin()
    until(lambda: _works(home))


def test_to_stop_it_before_its_start_is_to_have_none(home, environ, told):
    worker = BackgroundWorker(home, environ, told.put)
    worker.drain_soon()
    worker.stop()
    worker.start()
    worker.stop()
    assert worker._process is None
