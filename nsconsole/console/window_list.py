"""A list of any number of rows, of which only a window around the screen is held."""

from typing import ClassVar

from textual.message import Message

from nsconsole.console.row_list import Row, RowList


class WindowList(RowList[Row]):
    """A row list that asks for the rows it needs; those that are not held are None."""

    MARGIN: ClassVar[int] = 100
    """Rows held beyond the screen, each way."""

    class Wanted(Message):
        """Rows are needed that are not held."""

    def wanted(self) -> tuple[int, int]:
        """Give the first of the rows to hold, and how many."""
        return max(round(self.scroll_y) - self.MARGIN, 0), self._height + 2 * self.MARGIN

    def want(self) -> None:
        """Ask for the rows in sight, if one of them is not held."""
        top = round(self.scroll_y)
        in_sight = range(top, min(top + self._height, len(self.rows)))
        if any(self.rows[row] is None for row in in_sight):
            self.post_message(self.Wanted())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the rows that came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self.want()

    def on_resize(self) -> None:
        """Use the new size, and ask for what it lets into sight."""
        super().on_resize()
        self.want()
