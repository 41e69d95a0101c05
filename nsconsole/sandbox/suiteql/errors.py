"""SuiteQL's refusals, by cause, in NetSuite's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.forms import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "Invalid search query. Detailed unprocessed description follows. "


def refused_query(*tails: str) -> Refusal:
    """The refusal of a query: one detail for each tail, which tells its cause."""
    first, *others = (_PREFIX + tail for tail in tails)
    return Refusal(
        400, "INVALID_PARAMETER", first, about={"o:errorQueryParam": "q"}, others=tuple(others)
    )


def unsupported() -> Refusal:
    """A query that can be read but that SuiteQL does not do."""
    return refused_query("Search error occurred: Invalid or unsupported search.")


def unknown_identifier(name: str, sources: Mapping[str, str]) -> str:
    """A name that is no column of the tables in reach, which are given as {alias: table}."""
    known = ", ".join(f"{alias}={table}" for alias, table in sources.items())
    return (
        f"Search error occurred: Unknown identifier '{name}'. "
        f"Available identifiers are: {{{known}}}."
    )


def removed_field(name: str, table: str) -> str:
    """A column that the table does not have (any more)."""
    return _missing_field(name, table, "REMOVED - Field is removed")


def hidden_field(name: str, table: str) -> str:
    """A column that the table has, but that no query may see."""
    return _missing_field(name, table, "NOT_EXPOSED - Not available for channel SEARCH")


def _missing_field(name: str, table: str, reason: str) -> str:
    return (
        f"Search error occurred: Field '{name}' for record '{table}' was not found. "
        f"Reason: {reason}"
    )


def unknown_table(name: str) -> Refusal:
    """A table that the account does not have."""
    return refused_query(f"Invalid search type: {name}.")


def hidden_table(name: str) -> Refusal:
    """A table that the role may not see, or whose feature is off."""
    return refused_query(f"Search error occurred: Record '{name}' was not found.")


def bad_syntax(query: str, near: str, line: int, column: int) -> Refusal:
    """A query that cannot be read at `near`."""
    return refused_query(
        f"Search error occurred: Failed to parse SQL [{query}]: syntax error, state:1545(10102) "
        f"near: {near}({line},{column}, token code:0)\n"
        "no_root_node(-1000) near: no root node(0,0, token code:0)."
    )
