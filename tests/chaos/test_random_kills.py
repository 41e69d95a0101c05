"""Drainers killed at random at a NetSuite that fails; and that the proof sees broken promises.

`python -m tests.chaos` is the long form.
"""

import pytest

from .random_kills import FAULTS, run


def test_what_is_approved_is_made_once_or_rests_with_a_true_reason(tmp_path, quick_hashes):
    figures = run(tmp_path, pushes=160, seed=3)
    assert figures.faults == []
    assert figures.applied + sum(figures.dead.values()) == 160
    assert figures.in_ledger == 160  # once what was dead went out again
    assert figures.deaths >= 4
    assert len(figures.struck) == FAULTS
    assert sum(figures.struck.values()) > 16


@pytest.mark.parametrize(
    ("sabotage", "found"),
    [
        # A late answer overwrites either an attempt or what it came to, as the race goes.
        ("fencing", ["was told 2 times", "has 1 rows in the mirror"]),
        ("request-id", ["no push made"]),
        ("audit-entry", ["0 audit entries"]),
        ("mirror-row", ["0 rows in the mirror"]),
    ],
)
def test_a_broken_promise_is_found_out(tmp_path, quick_hashes, sabotage, found):
    figures = run(tmp_path, pushes=120, seed=3, sabotage=sabotage, patience=90)
    assert any(one in fault for one in found for fault in figures.faults)
