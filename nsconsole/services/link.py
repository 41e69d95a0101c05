"""The link to NetSuite: who may call it just now, and what it last said.

Five refused logins lock an account for everybody. So a refusal is written to the database, and
from then on nothing calls unattended, in any process, until a person's call has succeeded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.workspace import Workspace
from nsconsole.store import link as store

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite


class LinkState(StrEnum):
    """How NetSuite last answered."""

    UNKNOWN = "unknown"
    OK = "ok"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Link:
    """The link's state, why, and since when (UTC)."""

    state: LinkState
    detail: str = ""
    since: datetime | None = None


def link_state(workspace: Workspace) -> Link:
    """Give the link as any process of the workspace last saw it."""
    account = workspace.settings.account
    if not account:
        return Link(LinkState.UNKNOWN, "no account is set")
    with workspace.database.reading() as connection:
        row = store.get(connection, account)
    return Link(LinkState(row.state), row.detail, row.since) if row else Link(LinkState.UNKNOWN)


@contextmanager
def calling(workspace: Workspace, *, attended: bool = True) -> Iterator["NetSuite"]:
    """Lend the client for calls, and note how NetSuite answered.

    An unattended call is not made while NetSuite refuses the credentials. Raises
    NetSuiteUnavailableError for that, and when NetSuite cannot be reached or refuses; a
    NetSuiteError that only concerns the request itself goes through.
    """
    if not attended:
        check_unattended(workspace)
    try:
        yield workspace.netsuite()
    except NetSuiteError as error:
        note(workspace, error)
        if error.outcome is Outcome.PERMANENT:
            raise
        raise NetSuiteUnavailableError(str(error)) from error
    note(workspace, None)


def check_unattended(workspace: Workspace) -> None:
    """Raise NetSuiteUnavailableError while NetSuite refuses the credentials."""
    link = link_state(workspace)
    if link.state is LinkState.REFUSED:
        raise NetSuiteUnavailableError(link.detail)


def note(workspace: Workspace, error: NetSuiteError | None) -> None:
    """Note what a call says of the link; None is an answer without error."""
    account = workspace.settings.account
    state, known = _state_after(error), link_state(workspace).state
    # Another failure does not prove that the credentials are taken again.
    still_refused = known is LinkState.REFUSED and error is not None
    if not account or known is state or still_refused:
        return
    row = store.LinkRow(state.value, str(error or ""), workspace.now())
    with workspace.database.writing() as connection:
        store.put(connection, account, row)


def _state_after(error: NetSuiteError | None) -> LinkState:
    if error is not None and error.outcome is Outcome.UNAUTHORIZED:
        return LinkState.REFUSED
    return LinkState.UNREACHABLE if error and error.status is None else LinkState.OK
