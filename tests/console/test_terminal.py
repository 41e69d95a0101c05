"""The real program on a real terminal: what it paints, and how it leaves the terminal behind."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path

import pyte
import pytest

from tests.true_clock import TrueClock

WAIT = 30  # seconds after which the program is taken to hang
_GREYS = {16, 59, 102, 145, 188, 231, *range(232, 256)}
CRASH = """
from nsconsole.console import app

class Crashing(app.NsConsole):
    def key_x(self):
        secret = "the edit token in a local variable"
        raise RuntimeError("a mistake in the code")

app.NsConsole = Crashing
"""
NOISE = """
import logging, sys, threading, warnings
from nsconsole.console import app

class Noisy(app.NsConsole):
    def key_x(self):
        logging.getLogger("noise").error("NOISE of a logger")
        warnings.warn("NOISE of a warning")
        print("NOISE of a print", file=sys.stderr)
        threading.Thread(target=lambda: 1 / 0, name="NOISE of a thread").start()

app.NsConsole = Noisy
"""


@pytest.fixture
def clock():
    return TrueClock()


class Terminal:
    """A program on a pseudo terminal of 80 columns and 24 lines, and what it shows."""

    def __init__(self, command, environ):
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self._slave)
        self.raw = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        ends = dict.fromkeys(("stdin", "stdout", "stderr"), self._slave)
        self.process = subprocess.Popen(command, env=environ, start_new_session=True, **ends)

    @property
    def shows(self):
        return "\n".join(self._screen.display)

    def press(self, keys):
        os.write(self._master, keys.encode())

    def until(self, text):
        """Read until a text stands on the screen."""
        self._read_until(lambda: text in self.shows)

    def until_gone(self, text):
        """Read until a text no longer stands on the screen."""
        self._read_until(lambda: text not in self.shows)

    def until_ready(self):
        """Read until there are proposals, and somebody who may decide them."""
        self.until("Vendor 42 Acme")
        self.until("ada (admin)")

    def _read_until(self, condition):
        deadline = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain:\n{self.shows}"
            self._read(0.1)

    def _read(self, patience):
        if not select.select([self._master], [], [], patience)[0]:
            return False
        data = os.read(self._master, 65536)
        self.raw += data
        self._stream.feed(data)
        return True

    def end(self):
        """Read until the program ended; give its exit code and the seconds that it took."""
        began = time.monotonic()
        self._read_until(lambda: self.process.poll() is not None)
        while self._read(0):
            pass
        return self.process.returncode, time.monotonic() - began

    def is_restored(self):
        """Whether the terminal is as it was: its modes, its own screen, cursor, mouse and paste."""
        modes = {mode: self._last(mode) for mode in (1049, 25, 1000, 1003, 1006, 2004)}
        wanted = dict.fromkeys(modes, b"l") | {25: b"h"}
        return modes == wanted and termios.tcgetattr(self._slave) == self.before

    def _last(self, mode):
        """How a private mode was last set: h is on, l is off."""
        found = {self.raw.rfind(b"\x1b[?%d%s" % (mode, how)): how for how in (b"h", b"l")}
        return found[max(found)]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def environ(sandbox, workspace, home):
    """The environment of ada, an admin of the workspace."""
    from nsconsole.services.operators import first_operator

    _, token = first_operator(workspace, "ada", login="ada")
    kept = {name: os.environ[name] for name in ("PATH", "PYTHON_KEYRING_BACKEND", "TZ")}
    return {
        **kept,
        **sandbox.environ,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "HOME": str(home.parent),
        "NSCONSOLE_HOME": str(home),
        "NSCONSOLE_OPERATOR": "ada",
        "NSCONSOLE_EDIT_TOKEN": token,
    }


@pytest.fixture
def start(environ):
    """Start the program, after some lines of Python if any are given."""
    opened = []

    def run(before="", **more):
        code = f"import sys\n{before}\nfrom nsconsole.__main__ import main\nsys.exit(main([]))"
        opened.append(Terminal([sys.executable, "-c", code], environ | more))
        return opened[-1]

    yield run
    for terminal in opened:
        terminal.close()


@pytest.fixture
def log(home):
    return (home / "logs" / "nsconsole.log").read_text


def test_two_keystrokes_apply_a_change_and_quitting_restores_the_terminal(
    start, stage, vendor, sandbox
):
    stage(vendor)
    terminal = start()
    terminal.until_ready()
    terminal.press("a")
    terminal.until("Approve this change?")
    terminal.press("y")
    terminal.until("✓ applied")
    assert [change["fields"] for change in sandbox.ledger()] == [{"cost": 12.5}]
    terminal.press("q")
    assert terminal.end()[0] == 0
    assert terminal.is_restored()


def test_keys_that_arrive_in_one_burst_ask_once_and_decide_nothing(start, stage, vendor, sandbox):
    stage(vendor)
    terminal = start()
    terminal.until_ready()
    terminal.press("aaaaaaaa")
    terminal.until("Approve this change?")
    terminal.press("\x1b")
    terminal.until_gone("Approve this change?")
    terminal.press("q")
    assert terminal.end()[0] == 0
    assert sandbox.ledger() == []


def test_a_polite_signal_restores_the_terminal_and_is_told_by_the_exit_code(start):
    terminal = start()
    terminal.until("Nothing waits for a decision.")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end()[0] == 143
    assert terminal.is_restored()


def test_a_terminal_that_went_away_ends_the_program_at_once(start):
    terminal = start()
    terminal.until("Nothing waits for a decision.")
    terminal.process.send_signal(signal.SIGHUP)
    code, seconds = terminal.end()
    assert code == 129
    assert seconds < 2


def test_a_crash_restores_the_terminal_and_keeps_its_details_in_the_log(start, log, environ):
    terminal = start(CRASH)
    terminal.until("Nothing waits for a decision.")
    terminal.press("x")
    assert terminal.end()[0] == 1
    assert terminal.is_restored()
    said = terminal.raw.decode().rpartition("\x1b[?1049l")[2]
    assert "nsconsole met an error that it did not expect" in said
    for unwanted in ("Traceback", "RuntimeError", "edit token", "locals"):
        assert unwanted not in said
    assert "RuntimeError: a mistake in the code" in log()
    assert "Traceback" in log()
    assert environ["NSCONSOLE_EDIT_TOKEN"] not in log() + said


def test_nothing_is_written_over_the_screen(start, log):
    terminal = start(NOISE)
    terminal.until("Nothing waits for a decision.")
    terminal.press("x?")
    terminal.until("Keys")
    terminal.press("qq")
    assert terminal.end()[0] == 0
    assert b"NOISE" not in terminal.raw
    assert b"ZeroDivisionError" not in terminal.raw
    for kept in ("NOISE of a logger", "NOISE of a warning", "ZeroDivisionError"):
        assert kept in log()


def test_leaving_does_not_wait_for_a_slow_netsuite(
    start, stage, vendor, workspace, seeded_state, tmp_path, clock
):
    from nsconsole.sandbox.server import Options, running
    from nsconsole.services.pushes.listing import list_pushes
    from nsconsole.services.sync import tiers

    for tier in tiers.tiers(workspace):  # their calls would wait for the slow NetSuite, too
        tiers.pause_tier(workspace, tier.minutes, by="ada")
    stage(vendor)
    state = tmp_path / "slow.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, now=clock, latency_ms=20_000)) as slow:
        terminal = start(NSCONSOLE_NETSUITE_URL=slow.url)
        terminal.until_ready()
        terminal.press("a")
        terminal.until("Approve this change?")
        terminal.press("y")
        terminal.until("in flight")
        terminal.press("q")
        code, seconds = terminal.end()
    assert code == 0
    assert seconds < 5
    (push,) = list_pushes(workspace)
    assert push.status == "in_flight"  # its lease runs out, and it is asked again


def test_leaving_at_once_is_possible_before_the_workspace_is_open(start):
    terminal = start()
    terminal.until("nsconsole")
    terminal.press("q")
    code, seconds = terminal.end()
    assert (code, terminal.is_restored()) == (0, True)
    assert seconds < 5


def test_every_screen_can_be_used_without_colour(start, stage, vendor):
    stage(vendor)
    terminal = start(NO_COLOR="1")
    terminal.until("10.00 ✓")
    terminal.until_ready()
    colours = {int(colour) for colour in re.findall(rb"[34]8;5;(\d+)", terminal.raw)}
    assert colours <= _GREYS
    for mark in ("▌", " med "):
        assert mark in terminal.shows
    terminal.press(" a")
    terminal.until("Approve this change?")
    terminal.press("y")
    terminal.until("✓ applied")
    terminal.press("q")
    assert terminal.end()[0] == 0


def test_a_worker_that_dies_is_told_of_and_another_takes_its_place(start, stage, vendor):
    stage(vendor)
    terminal = start()
    terminal.until_ready()
    (worker,) = _children(terminal.process.pid)
    os.kill(worker, signal.SIGKILL)
    terminal.until("signal 9")
    terminal.press("a")
    terminal.until("Approve this change?")
    terminal.press("y")
    terminal.until("✓ applied")
    assert worker not in _children(terminal.process.pid)
    terminal.press("q")
    assert terminal.end()[0] == 0


def _children(pid):
    """The processes that a process has started; waits for the first."""
    deadline = time.monotonic() + WAIT
    while not (found := _listed_children(pid)):
        assert time.monotonic() < deadline, "there is none"
        time.sleep(0.05)
    return found


def _listed_children(pid):
    with suppress(OSError):  # a thread that ends while it is asked
        lists = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")]
        return [int(child) for child in " ".join(lists).split()]
    return []


def test_without_a_terminal_it_says_what_to_do(environ):
    done = subprocess.run(
        [sys.executable, "-m", "nsconsole"],
        env=environ,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=WAIT,
        check=False,
    )
    assert done.returncode == 2
    assert b"need a terminal" in done.stderr
    assert done.stdout == b""


def test_a_decision_in_one_console_appears_in_another_within_a_second(start, stage, vendor):
    stage(vendor)
    here, there = start(), start()
    for terminal in (here, there):
        terminal.until_ready()
        terminal.until("ada (admin)")
    here.press("r")
    here.until("Reject this change?")
    here.press("No.\r")
    here.until("✗ rejected")
    began = time.monotonic()
    there.until("✗ rejected")
    assert time.monotonic() - began < 1


def test_a_workspace_of_a_later_version_shows_its_reason_and_no_proposals(
    start, stage, vendor, workspace
):
    stage(vendor)
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    terminal = start()
    terminal.until("newer than this nsconsole")
    assert "The workspace cannot be opened" in terminal.shows
    assert "Vendor 42" not in terminal.shows
    terminal.press("q")
    assert terminal.end()[0] == 0
