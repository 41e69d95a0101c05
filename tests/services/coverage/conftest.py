"""A catalog, map and mirror that a test lays down by hand."""

import pytest

from tests.services.coverage_world import World


@pytest.fixture
def workspace(open_workspace):
    """A workspace without NetSuite: nothing here asks it."""
    return open_workspace({})


@pytest.fixture
def world(workspace):
    return World(workspace).begin()
