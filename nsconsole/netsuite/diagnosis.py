"""From an answer that is not what was asked for to the error that says so to a person."""

import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

from nsconsole.netsuite.answer import Answer, Refusal, one_line, refusal
from nsconsole.netsuite.errors import Failure, NetSuiteError, Outcome, classify

_CLOCK_TOLERANCE = 300  # seconds; NetSuite refuses timestamps further away from its own
_SECONDS = re.compile(r"\d{1,9}")

_FAILURES = {
    Failure.NAME_UNKNOWN: "{host} is not reachable: its name is not known (DNS)",
    Failure.REFUSED: "{host} is not reachable: it refuses the connection",
    Failure.UNREACHABLE: "{host} is not reachable: there is no way to it",
    Failure.NOT_SECURE: "{host} is not reachable: no secure connection can be made (TLS)",
    Failure.CONNECT_TIMEOUT: "{host} is not reachable: no connection came about in time",
    Failure.NO_TOKEN: "{host} gave no access token",
    Failure.TIMEOUT: "{host} did not finish its answer in time",
    Failure.DISCONNECTED: "The connection to {host} was cut before its answer was complete",
    Failure.MALFORMED: "{host} did not answer in the form expected",
    Failure.TOO_LARGE: "{host} answered with more data than is accepted",
    Failure.CLOSED: "This program ended the call to {host} before an answer came",
}
_OUTCOMES = {
    Outcome.TRANSIENT: "NetSuite failed",
    Outcome.AMBIGUOUS: "NetSuite failed",
    Outcome.OVERLOAD: "NetSuite has too many requests at once",
    Outcome.PERMANENT: "NetSuite refused the request",
}


def diagnose(
    answer: Answer,
    *,
    host: str,
    write: bool,
    now: datetime,
    redact: Callable[[str], str],
) -> NetSuiteError:
    """Return the error for an answer that failed, or that is not 2xx.

    `redact` takes credentials out of what the other side wrote; `now` is UTC, to compare with the
    server's Date header.
    """
    found = refusal(answer.body)
    details = tuple(redact(detail) for detail in found.details)
    said = Refusal(redact(found.code), details)
    outcome = classify(write=write, status=answer.status, code=found.code, failure=answer.failure)
    refused_login = outcome is Outcome.UNAUTHORIZED
    clock_skew = _seconds_ahead(answer.headers.get("date"), now) if refused_login else None
    if refused_login:
        sentence = _login_refused(answer, said.code, clock_skew)
    elif answer.failure is not None:
        sentence = _failed(answer.failure, answer, said, host)
    else:
        sentence = _refused(answer, said, host, outcome)
    if outcome is Outcome.AMBIGUOUS:
        sentence += " Whether the change was made is not known."
    return NetSuiteError(
        outcome,
        sentence,
        status=answer.status,
        code=said.code,
        retry_after=_retry_after(answer.headers.get("retry-after"), now),
        clock_skew=clock_skew,
        details=details,
    )


def _login_refused(answer: Answer, code: str, clock_skew: float | None) -> str:
    if clock_skew is not None and abs(clock_skew) > _CLOCK_TOLERANCE:
        minutes, side = round(abs(clock_skew) / 60), "behind" if clock_skew > 0 else "ahead of"
        return (
            f"NetSuite refused the login: the local clock is {minutes} minutes {side} NetSuite's, "
            "which accepts ±5 minutes. Set the clock."
        )
    return (
        f"NetSuite refused the credentials ({_label(answer, code)}). It never says why: see the "
        "Login Audit Trail (Setup > Users/Roles > User Management). "
        "Five failures lock the account for 30 minutes."
    )


def _failed(failure: Failure, answer: Answer, said: Refusal, host: str) -> str:
    told = _FAILURES[failure].format(host=host)
    label = f" ({_label(answer, said.code)})" if answer.status is not None else ""
    known = "; ".join(filter(None, (one_line(answer.reason), one_line(said.detail))))
    return f"{told}{label}{_after_colon(known)}"


def _refused(answer: Answer, said: Refusal, host: str, outcome: Outcome) -> str:
    label = _label(answer, said.code)
    if answer.status in range(300, 400):
        return (
            f"{host} redirects elsewhere ({label}): the account lives in another data centre, "
            "or the account id or address is wrong."
        )
    return f"{_OUTCOMES[outcome]} ({label}){_after_colon(one_line(said.detail))}"


def _label(answer: Answer, code: str) -> str:
    return f"HTTP {answer.status}" + (f", {code}" if code else "")


def _after_colon(detail: str) -> str:
    if not detail:
        return "."
    return f": {detail}" + ("" if detail.endswith((".", "…", "!", "?")) else ".")


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Read Retry-After in either of its forms, seconds or a date, as seconds from now."""
    if value is not None and _SECONDS.fullmatch(value.strip()):
        return float(value)
    seconds = _seconds_ahead(value, now)
    return None if seconds is None else max(0.0, seconds)


def _seconds_ahead(http_date: str | None, now: datetime) -> float | None:
    if http_date is None:
        return None
    try:
        moment = parsedate_to_datetime(http_date)
        return (moment - now).total_seconds()
    except (ValueError, TypeError, OverflowError):  # not a date, or one without a time zone
        return None
