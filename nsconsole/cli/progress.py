"""How far long work is, told on the terminal of whoever waits for it."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import Self, TextIO

_PATIENCE = 1.0  # seconds without a word
_ERASE = "\r\x1b[K"


class Progress:
    """Says how far work is, on one line of stderr that goes away at the end.

    It stays silent for the first second, and when stderr is not a terminal.
    """

    def __init__(
        self,
        what: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        stream: TextIO | None = None,
    ) -> None:
        self._what = what
        self._clock = clock
        self._stream = stream or sys.stderr
        self._started = clock()
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away, if there is one."""
        if self._shown:
            print(_ERASE, end="", file=self._stream, flush=True)

    def __call__(self, done: int, of: int) -> None:
        """Tell that `done` of `of` are done."""
        self.tell(f"{done:,} of {of:,}")

    def tell(self, how_far: str) -> None:
        """Tell it in words."""
        if self._stream.isatty() and self._clock() - self._started > _PATIENCE:
            # A line that the terminal breaks could not be taken away again.
            line = f"{self._what}: {how_far}"[: shutil.get_terminal_size().columns - 1]
            print(f"{_ERASE}{line}", end="", file=self._stream, flush=True)
            self._shown = True
