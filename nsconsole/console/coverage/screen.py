"""The Coverage screen: what of NetSuite is not mirrored and why, and the round that closes it."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from nsconsole.console import messages
from nsconsole.console.area import DenseArea
from nsconsole.console.caption import Caption, Notice
from nsconsole.console.coverage import asking, orders, panes, wording
from nsconsole.console.coverage.bars import DomainBars
from nsconsole.console.coverage.dialogs import named
from nsconsole.console.coverage.gap_list import GapList
from nsconsole.console.coverage.gap_pane import GapPane
from nsconsole.console.coverage.phases import PhasesSheet
from nsconsole.console.coverage.reading import Reader
from nsconsole.console.coverage.work import Work
from nsconsole.console.footer import Footer
from nsconsole.console.title import TitleBar
from nsconsole.resources import resource

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from nsconsole.catalog import Key
    from nsconsole.console.coverage.facts import Facts
    from nsconsole.console.session import Session
    from nsconsole.services.status import Standing

_ROUND_KEYS: list[BindingType] = [
    Binding("A", "audit", "Audit", id="coverage.audit"),
    Binding("c", "call_off", "Call off what is under way", show=False, id="coverage.call_off"),
    Binding("p", "plan", "Plan", id="coverage.plan"),
    Binding("P", "probe", "Probe", id="coverage.probe"),
    Binding("x", "exclude", "Exclude, or include again", show=False, id="coverage.exclude"),
    Binding("f", "phases", "Phases", id="coverage.phases"),
    Binding("h", "history", "History of audits", show=False, id="coverage.history"),
    Binding("n", "news", "What is new", show=False, id="coverage.news"),
    Binding("o", "open_page", "Open the page in a browser", show=False, id="coverage.page"),
    Binding("R", "round", "Start a round", show=False, id="coverage.round"),
]
_LIST_KEYS: list[BindingType] = [
    Binding("enter", "open", "The table, column by column", show=False, id="coverage.open"),
    Binding("space", "pick", "Pick", show=False, id="coverage.pick"),
    Binding("asterisk", "pick_all", "Pick all that match", show=False, id="coverage.pick_all"),
    Binding("U", "unpick_all", "Unpick all", show=False, id="coverage.unpick_all"),
    Binding("v", "view", "Tables, or every gap", show=False, id="coverage.view"),
    Binding("s", "sort", "Sort", show=False, id="coverage.sort"),
    Binding("slash", "filter", "Filter", id="coverage.filter"),
    Binding("escape", "back", "Back", show=False, id="coverage.back"),
]


class CoverageScreen(DenseArea):
    """The overall figure and the domains above, the gaps below, and the one under the cursor."""

    CSS_PATH: ClassVar[Any] = [resource("styles") / n for n in ("rows.tcss", "coverage.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [*_ROUND_KEYS, *_LIST_KEYS]
    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = [
        ("Coverage: what is picked, or else the row under the cursor", _ROUND_KEYS),
        ("Gaps", [*_LIST_KEYS, *GapList.BINDINGS]),
    ]

    def __init__(self, account: str | None, session: "Session | None") -> None:
        super().__init__(account, session)
        self._reader: Reader | None = None
        self._work: Work | None = None
        self._facts: Facts | None = None
        self._mark: object = None
        self._told = messages.WorkTold("")

    def compose(self) -> ComposeResult:
        """Title, figures, domains, what is amiss or new, what is at work, gaps, and the filter."""
        yield TitleBar(self.account)
        yield Caption(id="overall")
        yield DomainBars()
        yield Notice(id="notice")
        yield Notice(id="work")
        yield GapPane()
        yield Input(id="filter", placeholder="filter: words in any order; enter keeps, esc clears")
        yield Footer()

    def on_mount(self) -> None:
        """Let what is shown grow older, and follow how all stands."""
        self.set_interval(1, self._tick)
        self.watch(self.app, "standing", self._say_what_is_amiss)

    @property
    def _gaps(self) -> GapPane:
        return self.query_one(GapPane)

    @property
    def _list(self) -> GapList:
        return self._gaps.list

    def _tick(self) -> None:
        if self.app.screen is self and self._facts:
            self._say_overall()
            self._say_what_is_amiss()

    def on_unmount(self) -> None:
        """Let what is under way end."""
        if self._work:
            self._work.call_off()

    def begin(self, session: "Session") -> None:
        """Show an open workspace."""
        super().begin(session)
        self._reader = Reader(session.workspace, self.post_message)
        self._work = Work(session.workspace, self.post_message)
        self._gaps.begin(self._reader)
        self.catch_up()

    # Reading

    def catch_up(self) -> None:
        """Read how coverage stands, though not too often; the gaps follow if they moved."""
        if self._reader and self.may_read():
            self._reader.facts()

    @on(messages.CoverageRead)
    def _coverage_read(self, read: messages.CoverageRead) -> None:
        self.nothing_fails()
        self._facts = read.facts
        if read.mark != self._mark:
            self._mark = read.mark
            self._read_gaps()
        self.query_one(DomainBars).show(read.facts.domains)
        self._say_overall()
        self._say_what_is_amiss()
        self._say_what_is_at_work()
        if isinstance(self.app.screen, PhasesSheet):
            self.app.screen.show(read.facts.phases)

    def _read_gaps(self) -> None:
        empty = wording.COMPLETE if self._facts and self._facts.audit else wording.EMPTY
        self._gaps.read(empty=empty)

    @on(messages.GapsRead)
    def _gaps_read(self, read: messages.GapsRead) -> None:
        self._gaps.take(read)

    # What is said

    def _say_overall(self) -> None:
        if self._facts:
            overall = panes.overall(self._facts, self.app.now())
            self.query_one("#overall", Caption).say(overall)

    def _say_what_is_amiss(self, _standing: "Standing | None" = None) -> None:
        standing, facts = self.app.standing, self._facts
        trouble = panes.trouble(standing.link, self.app.now()) if standing else ""
        news = panes.news(facts.findings) if facts else ""
        self.query_one("#notice", Notice).warn(trouble, news)

    def _say_what_is_at_work(self) -> None:
        said = panes.at_work(self._work, self._told, self._facts)
        self.query_one("#work", Notice).say(said)

    # Looking

    def filter(self, text: str) -> None:
        """Show what matches a text."""
        self._gaps.filter(text)

    def action_sort(self) -> None:
        """Take the next order."""
        self._gaps.sort()

    def action_view(self) -> None:
        """Change between tables and every gap by itself."""
        self._gaps.view()

    def action_pick(self) -> None:
        """Pick the row under the cursor and go on to the next."""
        if not self._gaps.pick():
            self.tell("Its table is picked, and it with it.", severity="warning")

    def action_pick_all(self) -> None:
        """Pick all that match; if all of them are picked, unpick them."""
        self.ask(self._gaps.pick_all)

    def action_unpick_all(self) -> None:
        """Pick nothing."""
        self._gaps.unpick_all()

    def _chosen(self) -> "Sequence[Key]":
        if not self._gaps.chosen:
            self.tell("There is no gap under the cursor.", severity="warning")
        return self._gaps.chosen

    # The round

    def _begin(self, begun: bool, said: str) -> None:
        if begun:
            self._told = messages.WorkTold("beginning")
            self.tell(said)
            self._say_what_is_at_work()
        else:
            what = self._work.what.lower() if self._work else "work"
            self.tell(f"The {what} before is not over; c calls it off.", severity="warning")

    def _may_ask_netsuite(self) -> bool:
        standing = self.app.standing
        if self._work is None:
            self.tell("The workspace is still being opened.", severity="warning")
        elif standing and standing.link.state == "refused":
            told = "NetSuite refuses the login. Run `nsconsole doctor` first."
            self.tell(told, severity="warning")
        else:
            return True
        return False

    def action_audit(self) -> None:
        """Ask NetSuite what it has, and compare."""
        if self._work and self._may_ask_netsuite():
            self._begin(self._work.audit(), "The audit begins: NetSuite is asked what it has.")

    def action_call_off(self) -> None:
        """End what is under way."""
        if self._work and self._work.what:
            self._work.call_off()
            self._say_what_is_at_work()
        else:
            self.tell("Nothing is under way here.", severity="warning")

    @on(messages.WorkTold)
    def _work_told(self, told: messages.WorkTold) -> None:
        self._told = told
        self._say_what_is_at_work()

    @on(messages.WorkEnded)
    def _work_ended(self, ended: messages.WorkEnded) -> None:
        self._say_what_is_at_work()
        self.catch_up()
        self._read_gaps()
        if ended.proposal_id is not None:
            self.action_unpick_all()
        if ended.proposal_id is not None and self.app.screen is self:
            self.ask(lambda: asking.lead_to(self.app, ended.said, ended.proposal_id or 0))
        else:
            self.tell(ended.said, severity="warning" if ended.trouble else "information")

    def action_probe(self) -> None:
        """Ask NetSuite which of the columns meant it really gives."""
        keys = self._chosen() if self._may_ask_netsuite() else []
        if keys:
            self.ask(lambda: self._probe(keys))

    async def _probe(self, keys: "Sequence[Key]") -> None:
        if self._session and self._work:
            columns = await asyncio.to_thread(orders.columns_of, self._session.workspace, keys)
            self._begin(self._work.probe(columns), f"The probe of {named(keys)} begins.")

    def action_plan(self) -> None:
        """Plan a phase of what is picked, or the next one, after a question."""
        if self._may_ask_netsuite():
            keys = self._gaps.picked  # those of the key press
            self.ask(lambda: self._plan(keys))

    async def _plan(self, keys: "Sequence[Key]") -> None:
        if self._work:
            picked = orders.by_table(keys)
            if await asking.ask_plan(self.app, picked, self._gaps.total):
                begun = self._work.plan(picked, author=self.who)
                self._begin(begun, "The plan begins: NetSuite is asked about each column.")

    def action_exclude(self) -> None:
        """Exclude what is meant, with a note; or, if it is excluded, take that back."""
        keys, row, session = self._chosen(), self._gaps.current, self._session
        excluded = not self._gaps.picked and row is not None and bool(row.note)
        change = asking.include if excluded else asking.exclude
        if keys and session:
            self.ask(lambda: self._order(change(self.app, session, keys)))

    async def _order(self, order: "Awaitable[str]") -> None:
        said = await order
        if said:
            self.tell(said)
            self.action_unpick_all()
            self._read_gaps()

    def action_round(self) -> None:
        """Show the five stages of a round, and take the next step."""
        reader = self._reader
        if reader:
            self.ask(lambda: asking.take_next_step(self.app, reader, self))
        else:
            self.tell("The workspace is still being opened.", severity="warning")

    # What stands over the screen

    def action_open(self) -> None:
        """Show the table under the cursor column by column, beside what each source says."""
        row = self._gaps.current
        if row:
            self.ask(lambda: self._open_table(row.key))

    async def _open_table(self, key: "Key") -> None:
        if self._session:
            await asking.open_table(self.app, self._session.workspace, key, self._list.picked)
            self._list.refresh_changed()
            self._gaps.say_what_is_listed()

    def action_phases(self) -> None:
        """Show the phases as they go on."""
        facts, reader = self._facts, self._reader
        if facts and reader:
            self.ask(lambda: asking.show_phases(self.app, facts, reader.facts))

    def action_history(self) -> None:
        """Show the audits, each with what it found other than the one before."""
        facts, session = self._facts, self._session
        if facts and session:
            self.ask(lambda: asking.show_history(self.app, session.workspace, facts))

    def action_news(self) -> None:
        """Show what audits found that nobody has looked at."""
        facts, session = self._facts, self._session
        if facts and facts.findings and session:
            by = self.who
            self.ask(lambda: asking.show_news(self.app, session.workspace, facts, by))
        else:
            self.tell("Nothing is new since somebody looked.")

    def action_open_page(self) -> None:
        """Open the page of the last audit in a browser."""
        session = self._session
        if session and self._facts and self._facts.audit:
            self.ask(lambda: self._open_page(session))
        else:
            self.tell("No audit yet: press A.", severity="warning")

    async def _open_page(self, session: "Session") -> None:
        from nsconsole.services.coverage.report.writing import open_report

        opened = await asyncio.to_thread(open_report, session.workspace)
        how = "The browser shows it" if opened.shown else "No browser could be started; open it"
        self.tell(f"{how}: {opened.path}")

    def action_open_proposal(self, proposal_id: int) -> None:
        """Show a phase's proposal in the inbox."""
        self.app.open_proposal(proposal_id)
