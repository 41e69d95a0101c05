"""Concurrency governance: one pool of calls for REST web services and RESTlets together.

Oracle, "Web Services and RESTlet Concurrency Governance" and "GovernanceLimits Operation".
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nsconsole.sandbox.behaviour import Behaviour


class PoolFullError(Exception):
    """As many calls are under way as the account, or its integration, may have."""


class Pool:
    """The calls under way; used from the event loop alone, so no lock is needed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._busy = 0
        self._peak = 0
        self._refused = 0

    @contextmanager
    def place(self, behaviour: Behaviour) -> Iterator[None]:
        """Hold a place in the pool for as long as the block lasts.

        Raises:
            PoolFullError: there is none.
        """
        if self._busy >= self._most(behaviour):
            self._refused += 1
            raise PoolFullError
        self._busy += 1
        self._peak = max(self._peak, self._busy)
        try:
            yield
        finally:
            self._busy -= 1

    def governance(self, behaviour: Behaviour) -> dict[str, object]:
        """What the governanceLimits operation answers; its form depends on the switch."""
        limits: dict[str, object] = {
            "accountConcurrencyLimit": self._limit,
            "accountUnallocatedConcurrencyLimit": self._limit,
        }
        if behaviour.governance == "integrationSpecific":
            most = self._most(behaviour)
            limits["accountUnallocatedConcurrencyLimit"] = self._limit - most
            limits["integrationConcurrencyLimit"] = most
        return {**limits, "integrationLimitType": behaviour.governance}

    def stats(self) -> dict[str, int]:
        """The account's limit, the most calls at once, and the calls refused for being too many."""
        return {"limit": self._limit, "peak": self._peak, "refused": self._refused}

    def _most(self, behaviour: Behaviour) -> int:
        """How many calls the integration may have under way: of an allocation one stays over."""
        if behaviour.governance != "integrationSpecific":
            return self._limit
        return max(1, min(behaviour.integration_concurrency, self._limit - 1))
