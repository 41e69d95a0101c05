"""How many calls an account takes at once, and who may make the next one."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Governance:
    """NetSuite's limits to calls at once, of web services and RESTlets together.

    `unallocated` is what the account has not given to single integrations; `integration_limit` what
    it gave to this one, None if it gave nothing. Source: Oracle, "GovernanceLimits Operation".
    """

    account_limit: int
    unallocated: int
    integration_limit: int | None

    @property
    def usable(self) -> int:
        """How many calls at once NetSuite takes from this integration, if nobody else calls."""
        return self.unallocated if self.integration_limit is None else self.integration_limit


class Permits(Protocol):
    """Shares out the account's places among all who call it."""

    def permit(self, *, urgent: bool) -> AbstractContextManager[None]:
        """Give a place for one call, once there is one; `urgent` calls go before others.

        It is held from just before the request is sent until the answer is complete. The
        NetSuiteError of a call that failed passes through it.
        """


def parse_governance(payload: object) -> Governance:
    """Read the answer to a question for the limits; raises ValueError if it is none."""
    match payload:
        case {"accountConcurrencyLimit": int(account), **rest} if account > 0:
            unallocated = _limit(rest.get("accountUnallocatedConcurrencyLimit"))
            return Governance(
                account,
                unallocated=account if unallocated is None else unallocated,
                integration_limit=_limit(rest.get("integrationConcurrencyLimit")),
            )
    raise ValueError("not the account's limits")


def _limit(value: object) -> int | None:
    match value:
        case None:
            return None
        case int() if value >= 0:
            return value
    raise ValueError("a limit is not a number of calls")
