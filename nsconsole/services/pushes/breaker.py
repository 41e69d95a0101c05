"""The breaker: when calls fail one after another, nobody calls for a while.

It is in the database, so that all processes and restarts share one. Closed, it lets every call
through, and counts those that fail in a row. Open, it lets none through until its cool-down is
over; half-open then a few as probes, which close it or open it for longer. A person may hold it
open, which pauses the queue, until somebody resets it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services.audit_trail import SYSTEM, Entry, append
from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.workspace import Workspace
from nsconsole.store import breakers as store

TARGET = "restlet"

_FAILURES = 5  # in a row, which open it
_PROBES = 2  # which close it if all of them succeed
_COOLDOWN = timedelta(seconds=30)
_LONGEST_COOLDOWN = timedelta(minutes=15)
_PROBE_LASTS = timedelta(minutes=2)  # then its process is taken for dead
_LONGEST_REASON = 2_000


class State(StrEnum):
    """Whether calls go through: all, none, or a few to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to make one call, to be answered for; a probe is to risk as little as it can."""

    generation: int
    probe: bool


@dataclass(frozen=True, slots=True)
class Breaker:
    """How the breaker stands, and since when; while open, until when and for what reason.

    `failures` counts those in a row; `generation` the changes of state; `cooldown` is how long it
    stays open the next time, or this time. `held_by` is who holds it open. Times are UTC.
    """

    state: State = State.CLOSED
    generation: int = 0
    failures: int = 0
    since: datetime | None = None
    open_until: datetime | None = None
    cooldown: timedelta = _COOLDOWN
    reason: str = ""
    held_by: str | None = None


def enter(connection: Connection, now: datetime) -> Pass | None:
    """Ask leave for one call, in the transaction that prepares it; None is not now."""
    row = _row(connection, now)
    if row.held_at is not None:
        return None
    if row.state == State.CLOSED:
        return Pass(row.generation, probe=False)
    if row.state == State.HALF_OPEN and row.probes < _PROBES:
        until = now + _PROBE_LASTS
        given = store.give_probe(connection, TARGET, row.generation, most=_PROBES, until=until)
        return Pass(row.generation, probe=True) if given else None
    return _first_probe(connection, row, now) if _is_over(row, now) else None


def _is_over(row: Row[Any], now: datetime) -> bool:
    # Where the clock was set back, more is left than there ever was.
    cooldown = timedelta(seconds=row.cooldown_seconds)
    whole = cooldown if row.state == State.OPEN else _PROBE_LASTS
    return not timedelta() < row.open_until - now <= whole


def _first_probe(connection: Connection, row: Row[Any], now: datetime) -> Pass | None:
    until = now + _PROBE_LASTS
    begun = store.half_open_from(connection, row.state, TARGET, row.generation, until=until, at=now)
    return Pass(row.generation + 1, probe=True) if begun else None


def succeeded(connection: Connection, pass_: Pass, now: datetime) -> None:
    """Tell that NetSuite answered a call, whatever it said of what was asked."""
    if not pass_.probe:
        store.forget_failures(connection, TARGET, pass_.generation)
    elif store.count_success(connection, TARGET, pass_.generation) >= _PROBES:
        cooldown = _COOLDOWN.total_seconds()
        store.close(connection, TARGET, pass_.generation, cooldown_seconds=cooldown, at=now)
        _record(connection, now, SYSTEM, "breaker_closed")


def failed(connection: Connection, pass_: Pass, now: datetime, reason: str) -> None:
    """Tell that NetSuite failed a call; `reason` is what of it a person is to read."""
    if pass_.probe:
        _open(connection, State.HALF_OPEN, pass_, now, reason)
    elif store.count_failure(connection, TARGET, pass_.generation) >= _FAILURES:
        _open(connection, State.CLOSED, pass_, now, reason)


def _open(connection: Connection, state: State, pass_: Pass, now: datetime, reason: str) -> None:
    known = timedelta(seconds=_row(connection, now).cooldown_seconds)
    cooldown = min(known * 2, _LONGEST_COOLDOWN) if state is State.HALF_OPEN else known
    opened = store.open_from(
        connection,
        state,
        TARGET,
        pass_.generation,
        cooldown_seconds=cooldown.total_seconds(),
        until=now + cooldown,
        reason=reason,
        at=now,
    )
    if opened:
        seconds = cooldown.total_seconds()
        _record(connection, now, SYSTEM, "breaker_opened", reason=reason, cooldown_seconds=seconds)


def given_back(connection: Connection, pass_: Pass) -> None:
    """Tell that a pass was not used, or that its call told nothing of NetSuite's health."""
    if pass_.probe:
        store.take_probe_back(connection, TARGET, pass_.generation)


def look(workspace: Workspace) -> Breaker:
    """Give how the breaker stands."""
    with workspace.database.reading() as connection:
        return _breaker(store.get(connection, TARGET))


def hold(workspace: Workspace, authority: Authority, reason: str = "") -> Breaker:
    """Hold the breaker open until it is reset (admin). RefusedError if somebody does already."""
    if len(reason) > _LONGEST_REASON:
        raise BadInputError("a reason has at most 2,000 characters")
    name, now = authority.operator.name, workspace.now()
    with workspace.database.writing() as connection:
        require(connection, authority, Role.ADMIN)
        row = _row(connection, now)
        if not store.hold(connection, TARGET, by=name, reason=reason, at=now):
            raise RefusedError(f"{row.held_by} holds the breaker open already")
        _record(connection, now, name, "breaker_held", reason=reason)
        return _breaker(store.get(connection, TARGET))


def reset(workspace: Workspace, authority: Authority) -> Breaker:
    """Close the breaker, whoever or whatever opened it (admin)."""
    now, cooldown = workspace.now(), _COOLDOWN.total_seconds()
    with workspace.database.writing() as connection:
        require(connection, authority, Role.ADMIN)
        if store.reset(connection, TARGET, cooldown_seconds=cooldown, at=now):
            _record(connection, now, authority.operator.name, "breaker_reset")
        return _breaker(store.get(connection, TARGET))


def _row(connection: Connection, now: datetime) -> Row[Any]:
    row = store.get(connection, TARGET)
    if row is None:
        store.add(connection, TARGET, cooldown_seconds=_COOLDOWN.total_seconds(), at=now)
        return _row(connection, now)
    return row


def _breaker(row: Row[Any] | None) -> Breaker:
    if row is None:
        return Breaker()
    return Breaker(
        state=State(row.state),
        generation=row.generation,
        failures=row.failures,
        since=row.changed_at,
        open_until=row.open_until if row.state == State.OPEN else None,
        cooldown=timedelta(seconds=row.cooldown_seconds),
        reason=row.reason,
        held_by=row.held_by,
    )


def _record(connection: Connection, at: datetime, actor: str, event: str, **detail: object) -> None:
    append(connection, at, [Entry(actor, event, f"breaker:{TARGET}", detail)])
