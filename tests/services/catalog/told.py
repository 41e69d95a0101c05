"""What the catalog tells of a table."""

from nsconsole.services.coverage.catalog import reading


def columns_of(workspace, table):
    """A table's columns, with what each source says of them, by name."""
    return {each.row.name: each for each in reading.table(workspace, table).columns}


def news_of(workspace, table):
    """What has become of a table and its columns: event, name, before and after."""
    history = reading.table(workspace, table).history
    return {(change.event, change.name, change.before, change.after) for _, change in history}
