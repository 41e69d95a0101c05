"""The Dead letters screen: it shows what did not reach NetSuite, and sends it again if told to."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input

from nsconsole.console import messages, words
from nsconsole.console.area import DenseArea
from nsconsole.console.caption import Caption
from nsconsole.console.dead_letters import orders, wording
from nsconsole.console.dead_letters.letter_list import LetterList
from nsconsole.console.dead_letters.letter_pane import LetterPane
from nsconsole.console.dead_letters.reading import Reader
from nsconsole.console.dead_letters.seeing_to import Meant, SeeingTo
from nsconsole.console.footer import Footer
from nsconsole.console.title import TitleBar
from nsconsole.resources import resource
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from nsconsole.console.session import Session
    from nsconsole.services.dead_letters.letters import DeadLetter, Group

_AGES = 10  # seconds between looks at how old everything has become
_EMPTY = (
    "No dead letters: what was approved reached NetSuite, or waits (3).\n\n"
    "A change that NetSuite refuses, that would overwrite somebody else's, or that failed three "
    "times rests here, with what it met, what that means and what usually mends it. Nothing is "
    "lost, and nothing is sent again unless an admin says so."
)

_LETTER_KEYS: list[BindingType] = [
    Binding("r", "replay", "Replay", id="dead.replay"),
    Binding("R", "replay_selection", "Replay the selection", show=False, id="dead.replay_all"),
    Binding("d", "rehearse", "Dry run", id="dead.rehearse"),
    Binding("e", "edit", "Edit", id="dead.edit"),
    Binding("x", "dismiss_letters", "Dismiss", id="dead.dismiss"),
    Binding("o", "open_proposal", "Its proposal", show=False, id="dead.proposal"),
    Binding("y", "copy", "Copy it as JSON", show=False, id="dead.copy"),
]
_LIST_KEYS: list[BindingType] = [
    Binding("space", "mark", "Select", show=False, id="dead.mark"),
    Binding("asterisk", "mark_all", "Select all that match", show=False, id="dead.mark_all"),
    Binding("U", "unmark_all", "Unselect all", show=False, id="dead.unmark_all"),
    Binding("slash", "filter", "Filter", id="dead.filter"),
    Binding("enter", "open", "Open", show=False, id="dead.open"),
    Binding("escape", "back", "Back", show=False, id="dead.back"),
]


class DeadLettersScreen(DenseArea):
    """The letters by group, the one under the cursor, and the keys that see to them."""

    CSS_PATH: ClassVar[Any] = [resource("styles") / n for n in ("rows.tcss", "dead_letters.tcss")]
    BINDINGS: ClassVar[list[BindingType]] = [*_LETTER_KEYS, *_LIST_KEYS]
    KEYS: ClassVar[list[tuple[str, list[BindingType]]]] = [
        ("Dead letters: on the head of a group all of it is meant", _LETTER_KEYS),
        ("List", [*_LIST_KEYS, *LetterList.BINDINGS]),
    ]

    def __init__(self, account: str | None, session: "Session | None") -> None:
        super().__init__(account, session)
        self._reader: Reader | None = None
        self._text = ""

    def compose(self) -> ComposeResult:
        """Title, what is listed, the list beside the letter, and a place to filter."""
        yield TitleBar(self.account)
        yield Caption("Opening the workspace …", id="listed")
        with Container(id="split"):
            yield LetterList(self.app.now)
            yield LetterPane(self.app.now)
        yield Input(id="filter", placeholder="filter: words in any order; enter keeps, esc clears")
        yield Footer()

    def on_mount(self) -> None:
        """Let what is shown grow older, and follow who sits here."""
        self.set_interval(_AGES, self._list.refresh_changed)
        self.watch(self.app, "operator", self._say_what_is_listed, init=False)

    @property
    def _list(self) -> LetterList:
        return self.query_one(LetterList)

    @property
    def _pane(self) -> LetterPane:
        return self.query_one(LetterPane)

    def begin(self, session: "Session") -> None:
        """Show an open workspace."""
        super().begin(session)
        self._reader = Reader(session.workspace, self.post_message)
        self.catch_up()

    # Reading

    def catch_up(self) -> None:
        """Read the letters anew, though not too often; the cursor stays on its letter."""
        if self._reader and self.may_read():
            self._read()

    @on(LetterList.Wanted)
    def _read(self) -> None:
        if self._reader:
            self._reader.letters(self._text, self._list.window())

    @on(messages.LettersRead)
    def _letters_read(self, read: messages.LettersRead) -> None:
        self.nothing_fails()
        if read.text == self._text:
            self._list.show_letters(read.groups, read.offset, read.letters)
            self._say_what_is_listed()

    @on(LetterList.Highlighted)
    def _highlighted(self) -> None:
        letter, group = self._list.letter, self._list.group
        if letter and self._reader:
            self._reader.letter(letter.id)
        elif group:
            self._pane.show_group(group)
        elif self._list.letters:
            self._pane.show_hint("That letter left the list. Move the cursor to another.")
        elif self._reader:
            nothing = "Nothing matches the filter. esc clears it."
            self._pane.show_hint(nothing if self._text else _EMPTY)

    @on(messages.LetterRead)
    def _letter_read(self, read: messages.LetterRead) -> None:
        id_ = read.found.letter.id
        if self._list.letter and self._list.letter.id == id_:
            listed = self._list
            self._pane.show_letter(read.found, listed.verdicts.get(id_), listed.rehearsed_at)

    def _say_what_is_listed(self, _operator: object = None) -> None:
        if self._reader is None:
            return
        said = words.joined(
            "Dead letters",
            words.counted(self._list.letters, "letter"),
            words.selected(len(self._list.marked)),
            words.filtered(self._text),
            "looking only: an admin sees to them" if self._why_not() else "",
        )
        self.query_one("#listed", Caption).say(said)

    # Looking

    def filter(self, text: str) -> None:
        """Show what matches a text."""
        if text != self._text:
            self._text = text
            self._list.to_top()
            self._read()
            self._say_what_is_listed()

    def action_open(self) -> None:
        """Give the letter the whole screen."""
        if self._list.current:
            self.add_class("-open")
            self._pane.focus()

    def action_back(self) -> None:
        """Go back one step: from the letter, from the filter."""
        if self.has_class("-open"):
            self.remove_class("-open")
            self._list.focus()
        else:
            super().action_back()

    def action_open_proposal(self) -> None:
        """Show the letter's proposal in the inbox."""
        letter = self._letter()
        if letter:
            self.app.open_proposal(letter.proposal_id)

    def action_copy(self) -> None:
        """Copy the letter as JSON."""
        letter = self._letter()
        if letter:
            self._copy(letter.id)

    @work(group="copying", exclusive=True)
    async def _copy(self, id_: int) -> None:
        from nsconsole.services.dead_letters.letters import show_dead_letter

        if self._session:
            workspace = self._session.workspace
            found = await self.answer(asyncio.to_thread(show_dead_letter, workspace, id_))
            if found:
                self.app.copy_to_clipboard(wording.readable(wording.whole(found)))
                self.tell("Copied, if this terminal lets programs copy.")

    def _letter(self) -> "DeadLetter | None":
        letter = self._list.letter
        if letter is None:
            self.tell("There is no letter under the cursor.", severity="warning")
        return letter

    # Selecting

    def action_mark(self) -> None:
        """Select the letter under the cursor and go on to the next, or all of a group."""
        letter, group = self._list.letter, self._list.group
        if letter:
            self._list.toggle(letter)
            self._list.action_move(1)
            self._say_what_is_listed()
        elif group:
            self._mark_groups([group], toggle=True)

    def action_mark_all(self) -> None:
        """Select everything that the filter lets through."""
        self._mark_groups(self._list.groups)

    @work(group="marking", exclusive=True)
    async def _mark_groups(self, groups: "Sequence[Group]", *, toggle: bool = False) -> None:
        if self._session:
            workspace, text = self._session.workspace, self._text
            members = asyncio.to_thread(orders.members, workspace, groups, text)
            self._list.mark(await self.answer(members) or {}, toggle=toggle)
            self._say_what_is_listed()

    def action_unmark_all(self) -> None:
        """Select nothing."""
        self._list.unmark(list(self._list.marked))
        self._say_what_is_listed()

    # Seeing to them

    def action_replay(self) -> None:
        """Send the letter under the cursor again, or all of a group, after a question."""
        meant = self._under_cursor()
        if meant:
            self._see_to(lambda seeing: seeing.replay(meant, self._list.verdicts))

    def action_replay_selection(self) -> None:
        """Send the selection again, after a question."""
        meant = self._selection()
        if meant is None:
            self.tell("Nothing is selected; space selects, * all.", severity="warning")
        else:
            self._see_to(lambda seeing: seeing.replay(meant, self._list.verdicts))

    def action_dismiss_letters(self) -> None:
        """Let the selection, or what is under the cursor, rest for good, with a reason."""
        meant = self._selection() or self._under_cursor()
        if meant:
            self._see_to(lambda seeing: seeing.dismiss(meant))

    def action_edit(self) -> None:
        """Edit the change of the letter under the cursor, and propose it anew."""
        letter = self._letter()
        if letter:
            self._see_to(lambda seeing: seeing.edit(letter.id))

    def action_rehearse(self) -> None:
        """Ask what a replay of the selection, or of what is under the cursor, would come to."""
        meant = self._selection() or self._under_cursor()
        if self.is_at_work("rehearsing"):
            self.tell("A dry run is under way.")
        elif meant:
            self._rehearse(meant)

    def _selection(self) -> Meant | None:
        marked = self._list.marked
        if not marked or self.has_class("-open"):
            return None
        return Meant(dict(marked), text=self._text)

    def _under_cursor(self) -> Meant | None:
        letter, group = self._list.letter, self._list.group
        if letter:
            return Meant({letter.id: letter.cause}, about=clean(letter.summary))
        if group:
            about = wording.named(group.cause, group.code)
            return Meant(group=group, about=about, text=self._text)
        self.tell("There is no letter under the cursor.", severity="warning")
        return None

    def _why_not(self) -> str:
        """Say why who sits here may not see to dead letters; empty for an admin."""
        operator = self.app.operator
        if operator is None:
            return "Only an admin sees to dead letters, and you are looking only."
        if operator.role != "admin":
            name = clean(operator.name)
            return f"Only an admin sees to dead letters, and {name} is a {operator.role}."
        return ""

    def _see_to(self, order: "Callable[[SeeingTo], Awaitable[str]]") -> None:
        session, why_not = self._session, self._why_not()
        if why_not:
            self.tell(why_not, severity="warning")
        elif session:
            self.ask(lambda: self._carry_out(order, SeeingTo(self.app, session)))

    async def _carry_out(
        self, order: "Callable[[SeeingTo], Awaitable[str]]", seeing: SeeingTo
    ) -> None:
        said = await order(seeing)
        if said:
            self.tell(said)
            self._list.unmark(seeing.chosen)
            self._say_what_is_listed()

    @work(group="rehearsing")
    async def _rehearse(self, meant: Meant) -> None:
        if self._session is None:
            return
        verdicts = await self.answer(SeeingTo(self.app, self._session).rehearse(meant))
        if verdicts:
            self._list.show_verdicts(verdicts)
            self._highlighted()
            found = wording.verdict_counts(verdicts.values())
            self.tell(f"Dry run: {found}. Nothing was sent.")
