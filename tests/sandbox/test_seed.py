"""The seeded distributor agrees with itself, and is the same for the same seed."""

import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date, timedelta

import pytest

from nsconsole.sandbox import seed
from nsconsole.sandbox.restlet.records import RECORD_TYPES
from nsconsole.sandbox.schema import ddl
from nsconsole.sandbox.seed.parties import domain
from nsconsole.sandbox.seed.setup import CHOICES, EPOCH
from nsconsole.sandbox.tables import TABLES


def filled(number, transactions=seed.TRANSACTIONS):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    for table in TABLES.values():
        connection.execute(ddl(table))
    seed.fill(connection, number, transactions)
    return connection


def made(number, transactions=seed.TRANSACTIONS):
    """Every table's rows in the world of that seed."""
    with closing(filled(number, transactions)) as connection:
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
            for name, table in TABLES.items()
            if table.view is None
        }


@pytest.fixture(scope="module", params=[1, 7], ids=lambda number: f"seed {number}")
def world(request):
    return made(request.param)


def day(stored) -> date:
    return date.fromisoformat(stored[:10])


def test_the_same_seed_makes_the_same_world_and_another_another():
    assert made(3, 200) == made(3, 200)
    assert made(3, 200) != made(4, 200)


def test_it_is_a_mid_size_distributor(world):
    sizes = {name: len(rows) for name, rows in world.items()}
    assert (sizes["vendor"], sizes["customer"], sizes["transaction"]) == (60, 250, 1500)
    assert sizes["item"] >= 400
    assert Counter(row["type"] for row in world["transaction"]).keys() == {
        "SalesOrd", "CustInvc", "PurchOrd", "VendBill", "Journal",
    }  # fmt: skip


@pytest.mark.parametrize("transactions", [0, 1, 30, 4000])
def test_the_world_scales_with_its_transactions(transactions):
    with closing(filled(1, transactions)) as connection:

        def count(table, where="TRUE"):
            query = f'SELECT count(*) FROM "{table}" WHERE {where}'
            return connection.execute(query).fetchone()[0]

        assert count("transaction") == transactions
        assert count("vendor", "id = 42") == 1
        assert count("customer") == max(20, transactions // 6)


def test_every_key_is_unique(world):
    for name, rows in world.items():
        keys = [tuple(row[column] for column in TABLES[name].key) for row in rows]
        assert len(set(keys)) == len(keys), name


def test_every_reference_and_code_resolves(world):
    present = {name: {row[TABLES[name].key[0]] for row in rows} for name, rows in world.items()}
    people = ("customer", "vendor", "employee", "contact")
    present["entity"] = set().union(*(present[name] for name in people))
    for name, rows in world.items():
        for column in TABLES[name].columns.values():
            values = {row.get(column.name) for row in rows} - {None}
            if column.target:
                assert column.target in present, (name, column.name)
                assert values <= present[column.target], (name, column.name)
            elif column.choices and "/" not in column.choices:
                assert values <= set(CHOICES[column.choices]), (name, column.name)


def test_every_status_has_its_words(world):
    for row in world["transaction"]:
        assert f"{row['type']}/{row['status']}" in CHOICES["transactionstatus"]


def test_people_and_companies_share_one_sequence_of_ids(world):
    names = ("employee", "vendor", "customer", "contact")
    ids = [row["id"] for name in names for row in world[name]]
    assert sorted(ids) == list(range(1, len(ids) + 1))


def test_vendor_42_is_acme_at_ten(world):
    (acme,) = [row for row in world["vendor"] if row["id"] == 42]
    assert (acme["companyname"], acme["cost"]) == ("Acme Industrial Supply", 10.0)


def test_totals_are_what_the_lines_add_up_to(world):
    lines = defaultdict(list)
    for line in world["transactionline"]:
        lines[line["transaction"]].append(line)
    for row in world["transaction"]:
        own = lines[row["id"]]
        assert round(sum(line["foreignamount"] for line in own), 2) == 0
        main = [line for line in own if line["mainline"] == "T"]
        if row["type"] == "Journal":
            assert main == []
            continue
        assert [line["foreignamount"] for line in main] == [row["foreigntotal"]]
        assert (row["foreigntotal"] > 0) == (row["type"] in ("SalesOrd", "CustInvc"))
        for line in own:
            if line["mainline"] == "F":
                assert line["foreignamount"] == round(line["quantity"] * line["rate"], 2)


def test_due_dates_follow_from_terms(world):
    days = {row["id"]: row["daysuntilnetdue"] for row in world["term"]}
    for row in world["transaction"]:
        if row["type"] in ("CustInvc", "VendBill"):
            due = day(row["trandate"]) + timedelta(days=days[row["terms"]])
            assert day(row["duedate"]) == due


def test_nothing_happens_after_the_epoch_nor_trade_before_its_two_years(world):
    for name, rows in world.items():
        for row in rows:
            for column in ("trandate", "createddate", "datecreated", "lastmodifieddate"):
                if row.get(column):
                    assert day(row[column]) <= EPOCH, (name, column)
    first = min(day(row["trandate"]) for row in world["transaction"])
    assert EPOCH - timedelta(days=730) <= first
    assert all(day(row["trandate"]).weekday() < 5 for row in world["transaction"])


def test_nothing_was_touched_before_it_was_made(world):
    for name, rows in world.items():
        born = TABLES[name].born
        if born and TABLES[name].stamp:
            assert all(row[born] <= row[TABLES[name].stamp] for row in rows), name


def test_posting_periods_hold_their_dates(world):
    periods = {row["id"]: row for row in world["accountingperiod"]}
    for row in world["transaction"]:
        if row["posting"] == "T":
            period = periods[row["postingperiod"]]
            assert period["startdate"] <= row["trandate"] <= period["enddate"]
            assert period["isposting"] == "T"


def test_prices_are_above_cost_at_every_level(world):
    cost = {row["id"]: row["cost"] for row in world["item"]}
    assert all(row["price"] > cost[row["item"]] for row in world["itemprice"])
    assert all(row["purchaseprice"] == cost[row["item"]] for row in world["itemvendor"])


def test_stock_levels_make_sense(world):
    stock = defaultdict(float)
    for row in world["inventoryitemlocations"]:
        stock[row["item"]] += row["quantityonhand"]
        assert row["quantityavailable"] + row["quantitycommitted"] == row["quantityonhand"]
    for row in world["item"]:
        assert 0 < row["reorderpoint"] < row["preferredstocklevel"]
        assert row["quantityonhand"] == stock[row["id"]]


def test_mail_addresses_agree_with_names(world):
    companies = {row["id"]: row["companyname"] for row in (*world["vendor"], *world["customer"])}
    for row in (*world["vendor"], *world["customer"]):
        assert row["email"].endswith("@" + domain(row["companyname"]))
    for row in world["contact"]:
        assert row["email"].endswith("@" + domain(companies[row["company"]]))
        assert row["email"].isascii()


def test_names_are_different_and_some_are_awkward(world):
    for name in ("vendor", "customer"):
        names = [row["entityid"] for row in world[name]]
        assert len(set(names)) == len(names)
    everything = " ".join(row["companyname"] for row in (*world["vendor"], *world["customer"]))
    assert "'" in everything
    assert "&" in everything
    assert not everything.isascii()


def test_what_is_owed_is_what_is_open(world):
    unpaid = defaultdict(float)
    for row in world["transaction"]:
        unpaid[row.get("entity")] += row.get("foreignamountunpaid") or 0
    for row in world["customer"]:
        assert row["balancesearch"] == round(unpaid[row["id"]], 2)
        assert 0 <= row["overduebalancesearch"] <= row["balancesearch"]
    for row in world["vendor"]:
        assert row["balance"] == round(unpaid[row["id"]], 2)


def test_every_record_type_stands_on_a_table_whose_key_is_its_id():
    for kind in RECORD_TYPES.values():
        assert TABLES[kind.table].key == ("id",)
        for group in kind.mandatory:
            assert set(group) <= set(TABLES[kind.table].columns)
