"""The nonces that were used: each is good once for its timestamp."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from nsconsole.sandbox.logins import LoginRefusedError
from nsconsole.sandbox.logins.tba import WINDOW_SECONDS

if TYPE_CHECKING:
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.logins.tba import Login


class Nonces:
    """Known in memory, so that no login waits for the state, and kept in it over a restart.

    A process that is killed while the state is busy (a large load) forgets those used meanwhile.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._used: dict[int, set[tuple[str, str]]] = {}
        self._oldest = 0.0
        with database.write() as connection:
            rows = connection.execute("SELECT timestamp, token, nonce FROM sandbox_nonce")
            for timestamp, token, nonce in rows:
                self._used.setdefault(timestamp, set()).add((token, nonce))

    def spend(self, login: Login, now: float) -> None:
        """Use up the nonce of `login` at `now` (Unix seconds).

        Raises:
            LoginRefusedError: its token has used it with this timestamp before.
        """
        with self._lock:
            used = self._used.setdefault(login.timestamp, set())
            if (login.token, login.nonce) in used:
                raise LoginRefusedError("nonce_used")
            used.add((login.token, login.nonce))
            self._forget(int(now) - WINDOW_SECONDS)
        self._database.write_soon(
            "INSERT INTO sandbox_nonce VALUES (?, ?, ?)",
            (login.timestamp, login.token, login.nonce),
        )

    def _forget(self, oldest: int) -> None:
        """Let go of those from before `oldest`, whose timestamps are refused by now."""
        if oldest == self._oldest:
            return
        self._oldest = oldest
        for timestamp in [each for each in self._used if each < oldest]:
            del self._used[timestamp]
        self._database.write_soon("DELETE FROM sandbox_nonce WHERE timestamp < ?", (oldest,))
