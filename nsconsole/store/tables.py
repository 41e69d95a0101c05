"""The tables, as the newest migration leaves them."""

from datetime import UTC, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    Dialect,
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


class Instant(TypeDecorator[datetime]):
    """A moment in UTC to the microsecond, kept as ISO 8601 text that sorts as it reads."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an aware datetime; a naive one is a mistake of the caller (ValueError)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

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
    Column("lease", Text),  # names the attempt that holds the row
    Column("lease_expires_at", Instant),
    Column("error_json", Text),
    Column("ns_internal_id", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("applied_at", Instant),
    _one_of("status", "queued", "in_flight", "applied", "dead", "cancelled"),
    Index(None, "status", "attempts", "id"),
    Index(None, "proposal_id"),
    # The last line of defence: whatever else goes wrong, one approval has one live push.
    Index(
        "uq_ns_pending_pushes_live",
        "proposal_id",
        unique=True,
        sqlite_where=text(_LIVE),  # the migration says the same to PostgreSQL
    ),
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
