"""What the Coverage screen reads in its lanes, away from the screen's thread."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.catalog import Key, Looking
from nsconsole.console import messages
from nsconsole.console.coverage.facts import Domain, Facts, PhaseNow
from nsconsole.console.lanes import LaneReader

if TYPE_CHECKING:
    from nsconsole.console.coverage.gap_list import Window
    from nsconsole.services.phases.listing import PhaseLine
    from nsconsole.services.workspace import Workspace

_AUDITS = 100  # of the trend and the history
_UNDER_WAY = ("applying", "failed")


class Reader(LaneReader):
    """Reads for one screen and posts what was read; each lane does only its newest request."""

    def __init__(self, workspace: "Workspace", post: Callable[[Message], object]) -> None:
        super().__init__(workspace, post)
        self._facts = self._lane("coverage")
        self._gaps = self._lane("gaps")

    def facts(self) -> None:
        """Read how coverage stands; answers StandingRead and CoverageRead."""
        self._facts.submit(self._read_facts)

    def _read_facts(self) -> None:
        from nsconsole.services.coverage.browsing import mark
        from nsconsole.services.status import glance

        self._post(messages.StandingRead(glance(self._workspace)))
        found = mark(self._workspace)  # before the rest: what comes between is read again
        self._post(messages.CoverageRead(self.known(), found))

    def known(self) -> Facts:
        """Read how coverage stands, here and now: call it in a thread."""
        from nsconsole.services.coverage.findings import unseen
        from nsconsole.services.coverage.history import audits, domains
        from nsconsole.services.phases.listing import phases

        workspace = self._workspace
        return Facts(
            audits(workspace, limit=_AUDITS),
            [Domain(each.name, each.mirrored, each.total) for each in domains(workspace)],
            [self._phase_now(line) for line in reversed(phases(workspace))],
            unseen(workspace),
        )

    def _phase_now(self, line: "PhaseLine") -> PhaseNow:
        from nsconsole.services.phases.listing import phase

        if line.state not in _UNDER_WAY:
            return PhaseNow(line)
        return PhaseNow(line, phase(self._workspace, line.id).step)

    def gaps(self, looking: Looking, window: "Window") -> None:
        """Read the gaps in sight; answers GapsRead."""
        self._gaps.submit(lambda: self._read_gaps(looking, window))

    def _read_gaps(self, looking: Looking, window: "Window") -> None:
        from nsconsole.services.coverage.browsing import look

        seen = look(
            self._workspace,
            looking,
            top=window.top,
            height=window.height,
            anchor=window.anchor,
            row=window.row,
        )
        self._post(messages.GapsRead(looking, seen.extent, seen.top, seen.rows))

    def keys(self, looking: Looking) -> set[Key]:
        """Read the keys of all that matches, here and now: call it in a thread."""
        from nsconsole.services.coverage.browsing import matching

        return matching(self._workspace, looking)
