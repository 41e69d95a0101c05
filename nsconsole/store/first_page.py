"""The inbox's first rows, read without SQLAlchemy.

Importing that takes as long as importing all of Textual, and a person who starts the console should
not wait twice. A test holds what is read here to what the store's own page gives.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from nsconsole.store.revision import HEAD

_PAGE = """
    SELECT p.*, push.id AS push_id, push.status AS push_status, push.error_json, push.ns_internal_id
    FROM proposed_actions AS p
    LEFT JOIN ns_pending_pushes AS push
        ON push.id = (SELECT max(id) FROM ns_pending_pushes WHERE proposal_id = p.id)
    WHERE p.status = 'pending' ORDER BY p.id DESC LIMIT ?
"""
_COUNT = "SELECT count(*) FROM proposed_actions WHERE status = 'pending'"


def first_page(path: Path, limit: int) -> tuple[list[dict[str, Any]], int] | None:
    """Give the newest pending proposals, with the columns of `proposals.page`, and their number.

    None if there is no database of this program's schema at `path`: it must be opened properly.
    """
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if revision != HEAD:
                return None
            connection.execute("BEGIN")
            rows = [dict(row) for row in connection.execute(_PAGE, (limit,))]
            (count,) = connection.execute(_COUNT).fetchone()
    except (sqlite3.Error, TypeError):
        return None
    return rows, count
