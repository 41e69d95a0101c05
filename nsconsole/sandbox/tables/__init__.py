"""The account's tables, by the names and columns that SuiteQL gives them.

The columns are those of the Records Catalog and of SuiteAnalytics Connect's `netsuite2` schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.tables.addresses import ADDRESSES
from nsconsole.sandbox.tables.goods import GOODS
from nsconsole.sandbox.tables.inventory import INVENTORY
from nsconsole.sandbox.tables.ledger import LEDGER
from nsconsole.sandbox.tables.parties import PARTIES
from nsconsole.sandbox.tables.setup import SETUP
from nsconsole.sandbox.tables.trade import TRADE

if TYPE_CHECKING:
    from nsconsole.sandbox.schema import Table

TABLES: dict[str, Table] = {
    each.name: each for each in (*PARTIES, *ADDRESSES, *GOODS, *INVENTORY, *TRADE, *LEDGER, *SETUP)
}
"""Every table that SuiteQL knows, by its lower-case name."""

INDEXES = (
    ("transactionline", "transaction"),
    ("transactionline", "item"),
    ("transactionline", "entity"),
    ("transactionline", "createdfrom"),
    ("transactionline", "linelastmodifieddate"),
    ("transaction", "entity"),
    ("transaction", "lastmodifieddate"),
    ("nexttransactionlink", "nextdoc"),
    ("nexttransactionlinelink", "nextdoc"),
    ("inventoryassignment", "transaction"),
    ("contact", "company"),
    ("itemprice", "item"),
    ("customeraddressbook", "entity"),
    ("customersubsidiaryrelationship", "entity"),
    ("vendorsubsidiaryrelationship", "entity"),
    ("companycontactrelationship", "contact"),
    ("itemlocationconfiguration", "item"),
    ("customer", "entityid"),
    ("vendor", "entityid"),
    ("item", "itemid"),
    ("customer", "externalid"),
    ("vendor", "externalid"),
    ("contact", "externalid"),
    ("item", "externalid"),
    ("transaction", "externalid"),
)
"""Where a lookup by something other than the key must not read a whole table."""

TRIGGERS = (
    """CREATE TRIGGER item_baseprice AFTER UPDATE OF baseprice ON item BEGIN
           UPDATE itemprice SET price = round(new.baseprice * (1 + (
               SELECT discountpct FROM pricelevel WHERE id = itemprice.pricelevel) / 100), 2)
           WHERE item = new.id;
       END""",
)
"""What follows from a change whoever makes it: price levels are percentages of the base price."""
