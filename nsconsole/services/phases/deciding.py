"""What a decision of a proposal means for the phase that it is about."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services.actions.kinds import APPLY_PHASE
from nsconsole.store import phases as store


def stale(connection: Connection, proposal_ids: Collection[int]) -> dict[int, str]:
    """Give the proposals of phases that may not be approved, each with what moved under its plan.

    Raises TamperedError if one is not what was staged.
    """
    wanted = set(proposal_ids)
    rows = [row for row in store.proposed(connection) if row.proposal_id in wanted]
    found = {row.proposal_id: _why_stale(connection, row) for row in rows}
    return {id_: why for id_, why in found.items() if why}


def _why_stale(connection: Connection, row: Row[Any]) -> str:
    # Few decisions are of a phase, and the others do without the map and the plan.
    from nsconsole.services.phases.plan import from_json
    from nsconsole.services.phases.staging import check_bound
    from nsconsole.services.phases.stale import what_moved

    check_bound(row)
    moved = what_moved(connection, from_json(row.plan_json), since=row.created_at)
    return stale_sentence(row.number, moved) if moved else ""


def stale_sentence(number: int, moved: Sequence[str]) -> str:
    """Say that a phase's plan does not fit any more, and why."""
    return (
        f"the plan of phase {number} is stale: {'; '.join(moved)}. Nothing was done; plan it again"
    )


def follow(connection: Connection, decided: Iterable[Row[Any]]) -> dict[int, int]:
    """Let phases follow the proposals that were decided just now; give their ids by proposal."""
    found: dict[int, int] = {}
    for proposal in decided:
        if proposal.action_type != APPLY_PHASE:
            continue
        approved = proposal.status == "approved"
        phase_id = int(proposal.target_id)
        to = "approved" if approved else "withdrawn"
        store.move(connection, phase_id, to=to, out_of=["proposed"])
        found[proposal.id] = phase_id
    return found
