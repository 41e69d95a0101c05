"""The governor: how many calls this workspace has under way at NetSuite, all processes together.

A permit is a lock on one of some numbered files, which the kernel takes back from a process that
dies. How many there are is in the database: no more than the account takes, half as many after a
refusal for too many calls at once, and one more for each minute without another.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.sync.log import Level, note
from nsconsole.store import governor as store
from nsconsole.store.engine import Database
from nsconsole.store.slots import Held, Slots

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

_USUAL = 5  # calls at once that NetSuite's smallest service tier takes
_PERMIT, _URGENT = "permit", "urgent"
_KNOWN_FOR = 1.0  # seconds until the database is asked again how many there are
_LOOK = 0.02  # seconds between looks for a permit that another process gave back
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
        self._given_back = threading.Condition()
        self._in_use = 0
        self._returns = 0  # permits that were given back so far
        # Of all threads that wait one looks: each look opens files.
        self._looking = {True: threading.Lock(), False: threading.Lock()}
        self._known = 0
        self._known_at = float("-inf")

    @contextmanager
    def permit(self, *, urgent: bool) -> Iterator[None]:
        """Hold a permit for one call; an urgent one goes before all that are not."""
        with self._looking[urgent]:
            held = (
                self._take_urgently() if urgent else self._take(lambda: not self._others_are_urgent)
            )
        with self._given_back:
            self._in_use += 1
        try:
            with held:
                yield
        except NetSuiteError as error:
            if error.outcome is Outcome.OVERLOAD:
                self._shrink()
            raise
        finally:
            with self._given_back:
                self._in_use -= 1
                self._returns += 1
                self._given_back.notify()

    def _take_urgently(self) -> Held:
        with self._slots.waiting(_URGENT):
            return self._take(lambda: True)

    @property
    def _others_are_urgent(self) -> bool:
        return self._slots.is_waited_for(_URGENT)

    def _take(self, may: Callable[[], bool]) -> Held:
        while True:
            returns = self._returns
            held = self._slots.try_any(_PERMIT, self.size()) if may() else None
            if held:
                return held
            with self._given_back:
                if self._returns == returns:  # none was given back while we looked
                    seconds = random.uniform(_LOOK / 2, _LOOK)  # noqa: S311 - no secret
                    self._given_back.wait(seconds)

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
