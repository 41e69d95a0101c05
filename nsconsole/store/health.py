"""Whether the database's file is sound and can be written."""

from dataclasses import dataclass

from nsconsole.store.engine import Database


@dataclass(frozen=True, slots=True)
class Health:
    """`journal` is the journal's mode; `damage` what is broken in the file, empty if nothing is."""

    journal: str
    damage: str


def examine(database: Database) -> Health:
    """Read the whole file for damage, and take the write lock once; nothing is changed.

    Raises DatabaseError if it cannot be opened, read or written.
    """
    with database.reading() as connection:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    with database.writing():
        pass
    return Health(str(journal), "" if found == "ok" else str(found))
