"""How NetSuite last answered, for every process of the workspace."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select

from nsconsole.store.prepared import Prepared
from nsconsole.store.tables import ns_link


class LinkRow(NamedTuple):
    """The state of the link to one account."""

    state: str
    detail: str
    login: str
    since: datetime


_GET = Prepared(  # each call to NetSuite asks for it
    select(*(ns_link.c[name] for name in LinkRow._fields)).where(
        ns_link.c.account == bindparam("of_account")
    )
)


def get(connection: Connection, account: str) -> LinkRow | None:
    """Give the link's state; None if NetSuite was never asked."""
    row = next(iter(_GET.rows(connection, of_account=account)), None)
    return LinkRow._make(row) if row else None


def put(connection: Connection, account: str, row: LinkRow) -> None:
    """Replace the link's state."""
    connection.execute(delete(ns_link).where(ns_link.c.account == account))
    connection.execute(insert(ns_link).values(account=account, **row._asdict()))
