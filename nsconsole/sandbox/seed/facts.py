"""What the trade of the two years adds up to, party by party, and the notes that it left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.seed.setup import EPOCH, stamp

if TYPE_CHECKING:
    import sqlite3

_STANDING = f"""
    CREATE TEMP TABLE standing AS
    SELECT entity,
           sum(foreignamountunpaid) AS unpaid,
           sum(CASE WHEN duedate < '{stamp(EPOCH)}' THEN foreignamountunpaid END) AS overdue,
           max(daysoverduesearch) AS dayslate,
           sum(CASE WHEN status IN ('B', 'F') AND type IN ('SalesOrd', 'PurchOrd')
               THEN abs(foreigntotal) END) AS unbilled,
           min(CASE WHEN type IN ('SalesOrd', 'PurchOrd') THEN trandate END) AS firstorder,
           max(CASE WHEN type IN ('SalesOrd', 'PurchOrd') THEN trandate END) AS lastorder,
           min(CASE WHEN type IN ('CustInvc', 'VendBill') THEN trandate END) AS firstbill,
           max(CASE WHEN type IN ('CustInvc', 'VendBill') THEN trandate END) AS lastbill,
           min(postingperiod) AS firstperiod, max(postingperiod) AS lastperiod
    FROM "transaction" WHERE entity IS NOT NULL GROUP BY entity
"""  # noqa: S608 - a constant of ours
_OF_ALL = """(SELECT party.id, round(coalesce(unpaid, 0), 2) AS unpaid,
                     round(coalesce(overdue, 0), 2) AS overdue, dayslate,
                     round(coalesce(unbilled, 0), 2) AS unbilled, firstorder, lastorder,
                     firstbill, lastbill, firstperiod, lastperiod
              FROM {party} AS party LEFT JOIN standing ON standing.entity = party.id) AS fact"""
_CUSTOMERS = f"""
    UPDATE customer SET
        balancesearch = fact.unpaid, overduebalancesearch = fact.overdue,
        daysoverduesearch = fact.dayslate, unbilledorderssearch = fact.unbilled,
        consolbalancesearch = fact.unpaid, consoloverduebalancesearch = fact.overdue,
        consoldaysoverduesearch = fact.dayslate, consolunbilledorderssearch = fact.unbilled,
        balance = fact.unpaid, overduebalance = fact.overdue, unbilledorders = fact.unbilled,
        firstorderdate = fact.firstorder, lastorderdate = fact.lastorder,
        firstsaledate = fact.firstbill, lastsaledate = fact.lastbill,
        firstsaleperiod = fact.firstperiod, lastsaleperiod = fact.lastperiod
    FROM {_OF_ALL.format(party="customer")} WHERE fact.id = customer.id
"""  # noqa: S608 - constants above
_VENDORS = f"""
    UPDATE vendor SET
        balance = fact.unpaid, balanceprimary = fact.unpaid, unbilledorders = fact.unbilled,
        unbilledordersprimary = fact.unbilled, lastpurchasedate = fact.lastbill
    FROM {_OF_ALL.format(party="vendor")} WHERE fact.id = vendor.id
"""  # noqa: S608 - constants above
_RELATIONSHIPS = (
    """UPDATE customersubsidiaryrelationship AS its SET balance = customer.balancesearch,
           unbilledorders = customer.unbilledorderssearch, depositbalance = 0.0
       FROM customer WHERE customer.id = its.entity""",
    """UPDATE vendorsubsidiaryrelationship AS its SET balance = vendor.balance,
           unbilledorders = vendor.unbilledorders
       FROM vendor WHERE vendor.id = its.entity""",
)
_NOTES = """
    INSERT INTO systemnote
        (id, date, name, recordid, recordtypeid, record, field, oldvalue, newvalue, type, context,
         role)
    SELECT row_number() OVER (ORDER BY id), lastmodifieddate, lastmodifiedby, id, -30,
           trandisplayname, 'TRANDOC.KSTATUS', 'Open', 'Changed', 2,
           CASE id % 5 WHEN 0 THEN 'CSV' ELSE 'UIF' END, 3
    FROM "transaction" WHERE id % 9 = 4 AND lastmodifieddate > createddate
"""


def conclude(connection: sqlite3.Connection) -> None:
    """Bring balances and dates of the parties in line with the transactions that there are."""
    connection.execute(_STANDING)
    for statement in (_CUSTOMERS, _VENDORS, *_RELATIONSHIPS, _NOTES):
        connection.execute(statement)
    connection.execute("DROP TABLE standing")
