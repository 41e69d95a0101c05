"""The link to NetSuite: who may call it just now, and what it last said.

Five refused logins lock an account for everybody. So a refusal is written to the database, and
from then on no process calls with the same credentials, until the doctor's call has succeeded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Connection

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
    """The link's state, why, with which login, and since when (UTC)."""

    state: LinkState
    detail: str = ""
    login: str = ""
    since: datetime | None = None


def link_state(workspace: Workspace) -> Link:
    """Give the link as any process of the workspace last saw it."""
    account = workspace.settings.account
    if not account:
        return Link(LinkState.UNKNOWN, "no account is set")
    with workspace.database.reading() as connection:
        row = store.get(connection, account)
    if row is None:
        return Link(LinkState.UNKNOWN)
    return Link(LinkState(row.state), row.detail, row.login, row.since)


@contextmanager
def calling(workspace: Workspace) -> Iterator["NetSuite"]:
    """Lend the client for calls, and note how NetSuite answered.

    After a refused login no call is made with the same credentials. Raises NetSuiteUnavailableError
    for that, and when NetSuite cannot be reached or refuses; a NetSuiteError that only concerns the
    request itself goes through.
    """
    check_login(workspace)
    try:
        yield workspace.netsuite()
    except NetSuiteError as error:
        note(workspace, error)
        if error.outcome is Outcome.PERMANENT:
            raise
        raise NetSuiteUnavailableError(str(error)) from error
    note(workspace, None)


def check_login(workspace: Workspace) -> None:
    """Raise NetSuiteUnavailableError if NetSuite refused these credentials when last asked."""
    if said := refusal(workspace):
        raise NetSuiteUnavailableError(
            f"{said} Nothing asks again with the same credentials until `nsconsole doctor` "
            "has succeeded"
        )


def refusal(workspace: Workspace) -> str:
    """Give what NetSuite said when it refused these credentials; nothing if it took them."""
    link = link_state(workspace)
    mine = link.state is LinkState.REFUSED and link.login == workspace.netsuite().login
    return link.detail if mine else ""


def note(workspace: Workspace, error: NetSuiteError | None) -> None:
    """Note what a call says of the link; None is an answer without error."""
    with workspace.database.reading() as connection:
        if _news(connection, workspace, error) is None:
            return
    with workspace.database.writing() as connection:
        note_within(connection, workspace, error)


def note_within(connection: Connection, workspace: Workspace, error: NetSuiteError | None) -> None:
    """Note it in a writing transaction that is under way."""
    row = _news(connection, workspace, error)
    if row is not None:
        store.put(connection, *row)


def _news(
    connection: Connection, workspace: Workspace, error: NetSuiteError | None
) -> tuple[str, store.LinkRow] | None:
    """Give what is to be noted of which account; None if that is known, or there is none."""
    account = workspace.settings.account
    if not account:
        return None
    state, login = _state_after(error), workspace.netsuite().login
    known = store.get(connection, account)
    if known and known.login == login:
        # Another failure does not prove that the credentials are taken again.
        still_refused = known.state == LinkState.REFUSED and error is not None
        if known.state == state or still_refused:
            return None
    return account, store.LinkRow(state.value, str(error or ""), login, workspace.now())


def _state_after(error: NetSuiteError | None) -> LinkState:
    if error is not None and error.outcome is Outcome.UNAUTHORIZED:
        return LinkState.REFUSED
    return LinkState.UNREACHABLE if error and error.status is None else LinkState.OK
