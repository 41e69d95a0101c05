"""NetSuite's failures after which nothing more is asked, by anybody."""

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services import link
from nsconsole.services.sync.halt import Halt
from nsconsole.services.workspace import Workspace

_OUTAGE = (None, 502, 503, 504)  # HTTP statuses, or none at all


def stop_if_hopeless(
    workspace: Workspace, halt: Halt, error: NetSuiteError, *, asked_at: float
) -> None:
    """Stop all that shares `halt`, if another request would fare no better or lock the account.

    `asked_at`, by the monotonic clock, is when that was asked which failed: while others are
    answered NetSuite is there. What is found is noted of the link.
    """
    is_alone = halt.answered_at is None or halt.answered_at < asked_at
    # A query that is too slow fails, too, but it alone.
    is_outage = error.status in _OUTAGE and error.outcome is Outcome.TRANSIENT and is_alone
    if error.outcome is Outcome.UNAUTHORIZED or is_outage:
        halt.stop(str(error))
        link.note(workspace, error)
