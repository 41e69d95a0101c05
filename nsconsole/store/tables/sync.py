"""The mirror: what is mapped, how far it is, and how its runs went."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from nsconsole.store.tables.base import Instant, metadata, one_of, partial

# SYNC_TABLE_MAP: what is mirrored, in the order of `position`.
sync_table_map = Table(
    "sync_table_map",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("key_json", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("tier", Integer, nullable=False),  # minutes
    Column("cursor", Text),
    Column("tracked_json", Text, nullable=False),
    Column("parent_table", Text),
    Column("parent_column", Text),
    Column("added_at", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("paused_by", Text),  # nobody, if a finding paused it
    Column("pause_reason", Text),
    Column("pause_detail", Text),
    one_of("mode", "incremental", "full", "snapshot-diff"),
    one_of(
        "pause_reason",
        "person",
        "gone",
        "no_permission",
        "key_gone",
        "cursor_gone",
        "key_not_unique",
        "mass_deletion",
        "other",
    ),
)


def _of_map() -> Column[str]:
    return Column(
        "table_name", Text, ForeignKey("sync_table_map.name", ondelete="CASCADE"), primary_key=True
    )


sync_column_map = Table(
    "sync_column_map",
    metadata,
    _of_map(),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("set_aside_at", Instant),  # since when NetSuite no longer gives it
    Column("set_aside_reason", Text),
    Column("set_aside_detail", Text),
    Column("probed_at", Instant),
    Column("backfill_json", Text),  # the rows lack it: {} from the start, or {"position": […]}
    one_of("kind", "integer", "real", "text", "boolean", "date", "datetime"),
)

# How far the mirror of a table is; made and ended together with the table's line in the map.
sync_state = Table(
    "sync_state",
    metadata,
    _of_map(),
    Column("watermark", Text),  # the newest cursor value read, as NetSuite's second in UTC
    Column("caught_up_at", Instant),  # when the last run that ended well began
    Column("synced_at", Instant),  # … and ended
    Column("reconciled_at", Instant),
    Column("pull_json", Text),  # where an unfinished full pull stands
    Column("changes_json", Text),  # … an unfinished reading of what changed
    Column("reconcile_json", Text),  # … and an unfinished comparison of keys
    Column("surveyed_rows", Integer),  # NetSuite's own count
)

# A run outlives the table's line in the map.
sync_runs = Table(
    "sync_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("status", Text, nullable=False),
    Column("rows_read", Integer, nullable=False, server_default=text("0")),
    Column("rows_written", Integer, nullable=False, server_default=text("0")),
    Column("rows_deleted", Integer, nullable=False, server_default=text("0")),
    Column("requests", Integer, nullable=False, server_default=text("0")),
    Column("expected_rows", Integer),  # NetSuite's count at the start
    # What the runs before it read of the full pull that it carries on.
    Column("rows_before", Integer, nullable=False, server_default=text("0")),
    Column("dropped_json", Text, nullable=False, server_default=text("'[]'")),
    Column("watermark", Text),
    Column("error", Text),
    Column("cancel_asked_by", Text),
    one_of("trigger", "tier", "person", "first"),
    one_of("status", "running", "done", "failed", "paused", "cancelled", "skipped", "interrupted"),
    Index(None, "table_name", "id"),
    Index(None, "started_at"),
    # The last line of defence: whatever else goes wrong, one process at a time syncs a table.
    partial("uq_sync_runs_running", "table_name", where="status = 'running'", unique=True),
    sqlite_autoincrement=True,
)

# Owners of lines that changed, whose lines are to be read again.
sync_due_parents = Table(
    "sync_due_parents",
    metadata,
    _of_map(),
    Column("parent_id", Text, primary_key=True),
    Column("asked", Integer, nullable=False, server_default=text("1")),  # how often meanwhile
    sqlite_with_rowid=False,
)

# The keys that an unfinished pull has met, where no order of keys tells which vanished.
sync_seen = Table(
    "sync_seen",
    metadata,
    _of_map(),
    Column("key_json", Text, primary_key=True),
    sqlite_with_rowid=False,
)

sync_tiers = Table(
    "sync_tiers",
    metadata,
    Column("minutes", Integer, primary_key=True, autoincrement=False),
    Column("next_run_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("owner", Text),
    Column("paused_at", Instant),
    Column("paused_by", Text),
)

sync_log = Table(
    "sync_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("run_id", Integer),
    Column("table_name", Text),
    Column("level", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False),  # a JSON object
    one_of("level", "debug", "info", "warning", "error"),
    Index(None, "table_name", "id"),
    Index(None, "at"),
    sqlite_autoincrement=True,  # an id never comes again, so that a tail misses nothing
)
