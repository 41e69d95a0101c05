"""What the keys ask of the services, each answered by a sentence.

All but `why_not` write to the database: call them in a thread.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nsconsole.console import words

if TYPE_CHECKING:
    from nsconsole.services.sync.overview import TableLine, TierLine
    from nsconsole.services.workspace import Workspace


def why_not(line: "TableLine") -> str:
    """Say why a table cannot be pulled just now; empty if it can."""
    if line.running:
        return f"{line.name} is being pulled already."
    return f"{line.name} is paused: {line.pause}. p resumes it." if line.pause else ""


def pause_or_resume(workspace: "Workspace", lines: "Sequence[TableLine]", *, by: str) -> str:
    """Pause the tables that are not paused; if all of them are, resume them."""
    from nsconsole.services.sync.tiers import pause_table, resume_table

    going = [line.name for line in lines if not line.pause]
    change: Callable[..., object] = pause_table if going else resume_table
    names = going or [line.name for line in lines]
    for name in names:
        change(workspace, name, by=by)
    if going:
        return f"{_named(names)} paused. p resumes."
    return f"{_named(names)} resumed, and synced at the tier's next turn."


def pause_or_resume_tier(workspace: "Workspace", tier: "TierLine", *, by: str) -> str:
    """Pause a tier, or resume it."""
    from nsconsole.services.sync.tiers import pause_tier, resume_tier

    if tier.paused:
        resume_tier(workspace, tier.minutes, by=by)
        return f"The {tier.minutes} minute tier goes on."
    pause_tier(workspace, tier.minutes, by=by)
    return f"The {tier.minutes} minute tier is paused. P resumes it."


def cancel(workspace: "Workspace", lines: "Sequence[TableLine]", *, by: str) -> str:
    """Ask the pulls under way to end after the page that they are at."""
    from nsconsole.services.sync import tiers

    names = [line.name for line in lines if tiers.cancel(workspace, line.name, by=by)]
    if not names:
        return f"{_named([line.name for line in lines])}: the pull has ended already."
    return f"{_named(names)}: the pull ends after this page; the next one goes on from there."


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else words.counted(len(names), "table")
