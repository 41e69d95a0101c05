"""Names and texts as they stand in SQL that is put together at run time."""

from collections.abc import Iterable


def quoted(identifier: str) -> str:
    """Quote the name of a table, a column, an index or a view."""
    return '"' + identifier.replace('"', '""') + '"'


def quoted_all(identifiers: Iterable[str]) -> str:
    """Quote names and part them by commas."""
    return ", ".join(quoted(identifier) for identifier in identifiers)


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"
