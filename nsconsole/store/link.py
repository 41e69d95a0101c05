"""How NetSuite last answered, for every process of the workspace."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from nsconsole.store.tables import ns_link


class LinkRow(NamedTuple):
    """The state of the link to one account."""

    state: str
    detail: str
    login: str
    since: datetime


def get(connection: Connection, account: str) -> LinkRow | None:
    """Give the link's state; None if NetSuite was never asked."""
    query = select(ns_link.c.state, ns_link.c.detail, ns_link.c.login, ns_link.c.since)
    row = connection.execute(query.where(ns_link.c.account == account)).one_or_none()
    return LinkRow(*row) if row else None


def put(connection: Connection, account: str, row: LinkRow) -> None:
    """Replace the link's state."""
    connection.execute(delete(ns_link).where(ns_link.c.account == account))
    connection.execute(insert(ns_link).values(account=account, **row._asdict()))
