"""Leases on pushes, taken by nobody who would send them."""

from nsconsole.services.pushes import leasing


def take(workspace, *, limit):
    """Take a lease in a transaction of its own, as a drainer does at first."""
    with workspace.database.writing() as connection:
        return leasing.take(connection, workspace, limit=limit)
