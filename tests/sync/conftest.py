"""A mirror on a NetSuite of one's own, in which waiting takes no time."""

import pytest

from .mirror import Mirror


@pytest.fixture
def workspace(open_workspace, sandbox, clock):
    """A workspace that lets the clock run on where it would wait."""
    workspace = open_workspace(sandbox.environ)
    workspace.sleep = clock.advance
    return workspace


@pytest.fixture
def mirror(workspace, sandbox, tmp_path):
    return Mirror(workspace, sandbox, tmp_path / "sandbox.db")
