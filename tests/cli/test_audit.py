"""`audit`: the catalog asked for, compared and told, to people and to programs."""

import json
import shutil

import pytest

from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.catalog_account import SUITEQL, columns, running_account
from tests.services.coverage_world import World

CONTRACT = {
    *("audit_id", "tables_total", "tables_mirrored", "columns_total", "columns_mirrored"),
    *("coverage_percent", "missing_tables", "missing_columns", "drifted_columns", "delta"),
}


@pytest.fixture
def account():
    with running_account() as account:
        account.suiteql = {
            "customer": columns(id="integer", name="string", email="string"),
            "bom": columns(id="integer"),
        }
        yield account


@pytest.fixture
def program(bare, home, initialised, account):
    """The program on a workspace that mirrors a table of a NetSuite that has two."""
    made, token = initialised
    shutil.copytree(made, home)
    bare.environ |= account.environ | {"NSCONSOLE_EDIT_TOKEN": token}
    workspace = open_workspace(load_settings({}, home=home), environ={})
    world = World(workspace)
    world.sql("INSERT INTO sync_tiers (minutes, next_run_at) VALUES (60, '2026-11-22T00:00:00Z')")
    world.mirrored(customer={"name": "text"})
    workspace.close()
    return bare


def test_it_asks_netsuite_and_tells_what_is_missing_under_the_contracts_names(program, home):
    told = program.here("audit", "--json").json
    assert told.keys() >= CONTRACT
    assert {name: told[name] for name in sorted(CONTRACT - {"audit_id", "delta"})} == {
        "columns_mirrored": 2,
        "columns_total": 4,
        "coverage_percent": 50.0,
        "drifted_columns": [],
        "missing_columns": [
            {"table": "bom", "column": "id", "type": "integer"},
            {"table": "customer", "column": "email", "type": "text"},
        ],
        "missing_tables": ["bom"],
        "tables_mirrored": 1,
        "tables_total": 2,
    }
    assert told["tables"] == [
        {"table": "bom", "columns_total": 1, "columns_mirrored": 0, "coverage_percent": 0.0},
        {"table": "customer", "columns_total": 3, "columns_mirrored": 2, "coverage_percent": 66.67},
    ]
    assert told["drifted_tables"] == []
    assert told["delta"]["since"] is None
    assert (told["delta"]["opened"], told["delta"]["closed"]) == (3, 0)
    assert (home / "coverage" / "netsuite-coverage.html").exists()


def test_the_next_audit_tells_what_changed_since_the_last(program, account):
    first = program.here("audit", "--json").json
    account.suiteql["customer"] = columns(id="integer", email="integer", phone="string")
    del account.suiteql["bom"]
    told = program.here("audit", "--json").json
    assert told["drifted_columns"] == [
        {"table": "customer", "column": "name", "what": "mapped_gone", "reason": "removed"}
    ]
    assert told["delta"] == {
        "since": first["audit_id"],
        "opened": 2,
        "closed": 2,
        "columns_opened": [
            {"table": "customer", "column": "phone"},
            {"table": "customer", "column": "name"},
        ],
        "columns_closed": [{"table": "bom", "column": "id"}],
        "tables_opened": [],
        "tables_closed": ["bom"],
        "coverage_percent_before": 50.0,
    }


def test_people_read_the_figures_what_drifted_and_what_to_do_next(program, account):
    program.here("audit")
    account.suiteql["customer"].pop("name")
    said = program.here("audit").out
    assert "33.33 % of what NetSuite gives is mirrored, 1 of 3 columns and 1 of 2 tables" in said
    assert "Since audit 1 (50.00 %): gaps closed: 0, opened: 1." in said
    assert "customer.name: mapped, and NetSuite no longer gives it" in said
    del account.suiteql["customer"]
    said = program.here("audit").out
    assert "customer: mapped, and NetSuite no longer gives it" in said
    assert "customer.name" not in said
    assert "nsconsole phase plan" in said


def test_cached_it_asks_nothing_and_needs_a_catalog(program, account):
    refused = program.here("audit", "--cached")
    assert (refused.code, account.asked) == (1, {})
    assert "nsconsole catalog fetch" in refused.err
    program.here("audit")
    account.asked.clear()
    assert program.here("audit", "--cached", "--json").json["coverage_percent"] == 50.0
    assert account.asked == {}


def test_what_could_not_be_read_is_told_and_stays_as_it_was(program, account):
    program.here("audit")
    account.broken[f"{SUITEQL}/customer"] = 403
    result = program.here("audit", "--json")
    assert result.code == 0
    assert result.json["incomplete"]
    assert result.json["coverage_percent"] == 50.0
    assert "as it was before" in program.here("audit").out


def test_the_page_is_written_elsewhere_as_well(program, tmp_path):
    page = tmp_path / "page.html"
    assert program.here("audit", "--html", str(page)).code == 0
    assert page.read_text().startswith("<!doctype html>")


def test_a_netsuite_that_does_not_answer_ends_it_with_4_and_nothing_is_counted(program):
    program.environ["NSCONSOLE_NETSUITE_URL"] = "http://127.0.0.1:9"
    assert program.here("audit").code == 4
    assert program.here("coverage", "history", "--json").json == {"audits": []}


def test_hostile_names_are_told_without_obeying_them(program, account):
    name = "a\x1b[31m\u202e"
    account.suiteql = {name: columns(id="integer"), "customer": {name: {"type": "string"}}}
    result = program.here("audit", "--json")
    assert result.code == 0
    listed = program.here("coverage")
    assert "\x1b" not in listed.out + result.out
    assert json.loads(program.here("coverage", "gaps", "--json").out)["gaps"]
