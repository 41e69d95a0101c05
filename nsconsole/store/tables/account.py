"""What the processes of a workspace have learned together of the account."""

from sqlalchemy import Column, Integer, Table, Text

from nsconsole.store.tables.base import Instant, metadata, one_of

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
    one_of("state", "ok", "unreachable", "refused"),
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
