"""The tables, as the newest migration leaves them; whoever imports `metadata` has them all."""

from nsconsole.store.tables.account import governor, ns_link
from nsconsole.store.tables.approvals import audit_trail, operators, proposed_actions
from nsconsole.store.tables.base import Instant, metadata, stamp
from nsconsole.store.tables.catalog import (
    ns_catalog_changes,
    ns_catalog_columns,
    ns_catalog_facts,
    ns_catalog_fetches,
    ns_catalog_tables,
)
from nsconsole.store.tables.coverage import (
    coverage_audits,
    coverage_exclusions,
    coverage_findings,
    coverage_gaps,
    coverage_tables,
)
from nsconsole.store.tables.phases import coverage_phase_steps, coverage_phases
from nsconsole.store.tables.pushes import (
    IN_FLIGHT,
    IS_IN_FLIGHT,
    IS_WAITING,
    WAITING,
    ns_pending_pushes,
    ns_push_attempts,
    ns_push_breakers,
    ns_push_dlq_log,
    proposed_actions_applied_mirror,
)
from nsconsole.store.tables.sync import (
    sync_column_map,
    sync_due_parents,
    sync_log,
    sync_runs,
    sync_seen,
    sync_state,
    sync_table_map,
    sync_tiers,
)

__all__ = [
    "IN_FLIGHT",
    "IS_IN_FLIGHT",
    "IS_WAITING",
    "WAITING",
    "Instant",
    "audit_trail",
    "coverage_audits",
    "coverage_exclusions",
    "coverage_findings",
    "coverage_gaps",
    "coverage_phase_steps",
    "coverage_phases",
    "coverage_tables",
    "governor",
    "metadata",
    "ns_catalog_changes",
    "ns_catalog_columns",
    "ns_catalog_facts",
    "ns_catalog_fetches",
    "ns_catalog_tables",
    "ns_link",
    "ns_pending_pushes",
    "ns_push_attempts",
    "ns_push_breakers",
    "ns_push_dlq_log",
    "operators",
    "proposed_actions",
    "proposed_actions_applied_mirror",
    "stamp",
    "sync_column_map",
    "sync_due_parents",
    "sync_log",
    "sync_runs",
    "sync_seen",
    "sync_state",
    "sync_table_map",
    "sync_tiers",
]
