"""Accounts kept from earlier starts: to copy one takes a moment, to make it anew about a second."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

_MOST = 4  # accounts, of about 10 MB each


def place_of(folder: Path, *, seed: int, transactions: int) -> Path:
    """Where in `folder` an account is kept that this very program would make so."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    stamps = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sources]
    facts = repr((stamps, seed, transactions, sqlite3.sqlite_version))
    return folder / f"{hashlib.sha256(facts.encode()).hexdigest()[:32]}.db"


def copy(kept: Path, path: Path) -> bool:
    """Make `path` a copy of what is kept; False if nothing is, or it cannot be had."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.copying")
    try:
        shutil.copyfile(kept, unfinished)
        unfinished.replace(path)
        os.utime(kept)
    except OSError:
        unfinished.unlink(missing_ok=True)
        return False
    return True


def keep(path: Path, kept: Path) -> None:
    """Keep a copy of an account that was just made, and not too many; a full disk is no trouble."""
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy(path, kept)
        others = sorted(kept.parent.glob("*.db"), key=lambda each: each.stat().st_mtime)
        for old in others[:-_MOST]:
            old.unlink(missing_ok=True)
