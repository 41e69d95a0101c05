"""Waiting for what threads and other processes bring about."""

import time


def until(condition, *, seconds=30):
    """Wait until something is so, but not for ever."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
