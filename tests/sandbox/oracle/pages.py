"""Whether a page is one that the answer allows, down to the texts on the wire."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from . import dates

_NUMBER = re.compile(r"0|-?(0|[1-9][0-9]*)?\.[0-9]*[1-9]|-?[1-9][0-9]*")
_DIGITS = 12  # of an inexact number, that two ways of reckoning have in common


def check_page(body, expected, session, *, limit, offset):
    """Assert that an answer's body is the page of the expected answer at that place."""
    total = expected.total
    count = max(0, min(limit, total - offset))
    assert (body["count"], body["offset"], body["totalResults"]) == (count, offset, total)
    assert body["hasMore"] is (offset + count < total)
    assert len(body["items"]) == count
    assert all(item.pop("links") == [] for item in body["items"])
    rows = [_wire(expected.names, row, session) for row in expected.rows]
    if expected.any_of:
        _check_among(body["items"], rows)
        return
    for start, end in _groups(expected.ties):
        page = body["items"][max(0, start - offset) : max(0, end - offset)]
        _check_among(page, rows[start:end])


def check_links(body, address, *, limit, offset, asked=True):
    """Assert that an answer links to its neighbours, and to itself as it was asked for."""
    total = body["totalResults"]
    last = max(0, (total - 1) // limit * limit)
    expected = {"self": f"{address}?limit={limit}&offset={offset}" if asked else address}
    if offset:
        expected["prev"] = f"{address}?limit={limit}&offset={offset - limit}"
        expected["first"] = f"{address}?limit={limit}&offset=0"
    if offset < last:
        expected["next"] = f"{address}?limit={limit}&offset={offset + limit}"
        expected["last"] = f"{address}?limit={limit}&offset={last}"
    assert {link["rel"]: link["href"] for link in body["links"]} == expected
    assert len(body["links"]) == len(expected)


def _groups(ties):
    """The first place of each group of ties, and the place behind its last."""
    place = 0
    for _, members in groupby(ties):
        start, place = place, place + len(list(members))
        yield start, place


def _wire(names, row, session):
    """A row as an item has it, numbers apart: those are compared as such."""
    zone = ZoneInfo(session.zone)
    item = {}
    for name, value in zip(names, row, strict=True):
        if isinstance(value, datetime):
            item[name] = dates.raw(dates.local(value, zone), session.date_format)
        elif value is not None:
            item[name] = value
    return item


def _check_among(items, rows):
    """Assert that the items are some of the rows, each as often as it is there."""
    left = Counter(_approximately(row) for row in rows)
    numeric = {name for row in rows for name, value in row.items() if isinstance(value, Decimal)}
    for item in items:
        assert all(isinstance(value, str) for value in item.values()), item
        found = _approximately(
            {name: _number(value) if name in numeric else value for name, value in item.items()}
        )
        assert left[found] > 0, f"{item} is not, or not so often, among {rows}"
        left[found] -= 1


def _number(text):
    assert _NUMBER.fullmatch(text), f"{text!r} is not how a number is written"
    return Decimal(text)


def _approximately(row):
    return tuple(
        (name, _rounded(value) if isinstance(value, Decimal) else value)
        for name, value in sorted(row.items())
    )


def _rounded(value):
    """A number that is told apart from others only where both ways of reckoning can."""
    if value == value.to_integral_value() and abs(value) < 10**18:
        return int(value)
    return float(f"{value:.{_DIGITS}g}")
