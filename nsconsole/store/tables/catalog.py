"""What NetSuite has, as its catalogs tell it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from nsconsole.store.tables.base import Instant, metadata, one_of

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
    one_of("state", "queryable", "unqueryable", "unknown"),
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
    one_of("kind", "integer", "real", "text", "boolean", "date", "datetime"),
    one_of("state", "queryable", "unqueryable", "unknown"),
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
    one_of("kind", "fetch", "import"),
    one_of("status", "running", "done", "partial", "failed", "cancelled"),
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
    one_of("source", "suiteql", "records", "customization", "export", "probe"),
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
