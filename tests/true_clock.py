"""A clock for tests whose programs are processes of their own: they have the true time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class TrueClock:
    """The true time, and a skew if a test wants one."""

    skew: timedelta = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.skew

    def advance(self, _seconds):
        """Do nothing: true time goes by itself."""
