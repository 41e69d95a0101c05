"""What the console is given by whoever starts it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from nsconsole.services.lines import Line
    from nsconsole.services.operators import Authority, Operator
    from nsconsole.services.workspace import Workspace


class Background(Protocol):
    """Work that goes on beside the screen."""

    def start(self) -> None:
        """Begin."""

    def drain_soon(self) -> None:
        """Send what was approved at once."""

    def sync_soon(self, tables: Sequence[str], *, full: bool) -> None:
        """Sync some tables at once, whatever their tiers; `full` reads each whole."""

    def stop(self) -> None:
        """Begin no more work."""


@dataclass(slots=True)
class Session:
    """An open workspace and who sits before it.

    `identify` finds the operator, and `background` makes what works beside the screen, which says
    in a sentence when it fails; the first rows wait for neither. `edit_token` is the one of the
    environment; without it the operator is asked once, and then `authority` is kept for the run.
    """

    workspace: "Workspace"
    identify: "Callable[[], Operator | None]"
    background: Callable[[Callable[[str], None]], Background]
    edit_token: str | None = field(default=None, repr=False)
    authority: "Authority | None" = None


class FirstPage(Protocol):
    """Gives the rows to begin with and their number, opening nothing; None if it cannot."""

    def __call__(self, limit: int) -> "tuple[list[Line], int] | None":
        """Read at most `limit` rows."""


class Opening(Protocol):
    """Opens the session, in a thread, telling in words what it is at."""

    def __call__(self, tell: Callable[[str], None]) -> Session:
        """Open it, or raise an error that is a sentence for the operator."""
