"""`coverage`: gaps listed, audits compared, exclusions, and the page."""

import shutil
from contextlib import closing

import pytest

from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.services.coverage_world import World


@pytest.fixture
def laid_down(home):
    """Change what the catalog and the map have."""

    def change(work):
        with closing(open_workspace(load_settings({}, home=home), environ={})) as workspace:
            work(World(workspace))

    return change


@pytest.fixture
def program(bare, home, initialised, laid_down):
    """The program on a workspace without NetSuite that was audited twice."""
    made, token = initialised
    shutil.copytree(made, home)
    bare.environ["NSCONSOLE_EDIT_TOKEN"] = token
    laid_down(_begin)
    bare.here("audit", "--cached")
    laid_down(lambda world: world.mirrored(customer={"name": "text"}))
    bare.here("audit", "--cached")
    return bare


def _begin(world):
    world.begin()
    world.tells("customer", rows=250, id="integer", name={"filled": 1, "sampled": 2})
    world.tells("bom", id="integer", x="unqueryable")
    world.mirrored(customer={})


def _gaps(program, *words):
    gaps = program.here("coverage", "gaps", *words, "--json").json["gaps"]
    return [(gap["table"], gap["column"], gap["reason"]) for gap in gaps]


def test_gaps_are_listed_the_most_valuable_first_and_chosen(program):
    bom, key = ("bom", None, "never_planned"), ("bom", "id", "never_planned")
    hidden = ("bom", "x", "not_queryable")
    assert _gaps(program) == [bom, key, hidden]
    assert _gaps(program, "--limit", "1") == [bom]
    assert _gaps(program, "--table", "customer") == []
    assert _gaps(program, "--domain", "bom", "--reason", "not_queryable") == [hidden]
    assert program.here("coverage").out.splitlines()[0].split() == [
        *("TABLE", "COLUMN", "WHAT", "REASON", "DOMAIN", "TYPE", "ROWS", "FILLED", "NOTE")
    ]
    assert program.here("coverage", "gaps", "--domain", "nonsense").code == 2


def test_the_history_tells_each_audit_with_its_delta(program):
    second, first = program.here("coverage", "history", "--json").json["audits"]
    assert (first["audit_id"], first["coverage_percent"], first["opened"]) == (1, 33.33, 4)
    assert (second["audit_id"], second["coverage_percent"], second["closed"]) == (2, 66.67, 1)
    assert "66.67 %   2 of 3" in program.here("coverage", "history").out


def test_two_audits_are_compared_the_later_is_the_last_if_none_is_named(program):
    told = program.here("coverage", "compare", "1", "--json").json
    closed = {"table": "customer", "column": "name", "gap": "missing_column"}
    assert told == {
        "earlier": 1,
        "later": 2,
        "coverage_percent_before": 33.33,
        "coverage_percent_after": 66.67,
        "closed": [closed | {"reason": "never_planned"}],
        "opened": [],
    }
    said = program.here("coverage", "compare", "2", "1").out
    assert "gaps closed: 0, opened: 1" in said
    assert "opened  customer  name" in said
    assert program.here("coverage", "compare", "9").code == 2


def test_an_admin_excludes_and_includes(program):
    result = program.here("coverage", "exclude", "bom", "--note", "we make nothing", "--json")
    assert result.json == {"table": "bom", "column": None, "excluded": True}
    assert {reason for *_, reason in _gaps(program)} == {"excluded"}
    assert "we make nothing" in program.here("coverage").out
    assert program.here("audit", "--cached", "--json").json["coverage_percent"] == 100.0
    assert "bom is to be mirrored again" in program.here("coverage", "include", "bom").out
    assert program.here("audit", "--cached", "--json").json["coverage_percent"] == 66.67


def test_what_nobody_knows_is_not_excluded_and_nobody_without_a_token_excludes(program):
    unknown = program.here("coverage", "exclude", "nonsense", "--note", "x")
    assert (unknown.code, "no catalog tells of nonsense" in unknown.err) == (2, True)
    del program.environ["NSCONSOLE_EDIT_TOKEN"]
    assert program.here("coverage", "exclude", "bom", "--note", "x", "--json").code == 3


def test_the_status_tells_the_coverage_and_when(program):
    told = program.here("status", "--json").json["coverage"]
    assert (told["percent"], told["audit_id"]) == (66.67, 2)
    assert told["at"].endswith("Z")
    assert "coverage   66.67 %, audit 2 of " in program.here("status").out


def test_before_the_first_audit_it_says_what_to_do(bare, home, initialised):
    shutil.copytree(initialised[0], home)
    assert "`nsconsole audit` makes one" in bare.here("coverage").out
    assert "`nsconsole audit` makes one" in bare.here("coverage", "history").out
    assert bare.here("coverage", "--json").json == {"audit_id": None, "gaps": []}
    assert "no audit yet" in bare.here("status").out


def test_the_page_opens_or_its_place_is_told(program, home):
    program.environ["BROWSER"] = "/bin/true"
    result = program.here("coverage", "open", "--json")
    assert result.code == 0
    assert result.json["page"] == str(home / "coverage" / "netsuite-coverage.html")
