"""Round after round, from the base map until NetSuite has nothing left to give."""

import json
from collections import Counter

import pytest

from nsconsole.sandbox import birth
from nsconsole.sandbox.schema import Access
from nsconsole.services.coverage.audit import audit
from nsconsole.services.phases.applying import apply_phase
from nsconsole.services.phases.planning import NothingToPlanError, plan_phase
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.sync_map import load_map
from tests.phases import approve

MASTERS = {"customer", "vendor", "item", "contact"}
CLASSIFIED = {"class", "department", "location"}
CANNOT = {"not_queryable", "not_permitted", "feature_off", "removed"}


def _round(workspace, reviewer):
    """Plan, approve and apply the next phase; give its plan and what the audit after it said."""
    staged = plan_phase(workspace, author="ada")
    approve(workspace, reviewer, staged.proposal_id)
    done = apply_phase(workspace, staged.phase_id)
    assert done.line.state == "applied"
    (said,) = [step.detail for step in done.steps if step.step == "audit"]
    return staged.plan, said


@pytest.mark.slow
def test_rounds_go_on_until_all_is_mirrored_or_has_its_reason(workspace, reviewer):
    assert all(report.status == "done" for report in sync(workspace))
    audit(workspace, trigger="person")

    plans = []
    for _ in range(15):
        try:
            plan, said = _round(workspace, reviewer)
        except NothingToPlanError:
            break
        plans.append(plan)
        assert (said["left"], said["also_closed"], said["opened"]) == ([], [], []), plan.name
    else:
        pytest.fail("fifteen rounds were not enough")

    seeds = plans[:4]
    assert [plan.name for plan in seeds] == [
        "104_phase2_expand_ns_columns",
        "105_phase4_new_ns_object_mirrors",
        "106_phase5_11_full_coverage",
        "107_phase13_pricing_master_backfill",
    ]
    assert sum(len(plan.new_tables) for plan in seeds) >= 13
    widened = Counter({p.table.name: len(p.new_columns) for p in seeds[0].tables})
    assert set(widened) == MASTERS
    assert widened.total() >= 40
    lines = {c for plan in seeds for p in plan.tables for c in p.new_columns
             if p.table.name == "transactionline"}  # fmt: skip
    mirrored = {(e.table.name, c.name) for e in load_map(workspace) for c in e.table.columns}
    assert lines
    assert {("transactionline", name) for name in CLASSIFIED} <= mirrored

    assert mirrored == {
        (table.name, column.name)
        for table in birth.at_first(1).values()
        if table.access is Access.OPEN
        for column in table.columns.values()
        if column.access is Access.OPEN
    }
    with workspace.database.reading() as connection:
        reasons = connection.exec_driver_sql(
            "SELECT DISTINCT reason FROM coverage_gaps WHERE closed_audit_id IS NULL"
        ).scalars()
        assert set(reasons) <= CANNOT
        summary = connection.exec_driver_sql(
            "SELECT columns_mirrored, columns_total, summary_json FROM coverage_audits"
            " ORDER BY id DESC LIMIT 1"
        ).one()
    assert summary.columns_mirrored == summary.columns_total
    assert json.loads(summary.summary_json)
