"""The schema's version: read cheaply at each start, moved forward when it is behind."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nsconsole.resources import resource
from nsconsole.store.engine import Database, DatabaseError
from nsconsole.store.revision import HEAD

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection


class DatabaseTooNew(DatabaseError):
    """The database was written by a later nsconsole than this one."""


def current_revision(database: Database) -> str | None:
    """Give the revision that the database is at; None if it has no schema yet.

    Raises DatabaseError for a file that cannot be read or is another program's.
    """
    if not database.path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{database.path.as_uri()}?mode=ro", uri=True)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if tables and "alembic_version" not in tables:
                raise DatabaseError(f"{database.path} is not an nsconsole database")
            query = "SELECT version_num FROM alembic_version"
            row = connection.execute(query).fetchone() if tables else None
    except sqlite3.OperationalError as error:
        raise DatabaseError(f"{database.path} cannot be read: {error}") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{database.path} is not an nsconsole database: {error}") from error
    return str(row[0]) if row else None


def migrate(
    database: Database, backups: Path, *, now: datetime | None = None, scripts: Path | None = None
) -> Path | None:
    """Bring the schema to the newest revision of `scripts`; give the backup made, if one was.

    All pending migrations are one transaction: a failure leaves the database as it was. Another
    process that migrates at the same time is waited for. Raises DatabaseTooNew.
    """
    revision = current_revision(database)
    if revision == HEAD and scripts is None:
        return None
    config = _alembic(scripts or resource("migrations"))
    _refuse_newer(database, revision, config)
    backup = _back_up(database, backups, revision, now or datetime.now(UTC)) if revision else None
    _upgrade(database, config)
    return backup


def _alembic(scripts: Path) -> "Config":
    # Alembic costs more to import than all else of the store, and is seldom needed.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(database: Database, revision: str | None, config: "Config") -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision and revision not in known:
        raise DatabaseTooNew(
            f"{database.path} is at schema {revision}, which is newer than this nsconsole knows "
            f"(up to {HEAD}); nothing was changed. Update nsconsole, or use another workspace"
        )


def _back_up(database: Database, backups: Path, revision: str, now: datetime) -> Path:
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S_%fZ")
    copy = backups / f"nsconsole-{stamp}-{revision}.db"
    try:
        backups.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(database.path)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(
            f"no backup could be written to {copy} ({error}), so the database was not migrated"
        ) from error
    return copy


def _upgrade(database: Database, config: "Config") -> None:
    from alembic import command

    with database.unconstrained() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
        _check_references(connection)


def _check_references(connection: "Connection") -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise DatabaseError(
            f"the migration would leave {len(broken)} rows without the row that they refer to "
            f"(first: {broken[0][0]}); it was rolled back"
        )
