"""The screens' loop goes before other threads, and starves nobody."""

import asyncio
import socket
import sys
import threading

import pytest

from nsconsole.console.event_loop import new_event_loop


@pytest.fixture(autouse=True)
def interval():
    """Give the turns of threads as they are outside of any loop."""
    before = sys.getswitchinterval()
    yield before
    sys.setswitchinterval(before)


@pytest.fixture
def run():
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        yield runner.run


def test_the_screens_work_longer_than_they_wait_for_their_turn(run):
    seen = {}

    def look(waited):
        while sys.getswitchinterval() >= seen["at work"] and not waited.is_set():
            pass
        seen["waiting"] = sys.getswitchinterval()
        waited.set()

    async def work():
        seen["at work"] = sys.getswitchinterval()
        waited = threading.Event()
        threading.Thread(target=look, args=(waited,), daemon=True).start()
        await asyncio.to_thread(waited.wait, 30)

    run(work())
    assert seen["at work"] >= 10 * seen["waiting"]


def test_what_comes_in_is_seen_though_there_is_always_work(run):
    ours, theirs = socket.socketpair()

    async def work():
        came = asyncio.Event()
        asyncio.get_running_loop().add_reader(ours, came.set)
        theirs.send(b"a key")
        while not came.is_set():  # each round begins with another piece of work to do
            await asyncio.sleep(0)

    with ours, theirs:
        run(asyncio.wait_for(work(), 30))


def test_work_is_done_without_a_look_at_each_round(run, monkeypatch):
    looks = []

    async def work():
        selector = asyncio.get_running_loop()._selector
        poll = type(selector).__mro__[1].select
        monkeypatch.setattr(
            type(selector).__mro__[1], "select", lambda *a: looks.append(1) or poll(*a)
        )
        for _ in range(2_000):
            await asyncio.sleep(0)

    run(work())
    assert len(looks) < 1_000


def test_another_thread_wakes_the_loop_at_once(run):
    async def work():
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        threading.Timer(0.01, loop.call_soon_threadsafe, [woken.set]).start()
        await asyncio.wait_for(woken.wait(), 30)

    run(work())


def test_turns_are_as_before_when_the_screens_have_closed(interval):
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(asyncio.sleep(0))
    assert sys.getswitchinterval() == interval
