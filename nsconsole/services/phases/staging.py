"""A plan becomes a proposal in the inbox, bound to what the person who decides is shown."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from nsconsole.services.actions.canonical import canonical_json
from nsconsole.services.actions.kinds import APPLY_PHASE, Risk
from nsconsole.services.audit_trail import SYSTEM, Entry, append
from nsconsole.services.errors import BadInputError, TamperedError
from nsconsole.services.phases.plan import PhasePlan, to_json
from nsconsole.services.proposals import proposal_digest
from nsconsole.services.workspace import Workspace
from nsconsole.store import phases as store
from nsconsole.store import proposals
from nsconsole.text import clean

_BOUND = {"plan_digest": "plan_json", "sql_digest": "sql_text"}


def stage_phase(workspace: Workspace, plan: PhasePlan, *, author: str) -> tuple[int, int]:
    """Keep a plan and stage its proposal, both or neither; give the ids of phase and proposal.

    `author` is who asked for the plan. The proposal's author is the program, which made it: who
    asked for it may also approve it. Raises BadInputError if the plan's number is taken.
    """
    at = workspace.now()
    phase = _phase_row(plan, author) | {"created_at": at}
    change = _change(plan, phase)
    try:
        with workspace.database.writing() as connection:
            phase_id = store.add(connection, phase)
            proposal = _proposal_row(plan, change, phase_id, author) | {"created_at": at}
            proposal["digest"] = proposal_digest(proposal)
            (proposal_id,) = proposals.stage(connection, [proposal])
            store.bind(connection, phase_id, proposal_id)
            staged = {"phase": phase_id, "digest": proposal["digest"]}
            told = [
                Entry(author, "phase_planned", f"phase:{phase_id}", {"name": plan.name}),
                Entry(SYSTEM, "staged", f"proposal:{proposal_id}", staged),
            ]
            append(connection, at, told)
    except IntegrityError as error:
        raise BadInputError(
            f"there is a phase {plan.number} already; another was planned meanwhile. Plan again"
        ) from error
    return phase_id, proposal_id


def _phase_row(plan: PhasePlan, author: str) -> dict[str, Any]:
    return {
        "number": plan.number,
        "name": plan.name,
        "title": plan.title,
        "audit_id": plan.audit_id,
        "plan_json": to_json(plan),
        "sql_text": plan.sql,
        "revision_digest": plan.revision_digest,
        "base_json": json.dumps(dict(plan.base), sort_keys=True),
        "planned_by": author,
    }


def _change(plan: PhasePlan, phase: Mapping[str, Any]) -> dict[str, Any]:
    """What the proposal says in short, and the digests that bind it to the rest."""
    return {
        "tables": [planned.table.name for planned in plan.tables],
        "columns": plan.new_columns,
        "revision_digest": plan.revision_digest,
        **{name: _digest(phase[column]) for name, column in _BOUND.items()},
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_bound(phase: Row[Any]) -> None:
    """Raise TamperedError if a phase is not what its proposal was staged for."""
    change = json.loads(phase.change_json or "{}")
    bound = {name: _digest(getattr(phase, column)) for name, column in _BOUND.items()}
    bound["revision_digest"] = phase.revision_digest
    if any(change.get(name) != digest for name, digest in bound.items()):
        raise TamperedError(
            f"phase {phase.id} is not what was staged: its digest does not match. Nothing was "
            "done; find out who changed the database, and restore it from a backup"
        )


def _proposal_row(
    plan: PhasePlan, change: Mapping[str, Any], phase_id: int, author: str
) -> dict[str, Any]:
    summary = _summary(plan)
    words = [summary, plan.name, SYSTEM, author, APPLY_PHASE, Risk.HIGH.tier, *change["tables"]]
    return {
        "action_type": APPLY_PHASE,
        "target_record": "phase",
        "target_id": str(phase_id),
        "target_name": plan.name,
        "risk_tier": Risk.HIGH.tier,
        "author": SYSTEM,
        "summary": summary,
        "reason": f"planned for {author}",
        "external_id": f"nsconsole-{uuid.uuid4()}",
        "proposed_change_json": canonical_json(change),
        "seen_json": canonical_json({"values": {}, "names": {}}),
        "risk_rank": int(Risk.HIGH),
        "search_text": " ".join(words).casefold(),
    }


def _summary(plan: PhasePlan) -> str:
    new, widened = len(plan.new_tables), len(plan.tables) - len(plan.new_tables)
    parts = [
        _counted(new, "new table") if new else "",
        f"{_counted(widened, 'table')} widened" if widened else "",
        _counted(plan.new_columns, "new column"),
    ]
    what = ", ".join(filter(None, parts))
    return clean(f"Phase {plan.number}: {plan.title} ({what}; {plan.estimate.rows:,} rows)")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
