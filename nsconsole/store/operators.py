"""Statements on `operators`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from nsconsole.store.tables import operators

_O = operators.c


def add(connection: Connection, row: Mapping[str, Any]) -> int:
    """Insert an operator; give the id."""
    return int(connection.execute(insert(operators).values(row).returning(_O.id)).scalar_one())


def named(connection: Connection, name: str) -> Row[Any] | None:
    """Find an operator by name."""
    return connection.execute(select(operators).where(_O.name == name)).one_or_none()


def for_login(connection: Connection, login: str) -> Row[Any] | None:
    """Find the operator who is an OS user: by login, else by a name that is the same."""
    query = (
        select(operators)
        .where(or_(_O.login == login, _O.name == login), _O.disabled_at.is_(None))
        .order_by((_O.login == login).desc(), _O.id)
        .limit(1)
    )
    return connection.execute(query).one_or_none()


def everybody(connection: Connection) -> list[Row[Any]]:
    """List all operators by name."""
    return list(connection.execute(select(operators).order_by(_O.name)))


def set_token(connection: Connection, name: str, token_hash: str) -> None:
    """Replace an operator's edit token."""
    connection.execute(update(operators).where(_O.name == name).values(token_hash=token_hash))


def disable(connection: Connection, name: str, at: datetime) -> None:
    """Take an operator's rights away."""
    connection.execute(update(operators).where(_O.name == name).values(disabled_at=at))
