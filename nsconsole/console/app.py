"""The application: it paints its shell first, and opens the workspace behind it."""

import asyncio
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen

from nsconsole.console import messages
from nsconsole.console.area import Area
from nsconsole.console.inbox.screen import InboxScreen
from nsconsole.console.themes import DARK, LIGHT, theme_name
from nsconsole.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.console.session import Background, FirstPage, Opening, Session
    from nsconsole.services.operators import Operator
    from nsconsole.services.status import Standing

_log = logging.getLogger(__name__)
_SCREENS = Binding.Group("Screens ")  # the footer has no room for the name of each
_STYLES = ("base.tcss", "inbox.tcss", "dialogs.tcss")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class NsConsole(App[None]):
    """The console on one workspace; `opening` opens it, in a thread, after the first frame."""

    TITLE = "nsconsole"
    CSS_PATH: ClassVar[Any] = [resource("styles") / name for name in _STYLES]
    DEFAULT_MODE = "inbox"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "show('inbox')", "Inbox", id="app.inbox", group=_SCREENS),
        Binding("2", "show('sync')", "Sync", id="app.sync", group=_SCREENS),
        Binding("3", "show('queue')", "Queue", id="app.queue", group=_SCREENS),
        Binding("4", "show('dead_letters')", "Dead letters", id="app.dead_letters", group=_SCREENS),
        Binding("5", "show('coverage')", "Coverage", id="app.coverage", group=_SCREENS),
        Binding("question_mark", "help", "Help", id="app.help"),
        Binding("f1", "help", "Help", show=False),
        Binding("T", "toggle_theme", "Dark or light", show=False, id="app.theme"),
        Binding("q", "quit", "Quit", id="app.quit"),
    ]

    operator: "var[Operator | None]" = var(None)
    """Who sits before the screen: nobody, for one who may only look."""

    standing: "var[Standing | None]" = var(None)
    """How the workspace stood when it was last read."""

    stand_in: var[str] = var("")
    """The address that stands in for NetSuite, lest one be taken for the other."""

    def __init__(
        self,
        opening: "Opening",
        *,
        account: str | None,
        first_page: "FirstPage" = lambda limit: None,
        theme: str = "dark",
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__()
        self.now = now
        self._opening = opening
        self._first_page = first_page
        self._account = account
        self._inbox = InboxScreen(account)
        self._areas: dict[str, Area] = {}  # besides the inbox: each is made at its first use
        self._session: Session | None = None
        self._begun = self._failed = False
        self._background: Background | None = None
        self._leaving = threading.Event()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._set_first_theme(theme_name(theme))

    def _set_first_theme(self, name: str) -> None:
        # To assign `theme` would have every style parsed a second time, after the first frame.
        self.set_reactive(App.theme, name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(self.current_theme.dark, "-dark-mode", update=False)
        self.set_class(not self.current_theme.dark, "-light-mode", update=False)

    def get_default_screen(self) -> Screen[Any]:
        """Start on the inbox, without the delay of a change of screens."""
        return self._inbox

    def on_mount(self) -> None:
        """Obey signals, and open the workspace once the shell is painted."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._terminated)
        # A dropped connection leaves no terminal to restore, and writing to one that is gone can
        # block for ever. Every state is in the database, so nothing is lost by leaving at once.
        loop.add_signal_handler(signal.SIGHUP, os._exit, 128 + signal.SIGHUP)
        self.add_mode("inbox", lambda: self._inbox)
        self.add_mode("sync", self._make_sync)
        self.add_mode("queue", self._make_queue)
        self.add_mode("dead_letters", self._make_dead_letters)
        self.add_mode("coverage", self._make_coverage)
        self.call_after_refresh(self._start_thread, self._open, "opening")

    def _make_sync(self) -> Area:
        from nsconsole.console.sync.screen import SyncScreen

        return self._areas.setdefault("sync", SyncScreen(self._account, self._session))

    def _make_queue(self) -> Area:
        from nsconsole.console.queue.screen import QueueScreen

        return self._areas.setdefault("queue", QueueScreen(self._account, self._session))

    def _make_dead_letters(self) -> Area:
        from nsconsole.console.dead_letters.screen import DeadLettersScreen

        screen = DeadLettersScreen(self._account, self._session)
        return self._areas.setdefault("dead_letters", screen)

    def _make_coverage(self) -> Area:
        from nsconsole.console.coverage.screen import CoverageScreen

        return self._areas.setdefault("coverage", CoverageScreen(self._account, self._session))

    def _terminated(self) -> None:
        self.exit(return_code=128 + signal.SIGTERM)

    def _start_thread(self, work: Callable[[], None], name: str) -> None:
        threading.Thread(target=work, name=name, daemon=True).start()

    def _open(self) -> None:
        try:
            self._show_first_page()
            session = self._opening(lambda words: self._post(messages.Told(words)))
        except Exception as error:  # noqa: BLE001 - the end of a thread: the screen says why
            _log.warning("opening failed", exc_info=error)
            self._post(messages.OpeningFailed(str(error) or type(error).__name__))
        else:
            self._post(messages.Opened(session))

    def _show_first_page(self) -> None:
        found = self._first_page(self.size.height)
        if found:
            lines, total = found
            self._inbox.post_message(messages.PageRead(messages.Looking(), 0, lines, total))

    def _post(self, message: Message) -> None:
        # Unlike a call into the screen's thread, a message never waits, and so cannot hang at exit.
        self.post_message(message)

    @on(messages.Told)
    def _told(self, told: messages.Told) -> None:
        self._inbox.show_progress(told.words)

    @on(messages.OpeningFailed)
    def _opening_failed(self, failed: messages.OpeningFailed) -> None:
        self._failed = True
        self.switch_mode("inbox")
        self.refresh_bindings()
        self._inbox.show_trouble(failed.why)

    @on(messages.Opened)
    def _opened(self, opened: messages.Opened) -> None:
        self._session = opened.session
        self.stand_in = opened.session.workspace.settings.netsuite_url or ""
        for area in (self._inbox, *self._areas.values()):
            area.begin(opened.session)

    @on(messages.Identified)
    def _identified(self, identified: messages.Identified) -> None:
        self.operator = identified.operator

    @on(messages.StandingRead)
    def _standing_read(self, read: messages.StandingRead) -> None:
        self.standing = read.standing

    @on(messages.DatabaseChanged)
    def _database_changed(self) -> None:
        for area in (self._inbox, *self._areas.values()):
            area.post_message(messages.DatabaseChanged())

    @on(messages.PageRead)
    def _rows_shown(self) -> None:
        if self._session and not self._begun:
            self._begun = True
            if not gc.isenabled():  # whoever started us put it off until now
                gc.freeze()  # what was made until now is there to stay
                gc.enable()
            session = self._session
            self._start_thread(lambda: self._begin_background(session), "beginning")

    def _begin_background(self, session: "Session") -> None:
        from nsconsole.store.changes import watch  # after the first rows

        try:
            self._post(messages.Identified(session.identify()))
            self._background = session.background(self._tell_trouble)
            self._background.start()
            changed = messages.DatabaseChanged
            watch(session.workspace.database, lambda: self._post(changed()), self._leaving)
        except Exception as error:  # noqa: BLE001 - the end of a thread: the screen says why
            _log.warning("nothing is sent or refreshed by itself any more", exc_info=error)
            self._tell_trouble(f"{error}. Nothing is sent or refreshed by itself any more")

    def _tell_trouble(self, why: str) -> None:
        self._inbox.post_message(messages.LaneFailed(why))

    def drain_soon(self) -> None:
        """Send what was approved at once."""
        if self._background:
            self._background.drain_soon()

    def sync_soon(self, tables: "Sequence[str]", *, full: bool) -> bool:
        """Sync some tables at once; False as long as nothing works in the background."""
        if self._background:
            self._background.sync_soon(tables, full=full)
        return self._background is not None

    def stop_background(self) -> None:
        """Begin no more work; called once the screen is gone."""
        self._leaving.set()
        if self._background:
            self._background.stop()

    def action_toggle_theme(self) -> None:
        """Change between dark and light."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def action_show(self, area: str) -> None:
        """Change to a screen, which is as it was left."""
        self.switch_mode(area)

    def open_proposal(self, proposal_id: int) -> None:
        """Show a proposal in the inbox, decided or not."""
        self.switch_mode("inbox")
        self._inbox.show_proposal(proposal_id)

    async def action_start_round(self) -> None:
        """Walk through the stages of a coverage round, from where the workspace stands."""
        await self.switch_mode("coverage")
        self.screen.call_after_refresh(self.screen.run_action, "round")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out the key of the present screen; without a workspace there is no other."""
        return action != "show" or not (self._failed or parameters == (self.current_mode,))

    def action_help(self) -> None:
        """Show the keys."""
        from nsconsole.console.help import HelpScreen  # seldom needed

        if isinstance(self.screen, Area):
            self.push_screen(HelpScreen([*self.screen.KEYS, ("Everywhere", self.BINDINGS)]))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer every key's action by name, besides the themes."""
        yield SystemCommand("Theme", "Choose among all themes", self.action_change_theme)
        yield SystemCommand("Help", "The keys that work here", self.action_help)
        if not self._failed:
            told = "Audit, plan, approve, apply, re-audit: close gaps of the coverage"
            yield SystemCommand("Start a round", told, self.action_start_round)
        yield SystemCommand("Quit", "Leave nsconsole", self.action_quit)
        for binding in screen.BINDINGS:
            if isinstance(binding, Binding) and binding.description:
                keys = f"key: {binding.key.replace('slash', '/').replace('asterisk', '*')}"
                run = screen.run_action
                yield SystemCommand(
                    binding.description, keys, lambda run=run, action=binding.action: run(action)
                )

    def _fatal_error(self) -> None:
        # Textual would print every local variable, credentials among them.
        _log.critical("the console failed", exc_info=self._exception)
        self.panic(
            "nsconsole met an error that it did not expect, and closed. Nothing that was decided "
            "is lost. The log in the workspace's logs folder has the details."
        )
