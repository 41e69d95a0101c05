"""The screens' event loop, which goes before the threads that read for them.

Python lets one thread at a time work. Another that wants its turn is given it after the switch
interval, or as soon as the one at work waits for something or only looks whether anything came in.
A loop looks at each round, and a key takes it a dozen rounds: while threads read what a pull has
changed, as many turns of theirs would come before the next frame.
"""

import asyncio
import selectors
import sys
import time

_OURS = 0.01  # seconds that the screens work before others get a turn
_THEIRS = 0.0005  # … that others work before the screens get theirs, when something comes in
_LOOK = 0.005  # … that the screens work before they look whether anything came in


class _Selector(selectors.DefaultSelector):
    """Waits for input as any does, but hardly looks for it while there is other work."""

    def __init__(self) -> None:
        super().__init__()
        self._looked = float("-inf")
        self._interval = sys.getswitchinterval()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Give what came in within `timeout` seconds; 0 means that there is other work."""
        if timeout is not None and timeout <= 0 and time.monotonic() - self._looked < _LOOK:
            return []
        sys.setswitchinterval(_THEIRS)
        came = super().select(timeout)
        sys.setswitchinterval(_OURS)
        self._looked = time.monotonic()
        return came

    def close(self) -> None:
        """Close it, and let threads take turns as before."""
        super().close()
        sys.setswitchinterval(self._interval)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Make a loop for the screens."""
    return asyncio.SelectorEventLoop(_Selector())
