"""The inbox: what waits for a decision, page by page."""

from nsconsole.services.lines import Line, to_line
from nsconsole.services.workspace import Workspace
from nsconsole.store import proposals as store
from nsconsole.store.proposals import Sort, View

__all__ = ["Line", "Sort", "View"]


def page(workspace: Workspace, view: View, *, offset: int, limit: int) -> list[Line]:
    """Give some lines of a view."""
    with workspace.database.reading() as connection:
        rows = store.page(connection, view, offset=offset, limit=limit)
    return [to_line(row._asdict()) for row in rows]


def count(workspace: Workspace, view: View) -> int:
    """Count the lines of a view."""
    with workspace.database.reading() as connection:
        return store.count(connection, view)


def position(workspace: Workspace, view: View, proposal_id: int) -> int | None:
    """Tell where in a view a proposal stands; None if it is not there."""
    with workspace.database.reading() as connection:
        return store.position(connection, view, proposal_id)


def pending(workspace: Workspace, view: View) -> list[Line]:
    """Give every pending line of a view, to be selected."""
    with workspace.database.reading() as connection:
        rows = store.get_many(connection, store.ids(connection, view))
    return [to_line(row._asdict()) for row in rows]


def listed(workspace: Workspace, *, status: str | None, limit: int = 1000) -> list[Line]:
    """List proposals of any status, or of one, the newest first."""
    with workspace.database.reading() as connection:
        rows = store.listed(connection, status=status, limit=limit)
    return [to_line(row._asdict()) for row in rows]
