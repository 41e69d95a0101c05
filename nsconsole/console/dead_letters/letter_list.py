"""The list of dead letters by group: any number of them, of which a window is held."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType

from nsconsole.console import words
from nsconsole.console.dead_letters import wording
from nsconsole.console.dead_letters.rows import Head, Layout, Row, Rows
from nsconsole.console.drawing import Cell
from nsconsole.console.window_list import WindowList
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.dead_letters.letters import DeadLetter, Group
    from nsconsole.services.dead_letters.rehearsal import Verdict
    from nsconsole.services.pushes.attempts import Cause

_NARROW = 60  # cells below which only the most needed is shown
_VERDICT_WIDTH = 18


class Anchor(NamedTuple):
    """What a letter is known by, which also tells where it stands."""

    cause: str
    code: str
    id: int


@dataclass(frozen=True, slots=True)
class Window:
    """Rows that are wanted, as seen when the letter `anchor` was on row `row`."""

    top: int
    height: int
    anchor: Anchor | None
    row: int


class LetterList(WindowList[Row]):
    """Heads and letters with a cursor that stays on its letter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *WindowList.BINDINGS,
        Binding("right_square_bracket", "move_group(1)", "Next group", show=False),
        Binding("left_square_bracket", "move_group(-1)", "Group before", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--group"}

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._layout = Layout(())
        self._held = Rows(self._layout)
        self.marked: dict[int, Cause] = {}
        self.verdicts: Mapping[int, Verdict] = {}
        self.rehearsed_at: datetime | None = None

    def key(self, row: Row) -> Hashable:
        """A head is known by its cause and code, a letter by its id besides."""
        if isinstance(row, Head):
            return row.group.cause, row.group.code
        return Anchor(row.cause, row.code, row.id) if row else None

    def find(self, key: Hashable) -> int | None:
        """Tell which row has a key, among those held."""
        if isinstance(key, Anchor):
            return self._held.find_letter(key.id)
        return self._layout.find_head(*key) if isinstance(key, tuple) else None

    @property
    def groups(self) -> "Sequence[Group]":
        """The groups that are listed."""
        return self._layout.groups

    @property
    def letters(self) -> int:
        """How many letters there are, held or not."""
        return self._layout.letters

    @property
    def letter(self) -> "DeadLetter | None":
        """The letter under the cursor."""
        row = self.current
        return None if isinstance(row, Head) else row

    @property
    def group(self) -> "Group | None":
        """The group on whose head the cursor is."""
        row = self.current
        return row.group if isinstance(row, Head) else None

    def window(self) -> Window:
        """Give the rows to hold."""
        anchor = self._key if isinstance(self._key, Anchor) else None
        return Window(*self.wanted(), anchor, self._cursor)

    def show_letters(
        self, groups: "Sequence[Group]", offset: int, letters: "Sequence[DeadLetter]"
    ) -> None:
        """Take what was read, and keep the cursor on its letter or head."""
        self._layout = Layout(groups)
        self._held = Rows(self._layout, offset, letters)
        self.show(self._held)
        self.want()

    def toggle(self, letter: "DeadLetter") -> None:
        """Select or unselect a letter."""
        if self.marked.pop(letter.id, None) is None:
            self.marked[letter.id] = letter.cause
        self.refresh_changed()

    def mark(self, letters: "Mapping[int, Cause]", *, toggle: bool) -> None:
        """Select letters besides those selected; or, to toggle, unselect them if all are."""
        if toggle and letters.keys() <= self.marked.keys():
            self.unmark(letters)
        else:
            self.marked |= letters
        self.refresh_changed()

    def unmark(self, ids: Iterable[int]) -> None:
        """Select some letters no longer."""
        for id_ in list(ids):
            self.marked.pop(id_, None)
        self.refresh_changed()

    def show_verdicts(self, verdicts: "Mapping[int, Verdict]") -> None:
        """Show what a dry run found just now."""
        self.verdicts, self.rehearsed_at = verdicts, self._now()
        self.refresh_changed()

    def action_move_group(self, groups: int) -> None:
        """Move the cursor to the head of the next group, or of this one or the one before."""
        if not self.rows:
            return
        here = self._layout.group_of(self.cursor_row)
        backwards = groups < 0 and self.cursor_row == self._layout.head_of(here)
        wanted = here + groups if groups > 0 or backwards else here
        if wanted < len(self._layout.groups):
            self.move_to(self._layout.head_of(max(wanted, 0)))

    def cells(self, row: Row, width: int) -> list[Cell]:
        """Draw a head or a letter."""
        if row is None:
            return [Cell("  …", width, "muted")]
        return self._head(row, width) if isinstance(row, Head) else self._letter(row, width)

    def _head(self, head: Head, width: int) -> list[Cell]:
        group = head.group
        tone = wording.LOUD.get(group.cause, "group")
        count = words.counted(group.count, "letter")
        told = f"{count}, oldest {words.age(group.oldest, self._now())}"
        named = wording.named(group.cause, group.code)
        return [Cell(named, width - len(told) - 1, tone), Cell(told, len(told) + 1, "muted")]

    def _letter(self, letter: "DeadLetter", width: int) -> list[Cell]:
        cells = [
            Cell("●" if letter.id in self.marked else "", 2, "marked"),
            Cell(str(letter.id), 7, "muted", right=True),
            Cell(words.age(letter.last_at, self._now()), 6, "muted", right=True),
        ]
        if width >= _NARROW:
            cells.append(Cell(f"{letter.attempts}×", 5, "muted", right=True))
        verdict = self.verdicts.get(letter.id)
        end = []
        if verdict:
            said, tone = wording.VERDICTS[verdict.verdict]
            end = [Cell(said, _VERDICT_WIDTH, tone)]
        room = width - sum(cell.width for cell in [*cells, *end])
        return [*cells, Cell(clean(letter.summary, limit=200), room), *end]
