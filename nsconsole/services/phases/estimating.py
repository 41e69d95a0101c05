"""What a phase costs: rows to pull, requests, time at the pace of late, room in the database."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nsconsole.mapping import Column, Kind
from nsconsole.netsuite.keyset import MAX_COLUMNS
from nsconsole.services.phases.plan import Estimate, total
from nsconsole.services.sync.asking import PAGE

USUAL_PACE = 0.5
"""Seconds that NetSuite takes for a page, until this workspace knows better."""

_BYTES = {
    Kind.INTEGER: 4,
    Kind.REAL: 8,
    Kind.TEXT: 24,
    Kind.BOOLEAN: 1,
    Kind.DATE: 11,
    Kind.DATETIME: 21,
}
_ROW = 60  # bytes that a row takes besides, its place in the key and its stamp included
_MEGA = 1_000_000


def table_estimate(
    rows: int,
    columns: Sequence[Column],
    fills: Mapping[str, float],
    *,
    new: bool,
    key: int,
    pace: float,
) -> Estimate:
    """Estimate what it costs to pull columns of a table once, by itself.

    `fills` tell the share of rows that have a value; a column without is taken to be full. `key` is
    the number of columns that each query carries besides; `pace` are seconds a request.
    """
    groups = max(1, math.ceil(len(columns) / (MAX_COLUMNS - key)))
    requests = max(1, math.ceil(rows / PAGE)) * groups
    cells = sum(1 + _BYTES[column.kind] * fills.get(column.name, 1.0) for column in columns)
    size = rows * (cells + (_ROW if new else 0))
    return Estimate(rows, requests, requests * pace, size / _MEGA)


def phase_estimate(each: Sequence[Estimate], *, at_once: int) -> Estimate:
    """Add up the tables of a phase, of which NetSuite is asked for so many at once."""
    added = total(each)
    longest = max((one.seconds for one in each), default=0.0)
    return replace(added, seconds=max(longest, added.seconds / max(at_once, 1)))
