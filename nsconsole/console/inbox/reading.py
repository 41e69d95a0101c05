"""What the inbox reads in its lanes, away from the screen's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.console import messages
from nsconsole.console.lanes import LaneReader
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.inbox import View
    from nsconsole.services.lines import Line
    from nsconsole.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Window:
    """Rows that are wanted; if `anchor_id` is still listed, it comes `before` rows from the top."""

    offset: int
    limit: int
    anchor_id: int | None = None
    before: int = 0


class Reader(LaneReader):
    """Reads for one screen and posts what was read; each lane does only its newest request."""

    def __init__(
        self, workspace: "Workspace", post: Callable[[Message], object], since: datetime
    ) -> None:
        super().__init__(workspace, post)
        self._since = since
        self._rows = self._lane("rows")
        self._detail = self._lane("detail")
        self._standing = self._lane("standing")
        self._netsuite = self._lane("netsuite")

    def view(self, looking: messages.Looking) -> "View":
        """Give a view in the service's terms."""
        from nsconsole.services.inbox import Sort, View  # after the first frame

        words = tuple(looking.text.casefold().split())
        return View(Sort(looking.sort), words, self._since, looking.everything)

    def rows(self, looking: messages.Looking, window: Window) -> None:
        """Read rows; answers PageRead."""
        self._rows.submit(lambda: self._read_rows(looking, window))

    def _read_rows(self, looking: messages.Looking, window: Window) -> None:
        from nsconsole.services import inbox

        view, offset = self.view(looking), window.offset
        if window.anchor_id is not None:
            anchor = inbox.position(self._workspace, view, window.anchor_id)
            offset = offset if anchor is None else max(anchor - window.before, 0)
        lines = inbox.page(self._workspace, view, offset=offset, limit=window.limit)
        complete = len(lines) < window.limit and (lines or not offset)
        total = offset + len(lines) if complete else inbox.count(self._workspace, view)
        self._post(messages.PageRead(looking, offset, lines, total))

    def pending(self, looking: messages.Looking) -> "list[Line]":
        """Read everything pending that is listed, here and now: call it in a thread."""
        from nsconsole.services import inbox

        return inbox.pending(self._workspace, self.view(looking))

    def detail(self, proposal_id: int) -> None:
        """Read a proposal in full; answers DetailRead."""
        self._detail.submit(lambda: self._read_detail(proposal_id))

    def _read_detail(self, proposal_id: int) -> None:
        from nsconsole.services.details import detail

        self._post(messages.DetailRead(proposal_id, detail(self._workspace, proposal_id)))

    def standing(self) -> None:
        """Read the title bar's figures and the findings; answers StandingRead and FindingsRead."""
        self._standing.submit(self._read_standing)

    def _read_standing(self) -> None:
        from nsconsole.services.coverage.findings import unseen
        from nsconsole.services.status import glance

        self._post(messages.StandingRead(glance(self._workspace)))
        found = [clean(finding.summary, limit=300) for finding in unseen(self._workspace)]
        self._post(messages.FindingsRead(found))

    def now(self, proposal_id: int) -> None:
        """Ask NetSuite for the present values; answers NowRead."""
        self._netsuite.submit(lambda: self._read_now(proposal_id))

    def _read_now(self, proposal_id: int) -> None:
        from nsconsole.services.details import look_now
        from nsconsole.services.errors import ServiceError

        try:
            found = look_now(self._workspace, proposal_id)
        except ServiceError as error:
            self._post(messages.NowRead(proposal_id, None, clean(str(error))))
        else:
            self._post(messages.NowRead(proposal_id, found))
