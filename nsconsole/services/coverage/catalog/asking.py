"""Asking NetSuite what it has: patiently, and so that no refused login is ever repeated."""

import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services.patience import patiently
from nsconsole.services.sync.halt import Halt
from nsconsole.services.sync.outage import stop_if_hopeless
from nsconsole.services.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from nsconsole.netsuite.client import NetSuite

_T = TypeVar("_T")

_ATTEMPTS = 3  # of a request that fails; some descriptions NetSuite can never give


class Asker:
    """Asks for one fetch, in any thread; `requests` counts every attempt that left."""

    def __init__(self, workspace: Workspace, halt: Halt) -> None:
        self._workspace = workspace
        self._halt = halt
        self._counting = threading.Lock()
        self.requests = 0

    def ask(self, call: "Callable[[NetSuite], _T]") -> _T:
        """Make a call, again after a while if that may help, and give its answer.

        Raises NetSuiteError with what came last, and StoppedError. Where another request would
        fare no better, or lock the account, all of the fetch is stopped.
        """
        asked_at = time.monotonic()
        try:
            return patiently(
                partial(self._ask_once, call), attempts=_ATTEMPTS, sleep=self._halt.sleep
            )
        except NetSuiteError as error:
            stop_if_hopeless(self._workspace, self._halt, error, asked_at=asked_at)
            raise

    def learn_limit(self) -> None:
        """Find out how many calls NetSuite takes at once, if it tells."""
        with suppress(NetSuiteError):
            self._workspace.governor.learn(self._workspace.netsuite())

    def _ask_once(self, call: "Callable[[NetSuite], _T]") -> _T:
        self._halt.check()
        with self._counting:
            self.requests += 1
        answer = call(self._workspace.netsuite())
        self._halt.answered_at = time.monotonic()
        return answer
