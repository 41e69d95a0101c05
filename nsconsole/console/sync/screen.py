"""The Sync screen: it shows how the mirror stands and what happens to it, and takes orders."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from nsconsole.console import messages, words
from nsconsole.console.area import DenseArea
from nsconsole.console.caption import Caption, Notice
from nsconsole.console.footer import Footer
from nsconsole.console.sync import orders
from nsconsole.console.sync.full_pull import FullPullDialog
from nsconsole.console.sync.log_pane import LogPane
from nsconsole.console.sync.outage import beginning, outage
from nsconsole.console.sync.reading import Reader
from nsconsole.console.sync.sheets import entry_json, entry_sheet, table_sheet
from nsconsole.console.sync.table_list import ORDERS, TableList
from nsconsole.console.sync.tier_strip import TierStrip
from nsconsole.console.title import TitleBar
from nsconsole.resources import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nsconsole.console.session import Session
    from nsconsole.console.sync.log_tail import LogTail
    from nsconsole.services.status import Standing
    from nsconsole.services.sync.log import LogEntry
    from nsconsole.services.sync.overview import Overview, TableLine
    from nsconsole.services.workspace import Workspace

_FILTERED = ("words of the tables, in any order", "a text of the entries")

_TABLE_KEYS: list[BindingType] = [
    Binding("S", "sync", "Sync", id="sync.now"),
    Binding("F", "full", "Full pull", id="sync.full"),
    Binding("p", "pause", "Pause", id="sync.pause"),
    Binding("P", "pause_tier", "Pause or resume the tier", show=False, id="sync.pause_tier"),
    Binding("c", "cancel", "Cancel", id="sync.cancel"),
    Binding("space", "mark", "Select", show=False, id="sync.mark"),
    Binding("U", "unmark_all", "Unselect all", show=False, id="sync.unmark_all"),
    Binding("s", "sort", "Sort", show=False, id="sync.sort"),
]
_LOG_KEYS: list[BindingType] = [
    Binding("f", "follow", "Follow or stand still", show=False, id="sync.follow"),
    Binding("l", "level", "Next level", show=False, id="sync.level"),
    Binding("t", "table", "This table only, or all", show=False, id="sync.table"),
    Binding("y", "copy", "Copy the entry", show=False, id="sync.copy"),
]
_BOTH_KEYS: list[BindingType] = [
    Binding("slash", "filter", "Filter", id="sync.filter"),
    Binding("enter", "open", "Open", show=False, id="sync.open"),
    Binding("tab", "app.focus_next", "Tables or log", show=False, id="sync.other"),
    Binding("escape", "back", "Back", show=False, id="sync.back"),
]


class SyncScreen(DenseArea):
    """Tiers and tables above, the tail of the sync log below."""

    CSS_PATH: ClassVar[Any] = [resource("styles") / name for name in ("rows.tcss", "sync.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [*_TABLE_KEYS, *_LOG_KEYS, *_BOTH_KEYS]
    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = [
        ("Tables", _TABLE_KEYS),
        ("Log", _LOG_KEYS),
        ("Both", [*_BOTH_KEYS, *TableList.BINDINGS]),
    ]

    def __init__(self, account: str | None, session: "Session | None") -> None:
        super().__init__(account, session)
        self._reader: Reader | None = None
        self._overview: Overview | None = None

    def compose(self) -> ComposeResult:
        """Title, what is amiss, tiers, tables, the log, and a place to filter."""
        yield TitleBar(self.account)
        yield Notice(id="notice")
        yield TierStrip(self.app.now)
        yield Caption("Opening the workspace …", id="listed")
        yield TableList(self.app.now)
        yield LogPane(self.app.now)
        yield Input(id="filter")
        yield Footer()

    def on_mount(self) -> None:
        """Let what is shown grow older, and follow how all stands."""
        self.set_interval(1, self._tick)
        self.watch(self.app, "standing", self._say_what_is_amiss)

    @property
    def _list(self) -> "TableList | LogTail":
        return self._log.tail if self.has_class("-filtering-log") else self._tables

    @property
    def _tables(self) -> TableList:
        return self.query_one(TableList)

    @property
    def _log(self) -> LogPane:
        return self.query_one(LogPane)

    def _tick(self) -> None:
        if self.app.screen is self:
            self._tables.refresh_changed()
            self.query_one(TierStrip).refresh()
            self._say_what_is_amiss()

    def begin(self, session: "Session") -> None:
        """Show an open workspace."""
        super().begin(session)
        self._reader = Reader(session.workspace, self.post_message)
        self._log.begin(self._reader)
        self.catch_up()

    # Reading

    def catch_up(self) -> None:
        """Read how all stands and what happened since, though not too often."""
        if self._reader and self.may_read():
            self._reader.overview()
            self._log.read_newer()

    @on(messages.OverviewRead)
    def _overview_read(self, read: messages.OverviewRead) -> None:
        self.nothing_fails()
        self._overview = read.overview
        self._tables.show_overview(read.overview)
        self.query_one(TierStrip).show(read.overview.tiers)
        self._say_what_is_listed()
        self._say_what_is_amiss()

    @on(messages.TailRead)
    def _tail_read(self, read: messages.TailRead) -> None:
        self._log.take(read)

    # What is said

    def _say_what_is_listed(self) -> None:
        tables = self._tables
        said = words.joined(
            "Mirror",
            words.counted(len(tables.rows), "table"),
            words.selected(len(tables.marked)),
            words.filtered(tables.text),
            f"by {tables.order} (s)",
        )
        self.query_one("#listed", Caption).say(said)

    def _say_what_is_amiss(self, _standing: "Standing | None" = None) -> None:
        standing, overview, now = self.app.standing, self._overview, self.app.now()
        trouble = outage(standing.link, overview, now) if standing and overview else ""
        begins = beginning(overview, now) if overview else ""
        self.query_one("#notice", Notice).warn(trouble, begins)

    # Looking

    def action_sort(self) -> None:
        """Take the next order."""
        names = list(ORDERS)
        self._tables.look(order=names[(names.index(self._tables.order) + 1) % len(names)])
        self._say_what_is_listed()

    def action_follow(self) -> None:
        """Let the log follow what comes, or stand still."""
        self._log.tail.follow(on=not self._log.tail.following)

    def action_level(self) -> None:
        """Show the next level, and what is worse."""
        self._log.take_next_level()

    def action_table(self) -> None:
        """Show what concerns the table under the cursor, or all again."""
        table = self._tables.current
        self._log.narrow(table.name if table else "")

    def action_copy(self) -> None:
        """Copy the entry under the log's cursor as JSON."""
        line = self._log.tail.current
        if line:
            self.app.copy_to_clipboard(entry_json(line.entry))
            self.tell("Copied, if this terminal lets programs copy.")

    def action_filter(self) -> None:
        """Open the filter of what has the focus."""
        in_log = self._log.tail.has_focus
        self.set_class(in_log, "-filtering-log")
        entry = self.query_one("#filter", Input)
        entry.value = self._log.text if in_log else self._tables.text
        entry.placeholder = f"filter: {_FILTERED[in_log]}; enter keeps, esc clears"
        super().action_filter()

    def filter(self, text: str) -> None:
        """Show what matches a text, of tables or log."""
        if self.has_class("-filtering"):
            self._filter(text, in_log=self.has_class("-filtering-log"))

    def _filter(self, text: str, *, in_log: bool) -> None:
        if in_log:
            self._log.filter(text)
        else:
            self._tables.look(text=text)
            self._say_what_is_listed()

    def action_back(self) -> None:
        """Go back one step: from a filter, from the log."""
        filtering, in_log = self.has_class("-filtering"), self._log.tail.has_focus
        if filtering:
            in_log = self.has_class("-filtering-log")
        stay = in_log and (filtering or bool(self._log.text))
        self.remove_class("-filtering")
        self._filter("", in_log=in_log)
        (self._log.tail if stay else self._tables).focus()

    def action_open(self) -> None:
        """Show the log entry or the table under the cursor in full."""
        line, table, session = self._log.tail.current, self._tables.current, self._session
        if not self._log.tail.has_focus and table and session:
            self.ask(lambda: self._open_table(session.workspace, table))
        elif self._log.tail.has_focus and line:
            self.ask(lambda: self._open_entry(line.entry))

    async def _open_entry(self, entry: "LogEntry") -> None:
        await self.app.push_screen_wait(entry_sheet(entry))

    async def _open_table(self, workspace: "Workspace", table: "TableLine") -> None:
        from nsconsole.services.sync.overview import history

        found = await asyncio.to_thread(history, workspace, table.name)
        await self.app.push_screen_wait(table_sheet(table, found, self.app.now()))

    # Orders

    def action_mark(self) -> None:
        """Select the table under the cursor and go on to the next."""
        self._tables.toggle_mark()
        self._tables.action_move(1)
        self._say_what_is_listed()

    def action_unmark_all(self) -> None:
        """Select nothing."""
        self._tables.marked.clear()
        self._tables.refresh()
        self._say_what_is_listed()

    def _chosen(self) -> "list[TableLine]":
        lines = self._tables.chosen
        if not lines:
            self.tell("There is no table under the cursor.", severity="warning")
        return lines

    def _to_pull(self) -> "tuple[list[TableLine], str]":
        """The chosen tables that can be pulled now, and why the others cannot."""
        lines = self._chosen()
        standing = self.app.standing
        if lines and standing and standing.link.state == "refused":
            return [], "NetSuite refuses the login. Run `nsconsole doctor` first."
        reasons = {line.name: orders.why_not(line) for line in lines}
        told = [why for why in reasons.values() if why]
        more = f" Nor can {len(told) - 1} more be pulled now." if len(told) > 1 else ""
        return [line for line in lines if not reasons[line.name]], "".join(told[:1]) + more

    def action_sync(self) -> None:
        """Sync the chosen tables now."""
        lines, why_not = self._to_pull()
        if lines:
            self._pull(lines, full=False, why_not=why_not)
        elif why_not:
            self.tell(why_not, severity="warning")

    def action_full(self) -> None:
        """Pull the chosen tables in full, after a question."""
        # Those of the key press, whatever the list does meanwhile.
        lines, why_not = self._to_pull()
        if why_not:
            self.tell(why_not, severity="warning")
        if lines:
            self.ask(lambda: self._ask_full(lines))

    async def _ask_full(self, lines: "Sequence[TableLine]") -> None:
        sure = await self.app.push_screen_wait(FullPullDialog(lines))
        if sure:
            self._pull(lines, full=True)

    def _pull(self, lines: "Sequence[TableLine]", *, full: bool, why_not: str = "") -> None:
        names = [line.name for line in lines]
        if not self.app.sync_soon(names, full=full):
            self.tell("The workspace is still being opened.", severity="warning")
            return
        self.action_unmark_all()
        what = names[0] if len(names) == 1 else words.counted(len(names), "table")
        said = f"{what}: {'the full pull' if full else 'the sync'} begins now."
        if why_not:
            self.tell(f"{said}\n{why_not}", severity="warning")
        else:
            self.tell(said)

    def action_pause(self) -> None:
        """Pause or resume the chosen tables."""
        lines = self._chosen()
        if lines:
            self._order(lambda workspace, by: orders.pause_or_resume(workspace, lines, by=by))

    def action_pause_tier(self) -> None:
        """Pause or resume the tier of the table under the cursor."""
        table, tiers = self._tables.current, self._overview.tiers if self._overview else ()
        tier = next((tier for tier in tiers if table and tier.minutes == table.tier), None)
        if tier:
            self._order(lambda workspace, by: orders.pause_or_resume_tier(workspace, tier, by=by))
        else:
            self.tell("There is no table under the cursor.", severity="warning")

    def action_cancel(self) -> None:
        """End the pull of the chosen tables after its page; the next one goes on from there."""
        lines = self._chosen()
        running = [line for line in lines if line.running]
        if running:
            self._order(lambda workspace, by: orders.cancel(workspace, running, by=by))
        elif lines:
            self.tell(f"{lines[0].name} is not being pulled just now.", severity="warning")

    @work(group="ordering")
    async def _order(self, order: "Callable[[Workspace, str], str]") -> None:
        if self._session is None:
            return
        said = await self.answer(asyncio.to_thread(order, self._session.workspace, self.who))
        if said:
            self.tell(said)
