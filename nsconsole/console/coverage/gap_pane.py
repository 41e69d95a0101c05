"""The gaps: what of them is asked for, a line that says how many there are, and one in full."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from nsconsole.catalog import Looking, Order
from nsconsole.console import messages, words
from nsconsole.console.caption import Caption
from nsconsole.console.coverage import panes, wording
from nsconsole.console.coverage.gap_list import GapList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.catalog import Key
    from nsconsole.console.coverage.reading import Reader
    from nsconsole.services.coverage.browsing import GapRow

_NO_MATCH = "No gap matches the filter. esc clears it."


class GapPane(Vertical):
    """Keeps the list filled with the gaps that are asked for; some may be picked."""

    def __init__(self) -> None:
        super().__init__()
        self._reader: Reader | None = None
        self._looking = Looking()
        self._read: messages.GapsRead | None = None
        self._empty = ""

    def compose(self) -> ComposeResult:
        """What is listed, the list, and the gap under the cursor."""
        yield Caption("Opening the workspace …", id="listed")
        yield GapList()
        yield Caption(id="about-gap")

    @property
    def list(self) -> GapList:
        """The list itself."""
        return self.query_one(GapList)

    @property
    def total(self) -> int:
        """How many gaps match."""
        return self._read.extent.gaps if self._read else 0

    @property
    def current(self) -> "GapRow | None":
        """The gap under the cursor."""
        return self.list.current

    @property
    def picked(self) -> "Sequence[Key]":
        """What is picked, by name."""
        return sorted(self.list.picked)

    @property
    def chosen(self) -> "Sequence[Key]":
        """What is picked, or else the gap under the cursor."""
        return self.picked or ([self.current.key] if self.current else [])

    def begin(self, reader: "Reader") -> None:
        """Read from an open workspace."""
        self._reader = reader

    def read(self, *, empty: str) -> None:
        """Read the gaps anew; `empty` is what to say if there is none."""
        self._empty = empty
        self._read_window()

    @on(GapList.Wanted)
    def _read_window(self) -> None:
        if self._reader:
            self._reader.gaps(self._looking, self.list.window())

    def take(self, read: messages.GapsRead) -> None:
        """Show what was read, unless something else is asked for by now."""
        if read.looking != self._looking:
            return
        self._read = read
        self.list.hint = _NO_MATCH if read.looking.words else self._empty
        self.list.by_table = read.looking.by_table
        self.list.show_rows(read.extent.rows, read.offset, read.rows)
        self.say_what_is_listed()

    @on(GapList.Highlighted)
    def _highlighted(self) -> None:
        about = panes.about(self.current) if self.current else ""
        self.query_one("#about-gap", Caption).say(about)

    def say_what_is_listed(self) -> None:
        """Say how many gaps there are, in which order, and how many are picked."""
        if self._read is None:
            return
        extent, looking = self._read.extent, self._looking
        gaps = words.counted(extent.gaps, "gap")
        shown = f"{words.counted(extent.rows, 'table')}, {gaps}" if looking.by_table else gaps
        said = words.joined(
            "Gaps",
            f"{shown} (v)",
            f"{wording.ORDERS[looking.order]} (s)",
            f"{len(self.list.picked):,} picked (U unpicks)" if self.list.picked else "",
            words.filtered(" ".join(looking.words)),
        )
        self.query_one("#listed", Caption).say(said)

    # Looking

    def _look(self, looking: Looking) -> None:
        if looking != self._looking:
            self._looking = looking
            self.list.to_top()
            self._read_window()

    def filter(self, text: str) -> None:
        """Show what has all words of a text."""
        self._look(replace(self._looking, words=tuple(text.casefold().split())))

    def sort(self) -> None:
        """Take the next order."""
        orders = list(Order)
        following = orders[(orders.index(self._looking.order) + 1) % len(orders)]
        self._look(replace(self._looking, order=following))

    def view(self) -> None:
        """Change between tables and every gap by itself."""
        self._look(replace(self._looking, by_table=not self._looking.by_table))

    # Picking

    def pick(self) -> bool:
        """Pick what is under the cursor and go on; False if it is picked with its table."""
        done = self.list.toggle()
        if done:
            self.list.action_move(1)
            self.say_what_is_listed()
        return done

    async def pick_all(self) -> None:
        """Pick all that match; if all of them are picked, unpick them."""
        if self._reader:
            self.list.pick(await asyncio.to_thread(self._reader.keys, self._looking))
            self.say_what_is_listed()

    def unpick_all(self) -> None:
        """Pick nothing."""
        self.list.unpick_all()
        self.say_what_is_listed()
