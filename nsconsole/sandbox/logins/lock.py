"""The lock: after some failed logins in a row every login is refused for half an hour.

NetSuite locks a user out for thirty minutes and writes `temporary_locked` into its audit trail.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nsconsole.sandbox.logins import LoginRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nsconsole.sandbox.behaviour import Switches
    from nsconsole.sandbox.database import Database

LOCKED_SECONDS = 30 * 60


class Lock:
    """The failed logins in a row; kept in the state, so that a restart opens nothing.

    How many lock is the switch `lock_after`. Times are Unix seconds of the sandbox's clock.
    """

    def __init__(self, database: Database, switches: Switches) -> None:
        self._database = database
        self._switches = switches
        self._mutex = threading.Lock()
        with database.write() as connection:
            row = connection.execute("SELECT failures, until FROM sandbox_lock").fetchone()
        self._failures: int = row["failures"] if row else 0
        self._until: float = row["until"] if row else 0.0

    @contextmanager
    def attempt(
        self, now: float, names_user: Callable[[], bool], *, error: str | None = None
    ) -> Iterator[None]:
        """The block is one login: it succeeds if it ends, and fails by a LoginRefusedError.

        A failure counts if `names_user`: a request that tells of no known token or certificate is
        nobody's login. `error` is what OAuth 2.0 calls a refusal by the lock.

        Raises:
            LoginRefusedError: the account is locked; the block did not run.
        """
        if self._switches.current.lock_after and now < self._until:
            raise LoginRefusedError("temporary_locked", error=error)
        try:
            yield
        except LoginRefusedError:
            if names_user():
                self._failed(now)
            raise
        if self._failures:
            with self._mutex:
                self._remember(0, self._until)

    def _failed(self, now: float) -> None:
        with self._mutex:
            failures, until = self._failures + 1, self._until
            most = self._switches.current.lock_after
            if most and failures >= most:
                failures, until = 0, now + LOCKED_SECONDS
            self._remember(failures, until)

    def _remember(self, failures: int, until: float) -> None:
        self._failures, self._until = failures, until
        self._database.write_soon(
            "INSERT OR REPLACE INTO sandbox_lock (rowid, failures, until) VALUES (1, ?, ?)",
            (failures, until),
        )
