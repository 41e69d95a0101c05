"""A catalog by hand, for tests of probing and planning."""

from nsconsole.catalog import Source, State, is_custom
from nsconsole.mapping import Kind
from nsconsole.services.coverage.domains import domain_of
from nsconsole.store import catalog


def catalogued(workspace, table, *, state="queryable", refers=(), **columns):
    """Have a table in the catalog with columns by name and kind; `refers` are references."""
    at = workspace.now()
    seen = {"first_seen_at": at, "seen_at": at, "gone_at": None}
    common = {"state": State(state), "reason": None, "disagrees": False} | seen
    row = catalog.TableRow(
        name=table,
        label=table,
        domain=domain_of(table, is_custom(table)),
        custom=is_custom(table),
        described_at=None,
        digest=None,
        **common,
    )
    rows = [
        catalog.ColumnRow(
            table_name=table,
            name=name,
            position=place,
            label="",
            kind=Kind(kind),
            native_type=kind,
            custom=is_custom(name),
            refers_to=dict(refers).get(name),
            **common,
        )
        for place, (name, kind) in enumerate(columns.items())
    ]
    with workspace.database.writing() as connection:
        catalog.put_tables(connection, [row])
        catalog.put_columns(connection, rows)
        told = [
            catalog.Fact(
                table, name, Source.RECORDS, at, name, "", columns.get(name, ""), None, None, None
            )
            for name in ("", *columns)
        ]
        catalog.replace_facts(connection, (), told)


def row_of(workspace, table, column=None):
    """What the catalog says of a table, or of a column of it."""
    with workspace.database.reading() as connection:
        if column is None:
            return catalog.table(connection, table)
        rows = {row.name: row for row in catalog.columns(connection, [table])}
    return rows.get(column)


def facts_of(workspace, table):
    """What each source says, by column and source."""
    with workspace.database.reading() as connection:
        return {(f.name, f.source.value): f for f in catalog.facts_of(connection, table)}
