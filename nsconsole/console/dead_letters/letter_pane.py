"""The dead letter or the group under the cursor, in full."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from nsconsole.console.caption import Caption
from nsconsole.console.dead_letters.letter_text import group_text, letter_text

if TYPE_CHECKING:
    from nsconsole.services.dead_letters.letters import DeadLetterInFull, Group
    from nsconsole.services.dead_letters.rehearsal import Verdict


class LetterPane(VerticalScroll, can_focus=True):
    """Shows one dead letter, or what those of a group have in common."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Scroll down", show=False),
        Binding("k", "scroll_up", "Scroll up", show=False),
    ]

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._shown: object = None

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        yield Caption(id="letter-text")

    def show_hint(self, hint: str) -> None:
        """Show a sentence in place of a letter."""
        self._show(hint, [Content(hint)])

    def show_group(self, group: "Group") -> None:
        """Show what the letters of a group have in common."""
        self._show((group.cause, group.code), group_text(group, self._now()))

    def show_letter(
        self, found: "DeadLetterInFull", verdict: "Verdict | None", rehearsed_at: datetime | None
    ) -> None:
        """Show a letter, with what a dry run found, and when."""
        lines = letter_text(found, verdict, rehearsed_at, now=self._now())
        self._show(found.letter.id, lines)

    def _show(self, what: object, lines: Iterable[Content]) -> None:
        if what != self._shown:
            self.scroll_home(animate=False)
            self._shown = what
        self.query_one("#letter-text", Caption).say(Content("\n").join(lines))
