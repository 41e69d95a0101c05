"""The title bar: whose console this is, how NetSuite answers, what waits, what time it is."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from nsconsole.text import clean

if TYPE_CHECKING:
    from datetime import datetime

    from nsconsole.console.app import NsConsole
    from nsconsole.services.operators import Operator
    from nsconsole.services.status import Standing

_BREAKER = {"open": "breaker OPEN", "half_open": "breaker trying"}
_LINK = {
    "unknown": "not asked yet",
    "ok": "ok",
    "unreachable": "UNREACHABLE",
    "refused": "REFUSES LOGIN",
}
_TROUBLE = ("unreachable", "refused")


class TitleBar(Widget):
    """One line; what does not fit is left out, the least needed first. It follows the app."""

    app: "NsConsole"

    def __init__(self, account: str | None) -> None:
        super().__init__()
        self._account = clean(account or "no account", limit=40)
        self._netsuite = "NetSuite"
        self._operator: Operator | None = None
        self._standing: Standing | None = None
        self._now: datetime | None = None

    def on_mount(self) -> None:
        """Show what is known, and whatever changes of it."""
        self.watch(self.app, "stand_in", self._show_stand_in)
        self.watch(self.app, "operator", self._show_operator)
        self.watch(self.app, "standing", self._show_standing)
        self._tick()
        self.set_interval(1, self._tick)

    def _show_stand_in(self, url: str) -> None:
        self._netsuite = clean(url.partition("://")[2], limit=40) or "NetSuite"
        self.refresh()

    def _show_operator(self, operator: "Operator | None") -> None:
        self._operator = operator
        self.refresh()

    def _show_standing(self, standing: "Standing | None") -> None:
        if standing is None:
            return
        self._standing = standing
        troubled = standing.link.state in _TROUBLE or _breaker(standing)
        self.set_class(bool(troubled), "-trouble")
        self.tooltip = Content(clean(standing.link.detail)) if standing.link.detail else None
        self.refresh()

    def _tick(self) -> None:
        now = self.app.now().astimezone()
        if self._now is None or (now.hour, now.minute) != (self._now.hour, self._now.minute):
            self._now = now
            self.refresh()

    def render(self) -> Content:
        """Give the line for the present width."""
        right = self._fitting(self.size.width - len(self._account) - 16)
        left = f" nsconsole · {self._account}"
        gap = " " * max(self.size.width - len(left) - len(right) - 1, 1)
        return Content.assemble((left, "bold"), gap, right)

    def _fitting(self, width: int) -> str:
        pieces = self._pieces()
        kept = set(range(len(pieces)))
        for _, index in sorted((rank, i) for i, (rank, _) in enumerate(pieces)):
            if len(" · ".join(pieces[i][1] for i in sorted(kept))) <= width:
                break
            kept.discard(index)
        return " · ".join(pieces[i][1] for i in sorted(kept))

    def _pieces(self) -> list[tuple[int, str]]:
        """What there is to say, each with how much it is needed."""
        pieces: list[tuple[int, str]] = []
        if self._operator:
            pieces.append((2, f"{self._operator.name} ({self._operator.role})"))
        elif self._standing:
            pieces.append((2, "looking only"))
        if self._standing:
            link = self._standing.link.state
            rank = 9 if link in _TROUBLE else 4
            pieces.append((rank, f"{self._netsuite} {_LINK[link]}"))
            pieces += [(rank, words) for rank, words in self._queue(self._standing) if words]
        if self._now:
            pieces.append((1, f"{self._now:%H:%M}"))
        return pieces

    @staticmethod
    def _queue(standing: "Standing") -> list[tuple[int, str]]:
        waiting, sending = standing.queue["queued"], standing.queue["in_flight"]
        dead, breaker = standing.dead_letters, _breaker(standing)
        return [
            (6, f"{standing.proposals['pending']:,} pending"),
            (5 if waiting else 0, f"{waiting:,} queued" if waiting or not sending else ""),
            (3, f"{sending:,} in flight" if sending else ""),
            (7, f"{dead:,} dead" if dead else ""),
            (8, breaker),
        ]


def _breaker(standing: "Standing") -> str:
    """Say that the breaker is not closed; nothing if it is."""
    known = standing.breaker
    return "breaker HELD" if known.held_by else _BREAKER.get(known.state, "")
