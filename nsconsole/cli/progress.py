"""How far long work is, told on the terminal of whoever waits for it."""

import sys
import time
from collections.abc import Callable
from typing import Self, TextIO

_PATIENCE = 1.0  # seconds without a word
_ERASE = "\r\x1b[K"


class Progress:
    """Says how many of how many are done, on one line of stderr that goes away at the end.

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
        if self._stream.isatty() and self._clock() - self._started > _PATIENCE:
            print(
                f"{_ERASE}{self._what}: {done:,} of {of:,}", end="", file=self._stream, flush=True
            )
            self._shown = True
