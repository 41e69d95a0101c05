"""The rows of the list: a head for each group and its letters below it, of which some are held."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Union, overload

if TYPE_CHECKING:
    from nsconsole.services.dead_letters.letters import DeadLetter, Group


@dataclass(frozen=True, slots=True)
class Head:
    """The row above the letters of a group."""

    group: "Group"


Row = Union[Head, "DeadLetter", None]
"""A head, a letter, or None for a letter that is not held."""


class Layout:
    """Where the heads and the letters of some groups stand; letters are counted without heads."""

    def __init__(self, groups: "Sequence[Group]") -> None:
        self.groups = groups
        self._ends = list(accumulate(group.count for group in groups))
        above = [0, *self._ends][: len(groups)]
        self._heads = [letters + heads for heads, letters in enumerate(above)]

    @property
    def letters(self) -> int:
        """How many letters there are."""
        return self._ends[-1] if self._ends else 0

    def __len__(self) -> int:
        return self.letters + len(self.groups)

    def group_of(self, row: int) -> int:
        """Tell which group a row belongs to."""
        return bisect_right(self._heads, row) - 1

    def is_head(self, row: int) -> bool:
        """Tell a head from a letter."""
        return self._heads[self.group_of(row)] == row

    def head_of(self, group: int) -> int:
        """Tell which row is the head of a group."""
        return self._heads[group]

    def find_head(self, cause: str, code: str) -> int | None:
        """Tell on which row the head of a group stands."""
        named = ((group.cause, group.code) for group in self.groups)
        found = next((i for i, name in enumerate(named) if name == (cause, code)), None)
        return None if found is None else self._heads[found]

    def letters_before(self, row: int) -> int:
        """Count the letters above a row: for a letter's, its own position."""
        return row - bisect_right(self._heads, row - 1)

    def row_of(self, letter: int) -> int:
        """Tell on which row a letter stands, by its position."""
        return letter + bisect_right(self._ends, letter) + 1


class Rows(Sequence[Row]):
    """All rows of a layout, of whose letters those from `offset` on are held."""

    def __init__(
        self, layout: Layout, offset: int = 0, letters: "Sequence[DeadLetter]" = ()
    ) -> None:
        self.layout = layout
        self._offset = offset
        self._letters = letters

    def __len__(self) -> int:
        return len(self.layout)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        if self.layout.is_head(index):
            return Head(self.layout.groups[self.layout.group_of(index)])
        held = self.layout.letters_before(index) - self._offset
        return self._letters[held] if 0 <= held < len(self._letters) else None

    def find_letter(self, id_: int) -> int | None:
        """Tell on which row a letter stands that is held."""
        held = (i for i, letter in enumerate(self._letters) if letter.id == id_)
        found = next(held, None)
        return None if found is None else self.layout.row_of(self._offset + found)
