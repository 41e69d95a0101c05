"""SuiteQL that asks about a table instead of for its rows: what it gives, how full, how many."""

from collections.abc import Sequence

from nsconsole.mapping import Column, is_name
from nsconsole.netsuite.keyset import MAX_COLUMNS, Query, expression

MOST_MEASURED = MAX_COLUMNS - 1
"""The most columns whose fill one query asks for; it counts the rows besides."""
MOST_COUNTED = 100
"""The most columns whose values one query counts: that takes NetSuite a sort for each."""


def fill(table: str, columns: Sequence[Column], *, sample: int) -> Query:
    """Ask how many of the first rows (`sampled`, at most `sample`) have a value in each column.

    These are called f0, f1 … in the columns' order. Each column is written as a sync would ask for
    it, so that what is refused here is what a sync could not have. Raises ValueError, as does every
    function here, for a name that is none of NetSuite's.
    """
    if len(columns) > MOST_MEASURED:
        raise ValueError(f"A query measures {MOST_MEASURED} columns, not {len(columns)}.")
    # Oracle counts no large text, only whether there is one.
    counts = [
        f"COUNT(CASE WHEN {expression(column)} IS NOT NULL THEN 1 END) AS f{place}"
        for place, column in enumerate(columns)
    ]
    selected = ", ".join(["COUNT(*) AS sampled", *counts])
    return Query(f"SELECT {selected} FROM {_checked(table)} t WHERE ROWNUM <= {sample}")  # noqa: S608 - checked


def counts(table: str, *, distinct: Sequence[str] = (), stamped: Sequence[str] = ()) -> Query:
    """Ask for the number of rows (`total`), of values that differ (d0, d1 …), and of stamps (s0 …).

    A column that has as many values as there are rows tells them apart; one with as many stamps
    has one in each.
    """
    selected = ["COUNT(*) AS total"]
    selected += [f"COUNT(DISTINCT t.{_checked(c)}) AS d{n}" for n, c in enumerate(distinct)]
    selected += [f"COUNT(t.{_checked(c)}) AS s{n}" for n, c in enumerate(stamped)]
    return Query(f"SELECT {', '.join(selected)} FROM {_checked(table)} t")  # noqa: S608 - checked


def repeated(table: str, key: Sequence[str]) -> Query:
    """Ask for values that more than one row has in `key`, or that lack a part; none if it is a key.

    Any row that comes, is one too many: one is enough to ask for.
    """
    names = [f"t.{_checked(name)}" for name in key]
    listed = ", ".join(names)
    lacking = " OR ".join(f"{name} IS NULL" for name in names)
    return Query(
        f"SELECT {listed} FROM {_checked(table)} t GROUP BY {listed} "  # noqa: S608 - checked
        f"HAVING COUNT(*) > 1 OR {lacking}"
    )


def sample(table: str, rows: int) -> Query:
    """Ask for the first rows whole: the last resort where nobody tells a table's columns."""
    return Query(f"SELECT * FROM {_checked(table)} t WHERE ROWNUM <= {rows}")  # noqa: S608 - checked


def _checked(name: str) -> str:
    if not is_name(name):
        raise ValueError(f"{name[:60]!r} is not the name of a NetSuite table or column.")
    return name
