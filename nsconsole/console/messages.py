"""What threads tell the screen. Each says what changed; the screen reads it anew."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from nsconsole.catalog import Looking as LookingAtGaps
    from nsconsole.console.coverage.facts import Facts
    from nsconsole.console.session import Session
    from nsconsole.services.coverage.browsing import Extent, GapRow, Mark
    from nsconsole.services.dead_letters.letters import DeadLetter, DeadLetterInFull, Group
    from nsconsole.services.details import Detail, Now
    from nsconsole.services.lines import Line
    from nsconsole.services.operators import Operator
    from nsconsole.services.pushes.waiting import Applied, Counts, Waiting
    from nsconsole.services.status import Standing
    from nsconsole.services.sync.log import LogEntry
    from nsconsole.services.sync.overview import Overview


class _Latest(Message):
    """A message of which only the last one counts."""

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one that still waits."""
        return type(message) is type(self)


@dataclass
class Told(_Latest):
    """What the opening of the workspace is at."""

    words: str


@dataclass
class Opened(Message):
    """The workspace is open."""

    session: "Session"


@dataclass
class OpeningFailed(Message):
    """The workspace cannot be opened."""

    why: str


@dataclass
class Identified(Message):
    """Who sits before the screen is known: nobody, for one who may only look."""

    operator: "Operator | None"


@dataclass
class DatabaseChanged(_Latest, bubble=False):
    """Somebody committed something, in this process or another."""


@dataclass
class StandingRead(_Latest):
    """The figures of the title bar."""

    standing: "Standing"


@dataclass(frozen=True, slots=True)
class Looking:
    """What the list is asked to show."""

    sort: str = "newest"
    text: str = ""
    everything: bool = False


@dataclass
class PageRead(_Latest):
    """Lines from `offset` on, of `total`."""

    looking: Looking
    offset: int
    lines: "list[Line]"
    total: int


@dataclass
class DetailRead(_Latest):
    """A proposal in full."""

    proposal_id: int
    detail: "Detail | None"


@dataclass
class NowRead(_Latest):
    """What NetSuite holds now of a proposal's record, or why that cannot be told."""

    proposal_id: int
    now: "Now | None"
    why: str = ""


@dataclass
class QueueRead(_Latest):
    """What waits and matches `text`, the first of `counts`; and what was applied last."""

    text: str
    pushes: "list[Waiting]"
    counts: "Counts"
    applied: "list[Applied]"


@dataclass
class Drained(Message):
    """A drain that was asked for is over; `trouble` says that not all went well."""

    said: str
    trouble: bool


@dataclass
class LettersRead(_Latest):
    """Dead letters that match a filter: how many there are of each group, and those read.

    The letters are the ones from `offset` on, counted over all groups.
    """

    text: str
    groups: "list[Group]"
    offset: int
    letters: "list[DeadLetter]"


@dataclass
class LetterRead(_Latest):
    """A dead letter in full."""

    found: "DeadLetterInFull"


@dataclass
class OverviewRead(_Latest):
    """How the mirror stands."""

    overview: "Overview"


@dataclass(frozen=True, slots=True)
class Listening:
    """Which entries of the sync log are asked for; `level` is the least, `table` "" for all."""

    level: str = "info"
    table: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TailLine:
    """An entry of the sync log and its sentence, which is safe to show."""

    entry: "LogEntry"
    sentence: str


@dataclass
class TailRead(Message):
    """Entries after or before one that is known by its id, or the newest ones; oldest first.

    `complete` says that there are no more of them in that direction.
    """

    listening: Listening
    lines: list[TailLine]
    after: int | None
    before: int | None
    complete: bool


@dataclass
class CoverageRead(_Latest):
    """How coverage stands; as long as `mark` is the same, so are the gaps."""

    facts: "Facts"
    mark: "Mark"


@dataclass
class GapsRead(_Latest):
    """Gaps that match: how many there are, and those from `offset` on."""

    looking: "LookingAtGaps"
    extent: "Extent"
    offset: int
    rows: "list[GapRow]"


@dataclass
class WorkTold(_Latest):
    """How far an audit, a plan or a probe is; `share` is from 0 to 1, None if nobody knows."""

    words: str
    share: float | None = None


@dataclass
class WorkEnded(Message):
    """An audit, a plan or a probe is over; a plan left a proposal, unless it went wrong."""

    said: str
    trouble: bool = False
    proposal_id: int | None = None


@dataclass
class FindingsRead(_Latest):
    """What audits found that nobody has looked at yet, each in a sentence that is safe to show."""

    sentences: list[str]


@dataclass
class LaneFailed(_Latest):
    """Something in a thread went wrong."""

    why: str
