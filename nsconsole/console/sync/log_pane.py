"""The log below the tables: what of it is asked for, and a line that says how it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from nsconsole.console import messages, words
from nsconsole.console.caption import Caption
from nsconsole.console.sync.log_tail import LogTail
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.console.sync.reading import Reader

_THRESHOLDS = {
    "info": "info and worse",
    "warning": "warnings and errors",
    "error": "errors",
    "debug": "all levels",
}


class LogPane(Vertical):
    """Keeps the tail filled with the entries that are asked for."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._reader: Reader | None = None
        self._listening = messages.Listening()

    def compose(self) -> ComposeResult:
        """How the log stands, and its tail."""
        yield Caption(id="log-head")
        yield LogTail(self._now)

    @property
    def tail(self) -> LogTail:
        """The entries."""
        return self.query_one(LogTail)

    @property
    def text(self) -> str:
        """What the entries are filtered by."""
        return self._listening.text

    def begin(self, reader: "Reader") -> None:
        """Read from an open workspace."""
        self._reader = reader
        self._show_heading()

    def read_newer(self) -> None:
        """Ask for what came since the newest entry held, if there is room for it."""
        if self._reader is None or self.tail.is_full:
            return
        if self.tail.last_id is None:
            self._reader.newest(self._listening)
        else:
            self._reader.after(self._listening, self.tail.last_id)

    def take(self, read: messages.TailRead) -> None:
        """Take entries that were read, and ask for more if there are."""
        if read.listening != self._listening or self._reader is None:
            return
        self.tail.take(read)
        self._show_heading()
        if read.after is None or read.complete:
            return
        if self.tail.following:
            self._reader.newest(self._listening)  # what is between is not worth the wait
        else:
            self.read_newer()

    @on(LogTail.OlderWanted)
    def _older_wanted(self) -> None:
        if self._reader and self.tail.first_id is not None:
            self._reader.before(self._listening, self.tail.first_id)

    @on(LogTail.Moved)
    def _tail_moved(self) -> None:
        self._show_heading()
        if self.tail.following:
            self.read_newer()

    def take_next_level(self) -> None:
        """Show the next level, and what is worse."""
        levels = list(_THRESHOLDS)
        following = levels[(levels.index(self._listening.level) + 1) % len(levels)]
        self._listen(replace(self._listening, level=following))

    def narrow(self, table: str) -> None:
        """Show what concerns a table alone; all again, if one is shown already."""
        self._listen(replace(self._listening, table="" if self._listening.table else table))

    def filter(self, text: str) -> None:
        """Show entries that hold a text; all for an empty one."""
        if text != self._listening.text:
            self._listen(replace(self._listening, text=text))

    def _listen(self, listening: messages.Listening) -> None:
        self._listening = listening
        self.tail.begin_anew()
        if self._reader:
            self._reader.newest(listening)
        self._show_heading()

    def _show_heading(self) -> None:
        """Say how the tail stands and what it shows, each with the key that changes it."""
        tail, asked = self.tail, self._listening
        stands = "following (f stops)" if tail.following else "standing still (f follows)"
        if tail.unseen and not tail.following:
            more = "+" if tail.is_full else ""
            stands = f"standing still, {tail.unseen:,}{more} new (f follows)"
        said = words.joined(
            "Log",
            stands,
            words.filtered(asked.text),
            f"{_THRESHOLDS[asked.level]} (l)",
            f"{clean(asked.table) or 'all tables'} (t)",
        )
        self.query_one("#log-head", Caption).say(said)
