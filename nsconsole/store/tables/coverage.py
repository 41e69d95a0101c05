"""How far NetSuite is mirrored, as the audits found it."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text

from nsconsole.store.tables.base import Instant, metadata, one_of, partial

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
    one_of("trigger", "person", "nightly", "phase"),
    sqlite_autoincrement=True,
)

_OPEN = "closed_audit_id IS NULL"
_DRIFT = f"{_OPEN} AND (gap <> 'missing_column' OR reason = 'not_synced')"

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
    partial("uq_coverage_gaps_open", "table_name", "name", where=_OPEN, unique=True),
    partial("ix_coverage_gaps_priority", "priority", "table_name", "name", where=_OPEN),
    # What is more than not mirrored yet, which is little.
    partial("ix_coverage_gaps_drift", "gap", where=_DRIFT),
    Index(None, "opened_audit_id"),
    partial(
        "ix_coverage_gaps_closed_audit_id", "closed_audit_id", where="closed_audit_id IS NOT NULL"
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
