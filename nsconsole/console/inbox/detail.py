"""The proposal under the cursor: what changes, what NetSuite holds, why, and what came of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from nsconsole.console import words
from nsconsole.console.drawing import Styled, aligned
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.console.messages import NowRead
    from nsconsole.services.details import Change, Detail, Now
    from nsconsole.services.pushes.listing import Push

_LONGEST = 40  # a value in the table; a longer one stands below it in full
_HEADS = ("", "seen", "in NetSuite", "proposed")
_MUTED, _GOOD, _BAD, _STRONG = "$foreground-muted", "$text-success", "$text-error", "bold"

Row = tuple[Styled, ...]


class DetailPane(VerticalScroll, can_focus=True):
    """Shows one proposal. It is drawn anew from the facts whenever one of them comes in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Scroll down", show=False),
        Binding("k", "scroll_up", "Scroll up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._detail: Detail | None = None
        self._now: NowRead | None = None
        self._hint = ""

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        yield Static(id="detail-text", markup=False)

    def show_hint(self, hint: str) -> None:
        """Show a sentence in place of a proposal."""
        self._detail, self._hint = None, hint
        self._draw()

    def show_detail(self, detail: "Detail") -> None:
        """Show a proposal, with what is known of NetSuite if that is of the same one."""
        if detail == self._detail:
            return
        if self.shown_id != detail.line.id:
            self.scroll_home(animate=False)
        self._detail = detail
        self._draw()

    def show_now(self, now: "NowRead | None") -> None:
        """Show what NetSuite holds, once its proposal is shown; None while it is being asked."""
        self._now = now
        self._draw()

    @property
    def shown_id(self) -> int | None:
        """The id of the proposal shown."""
        return self._detail.line.id if self._detail else None

    @property
    def moved(self) -> bool:
        """Whether NetSuite is known to hold other values than the proposal saw."""
        now = self._known.now if self._known else None
        return bool(now and (now.moved or now.missing))

    @property
    def _known(self) -> "NowRead | None":
        return self._now if self._now and self._now.proposal_id == self.shown_id else None

    def _draw(self) -> None:
        detail = self._detail
        text = Content("\n").join(_text(detail, self._known)) if detail else Content(self._hint)
        self.query_one("#detail-text", Static).update(text)


def _text(detail: "Detail", read: "NowRead | None") -> Iterator[Content]:
    line = detail.line
    yield Content.styled(clean(line.summary), _STRONG)
    facts = [f"#{line.id}", line.action_type, f"{line.risk_tier} risk", *_outcome(detail)]
    yield Content.styled(" · ".join(facts), _MUTED)
    yield Content("")
    if detail.phase:
        from nsconsole.console.inbox.phase_text import phase_text  # few proposals are of a phase

        yield from phase_text(detail.phase, detail.stale)
    now = read.now if read else None
    yield from _table(detail, now)
    yield from _lines(detail)
    if detail.lines and detail.operation == "update":
        warning = "⚠ Lines are written without comparing them with NetSuite's."
        yield Content.styled(warning, "$text-warning")
    yield from _about_now(detail, read)
    if detail.reason:
        yield Content("")
        yield Content.assemble(("Why  ", _MUTED), clean(detail.reason, keep_newlines=True))
    yield Content("")
    yield from _history(detail)
    if detail.phase:
        from nsconsole.console.inbox.phase_text import phase_sql

        yield from phase_sql(detail.phase)


def _outcome(detail: "Detail") -> Iterator[str]:
    push = detail.pushes[-1] if detail.pushes else None
    if push and push.ns_internal_id:
        yield f"applied, internal id {clean(push.ns_internal_id)}"
    elif detail.phase and detail.line.status == "approved":
        yield detail.phase.line.state
    elif detail.line.status != "pending":
        yield push.status.replace("_", " ") if push else detail.line.status


def _table(detail: "Detail", now: "Now | None") -> Iterator[Content]:
    if not detail.changes:
        return
    settled = detail.line.status != "pending"
    rows: list[Row] = [tuple((head, _MUTED) for head in _HEADS)]
    rows += [_change_row(change, now) for change in detail.changes]
    hidden = {column for column in (1, 2, 3) if not any(row[column][0] for row in rows[1:])}
    if settled:
        hidden.add(2)
    kept = [[cell for i, cell in enumerate(row) if i not in hidden] for row in rows]
    yield from aligned(kept)
    for change in detail.changes:
        yield from _in_full(change)


def _in_full(change: "Change") -> Iterator[Content]:
    """What the table had to cut."""
    for what, value in (("seen", change.seen), ("proposed", change.proposed)):
        if len(value) > _LONGEST:
            yield Content.styled(f"{clean(change.label)}, {what}, in full:", _MUTED)
            yield Content(clean(value))


def _change_row(change: "Change", now: "Now | None") -> Row:
    moved = now is not None and change.name in now.moved
    current = _short(now.values.get(change.name, "")) if now else ""
    mark = (" ⚠" if moved else " ✓") if current else ""
    return (
        (_short(change.label), ""),
        (_short(change.seen), _MUTED),
        (current + mark, _BAD if moved else ""),
        (_short(change.proposed), _STRONG),
    )


def _short(text: str) -> str:
    return clean(text, limit=_LONGEST)


def _lines(detail: "Detail") -> Iterator[Content]:
    for name, lines in detail.lines.items():
        yield Content.styled(words.counted(len(lines), f"{name} line"), _MUTED)
        for number, line in enumerate(lines, start=1):
            cells = "  ".join(f"{clean(key)} {clean(value)}" for key, value in line.items())
            yield Content(f"{number:>3}  {cells}")


def _about_now(detail: "Detail", read: "NowRead | None") -> Iterator[Content]:
    if detail.line.status != "pending" or detail.operation in (None, "create"):
        return
    if read is None:
        yield Content.styled("asking NetSuite …", _MUTED)
    elif read.why:
        yield Content.styled(f"NetSuite's present values are not known: {clean(read.why)}", _BAD)
    elif read.now and read.now.missing:
        yield Content.styled("⚠ The record is no longer in NetSuite.", _BAD)
    elif read.now and read.now.moved:
        yield Content.styled(
            "⚠ Conflict: NetSuite changed after this was staged. If you approve, NetSuite will "
            "refuse the write; reject it and have it staged anew.",
            _BAD,
        )


def _history(detail: "Detail") -> Iterator[Content]:
    line = detail.line
    yield Content.styled("History", _MUTED)
    yield _event(f"{words.moment(line.created_at)}  staged by {clean(line.author)}")
    if line.decided_at:
        said = f": {clean(detail.decision_reason)}" if detail.decision_reason else ""
        who = clean(line.decided_by or "")
        yield _event(f"{words.moment(line.decided_at)}  {line.status} by {who}{said}")
    for push in detail.pushes:
        yield from _push_history(push)


def _push_history(push: "Push") -> Iterator[Content]:
    tries = words.counted(push.attempts, "attempt")
    if push.applied_at:
        done = f"applied in NetSuite, internal id {clean(push.ns_internal_id or '')}"
        yield _event(f"{words.moment(push.applied_at)}  {done}", _GOOD)
        return
    yield _event(f"{' ' * 19}  push {push.id}: {push.status.replace('_', ' ')}, {tries}")
    if push.error:
        yield _event(f"{' ' * 19}  {clean(push.error, limit=500)}", _BAD)


def _event(text: str, style: str = "") -> Content:
    return Content.styled(f"  {text}", style)
