"""`phase plan`, `list`, `show`, `apply` and `undo`."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict

from nsconsole.cli import output
from nsconsole.cli.interruption import INTERRUPTED, interruptible
from nsconsole.cli.progress import Progress
from nsconsole.cli.session import authority, opened
from nsconsole.services.errors import ServiceError
from nsconsole.services.operators import os_login, whoami
from nsconsole.services.phases import listing
from nsconsole.services.phases.listing import Phase, PhaseLine, PhaseState
from nsconsole.services.phases.plan import PhasePlan, PlannedTable
from nsconsole.services.workspace import Workspace

_ON = (PhaseState.APPLYING, PhaseState.FAILED)  # from which a phase can go on


def phase(args: Namespace) -> int:
    """Do what `phase` was told to."""
    actions = {"plan": _plan, "list": _list, "show": _show, "apply": _apply, "undo": _undo}
    return actions[args.action or "list"](args)


def _plan(args: Namespace) -> int:
    from nsconsole.services.phases.planning import plan_phase

    with (
        opened(args) as workspace,
        interruptible() as interrupted,
        Progress("planning") as progress,
    ):
        operator = whoami(workspace)
        planned = plan_phase(
            workspace,
            tables=args.tables,
            limit=args.limit,
            author=operator.name if operator else os_login(),
            progress=progress.tell,
            stopping=interrupted.is_set,
        )
        found = listing.phase(workspace, planned.phase_id)
    if args.json:
        output.document(_described(found))
    else:
        _tell(found)
        output.line()
        output.line(f"Proposal {found.line.proposal_id} waits in the inbox:")
        output.line(f"  nsconsole decide approve {found.line.proposal_id}")
    return 0


def _list(args: Namespace) -> int:
    with opened(args) as workspace:
        lines = listing.phases(workspace)
    if args.json:
        output.document({"phases": [_line(line) for line in lines]})
    elif lines:
        headings = ("ID", "STATE", "TABLES", "COLUMNS", "PLANNED (UTC)", "PHASE", "")
        output.table(headings, [_row(line) for line in lines])
    else:
        output.line("There are no phases yet; `nsconsole phase plan` plans the first.")
    return 0


def _row(line: PhaseLine) -> tuple[str, ...]:
    counts = (f"{len(line.tables):,}", f"{line.columns:,}")
    planned = output.minute(line.created_at)
    return str(line.id), line.state, *counts, planned, line.name, line.error or line.title


def _line(line: PhaseLine) -> dict[str, object]:
    known = asdict(line)
    return {"phase_id": known.pop("id"), **known}


def _show(args: Namespace) -> int:
    with opened(args) as workspace:
        found = listing.phase(workspace, args.id)
    if args.json:
        output.document(_described(found))
    else:
        _tell(found)
        output.line()
        output.line(found.sql)
    return 0


def _apply(args: Namespace) -> int:
    with opened(args) as workspace, _applying(workspace) as apply:
        ended = apply(args.id)
    if args.json:
        output.document(_described(ended))
    else:
        output.line(told(ended))
    return exit_code(ended)


def apply_approved(workspace: Workspace, ids: Sequence[int]) -> list[Phase]:
    """Apply phases one after the other, told on stderr; give each as it stands then.

    What one meets stands in the phase itself, and holds up none of the others.
    """
    with _applying(workspace) as apply:
        for id_ in ids:
            with suppress(ServiceError):
                apply(id_)
    return [listing.phase(workspace, id_) for id_ in ids]


@contextmanager
def _applying(workspace: Workspace) -> Iterator[Callable[[int], Phase]]:
    """Give what applies a phase, told on stderr; a first Ctrl-C ends it between two pages."""
    from nsconsole.services.phases.applying import apply_phase  # it imports all of the sync

    with interruptible() as interrupted, Progress("phase") as progress:
        yield lambda id_: apply_phase(
            workspace,
            id_,
            progress=lambda step, words: progress.tell(f"{step}: {words}"),
            stopping=interrupted.is_set,
        )


def told(ended: Phase) -> str:
    """Say what came of applying a phase."""
    line = ended.line
    if line.state is PhaseState.APPLIED:
        first = f"Phase {line.number} is applied; audit {line.result_audit_id}."
        return "\n".join([first, *_came_of(ended)])
    at = f" at its {ended.step.step}" if ended.step else ""
    why = f": {line.error}" if line.error else ""
    on = f". `nsconsole phase apply {line.id}` goes on from there."
    return f"Phase {line.number} is {line.state}{at}{why}{on if line.state in _ON else ''}"


def exit_code(ended: Phase) -> int:
    """Give the exit code for how a phase stands after it was applied."""
    if ended.line.state is PhaseState.APPLYING:  # NetSuite did not answer, or somebody interrupted
        return 4 if ended.line.error else INTERRUPTED
    codes = {PhaseState.APPLIED: 0, PhaseState.WITHDRAWN: 3}
    return codes.get(ended.line.state, 1)


def _came_of(ended: Phase) -> Iterator[str]:
    """Say what the audit after it found."""
    found = {step.step: step.detail for step in ended.steps}
    audit = found[listing.Step.AUDIT]
    for word, names in (
        ("Planned, but not closed", audit["left"]),
        ("Closed as well", audit["also_closed"]),
        ("New meanwhile", audit["opened"]),
    ):
        if names:
            yield f"{word}: {', '.join('.'.join(filter(None, name)) for name in names)}"
    if not (audit["left"] or audit["also_closed"] or audit["opened"]):
        yield f"Closed as planned: {audit['closed']:,} gaps, and nothing else."
    for table, why in found[listing.Step.PULL]["paused"].items():
        yield f"{table} is paused: {why}"


def _undo(args: Namespace) -> int:
    from nsconsole.services.phases.undoing import undo_phase

    with opened(args) as workspace, Progress("undoing") as progress:
        undone = undo_phase(
            workspace,
            authority(workspace, args),
            args.id,
            progress=lambda step, words: progress.tell(words),
        )
    if args.json:
        output.document(_described(undone))
    else:
        output.line(f"Phase {undone.line.number} is out of the map; what was mirrored stays.")
    return 0


def _described(found: Phase) -> dict[str, object]:
    plan, line = found.plan, found.line
    return {
        "phase_id": line.id,
        "proposal_id": line.proposal_id,
        "number": line.number,
        "name": line.name,
        "title": line.title,
        "state": line.state,
        "tables": [planned.table.name for planned in plan.tables],
        "columns": [column for planned in plan.tables for column in _columns(planned)],
        "sql": found.sql,
        "map": [_planned(planned) for planned in plan.tables],
        "left_out": [asdict(left) for left in plan.left_out],
        "estimate": asdict(plan.estimate) | {"minutes": round(plan.estimate.minutes, 1)},
        "steps": [asdict(step) for step in found.steps],
        "result_audit_id": line.result_audit_id,
        "error": line.error,
    }


def _columns(planned: PlannedTable) -> Iterator[dict[str, str]]:
    for name in planned.new_columns:
        kind = planned.table.column(name).kind
        yield {"table": planned.table.name, "column": name, "type": kind}


def _planned(planned: PlannedTable) -> dict[str, object]:
    table = planned.table
    return {
        "table": table.name,
        "mirror": table.mirror,
        "new": planned.new,
        "key": table.key,
        "mode": table.mode,
        "tier": table.tier,
        "cursor": table.cursor,
        "tracked_as": table.tracked_as,
        "parent": table.parent and asdict(table.parent),
        "columns": {column.name: column.kind for column in table.columns},
        "new_columns": planned.new_columns,
        "why": dict(planned.why),
        "rows": planned.rows,
    }


def _tell(found: Phase) -> None:
    plan, line = found.plan, found.line
    output.line(f"Phase {line.number} {line.title} (id {line.id}): {line.state}")
    if line.error:
        output.line(line.error)
    output.line(_cost(plan))
    output.line()
    output.table(("TABLE", "", "ROWS", "NEW COLUMNS"), [_told_of(each) for each in plan.tables])
    reasons = [
        (planned.table.name, word, why)
        for planned in plan.tables
        for word, why in planned.why.items()
    ]
    if reasons:
        output.line()
        output.table(("TABLE", "CHOICE", "WHY"), reasons)
    if plan.left_out:
        output.line()
        output.table(
            ("LEFT OUT", "REASON", ""),
            [
                (".".join(filter(None, (e.table, e.column))), e.reason, e.detail)
                for e in plan.left_out
            ],
        )
    if found.steps:
        output.line()
        output.table(("STEP", "STATE"), [(step.step, step.state) for step in found.steps])


def _cost(plan: PhasePlan) -> str:
    about = plan.estimate
    lasts = "under a minute" if about.minutes < 1 else f"about {about.minutes:,.0f} min"
    return (
        f"About {about.rows:,} rows in {about.requests:,} requests: {lasts}, "
        f"{about.megabytes:,.1f} MB"
    )


def _told_of(planned: PlannedTable) -> tuple[str, str, str, str]:
    rows = "?" if planned.rows is None else f"{planned.rows:,}"
    what = "new" if planned.new else "wider"
    return planned.table.name, what, rows, ", ".join(planned.new_columns)
