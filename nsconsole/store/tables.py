"""The tables, as the newest migration leaves them."""

from datetime import UTC, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator


def stamp(moment: datetime) -> str:
    """Write an aware datetime as `Instant` does; a naive one is a mistake of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC to the microsecond, kept as ISO 8601 text that sorts as it reads."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an aware datetime; a naive one is a mistake of the caller (ValueError)."""
        return None if value is None else stamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read it back, aware and in UTC."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


operators = Table(
    "operators",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("login", Text),  # the OS user who is this operator unless told otherwise
    Column("role", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    _one_of("role", "viewer", "reviewer", "admin"),
    sqlite_autoincrement=True,
)

# What was staged never changes: triggers of the migration refuse it. Only the decision is added.
proposed_actions = Table(
    "proposed_actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("risk_rank", Integer, nullable=False),  # 1 low … 3 high, so that risk sorts
    Column("action_type", Text, nullable=False),
    Column("target_record", Text, nullable=False),
    Column("target_id", Text),
    Column("target_name", Text),
    Column("risk_tier", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("summary", Text, nullable=False),  # the change as one English sentence
    Column("search_text", Text, nullable=False),  # what a filter looks through, case folded
    Column("created_at", Instant, nullable=False),
    Column("claim", Text),  # names the one decision that won the row
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("decision_reason", Text),
    Column("reason", Text, nullable=False),
    Column("external_id", Text, nullable=False, unique=True),
    Column("proposed_change_json", Text, nullable=False),
    Column("seen_json", Text, nullable=False),  # NetSuite's values when it was staged
    Column("digest", Text, nullable=False),  # SHA-256 of what was staged, as canonical JSON
    _one_of("status", "pending", "approved", "rejected", "withdrawn", "expired"),
    _one_of("risk_tier", "low", "medium", "high"),
    Index(None, "status", "id"),
    Index(None, "status", "id", "search_text"),  # so that a filter reads nothing but this
    Index(None, "status", "risk_rank", "id"),
    Index(None, "status", "author", "id"),
    Index(None, "status", "action_type", "id"),
    Index(None, "decided_at"),
    sqlite_autoincrement=True,  # an id is never used twice, so a screen's id is never another row
)

_LIVE = "status IN ('queued', 'in_flight', 'applied')"
WAITING = "status IN ('queued', 'in_flight')"
IN_FLIGHT = "status = 'in_flight'"


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


ns_pending_pushes = Table(
    "ns_pending_pushes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("proposal_id", Integer, ForeignKey("proposed_actions.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("request_id", Text, nullable=False),  # NetSuite does a request once, whatever we repeat
    Column("payload_json", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of the payload and the proposal it was built from
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_attempt_at", Instant, nullable=False),
    Column("lease", Text),  # who has it in flight
    Column("lease_expires_at", Instant),
    Column("error_json", Text),
    Column("ns_internal_id", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("applied_at", Instant),
    Column("priority", Integer, nullable=False, server_default=text("1")),  # the lower, the sooner
    Column("record_key", Text),  # type:id of the record; those of one record go one after another
    Column("fence", Integer, nullable=False, server_default=text("0")),  # counts the leases
    Column("leased_at", Instant),
    # Whether NetSuite may have done it although nobody heard so.
    Column("maybe_done", Integer, nullable=False, server_default=text("0")),
    Column("held_at", Instant),
    Column("held_by", Text),
    _one_of("status", "queued", "in_flight", "applied", "dead", "cancelled"),
    Index(None, "proposal_id"),
    Index("ix_ns_pending_pushes_status", "status", "id"),
    # These stay small however much is finished.
    _partial("ix_ns_pending_pushes_waiting", "priority", "id", where=WAITING),
    _partial("ix_ns_pending_pushes_record", "record_key", "id", where=WAITING),
    _partial("ix_ns_pending_pushes_leased", "lease_expires_at", where=IN_FLIGHT),
    # The last line of defence: whatever else goes wrong, one approval has one live push.
    _partial("uq_ns_pending_pushes_live", "proposal_id", where=_LIVE, unique=True),
    sqlite_autoincrement=True,
)

# Word for word what the partial indexes say, or SQLite would not use them.
IS_WAITING = text(f"ns_pending_pushes.{WAITING}")
IS_IN_FLIGHT = text(f"ns_pending_pushes.{IN_FLIGHT}")

ns_push_attempts = Table(
    "ns_push_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("push_id", Integer, ForeignKey("ns_pending_pushes.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("http_status", Integer),
    Column("code", Text),
    Column("message", Text),
    Column("body", Text),  # what NetSuite said, cut to size and without secrets
    Index(None, "push_id"),
    sqlite_autoincrement=True,
)

# One row a target, so that all processes and restarts share one breaker.
ns_push_breakers = Table(
    "ns_push_breakers",
    metadata,
    Column("target", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("generation", Integer, nullable=False),  # counts the changes of state
    Column("failures", Integer, nullable=False),  # in a row, while closed
    Column("probes", Integer, nullable=False),  # given out, while half open
    Column("successes", Integer, nullable=False),  # of those
    Column("cooldown_seconds", Float, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("open_until", Instant),
    Column("reason", Text, nullable=False),
    Column("held_at", Instant),  # a person holds it open until they let go
    Column("held_by", Text),
    _one_of("state", "closed", "open", "half_open"),
)

_UNRESOLVED = "resolution IS NULL"

ns_push_dlq_log = Table(
    "ns_push_dlq_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("push_id", Integer, ForeignKey("ns_pending_pushes.id"), nullable=False, unique=True),
    Column("proposal_id", Integer, ForeignKey("proposed_actions.id"), nullable=False),
    Column("record_key", Text),
    Column("cause", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("payload_json", Text, nullable=False),
    Column("error_json", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("resolution", Text),
    Column("resolved_at", Instant),
    Column("resolved_by", Text),
    Column("reason", Text),
    Column("replay_push_id", Integer, ForeignKey("ns_pending_pushes.id")),
    Column("edited_proposal_id", Integer, ForeignKey("proposed_actions.id")),
    _one_of("cause", "refused", "conflict", "exhausted", "unknown_outcome", "tampered"),
    _one_of("resolution", "replayed", "dismissed", "superseded", "edited"),
    Index(None, "proposal_id"),
    _partial("ix_ns_push_dlq_log_open", "cause", "code", "id", where=_UNRESOLVED),
    _partial("ix_ns_push_dlq_log_record", "record_key", "id", where=_UNRESOLVED),
    sqlite_autoincrement=True,
)

# Each entry bears the hash of the one before; triggers refuse to change or delete any.
audit_trail = Table(
    "audit_trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail_json", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Index(None, "subject"),
    sqlite_autoincrement=True,
)

proposed_actions_applied_mirror = Table(
    "proposed_actions_applied_mirror",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("proposal_id", Integer, ForeignKey("proposed_actions.id"), nullable=False),
    Column("push_id", Integer, ForeignKey("ns_pending_pushes.id"), nullable=False, unique=True),
    Column("action_type", Text, nullable=False),
    Column("target_record", Text, nullable=False),
    Column("target_id", Text),
    Column("proposed_change_json", Text, nullable=False),
    Column("seen_json", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("ns_internal_id", Text, nullable=False),
    Column("applied_at", Instant, nullable=False),
    Index(None, "proposal_id"),
    sqlite_autoincrement=True,
)

# How NetSuite last answered this workspace, shared by its processes: a refused login must stop all
# of them, since five failures lock the account.
ns_link = Table(
    "ns_link",
    metadata,
    Column("account", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("login", Text, nullable=False),  # tells one login from another, and no more of it
    Column("since", Instant, nullable=False),
    _one_of("state", "ok", "unreachable", "refused"),
)

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
    _one_of("mode", "incremental", "full", "snapshot-diff"),
    _one_of(
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
    _one_of("kind", "integer", "real", "text", "boolean", "date", "datetime"),
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
    _one_of("trigger", "tier", "person", "first"),
    _one_of("status", "running", "done", "failed", "paused", "cancelled", "skipped", "interrupted"),
    Index(None, "table_name", "id"),
    Index(None, "started_at"),
    # The last line of defence: whatever else goes wrong, one process at a time syncs a table.
    Index(
        "uq_sync_runs_running",
        "table_name",
        unique=True,
        sqlite_where=text("status = 'running'"),
    ),
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
    _one_of("level", "debug", "info", "warning", "error"),
    Index(None, "table_name", "id"),
    Index(None, "at"),
    sqlite_autoincrement=True,  # an id never comes again, so that a tail misses nothing
)

# How many calls the account takes at once, as all processes of the workspace have learned it.
governor = Table(
    "governor",
    metadata,
    Column("account", Text, primary_key=True),
    Column("size", Integer, nullable=False),  # the most that it may be
    Column("limit", Integer, nullable=False),  # what it is now
    Column("source", Text, nullable=False),  # where `size` was learned
    Column("refused_at", Instant),  # when NetSuite last had too much
    Column("changed_at", Instant, nullable=False),
)

# What NetSuite has, as its catalogs tell it together; a row that is gone stays, with its time.
ns_catalog_tables = Table(
    "ns_catalog_tables",
    metadata,
    Column("name", Text, primary_key=True),  # in lower case, as SuiteQL takes it
    Column("label", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("custom", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),  # why it is not queryable, or not known to be
    Column("first_seen_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("described_at", Instant),  # when its columns were last told
    Column("digest", Text),  # of what they were told to be, so that the same is not merged twice
    Column("row_count", Integer),
    Column("counted_at", Instant),
    Column("disagrees", Integer, nullable=False, server_default=text("0")),
    _one_of("state", "queryable", "unqueryable", "unknown"),
)

ns_catalog_columns = Table(
    "ns_catalog_columns",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("native_type", Text, nullable=False),
    Column("custom", Integer, nullable=False),
    Column("refers_to", Text),  # the table whose ids it holds
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("first_seen_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("filled", Integer),  # of so many rows `sampled` by the last probe
    Column("sampled", Integer),
    Column("probed_at", Instant),
    Column("disagrees", Integer, nullable=False, server_default=text("0")),
    _one_of("kind", "integer", "real", "text", "boolean", "date", "datetime"),
    _one_of("state", "queryable", "unqueryable", "unknown"),
    sqlite_with_rowid=False,
)

ns_catalog_fetches = Table(
    "ns_catalog_fetches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("status", Text, nullable=False),
    Column("requests", Integer, nullable=False, server_default=text("0")),
    Column("sources_json", Text, nullable=False, server_default=text("'{}'")),
    Column("error", Text),
    _one_of("kind", "fetch", "import"),
    _one_of("status", "running", "done", "partial", "failed", "cancelled"),
    sqlite_autoincrement=True,
)

# What each source says of a table (its `name` is empty then) or of a column.
ns_catalog_facts = Table(
    "ns_catalog_facts",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("shown_name", Text, nullable=False),  # as the source writes it
    Column("label", Text, nullable=False),
    Column("native_type", Text, nullable=False),
    Column("exposed", Integer),  # whether a query may name it; NULL if the source cannot know
    Column("reason", Text),
    Column("refers_to", Text),
    _one_of("source", "suiteql", "records", "customization", "export", "probe"),
    sqlite_with_rowid=False,
)

ns_catalog_changes = Table(
    "ns_catalog_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("fetch_id", Integer, ForeignKey("ns_catalog_fetches.id"), nullable=False),
    Column("table_name", Text, nullable=False),
    Column("name", Text, nullable=False),  # empty for the table itself
    Column("event", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Index(None, "fetch_id"),
    Index(None, "table_name", "name"),
    sqlite_autoincrement=True,
)

coverage_audits = Table(
    "coverage_audits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("fetch_id", Integer, ForeignKey("ns_catalog_fetches.id")),
    Column("catalog_at", Instant),
    Column("tables_total", Integer, nullable=False),
    Column("tables_mirrored", Integer, nullable=False),
    Column("columns_total", Integer, nullable=False),
    Column("columns_mirrored", Integer, nullable=False),
    Column("weighted_percent", Float),  # by rows and fill; NULL while these are not known
    Column("opened", Integer, nullable=False),  # gaps that this audit found first
    Column("closed", Integer, nullable=False),  # … and that it found no more
    Column("seconds", Float, nullable=False),
    Column("summary_json", Text, nullable=False),
    _one_of("trigger", "person", "nightly", "phase"),
    sqlite_autoincrement=True,
)

_DRIFT = "closed_audit_id IS NULL AND (gap <> 'missing_column' OR reason = 'not_synced')"

# A gap lasts from the audit that found it first to the one that found it no more, so that every
# audit can be compared with every other, and a night without news writes nothing here.
coverage_gaps = Table(
    "coverage_gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("name", Text, nullable=False),  # empty for the table itself
    Column("gap", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("priority", Integer, nullable=False),  # the lower, the sooner it is worth closing
    Column("opened_audit_id", Integer, ForeignKey("coverage_audits.id"), nullable=False),
    Column("closed_audit_id", Integer, ForeignKey("coverage_audits.id")),
    Index(
        "uq_coverage_gaps_open",
        "table_name",
        "name",
        unique=True,
        sqlite_where=text("closed_audit_id IS NULL"),
        postgresql_where=text("closed_audit_id IS NULL"),
    ),
    Index(
        "ix_coverage_gaps_priority",
        "priority",
        "table_name",
        "name",
        sqlite_where=text("closed_audit_id IS NULL"),
        postgresql_where=text("closed_audit_id IS NULL"),
    ),
    # What is more than not mirrored yet, which is little.
    Index(
        "ix_coverage_gaps_drift",
        "gap",
        sqlite_where=text(_DRIFT),
        postgresql_where=text(_DRIFT),
    ),
    Index(None, "opened_audit_id"),
    Index(
        "ix_coverage_gaps_closed_audit_id",
        "closed_audit_id",
        sqlite_where=text("closed_audit_id IS NOT NULL"),
        postgresql_where=text("closed_audit_id IS NOT NULL"),
    ),
)

# What an audit counted of each table, and a digest of all that it rests on: while that is the same,
# the next audit need not look at its columns again.
coverage_tables = Table(
    "coverage_tables",
    metadata,
    Column("name", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("tables_total", Integer, nullable=False),
    Column("tables_mirrored", Integer, nullable=False),
    Column("columns_total", Integer, nullable=False),
    Column("columns_mirrored", Integer, nullable=False),
    Column("weight_total", Integer, nullable=False),
    Column("weight_mirrored", Integer, nullable=False),
    sqlite_with_rowid=False,
)

coverage_exclusions = Table(
    "coverage_exclusions",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # empty for the table with all its columns
    Column("note", Text, nullable=False),
    Column("excluded_by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

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
    _one_of(
        "state", "proposed", "approved", "applying", "failed", "applied", "undone", "withdrawn"
    ),
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
    _one_of("step", "backup", "migration", "map", "pull", "audit"),
    _one_of("state", "running", "done", "failed"),
)

# What an audit found that somebody should look at, beside the inbox until somebody has.
coverage_findings = Table(
    "coverage_findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("audit_id", Integer, ForeignKey("coverage_audits.id"), nullable=False),
    Column("heading", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("detail_json", Text, nullable=False),
    Column("seen_by", Text),
    Column("seen_at", Instant),
    sqlite_autoincrement=True,
)
