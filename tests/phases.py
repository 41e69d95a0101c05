"""Phases to try things on: two small tables of one's own, of which one is mirrored already."""

from nsconsole.mapping import Column, Kind
from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.coverage.audit import audit
from nsconsole.services.phases import revision
from nsconsole.services.phases.base import base_of
from nsconsole.services.phases.plan import Estimate, PhasePlan, PlannedTable
from nsconsole.services.phases.staging import stage_phase
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.sync_map import load_map, replace_map
from nsconsole.store.tables import stamp

from .sync.tables import as_netsuite_has_it, mapped

ROWS = 5
THING = mapped("thing", {"name": "text"})
WIDE_THING = THING.with_columns([Column("size", Kind.INTEGER), Column("colour", Kind.TEXT)])
PART = mapped("part", {"name": "text", "weight": "real"})
ESTIMATE = Estimate(rows=2 * ROWS, requests=4, seconds=2.0, megabytes=0.1)


def load(sandbox, clock):
    """Have both tables in NetSuite, with rows."""
    sandbox.load(thing=_loaded(WIDE_THING, clock), part=_loaded(PART, clock))


def begin(workspace):
    """Have the narrow table in the mirror, both in the catalog, and an audit of that."""
    replace_map(workspace, [THING])
    sync(workspace)
    at = stamp(workspace.now())
    with workspace.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO ns_catalog_fetches (kind, owner, started_at, ended_at, status)"
            " VALUES ('fetch', 'tests', ?, ?, 'done')",
            (at, at),
        )
        for table in (WIDE_THING, PART):
            connection.exec_driver_sql(
                "INSERT INTO ns_catalog_tables (name, label, domain, custom, state, first_seen_at,"
                " seen_at) VALUES (?, ?, 'system', 0, 'queryable', ?, ?)",
                (table.name, table.name, at, at),
            )
            connection.exec_driver_sql(
                "INSERT INTO ns_catalog_columns (table_name, name, position, label, kind,"
                " native_type, custom, state, first_seen_at, seen_at)"
                " VALUES (?, ?, ?, ?, ?, '', 0, 'queryable', ?, ?)",
                [
                    (table.name, column.name, place, column.name, column.kind.value, at, at)
                    for place, column in enumerate(table.columns)
                ],
            )
    audit(workspace, trigger="person", fetch=False)


def _loaded(table, clock):
    values = {Kind.INTEGER: lambda n: n, Kind.REAL: lambda n: n / 4, Kind.TEXT: "word {}".format}
    values[Kind.DATETIME] = lambda n: f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    rows = [{c.name: values[c.kind](n) for c in table.columns} for n in range(1, ROWS + 1)]
    return as_netsuite_has_it(table) | {"rows": rows}


def plan(workspace, *, number=104, tables=(WIDE_THING, PART), title="Wider things, and parts"):
    """Plan a phase that brings tables to the width given, as the map has them now."""
    present = {entry.table.name: entry.table for entry in load_map(workspace)}
    name = f"{number}_phase_of_tests"
    with workspace.database.reading() as connection:
        made = revision.make(connection, tables, number=number, name=name, title=title)
        base = base_of(connection, [table.name for table in tables])
    file = revision.write(workspace.settings.home / "phases", made)
    return PhasePlan(
        number=number,
        name=name,
        title=title,
        tables=tuple(_planned(table, present.get(table.name)) for table in tables),
        left_out=(),
        estimate=ESTIMATE,
        base=base,
        revision_path=str(file.relative_to(workspace.settings.home)),
        revision_digest=made.digest,
        sql=revision.sql_of(file),
    )


def _planned(table, present):
    known = {column.name for column in present.columns} if present else set()
    new = tuple(column.name for column in table.columns if column.name not in known)
    why = {"key": "id is in every row, and in none twice"}
    return PlannedTable(table, present is None, new, why, ROWS, ESTIMATE)


def stage(workspace, made=None, **how):
    """Stage a phase; give its id and its proposal's."""
    return stage_phase(workspace, made or plan(workspace, **how), author="ada")


def approve(workspace, authority, proposal_id):
    """Approve a proposal; give the decision."""
    return decide(workspace, authority, Verdict.APPROVE, [Choice(proposal_id)])[0]
