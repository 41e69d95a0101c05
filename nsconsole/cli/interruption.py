"""Ctrl-C as a wish: what is under way ends well, and a second Ctrl-C ends at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130
"""The exit code of what a person interrupted."""


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Give an event that a first Ctrl-C sets; a second one ends the process there and then.

    That is for work that loses nothing by it, and whose threads might wait for NetSuite long yet.
    """
    asked = threading.Event()

    def ask(*_: object) -> None:
        if asked.is_set():
            os._exit(INTERRUPTED)
        asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
