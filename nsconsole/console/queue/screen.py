"""The Queue screen: what waits to be sent and for what, what went last, and the keys to step in."""

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from nsconsole.console import messages, words
from nsconsole.console.area import DenseArea
from nsconsole.console.authority import with_authority
from nsconsole.console.caption import Caption, Notice
from nsconsole.console.footer import Footer
from nsconsole.console.queue import orders, panes, wording
from nsconsole.console.queue.dialogs import CancelDialog, HoldBreakerDialog, ResetBreakerDialog
from nsconsole.console.queue.push_list import PushList
from nsconsole.console.queue.reading import Reader
from nsconsole.console.title import TitleBar
from nsconsole.resources import resource

if TYPE_CHECKING:
    from collections.abc import Callable

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


class QueueScreen(DenseArea):
    """What waits above, the push under the cursor and what was applied last below."""

    CSS_PATH: ClassVar[Any] = [resource("styles") / name for name in ("rows.tcss", "queue.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = _KEYS
    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = [
        ("Queue", _KEYS),
        ("List", PushList.BINDINGS),
    ]

    def __init__(self, account: str | None, session: "Session | None") -> None:
        super().__init__(account, session)
        self._reader: Reader | None = None
        self._read: messages.QueueRead | None = None
        self._text = ""

    def compose(self) -> ComposeResult:
        """Title, what holds all up, the list, the push under the cursor, and what went last."""
        yield TitleBar(self.account)
        yield Notice(id="notice")
        yield Caption("Opening the workspace …", id="listed")
        yield PushList(self.app.now)
        yield Caption(id="about-push")
        yield Caption(id="last-applied")
        yield Input(id="filter", placeholder="filter: words in any order; enter keeps, esc clears")
        yield Footer()

    def on_mount(self) -> None:
        """Count the seconds, and follow how all stands."""
        self.set_interval(1, self._tick)
        self.watch(self.app, "standing", self._say_what_is_amiss)

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
        super().begin(session)
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
            applied = panes.applied(self._read.applied, self.app.now())
            self.query_one("#last-applied", Caption).say(applied)

    def _say_what_is_listed(self) -> None:
        if self._read is None:
            return
        counts, shown = self._read.counts, len(self._read.pushes)
        held = sum(push.held_by is not None for push in self._read.pushes)
        said = words.joined(
            "Queue",
            f"{counts.waiting:,} waiting",
            f"{counts.in_flight:,} in flight" if counts.in_flight else "",
            f"{held:,} held" if held else "",
            f"the first {shown:,} shown" if shown < counts.waiting else "",
            words.selected(len(self._list.marked)),
            words.filtered(self._text),
        )
        self.query_one("#listed", Caption).say(said)

    def _say_what_is_amiss(self, _standing: "Standing | None" = None) -> None:
        standing = self.app.standing
        trouble = wording.trouble(standing, self.app.now()) if standing else ""
        self.query_one("#notice", Notice).warn(trouble)

    def _say_what_it_is_about(self) -> None:
        push = self._list.current
        about = panes.about(push, self.app.now()) if push else ""
        self.query_one("#about-push", Caption).say(about)

    # Looking

    def filter(self, text: str) -> None:
        """Show what matches a text."""
        if text != self._text:
            self._text = text
            self._list.to_top()
            self._read_queue()

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
        pushes = self._chosen()  # those of the key press, whatever the list does meanwhile
        if pushes:
            self.ask(lambda: self._ask_cancel(pushes))

    async def _ask_cancel(self, pushes: "list[Waiting]") -> None:
        reason = await self.app.push_screen_wait(CancelDialog(pushes))
        if reason:
            self._order(lambda workspace, by: orders.cancel(workspace, by, pushes, reason))

    def action_breaker(self) -> None:
        """Hold the breaker open, or reset it, after a question."""
        standing = self.app.standing
        if standing:
            self.ask(lambda: self._ask_breaker(standing))

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
        session = self._session
        if session is None:
            return
        done = with_authority(self.app, session, lambda by: order(session.workspace, by))
        outcome = await self.answer(done)
        if outcome:
            self._show_outcome(outcome)

    def _show_outcome(self, outcome: orders.Outcome) -> None:
        told = "\n".join(filter(None, (outcome.said, outcome.trouble)))
        self.tell(told, severity="warning" if outcome.trouble else "information")
        self.action_unmark_all()
        self._read_queue()
