"""The mirror: the map, how far each table is, runs, tiers, the log, and the account's limit."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.String(27)
RUNNING = "status = 'running'"

MODES = ("incremental", "full", "snapshot-diff")
PAUSES = (
    "person",
    "gone",
    "no_permission",
    "key_gone",
    "cursor_gone",
    "key_not_unique",
    "mass_deletion",
    "other",
)
KINDS = ("integer", "real", "text", "boolean", "date", "datetime")
ENDS = ("done", "failed", "paused", "cancelled", "skipped", "interrupted")


def upgrade() -> None:
    create_table_map()
    create_column_map()
    create_state()
    create_runs()
    create_queues()
    create_tiers()
    create_log()
    create_governor()


def create_table_map() -> None:
    op.create_table(
        "sync_table_map",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("key_json", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("cursor", sa.Text),
        sa.Column("tracked_json", sa.Text, nullable=False),
        sa.Column("parent_table", sa.Text),
        sa.Column("parent_column", sa.Text),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("paused_at", MOMENT),
        sa.Column("paused_by", sa.Text),
        sa.Column("pause_reason", sa.Text),
        sa.Column("pause_detail", sa.Text),
        one_of("mode", *MODES),
        one_of("pause_reason", *PAUSES),
    )


def create_column_map() -> None:
    op.create_table(
        "sync_column_map",
        of_map(),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("set_aside_at", MOMENT),
        sa.Column("set_aside_reason", sa.Text),
        sa.Column("set_aside_detail", sa.Text),
        sa.Column("probed_at", MOMENT),
        sa.Column("backfill_json", sa.Text),
        one_of("kind", *KINDS),
    )


def create_state() -> None:
    op.create_table(
        "sync_state",
        of_map(),
        sa.Column("watermark", sa.Text),
        sa.Column("caught_up_at", MOMENT),
        sa.Column("synced_at", MOMENT),
        sa.Column("reconciled_at", MOMENT),
        sa.Column("pull_json", sa.Text),
        sa.Column("changes_json", sa.Text),
        sa.Column("reconcile_json", sa.Text),
        sa.Column("surveyed_rows", sa.Integer),
    )


def create_runs() -> None:
    op.create_table(
        "sync_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("rows_read", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("rows_written", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("rows_deleted", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("requests", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("expected_rows", sa.Integer),
        sa.Column("rows_before", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("dropped_json", sa.Text, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("watermark", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("cancel_asked_by", sa.Text),
        one_of("trigger", "tier", "person", "first"),
        one_of("status", "running", *ENDS),
        sqlite_autoincrement=True,
    )
    create_index("sync_runs", "table_name", "id")
    create_index("sync_runs", "started_at")
    op.create_index(
        "uq_sync_runs_running",
        "sync_runs",
        ["table_name"],
        unique=True,
        sqlite_where=sa.text(RUNNING),
        postgresql_where=sa.text(RUNNING),
    )


def create_queues() -> None:
    op.create_table(
        "sync_due_parents",
        of_map(),
        sa.Column("parent_id", sa.Text, primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False, server_default=sa.text("1")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sync_seen",
        of_map(),
        sa.Column("key_json", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )


def create_tiers() -> None:
    op.create_table(
        "sync_tiers",
        sa.Column("minutes", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("next_run_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("owner", sa.Text),
        sa.Column("paused_at", MOMENT),
        sa.Column("paused_by", sa.Text),
    )


def create_log() -> None:
    op.create_table(
        "sync_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("run_id", sa.Integer),
        sa.Column("table_name", sa.Text),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        one_of("level", "debug", "info", "warning", "error"),
        sqlite_autoincrement=True,
    )
    create_index("sync_log", "table_name", "id")
    create_index("sync_log", "at")


def create_governor() -> None:
    op.create_table(
        "governor",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("limit", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("refused_at", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
    )


def of_map() -> sa.Column[str]:
    reference = sa.ForeignKey("sync_table_map.name", ondelete="CASCADE")
    return sa.Column("table_name", sa.Text, reference, primary_key=True)


def create_index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def one_of(column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def downgrade() -> None:
    for table in (
        "governor",
        "sync_log",
        "sync_tiers",
        "sync_seen",
        "sync_due_parents",
        "sync_runs",
        "sync_state",
        "sync_column_map",
        "sync_table_map",
    ):
        op.drop_table(table)
