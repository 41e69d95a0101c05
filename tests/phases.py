"""Phases to try things on: two small tables of one's own, of which one is mirrored already."""

from nsconsole.mapping import Column, Kind
from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.phases import revision
from nsconsole.services.phases.base import base_of
from nsconsole.services.phases.plan import Estimate, PhasePlan, PlannedTable
from nsconsole.services.phases.staging import stage_phase
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.sync_map import replace_map

from .sync.tables import as_netsuite_has_it, mapped

ROWS = 5
THING = mapped("thing", {"name": "text"})
WIDE_THING = THING.with_columns([Column("size", Kind.INTEGER), Column("colour", Kind.TEXT)])
PART = mapped("part", {"name": "text", "weight": "real"})
ESTIMATE = Estimate(rows=2 * ROWS, requests=4, seconds=2.0, megabytes=0.1)


def begin(workspace, sandbox, clock):
    """Have both tables in NetSuite, with rows, and the narrow one in the mirror."""
    sandbox.load(thing=_loaded(WIDE_THING, clock), part=_loaded(PART, clock))
    replace_map(workspace, [THING])
    sync(workspace)


def _loaded(table, clock):
    values = {Kind.INTEGER: lambda n: n, Kind.REAL: lambda n: n / 4, Kind.TEXT: "word {}".format}
    values[Kind.DATETIME] = lambda n: f"{clock():%Y-%m-%dT%H:%M:%SZ}"
    rows = [{c.name: values[c.kind](n) for c in table.columns} for n in range(1, ROWS + 1)]
    return as_netsuite_has_it(table) | {"rows": rows}


def plan(workspace, *, number=104, tables=(WIDE_THING, PART), title="Wider things, and parts"):
    """Plan a phase that brings tables to the width given, as the map has them now."""
    from nsconsole.services.sync.sync_map import load_map

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
