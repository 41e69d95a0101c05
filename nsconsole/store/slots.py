"""Slots that one holder at a time may have, among all processes of a workspace.

Each is a lock on a file of its own, which the kernel gives back when its holder's process dies,
however it dies. The files stay: to remove one would let two holders lock two files of one name.
"""

import fcntl
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


@dataclass(slots=True)
class Held:
    """A slot that is held until it is released, or its block ends.

    `number` tells those of one prefix apart.
    """

    _descriptor: int | None
    number: int = 0

    def release(self) -> None:
        """Give the slot back; once more changes nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            _unlock(descriptor)

    def __enter__(self) -> "Held":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


@dataclass(slots=True)
class Waiting:
    """Somebody who waits under a name."""

    _descriptor: int

    def has_company(self) -> bool:
        """Tell whether others wait under the name too; now and then two miss one another."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)  # the attempt gave it up
        return False


@dataclass(slots=True)
class Slots:
    """The slots of a folder, which is made if need be and kept from other people.

    Names are of letters, digits, `_`, `-` and `.`; others raise ValueError. Each taking opens the
    file anew, so that threads exclude one another just as processes do.
    """

    folder: Path
    _asking: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def try_take(self, name: str) -> Held | None:
        """Take a slot; None if somebody holds it."""
        return self._lock(name, fcntl.LOCK_EX)

    def take(self, name: str) -> Held:
        """Take a slot as soon as nobody holds it."""
        descriptor = self._open(name)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except BaseException:
            os.close(descriptor)
            raise
        return Held(descriptor)

    def try_any(self, prefix: str, count: int) -> Held | None:
        """Take any of the slots `prefix`-0 … `prefix`-(count - 1); None if all are held."""
        for number in range(count):
            held = self.try_take(f"{prefix}-{number}")
            if held is not None:
                held.number = number
                return held
        return None

    @contextmanager
    def waiting(self, name: str) -> Iterator["Waiting"]:
        """Let all processes see, for the block, that somebody waits under a name."""
        descriptor = self._open(name)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)  # held up only by a look of somebody else
            yield Waiting(descriptor)
        finally:
            _unlock(descriptor)

    def is_waited_for(self, name: str) -> bool:
        """Tell whether anybody waits under a name.

        Now and then it says so because another process looks at the very same moment.
        """
        with self._asking:  # or the threads of this process would take one another for waiting
            held = self._lock(name, fcntl.LOCK_EX)
            if held is not None:
                held.release()
        return held is None

    def _lock(self, name: str, kind: int) -> Held | None:
        descriptor = self._open(name)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        return Held(descriptor)

    def _open(self, name: str) -> int:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a slot")
        return os.open(f"{self.folder}/{name}", os.O_RDWR | os.O_CREAT, 0o600)


def _unlock(descriptor: int) -> None:
    # Closing alone would leave the lock with a program that is just being started, for a moment.
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
