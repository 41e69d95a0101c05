"""A phase as whoever decides it reads it: what it costs, what it brings and why, and its SQL."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from nsconsole.console import words
from nsconsole.console.drawing import Styled, aligned
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.phases.listing import Phase, StepBegun
    from nsconsole.services.phases.plan import PhasePlan, PlannedTable

_MUTED, _GOOD, _BAD, _WARNING, _STRONG = (
    "$foreground-muted",
    "$text-success",
    "$text-error",
    "$text-warning",
    "bold",
)
_MARKS = {"done": ("✓", _GOOD), "failed": ("✗", _BAD), "running": ("…", "")}
_MOST_LINES = 2_000  # of SQL; a terminal is no place for more


def phase_text(phase: "Phase", moved: tuple[str, ...]) -> Iterator[Content]:
    """Give the lines about a phase; `moved` says why its plan is stale, if it is.

    Names from NetSuite are shown as they are, as data.
    """
    for what in moved:
        yield Content.styled(f"⚠ {clean(what)}", _BAD)
    if moved:
        yield Content.styled("The plan is stale: reject it, and plan again.", _BAD)
        yield Content("")
    yield Content.styled(_cost(phase.plan), _STRONG)
    yield from _steps(phase)
    yield from _brought(phase.plan)
    yield from _left_out(phase.plan)


def phase_sql(phase: "Phase") -> Iterator[Content]:
    """Give the lines of what the migration of a phase does, literally."""
    yield from _heading(f"SQL of {phase.plan.revision_path}")
    lines = phase.sql.splitlines()
    for line in lines[:_MOST_LINES]:
        yield Content(f"  {clean(line)}")
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        told = f"  … and {more:,} lines more: nsconsole phase show {phase.line.id}"
        yield Content.styled(told, _WARNING)


def _cost(plan: "PhasePlan") -> str:
    about = plan.estimate
    requests = words.counted(about.requests, "request")
    lasts = "under a minute" if about.minutes < 1 else f"about {about.minutes:,.0f} min"
    return f"About {about.rows:,} rows in {requests}: {lasts}, {about.megabytes:,.1f} MB"


def _steps(phase: "Phase") -> Iterator[Content]:
    if not phase.steps:
        return
    yield from _heading(f"Steps, {phase.line.state}")
    for step in phase.steps:
        mark, style = _MARKS[step.state]
        yield Content.assemble((f"  {mark} {step.step}", style), (_told(step), _MUTED))
    if phase.line.error:
        yield Content.styled(f"  {clean(phase.line.error, limit=500)}", _BAD)


def _told(step: "StepBegun") -> str:
    ended = f"  {words.moment(step.ended_at)}" if step.ended_at else ""
    table = step.detail.get("table")
    return f"  {clean(str(table))} {step.detail.get('rows', 0):,} rows" if table else ended


def _brought(plan: "PhasePlan") -> Iterator[Content]:
    yield from _heading("What the map gets")
    for planned in plan.tables:
        table = planned.table
        count = words.counted(len(planned.new_columns), "column")
        what = f"new table, {count}" if planned.new else f"{count} more"
        rows = f", {planned.rows:,} rows" if planned.rows is not None else ""
        yield Content.assemble((f"  {clean(table.name)}", _STRONG), f"  {what}{rows}")
        kinds = {column.name: column.kind for column in table.columns}
        named = ", ".join(f"{clean(name)} {kinds[name]}" for name in planned.new_columns)
        yield Content(f"    {named}")
        if planned.new:
            yield from aligned(list(_why(planned)))


def _why(planned: "PlannedTable") -> Iterator[tuple[Styled, ...]]:
    table = planned.table
    chosen = {
        "key": ", ".join(table.key),
        "mode": table.mode.value,
        "cursor": table.cursor or "none",
        "tier": f"{table.tier} minutes",
    }
    for word, value in chosen.items():
        yield (f"    {word}", _MUTED), (clean(planned.why.get(word, value)), "")


def _left_out(plan: "PhasePlan") -> Iterator[Content]:
    if not plan.left_out:
        return
    yield from _heading("What is left out")
    for left in plan.left_out:
        name = ".".join(filter(None, (left.table, left.column)))
        reason = left.reason.replace("_", " ")
        yield Content.assemble(f"  {clean(name)}  {reason}  ", (clean(left.detail), _MUTED))


def _heading(text: str) -> Iterator[Content]:
    yield Content("")
    yield Content.styled(clean(text), _MUTED)
