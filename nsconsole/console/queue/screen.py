"""The Queue screen: what waits to be sent and for what, what went last, and the keys to step in."""

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from nsconsole.console import messages
from nsconsole.console.area import Area
from nsconsole.console.authority import ask_authority, with_authority
from nsconsole.console.footer import Footer
from nsconsole.console.queue import orders, panes, wording
from nsconsole.console.queue.dialogs import CancelDialog, HoldBreakerDialog, ResetBreakerDialog
from nsconsole.console.queue.push_list import PushList
from nsconsole.console.queue.reading import Reader
from nsconsole.console.title import TitleBar
from nsconsole.resources import resource
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.notifications import SeverityLevel

    from nsconsole.console.session import Session
    from nsconsole.services.operators import Authority
    from nsconsole.services.pushes.waiting import Waiting
    from nsconsole.services.status import Standing
    from nsconsole.services.workspace import Workspace

_EMPTY = (
    "Nothing waits to be sent.\n\n"
    "What you approve in the inbox (1) comes here for some seconds, in which u\n"
    "takes it back; then it goes to NetSuite, each change once."
)
_NO_MATCH = "Nothing that waits matches the filter. esc clears it."

_KEYS: list[BindingType] = [
    Binding("h", "hold", "Hold", id="queue.hold"),
    Binding("l", "release", "Let go", show=False, id="queue.release"),
    Binding("f", "first", "First", id="queue.first"),
    Binding("c", "cancel", "Cancel", id="queue.cancel"),
    Binding("u", "undo", "Undo", id="queue.undo"),
    Binding("D", "drain", "Drain", id="queue.drain"),
    Binding("B", "breaker", "Breaker", id="queue.breaker"),
    Binding("o,enter", "open", "Open the proposal", show=False, id="queue.open"),
    Binding("space", "mark", "Select", show=False, id="queue.mark"),
    Binding("asterisk", "mark_all", "Select all shown", show=False, id="queue.mark_all"),
    Binding("U", "unmark_all", "Unselect all", show=False, id="queue.unmark_all"),
    Binding("slash", "filter", "Filter", show=False, id="queue.filter"),
    Binding("escape", "back", "Back", show=False, id="queue.back"),
]


class QueueScreen(Area):
    """What waits above, the push under the cursor and what was applied last below."""

    CSS_PATH: ClassVar[Any] = [resource("styles") / name for name in ("rows.tcss", "queue.tcss")]
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as the base has it
        (0, "-short"),
        (30, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = _KEYS
    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = [
        ("Queue", _KEYS),
        ("List", PushList.BINDINGS),
    ]

    def __init__(self, account: str | None, session: "Session | None") -> None:
        super().__init__(account)
        self._session = session
        self._reader: Reader | None = None
        self._read: messages.QueueRead | None = None
        self._text = ""
        self._said: dict[str, str | Content] = {}

    def compose(self) -> ComposeResult:
        """Title, what holds all up, the list, the push under the cursor, and what went last."""
        yield TitleBar(self.account)
        yield Static(id="notice", markup=False)
        yield Static("Opening the workspace …", id="listed", markup=False)
        yield PushList(self.app.now)
        yield Static(id="about-push", markup=False)
        yield Static(id="last-applied", markup=False)
        yield Input(id="filter", placeholder="filter: words in any order; enter keeps, esc clears")
        yield Footer()

    def on_mount(self) -> None:
        """Show the workspace if it is open, and count the seconds."""
        self._list.focus()
        self.set_interval(1, self._tick)
        self.watch(self.app, "standing", self._say_what_is_amiss)
        if self._session:
            self.begin(self._session)

    @property
    def _list(self) -> PushList:
        return self.query_one(PushList)

    def _tick(self) -> None:
        if self.app.screen is self:
            self._list.refresh_changed()
            self._say_all()
            if self._list.is_over(self.app.now()):
                self.catch_up()

    def on_unmount(self) -> None:
        """Let a drain that is under way end."""
        if self._reader:
            self._reader.leave()

    def begin(self, session: "Session") -> None:
        """Show an open workspace."""
        self._session = session
        self._reader = Reader(session.workspace, self.post_message)
        self.catch_up()

    # Reading

    def catch_up(self) -> None:
        """Read what waits, though not too often."""
        if self.may_read():
            self._read_queue()

    def _read_queue(self) -> None:
        if self._reader:
            self._reader.queue(self._text)

    @on(messages.QueueRead)
    def _queue_read(self, read: messages.QueueRead) -> None:
        self.nothing_fails()
        if read.text == self._text:
            self._read = read
            self._list.hint = _NO_MATCH if self._text else _EMPTY
            self._list.show_pushes(read.pushes)
            self._say_all()

    @on(PushList.Highlighted)
    def _highlighted(self) -> None:
        self._say_what_it_is_about()

    # What is said

    def _say_all(self) -> None:
        self._say_what_is_listed()
        self._say_what_is_amiss()
        self._say_what_it_is_about()
        if self._read:
            self._say("last-applied", panes.applied(self._read.applied, self.app.now()))

    def _say_what_is_listed(self) -> None:
        if self._read is None:
            return
        counts, shown = self._read.counts, len(self._read.pushes)
        held = sum(push.held_by is not None for push in self._read.pushes)
        parts = ["Queue", f"{counts.waiting:,} waiting"]
        parts += [f"{counts.in_flight:,} in flight"] if counts.in_flight else []
        parts += [f"{held:,} held"] if held else []
        parts += [f"the first {shown:,} shown"] if shown < counts.waiting else []
        if self._list.marked:
            parts.append(f"{len(self._list.marked):,} selected (U unselects)")
        if self._text:
            parts.append(f"filter “{clean(self._text, limit=30)}” (esc clears)")
        self._say("listed", " · ".join(parts))

    def _say_what_is_amiss(self, _standing: "Standing | None" = None) -> None:
        standing = self.app.standing
        said = wording.trouble(standing, self.app.now()) if standing else ""
        self.query_one("#notice").display = bool(said)
        self._say("notice", said)

    def _say_what_it_is_about(self) -> None:
        push = self._list.current
        self._say("about-push", panes.about(push, self.app.now()) if push else "")

    def _say(self, place: str, text: str | Content) -> None:
        if self._said.get(place) != text:  # each update lays out the whole screen anew
            self._said[place] = text
            self.query_one(f"#{place}", Static).update(text)

    def tell(self, text: str, *, severity: "SeverityLevel" = "information") -> None:
        """Show a passing message in place of the one before, for together they hide the list."""
        self.app.clear_notifications()
        super().tell(text, severity=severity)

    # Looking

    def action_filter(self) -> None:
        """Open the filter."""
        self.add_class("-filtering")
        self.query_one("#filter", Input).focus()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self._look(event.value)

    def _look(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._list.to_top()
            self._read_queue()

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self.remove_class("-filtering")
        self._list.focus()

    def action_back(self) -> None:
        """Leave the filter."""
        self.remove_class("-filtering")
        self.query_one("#filter", Input).value = ""
        self._look("")
        self._list.focus()

    def action_open(self) -> None:
        """Show the proposal of the push under the cursor in the inbox."""
        push = self._list.current
        if push:
            self.app.open_proposal(push.proposal_id)

    # Selecting and ordering

    def action_mark(self) -> None:
        """Select the push under the cursor and go on to the next."""
        self._list.toggle_mark()
        self._list.action_move(1)
        self._say_what_is_listed()

    def action_mark_all(self) -> None:
        """Select all that is shown."""
        self._list.mark_all()
        self._say_what_is_listed()

    def action_unmark_all(self) -> None:
        """Select nothing."""
        self._list.unmark_all()
        self._say_what_is_listed()

    def _chosen(self) -> "list[Waiting]":
        pushes = self._list.chosen
        if not pushes:
            self.tell("There is no push under the cursor.", severity="warning")
        return pushes

    def action_hold(self) -> None:
        """Hold the chosen pushes; if all of them are held, let them go."""
        pushes = self._chosen()
        if pushes:
            self._order(lambda workspace, by: orders.hold_or_release(workspace, by, pushes))

    def action_release(self) -> None:
        """Let the chosen pushes go."""
        pushes = self._chosen()
        if pushes:
            self._order(lambda workspace, by: orders.release(workspace, by, pushes))

    def action_first(self) -> None:
        """Let the chosen pushes go before all others, or in their turn again."""
        pushes = self._chosen()
        if pushes:
            self._order(lambda workspace, by: orders.first(workspace, by, pushes))

    def action_undo(self) -> None:
        """Take the approvals of the chosen pushes back."""
        ids = [push.proposal_id for push in self._chosen()]
        if ids:
            self._order(lambda workspace, by: orders.undo(workspace, by, ids))

    def action_cancel(self) -> None:
        """Cancel the chosen pushes, after a question."""
        if self.is_at_work("asking"):
            return
        pushes = self._chosen()  # those of the key press, whatever the list does meanwhile
        if pushes:
            self._ask_cancel(pushes)

    @work(group="asking")
    async def _ask_cancel(self, pushes: "list[Waiting]") -> None:
        reason = await self.app.push_screen_wait(CancelDialog(pushes))
        if reason:
            self._order(lambda workspace, by: orders.cancel(workspace, by, pushes, reason))

    def action_breaker(self) -> None:
        """Hold the breaker open, or reset it, after a question."""
        if self.app.standing and not self.is_at_work("asking"):
            self._ask_breaker(self.app.standing)

    @work(group="asking")
    async def _ask_breaker(self, standing: "Standing") -> None:
        waiting = standing.queue["queued"]
        if standing.breaker.held_by or standing.breaker.state != "closed":
            why = wording.stopped(standing.breaker, self.app.now())
            if await self.app.push_screen_wait(ResetBreakerDialog(why, waiting)):
                self._order(orders.reset_breaker)
            return
        reason = await self.app.push_screen_wait(HoldBreakerDialog(waiting))
        if reason is not None:
            self._order(lambda workspace, by: orders.hold_breaker(workspace, by, reason))

    def action_drain(self) -> None:
        """Send what waits now, what failed before included."""
        if self._session is None or self._reader is None:
            self.tell("The workspace is still being opened.", severity="warning")
        elif self._reader.drain():
            self.tell("What waits is sent now.")

    @on(messages.Drained)
    def _drained(self, drained: messages.Drained) -> None:
        self.tell(drained.said, severity="warning" if drained.trouble else "information")

    @work(group="ordering")
    async def _order(self, order: "Callable[[Workspace, Authority], orders.Outcome]") -> None:
        from nsconsole.services.errors import ServiceError
        from nsconsole.store.engine import DatabaseError

        session = self._session
        if session is None:
            return
        try:
            by = await ask_authority(self.app, session)
            if by is None:
                return
            outcome = await with_authority(session, lambda: order(session.workspace, by))
        except (ServiceError, DatabaseError) as error:
            self.tell(str(error), severity="error")
        else:
            self._show_outcome(outcome)

    def _show_outcome(self, outcome: orders.Outcome) -> None:
        told = "\n".join(filter(None, (outcome.said, outcome.trouble)))
        self.tell(told, severity="warning" if outcome.trouble else "information")
        self.action_unmark_all()
        self._read_queue()
