"""A clock that several processes read and one sets; it stands still in between."""

import mmap
import struct
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
_SECONDS = struct.Struct("d")


class SharedClock:
    """A time kept in a file; calling it gives the time, aware and in UTC."""

    def __init__(self, path):
        path.touch()
        with path.open("r+b") as file:
            file.truncate(_SECONDS.size)
            self._memory = mmap.mmap(file.fileno(), _SECONDS.size)

    def __call__(self):
        return EPOCH + timedelta(seconds=_SECONDS.unpack(self._memory)[0])

    def advance(self, seconds):
        _SECONDS.pack_into(self._memory, 0, _SECONDS.unpack(self._memory)[0] + seconds)
