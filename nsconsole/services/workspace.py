"""A workspace: what every service is given."""

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nsconsole.services.recorded_settings import record_settings
from nsconsole.settings import Settings
from nsconsole.store.engine import Database, DatabaseError, open_database
from nsconsole.store.schema import migrate

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite
    from nsconsole.netsuite.restlet import Ping
    from nsconsole.services.governor import Governor
    from nsconsole.store.slots import Slots

Clock = Callable[[], datetime]


@cache
def _host() -> str:
    """The machine's name, the same for as long as this process lives, whatever network it joins."""
    return socket.gethostname()


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
    sleep: Callable[[float], None] = time.sleep
    restlet: "Ping | None" = None  # what the RESTlet says of itself, once it was asked
    chance: random.Random = field(default_factory=random.Random)
    _client: "NetSuite | None" = field(default=None, init=False)
    _governor: "Governor | None" = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def netsuite(self) -> "NetSuite":
        """Give the client. Raises NetSuiteUnavailableError if there is no account or credential."""
        with self._lock:
            if self._client is None:
                self._client = self.connect()
            return self._client

    @property
    def locks(self) -> "Slots":
        """Locks that the processes of this workspace share."""
        from nsconsole.store.slots import Slots

        return Slots(self.database.path.parent / "locks")

    @property
    def governor(self) -> "Governor":
        """Who shares out the calls to the account."""
        from nsconsole.services.governor import Governor

        if self._governor is None:
            self._governor = Governor(
                self.database,
                self.locks,
                account=self.settings.account or "",
                size=self.settings.concurrency,
                now=self.now,
            )
        return self._governor

    @property
    def owner(self) -> str:
        """This process, for others to see."""
        return f"{_host()}:{os.getpid()}"

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
        from nsconsole.services.first_call import FirstCall
        from nsconsole.services.link import note, refusal

        permits = FirstCall(
            workspace.governor,
            slots=workspace.locks,
            refusal=lambda: refusal(workspace),
            on_refusal=lambda error: note(workspace, error),
        )
        return connect_netsuite(settings, environ, now, permits=permits)

    database = open_database(settings.database)
    for folder in (settings.home, database.path.parent):
        _make_folder(folder)
    migrate(database, settings.backups, now=now())
    record_settings(database, settings, now())
    workspace = Workspace(settings=settings, database=database, connect=connect, now=now)
    return workspace


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DatabaseError(f"{folder} cannot be made: {error.strerror}") from error
