"""The governor: how many calls this workspace has under way at NetSuite, all processes together.

A permit is a lock on one of some numbered files, which the kernel takes back from a process that
dies. Threads of one process hand their permits on, and now and then leave one to other processes
that wait. How many there are is in the database: no more than the account takes, half as many after
a refusal for too many calls at once, and one more for each minute without another.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.sync.log import Level, note
from nsconsole.store import governor as store
from nsconsole.store.engine import Database
from nsconsole.store.slots import Held, Slots, Waiting

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

_USUAL = 5  # calls at once that NetSuite's smallest service tier takes
_PERMIT, _URGENT, _PATIENT = "permit", "urgent", "patient"
_KNOWN_FOR = 1.0  # seconds until the database is asked again how many there are
_LOOK = 0.02  # seconds between looks for a permit that another process gave back
_SHARES_EACH = 0.1  # seconds between permits that are left to other processes, where they wait
_HEAD_START = 0.0015  # seconds, for the next call to be sent before the last one is seen to
# NetSuite tells its limits to administrators only. Nobody knows how it refuses others; if a login
# is really refused, the next call will say so.
_REFUSALS = (Outcome.PERMANENT, Outcome.UNAUTHORIZED)
_GROWS_AFTER = timedelta(seconds=60)
_ONE_MOMENT = timedelta(seconds=2)  # in which several refusals count as one
_ASKED_AGAIN_AFTER = timedelta(days=1)


class Governor:
    """Hands out permits to any thread; `size` is the operator's, None leaves it to NetSuite."""

    def __init__(
        self,
        database: Database,
        slots: Slots,
        *,
        account: str,
        size: int | None,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._slots = slots
        self._account = account
        self._set = size
        self._now = now
        self._lock = threading.Lock()
        self._in_use = 0
        # Of all threads that wait one looks, for each look opens files; it has permits handed on.
        self._looking = {True: threading.Lock(), False: threading.Lock()}
        self._looks: dict[bool, SimpleQueue[Held]] = {}
        self._shared_at = float("-inf")
        self._known = 0
        self._known_at = float("-inf")

    @contextmanager
    def permit(self, *, urgent: bool) -> Iterator[None]:
        """Hold a permit for one call; an urgent one goes before all that are not."""
        with self._looking[urgent]:
            held = self._look(urgent) or self._wait(urgent)
        with self._lock:
            self._in_use += 1
        try:
            yield
        except NetSuiteError as error:
            if error.outcome is Outcome.OVERLOAD:
                self._shrink()
            raise
        finally:
            with self._lock:
                self._in_use -= 1
            self._give_back(held)

    def _look(self, urgent: bool) -> Held | None:
        if not self.idle() or (not urgent and self._slots.is_waited_for(_URGENT)):
            return None
        return self._slots.try_any(_PERMIT, self.size())

    def _wait(self, urgent: bool) -> Held:
        name = _URGENT if urgent else _PATIENT
        with self._handed_on(urgent) as handed, self._slots.waiting(name) as waiting:
            held = self._look(urgent)
            while held is None:
                try:
                    seconds = random.uniform(_LOOK / 2, _LOOK)  # noqa: S311 - no secret
                    held = self._kept(handed.get(timeout=seconds), urgent, waiting)
                except Empty:
                    held = self._look(urgent)
            return held

    @contextmanager
    def _handed_on(self, urgent: bool) -> "Iterator[SimpleQueue[Held]]":
        """Have permits that are given back here put into a queue, for the block."""
        handed: SimpleQueue[Held] = SimpleQueue()
        with self._lock:
            self._looks[urgent] = handed
        try:
            yield handed
        finally:
            with self._lock:
                del self._looks[urgent]
            while not handed.empty():
                self._give_back(handed.get())

    def _give_back(self, held: Held) -> None:
        """Hand a permit on to a thread that waits here, or let any process have it."""
        with self._lock:
            handed = self._looks.get(True) or self._looks.get(False)
            if handed:
                handed.put(held)
        if handed:
            time.sleep(_HEAD_START)  # both want the interpreter
        else:
            held.release()

    def _kept(self, held: Held, urgent: bool, waiting: Waiting) -> Held | None:
        """Keep a permit that was handed on, or give it back if it is others' or one too many."""
        keeps = False
        try:
            others_first = not urgent and self._slots.is_waited_for(_URGENT)
            too_many = held.number >= self.size()
            keeps = not others_first and not too_many and not self._shares(waiting)
        finally:
            if not keeps:
                held.release()
        return held if keeps else None

    def _shares(self, waiting: Waiting) -> bool:
        """Whether it is time to leave one to other processes, that find none but by looking."""
        now = time.monotonic()
        if now - self._shared_at < _SHARES_EACH:
            return False
        self._shared_at = now
        return waiting.has_company()

    def idle(self) -> int:
        """How many more calls could be under way just now, other processes' calls left aside."""
        return max(self.size() - self._in_use, 0)

    def size(self) -> int:
        """How many calls may be under way just now."""
        if time.monotonic() - self._known_at > _KNOWN_FOR:
            self._known = self._read()
            self._known_at = time.monotonic()
        return self._known

    def _read(self) -> int:
        with self._database.reading() as connection:
            pool = store.get(connection, self._account)
        if pool is None or (self._set and pool.size != self._set):
            return self._set or _USUAL
        now = self._now()
        if pool.limit < pool.size and now - pool.changed_at >= _GROWS_AFTER:
            with self._database.writing() as connection:
                store.grow(connection, self._account, at=now, quiet_since=now - _GROWS_AFTER)
                pool = store.get(connection, self._account) or pool
        return pool.limit

    def _shrink(self) -> None:
        now = self._now()
        with self._database.writing() as connection:
            if store.get(connection, self._account) is None:
                self._note_size(connection, self._set or _USUAL, "assumed")
            if store.shrink(connection, self._account, at=now, quiet_since=now - _ONE_MOMENT):
                pool = store.get(connection, self._account)
                limit = pool.limit if pool else 1
                note(connection, now, Level.WARNING, "overload", detail={"limit": limit})
        self._known_at = float("-inf")

    def learn(self, netsuite: "NetSuite") -> None:
        """Find out how many calls NetSuite takes at once, if that was not asked of late.

        Raises NetSuiteError if it does not answer.
        """
        with self._database.reading() as connection:
            pool = store.get(connection, self._account)
        if self._set:
            known = pool is not None and pool.size == self._set
        else:
            known = pool is not None and self._now() - pool.changed_at < _ASKED_AGAIN_AFTER
        if known:
            return
        size, source = (self._set, "config.toml") if self._set else _ask(netsuite)
        with self._database.writing() as connection:
            self._note_size(connection, size, source)
        self._known_at = float("-inf")

    def _note_size(self, connection: Connection, size: int, source: str) -> None:
        store.learn(connection, self._account, size=size, source=source, at=self._now())


def _ask(netsuite: "NetSuite") -> tuple[int, str]:
    try:
        return max(netsuite.governance().usable, 1), "governanceLimits"
    except NetSuiteError as error:
        if error.outcome not in _REFUSALS:
            raise
        return _USUAL, "assumed"
