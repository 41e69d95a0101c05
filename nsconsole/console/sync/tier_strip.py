"""The tiers: how each stands and when its next turn is, one a line or all in one."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from nsconsole.console import figures
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.sync.overview import TierLine


class TierStrip(Widget):
    """Shows the tiers; each has a line if there are lines enough."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._tiers: tuple[TierLine, ...] = ()

    def show(self, tiers: "tuple[TierLine, ...]") -> None:
        """Take what was read."""
        self._tiers = tiers
        self.refresh()

    def render(self) -> Content:
        """Draw the tiers as they stand now."""
        if self.size.height >= len(self._tiers):
            return Content("\n").join(self._line(tier) for tier in self._tiers)
        return Content("  │  ").join(self._piece(tier) for tier in self._tiers)

    def _line(self, tier: "TierLine") -> Content:
        name = Content.styled(f"{tier.minutes:>2} min  ", "bold")
        return Content.assemble(name, f"{self._turn(tier):<36}", *_counts(tier))

    def _piece(self, tier: "TierLine") -> Content:
        name = Content.styled(f"{tier.minutes} min ", "bold")
        turn = "paused" if tier.paused else self._turn(tier).partition(" (")[0]
        behind = [(f", {tier.stalled} STALLED", "$text-error")] if tier.stalled else []
        if tier.late and not tier.stalled:
            behind = [(f", {tier.late} LATE", "$text-warning")]
        return Content.assemble(name, turn, *behind)

    def _turn(self, tier: "TierLine") -> str:
        if tier.paused:
            return clean(f"PAUSED {tier.paused}")
        if tier.running:
            return "running"
        if tier.next_run_at <= self._now():
            return "due"
        left = figures.countdown(tier.next_run_at, self._now())
        return f"next in {left} ({tier.next_run_at.astimezone():%H:%M})"


def _counts(tier: "TierLine") -> list[tuple[str, str]]:
    counts = [(f"  {tier.on_time} on time", "$text-success" if tier.on_time else "")]
    if tier.late:
        counts.append((f"  {tier.late} LATE", "$text-warning"))
    if tier.stalled:
        counts.append((f"  {tier.stalled} STALLED", "$text-error"))
    others = tier.tables - tier.on_time - tier.late - tier.stalled
    if others:
        counts.append((f"  {others} new or paused", "$text-muted"))
    return counts
