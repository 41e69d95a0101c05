"""The push queue: operators, proposals, pushes, what was applied, and the link to NetSuite."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.String(27)
LIVE = "status IN ('queued', 'in_flight', 'applied')"

STAGED = (
    "id action_type target_record target_id target_name risk_tier risk_rank author summary "
    "search_text created_at reason external_id proposed_change_json seen_json digest"
)


def upgrade() -> None:
    create_operators()
    create_proposals()
    create_pushes()
    create_applied_mirror()
    create_link()


def create_operators() -> None:
    op.create_table(
        "operators",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("login", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        one_of("role", "viewer", "reviewer", "admin"),
        sqlite_autoincrement=True,
    )


def create_proposals() -> None:
    op.create_table(
        "proposed_actions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("risk_rank", sa.Integer, nullable=False),
        sa.Column("action_type", sa.Text, nullable=False),
        sa.Column("target_record", sa.Text, nullable=False),
        sa.Column("target_id", sa.Text),
        sa.Column("target_name", sa.Text),
        sa.Column("risk_tier", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("claim", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", MOMENT),
        sa.Column("decision_reason", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False, unique=True),
        sa.Column("proposed_change_json", sa.Text, nullable=False),
        sa.Column("seen_json", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        one_of("status", "pending", "approved", "rejected", "withdrawn", "expired"),
        one_of("risk_tier", "low", "medium", "high"),
        sqlite_autoincrement=True,
    )
    for columns in (
        ["status", "id"],
        ["status", "id", "search_text"],
        ["status", "risk_rank", "id"],
        ["status", "author", "id"],
        ["status", "action_type", "id"],
        ["decided_at"],
    ):
        op.create_index(
            op.f(f"ix_proposed_actions_{'_'.join(columns)}"), "proposed_actions", columns
        )
    if op.get_bind().dialect.name == "sqlite":
        keep_as_staged()


def keep_as_staged() -> None:
    changed = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in STAGED.split())
    op.execute(
        "CREATE TRIGGER proposed_actions_immutable BEFORE UPDATE ON proposed_actions "
        f"WHEN {changed} BEGIN SELECT RAISE(ABORT, 'a staged proposal does not change'); END"
    )
    op.execute(
        "CREATE TRIGGER proposed_actions_kept BEFORE DELETE ON proposed_actions "
        "BEGIN SELECT RAISE(ABORT, 'a proposal is kept for ever'); END"
    )


def create_pushes() -> None:
    op.create_table(
        "ns_pending_pushes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("proposal_id", sa.Integer, sa.ForeignKey("proposed_actions.id"), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("payload_json", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("lease", sa.Text),
        sa.Column("lease_expires_at", MOMENT),
        sa.Column("error_json", sa.Text),
        sa.Column("ns_internal_id", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("applied_at", MOMENT),
        one_of("status", "queued", "in_flight", "applied", "dead", "cancelled"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_ns_pending_pushes_status_attempts_id"),
        "ns_pending_pushes",
        ["status", "attempts", "id"],
    )
    op.create_index(op.f("ix_ns_pending_pushes_proposal_id"), "ns_pending_pushes", ["proposal_id"])
    op.create_index(
        "uq_ns_pending_pushes_live",
        "ns_pending_pushes",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )


def create_applied_mirror() -> None:
    op.create_table(
        "proposed_actions_applied_mirror",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("proposal_id", sa.Integer, sa.ForeignKey("proposed_actions.id"), nullable=False),
        sa.Column(
            "push_id",
            sa.Integer,
            sa.ForeignKey("ns_pending_pushes.id"),
            nullable=False,
            unique=True,
        ),
        sa.Column("action_type", sa.Text, nullable=False),
        sa.Column("target_record", sa.Text, nullable=False),
        sa.Column("target_id", sa.Text),
        sa.Column("proposed_change_json", sa.Text, nullable=False),
        sa.Column("seen_json", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("ns_internal_id", sa.Text, nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_proposed_actions_applied_mirror_proposal_id"),
        "proposed_actions_applied_mirror",
        ["proposal_id"],
    )


def create_link() -> None:
    op.create_table(
        "ns_link",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        one_of("state", "ok", "unreachable", "refused"),
    )


def one_of(column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def downgrade() -> None:
    for table in (
        "ns_link",
        "proposed_actions_applied_mirror",
        "ns_pending_pushes",
        "proposed_actions",
        "operators",
    ):
        op.drop_table(table)
