"""One call to the RESTlet: what it carries, what is asked around it, and what came of each push."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.link import note, note_within
from nsconsole.services.proposals import proposal_digest
from nsconsole.services.pushes import breaker
from nsconsole.services.pushes.attempts import (
    Cause,
    Settlement,
    Tried,
    after_error,
    after_result,
    failure,
)
from nsconsole.services.pushes.leasing import LapsedError, Lease, check_held
from nsconsole.services.pushes.payloads import push_digest, to_operation
from nsconsole.services.pushes.settling import Settled
from nsconsole.services.pushes.unsure import settled_by_looking
from nsconsole.services.workspace import Workspace

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite
    from nsconsole.netsuite.restlet import OperationResult


class CalledOffError(Exception):
    """Nothing was sent: the drain is over, or what another call met is to be seen to first."""


class Call:
    """One call to the RESTlet, and what it says of NetSuite's health."""

    def __init__(
        self,
        workspace: Workspace,
        netsuite: "NetSuite",
        lease: Lease,
        under_way: "Callable[[Call], AbstractContextManager[None]]",
    ) -> None:
        self.lease = lease
        self._workspace = workspace
        self._netsuite = netsuite
        self._under_way = under_way
        self._failed: NetSuiteError | None = None
        self._answered = False

    def make(self) -> list[Settled]:
        """Make it, and tell what became of each push; what was not approved so is not sent."""
        sound, odd = _sorted_out(self.lease)
        settled = [Settled(push, _tampered()) for push in odd]
        with suppress(LapsedError):  # others may have taken it by now, and will settle it
            settled += self._send(sound)
        return settled

    def tell(self, connection: Connection) -> None:
        """Let the breaker know how the call went, and all processes that NetSuite answers."""
        now, permission = self._workspace.now(), self.lease.permission
        if self._failed is not None:
            breaker.failed(connection, permission, now, str(self._failed))
        elif self._answered:
            breaker.succeeded(connection, permission, now)
            note_within(connection, self._workspace, None)
        else:
            breaker.given_back(connection, permission)

    def _send(self, pushes: Sequence[Row[Any]]) -> list[Settled]:
        """Send pushes and tell what became of each. Raises LapsedError; then none was sent."""
        if not pushes:
            return []
        try:
            self._learn_of_restlet(pushes)
            known = self._looked_up(pushes)
        except NetSuiteError as error:
            self._note(error)
            return [self._learned(push, _not_sent(push, error)) for push in pushes]
        unknown = [push for push in pushes if push.id not in {one.push.id for one in known}]
        fitting = unknown[: self._most]
        waiting = [Settled(push, _not_sent(push)) for push in unknown[len(fitting) :]]
        return known + waiting + (self._sent(fitting) if fitting else [])

    @property
    def _most(self) -> int:
        ping = self._workspace.restlet
        return ping.max_operations if ping else 1

    def _learn_of_restlet(self, pushes: Sequence[Row[Any]]) -> None:
        """Ask what it can do, once: before it is sent several operations, or one again."""
        if self._workspace.restlet is None and (len(pushes) > 1 or pushes[0].maybe_done):
            self._workspace.restlet = self._netsuite.ping()

    @property
    def _remembers(self) -> bool:
        ping = self._workspace.restlet
        return self._workspace.settings.restlet_idempotent and (ping is None or ping.idempotent)

    def _looked_up(self, pushes: Sequence[Row[Any]]) -> list[Settled]:
        """What a RESTlet that remembers no requests did already, or may have done."""
        if self._remembers:
            return []
        unsure = [push for push in pushes if push.maybe_done]
        found = [(push, settled_by_looking(self._netsuite, push)) for push in unsure]
        return [Settled(push, settlement) for push, settlement in found if settlement]

    def _sent(self, pushes: Sequence[Row[Any]]) -> list[Settled]:
        operations = [to_operation(push.payload_json, push.request_id) for push in pushes]
        try:
            results = self._netsuite.write(operations, sending=self._sending())
        except CalledOffError:
            return [Settled(push, _not_sent(push)) for push in pushes]
        except NetSuiteError as error:
            self._note(error)
            alone = len(pushes) == 1
            return [self._learned(p, after_error(error, _tried(p), alone=alone)) for p in pushes]
        self._note(None)
        return [self._after(push, result) for push, result in zip(pushes, results, strict=True)]

    @contextmanager
    def _sending(self) -> Iterator[None]:
        """See that the call is still wanted, and still ours to make."""
        with self._under_way(self):
            check_held(self._workspace, self.lease)
            yield

    def _after(self, push: Row[Any], result: "OperationResult") -> Settled:
        return self._learned(push, after_result(result, _tried(push)))

    def _learned(self, push: Row[Any], settlement: Settlement) -> Settled:
        """Before what may have been done is laid to rest, ask the RESTlet whether it was.

        A refusal may come before the RESTlet looks whether an earlier attempt did it.
        """
        unsure = settlement.cause is Cause.UNKNOWN_OUTCOME or bool(push.maybe_done)
        if settlement.cause is None or not unsure or not self._remembers:
            return Settled(push, settlement)
        try:
            known = self._netsuite.lookup([push.request_id])[push.request_id]
        except NetSuiteError:
            unknown = replace(settlement, cause=Cause.UNKNOWN_OUTCOME, maybe_done=True)
            return Settled(push, unknown)
        if known is None or known.error is not None:
            # The earlier call may be at work still, so the same request id is to go again.
            return Settled(push, replace(settlement, maybe_done=True))
        return Settled(push, after_result(known, _tried(push)))

    def _note(self, error: NetSuiteError | None) -> None:
        self._answered = error is None
        if error is None:
            return
        note(self._workspace, error)
        if error.outcome in (Outcome.TRANSIENT, Outcome.AMBIGUOUS):
            self._failed = error


def _sorted_out(lease: Lease) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Part the pushes that are what was approved from those that are not."""
    sound: list[Row[Any]] = []
    odd: list[Row[Any]] = []
    for push in lease.pushes:
        (sound if _is_as_approved(push, lease) else odd).append(push)
    return sound, odd


def _is_as_approved(push: Row[Any], lease: Lease) -> bool:
    proposal = lease.proposals[push.proposal_id]
    staged = proposal_digest(proposal._asdict())
    pushed = push_digest(push.payload_json, staged)
    untouched = (proposal.digest, push.digest) == (staged, pushed)
    return untouched and proposal.status == "approved"


def _tampered() -> Settlement:
    message = "the push is not what was approved: its digest does not match. It was not sent"
    error = failure(Outcome.PERMANENT, "DIGEST_MISMATCH", message)
    return Settlement("dead", error, cause=Cause.TAMPERED)


def _not_sent(push: Row[Any], error: NetSuiteError | None = None) -> Settlement:
    """Settle what was not sent: there was no room, or NetSuite failed a question before it."""
    if error and error.outcome is not Outcome.PERMANENT:
        return after_error(error, _tried(push), alone=True)
    maybe_done = bool(push.maybe_done)
    return Settlement("queued", counted=False, maybe_done=maybe_done, stop=error)


def _tried(push: Row[Any]) -> Tried:
    payload = json.loads(push.payload_json)
    return Tried(push.attempts, payload["id"], payload["values"], bool(push.maybe_done))
