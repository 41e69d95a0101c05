"""Where heads and letters stand in the list: compared with the rows written out one by one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsconsole.console.dead_letters.rows import Head, Layout, Rows
from nsconsole.services.dead_letters.letters import Group
from nsconsole.services.pushes.attempts import Cause

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def grouped(counts):
    return [Group(Cause.REFUSED, f"C{i}", n, NOON, NOON) for i, n in enumerate(counts)]


counts = st.lists(st.integers(1, 6), max_size=6)


@given(counts)
def test_every_row_is_a_head_or_a_letter_in_its_place(counts):
    layout = Layout(grouped(counts))
    written = [(i, n) for i, count in enumerate(counts) for n in range(-1, count)]
    assert len(layout) == len(written)
    assert layout.letters == sum(counts)
    letter = 0
    for row, (group, number) in enumerate(written):
        assert layout.group_of(row) == group
        assert layout.is_head(row) == (number < 0)
        assert layout.letters_before(row) == letter
        if number < 0:
            assert layout.head_of(group) == row == layout.find_head("refused", f"C{group}")
        else:
            assert layout.row_of(letter) == row
            letter += 1


@given(counts, st.integers(0, 30), st.integers(0, 30))
def test_letters_that_are_held_stand_where_they_belong_and_others_are_left_open(
    counts, offset, held
):
    layout, letters = Layout(grouped(counts)), [f"letter {n}" for n in range(sum(counts))]
    rows = Rows(layout, offset, letters[offset : offset + held])
    shown = [row for row in rows if not isinstance(row, Head)]
    assert shown == [
        letter if offset <= n < offset + held else None for n, letter in enumerate(letters)
    ]


def test_a_group_that_is_not_listed_has_no_head():
    assert Layout(grouped([2])).find_head("conflict", "C0") is None


def test_rows_are_a_sequence_that_ends():
    rows = Rows(Layout(grouped([1])))
    assert rows[:] == [Head(grouped([1])[0]), None]
    with pytest.raises(IndexError):
        rows[2]
