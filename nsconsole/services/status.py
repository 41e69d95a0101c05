"""How the workspace stands, in figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from nsconsole.services.coverage.history import AuditLine, audits
from nsconsole.services.link import Link, link_state
from nsconsole.services.pushes.breaker import Breaker, look
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters, governor, proposals, pushes
from nsconsole.store.governor import Pool

__all__ = ["AuditLine", "Pool", "Standing", "coverage", "glance", "pool", "standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Proposals and pushes by status, open dead letters, the link to NetSuite and the breaker."""

    proposals: Mapping[str, int]
    queue: Mapping[str, int]
    dead_letters: int
    link: Link
    breaker: Breaker


_PROPOSALS = ("pending", "approved", "rejected", "withdrawn", "expired")
_PUSHES = ("queued", "in_flight", "applied", "dead", "cancelled")


def standing(workspace: Workspace) -> Standing:
    """Count everything."""
    return _standing(workspace, _PROPOSALS, _PUSHES)


def glance(workspace: Workspace) -> Standing:
    """Count only what is open, which stays quick however long the history grows."""
    return _standing(workspace, ("pending",), ("queued", "in_flight", "dead"))


def _standing(workspace: Workspace, staged: tuple[str, ...], pushed: tuple[str, ...]) -> Standing:
    with workspace.database.reading() as connection:
        found = proposals.count_by_status(connection, *staged)
        queue = pushes.count_by_status(connection, *pushed)
        resting = dead_letters.count_open(connection)
    return Standing(
        {status: found.get(status, 0) for status in staged},
        {status: queue.get(status, 0) for status in pushed},
        sum(resting.values()),
        link_state(workspace),
        look(workspace),
    )


def pool(workspace: Workspace) -> Pool | None:
    """How many calls at once the account takes; None if nothing is known of it yet."""
    with workspace.database.reading() as connection:
        return governor.get(connection, workspace.settings.account or "")


def coverage(workspace: Workspace) -> AuditLine | None:
    """The last audit; None if there was none yet."""
    return next(iter(audits(workspace, limit=1)), None)
