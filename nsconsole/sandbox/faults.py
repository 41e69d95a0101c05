"""Faults on order: which requests they strike, how often, and in which sequence."""

from __future__ import annotations

import itertools
import random
import re
import threading
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from nsconsole.sandbox.doors import DoorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ENDPOINTS = ("restlet", "suiteql", "catalog", "token", "any")


class Effect(Enum):
    """What a fault does; each strikes behind a good login, within the call's place in the pool."""

    ERROR_500 = "error_500"  # nothing done
    ERROR_503 = "error_503"  # nothing done
    TIMEOUT = "timeout"  # nothing done and never answered; the place in the pool stays taken
    DROP_BEFORE = "drop_before"  # the connection is cut, nothing done
    DROP_AFTER = "drop_after"  # done, then the connection is cut
    ERROR_AFTER = "error_after"  # done, then answered with 500
    CONCURRENCY = "concurrency"  # the answer to a call too many
    UNAUTHORIZED = "unauthorized"  # the answer to a bad login; the lock does not count it
    SLOW = "slow"  # done, `ms` milliseconds late
    MALFORMED = "malformed"  # done, then answered with 200 and what is not JSON
    TRUNCATED = "truncated"  # done, but the answer breaks off in the middle
    BUSINESS_ERROR = "business_error"  # an operation refused with `code`
    RECORD_CHANGED = "record_changed"  # an operation refused with RCRD_HAS_BEEN_CHANGED


_OF_OPERATIONS = (Effect.BUSINESS_ERROR, Effect.RECORD_CHANGED)
_KEYS = {"on", "fault", "times", "rate", "seed", "sequence", "where", "ms", "code"}
_LONGEST_MS = 3_600_000
_OF_ONE_OPERATION = ("operation", "record_type", "request_id", "id")
_WHERE = (*_OF_ONE_OPERATION, "table", "contains", "path", "method")


@dataclass(frozen=True, slots=True)
class Call:
    """What of a request faults look at; `target` is its path with the query string."""

    endpoint: str
    method: str
    target: str
    text: str
    operations: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Blow:
    """One effect, with what belongs to it."""

    effect: Effect
    ms: int
    code: str


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault at work on one call; `operations` are the places of those that it refuses."""

    blow: Blow
    operations: frozenset[int]


@dataclass(slots=True)
class _Fault:
    """A fault on order. `left` is how often it may strike yet; None is without end."""

    number: int
    asked: Mapping[str, object]
    on: str
    where: Mapping[str, str]
    script: list[Blow | None]
    left: int | None
    rate: float | None
    chance: random.Random
    struck: int = 0
    seen: int = 0

    def strike(self, call: Call) -> Strike | None:
        """What the fault does to `call`, if it is one of those meant and its time has come."""
        places = self._meant(call)
        if places is None:
            return None
        blow = self.script[self._step()] if self._is_scripted else self.script[0]
        if blow is None:
            return None
        if blow.effect in _OF_OPERATIONS and call.endpoint == "restlet":
            return self._strike_operations(blow, self._of_records(call, places))
        if blow.effect is Effect.RECORD_CHANGED or not self._draw():
            return None
        self._spend(1)
        return Strike(blow, frozenset())

    @property
    def is_spent(self) -> bool:
        """Whether it will never strike again."""
        return self.left == 0 or (self._is_scripted and self.seen >= len(self.script))

    def as_json(self) -> dict[str, object]:
        """As it was ordered, with its number and how often it has struck."""
        return {"id": self.number, **self.asked, "struck": self.struck, "spent": self.is_spent}

    @property
    def _is_scripted(self) -> bool:
        return "sequence" in self.asked

    def _step(self) -> int:
        self.seen += 1
        return self.seen - 1

    def _of_records(self, call: Call, places: list[int]) -> list[int]:
        """Leave out a ping, which is about no record, unless it is named."""
        if "operation" in self.where:
            return places
        return [place for place in places if call.operations[place].get("operation") != "ping"]

    def _strike_operations(self, blow: Blow, places: list[int]) -> Strike | None:
        """Each operation that is meant counts by itself."""
        struck = [place for place in places if self._draw()][: self.left]
        if not struck:
            return None
        self._spend(len(struck))
        return Strike(blow, frozenset(struck))

    def _draw(self) -> bool:
        return self.rate is None or self.chance.random() < self.rate

    def _spend(self, strikes: int) -> None:
        self.struck += strikes
        if self.left is not None:
            self.left -= strikes

    def _meant(self, call: Call) -> list[int] | None:
        """The places of the operations meant (maybe none); None if the call is not meant."""
        if self.is_spent or self.on not in ("any", call.endpoint):
            return None
        of_call = {name: text for name, text in self.where.items() if name in _OF_CALL}
        if not all(_OF_CALL[name](call, text) for name, text in of_call.items()):
            return None
        wanted = {name: text for name, text in self.where.items() if name not in _OF_CALL}
        places = [
            place
            for place, operation in enumerate(call.operations)
            if all(_says(operation, name, text) for name, text in wanted.items())
        ]
        return None if wanted and not places else places


def _says(operation: Mapping[str, object], name: str, text: str) -> bool:
    return str(operation.get(name, "")).lower() == text.lower()


def _names_table(call: Call, table: str) -> bool:
    """Whether a query, an address or an operation names `table` as a word of its own."""
    if any(_says(operation, "record_type", table) for operation in call.operations):
        return True
    word = re.compile(rf"(?<!\w){re.escape(table)}(?!\w)", re.IGNORECASE)
    return call.endpoint != "restlet" and any(map(word.search, (call.text, call.target)))


_OF_CALL: dict[str, Callable[[Call, str], bool]] = {
    "table": _names_table,
    "contains": lambda call, text: text in call.text,
    "path": lambda call, text: text in call.target,
    "method": lambda call, text: call.method == text.upper(),
}


class Faults:
    """The faults on order; of those that could strike a call the oldest does, and no other.

    Safe to use from any thread: `times` and sequences are exact however many calls there are.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._faults: list[_Fault] = []
        self._live: list[_Fault] = []  # those that are not spent
        self._numbers = itertools.count(1)

    def __bool__(self) -> bool:
        """Whether any fault may strike yet: without one, nothing need be looked at."""
        return bool(self._live)

    def order(self, given: object) -> dict[str, object]:
        """Take the order of one fault, as the door's JSON; return it as it is listed.

        Raises:
            DoorError: the order makes no sense; the message says why.
        """
        if not isinstance(given, dict) or not set(given) <= _KEYS:
            raise DoorError(f"A fault is an object with some of: {', '.join(sorted(_KEYS))}.")
        with self._lock:
            fault = _fault(given, next(self._numbers), self._seed)
            self._faults.append(fault)
            self._live.append(fault)
            return fault.as_json()

    def strike(self, call: Call) -> Strike | None:
        """Let the first fault that is meant for `call` strike it."""
        with self._lock:
            strikes = (fault.strike(call) for fault in self._live)
            first = next((strike for strike in strikes if strike is not None), None)
            self._live = [fault for fault in self._live if not fault.is_spent]
            return first

    def clear(self) -> None:
        """Forget every fault, and number the next ones from 1 again."""
        with self._lock:
            self._faults, self._live = [], []
            self._numbers = itertools.count(1)

    def as_json(self) -> list[dict[str, object]]:
        """Every fault since they were last cleared, spent ones too."""
        with self._lock:
            return [fault.as_json() for fault in self._faults]


def _fault(given: Mapping[str, object], number: int, seed: int) -> _Fault:
    on = given.get("on")
    if on not in ENDPOINTS:
        raise DoorError(f"on must be one of: {', '.join(ENDPOINTS)}.")
    return _Fault(
        number=number,
        asked=dict(given),
        on=str(on),
        where=_where(given.get("where", {})),
        script=_script(given),
        left=_times(given),
        rate=_rate(given),
        # Two faults without a seed of their own are not to strike the same calls.
        chance=random.Random(str(given.get("seed", f"{seed} {number}"))),  # noqa: S311 - no secret
    )


def _script(given: Mapping[str, object]) -> list[Blow | None]:
    if ("fault" in given) == ("sequence" in given):
        raise DoorError("A fault has either fault, its name, or a sequence of names and nulls.")
    if "fault" in given:
        return [_blow(given["fault"], given)]
    steps = given["sequence"]
    if not isinstance(steps, list) or not steps or {"times", "rate"} & set(given):
        raise DoorError("A sequence is an array that is not empty, without times or rate.")
    return [None if step is None else _blow(step, given) for step in steps]


def _blow(name: object, given: Mapping[str, object]) -> Blow:
    effects = {effect.value: effect for effect in Effect}
    effect = effects.get(name) if isinstance(name, str) else None
    if effect is None:
        raise DoorError(f"There is no fault {name!r}. There are: {', '.join(effects)}.")
    ms, code = given.get("ms"), given.get("code")
    if effect is Effect.SLOW and not (_is_whole(ms) and 0 <= _whole(ms) <= _LONGEST_MS):
        raise DoorError("slow needs ms, its whole milliseconds, up to an hour.")
    if effect is Effect.BUSINESS_ERROR and not (isinstance(code, str) and code):
        raise DoorError("business_error needs code, NetSuite's error code.")
    if effect is Effect.RECORD_CHANGED and given.get("on") not in ("restlet", "any"):
        raise DoorError("record_changed strikes operations of the RESTlet alone.")
    if effect is Effect.RECORD_CHANGED:
        code = "RCRD_HAS_BEEN_CHANGED"
    return Blow(effect, _whole(ms), code if isinstance(code, str) else "")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _times(given: Mapping[str, object]) -> int | None:
    times = given.get("times")
    if times is not None and not (_is_whole(times) and _whole(times) > 0):
        raise DoorError("times must be a whole number of at least 1.")
    return None if times is None else _whole(times)


def _rate(given: Mapping[str, object]) -> float | None:
    rate = given.get("rate")
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise DoorError("rate must be a number from 0 to 1.")
    return float(rate)


def _where(given: object) -> dict[str, str]:
    known = f"where is an object with some of: {', '.join(_WHERE)}."
    if not isinstance(given, dict) or not set(given) <= set(_WHERE):
        raise DoorError(known)
    if not all(isinstance(value, str | int) and str(value) for value in given.values()):
        raise DoorError("Each value of where must be a text that is not empty, or a number.")
    return {name: str(value) for name, value in given.items()}
