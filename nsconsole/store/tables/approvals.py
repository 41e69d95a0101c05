"""Who may decide, what is to be decided, and the trail of what was done."""

from sqlalchemy import Column, Index, Integer, Table, Text

from nsconsole.store.tables.base import Instant, metadata, one_of

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
    one_of("role", "viewer", "reviewer", "admin"),
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
    one_of("status", "pending", "approved", "rejected", "withdrawn", "expired"),
    one_of("risk_tier", "low", "medium", "high"),
    Index(None, "status", "id"),
    Index(None, "status", "id", "search_text"),  # so that a filter reads nothing but this
    Index(None, "status", "risk_rank", "id"),
    Index(None, "status", "author", "id"),
    Index(None, "status", "action_type", "id"),
    Index(None, "decided_at"),
    sqlite_autoincrement=True,  # an id is never used twice, so a screen's id is never another row
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
