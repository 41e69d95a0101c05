"""Fixtures for the proof: a world of one's own."""

import pytest

from .world import world


@pytest.fixture
def at(tmp_path, quick_hashes):
    with world(tmp_path) as made:
        yield made
