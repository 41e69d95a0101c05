"""The domains as bars, beside one another as far as there is room."""

from collections.abc import Sequence
from math import ceil

from textual.content import Content
from textual.widget import Widget

from nsconsole.console import figures
from nsconsole.console.coverage import wording
from nsconsole.console.coverage.facts import Domain
from nsconsole.console.drawing import fit
from nsconsole.text import clean

_CELL = 26  # the narrowest that a domain is drawn in
_NAME, _SHARE = 11, 6


class DomainBars(Widget):
    """A bar for each domain with its share; those that do not fit are counted."""

    def __init__(self) -> None:
        super().__init__()
        self._domains: Sequence[Domain] = ()

    def show(self, domains: Sequence[Domain]) -> None:
        """Take what was read, in the order in which it is drawn."""
        if domains != self._domains:
            self._domains = domains
            self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as the domains need at this width."""
        return ceil(len(self._domains) / self._across(width))

    @staticmethod
    def _across(width: int) -> int:
        return max(width // _CELL, 1)

    def render(self) -> Content:
        """Draw the domains, from left to right, line by line."""
        across = self._across(self.size.width)
        each = self.size.width // across
        drawn = [_drawn(domain, each) for domain in self._domains]
        room = across * self.size.height
        if len(drawn) > room > 0:
            left = self._domains[room - 1 :]
            drawn = [*drawn[: room - 1], Content(f"and {len(left)} more domains")]
        lines = [drawn[start : start + across] for start in range(0, len(drawn), across)]
        return Content("\n").join(Content.assemble(*line) for line in lines)


def _drawn(domain: Domain, width: int) -> Content:
    share = wording.whole_percent(domain.share)
    name = f"{fit(clean(domain.name, limit=40), _NAME - 1):<{_NAME}}"
    bar = figures.bar(domain.share, max(width - _NAME - _SHARE - 2, 4))
    tone = "$text-success" if domain.mirrored >= domain.total else "$primary"
    return Content.assemble(name, (bar, tone), f"{share:>{_SHARE}}  ")
