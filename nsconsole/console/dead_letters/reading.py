"""What the Dead letters screen reads in its lanes, away from the screen's thread."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.console import messages
from nsconsole.console.dead_letters.rows import Layout
from nsconsole.console.lanes import LaneReader

if TYPE_CHECKING:
    from nsconsole.console.dead_letters.letter_list import Anchor, Window
    from nsconsole.services.dead_letters.letters import Filter
    from nsconsole.services.workspace import Workspace


class Reader(LaneReader):
    """Reads for one screen and posts what was read; each lane does only its newest request."""

    def __init__(self, workspace: "Workspace", post: Callable[[Message], object]) -> None:
        super().__init__(workspace, post)
        self._letters = self._lane("dead letters")
        self._letter = self._lane("dead letter")

    def letters(self, text: str, window: "Window") -> None:
        """Read what matches; answers StandingRead and LettersRead."""
        self._letters.submit(lambda: self._read_letters(text, window))

    def _read_letters(self, text: str, window: "Window") -> None:
        from nsconsole.services.dead_letters.letters import Filter, groups, list_dead_letters
        from nsconsole.services.status import glance

        matching = Filter(text=text)
        found = groups(self._workspace, matching=matching)
        layout = Layout(found)
        top = self._top(layout, matching, window)
        offset = layout.letters_before(top)
        letters = list_dead_letters(
            self._workspace, matching=matching, grouped=True, offset=offset, limit=window.height
        )
        self._post(messages.LettersRead(text, found, offset, letters))
        self._post(messages.StandingRead(glance(self._workspace)))

    def _top(self, layout: Layout, matching: "Filter", window: "Window") -> int:
        """Tell which row is to be the first, now that others may have come or gone above."""
        row = self._row(layout, matching, window.anchor) if window.anchor else None
        moved = 0 if row is None else row - window.row
        return max(min(window.top + moved, len(layout) - window.height), 0)

    def _row(self, layout: Layout, matching: "Filter", anchor: "Anchor") -> int | None:
        """Tell on which row a letter stands; None if it is listed no more."""
        from nsconsole.services.dead_letters.letters import wanted

        head = layout.find_head(anchor.cause, anchor.code)
        if head is None:
            return None
        ids = wanted(self._workspace, replace(matching, cause=anchor.cause, code=anchor.code))
        older = bisect_left(ids, anchor.id)
        listed = older < len(ids) and ids[older] == anchor.id
        return head + len(ids) - older if listed else None  # the newest stands first

    def letter(self, id_: int) -> None:
        """Read a dead letter in full; answers LetterRead."""
        self._letter.submit(lambda: self._read_letter(id_))

    def _read_letter(self, id_: int) -> None:
        from nsconsole.services.dead_letters.letters import show_dead_letter

        self._post(messages.LetterRead(show_dead_letter(self._workspace, id_)))
