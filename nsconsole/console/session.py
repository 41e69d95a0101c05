"""What the console is given by whoever starts it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from nsconsole.services.operators import Authority, Operator
    from nsconsole.services.workspace import Workspace


class Background(Protocol):
    """Work that goes on beside the screen."""

    def start(self) -> None:
        """Begin."""

    def drain_soon(self) -> None:
        """Send what was approved at once."""

    def stop(self) -> None:
        """Begin no more work."""


@dataclass(slots=True)
class Session:
    """An open workspace and who sits before it.

    `edit_token` is the one of the environment; without it the operator is asked once, and then
    `authority` is kept for the run. `background` makes the scheduler, which costs an import that
    the first rows do not wait for.
    """

    workspace: "Workspace"
    operator: "Operator | None"
    background: Callable[[], Background]
    edit_token: str | None = field(default=None, repr=False)
    authority: "Authority | None" = None


class Opening(Protocol):
    """Opens the session, in a thread, telling in words what it is at."""

    def __call__(self, tell: Callable[[str], None]) -> Session:
        """Open it, or raise an error that is a sentence for the operator."""
