"""What a phase is estimated to cost."""

import pytest

from nsconsole.mapping import Column, Kind
from nsconsole.services.phases.estimating import phase_estimate, table_estimate
from nsconsole.services.phases.plan import Estimate


def columns(count, kind=Kind.TEXT):
    return [Column(f"c{n}", kind) for n in range(count)]


def estimate(rows, some, fills=None, *, new=True):
    return table_estimate(rows, some, fills or {}, new=new, key=1, pace=0.5)


@pytest.mark.parametrize(
    ("rows", "width", "requests"),
    [(0, 5, 1), (1, 5, 1), (1000, 5, 1), (1001, 5, 2), (2000, 999, 2), (2000, 1000, 4)],
)
def test_a_request_brings_a_thousand_rows_of_a_thousand_columns(rows, width, requests):
    found = estimate(rows, columns(width))
    assert (found.rows, found.requests) == (rows, requests)
    assert found.seconds == requests * 0.5


def test_what_is_empty_takes_little_room():
    full = estimate(1000, columns(10)).megabytes
    half = estimate(1000, columns(10), dict.fromkeys((f"c{n}" for n in range(10)), 0.5)).megabytes
    assert 0.1 < half < full < 1
    assert estimate(1000, columns(10), new=False).megabytes < full  # the rows are there already
    assert estimate(1000, columns(10, Kind.BOOLEAN)).megabytes < half


def test_a_phase_takes_as_long_as_its_share_of_permits_or_its_longest_table():
    short, long = Estimate(10, 2, 1.0, 0.5), Estimate(1000, 40, 20.0, 1.0)
    assert phase_estimate([short] * 10, at_once=5) == Estimate(100, 20, 2.0, 5.0)
    assert phase_estimate([short, long], at_once=5) == Estimate(1010, 42, 20.0, 1.5)
    assert phase_estimate([], at_once=5) == Estimate(0, 0, 0.0, 0)
