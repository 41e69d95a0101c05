"""What need not be mirrored, as an operator said, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nsconsole.catalog import Key
from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.errors import BadInputError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.workspace import Workspace
from nsconsole.store import coverage as store


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A column, or without one a table with all its columns; `by` is an operator."""

    table: str
    column: str
    note: str
    by: str
    at: datetime


def exclude(workspace: Workspace, authority: Authority, keys: Sequence[Key], note: str) -> None:
    """Exclude tables or columns (admin), all or none; a new note takes an old one's place.

    Raises RefusedError, and BadInputError for what no catalog tells of, or without a note.
    """
    if not note.strip():
        raise BadInputError("a note is needed: it tells later why this was excluded")
    at, by = workspace.now(), authority.operator.name
    with workspace.database.writing() as connection:
        require(connection, authority, Role.ADMIN)
        for key in keys:
            if not store.is_known(connection, key):
                raise BadInputError(f"no catalog tells of {named(*key)}; names are in lower case")
            store.exclude(connection, key, note.strip(), by=by, at=at)
        told = {"note": note}
        append(connection, at, [Entry(by, "coverage_excluded", _subject(k), told) for k in keys])


def include(workspace: Workspace, authority: Authority, keys: Sequence[Key]) -> None:
    """Take exclusions back (admin), all or none.

    Raises RefusedError, and BadInputError for what is not excluded.
    """
    at, by = workspace.now(), authority.operator.name
    with workspace.database.writing() as connection:
        require(connection, authority, Role.ADMIN)
        for key in keys:
            if not store.include(connection, key):
                raise BadInputError(f"{named(*key)} is not excluded")
        append(connection, at, [Entry(by, "coverage_included", _subject(k), {}) for k in keys])


def exclusions(workspace: Workspace) -> list[Exclusion]:
    """Give what is excluded, by name."""
    with workspace.database.reading() as connection:
        rows = store.exclusions(connection)
    return [Exclusion(r.table_name, r.name, r.note, r.excluded_by, r.at) for r in rows]


def named(table: str, column: str | None) -> str:
    """Give the name of a table or column as people write it."""
    return f"{table}.{column}" if column else table


def _subject(key: Key) -> str:
    return f"coverage:{named(*key)}"
