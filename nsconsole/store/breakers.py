"""Statements on `ns_push_breakers`.

Each change is one statement that names the state and generation it goes from: of many who would
make it one does, and whoever answers to what is over changes nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, insert, or_, select, update

from nsconsole.store.prepared import Prepared
from nsconsole.store.tables import ns_push_breakers

_B = ns_push_breakers.c

# Every call needs these two.
_GET = Prepared(select(ns_push_breakers).where(_B.target == bindparam("of_target")))
_FORGET = Prepared(
    update(ns_push_breakers)
    .where(
        _B.target == bindparam("of_target"),
        _B.state == "closed",
        _B.generation == bindparam("of_generation"),
        _B.held_at.is_(None),
        _B.failures > 0,
    )
    .values(failures=0)
)


def get(connection: Connection, target: str) -> Row[Any] | None:
    """Give a target's breaker; None if nothing was ever to be kept of it."""
    return next(iter(_GET.rows(connection, of_target=target)), None)


def add(connection: Connection, target: str, *, cooldown_seconds: float, at: datetime) -> None:
    """Begin a target's breaker, closed."""
    row = {"target": target, "state": "closed", "generation": 0, "changed_at": at}
    counts = {"probes": 0, "successes": 0}
    connection.execute(insert(ns_push_breakers).values(row | counts | _as_new(cooldown_seconds)))


def count_failure(connection: Connection, target: str, generation: int) -> int:
    """Count a failure of a closed breaker; give how many there were in a row."""
    statement = _of("closed", target, generation).values(failures=_B.failures + 1)
    return connection.execute(statement.returning(_B.failures)).scalar_one_or_none() or 0


def forget_failures(connection: Connection, target: str, generation: int) -> None:
    """Count the failures of a closed breaker from 0 again; nothing is written where it is 0."""
    _FORGET.run(connection, [{"of_target": target, "of_generation": generation}])


def open_from(
    connection: Connection,
    state: str,
    target: str,
    generation: int,
    *,
    cooldown_seconds: float,
    until: datetime,
    reason: str,
    at: datetime,
) -> bool:
    """Open a breaker that is in some state."""
    cooling = {"cooldown_seconds": cooldown_seconds, "open_until": until, "reason": reason}
    statement = _of(state, target, generation)
    return _done(connection, statement.values(_becomes("open", at) | cooling))


def half_open_from(
    connection: Connection,
    state: str,
    target: str,
    generation: int,
    *,
    until: datetime,
    at: datetime,
) -> bool:
    """Give out the first probe of a breaker that is in some state.

    After `until`, probes that were not heard of count as lost.
    """
    begun = {"probes": 1, "successes": 0, "open_until": until}
    statement = _of(state, target, generation)
    return _done(connection, statement.values(_becomes("half_open", at) | begun))


def give_probe(
    connection: Connection, target: str, generation: int, *, most: int, until: datetime
) -> bool:
    """Give out another probe of a half-open breaker, if there are fewer than `most`."""
    statement = _of("half_open", target, generation).where(_B.probes < most)
    return _done(connection, statement.values(probes=_B.probes + 1, open_until=until))


def take_probe_back(connection: Connection, target: str, generation: int) -> None:
    """Let another probe be given out in the place of one that told nothing."""
    unheard = _of("half_open", target, generation).where(_B.probes > _B.successes)
    connection.execute(unheard.values(probes=_B.probes - 1))


def count_success(connection: Connection, target: str, generation: int) -> int:
    """Count a probe of a half-open breaker that succeeded; give how many did."""
    statement = _of("half_open", target, generation).values(successes=_B.successes + 1)
    return connection.execute(statement.returning(_B.successes)).scalar_one_or_none() or 0


def close(
    connection: Connection, target: str, generation: int, *, cooldown_seconds: float, at: datetime
) -> bool:
    """Close a half-open breaker."""
    statement = _of("half_open", target, generation)
    return _done(connection, statement.values(_becomes("closed", at) | _as_new(cooldown_seconds)))


def hold(connection: Connection, target: str, *, by: str, reason: str, at: datetime) -> bool:
    """Open a breaker for as long as a person wants; False if somebody holds it already."""
    held = {"open_until": None, "reason": reason, "held_at": at, "held_by": by}
    statement = update(ns_push_breakers).where(_B.target == target, _B.held_at.is_(None))
    return _done(connection, statement.values(_becomes("open", at) | held))


def reset(connection: Connection, target: str, *, cooldown_seconds: float, at: datetime) -> bool:
    """Close a breaker, whoever holds it; False if it was closed and without a failure."""
    new = _as_new(cooldown_seconds) | {"held_at": None, "held_by": None}
    statement = update(ns_push_breakers).where(
        _B.target == target, or_(_B.state != "closed", _B.failures > 0)
    )
    return _done(connection, statement.values(_becomes("closed", at) | new))


def _of(state: str, target: str, generation: int) -> Update:
    """Begin a change of a breaker that nobody holds."""
    return update(ns_push_breakers).where(
        _B.target == target,
        _B.state == state,
        _B.generation == generation,
        _B.held_at.is_(None),
    )


def _becomes(state: str, at: datetime) -> dict[str, Any]:
    return {"state": state, "generation": _B.generation + 1, "changed_at": at}


def _as_new(cooldown_seconds: float) -> dict[str, Any]:
    return {
        "failures": 0,
        "cooldown_seconds": cooldown_seconds,
        "open_until": None,
        "reason": "",
    }


def _done(connection: Connection, statement: Update) -> bool:
    return connection.execute(statement).rowcount == 1
