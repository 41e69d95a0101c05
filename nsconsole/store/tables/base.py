"""What all tables are made of."""

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import CheckConstraint, Dialect, Index, MetaData, String, text
from sqlalchemy.types import TypeDecorator


def stamp(moment: datetime) -> str:
    """Write an aware datetime as `Instant` does; a naive one is a mistake of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return _stamp(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(maxsize=64)  # the statements of a transaction name the same few moments
def _stamp(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


class Instant(TypeDecorator[datetime]):
    """A moment in UTC to the microsecond, kept as ISO 8601 text that sorts as it reads."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an aware datetime; a naive one is a mistake of the caller (ValueError)."""
        return None if value is None else stamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read it back, aware and in UTC."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, *words: str) -> CheckConstraint:
    """Let a column hold these words alone, or NULL where it may."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of those rows alone for which the SQL condition `where` holds."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
