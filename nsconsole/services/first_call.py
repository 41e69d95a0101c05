"""The first call of a process: alone, so that credentials that are refused are refused once.

Five refused logins lock the account for everybody. When several threads and processes begin at the
same moment, each finds the link as it was and calls; here they go one after another until NetSuite
has taken the login, and whoever waited while it was refused does not call at all.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.governance import Permits
from nsconsole.store import link
from nsconsole.store.engine import Database
from nsconsole.store.slots import Slots

_LOGIN = "login"
_LOOK = 0.02  # seconds


class FirstCall:
    """Stands before the permits of a process; `on_refusal` is to note a refused login."""

    def __init__(
        self,
        permits: Permits,
        *,
        database: Database,
        slots: Slots,
        account: str,
        on_refusal: Callable[[NetSuiteError], None],
    ) -> None:
        self._permits = permits
        self._database = database
        self._slots = slots
        self._account = account
        self._on_refusal = on_refusal
        self._taken = False

    @contextmanager
    def permit(self, *, urgent: bool) -> Iterator[None]:
        """Hold a permit for one call.

        Raises NetSuiteError instead if the login was refused to somebody else meanwhile.
        """
        if self._taken:
            with self._permits.permit(urgent=urgent):
                yield
            return
        with self._alone(), self._permits.permit(urgent=urgent):
            try:
                yield
            except NetSuiteError as error:
                if error.outcome is Outcome.UNAUTHORIZED:
                    self._on_refusal(error)
                else:
                    self._taken = error.status is not None
                raise
            self._taken = True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        before = self._refusal()
        held = self._slots.try_take(_LOGIN)
        while held is None:
            if self._taken:
                yield
                return
            time.sleep(_LOOK)
            held = self._slots.try_take(_LOGIN)
        with held:
            refusal = self._refusal()
            if refusal and refusal != before:
                raise NetSuiteError(Outcome.UNAUTHORIZED, refusal)
            yield

    def _refusal(self) -> str:
        with self._database.reading() as connection:
            row = link.get(connection, self._account)
        return row.detail if row and row.state == "refused" else ""
