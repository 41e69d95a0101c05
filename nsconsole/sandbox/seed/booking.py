"""The transactions and their lines on their way into the books.

What Python has made is put aside, narrow, and goes into the wide tables in one statement each: with
the columns that follow from others, and with the order that an invoice or bill stems from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import affinity, quote
from nsconsole.sandbox.seed.inserting import column_names, insert
from nsconsole.sandbox.seed.parties import BUYER
from nsconsole.sandbox.seed.setup import CHOICES, EPOCH, PAYABLES, RECEIVABLES, stamp
from nsconsole.sandbox.seed.widening import some
from nsconsole.sandbox.tables import TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from nsconsole.sandbox.seed.setup import Row

_TODAY = f"'{stamp(EPOCH)}'"
_DAYS_SINCE = f"CAST(julianday({_TODAY}) - julianday({{0}}) AS INTEGER)"
_SALE = "type IN ('SalesOrd', 'CustInvc')"
_OPEN = "foreignamountunpaid > 0"
_CUSTOM_FORMS = {"SalesOrd": 68, "CustInvc": 94, "PurchOrd": 98, "VendBill": 50, "Journal": 30}
_RECORDS = {
    "SalesOrd": "'salesorder'",
    "CustInvc": "'invoice'",
    "PurchOrd": "'purchaseorder'",
    "VendBill": "'vendorbill'",
    "Journal": "'journalentry'",
}
_ABBREVIATIONS = {
    "SalesOrd": "'SALESORD'",
    "CustInvc": "'INV'",
    "PurchOrd": "'PURCHORD'",
    "VendBill": "'BILL'",
    "Journal": "'GENJRNL'",
}
_TITLES = {kind: f"'{words} #' || tranid" for kind, words in CHOICES["transactiontype"].items()}


def _when(condition: str, value: str, otherwise: str = "NULL") -> str:
    return f"CASE WHEN {condition} THEN {value} ELSE {otherwise} END"


def _of_type(values: Mapping[str, object]) -> str:
    cases = " ".join(f"WHEN '{kind}' THEN {value}" for kind, value in values.items())
    return f"CASE type {cases} END"


_NO = "'F'"
_HEAD_COLUMNS = {
    "transactionnumber": "CAST(20000 + id AS TEXT)",
    "recordtype": _of_type(_RECORDS),
    "abbrevtype": _of_type(_ABBREVIATIONS),
    "trandisplayname": _of_type(_TITLES),
    "posting": _when("type IN ('CustInvc', 'VendBill', 'Journal')", "'T'", _NO),
    "createdby": str(BUYER),
    "lastmodifiedby": str(BUYER),
    "typebaseddocumentnumber": "tranid",
    "number": "10000 + id",
    "customtype": "-1",
    "customform": _of_type(_CUSTOM_FORMS),
    "source": some(5, 1, "'CSV'"),
    "message": _when(_SALE, some(4, 2, "'Thank you for your order'")),
    "email": _when(_SALE, some(30, 3, "'ap' || entity || '@customers.example'")),
    "daysopen": _when(_OPEN, _DAYS_SINCE.format("trandate")),
    "daysoverduesearch": _when(f"{_OPEN} AND duedate < {_TODAY}", _DAYS_SINCE.format("duedate")),
    "billingstatus": _when("type = 'SalesOrd' AND status = 'F'", "'T'", _NO),
    "actualshipdate": _when(
        "type = 'SalesOrd' AND status IN ('F', 'G')", "datetime(trandate, '+3 days')"
    ),
    "ordreceived": _when("type = 'PurchOrd'", _when("status = 'G'", "'T'", _NO)),
    "printedpickingticket": _when("type = 'SalesOrd'", _when("status = 'B'", _NO, "'T'")),
    "shipcomplete": _when(_SALE, _NO),
    "shipcarrier": _when(_SALE, "'nonups'"),
    "shipmethod": _when(_SALE, "1 + id % 4"),
    "linkedtrackingnumberlist": _when(
        "type = 'CustInvc'", some(40, 4, "printf('1Z%012d', id * 7919)")
    ),
    "paymenthold": _when("type = 'VendBill'", _NO),
    "amountunbilled": _when("type = 'SalesOrd' AND status IN ('B', 'F')", "foreigntotal", "0.0"),
    "nexus": "CASE currency WHEN 2 THEN 3 ELSE 1 END",
    "legacytax": "'T'",
    "visibletocustomer": _when(_SALE, "'T'", _NO),
    "journaltype": _when("type = 'Journal'", "'-'"),
    "reversaldefer": _when("type = 'Journal'", _NO),
    "includeinforecast": "'T'",
    "nextapprover": _when("status = 'D'", "8"),
    "incoterm": some(1, 5, "1"),
    "totalcostestimate": "linecost",
    "estgrossprofit": "round(linesold - linecost, 2)",
    "estgrossprofitpercent": "round((linesold - linecost) / linesold, 4)",
    **dict.fromkeys(
        ("voided", "ordpicked", "tobeprinted", "void", "isfinchrg", "isreversal", "memorized",
         "openingbalancetransaction"),
        _NO,
    ),
}  # fmt: skip
_SOLD = "quantity < 0"
_ORDER_LINE = "ordertype IN ('SalesOrd', 'PurchOrd') AND item IS NOT NULL"
_COST = "round(-quantity * itemcost, 2)"
_DUE_LINE = "mainline = 'T' AND ordertype IN ('CustInvc', 'VendBill')"
_LINE_COLUMNS = {
    "linesequencenumber": "id",
    "itemtype": "itemkind",
    "accountinglinetype": "CASE WHEN expenseaccount IS NOT NULL THEN "
    f"CASE expenseaccount WHEN {RECEIVABLES} THEN 'ACCOUNTSRECEIVABLE' "
    f"WHEN {PAYABLES} THEN 'ACCOUNTSPAYABLE' END "
    "WHEN quantity < 0 THEN 'INCOME' ELSE 'ASSET' END",
    "entity": "party",
    "subsidiary": "CASE currency WHEN 2 THEN 2 ELSE 1 END",
    "memo": "coalesce(itemname, CASE ordertype WHEN 'Journal' THEN ordermemo END)",
    "units": "itemunit",
    "class": "itemclass",
    "location": _when("item IS NOT NULL", "1"),
    "department": _when("item IS NOT NULL", _when(_SOLD, "2", "3")),
    "linecreateddate": "born",
    "linelastmodifieddate": "touched",
    "createdfrom": "ordered",
    "hasfulfillableitems": _when("mainline = 'T'", "'T'", _NO),
    "transactionlinetype": _when("item IS NOT NULL", "'ITEM'"),
    "commitinventory": _when(_SOLD, "1"),
    "requestnote": some(2, 1, "'Cut to length'", "uniquekey"),
    "costestimatetype": _when(_SOLD, "'AVGCOST'"),
    "costestimaterate": _when(_SOLD, "itemcost"),
    "costestimate": _when(_SOLD, _COST),
    "costestimatebase": _when(_SOLD, _COST),
    "estgrossprofit": _when(_SOLD, f"round(-netamount - {_COST}, 2)"),
    "estgrossprofitpercent": _when(_SOLD, f"round((-netamount - {_COST}) / -netamount, 4)"),
    "quantitybilled": _when(_ORDER_LINE, _when("orderstatus = 'G'", "abs(quantity)", "0.0")),
    "quantityshiprecv": _when(_ORDER_LINE, _when("orderstatus = 'B'", "0.0", "abs(quantity)")),
    "quantitybackordered": _when(_ORDER_LINE, "0.0"),
    "quantitycommitted": _when(f"{_ORDER_LINE} AND orderstatus = 'B' AND {_SOLD}", "-quantity"),
    "foreignamountpaid": _when(_DUE_LINE, "paid"),
    "foreignamountunpaid": _when(_DUE_LINE, "unpaid"),
    "duedate": _when(_DUE_LINE, "due"),
    "closedate": _when(_DUE_LINE, "closed"),
    **dict.fromkeys(
        ("isinventoryaffecting", "fulfillable", "matchbilltoreceipt"),
        _when("item IS NULL", _NO, "'T'"),
    ),
    **dict.fromkeys(
        ("taxline", "isclosed", "blandedcost", "cleared", "iscogs", "isfxvariance",
         "isrevrectransaction", "iscustomglline", "isfullyshipped", "kitcomponent",
         "transactiondiscount", "donotdisplayline", "dropship", "specialorder",
         "processedbyrevcommit", "eliminate", "landedcostperline"),
        _NO,
    ),
}  # fmt: skip
_ORDERED = """
    CREATE TEMP TABLE stemming AS
    SELECT id, max(CASE WHEN type IN ('SalesOrd', 'PurchOrd') AND status = 'G' THEN id END)
                   OVER (PARTITION BY entity ORDER BY id) AS ordered
    FROM temp.made_transaction WHERE entity IS NOT NULL
"""
_PROFITS = f"""
    CREATE TEMP TABLE profit AS
    SELECT line."transaction" AS id, round(sum({_COST}), 2) AS linecost,
           -sum(line.netamount) AS linesold
    FROM temp.made_transactionline AS line
    CROSS JOIN (SELECT id AS itemid, cost AS itemcost FROM item) ON itemid = line.item
    WHERE {_SOLD} GROUP BY 1
"""  # noqa: S608 - constants above
_HEADS = "temp.made_transaction LEFT JOIN temp.profit USING (id)"
_LINES = """
    temp.made_transactionline
    JOIN (SELECT made.id AS headid, type AS ordertype, status AS orderstatus, duedate AS due,
                 closedate AS closed, foreignamountpaid AS paid, foreignamountunpaid AS unpaid,
                 memo AS ordermemo, entity AS party, currency, createddate AS born,
                 lastmodifieddate AS touched,
                 CASE WHEN type IN ('CustInvc', 'VendBill') THEN ordered END AS ordered
          FROM temp.made_transaction AS made LEFT JOIN temp.stemming ON stemming.id = made.id)
      ON headid = "transaction"
    LEFT JOIN (SELECT id AS itemid, cost AS itemcost, itemtype AS itemkind, stockunit AS itemunit,
                      class AS itemclass, displayname AS itemname FROM item) ON itemid = item
"""
_LINKS = (
    """INSERT INTO nexttransactionlink
           (previousdoc, previoustype, nextdoc, nexttype, linktype, foreignamount,
            lastmodifieddate)
       SELECT ordered, CASE type WHEN 'CustInvc' THEN 'SalesOrd' ELSE 'PurchOrd' END, made.id,
              type, 'OrdBill', abs(foreigntotal), lastmodifieddate
       FROM temp.made_transaction AS made JOIN temp.stemming ON stemming.id = made.id
       WHERE type IN ('CustInvc', 'VendBill') AND ordered IS NOT NULL""",
    """INSERT INTO nexttransactionlinelink
           (previousdoc, previousline, previoustype, nextdoc, nextline, nexttype, linktype,
            foreignamount, discount, lastmodifieddate)
       SELECT link.previousdoc, before.id, link.previoustype, link.nextdoc, after.id,
              link.nexttype, link.linktype, abs(after.foreignamount), 'F', link.lastmodifieddate
       FROM nexttransactionlink AS link
       CROSS JOIN temp.made_transactionline AS before ON before."transaction" = link.previousdoc
       CROSS JOIN temp.made_transactionline AS after ON after."transaction" = link.nextdoc
       WHERE after.item IS before.item AND after.mainline = before.mainline""",
)
_STAGES = ("made_transaction", "made_transactionline", "stemming", "profit")


def book(connection: sqlite3.Connection, heads: list[Row], lines: list[Row]) -> None:
    """Add transactions, their lines and the links between them; the items are already there."""
    if not heads:
        return
    _put_aside(connection, "transaction", heads)
    _put_aside(connection, "transactionline", lines)
    connection.execute('CREATE INDEX temp.made_owner ON made_transactionline ("transaction")')
    connection.execute(_ORDERED)
    connection.execute(_PROFITS)
    _insert(connection, "transaction", column_names(heads), _HEAD_COLUMNS, _HEADS)
    _insert(connection, "transactionline", column_names(lines), _LINE_COLUMNS, _LINES)
    for statement in _LINKS:
        connection.execute(statement)
    for stage in _STAGES:
        connection.execute(f"DROP TABLE temp.{stage}")


def _put_aside(connection: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    """Keep `rows` in a table of their own; with types, without which no index would serve them."""
    kinds = TABLES[table].columns
    first, *others = (f"{quote(name)} {affinity(kinds[name])}" for name in column_names(rows))
    columns = ", ".join((f"{first} PRIMARY KEY", *others))
    connection.execute(f"CREATE TEMP TABLE made_{table} ({columns})")
    insert(connection, f"made_{table}", rows)


def _insert(
    connection: sqlite3.Connection,
    table: str,
    given: list[str],
    following: Mapping[str, str],
    source: str,
) -> None:
    names = ", ".join(map(quote, (*given, *following)))
    values = ", ".join((*map(quote, given), *following.values()))
    connection.execute(f"INSERT INTO {quote(table)} ({names}) SELECT {values} FROM {source}")  # noqa: S608 - names of our own schema
