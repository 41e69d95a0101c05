"""The first call of a process: alone, so that credentials that are refused are refused once.

Five refused logins lock the account for everybody. When several threads and processes begin at the
same moment, each finds the link as it was and calls; here they go one after another until NetSuite
has taken the login, and whoever waited while it was refused does not call at all.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.governance import Permits
from nsconsole.store.slots import Slots

_LOGIN = "login"


class FirstCall:
    """Stands before the permits of a process.

    `refusal` gives what any process was told when the login was refused, or nothing; `on_refusal`
    is to note a refused login.
    """

    def __init__(
        self,
        permits: Permits,
        *,
        slots: Slots,
        refusal: Callable[[], str],
        on_refusal: Callable[[NetSuiteError], None],
    ) -> None:
        self._permits = permits
        self._slots = slots
        self._refusal = refusal
        self._on_refusal = on_refusal
        self._proven = threading.Event()  # NetSuite took the login

    @contextmanager
    def permit(self, *, urgent: bool) -> Iterator[None]:
        """Hold a permit for one call. Raises NetSuiteError instead if the login is refused."""
        while self._proven.is_set():
            with self._permits.permit(urgent=urgent):
                if not self._proven.is_set():
                    continue  # it was refused while we waited
                with self._watching():
                    yield
                return
        with self._alone(), self._permits.permit(urgent=urgent), self._watching():
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._slots.take(_LOGIN) as held:
            if self._proven.is_set():
                held.release()  # it was proven while we waited: all may go
            elif said := self._refusal():
                raise NetSuiteError(Outcome.UNAUTHORIZED, said)
            yield

    @contextmanager
    def _watching(self) -> Iterator[None]:
        proven = self._proven.is_set()
        try:
            yield
        except NetSuiteError as error:
            if error.outcome is not Outcome.UNAUTHORIZED:
                if error.status is not None:
                    self._proven.set()
            elif proven:
                self._proven.clear()  # meant for this question alone? The next call tells
            else:
                self._on_refusal(error)
            raise
        self._proven.set()
