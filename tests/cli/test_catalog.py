"""`catalog`: what NetSuite has, to show, to fetch and to import."""

import shutil

import pytest

from tests.catalog_account import RECORDS, SUITEQL, columns, running_account

EXPORT = {
    "recordTypes": [
        {"id": "customer", "label": "Customer", "isAvailable": True},
        {"id": "payrollItem", "label": "Payroll Item", "isAvailable": False},
    ],
    "details": [
        {
            "id": "customer",
            "label": "Customer",
            "fields": [
                {"id": "id", "label": "Internal ID", "dataType": "INTEGER", "isColumn": True},
                {"id": "e\u001b[31mMail", "label": "", "dataType": "EMAIL", "isColumn": True},
                {"id": "aging", "label": "Aging", "dataType": "FLOAT", "isColumn": False},
            ],
        }
    ],
}


@pytest.fixture
def alone(bare, home, initialised):
    """The program on a workspace without NetSuite."""

    shutil.copytree(initialised[0], home)
    return bare


@pytest.fixture
def account(alone):
    """What NetSuite has, for the program to fetch."""
    with running_account() as account:
        account.suiteql = {"customer": columns(id="integer", email="string")}
        account.records = {"customer": columns(id="string", aging="number")}
        alone.environ |= account.environ
        yield account


def test_an_empty_catalog_says_how_to_fill_it(alone):
    assert "nsconsole catalog fetch" in alone.here("catalog").out
    assert alone.here("catalog", "--json").json == {"told_at": None, "tables": []}


def test_an_import_tells_its_tables_and_columns_and_shows_them(alone):
    taken = alone.here("catalog", "import", "-", "--json", stdin=EXPORT)
    assert taken.code == 0
    assert taken.json == {"fetch_id": 1, "tables": 2, "columns": 3, "changes": {}}
    lines = alone.here("catalog").out.splitlines()
    assert lines[1].split() == ["customer", "customers", "3", "1", "queryable", "Customer"]
    assert "unqueryable: not_permitted" in lines[2]
    shown = alone.here("catalog", "show", "Customer").out
    assert "\u001b" not in shown
    assert "unqueryable: not_queryable" in shown
    assert "export (no: not_queryable)" in shown


def test_with_json_a_table_tells_what_each_source_says(alone):
    alone.here("catalog", "import", "-", stdin=EXPORT)
    shown = alone.here("catalog", "show", "customer", "--json").json
    aging = shown["columns"][2]
    assert (aging["column"], aging["kind"], aging["state"]) == ("aging", "real", "unqueryable")
    assert aging["says"]["export"]["exposed"] is False
    assert shown["says"]["export"]["shown_name"] == "customer"
    assert shown["history"] == []


@pytest.mark.parametrize("text", ["", "{}", "<html></html>"])
def test_what_is_no_catalog_is_bad_input(alone, text):
    refused = alone.here("catalog", "import", "-", stdin=text)
    assert refused.code == 2
    assert "this is not a Records Catalog" in refused.err


def test_a_table_that_there_is_not_is_bad_input(alone):
    assert alone.here("catalog", "show", "nothing").code == 2


def test_a_fetch_tells_what_came_from_whom(alone, account):
    fetched = alone.here("catalog", "fetch", "--json").json
    assert (fetched["status"], fetched["changes"], fetched["error"]) == ("done", {}, None)
    assert fetched["sources"]["suiteql"]["columns"] == 2
    assert fetched["sources"]["records"]["described"] == 1
    account.suiteql["customer"] |= columns(terms="integer")
    told = alone.here("catalog", "fetch")
    assert told.code == 0
    assert "1 new" in told.out


def test_a_fetch_that_is_not_whole_says_what_failed(alone, account):
    account.broken[RECORDS] = 403
    fetched = alone.here("catalog", "fetch")
    assert fetched.code == 1
    assert "not told: the list of records: NetSuite refused" in fetched.out
    account.broken[SUITEQL] = 401
    assert alone.here("catalog", "fetch").code == 4


def test_without_an_account_there_is_nothing_to_fetch(alone):
    assert alone.here("catalog", "fetch").code == 4


def test_the_script_is_printed_as_it_is_to_be_pasted(alone):
    script = alone.here("catalog", "export-script").out
    assert script.startswith("// Saves NetSuite's Records Catalog")
    assert alone.here("catalog", "export-script", "--json").json["script"] == script
