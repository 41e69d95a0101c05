"""Attempts and dead letters: what became of each call, and what rests until a person looks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.String(27)
CAUSES = ("refused", "conflict", "exhausted", "unknown_outcome", "tampered")
RESOLUTIONS = ("replayed", "dismissed")
OPEN = "resolution IS NULL"


def upgrade() -> None:
    create_attempts()
    create_dead_letters()
    keep_what_is_dead()


def create_attempts() -> None:
    op.create_table(
        "ns_push_attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("push_id", sa.Integer, sa.ForeignKey("ns_pending_pushes.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("http_status", sa.Integer),
        sa.Column("code", sa.Text),
        sa.Column("message", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ns_push_attempts_push_id"), "ns_push_attempts", ["push_id"])


def create_dead_letters() -> None:
    causes = ", ".join(f"'{cause}'" for cause in CAUSES)
    resolutions = ", ".join(f"'{word}'" for word in RESOLUTIONS)
    op.create_table(
        "ns_push_dlq_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "push_id",
            sa.Integer,
            sa.ForeignKey("ns_pending_pushes.id"),
            nullable=False,
            unique=True,
        ),
        sa.Column("proposal_id", sa.Integer, sa.ForeignKey("proposed_actions.id"), nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("payload_json", sa.Text, nullable=False),
        sa.Column("error_json", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("resolution", sa.Text),
        sa.Column("resolved_at", MOMENT),
        sa.Column("resolved_by", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("replay_push_id", sa.Integer, sa.ForeignKey("ns_pending_pushes.id")),
        sa.CheckConstraint(f"cause IN ({causes})", name="cause"),
        sa.CheckConstraint(f"resolution IN ({resolutions})", name="resolution"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ns_push_dlq_log_proposal_id"), "ns_push_dlq_log", ["proposal_id"])
    op.create_index(
        "ix_ns_push_dlq_log_open",
        "ns_push_dlq_log",
        ["cause", "id"],
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def keep_what_is_dead() -> None:
    # Before there were dead letters, a push was dead only when it was not what was approved.
    op.execute(
        """
        INSERT INTO ns_push_dlq_log
            (push_id, proposal_id, cause, code, payload_json, error_json, attempts, last_at)
        SELECT id, proposal_id, 'tampered', 'DIGEST_MISMATCH', payload_json,
               coalesce(error_json, '{}'), attempts, updated_at
        FROM ns_pending_pushes WHERE status = 'dead'
        """
    )
