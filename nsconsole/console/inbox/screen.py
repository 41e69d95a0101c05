"""The inbox screen: it shows what its reader reads, and hands decisions to the service."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input

from nsconsole.console import messages, words
from nsconsole.console.area import Area
from nsconsole.console.caption import Caption, Notice
from nsconsole.console.footer import Footer
from nsconsole.console.inbox.detail import DetailPane
from nsconsole.console.inbox.proposal_list import ProposalList
from nsconsole.console.inbox.reading import Reader, Window
from nsconsole.console.title import TitleBar
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.timer import Timer

    from nsconsole.console.inbox.deciding import Outcome
    from nsconsole.console.session import Session
    from nsconsole.services.lines import Line

_SETTLE = 0.2  # seconds that the cursor rests before NetSuite is asked
_MOST_FINDINGS = 3  # of audits, beside the proposals
_AGES = 10  # seconds between looks at how old everything has become
_SORTS = {
    "newest": "newest first",
    "oldest": "oldest first",
    "risk": "highest risk first",
    "author": "by author",
    "kind": "by kind",
}
_EMPTY = (
    "Nothing waits for a decision.\n\n"
    "What a tool or a colleague stages comes here by itself:\n"
    "  nsconsole propose change.json\n\n"
    "v shows what was decided before."
)


def findings_text(sentences: "Sequence[str]") -> str:
    """Give the first findings of audits, one a line, and where all are told; nothing of none."""
    if not sentences:
        return ""
    lines = [f"⚑ {sentence}" for sentence in sentences[:_MOST_FINDINGS]]
    more = len(sentences) - _MOST_FINDINGS
    told = f"and {more} more: " if more > 0 else ""
    return "\n".join([*lines, f"  {told}5 opens the coverage, n there tells all"])


class InboxScreen(Area):
    """What waits for a decision: the list, the proposal under the cursor, the keys to decide."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve", id="inbox.approve"),
        Binding("r", "reject", "Reject", id="inbox.reject"),
        Binding("u", "undo", "Undo", id="inbox.undo"),
        Binding("space", "mark", "Select", show=False, id="inbox.mark"),
        Binding("asterisk", "mark_all", "Select all shown", show=False, id="inbox.mark_all"),
        Binding("U", "unmark_all", "Unselect all", show=False, id="inbox.unmark_all"),
        Binding("slash", "filter", "Filter", id="inbox.filter"),
        Binding("s", "sort", "Sort", show=False, id="inbox.sort"),
        Binding("v", "view", "View", id="inbox.view"),
        Binding("enter", "open", "Open", show=False, id="inbox.open"),
        Binding("escape", "back", "Back", show=False, id="inbox.back"),
        Binding("ctrl+r", "refresh_now", "Ask NetSuite again", show=False, id="inbox.refresh"),
    ]

    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = [
        ("Inbox", BINDINGS),
        ("List", ProposalList.BINDINGS),
        ("Proposal", DetailPane.BINDINGS),
    ]

    def __init__(self, account: str | None) -> None:
        super().__init__(account)
        self._begun = asyncio.Event()
        self._reader: Reader | None = None
        self._looking = messages.Looking()
        self._settling: Timer | None = None
        self._approved: frozenset[int] = frozenset()  # by the last decision at this screen

    def compose(self) -> ComposeResult:
        """Title, what is listed, the list beside the proposal, and a place to filter."""
        yield TitleBar(self.account)
        yield Caption("Opening the workspace …", id="listed")
        with Container(id="split"):
            yield ProposalList(self.app.now)
            yield DetailPane()
        yield Notice(id="findings")
        yield Input(id="filter", placeholder="filter: words in any order; enter keeps, esc clears")
        yield Footer()

    def on_mount(self) -> None:
        """Let what the list shows grow older."""
        self.set_interval(_AGES, self._list.refresh)
        self.set_interval(1, self._list.count_down)

    @property
    def _list(self) -> ProposalList:
        return self.query_one(ProposalList)

    @property
    def _detail(self) -> DetailPane:
        return self.query_one(DetailPane)

    def begin(self, session: "Session") -> None:
        """Show an open workspace."""
        super().begin(session)
        self._begun.set()
        self._reader = Reader(session.workspace, self.post_message, self.app.now())
        self._read_rows(anchored=True)

    def show_proposal(self, proposal_id: int) -> None:
        """Put the cursor on a proposal, whatever was filtered or decided."""
        self.remove_class("-filtering", "-open")
        self._looking = messages.Looking(sort=self._looking.sort, everything=True)
        self.query_one("#filter", Input).value = ""
        self._list.go_to(proposal_id)
        self._list.focus()
        self._read_rows(anchored=True)
        self._say_what_is_listed()

    def show_progress(self, what: str) -> None:
        """Say what the opening is at."""
        self.query_one("#listed", Caption).say(what)

    def show_trouble(self, why: str) -> None:
        """Say why there is nothing to show."""
        self.query_one("#listed", Caption).say("The workspace cannot be opened")
        self._detail.show_hint(f"{clean(why, keep_newlines=True)}\n\nq leaves.")

    # What threads tell

    def catch_up(self) -> None:
        """Read rows and figures anew; the cursor stays on its proposal."""
        self._read_rows(anchored=True)
        if self._reader:
            self._reader.standing()

    @on(messages.PageRead)
    def _page_read(self, page: messages.PageRead) -> None:
        self.nothing_fails()
        if page.looking == self._looking:
            self._list.show_page(page)
            self._say_what_is_listed()

    @on(messages.DetailRead)
    def _detail_read(self, read: messages.DetailRead) -> None:
        if read.detail and read.proposal_id == self._list.cursor_id:
            self._detail.show_detail(read.detail)

    @on(messages.FindingsRead)
    def _findings_read(self, read: messages.FindingsRead) -> None:
        self.query_one("#findings", Notice).say(findings_text(read.sentences))

    @on(messages.NowRead)
    def _now_read(self, read: messages.NowRead) -> None:
        if read.proposal_id == self._list.cursor_id:
            self._detail.show_now(read)

    # Reading

    def _read_rows(self, *, anchored: bool = False) -> None:
        if self._reader is None:
            return
        offset, limit = self._list.window()
        anchor = self._list.cursor_id if anchored else None
        before = self._list.cursor_row - offset
        self._reader.rows(self._looking, Window(offset, limit, anchor, before))

    @on(ProposalList.Wanted)
    def _rows_wanted(self) -> None:
        self._read_rows()

    @on(ProposalList.Highlighted)
    def _highlighted(self, event: ProposalList.Highlighted) -> None:
        if self._reader is None:
            return
        if event.line is None:
            self._show_nothing()
            return
        self._reader.detail(event.line.id)
        if event.line.id != self._detail.shown_id and event.line.status == "pending":
            self._ask_netsuite_soon()

    def _show_nothing(self) -> None:
        if self._list.total:
            self._detail.show_hint("That proposal left the list. Move the cursor to another.")
        elif self._looking.text:
            self._detail.show_hint("Nothing matches the filter. esc clears it.")
        else:
            self._detail.show_hint(_EMPTY)

    def _ask_netsuite_soon(self) -> None:
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(_SETTLE, self._ask_netsuite)

    def _ask_netsuite(self) -> None:
        line = self._list.line
        if self._reader and line and line.status == "pending":
            self._reader.now(line.id)

    def action_refresh_now(self) -> None:
        """Read everything anew, NetSuite's values included."""
        self._detail.show_now(None)
        self._read_rows(anchored=True)
        self._ask_netsuite()

    def _say_what_is_listed(self) -> None:
        if self._reader is None:
            return  # what the opening is at, or why it failed, stands there
        said = words.joined(
            "Everything" if self._looking.everything else "Inbox",
            words.counted(self._list.total, "proposal"),
            words.selected(len(self._list.marked)),
            words.filtered(self._looking.text),
            f"{_SORTS[self._looking.sort]} (s)",
        )
        self.query_one("#listed", Caption).say(said)

    # Looking

    def _look(self, looking: messages.Looking, *, anchored: bool = False) -> None:
        self._looking = looking
        if not anchored:
            self._list.to_top()
        self._read_rows(anchored=anchored)
        self._say_what_is_listed()

    def action_sort(self) -> None:
        """Take the next order."""
        orders = list(_SORTS)
        following = orders[(orders.index(self._looking.sort) + 1) % len(orders)]
        self._look(replace(self._looking, sort=following))

    def action_view(self) -> None:
        """Change between what is open and everything that ever was."""
        self._look(replace(self._looking, everything=not self._looking.everything))

    def filter(self, text: str) -> None:
        """Show what matches a text."""
        if text != self._looking.text:
            self._look(replace(self._looking, text=text))

    def action_open(self) -> None:
        """Give the proposal the whole screen."""
        if self._list.line:
            self.add_class("-open")
            self._detail.focus()

    def action_back(self) -> None:
        """Go back one step: from the proposal, from the filter."""
        if self.has_class("-open"):
            self.remove_class("-open")
            self._list.focus()
            return
        if self._looking.text:  # the cursor stays on what was found
            self._look(replace(self._looking, text=""), anchored=True)
        super().action_back()

    # Selecting and deciding

    def action_mark(self) -> None:
        """Select the proposal under the cursor and go on to the next."""
        if self._list.toggle_mark():
            self._list.action_move(1)
            self._say_what_is_listed()
        else:
            told = "Only what is pending, or was approved just now, can be selected."
            self.tell(told, severity="warning")

    @work(exclusive=True, group="marking")
    async def action_mark_all(self) -> None:
        """Select everything pending that the filter lets through."""
        if self._reader:
            pending = asyncio.to_thread(self._reader.pending, self._looking)
            self._list.mark(await self.answer(pending) or [])
            self._say_what_is_listed()

    def action_unmark_all(self) -> None:
        """Select nothing."""
        self._list.unmark_all()
        self._say_what_is_listed()

    def action_approve(self) -> None:
        """Approve the selection, or the proposal under the cursor, after a question."""
        self._decide("approve")

    def action_reject(self) -> None:
        """Reject the selection, or the proposal under the cursor, with a reason."""
        self._decide("reject")

    def _decide(self, verdict: str) -> None:
        if self.is_at_work("deciding"):
            return
        # What was in sight when the key was pressed is decided, whatever the list does meanwhile.
        lines = self._chosen()
        decided = [line for line in lines if line.status != "pending"]
        if not lines:
            self.tell("There is no proposal under the cursor.", severity="warning")
        elif decided:
            line = decided[0]
            self.tell(
                f"#{line.id} was {line.status} by {line.decided_by} already.", severity="warning"
            )
        else:
            self._run_decision(verdict, lines)

    def _chosen(self) -> "Sequence[Line]":
        line = self._list.line
        if self._list.marked and not self.has_class("-open"):
            return list(self._list.marked.values())
        return [line] if line else []

    @work(group="deciding")
    async def _run_decision(self, verdict: str, lines: "Sequence[Line]") -> None:
        from nsconsole.console.inbox.deciding import Deciding, ask  # not at start

        moved = len(lines) == 1 and lines[0].id == self._detail.shown_id and self._detail.moved
        reason = await ask(self.app, verdict, lines, hidden=self._hidden(lines), moved=moved)
        if reason is None:
            return
        # The first rows are there before the workspace is open, for somebody who knows them.
        await self._begun.wait()
        if self._session:
            outcome = await Deciding(self.app, self._session).run(verdict, lines, reason)
            self._show_outcome(outcome)

    def action_undo(self) -> None:
        """Take approvals back: the selected ones, else the last ones made here, else this one."""
        if self.is_at_work("deciding"):
            return
        ids = self._to_undo()
        if ids:
            self._run_undo(ids)
        else:
            self.tell("There is no approval to take back here.", severity="warning")

    def _to_undo(self) -> "Sequence[int]":
        selected = [id_ for id_, line in self._list.marked.items() if line.status == "approved"]
        line = self._list.line
        here = line.id if line and line.status == "approved" else None
        if selected:
            return selected
        if self._approved and (here is None or here in self._approved):
            return sorted(self._approved)
        return [here] if here is not None else []

    @work(group="deciding")
    async def _run_undo(self, ids: "Sequence[int]") -> None:
        from nsconsole.console.inbox.deciding import Deciding  # not at start

        if self._session:
            self._show_outcome(await Deciding(self.app, self._session).undo(ids))

    def _hidden(self, lines: "Sequence[Line]") -> int:
        if len(lines) < 2 or not self._looking.text:
            return 0
        wanted = self._looking.text.casefold().split()
        return sum(not all(word in line.search_text for word in wanted) for line in lines)

    def _show_outcome(self, outcome: "Outcome") -> None:
        if outcome.settled:
            self._approved = outcome.approved
        for id_ in outcome.settled:
            self._list.marked.pop(id_, None)
        if outcome.said:
            self.tell(outcome.said)
        if outcome.trouble:
            self.tell(outcome.trouble, severity="warning")
        self._read_rows(anchored=True)
        self._say_what_is_listed()
