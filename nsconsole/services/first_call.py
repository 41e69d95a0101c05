"""The first call of a process: alone, so that credentials that are refused are refused once.

Five refused logins lock the account for everybody. When several threads and processes begin at the
same moment, each finds the link as it was and calls; here they go one after another until NetSuite
has taken the login, and whoever waited while it was refused does not call at all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

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
        self._taken = False

    @contextmanager
    def permit(self, *, urgent: bool) -> Iterator[None]:
        """Hold a permit for one call. Raises NetSuiteError instead if the login is refused."""
        alone = nullcontext() if self._taken else self._alone()
        with alone, self._permits.permit(urgent=urgent):
            proven = self._taken
            try:
                yield
            except NetSuiteError as error:
                # A refusal of what was proven may be meant for the question alone: the next tells.
                self._taken = error.outcome is not Outcome.UNAUTHORIZED and (
                    proven or error.status is not None
                )
                if error.outcome is Outcome.UNAUTHORIZED and not proven:
                    self._on_refusal(error)
                raise
            self._taken = True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._slots.take(_LOGIN) as held:
            if self._taken:
                held.release()  # it was proven while we waited: all may go
            elif said := self._refusal():
                raise NetSuiteError(Outcome.UNAUTHORIZED, said)
            yield
