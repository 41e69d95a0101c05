"""The rounds that close gaps, and their steps."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from nsconsole.store.tables.base import Instant, metadata, one_of

coverage_phases = Table(
    "coverage_phases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),  # 104_phase2_expand_ns_columns
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposal_id", Integer, ForeignKey("proposed_actions.id")),
    Column("audit_id", Integer, ForeignKey("coverage_audits.id")),  # whose gaps it closes
    Column("plan_json", Text, nullable=False),
    Column("sql_text", Text, nullable=False),
    Column("revision_digest", Text, nullable=False),  # SHA-256 of the file in phases/
    Column("base_json", Text, nullable=False),  # what the plan rests on, to tell whether it moved
    Column("planned_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("applied_at", Instant),
    Column("result_audit_id", Integer, ForeignKey("coverage_audits.id")),
    Column("error", Text),
    one_of("state", "proposed", "approved", "applying", "failed", "applied", "undone", "withdrawn"),
    Index(None, "state"),
    sqlite_autoincrement=True,
)

coverage_phase_steps = Table(
    "coverage_phase_steps",
    metadata,
    Column("phase_id", Integer, ForeignKey("coverage_phases.id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("owner", Text, nullable=False),
    Column("detail_json", Text, nullable=False, server_default=text("'{}'")),
    one_of("step", "backup", "migration", "map", "pull", "audit"),
    one_of("state", "running", "done", "failed"),
)
