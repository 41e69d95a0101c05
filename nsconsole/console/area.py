"""What the console's screens have in common: they follow the database, and tell what happened."""

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on, work
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from nsconsole.console import messages
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session

Answer = TypeVar("Answer")

_REST = 0.25  # seconds between two looks at a database that changes all the time


class Area(Screen[None]):
    """A screen of its own key, with a list and a filter; it shows an open workspace.

    Out of sight, or under a question, it stands still.
    """

    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as the base has it
        (0, "-narrow"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as the base has it
        (0, "-short"),
        (30, "-tall"),
    ]
    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = []
    """The keys of each of its places, for the help."""

    app: "NsConsole"

    def __init__(self, account: str | None, session: "Session | None" = None) -> None:
        super().__init__()
        self.account = account
        self._session = session
        self._stale = self._resting = self._due = False
        self._trouble = ""

    @property
    def _list(self) -> Widget:
        """The list that is filtered, and has the keyboard unless it is lent to something else."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Hold the keyboard on the list, and show the workspace if it is open already."""
        # Textual calls this besides the `on_mount` of a screen of its own.
        self._list.focus()
        if self._session:
            self.begin(self._session)

    def begin(self, session: "Session") -> None:
        """Show an open workspace."""
        self._session = session

    # Following the database

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

    # Telling

    def tell(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """Show a passing message, literally."""
        self.notify(clean(text, keep_newlines=True), severity=severity, markup=False)

    @on(messages.LaneFailed)
    def _lane_failed(self, failed: messages.LaneFailed) -> None:
        if failed.why != self._trouble:  # what goes on failing is told once
            self._trouble = failed.why
            self.tell(failed.why, severity="error")

    def nothing_fails(self) -> None:
        """Note that what was read came: the next trouble is told again."""
        self._trouble = ""

    # Asking

    def ask(self, question: "Callable[[], Awaitable[None]]") -> None:
        """Ask one thing at a time: a key that is held asks once."""
        if not self.is_at_work("asking"):
            self._ask(question)

    @work(group="asking")
    async def _ask(self, question: "Callable[[], Awaitable[None]]") -> None:
        await self.answer(question())

    def is_at_work(self, group: str) -> bool:
        """Whether a worker of a group is at work."""
        return any(each.group == group and not each.is_finished for each in self.workers)

    async def answer(self, asked: "Awaitable[Answer]") -> "Answer | None":
        """Wait for what a service was asked; if it fails, tell why and give None."""
        from nsconsole.services.errors import ServiceError
        from nsconsole.store.engine import DatabaseError

        try:
            return await asked
        except (ServiceError, DatabaseError) as error:
            self.tell(str(error), severity="error")
            return None

    @property
    def who(self) -> str:
        """The name of who acts where no authority is needed: the operator's, or else the login."""
        from nsconsole.services.operators import os_login

        return self.app.operator.name if self.app.operator else os_login()

    # Filtering

    def filter(self, text: str) -> None:
        """Show what matches a text that was typed; all for an empty one."""
        raise NotImplementedError

    def action_filter(self) -> None:
        """Open the filter."""
        self.add_class("-filtering")
        self.query_one("#filter", Input).focus()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.filter(event.value)

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self.remove_class("-filtering")
        self._list.focus()

    def action_back(self) -> None:
        """Leave the filter, and show all again."""
        self.query_one("#filter", Input).value = ""
        self._filter_kept()


class DenseArea(Area):
    """An area so full that passing messages would together hide what it shows."""

    def tell(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """Show a passing message in place of the one before."""
        self.app.clear_notifications()
        super().tell(text, severity=severity)
