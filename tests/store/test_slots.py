"""Slots: one holder at a time among threads and processes, and none for the dead."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nsconsole.store.slots import Slots

HOLD = """
import sys
from pathlib import Path
from nsconsole.store.slots import Slots
slots = Slots(Path(sys.argv[1]))
held = {}
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "locks"


@pytest.fixture
def slots(folder):
    return Slots(folder)


@pytest.fixture
def process(folder):
    """Run code in a process of its own, which then stays; `told` is what it printed."""
    running = []

    def start(code):
        script = f"{HOLD}\n{code}\nprint('ready', flush=True)\nsys.stdin.read()"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        started = subprocess.Popen([sys.executable, "-c", script, str(folder)], **pipes)
        running.append(started)
        started.told = []
        while (line := started.stdout.readline()) != b"ready\n":
            assert line, "it died"
            started.told.append(line)
        return started

    yield start
    for each in running:
        each.kill()
        each.communicate(timeout=10)


def test_a_slot_has_one_holder(slots):
    held = slots.try_take("customer")
    assert held is not None
    assert slots.try_take("customer") is None
    assert slots.try_take("vendor") is not None


def test_a_slot_that_is_released_can_be_taken_again(slots):
    held = slots.try_take("customer")
    held.release()
    again = slots.try_take("customer")
    assert again is not None
    held.release()  # once more, and it is not the other one's that goes
    assert slots.try_take("customer") is None


def test_a_block_holds_a_slot_until_its_end_however_it_ends(slots):
    def fail():
        with slots.try_take("customer"):
            assert slots.try_take("customer") is None
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert slots.try_take("customer") is not None


def test_two_openings_of_a_folder_share_its_slots(slots, folder):
    held = slots.try_take("customer")
    assert Slots(folder).try_take("customer") is None
    held.release()
    assert Slots(folder).try_take("customer") is not None


def test_any_free_slot_of_a_number_is_given_and_no_more(slots):
    held = [slots.try_any("permit", 3) for _ in range(3)]
    assert [each.number for each in held] == [0, 1, 2]
    assert slots.try_any("permit", 3) is None
    held[1].release()
    assert slots.try_any("permit", 3) is not None
    assert slots.try_any("permit", 3) is None


def test_a_number_that_shrinks_lets_no_more_in_than_it_says(slots):
    held = [slots.try_any("permit", 4) for _ in range(4)]
    held[0].release()
    held[3].release()
    assert slots.try_any("permit", 1) is not None
    assert slots.try_any("permit", 1) is None
    assert slots.try_any("permit", 0) is None


def test_threads_exclude_one_another(slots):
    inside, most = 0, 0
    guard = threading.Lock()

    def enter(_):
        nonlocal inside, most
        held = slots.try_any("permit", 3)
        if held is None:
            return False
        with held:
            with guard:
                inside += 1
                most = max(most, inside)
            slots.is_waited_for("urgent")
            with guard:
                inside -= 1
        return True

    with ThreadPoolExecutor(16) as pool:
        entered = list(pool.map(enter, range(2000)))
    assert any(entered)
    assert most <= 3


def test_processes_exclude_one_another(slots, process):
    other = process("held['x'] = slots.try_take('customer'); assert held['x']")
    assert slots.try_take("customer") is None
    other.communicate(b"", timeout=10)
    assert slots.try_take("customer") is not None


def test_a_process_that_is_killed_holds_nothing_any_longer(slots, process):
    other = process(
        "held['x'] = [slots.try_take('customer'), slots.try_any('permit', 1)]\n"
        "held['w'] = slots.waiting('urgent'); held['w'].__enter__()"
    )
    assert slots.try_take("customer") is None
    assert slots.try_any("permit", 1) is None
    assert slots.is_waited_for("urgent")
    os.kill(other.pid, signal.SIGKILL)
    other.wait(10)
    assert slots.try_take("customer") is not None
    assert slots.try_any("permit", 1) is not None
    assert not slots.is_waited_for("urgent")


def test_a_program_that_a_dead_process_started_holds_none_of_its_slots(slots, process):
    other = process(
        "import subprocess\nheld['x'] = slots.try_take('customer')\n"
        "child = subprocess.Popen(['sleep', '30'], close_fds=False)\n"
        "print(child.pid, flush=True)"
    )
    other.kill()
    other.wait(10)
    assert slots.try_take("customer") is not None
    os.kill(int(other.told[0]), signal.SIGKILL)


def test_whoever_waits_is_seen_until_the_last_has_stopped(slots):
    assert not slots.is_waited_for("urgent")
    with slots.waiting("urgent"):
        assert slots.is_waited_for("urgent")
        with slots.waiting("urgent"):
            assert slots.is_waited_for("urgent")
        assert slots.is_waited_for("urgent")
        assert not slots.is_waited_for("other")
    assert not slots.is_waited_for("urgent")


def test_waiting_is_seen_by_other_processes(slots, process):
    with slots.waiting("urgent"):
        process("assert slots.is_waited_for('urgent')")
    process("assert not slots.is_waited_for('urgent')")


def test_whoever_waits_can_tell_whether_others_do(slots, process):
    with slots.waiting("urgent") as waiting:
        assert not waiting.has_company()
        with slots.waiting("other"), slots.waiting("urgent"):
            assert waiting.has_company()
        assert not waiting.has_company()
        process("held['w'] = slots.waiting('urgent'); held['w'].__enter__()")
        assert waiting.has_company()


def test_whoever_looked_for_company_is_still_seen(slots):
    with slots.waiting("urgent") as waiting:
        waiting.has_company()
        assert slots.is_waited_for("urgent")
        with slots.waiting("urgent"):
            waiting.has_company()
        assert slots.is_waited_for("urgent")


def test_many_threads_that_look_are_not_taken_for_waiting(slots):
    with ThreadPoolExecutor(16) as pool:
        assert not any(pool.map(lambda _: slots.is_waited_for("urgent"), range(2000)))


def test_the_folder_is_nobody_elses(slots, folder):
    held = slots.try_take("customer")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "customer").stat().st_mode & 0o777 == 0o600
    held.release()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".", "..", ".hidden", "a\0b", "a b"])
def test_a_slot_cannot_be_a_file_elsewhere(slots, name):
    with pytest.raises(ValueError, match="cannot be the name of a slot"):
        slots.try_take(name)


def test_taking_and_releasing_leaves_no_file_open(slots):
    def open_files():
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    for _ in range(50):
        with slots.try_take("customer"), slots.waiting("urgent"):
            assert slots.try_take("customer") is None
            assert slots.is_waited_for("urgent")
    assert open_files() == before
