"""What a workspace is set to: the audit trail tells when a process first opens it otherwise."""

import json
import re
from contextlib import suppress
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection

from nsconsole.services.actions.canonical import Json
from nsconsole.services.audit_trail import SYSTEM, Entry, append
from nsconsole.settings import Settings
from nsconsole.store import audit_trail as store
from nsconsole.store.engine import Database, DatabaseError
from nsconsole.text import clean

_SUBJECT = "settings"
# Where the workspace lies, who sits there and how it looks to them: no matter of what is done.
_PERSONAL = {"home", "database_url", "operator", "theme"}
# Of an address: where a password may stand.
_LOGIN_OR_QUERY = re.compile(r"(?<=//).*@|[?#].*", re.DOTALL)


def record_settings(database: Database, settings: Settings, at: datetime) -> None:
    """Add to the trail what the settings are and what changed, if they are not as last recorded.

    A database that cannot be written now still opens; the next opening looks again.
    """
    present = _effective(settings)
    with suppress(DatabaseError):
        with database.reading() as connection:
            if _recorded(connection) == present:
                return
        with database.writing() as connection:
            before = _recorded(connection)
            if before != present:
                append(connection, at, [_entry(before, present)])


def _effective(settings: Settings) -> dict[str, Json]:
    names = {field.name for field in fields(settings)} - _PERSONAL
    values = {name: getattr(settings, name) for name in names}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Json | frozenset[str]) -> Json:
    if isinstance(value, frozenset):
        return [*sorted(value)]
    if isinstance(value, str):
        return clean(_LOGIN_OR_QUERY.sub("", value))
    return value


def _recorded(connection: Connection) -> dict[str, Json] | None:
    newest = store.newest_detail(connection, _SUBJECT)
    try:
        settings = json.loads(newest or "{}").get("settings")
    except (ValueError, AttributeError):  # somebody changed it, which `verify` tells
        return None
    return settings if isinstance(settings, dict) else None


def _entry(before: dict[str, Json] | None, present: dict[str, Json]) -> Entry:
    if before is None:
        return Entry(SYSTEM, "settings_recorded", _SUBJECT, {"settings": present})
    names = sorted(before.keys() | present.keys())
    changed = {
        name: {"from": before.get(name), "to": present.get(name)}
        for name in names
        if before.get(name) != present.get(name)
    }
    return Entry(SYSTEM, "settings_changed", _SUBJECT, {"changed": changed, "settings": present})
