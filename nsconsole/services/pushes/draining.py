"""Draining: what was approved goes to NetSuite, each change once, under its own request id.

Any number of threads and processes drain together: each takes a lease on some pushes, sends them
in one call, and settles them if the lease is still its own.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.interpreter import make_room
from nsconsole.services.link import check_login
from nsconsole.services.pushes import breaker
from nsconsole.services.pushes.calling import Call, CalledOffError
from nsconsole.services.pushes.leasing import Lease, take
from nsconsole.services.pushes.settling import Settled, settle
from nsconsole.services.workspace import Workspace
from nsconsole.store import pushes as store

if TYPE_CHECKING:
    from nsconsole.services.pushes.attempts import Settlement

_STEP = 0.1  # seconds between looks at whether to stop
# A call may use 5,000 units. An operation takes 44 at most: 30 to load and save a transaction, the
# dearest record, 10 to look its request id up and 4 to remember it. Source: Oracle, "SuiteScript
# 2.x API Governance".
_MOST_OPERATIONS = 5_000 // 44


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What a drain did: pushes applied, put back, and refused for good; and what still waits.

    `stopped` says why it ended early, if it did.
    """

    applied: int = 0
    retried: int = 0
    dead: int = 0
    waiting: int = 0
    stopped: str = ""


def drain(
    workspace: Workspace,
    *,
    limit: int | None = None,
    attended: bool = True,
    stopping: Callable[[], bool] = lambda: False,
    waiting: Callable[[float], None] = lambda seconds: None,
) -> DrainReport:
    """Send what is queued, the oldest first, until nothing is due or `limit` pushes were tried.

    A person's drain (`attended`) takes what failed before at once, and waits for what can still be
    called back: `waiting` is told for how many seconds. The scheduler's takes what is due. Raises
    NetSuiteUnavailableError if NetSuite could not be reached or refused before anything was sent.
    """
    check_login(workspace)
    make_room()
    drainer = _Drainer(workspace, limit, stopping)
    if attended:
        with workspace.database.writing() as connection:
            store.hurry(connection, workspace.now())
    drainer.run()
    while attended and not drainer.is_over and (seconds := held_back(workspace)):
        waiting(seconds)
        while seconds > 0 and not stopping():
            workspace.sleep(min(seconds, _STEP))
            seconds -= _STEP
        drainer.run()
    return drainer.report()


def held_back(workspace: Workspace) -> float | None:
    """Give the seconds until the first approval that can be called back can be so no more."""
    with workspace.database.reading() as connection:
        until = store.held_back_until(connection)
    if until is None:
        return None
    seconds = (until - workspace.now()).total_seconds()
    longest = max(workspace.settings.undo_seconds.values())
    return seconds if 0 < seconds <= longest else None


def hands(calls: int) -> int:
    """How many threads make so many calls at once: some settle while those of others run."""
    return calls + (calls + 1) // 2


class _Drainer:
    """The threads of one drain: whoever finds something to send calls another to look for more."""

    def __init__(
        self, workspace: Workspace, limit: int | None, stopping: Callable[[], bool]
    ) -> None:
        self._workspace = workspace
        self._netsuite = workspace.netsuite()
        self._left = limit
        self._stopping = stopping
        self._lock = threading.Lock()
        self._settled: list[Settlement] = []
        self._stop: NetSuiteError | None = None
        self._failing: set[Call] = set()  # of which is not written yet what became of them
        self._hands: list[Future[None]] = []
        self._at_work = 0
        self._broken = False  # a hand fell over what is no answer of NetSuite's

    @property
    def is_over(self) -> bool:
        """Whether to take no more."""
        return self._left == 0 or self._is_ended

    @property
    def _is_ended(self) -> bool:
        """Whether nothing more is to be sent."""
        return self._stop is not None or self._broken or self._stopping()

    def run(self) -> None:
        """Drain until nothing is due."""
        most = hands(self._workspace.governor.size())
        with ThreadPoolExecutor(max_workers=most, thread_name_prefix="drain") as pool:
            self._hands = []
            self._call_hand(pool, most)
            for hand in self._hands:  # it grows while they work
                hand.result()

    def report(self) -> DrainReport:
        """Tell what was done."""
        tried = [settlement for settlement in self._settled if settlement.counted]
        if self._stop and not tried:
            raise NetSuiteUnavailableError(str(self._stop)) from self._stop
        counts = Counter(settlement.status for settlement in tried)
        with self._workspace.database.reading() as connection:
            waiting = sum(store.count_by_status(connection, "queued", "in_flight").values())
        stopped = str(self._stop or "") or (_why_not(self._workspace) if waiting else "")
        return DrainReport(counts["applied"], counts["queued"], counts["dead"], waiting, stopped)

    def _call_hand(self, pool: ThreadPoolExecutor, most: int) -> None:
        with self._lock:
            if self._at_work < most and not self._broken:
                self._at_work += 1
                self._hands.append(pool.submit(self._work, partial(self._call_hand, pool, most)))

    def _work(self, call_another: Callable[[], None]) -> None:
        try:
            lease = self._lease()
            while lease is not None:
                call_another()
                call = Call(self._workspace, self._netsuite, lease, self._under_way)
                lease = self._settle(call, call.make())
        except BaseException:
            with self._lock:
                self._broken = True
            raise
        finally:
            with self._lock:
                self._at_work -= 1

    def _settle(self, call: Call, settled: Sequence[Settled]) -> Lease | None:
        """Write what became of a call, and take the next pushes: one wait for the disk for both."""
        stops = [one.settlement.stop for one in settled if one.settlement.stop]
        with self._lock:
            self._stop = next(iter(stops), self._stop)
        self._give_back(sum(not one.settlement.counted for one in settled))
        with self._workspace.database.writing() as connection:
            call.tell(connection)
            ours = settle(connection, self._workspace, settled, began=call.lease.began)
            lease = self._lease_within(connection, after=call)
            with self._lock:  # within the transaction: of calls that fail together one goes on
                self._failing.discard(call)
        with self._lock:
            self._settled += [one.settlement for one in ours]
        return lease

    def _lease(self) -> Lease | None:
        with self._workspace.database.writing() as connection:
            return self._lease_within(connection)

    def _lease_within(self, connection: Connection, *, after: Call | None = None) -> Lease | None:
        """Take the next pushes, in the transaction that writes what became of the call before."""
        with self._lock:
            others_fail = bool(self._failing - {after})
        asked = 0 if self.is_over or others_fail else self._reserve()
        lease = take(connection, self._workspace, limit=asked) if asked else None
        self._give_back(asked - (len(lease.pushes) if lease else 0))
        return lease

    @contextmanager
    def _under_way(self, call: Call) -> Iterator[None]:
        """Have a call made in the block; raises CalledOffError if it is not to be made just now.

        What failed may mean that nothing else is to be sent, so that is to be known first.
        """
        if self._failing or self._is_ended:
            raise CalledOffError
        try:
            yield
        except NetSuiteError:
            with self._lock:
                self._failing.add(call)
            raise

    def _reserve(self) -> int:
        """How many pushes to ask for: as many as a call carries, within what is left."""
        ping = self._workspace.restlet
        most = min(self._workspace.settings.drain_batch, _MOST_OPERATIONS)
        most = min(most, ping.max_operations) if ping else most
        with self._lock:
            if self._left is not None:
                most = min(most, self._left)
                self._left -= most
        return most

    def _give_back(self, pushes: int) -> None:
        """Take back what was asked for and not tried."""
        with self._lock:
            if self._left is not None:
                self._left += pushes


def _why_not(workspace: Workspace) -> str:
    """Say why nothing passes just now, if the breaker is why."""
    now = breaker.look(workspace)
    if now.held_by:
        return f"the breaker is held open by {now.held_by}; `nsconsole breaker reset` lets go"
    if now.state is not breaker.State.OPEN or now.open_until is None:
        return ""
    return f"the breaker is open until {now.open_until:%H:%M:%S} UTC: {now.reason}"
