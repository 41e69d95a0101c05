"""Where the goods lie: quantities by warehouse, by bin and by lot."""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

_AGGREGATE = """
    SELECT item, location, quantityonhand, quantityavailable, quantitycommitted, quantityonorder,
           quantitybackordered, quantityintransit, averagecostmli, lastpurchasepricemli,
           onhandvaluemli, lastquantityavailablechange
    FROM inventoryitemlocations
"""
_BIN_QUANTITY = """
    SELECT inventorybalance.item AS item, inventorybalance.binnumber AS bin,
           inventorybalance.location AS location, inventorybalance.quantityonhand AS onhand,
           inventorybalance.quantityavailable AS onhandavail,
           CASE WHEN bin.sequencenumber = 1 THEN 'T' ELSE 'F' END AS preferredbin
    FROM inventorybalance JOIN bin ON bin.id = inventorybalance.binnumber
"""
_NUMBER_LOCATION = """
    SELECT inventorybalance.inventorynumber AS inventorynumber,
           inventorybalance.location AS location,
           sum(inventorybalance.quantityonhand) AS quantityonhand,
           sum(inventorybalance.quantityavailable) AS quantityavailable, 0.0 AS quantityintransit,
           0.0 AS quantityonorder
    FROM inventorybalance WHERE inventorybalance.inventorynumber IS NOT NULL
    GROUP BY inventorybalance.inventorynumber, inventorybalance.location
"""

INVENTORY: tuple[Table, ...] = (
    table(
        "inventoryitemlocations",
        """
        item =>item, location ->location, quantityonhand decimal*, quantityavailable decimal*,
        quantitycommitted decimal*, quantityonorder decimal*, quantitybackordered decimal*,
        quantityintransit decimal*, reorderpoint decimal, preferredstocklevel decimal,
        safetystocklevel decimal, leadtime integer, averagecostmli decimal*,
        lastpurchasepricemli decimal*, onhandvaluemli decimal*, lastinvtcountdate date*,
        nextinvtcountdate date, invtcountinterval integer, invtclassification text,
        costaccountingstatus text*, lastquantityavailablechange datetime*, iswip boolean,
        defaultreturncost decimal, qtyintransitexternal decimal*,
        locationallowstorepickup boolean, locationqtyavailforstorepickup decimal*
        """,
        label="item",
        key=("item", "location"),
    ),
    table(
        "aggregateitemlocation",
        """
        item ->item, location ->location, quantityonhand decimal*, quantityavailable decimal*,
        quantitycommitted decimal*, quantityonorder decimal*, quantitybackordered decimal*,
        quantityintransit decimal*, averagecostmli decimal*, lastpurchasepricemli decimal*,
        onhandvaluemli decimal*, lastquantityavailablechange datetime*
        """,
        label="item",
        key=("item", "location"),
        view=_AGGREGATE,
    ),
    table(
        "itemlocationconfiguration",
        """
        id integer*, name text*, item =>item, location ->location, subsidiary ->subsidiary,
        cost decimal, leadtime integer, autoleadtime boolean, reorderpoint decimal,
        autoreorderpoint boolean, preferredstocklevel decimal, autopreferredstocklevel boolean,
        safetystocklevel decimal, safetystockleveldays integer, supplyreplenishmentmethod text,
        supplylotsizingmethod text, supplytype text, fixedlotsize decimal, demandsource text,
        atpleadtime integer, inventorycosttemplate integer, invtcountinterval integer,
        nextinvtcountdate date, seasonaldemand boolean, backwardconsumptiondays integer,
        forwardconsumptiondays integer, rescheduleindays integer, rescheduleoutdays integer,
        isinactive boolean, externalid text, lastmodifieddate datetime*
        """,
    ),
    table(
        "bin",
        """
        id integer*, binnumber text, location ->location, memo memo, sequencenumber integer,
        type text, zone text, isinactive boolean, externalid text, lastmodifieddate datetime*
        """,
        label="binnumber",
    ),
    table(
        "inventorystatus",
        "id integer*, name text, description memo, inventoryavailable boolean, isinactive boolean, "
        "externalid text, lastmodifieddate datetime*",
    ),
    table(
        "inventorynumber",
        """
        id integer*, inventorynumber text, item =>item, expirationdate date, memo memo,
        quantityonhand decimal*, quantityavailable decimal*, quantityonorder decimal*,
        quantityintransit decimal*, isonhand boolean*, externalid text, datecreated datetime*,
        lastmodifieddate datetime*
        """,
        label="inventorynumber",
    ),
    table(
        "inventorynumberlocation",
        """
        inventorynumber ->inventorynumber, location ->location, quantityonhand decimal*,
        quantityavailable decimal*, quantityintransit decimal*, quantityonorder decimal*
        """,
        label="inventorynumber",
        key=("inventorynumber", "location"),
        view=_NUMBER_LOCATION,
    ),
    table(
        "inventorybalance",
        """
        item =>item, location ->location, binnumber ->bin, inventorystatus ->inventorystatus,
        inventorynumber ->inventorynumber, quantityonhand decimal*, quantityavailable decimal*,
        quantitypicked decimal*, committedqtyperlocation decimal*,
        committedqtyperseriallotnumber decimal*, committedqtyperseriallotnumberlocation decimal*
        """,
        label="item",
        key=("item", "location", "binnumber"),
    ),
    table(
        "itembinquantity",
        """
        item ->item, bin ->bin, location ->location, onhand decimal*, onhandavail decimal*,
        preferredbin boolean*
        """,
        label="bin",
        key=("item", "bin"),
        view=_BIN_QUANTITY,
    ),
    table(
        "inventoryassignment",
        """
        id integer*, transaction =>transaction, transactionline integer*,
        inventorynumber ->inventorynumber, bin ->bin, inventorystatus ->inventorystatus,
        quantity decimal*, expirationdate date*, item ->item*
        """,
        label="inventorynumber",
    ),
)
"""The tables of stock."""
