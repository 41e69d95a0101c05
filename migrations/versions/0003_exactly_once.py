"""Exactly once: leases that can be taken over, attempts, the breaker, dead letters, audit trail."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.String(27)
WAITING = "status IN ('queued', 'in_flight')"
IN_FLIGHT = "status = 'in_flight'"
CAUSES = ("refused", "conflict", "exhausted", "unknown_outcome", "tampered")
RESOLUTIONS = ("replayed", "dismissed", "superseded", "edited")
STATES = ("closed", "open", "half_open")
OPEN = "resolution IS NULL"


def upgrade() -> None:
    extend_pushes()
    create_attempts()
    create_breakers()
    create_dead_letters()
    create_audit_trail()
    keep_what_is_dead()


def extend_pushes() -> None:
    whole = {"nullable": False, "server_default": sa.text("0")}
    for column in (
        sa.Column("priority", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("record_key", sa.Text),
        sa.Column("fence", sa.Integer, **whole),
        sa.Column("leased_at", MOMENT),
        sa.Column("maybe_done", sa.Integer, **whole),
        sa.Column("held_at", MOMENT),
        sa.Column("held_by", sa.Text),
    ):
        op.add_column("ns_pending_pushes", column)
    op.drop_index(op.f("ix_ns_pending_pushes_status_attempts_id"), "ns_pending_pushes")
    for name, columns, where in (
        ("waiting", ["priority", "id"], WAITING),
        ("record", ["record_key", "id"], WAITING),
        ("leased", ["lease_expires_at"], IN_FLIGHT),
        ("status", ["status", "id"], None),
    ):
        condition = None if where is None else sa.text(where)
        op.create_index(
            f"ix_ns_pending_pushes_{name}",
            "ns_pending_pushes",
            columns,
            sqlite_where=condition,
            postgresql_where=condition,
        )
    name_records()


def name_records() -> None:
    """Say of each push that is already there which record it is about."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id, payload_json FROM ns_pending_pushes")).all()
    known = [(id_, json.loads(payload)) for id_, payload in found]
    named = [
        {"id": id_, "key": f"{payload['record_type']}:{payload['id']}"}
        for id_, payload in known
        if payload.get("id")
    ]
    if named:
        statement = "UPDATE ns_pending_pushes SET record_key = :key WHERE id = :id"
        connection.execute(sa.text(statement), named)


def create_attempts() -> None:
    op.create_table(
        "ns_push_attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("push_id", sa.Integer, sa.ForeignKey("ns_pending_pushes.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("http_status", sa.Integer),
        sa.Column("code", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("body", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ns_push_attempts_push_id"), "ns_push_attempts", ["push_id"])


def create_breakers() -> None:
    op.create_table(
        "ns_push_breakers",
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("probes", sa.Integer, nullable=False),
        sa.Column("successes", sa.Integer, nullable=False),
        sa.Column("cooldown_seconds", sa.Float, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("open_until", MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("held_at", MOMENT),
        sa.Column("held_by", sa.Text),
        one_of("state", STATES),
    )


def create_dead_letters() -> None:
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
        sa.Column("record_key", sa.Text),
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
        sa.Column("edited_proposal_id", sa.Integer, sa.ForeignKey("proposed_actions.id")),
        one_of("cause", CAUSES),
        one_of("resolution", RESOLUTIONS),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ns_push_dlq_log_proposal_id"), "ns_push_dlq_log", ["proposal_id"])
    for name, columns in (("open", ["cause", "code", "id"]), ("record", ["record_key", "id"])):
        op.create_index(
            f"ix_ns_push_dlq_log_{name}",
            "ns_push_dlq_log",
            columns,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        )


def create_audit_trail() -> None:
    op.create_table(
        "audit_trail",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail_json", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_trail_subject"), "audit_trail", ["subject"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_trail_no_{verb.lower()} BEFORE {verb} ON audit_trail "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
            )


def keep_what_is_dead() -> None:
    # Before there were dead letters, a push was dead only when it was not what was approved.
    op.execute(
        """
        INSERT INTO ns_push_dlq_log (push_id, proposal_id, record_key, cause, code, payload_json,
                                     error_json, attempts, last_at)
        SELECT id, proposal_id, record_key, 'tampered', 'DIGEST_MISMATCH', payload_json,
               coalesce(error_json, '{}'), attempts, updated_at
        FROM ns_pending_pushes WHERE status = 'dead'
        """
    )


def one_of(column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)
