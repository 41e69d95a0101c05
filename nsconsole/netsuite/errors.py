"""What came of a request to NetSuite: one table that classifies every answer, and its error."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Outcome(Enum):
    """What a caller may conclude, and so what it may do next."""

    DONE = "done"
    TRANSIENT = "transient"  # nothing was done; the same request may go again later
    OVERLOAD = "overload"  # nothing was done; NetSuite wants fewer requests at once
    AMBIGUOUS = "ambiguous"  # the write may have happened: ask before sending it again
    PERMANENT = "permanent"  # the same request will fail again
    UNAUTHORIZED = "unauthorized"  # stop everything: each further login may lock the account


class Failure(Enum):
    """Why there is no answer that can be used."""

    NAME_UNKNOWN = "name_unknown"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NOT_SECURE = "not_secure"
    CONNECT_TIMEOUT = "connect_timeout"
    NO_TOKEN = "no_token"  # noqa: S105 - a word
    TIMEOUT = "timeout"
    DISCONNECTED = "disconnected"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    CLOSED = "closed"


_NOTHING_LEFT = {
    Failure.NAME_UNKNOWN,
    Failure.REFUSED,
    Failure.UNREACHABLE,
    Failure.NOT_SECURE,
    Failure.CONNECT_TIMEOUT,
    Failure.NO_TOKEN,
}

Fact = int | str | Failure
"""Something known about an answer: its HTTP status, NetSuite's error code, or what failed."""


class _Rule(NamedTuple):
    facts: frozenset[Fact]
    read: Outcome
    write: Outcome


def _rule(facts: Iterable[Fact], outcome: Outcome, *, write: Outcome | None = None) -> _Rule:
    return _Rule(frozenset(facts), outcome, outcome if write is None else write)


# The first rule that knows one of the facts decides. Codes, never messages: those are localised.
# A body that never came whole says nothing about a write, unless the status alone already does.
_RULES = (
    _rule({401}, Outcome.UNAUTHORIZED),
    _rule({429}, Outcome.OVERLOAD),
    _rule(_NOTHING_LEFT, Outcome.TRANSIENT),
    _rule(Failure, Outcome.TRANSIENT, write=Outcome.AMBIGUOUS),
    _rule(
        {
            "CONCURRENCY_LIMIT_EXCEEDED",  # REST, with 429
            "EXCEEDED_MAX_CONCUR_RQST",  # Suitelets
            "SSS_REQUEST_LIMIT_EXCEEDED",  # RESTlets, with 400
        },
        Outcome.OVERLOAD,
    ),
    _rule(
        {"SSS_TIME_LIMIT_EXCEEDED", "UNEXPECTED_ERROR"},
        Outcome.TRANSIENT,
        write=Outcome.AMBIGUOUS,
    ),
    _rule(
        {
            "INVALID_LOGIN",
            "INVALID_LOGIN_ATTEMPT",
            "INVALID_LOGIN_CREDENTIALS",
            "TWO_FA_REQD",
            "invalid_client",  # these come from the token endpoint, with 400
            "invalid_grant",
            "invalid_request",
            "invalid_scope",
            "unauthorized_client",
            "unsupported_grant_type",
        },
        Outcome.UNAUTHORIZED,
    ),
    _rule(range(200, 300), Outcome.DONE),
    # Among them RCRD_HAS_BEEN_CHANGED, for only a person may approve over somebody else's edit,
    # UNIQUE_RCRD_ID_REQD, CLOSED_TRAN_PRD, SSS_INVALID_SCRIPTLET_ID and SSS_USAGE_LIMIT_EXCEEDED.
    _rule(range(300, 500), Outcome.PERMANENT),
)
_NEVER_SEEN = _rule((), Outcome.TRANSIENT, write=Outcome.AMBIGUOUS)  # 5xx, and what nobody knows


def classify(
    *, write: bool, status: int | None = None, code: str = "", failure: Failure | None = None
) -> Outcome:
    """Tell what an answer means, from whatever is known of it; total, it never raises."""
    facts = {status, code, failure}
    rule = next((rule for rule in _RULES if facts & rule.facts), _NEVER_SEEN)
    return rule.write if write else rule.read


def classify_caught(code: str, *, write: bool) -> Outcome:
    """Tell what an error inside a RESTlet's answer of HTTP 200 means.

    NetSuite answers an error that a script does not catch with HTTP 400, so one that the script
    caught and reported is classified as if it had come that way.
    """
    return classify(write=write, status=400, code=code)


class NoTokenError(ConnectionError):
    """NetSuite gave neither an access token nor a refusal, so the call itself was never made."""


class NetSuiteError(Exception):
    """A request that NetSuite did not do, or may not have done.

    `str()` is one sentence or two for a person, without credentials. `status` is the HTTP status,
    if one came; `code` NetSuite's error code or ""; `retry_after` the seconds that NetSuite asks
    to wait; `clock_skew`, with a refused login, the seconds that NetSuite's clock is ahead of ours;
    `details` all that NetSuite said, each statement in full and as NetSuite worded it.
    """

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        retry_after: float | None = None,
        clock_skew: float | None = None,
        details: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.clock_skew = clock_skew
        self.details = details
