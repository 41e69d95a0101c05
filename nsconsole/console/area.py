"""What the console's screens have in common: they follow the database, and tell what happened."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen

from nsconsole.console import messages
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session


_REST = 0.25  # seconds between two looks at a database that changes all the time


class Area(Screen[None]):
    """A screen of its own key; out of sight, or under a question, it stands still."""

    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = []
    """The keys of each of its places, for the help."""

    app: "NsConsole"

    def __init__(self, account: str | None) -> None:
        super().__init__()
        self.account = account
        self._stale = self._resting = self._due = False
        self._trouble = ""

    def begin(self, session: "Session") -> None:
        """Show an open workspace."""
        raise NotImplementedError

    def catch_up(self) -> None:
        """Read anew what is shown."""
        raise NotImplementedError

    @on(messages.DatabaseChanged)
    def _database_changed(self) -> None:
        self._stale = self.app.screen is not self
        if not self._stale:
            self.catch_up()

    def may_read(self) -> bool:
        """Whether to read now; if that was done a moment ago, the screen catches up soon after."""
        self._due = self._resting
        if not self._resting:
            self._resting = True
            self.set_timer(_REST, self._rested)
        return not self._due

    def _rested(self) -> None:
        self._resting = False
        if self._due:
            self.post_message(messages.DatabaseChanged())

    def on_screen_resume(self) -> None:
        """Catch up with what changed meanwhile."""
        if self._stale:
            self.post_message(messages.DatabaseChanged())

    @on(messages.LaneFailed)
    def _lane_failed(self, failed: messages.LaneFailed) -> None:
        if failed.why != self._trouble:  # what goes on failing is told once
            self._trouble = failed.why
            self.tell(failed.why, severity="error")

    def nothing_fails(self) -> None:
        """Note that what was read came: the next trouble is told again."""
        self._trouble = ""

    def is_at_work(self, group: str) -> bool:
        """Whether a worker of a group is at work: a key that is held acts once."""
        return any(work.group == group and not work.is_finished for work in self.workers)

    def tell(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """Show a passing message, literally."""
        self.notify(clean(text, keep_newlines=True), severity=severity, markup=False)
