"""Texts around the lists, which say how things stand."""

from textual.content import Content
from textual.widgets import Static


class Caption(Static):
    """A literal text."""

    def __init__(self, text: str = "", *, id: str) -> None:  # noqa: A002 - as the base has it
        super().__init__(text, id=id, markup=False)

    def say(self, text: str | Content) -> None:
        """Show a text, which is safe to show."""
        # A layout is one of the whole screen, and only needed if the height goes by the text.
        if text != self.content:
            self.update(text, layout=self.styles.auto_dimensions)


class Notice(Caption):
    """A caption that is out of sight while there is nothing to say."""

    def say(self, text: str | Content) -> None:
        """Show a text, which is safe to show; nothing if it is empty."""
        self.display = bool(text)
        super().say(text)

    def warn(self, trouble: str, otherwise: str = "") -> None:
        """Say what is wrong, loudly; if nothing is, say something else."""
        self.set_class(bool(trouble), "-trouble")
        self.say(trouble or otherwise)
