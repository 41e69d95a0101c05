"""Moments: aware, in UTC, to the microsecond, and in the same order as text and as time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from nsconsole.store.tables import Instant

MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
SQLITE = dialect()


def kept(moment):
    return Instant().process_bind_param(moment, SQLITE)


@given(MOMENTS)
def test_a_moment_comes_back_as_it_was_and_in_utc(moment):
    back = Instant().process_result_value(kept(moment), SQLITE)
    assert back == moment
    assert back.tzinfo == UTC


@given(MOMENTS, MOMENTS)
def test_the_text_sorts_as_the_moments_do(one, other):
    assert (kept(one) < kept(other)) == (one < other)


def test_a_moment_without_its_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        kept(datetime(2026, 11, 22))  # noqa: DTZ001 - what is tested
