"""Making a state file: the account as it is born, complete or not there at all."""

from __future__ import annotations

import gc
import os
import sqlite3
from contextlib import closing, contextmanager
from glob import escape
from typing import TYPE_CHECKING

from nsconsole.sandbox import birth
from nsconsole.sandbox import seed as seeding
from nsconsole.sandbox.generated.filling import furnish
from nsconsole.sandbox.schema import ddl, index_ddl
from nsconsole.sandbox.seed.setup import CHOICES
from nsconsole.sandbox.tables import INDEXES, TABLES, TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PRAGMAS = """
    PRAGMA journal_mode=OFF;
    PRAGMA synchronous=OFF;
    PRAGMA locking_mode=EXCLUSIVE;
    PRAGMA cache_size=-64000;
    PRAGMA temp_store=FILE;
"""
"""Nothing needs to be undone in a file that is thrown away if its making fails."""


def found(
    path: Path,
    memory: str,
    *,
    seed: int,
    transactions: int,
    progress: Callable[[int, int], None],
) -> None:
    """Make the state file `path`; `memory` is the SQL of the sandbox's own tables.

    It is made under another name, which it loses only when it is whole: a process that is killed
    in the middle leaves nothing that could be taken for an account.

    Raises:
        OSError: the folder cannot be written, or another process has just made the same file.
        sqlite3.Error: there is no room for it.
    """
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.filling")
    for left_over in path.parent.glob(f"{escape(path.name)}.*.filling"):
        left_over.unlink()
    try:
        with (
            _without_garbage_collection(),
            closing(sqlite3.connect(unfinished, isolation_level=None)) as connection,
        ):
            connection.executescript(_PRAGMAS + memory)
            _fill(connection, seed, transactions, progress)
        if path.exists() and path.stat().st_size:
            raise FileExistsError("another process has just made this file")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """The rows on their way are hundreds of thousands of objects, and none of them is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fill(
    connection: sqlite3.Connection,
    seed: int,
    transactions: int,
    progress: Callable[[int, int], None],
) -> None:
    with connection:
        connection.execute("BEGIN")
        for table in TABLES.values():
            connection.execute(ddl(table))
    seeding.fill(connection, seed, transactions, progress)
    with connection:
        connection.execute("BEGIN")
        furnish(connection, birth.at_first(seed), TABLES, seed)
        for name, column in INDEXES:
            connection.execute(index_ddl(name, column))
        for trigger in TRIGGERS:
            connection.execute(trigger)
        _remember(connection, seed)


def _remember(connection: sqlite3.Connection, seed: int) -> None:
    connection.executemany(
        "INSERT INTO sandbox_feature VALUES (?)",
        [(name,) for name, on in birth.FEATURES.items() if on],
    )
    connection.executemany(
        "INSERT INTO sandbox_choice VALUES (?, ?, ?)",
        [(name, *pair) for name, words in CHOICES.items() for pair in words.items()],
    )
    connection.execute("INSERT INTO sandbox_meta VALUES (?)", (seed,))
