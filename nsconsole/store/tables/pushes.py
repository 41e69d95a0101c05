"""What was approved, on its way to NetSuite: pushes, their attempts and ends, and the breakers."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text, text

from nsconsole.store.tables.base import Instant, metadata, one_of, partial

_LIVE = "status IN ('queued', 'in_flight', 'applied')"
WAITING = "status IN ('queued', 'in_flight')"
IN_FLIGHT = "status = 'in_flight'"

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
    one_of("status", "queued", "in_flight", "applied", "dead", "cancelled"),
    Index(None, "proposal_id"),
    Index("ix_ns_pending_pushes_status", "status", "id"),
    # These stay small however much is finished.
    partial("ix_ns_pending_pushes_waiting", "priority", "id", where=WAITING),
    partial("ix_ns_pending_pushes_record", "record_key", "id", where=WAITING),
    partial("ix_ns_pending_pushes_leased", "lease_expires_at", where=IN_FLIGHT),
    # The last line of defence: whatever else goes wrong, one approval has one live push.
    partial("uq_ns_pending_pushes_live", "proposal_id", where=_LIVE, unique=True),
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
    one_of("state", "closed", "open", "half_open"),
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
    one_of("cause", "refused", "conflict", "exhausted", "unknown_outcome", "tampered"),
    one_of("resolution", "replayed", "dismissed", "superseded", "edited"),
    Index(None, "proposal_id"),
    partial("ix_ns_push_dlq_log_open", "cause", "code", "id", where=_UNRESOLVED),
    partial("ix_ns_push_dlq_log_record", "record_key", "id", where=_UNRESOLVED),
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
