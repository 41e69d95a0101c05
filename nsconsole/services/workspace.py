"""A workspace: what every service is given."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nsconsole.settings import Settings
from nsconsole.store.engine import Database, DatabaseError, open_database
from nsconsole.store.schema import migrate

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Workspace:
    """The database, NetSuite, the clock and the settings; shared by threads.

    The NetSuite client is made at its first use, since credentials are then asked of the keyring.
    """

    settings: Settings
    database: Database
    connect: Callable[[], "NetSuite"]
    now: Clock = utc_now
    _client: "NetSuite | None" = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def netsuite(self) -> "NetSuite":
        """Give the client. Raises NetSuiteUnavailableError if there is no account or credential."""
        with self._lock:
            if self._client is None:
                self._client = self.connect()
            return self._client

    def close(self) -> None:
        """Close the connections of both sides."""
        with self._lock:
            if self._client:
                self._client.close()
        self.database.close()


def open_workspace(
    settings: Settings, *, environ: Mapping[str, str] = os.environ, now: Clock = utc_now
) -> Workspace:
    """Open the workspace that `settings` name and bring its database to the newest schema.

    Raises DatabaseError, or DatabaseTooNew if a later nsconsole wrote it.
    """

    def connect() -> "NetSuite":
        from nsconsole.services.credentials import connect_netsuite  # httpx

        return connect_netsuite(settings, environ, now)

    database = open_database(settings.database)
    for folder in (settings.home, database.path.parent):
        _make_folder(folder)
    migrate(database, settings.backups, now=now())
    return Workspace(settings=settings, database=database, connect=connect, now=now)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DatabaseError(f"{folder} cannot be made: {error.strerror}") from error
