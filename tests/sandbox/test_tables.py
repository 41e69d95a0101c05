"""The account's real tables: enough of them, wide enough, and sound."""

import sqlite3

import pytest

from nsconsole.sandbox.schema import Access, ddl
from nsconsole.sandbox.tables import INDEXES, TABLES

PHASES = {
    "addresses": ("entityaddress", "customeraddressbook", "vendoraddressbook",
                  "transactionbillingaddress", "transactionshippingaddress"),
    "prices": ("pricelevel", "pricing", "itemprice", "pricinggroup"),
    "tax": ("salestaxitem", "taxgroup", "taxtype", "taxacct", "nexus"),
    "terms": ("term",),
    "bom": ("bom", "bomrevision", "bomrevisioncomponentmember", "bomassembly", "itemmember"),
    "inventory": ("inventoryitemlocations", "aggregateitemlocation", "inventorybalance",
                  "inventorynumber", "inventoryassignment", "bin", "itembinquantity",
                  "itemlocationconfiguration"),
    "ledger": ("transactionaccountingline", "accountingbook", "accountingperiod", "account",
               "consolidatedexchangerate", "currency"),
    "references": ("subsidiary", "department", "location", "classification", "unitstype",
                   "unitstypeuom", "customercategory", "vendorcategory", "paymentmethod",
                   "shipitem", "state", "country", "role"),
    "links": ("nexttransactionlinelink", "previoustransactionlinelink",
              "previoustransactionlink", "customersubsidiaryrelationship", "itemvendor"),
    "history": ("systemnote", "deletedrecord"),
}  # fmt: skip
WITHOUT_STAMP = (
    "account", "subsidiary", "department", "location", "classification", "currency",
    "accountingperiod", "transactionaccountingline", "inventorybalance", "itemvendor",
)  # fmt: skip


@pytest.mark.parametrize("phase", PHASES)
def test_every_table_that_a_phase_asks_for_is_there(phase):
    assert set(PHASES[phase]) <= set(TABLES)


def test_there_are_tables_enough_and_names_are_lower_case():
    assert len(TABLES) >= 60
    for name, table in TABLES.items():
        assert name == table.name == name.lower()
        assert all(column == column.lower() for column in table.columns)


@pytest.mark.parametrize(
    ("table", "width"),
    [("customer", 120), ("vendor", 90), ("item", 160), ("transaction", 150),
     ("transactionline", 120), ("employee", 80), ("contact", 50)],
)  # fmt: skip
def test_the_great_tables_are_as_wide_as_in_life(table, width):
    assert len(TABLES[table].columns) >= width


@pytest.mark.parametrize("name", WITHOUT_STAMP)
def test_tables_without_a_last_modified_date_have_none(name):
    assert TABLES[name].stamp is None


def test_the_record_service_knows_fields_that_suiteql_does_not_show():
    hidden = {Access.NOT_EXPOSED, Access.NO_PERMISSION}
    assert TABLES["customer"].columns["shipstate"].access is Access.NOT_EXPOSED
    assert TABLES["transaction"].columns["total"].access is Access.NOT_EXPOSED
    assert TABLES["loginaudit"].access is Access.NO_PERMISSION
    for name in ("customer", "vendor", "employee", "item", "transaction", "transactionline"):
        assert any(column.access in hidden for column in TABLES[name].columns.values()), name


def test_some_columns_come_with_a_feature_only():
    features = {c.feature for table in TABLES.values() for c in table.columns.values()} - {None}
    assert {"advancedrevenuemanagement", "amortization", "manufacturing", "projects"} <= features


def test_views_show_the_columns_that_are_declared():
    connection = sqlite3.connect(":memory:")
    for table in TABLES.values():
        connection.execute(ddl(table))
    for table in TABLES.values():
        shown = connection.execute(f'SELECT * FROM "{table.name}"').description
        assert [name for name, *_ in shown] == list(table.columns), table.name
    connection.close()


def test_keys_labels_references_and_indexes_name_what_is_there():
    for table in TABLES.values():
        assert {*table.key, table.label} <= set(table.columns), table.name
        assert {column.target for column in table.references} <= set(TABLES), table.name
    for name, column in INDEXES:
        assert column in TABLES[name].columns
        assert TABLES[name].view is None


def test_a_multiselect_has_its_mapping_table():
    mappings = [table for name, table in TABLES.items() if name.startswith("map_")]
    assert len(mappings) >= 4
    assert all(list(table.columns) == ["mapone", "maptwo"] for table in mappings)
