"""A phase from the inbox to the mirror and back, as a person types it."""

from contextlib import closing
from dataclasses import replace

import pytest

from nsconsole.cli.phases import exit_code, told
from nsconsole.services.phases.listing import PhaseState, phase
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests import phases as made


@pytest.fixture
def workspace(program, home, sandbox, clock):
    """The program's workspace, in which a phase waits for a decision."""
    made.load(sandbox, clock)
    settings = load_settings(sandbox.environ, home=home)
    with closing(open_workspace(settings, environ=sandbox.environ)) as workspace:
        made.begin(workspace)
        made.stage(workspace)
        yield workspace


def test_a_phase_is_approved_applied_shown_and_undone(program, workspace):
    shown = program.here("phase", "show", "1", "--json").json
    assert (shown["phase_id"], shown["state"], shown["steps"]) == (1, "proposed", [])
    assert "ALTER TABLE ns_thing ADD COLUMN size INTEGER" in shown["sql"]
    assert {t["table"]: t["new_columns"] for t in shown["map"]} == {
        "thing": ["size", "colour"],
        "part": [column.name for column in made.PART.columns],
    }
    decided = program.here("decide", "approve", "1")
    assert decided.code == 0
    assert "phase 1 is applied now" in decided.out
    assert (
        "Phase 104 is applied; audit 2.\nClosed as planned: 7 gaps, and nothing else."
        in decided.out
    )
    (line,) = program.here("phase", "--json").json["phases"]
    assert (line["phase_id"], line["state"], line["tables"]) == (1, "applied", ["thing", "part"])
    words = program.here("phase", "show", "1").out
    assert all(part in words for part in ("part", "wider", "key", "id is in every row", "audit"))
    assert program.here("phase", "undo", "1").out.startswith("Phase 104 is out of the map")
    assert program.here("phase", "apply", "1").code == 3


def test_a_stale_plan_is_refused_with_what_moved(program, workspace):
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("UPDATE sync_table_map SET tier = 60")
    result = program.here("decide", "approve", "1", "--json")
    (decision,) = result.json["decisions"]
    assert (result.code, decision["won"], decision["phase_id"]) == (3, False, None)
    assert "thing: tier is 60, was 5" in decision["why"]


STANDS = [
    ("failed", "no room", 1, "failed: no room. `nsconsole phase apply 1` goes on from there."),
    ("withdrawn", "it is stale", 3, "withdrawn: it is stale"),
    ("applying", "NetSuite is away", 4, "applying: NetSuite is away. `nsconsole phase apply 1`"),
    ("applying", None, 130, "applying. `nsconsole phase apply 1` goes on from there."),
]


def test_how_a_phase_stands_gives_the_exit_code(workspace):
    found = phase(workspace, 1)
    for state, error, code, words in STANDS:
        stands = replace(found, line=replace(found.line, state=PhaseState(state), error=error))
        assert exit_code(stands) == code
        assert words in told(stands)
