"""Statements on `governor`: how many calls at once an account takes, for all processes."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, or_, select, update

from nsconsole.store.tables import governor

_G = governor.c


class Pool(NamedTuple):
    """How many calls an account takes at once: at most `size`, and at present `limit`.

    `source` says where the size was learned, `refused_at` when NetSuite last had too much.
    """

    size: int
    limit: int
    source: str
    refused_at: datetime | None
    changed_at: datetime


def get(connection: Connection, account: str) -> Pool | None:
    """Give an account's pool; None if nothing was learned of it."""
    query = select(*(_G[name] for name in Pool._fields)).where(_G.account == account)
    row = connection.execute(query).one_or_none()
    return Pool._make(row) if row else None


def learn(connection: Connection, account: str, *, size: int, source: str, at: datetime) -> None:
    """Set an account's size; its limit follows up where it was as large as it might be."""
    at_most = update(governor).where(_G.account == account)
    full = func.iif(_G.limit == _G.size, size, func.min(_G.limit, size))
    known = connection.execute(at_most.values(size=size, limit=full, source=source, changed_at=at))
    if not known.rowcount:
        row = {"account": account, "size": size, "limit": size, "source": source}
        connection.execute(insert(governor).values(row | {"changed_at": at}))


def shrink(connection: Connection, account: str, *, at: datetime, quiet_since: datetime) -> bool:
    """Halve the limit, to no less than 1, unless it was refused since a moment.

    The calls under way when NetSuite refuses one are refused together, and count once.
    """
    shrunk = connection.execute(
        update(governor)
        .where(_G.account == account, or_(_G.refused_at.is_(None), _G.refused_at < quiet_since))
        .values(limit=func.max(1, _G.limit // 2), refused_at=at, changed_at=at)
    )
    return shrunk.rowcount == 1


def grow(connection: Connection, account: str, *, at: datetime, quiet_since: datetime) -> bool:
    """Raise the limit by one, up to the size, if it was not changed since a moment."""
    grown = connection.execute(
        update(governor)
        .where(_G.account == account, _G.limit < _G.size, _G.changed_at <= quiet_since)
        .values(limit=_G.limit + 1, changed_at=at)
    )
    return grown.rowcount == 1
