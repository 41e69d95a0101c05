"""Coverage: what NetSuite has, what of it is not mirrored and why, and the phases that close it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.String(27)
SOURCES = ("suiteql", "records", "customization", "export", "probe")
STATES = ("queryable", "unqueryable", "unknown")
KINDS = ("integer", "real", "text", "boolean", "date", "datetime")
PHASE_STATES = ("proposed", "approved", "applying", "failed", "applied", "undone", "withdrawn")
STEPS = ("backup", "migration", "map", "pull", "audit")
STEP_STATES = ("running", "done", "failed")
OPEN = "closed_audit_id IS NULL"
DRIFT = "closed_audit_id IS NULL AND (gap <> 'missing_column' OR reason = 'not_synced')"


def upgrade() -> None:
    create_catalog()
    create_catalog_history()
    create_audits()
    create_phases()
    create_findings()


def create_catalog() -> None:
    op.create_table(
        "ns_catalog_tables",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("custom", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT),
        sa.Column("described_at", MOMENT),
        sa.Column("digest", sa.Text),
        sa.Column("row_count", sa.Integer),
        sa.Column("counted_at", MOMENT),
        sa.Column("disagrees", sa.Integer, nullable=False, server_default=sa.text("0")),
        one_of("state", STATES),
    )
    op.create_table(
        "ns_catalog_columns",
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("native_type", sa.Text, nullable=False),
        sa.Column("custom", sa.Integer, nullable=False),
        sa.Column("refers_to", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT),
        sa.Column("filled", sa.Integer),
        sa.Column("sampled", sa.Integer),
        sa.Column("probed_at", MOMENT),
        sa.Column("disagrees", sa.Integer, nullable=False, server_default=sa.text("0")),
        one_of("kind", KINDS),
        one_of("state", STATES),
        sqlite_with_rowid=False,
    )


def create_catalog_history() -> None:
    op.create_table(
        "ns_catalog_fetches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("sources_json", sa.Text, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("error", sa.Text),
        one_of("kind", ("fetch", "import")),
        one_of("status", ("running", "done", "partial", "failed", "cancelled")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ns_catalog_facts",
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("shown_name", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("native_type", sa.Text, nullable=False),
        sa.Column("exposed", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.Column("refers_to", sa.Text),
        one_of("source", SOURCES),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ns_catalog_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fetch_id", sa.Integer, sa.ForeignKey("ns_catalog_fetches.id"), nullable=False),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ns_catalog_changes_fetch_id"), "ns_catalog_changes", ["fetch_id"])
    op.create_index(
        op.f("ix_ns_catalog_changes_table_name_name"), "ns_catalog_changes", ["table_name", "name"]
    )


def create_audits() -> None:
    op.create_table(
        "coverage_audits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("fetch_id", sa.Integer, sa.ForeignKey("ns_catalog_fetches.id")),
        sa.Column("catalog_at", MOMENT),
        sa.Column("tables_total", sa.Integer, nullable=False),
        sa.Column("tables_mirrored", sa.Integer, nullable=False),
        sa.Column("columns_total", sa.Integer, nullable=False),
        sa.Column("columns_mirrored", sa.Integer, nullable=False),
        sa.Column("weighted_percent", sa.Float),
        sa.Column("opened", sa.Integer, nullable=False),
        sa.Column("closed", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("summary_json", sa.Text, nullable=False),
        one_of("trigger", ("person", "nightly", "phase")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "coverage_gaps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("gap", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column(
            "opened_audit_id", sa.Integer, sa.ForeignKey("coverage_audits.id"), nullable=False
        ),
        sa.Column("closed_audit_id", sa.Integer, sa.ForeignKey("coverage_audits.id")),
    )
    op.create_index(
        "uq_coverage_gaps_open",
        "coverage_gaps",
        ["table_name", "name"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    for name, columns, where in (
        ("priority", ["priority", "table_name", "name"], OPEN),
        ("drift", ["gap"], DRIFT),
        ("closed_audit_id", ["closed_audit_id"], "closed_audit_id IS NOT NULL"),
    ):
        op.create_index(
            f"ix_coverage_gaps_{name}",
            "coverage_gaps",
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index(op.f("ix_coverage_gaps_opened_audit_id"), "coverage_gaps", ["opened_audit_id"])
    op.create_table(
        "coverage_tables",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("tables_total", sa.Integer, nullable=False),
        sa.Column("tables_mirrored", sa.Integer, nullable=False),
        sa.Column("columns_total", sa.Integer, nullable=False),
        sa.Column("columns_mirrored", sa.Integer, nullable=False),
        sa.Column("weight_total", sa.Integer, nullable=False),
        sa.Column("weight_mirrored", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coverage_exclusions",
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("excluded_by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sqlite_with_rowid=False,
    )


def create_phases() -> None:
    op.create_table(
        "coverage_phases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("proposal_id", sa.Integer, sa.ForeignKey("proposed_actions.id")),
        sa.Column("audit_id", sa.Integer, sa.ForeignKey("coverage_audits.id")),
        sa.Column("plan_json", sa.Text, nullable=False),
        sa.Column("sql_text", sa.Text, nullable=False),
        sa.Column("revision_digest", sa.Text, nullable=False),
        sa.Column("base_json", sa.Text, nullable=False),
        sa.Column("planned_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("applied_at", MOMENT),
        sa.Column("result_audit_id", sa.Integer, sa.ForeignKey("coverage_audits.id")),
        sa.Column("error", sa.Text),
        one_of("state", PHASE_STATES),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_coverage_phases_state"), "coverage_phases", ["state"])
    op.create_table(
        "coverage_phase_steps",
        sa.Column("phase_id", sa.Integer, sa.ForeignKey("coverage_phases.id"), primary_key=True),
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("detail_json", sa.Text, nullable=False, server_default=sa.text("'{}'")),
        one_of("step", STEPS),
        one_of("state", STEP_STATES),
    )


def create_findings() -> None:
    op.create_table(
        "coverage_findings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("audit_id", sa.Integer, sa.ForeignKey("coverage_audits.id"), nullable=False),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("detail_json", sa.Text, nullable=False),
        sa.Column("seen_by", sa.Text),
        sa.Column("seen_at", MOMENT),
        sqlite_autoincrement=True,
    )


def one_of(column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)
