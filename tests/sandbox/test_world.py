"""The account agrees with itself, table by table, whether it is small or made of copies."""

import sqlite3

import pytest

from nsconsole.sandbox import seed
from nsconsole.sandbox.schema import Kind, ddl
from nsconsole.sandbox.seed.growth import Growth
from nsconsole.sandbox.tables import TABLES

GROWN = 9001


@pytest.fixture(scope="module", autouse=True)
def _small_base():
    """Copies of everything without the rows that it takes otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seed, "LARGEST_BASE", seed.TRANSACTIONS)
        yield


def filled(number, transactions, progress=lambda done, total: None):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for table in TABLES.values():
        connection.execute(ddl(table))
    seed.fill(connection, number, transactions, progress)
    return connection


@pytest.fixture(scope="module", params=[seed.TRANSACTIONS, GROWN], ids=["small", "grown"])
def world(request):
    connection = filled(1, request.param)
    # The core's own indexes are made later; these are what the questions below need.
    connection.execute('CREATE INDEX line_owner ON transactionline ("transaction")')
    connection.execute("CREATE INDEX book_owner ON customeraddressbook (entity)")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def small():
    connection = filled(1, seed.TRANSACTIONS)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def grown():
    connection = filled(1, GROWN)
    yield connection
    connection.close()


def one(world, query, *values):
    (value,) = world.execute(query, values).fetchone()
    return value


def disagreeing(world, query):
    """The first rows of a query that must have none; there must be something to agree."""
    return world.execute(f"{query} LIMIT 3").fetchall()


def test_lines_add_up_to_nothing_and_the_main_line_is_the_total(world):
    assert (
        disagreeing(
            world,
            """SELECT head.id, round(sum(foreignamount), 2), round(sum(line.netamount), 2)
           FROM "transaction" AS head JOIN transactionline AS line ON line."transaction" = head.id
           GROUP BY head.id HAVING abs(round(sum(foreignamount), 2)) > 0.001
              OR abs(round(sum(line.netamount), 2)) > 0.001""",
        )
        == []
    )
    assert disagreeing(
        world,
        """SELECT head.id FROM "transaction" AS head LEFT JOIN transactionline AS line
           ON line."transaction" = head.id AND line.mainline = 'T'
           WHERE head.type <> 'Journal' AND line.foreignamount IS NOT head.foreigntotal""",
    ) == []  # fmt: skip
    assert one(
        world,
        """SELECT count(*) FROM "transaction" WHERE id NOT IN
           (SELECT "transaction" FROM transactionline WHERE mainline = 'F')""",
    ) == 0  # fmt: skip


def test_the_books_balance_by_transaction_and_say_what_the_lines_say(world):
    assert disagreeing(
        world,
        """SELECT "transaction" FROM transactionaccountingline GROUP BY 1
           HAVING abs(sum(coalesce(debit, 0)) - sum(coalesce(credit, 0))) > 0.005
              OR abs(sum(amount)) > 0.005""",
    ) == []  # fmt: skip
    assert disagreeing(
        world,
        """SELECT * FROM transactionaccountingline AS booked JOIN transactionline AS line
           ON line."transaction" = booked."transaction" AND line.id = booked.transactionline
           JOIN "transaction" AS head ON head.id = booked."transaction"
           WHERE booked.amount IS NOT line.netamount OR booked.account IS NULL
              OR booked.accounttype IS NULL OR booked.posting IS NOT head.posting""",
    ) == []  # fmt: skip
    assert one(world, "SELECT count(*) FROM transactionaccountingline") == one(
        world, "SELECT count(*) FROM transactionline"
    )
    assert "lastmodifieddate" not in TABLES["transactionaccountingline"].columns


def test_what_is_sold_goes_to_income_and_what_is_bought_to_stock(world):
    kinds = world.execute(
        """SELECT DISTINCT head.type, booked.accounttype FROM transactionaccountingline AS booked
           JOIN "transaction" AS head ON head.id = booked."transaction"
           WHERE head.type IN ('CustInvc', 'VendBill') ORDER BY 1, 2"""
    ).fetchall()
    assert kinds == [
        ("CustInvc", "AcctRec"), ("CustInvc", "Income"),
        ("VendBill", "AcctPay"), ("VendBill", "OthCurrAsset"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("party", "column", "kind"),
    [("customer", "balancesearch", "CustInvc"), ("vendor", "balance", "VendBill")],
)
def test_balances_are_what_is_open(world, party, column, kind):
    assert disagreeing(
        world,
        f"""SELECT party.id FROM {party} AS party LEFT JOIN (
                SELECT entity, sum(foreignamountunpaid) AS unpaid FROM "transaction"
                WHERE type = '{kind}' GROUP BY entity) AS owed ON owed.entity = party.id
            WHERE abs(party.{column} - coalesce(owed.unpaid, 0)) > 0.005""",
    ) == []  # fmt: skip
    assert disagreeing(
        world,
        f"""SELECT its.id FROM {party}subsidiaryrelationship AS its JOIN {party} AS party
            ON party.id = its.entity WHERE its.balance <> party.{column}""",
    ) == []  # fmt: skip
    assert one(world, f"SELECT sum({column}) FROM {party}") > 0
    assert one(world, "SELECT sum(overduebalancesearch <= balancesearch) FROM customer") == one(
        world, "SELECT count(*) FROM customer"
    )


def test_stock_is_the_sum_of_its_warehouses_and_they_of_their_bins(world):
    assert disagreeing(
        world,
        """SELECT stock.item FROM inventoryitemlocations AS stock LEFT JOIN (
               SELECT item, location, sum(quantityonhand) AS onhand,
                      sum(quantityavailable) AS available, count(*) AS bins
               FROM inventorybalance GROUP BY item, location) AS held USING (item, location)
           WHERE held.onhand IS NOT stock.quantityonhand
              OR held.available IS NOT stock.quantityavailable OR held.bins < 2""",
    ) == []  # fmt: skip
    assert disagreeing(
        world,
        """SELECT item.id FROM item LEFT JOIN (
               SELECT item, sum(quantityonhand) AS onhand, sum(quantityavailable) AS available,
                      sum(quantityonorder) AS ordered FROM aggregateitemlocation GROUP BY item
           ) AS stock ON stock.item = item.id
           WHERE stock.onhand IS NOT item.quantityonhand
              OR stock.available IS NOT item.quantityavailable
              OR stock.ordered IS NOT item.quantityonorder
              OR item.quantitycommitted IS NOT item.quantityonhand - item.quantityavailable""",
    ) == []  # fmt: skip
    assert disagreeing(
        world,
        """SELECT * FROM inventorybalance AS held JOIN bin ON bin.id = held.binnumber
           WHERE bin.location <> held.location OR held.quantityavailable < 0
              OR held.quantityavailable > held.quantityonhand""",
    ) == []  # fmt: skip


def test_lots_hold_what_their_items_do(world):
    assert one(world, "SELECT count(*) FROM inventorynumber") > 10
    assert disagreeing(
        world,
        """SELECT lot.id FROM inventorynumber AS lot JOIN item ON item.id = lot.item
           WHERE item.islotitem <> 'T' OR lot.quantityonhand <> item.quantityonhand
              OR lot.quantityonhand <> (SELECT sum(quantityonhand) FROM inventorynumberlocation
                                        WHERE inventorynumber = lot.id)""",
    ) == []  # fmt: skip
    assert disagreeing(
        world,
        """SELECT gone.id FROM inventoryassignment AS gone
           LEFT JOIN transactionline AS line ON line."transaction" = gone."transaction"
               AND line.id = gone.transactionline
           LEFT JOIN inventorynumber AS lot ON lot.id = gone.inventorynumber
           WHERE line.quantity IS NOT gone.quantity OR line.item IS NOT lot.item""",
    ) == []  # fmt: skip


def test_an_assembly_has_the_members_of_its_bill_of_materials(world):
    of_item = "SELECT parentitem, item, quantity FROM itemmember ORDER BY 1, 2"
    of_bom = """SELECT assembly, member.item, member.quantity FROM assemblyitembom
                JOIN bomrevisioncomponentmember AS member ON member.bomrevision = currentrevision
                ORDER BY 1, 2"""
    members = world.execute(of_item).fetchall()
    assert members == world.execute(of_bom).fetchall()
    assert len(members) > 20
    assert disagreeing(
        world,
        """SELECT item.id FROM item JOIN (
               SELECT parentitem, sum(itemmember.quantity * part.cost) AS parts FROM itemmember
               JOIN item AS part ON part.id = itemmember.item GROUP BY 1) ON parentitem = item.id
           WHERE abs(item.cost - parts) > 0.01""",
    ) == []  # fmt: skip


def test_prices_are_percentages_of_the_base_price(world):
    assert disagreeing(
        world,
        """SELECT pricing.internalid FROM pricing JOIN item ON item.id = pricing.item
           JOIN pricelevel ON pricelevel.id = pricing.pricelevel
           WHERE abs(pricing.unitprice
                     - item.baseprice * (1 + pricelevel.discountpct / 100)) > 0.0051""",
    ) == []  # fmt: skip
    assert disagreeing(
        world,
        """SELECT line.uniquekey FROM transactionline AS line JOIN pricing
           ON pricing.item = line.item AND pricing.pricelevel = line.price
           WHERE abs(line.rate - pricing.unitprice) > 0.0101""",
    ) == []  # fmt: skip


def test_invoices_and_bills_stem_from_earlier_orders_of_the_same_party(world):
    count = one(world, "SELECT count(*) FROM nexttransactionlink")
    assert count > 200
    assert disagreeing(
        world,
        """SELECT * FROM previoustransactionlink AS link
           LEFT JOIN "transaction" AS before ON before.id = link.previousdoc
           LEFT JOIN "transaction" AS after ON after.id = link.nextdoc
           WHERE before.id IS NULL OR after.id IS NULL OR before.entity <> after.entity
              OR before.trandate > after.trandate OR before.type <> link.previoustype
              OR after.type <> link.nexttype OR before.status <> 'G'""",
    ) == []  # fmt: skip
    assert disagreeing(
        world,
        """SELECT * FROM nexttransactionlinelink AS link
           LEFT JOIN transactionline AS before ON before."transaction" = link.previousdoc
               AND before.id = link.previousline
           LEFT JOIN transactionline AS after ON after."transaction" = link.nextdoc
               AND after.id = link.nextline
           WHERE before.item IS NOT after.item OR after.createdfrom IS NOT link.previousdoc
              OR after.id IS NULL OR abs(after.foreignamount) <> link.foreignamount""",
    ) == []  # fmt: skip
    stemming = one(
        world, 'SELECT count(DISTINCT "transaction") FROM transactionline WHERE createdfrom'
    )
    assert stemming == count


def test_profits_are_what_the_lines_earn(world):
    assert disagreeing(
        world,
        """SELECT head.id FROM "transaction" AS head JOIN (
               SELECT "transaction" AS owner, sum(estgrossprofit) AS profit,
                      sum(costestimate) AS cost FROM transactionline WHERE quantity < 0
               GROUP BY 1) AS earned ON owner = head.id
           WHERE abs(head.estgrossprofit - profit) > 0.011
              OR abs(head.totalcostestimate - cost) > 0.011""",
    ) == []  # fmt: skip
    assert one(world, "SELECT sum(estgrossprofit) FROM transactionline") > 0


def test_every_reference_leads_somewhere(world):
    for table in TABLES.values():
        for column in table.references:
            if table.view or column.target == "entity":
                continue
            key = TABLES[column.target].key[0]
            missing = disagreeing(
                world,
                f"""SELECT "{column.name}" FROM "{table.name}" WHERE "{column.name}" IS NOT NULL
                    AND "{column.name}" NOT IN (SELECT "{key}" FROM "{column.target}")""",
            )
            assert missing == [], (table.name, column.name)
    for table, column in (("transaction", "entity"), ("contact", "company"),
                          ("transactionline", "entity"), ("entitynote", "entity")):  # fmt: skip
        assert disagreeing(
            world,
            f'SELECT {column} FROM "{table}" WHERE {column} NOT IN (SELECT id FROM entity)',
        ) == []  # fmt: skip


def test_every_address_is_where_its_owner_says(world):
    for owner in ("customer", "vendor", "employee"):
        assert disagreeing(
            world,
            f"""SELECT owner.id FROM {owner} AS owner
                LEFT JOIN {owner}addressbook AS book ON book.entity = owner.id
                LEFT JOIN entityaddress AS address ON address.nkey = book.addressbookaddress
                WHERE address.addressee IS NOT coalesce(owner.{'entityid' if owner == 'employee'
                    else 'companyname'}, owner.entityid)
                   OR owner.defaultbillingaddress IS NOT address.nkey
                   OR address.addrtext NOT LIKE address.addressee || char(10) || '%'""",
        ) == []  # fmt: skip
    assert disagreeing(
        world,
        """SELECT customer.id FROM customer JOIN entityaddress
           ON nkey = defaultshippingaddress WHERE shipstate IS NOT state OR shipcity IS NOT city""",
    ) == []  # fmt: skip
    assert one(world, "SELECT count(*) FROM entityaddress") == one(
        world, "SELECT count(DISTINCT nkey) FROM entityaddress"
    )
    assert disagreeing(
        world,
        """SELECT head.id FROM "transaction" AS head LEFT JOIN customer
           ON customer.id = head.entity
           WHERE head.billingaddress IS NOT NULL
             AND customer.defaultbillingaddress IS NOT head.billingaddress""",
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column"),
    [("transaction", "tranid"), ("transaction", "transactionnumber"), ("customer", "entityid"),
     ("vendor", "entityid"), ("item", "itemid"), ("transactionline", "uniquekey"),
     ("inventorynumber", "inventorynumber"), ("customer", "accountnumber")],
)  # fmt: skip
def test_no_two_rows_have_the_same_name(world, table, column):
    count, different = world.execute(
        f'SELECT count(*), count(DISTINCT "{column}") FROM "{table}"'
    ).fetchone()
    assert count == different > 0


def test_nothing_was_touched_before_it_was_made_nor_after_the_epoch(world):
    for table in TABLES.values():
        if table.view is None and table.born and table.stamp:
            wrong = f"{table.born} > {table.stamp} OR {table.stamp} > '2026-11-21'"
            assert disagreeing(world, f'SELECT * FROM "{table.name}" WHERE {wrong}') == []
    assert disagreeing(
        world,
        """SELECT line.uniquekey FROM transactionline AS line
           JOIN "transaction" AS head ON head.id = line."transaction"
           WHERE line.linelastmodifieddate <> head.lastmodifieddate
              OR line.linecreateddate <> head.createddate""",
    ) == []  # fmt: skip


def test_ids_rise_with_the_days(world):
    days = [day for (day,) in world.execute('SELECT trandate FROM "transaction" ORDER BY id')]
    assert days == sorted(days)


def test_lines_of_a_transaction_stand_together(world):
    assert disagreeing(
        world,
        """SELECT "transaction" FROM transactionline GROUP BY 1
           HAVING max(uniquekey) - min(uniquekey) + 1 <> count(*)""",
    ) == []  # fmt: skip


def test_vendor_42_is_acme_at_ten(world):
    acme = world.execute("SELECT entityid, cost FROM vendor WHERE id = 42").fetchone()
    assert acme == ("Acme Industrial Supply", 10.0)


KNOWN = {
    "item": ("itemid, cost, baseprice", {
        103: ("PWR-1000", 64.0, 91.85), 104: ("ABR-1000", 11.0, 19.68),
        105: ("SAF-1000", 3.1, 5.35), 108: ("MAT-1000", 9.8, 17.64),
        164: ("ABR-1006", 13.84, 23.19),
    }),
    "customer": ("entityid, creditlimit, terms", {
        76: ("Monarch Transit Authority", 15_000.0, 2),
        79: ("Larkspur Water District", 20_000.0, 2),
        81: ("Rossi & Sons Foods", 10_000.0, 3), 83: ("Zhang & Sons Stamping", 100_000.0, 1),
        84: ("Diaz & Núñez HVAC", 40_000.0, 1),
    }),
    "vendor": ("entityid, cost, terms", {
        14: ("Apex Tool Works", 150.33, 2), 15: ("Arrowhead Power Tools", 230.42, 2),
        16: ("Atlas Abrasives", 139.26, 2), 19: ("Beacon Electric", 215.95, 4),
        42: ("Acme Industrial Supply", 10.0, 3),
    }),
    "contact": ("entityid, title, company", {
        323: ("Emeka Rinaldi", "Accounts Receivable", 13),
        326: ("Keiko Chen", "Account Manager", 16),
    }),
    "transaction": ("tranid, entity, foreigntotal", {
        1: ("BILL10001", 21, -3520.7), 1500: ("PO11500", 23, -1328.0),
    }),
}  # fmt: skip


@pytest.mark.parametrize("table", KNOWN)
def test_rows_that_demonstrations_rely_on_stay_as_they_are(small, table):
    columns, expected = KNOWN[table]
    found = small.execute(f'SELECT id, {columns} FROM "{table}"').fetchall()
    assert {number: tuple(row) for number, *row in found if number in expected} == expected


def test_chance_falls_the_same_way_as_ever(small):
    total = one(small, 'SELECT round(sum(foreigntotal), 2) FROM "transaction"')
    assert (total, one(small, "SELECT count(*) FROM transactionline")) == (-70_880.17, 5832)


def test_fields_are_filled_as_differently_as_in_life(small):
    rates = []
    for table in TABLES.values():
        if table.view is None and (count := one(small, f'SELECT count(*) FROM "{table.name}"')):
            counts = ", ".join(f'count("{name}")' for name in table.columns)
            found = small.execute(f'SELECT {counts} FROM "{table.name}"').fetchone()
            rates.extend(each / count for each in found)
    assert sum(rate == 0 for rate in rates) > 300
    assert sum(0 < rate < 0.1 for rate in rates) > 20
    assert sum(0.1 <= rate < 1 for rate in rates) > 100
    assert sum(rate == 1 for rate in rates) > 500


def test_values_are_of_their_columns_kind(small):
    kinds = {
        Kind.BOOLEAN: "IN ('T', 'F')",
        Kind.DATE: "GLOB '????-??-?? 00:00:00'",
        Kind.DATETIME: "GLOB '????-??-?? ??:??:??'",
    }
    for table in TABLES.values():
        for column in table.columns.values():
            if column.kind in kinds:
                name = f'"{column.name}"'
                wrong = f"{name} IS NOT NULL AND NOT {name} {kinds[column.kind]}"
                found = disagreeing(small, f'SELECT {name} FROM "{table.name}" WHERE {wrong}')
                assert found == [], (table.name, column.name)


def test_some_of_the_past_is_on_record(small):
    kinds = {kind for (kind,) in small.execute("SELECT DISTINCT type FROM deletedrecord")}
    assert len(kinds) > 3
    assert one(small, "SELECT count(*) FROM systemnote") > 50
    assert disagreeing(
        small,
        """SELECT note.id FROM systemnote AS note LEFT JOIN "transaction" AS head
           ON head.id = note.recordid WHERE head.trandisplayname IS NOT note.record""",
    ) == []  # fmt: skip


def test_a_grown_world_has_as_many_transactions_as_wanted_and_fewer_of_the_rest(grown, small):
    assert one(grown, 'SELECT count(*) FROM "transaction"') == GROWN
    assert one(grown, 'SELECT max(id) FROM "transaction"') == GROWN
    times = GROWN / seed.TRANSACTIONS
    assert Growth.to(GROWN, largest_base=seed.TRANSACTIONS).masters > 1
    for table in ("customer", "vendor", "item"):
        before, after = (one(each, f"SELECT count(*) FROM {table}") for each in (small, grown))
        assert before < after < before * times
    assert one(grown, "SELECT count(*) FROM employee") == 12


def test_a_grown_world_is_the_same_for_the_same_seed():
    def digest(number):
        world = filled(number, 1600)
        try:
            return world.execute(
                """SELECT sum(foreigntotal * id), group_concat(tranid) FROM "transaction" """
            ).fetchall()
        finally:
            world.close()

    assert digest(2) == digest(2)


@pytest.mark.parametrize("wanted", [6001, 12_000, 1_000_000, 5_000_000])
def test_a_growth_reaches_what_is_wanted_from_a_base_that_memory_holds(wanted):
    growth = Growth.to(wanted, largest_base=6000)
    assert growth.base <= 6000
    assert wanted <= growth.base * growth.times < wanted + growth.times
    assert growth.masters <= growth.times


def test_progress_goes_up_to_the_end():
    told = []
    filled(1, 7000, lambda done, total: told.append((done, total))).close()
    assert told == sorted(told)
    assert told[-1] == (7000, 7000)
