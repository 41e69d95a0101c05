"""Which columns or which table NetSuite says it does not have, read out of a refused query.

The wordings are those of NetSuite's answers to SuiteQL with HTTP 400 and INVALID_PARAMETER; Oracle
documents the form of the answer ("REST Web Services Error Handling"), not the sentences.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from nsconsole.mapping import is_name
from nsconsole.netsuite.errors import NetSuiteError

_NAME = r"""['"“”‘’`]?\s*([\w.]+)\s*['"“”‘’`]?"""
_UNKNOWN_COLUMN = re.compile(rf"\bunknown identifiers?:?\s+{_NAME}", re.IGNORECASE)
_MISSING_COLUMN = re.compile(
    rf"\bfield\s+{_NAME}\s+for\s+record\s+{_NAME}\s+was\s+not\s+found\b"
    r"(?:\.?\s*reason:\s*([A-Za-z_]+))?",
    re.IGNORECASE,
)
_UNKNOWN_TABLE = re.compile(rf"\binvalid search type:?\s+{_NAME}", re.IGNORECASE)
_MISSING_TABLE = re.compile(rf"(?<!for )\brecord\s+{_NAME}\s+was\s+not\s+found\b", re.IGNORECASE)
_QUOTED_QUERY = re.compile(r"failed to parse sql", re.IGNORECASE)


class Reason(StrEnum):
    """Why a column or table cannot be had."""

    UNKNOWN = "unknown"  # the table has no such column, or the account no such table
    REMOVED = "removed"
    NOT_EXPOSED = "not_exposed"  # it is there, but not for queries
    NO_PERMISSION = "no_permission"  # for a table also: a feature that is off
    OTHER = "other"  # for a reason of NetSuite's that is none of these


@dataclass(frozen=True, slots=True)
class Drift:
    """What a query asked for in vain; `message` is NetSuite's own, in a line for people.

    `columns` tells why, by name in lower case; `table` is set if the table as a whole is missing.
    """

    columns: dict[str, Reason]
    table: Reason | None
    message: str


def read_drift(error: NetSuiteError) -> Drift | None:
    """Read what is missing out of the error of a query; None if the error is about anything else.

    A query for a missing column may also be answered with HTTP 500 and nothing said, which cannot
    be told from an outage here.
    """
    if error.status != 400 or error.code != "INVALID_PARAMETER":
        return None
    details = [detail for detail in error.details if not _QUOTED_QUERY.search(detail)]
    found = (pair for detail in details for pair in _columns(detail))
    columns = {name: reason for name, reason in found if is_name(name)}
    table = next(filter(None, map(_table, details)), None)
    return Drift(columns, table, error.message) if columns or table else None


def _columns(detail: str) -> Iterator[tuple[str, Reason]]:
    for found in _UNKNOWN_COLUMN.finditer(detail):
        yield _plain(found[1]), Reason.UNKNOWN
    for found in _MISSING_COLUMN.finditer(detail):
        yield _plain(found[1]), _reason(found[3])


def _table(detail: str) -> Reason | None:
    if _UNKNOWN_TABLE.search(detail):
        return Reason.UNKNOWN
    return Reason.NO_PERMISSION if _MISSING_TABLE.search(detail) else None


def _plain(name: str) -> str:
    """Take away the alias of the table and the full stop of the sentence."""
    return name.strip(".").rpartition(".")[2].lower()


def _reason(word: str | None) -> Reason:
    try:
        return Reason((word or "").lower())
    except ValueError:
        return Reason.OTHER
