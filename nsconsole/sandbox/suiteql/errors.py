"""SuiteQL's refusals, by cause, in NetSuite's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.forms import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "Invalid search query. Detailed unprocessed description follows. "


def refused_query(tail: str) -> Refusal:
    """The refusal of a query, with the end of the detail that tells the cause."""
    return Refusal(400, "INVALID_PARAMETER", _PREFIX + tail, about={"o:errorQueryParam": "q"})


def unsupported() -> Refusal:
    """A query that can be read but that SuiteQL does not do."""
    return refused_query("Search error occurred: Invalid or unsupported search.")


def unknown_identifier(name: str, sources: Mapping[str, str]) -> Refusal:
    """A name that is no column of the tables in reach, which are given as {alias: table}."""
    known = ", ".join(f"{alias}={table}" for alias, table in sources.items())
    return refused_query(
        f"Search error occurred: Unknown identifier '{name}'. "
        f"Available identifiers are: {{{known}}}."
    )


def unknown_field(name: str, table: str) -> Refusal:
    """A column, named together with its table, that the table does not have."""
    return refused_query(
        f"Search error occurred: Field '{name}' for record '{table}' was not found. "
        "Reason: REMOVED - Field is removed"
    )


def unknown_table(name: str) -> Refusal:
    """A table that the account does not have."""
    return refused_query(f"Invalid search type: {name}.")


def bad_syntax(query: str, near: str, line: int, column: int) -> Refusal:
    """A query that cannot be read at `near`."""
    return refused_query(
        f"Failed to parse SQL [{query}]: syntax error, state:0(0) near: "
        f"{near}({line},{column}, token code:0)"
    )
