"""What really happened: every change that a script has made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nsconsole.sandbox.database import Database


def ledger(database: Database) -> list[dict[str, object]]:
    """Every change that really happened since the ledger was last cleared, in order."""
    with database.write() as connection:
        entries = connection.execute("SELECT * FROM sandbox_ledger ORDER BY seq").fetchall()
    return [{**dict(entry), "fields": json.loads(entry["fields"])} for entry in entries]


def clear_ledger(database: Database) -> None:
    """Start a new chapter of the ledger; the records and the request ids stay as they are."""
    with database.write() as connection:
        connection.execute("DELETE FROM sandbox_ledger")
