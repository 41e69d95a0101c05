"""A terminal to measure with: a real process, and the screen that a person would see."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pyte

# What a program asks a terminal at its start, and what one would answer; else it waits for it.
_ANSWERS = (
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[?u", b"\x1b[?0u"),
    (b"\x1b[6n", b"\x1b[1;1R"),
)
_FRAME_END = b"\x1b[?2026l"
_UNKNOWN = re.compile(
    rb"\x1b\[[?>=<][0-9;]*(?:\$p|[cu])|\x1b\[>[0-9;]*[mqp]|\x1b\[[0-9;]* q|\x1b\[[0-9;]*t"
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP.*?\x1b\\",
    re.DOTALL,
)


class Terminal:
    """A program that runs in a terminal of some size. Times are seconds on the monotonic clock."""

    def __init__(self, argv, *, columns=120, rows=40, environ=None):
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.started = self._came = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ.update(
                {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | (environ or {})
            )
            os.execvp(argv[0], argv)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)

    @property
    def text(self):
        return "\n".join(self._screen.display)

    def _read(self, patience):
        """Take what came; give whether a frame ended in it, or None if nothing came."""
        if not select.select([self._fd], [], [], patience)[0]:
            return None
        self._came = time.perf_counter()  # what the emulator does with it is not the program's
        data = os.read(self._fd, 1 << 18)
        for question, answer in _ANSWERS:
            if question in data:
                os.write(self._fd, answer)
        self._stream.feed(_UNKNOWN.sub(b"", data))
        return _FRAME_END in data

    def until(self, shown, limit=30.0):
        """Wait until the screen shows a text; give the seconds since the program's start."""
        while time.perf_counter() - self.started < limit:
            self._read(0.5)
            if shown in self.text:
                return time.perf_counter() - self.started
        raise TimeoutError(f"{shown!r} never came:\n{self.text}")

    def quiet(self, gap=0.3, limit=10.0):
        """Wait until nothing was painted for `gap` seconds."""
        end = time.perf_counter() + limit
        while time.perf_counter() < end and self._read(gap) is not None:
            pass

    def press(self, key, until=None, limit=5.0):
        """Press a key; give the seconds to the end of the next frame, or until a text is shown."""
        self.quiet(0.05)
        begin = time.perf_counter()
        os.write(self._fd, key.encode())
        while time.perf_counter() - begin < limit:
            framed = self._read(limit)
            if framed if until is None else until in self.text:
                return self._came - begin
        raise TimeoutError(f"no frame after {key!r}:\n{self.text}")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)
