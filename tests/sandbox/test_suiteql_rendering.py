"""The text of a page's items: what `json.dumps` makes of a dictionary for each row."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsconsole.sandbox.behaviour import Behaviour
from nsconsole.sandbox.suiteql.numerics import text_of
from nsconsole.sandbox.suiteql.rendering import items_json
from nsconsole.sandbox.suiteql.scope import Output
from nsconsole.sandbox.suiteql.terms import Type

ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
ODD_TEXTS = (
    *("", '"', "\\", "</script>", "a\nb\r\tc", "\x00\x01\x1f", "\x7f\x80\x9f", "\u2028\u2029"),
    *("é日本😀", "\ufeff", "\ufffe", "\ud800", "a\udfff", "%s", "{}", '","id":"1"', "null", "1"),
)
ODD_NUMBERS = (
    *(0, 1, -1, 10**15, 2**53 + 1, 2**60, 2**63 - 1, -(2**63)),
    *(0.0, -0.0, 1.0, 0.1, 1e-5, 5e-324, 1e15, 1 / 3, 1234567890123.25, 2.0**60, 1e22, 1e308),
)
texts = st.sampled_from(ODD_TEXTS) | st.text(st.characters())
integers = st.integers(-(2**63), 2**63 - 1)
floats = st.floats(allow_nan=False) | st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)
kinds = st.sampled_from([texts, integers, floats, st.sampled_from(ODD_NUMBERS), texts | floats])


@st.composite
def pages(draw):
    """Names of columns, which may come twice, and rows: of many different values, or of few."""
    names = draw(st.lists(st.sampled_from(["id", "a", 'quo"ted', "é\n"]), min_size=1, max_size=6))
    count = draw(st.sampled_from([1, 2, 7, 30]))
    columns = []
    for _ in names:
        values = st.none() | draw(kinds)
        if draw(st.booleans()):
            values = st.sampled_from(draw(st.lists(values, min_size=1, max_size=3)))
        columns.append(draw(st.lists(values, min_size=count, max_size=count)))
    return names, [*zip(*columns, strict=True)]


def item(names, row):
    """What a client sees of a row: texts, no nulls, of several columns of a name the last."""
    seen = {}
    for name, value in zip(names, row, strict=True):
        seen.pop(name, None)
        seen[name] = text_of(value)
    return {"links": [], **{name: text for name, text in seen.items() if text is not None}}


@settings(max_examples=300, deadline=None)
@given(pages())
def test_items_are_written_as_json_dumps_writes_them(page):
    names, rows = page
    made = items_json([Output(name, Type.UNKNOWN) for name in names], rows, Behaviour())
    wanted = [item(names, row) for row in rows]
    assert f"[{made}]" == json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.none() | st.integers(10**8, 4 * 10**9), min_size=1),
    st.sampled_from(ZONES),
)
def test_a_moment_is_the_day_on_which_the_sessions_clocks_show_it(seconds, zone):
    moments = [each and datetime.fromtimestamp(each, UTC) for each in seconds]
    rows = [(at and at.strftime("%Y-%m-%d %H:%M:%S"),) for at in moments]
    made = items_json([Output("at", Type.INSTANT)], rows, Behaviour(time_zone=zone))
    wanted = []
    for at in moments:
        local = at and at.astimezone(ZoneInfo(zone))
        wanted.append(local and f"{local.month}/{local.day}/{local.year}")
    assert [each.get("at") for each in json.loads(f"[{made}]")] == wanted


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.0, "0"), (1e15, "1000000000000000"), (-2.50, "-2.5"), (1 / 3, "0.333333333333333")],
)
def test_a_number_is_written_without_exponent_sign_of_zero_or_more_than_15_digits(value, text):
    made = items_json([Output("n", Type.DECIMAL)], [(value,)], Behaviour())
    assert json.loads(made)["n"] == text


def test_no_rows_are_no_items():
    assert items_json([Output("id", Type.INTEGER)], [], Behaviour()) == ""
