"""What the Sync screen reads in its lanes, away from the screen's thread."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.console import messages
from nsconsole.console.lanes import LaneReader
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.sync.log import LogEntry
    from nsconsole.services.workspace import Workspace

PAGE = 300  # entries read at once
_LONGEST = 500  # characters of a sentence in one line


class Reader(LaneReader):
    """Reads for one screen and posts what was read; each lane does only its newest request."""

    def __init__(self, workspace: "Workspace", post: Callable[[Message], object]) -> None:
        super().__init__(workspace, post)
        self._overview = self._lane("overview")
        self._newer = self._lane("newer entries")
        self._older = self._lane("older entries")

    def overview(self) -> None:
        """Read how the mirror and the queue stand; answers StandingRead and OverviewRead."""
        self._overview.submit(self._read_overview)

    def _read_overview(self) -> None:
        from nsconsole.services.status import glance
        from nsconsole.services.sync.overview import overview

        self._post(messages.StandingRead(glance(self._workspace)))
        self._post(messages.OverviewRead(overview(self._workspace)))

    def newest(self, listening: messages.Listening) -> None:
        """Read the newest entries; answers TailRead."""
        self._newer.submit(lambda: self._read_tail(listening))

    def after(self, listening: messages.Listening, entry_id: int) -> None:
        """Read what came after an entry; answers TailRead."""
        self._newer.submit(lambda: self._read_tail(listening, after=entry_id))

    def before(self, listening: messages.Listening, entry_id: int) -> None:
        """Read what was before an entry; answers TailRead."""
        self._older.submit(lambda: self._read_tail(listening, before=entry_id))

    def _read_tail(
        self,
        listening: messages.Listening,
        *,
        after: int | None = None,
        before: int | None = None,
    ) -> None:
        from nsconsole.services.sync.log import Level, entries

        found = entries(
            self._workspace,
            after=after,
            before=before,
            table=listening.table or None,
            level=Level(listening.level),
            text=listening.text,
            limit=PAGE,
        )
        lines = [_line(entry) for entry in found]
        self._post(messages.TailRead(listening, lines, after, before, len(found) < PAGE))


def _line(entry: "LogEntry") -> messages.TailLine:
    from nsconsole.services.sync.log import sentence

    return messages.TailLine(entry, clean(sentence(entry), limit=_LONGEST))
