"""The tables whose rows follow from those of others: address books, members, stock by bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.seed.inserting import insert
from nsconsole.sandbox.seed.reference import BINS_PER_LOCATION, warehouse_addresses

if TYPE_CHECKING:
    import sqlite3

_BOOKS = ("vendor", "employee")
_ADDRESS_BOOK = """
    INSERT INTO {owner}addressbookentityaddress
        (nkey, addressee, addr1, city, state, dropdownstate, zip, country, addrphone, addrtext,
         lastmodifieddate, override)
    SELECT taken.last + row_number() OVER (ORDER BY owner.id),
           {addressee}, street.addr1, street.city, street.state, street.state, street.zip,
           street.country, owner.phone,
           {addressee} || char(10) || street.addr1 || char(10) || street.city || ' ' || street.state
           || ' ' || street.zip, owner.lastmodifieddate, 'F'
    FROM {owner} AS owner
    CROSS JOIN (SELECT max(nkey) AS last FROM entityaddress) AS taken
    CROSS JOIN (SELECT max(nkey) AS last FROM customeraddressbookentityaddress) AS streets
    JOIN (SELECT nkey, printf('%d', 100 + (nkey * 37) % 8800)
                 || substr(addr1, instr(addr1, ' ')) AS addr1, city, state, zip, country
          FROM customeraddressbookentityaddress) AS street
      ON street.nkey = 1 + (owner.id * 31) % streets.last
    ORDER BY owner.id;
    INSERT INTO {owner}addressbook
        (internalid, entity, addressbookaddress, label, defaultbilling, defaultshipping,
         isresidential)
    SELECT row_number() OVER (ORDER BY owner.id), owner.id, address.nkey, '{label}', 'T', 'T',
           '{residential}'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM {owner}) AS owner
    JOIN (SELECT nkey, row_number() OVER (ORDER BY nkey) AS place
          FROM {owner}addressbookentityaddress) AS address USING (place);
    UPDATE {owner} SET defaultbillingaddress = book.addressbookaddress,
                       defaultshippingaddress = book.addressbookaddress
    FROM {owner}addressbook AS book WHERE book.entity = {owner}.id;
"""
_PARTIES = """
    UPDATE customer SET shipaddr1 = addr1, shipcity = city, shipstate = state, shipzip = zip,
                        billstate = state, defaultaddress = addrtext
    FROM customeraddressbookentityaddress WHERE nkey = customer.defaultshippingaddress;
    UPDATE vendor SET billcity = city, billstate = state, defaultaddress = addrtext
    FROM vendoraddressbookentityaddress WHERE nkey = vendor.defaultbillingaddress;
    INSERT INTO customersubsidiaryrelationship
        (id, name, entity, subsidiary, isprimarysub, primarycurrency, isinactive, lastmodifieddate)
    SELECT row_number() OVER (ORDER BY customer.id), customer.entityid || ' - ' || subsidiary.name,
           customer.id, subsidiary.id, 'T', customer.currency, 'F', customer.lastmodifieddate
    FROM customer JOIN subsidiary ON subsidiary.id = customer.subsidiary;
    INSERT INTO companycontactrelationship
        (id, company, contact, contactrole, giveaccess, sendemail)
    SELECT row_number() OVER (ORDER BY id), company, id, contactrole, 'F', 'F' FROM contact;
    INSERT INTO entitynote
        (id, entity, author, title, note, notetype, direction, notedate, lastmodifieddate)
    SELECT row_number() OVER (ORDER BY id), id, salesrep, 'Call', 'Asked about open quotes.',
           7, 1, lastmodifieddate, lastmodifieddate
    FROM customer WHERE id % 23 = 0;
    INSERT INTO employeerolesforsearch (entity, role)
    SELECT id, CASE WHEN id = 1 THEN 3 WHEN issalesrep = 'T' THEN 15 WHEN title = 'Sales Manager'
           THEN 17 WHEN department = 4 THEN 26 ELSE 1 END FROM employee;
"""
_GOODS = """
    INSERT INTO itemsubsidiarymap (item, subsidiary) SELECT id, subsidiary FROM item;
    INSERT INTO map_item_subsidiary (mapone, maptwo) SELECT id, subsidiary FROM item;
    INSERT INTO accountsubsidiarymap (account, subsidiary) SELECT id, subsidiary FROM account;
    INSERT INTO itemmember
        (parentitem, linenumber, item, quantity, memberunit, itemsource, componentyield,
         bomquantity, memberdescr, itemtype)
    SELECT bomassembly.assembly, member.lineid, member.item, member.quantity, member.units,
           member.itemsource, member.componentyield, member.bomquantity, member.description,
           member.itemtype
    FROM bomassembly
    JOIN bomrevision ON bomrevision.billofmaterials = bomassembly.billofmaterials
    JOIN bomrevisioncomponentmember AS member ON member.bomrevision = bomrevision.id;
"""
_STOCK = f"""
    INSERT INTO itemlocationconfiguration
        (id, name, item, location, subsidiary, cost, leadtime, autoleadtime, reorderpoint,
         autoreorderpoint, preferredstocklevel, autopreferredstocklevel, safetystocklevel,
         supplyreplenishmentmethod, seasonaldemand, isinactive, lastmodifieddate)
    SELECT row_number() OVER (ORDER BY stock.item, stock.location),
           item.itemid || ' : ' || location.name, stock.item, stock.location, location.subsidiary,
           stock.averagecostmli, stock.leadtime, 'F', stock.reorderpoint, 'F',
           stock.preferredstocklevel, 'F', stock.safetystocklevel, 'REORDER_POINT', 'F', 'F',
           item.lastmodifieddate
    FROM inventoryitemlocations AS stock
    JOIN item ON item.id = stock.item JOIN location ON location.id = stock.location;
    INSERT INTO inventorynumber
        (id, inventorynumber, item, expirationdate, quantityonhand, quantityavailable,
         quantityonorder, quantityintransit, isonhand, datecreated, lastmodifieddate)
    SELECT row_number() OVER (ORDER BY item), printf('LOT%05d', item),
           item, datetime(max(stock.lastinvtcountdate), '+540 days'), sum(stock.quantityonhand),
           sum(stock.quantityavailable), 0.0, 0.0, 'T', min(stock.lastinvtcountdate),
           max(stock.lastinvtcountdate)
    FROM inventoryitemlocations AS stock JOIN item ON item.id = stock.item
    WHERE item.islotitem = 'T' GROUP BY item;
    INSERT INTO inventorybalance
        (item, location, binnumber, inventorystatus, inventorynumber, quantityonhand,
         quantityavailable, quantitypicked, committedqtyperlocation)
    SELECT stock.item, stock.location,
           (stock.location - 1) * {BINS_PER_LOCATION}
               + 1 + (stock.item * 5 + half * 7) % {BINS_PER_LOCATION},
           1, lot.id,
           CASE half WHEN 0 THEN CAST(stock.quantityonhand * 0.7 AS INTEGER)
               ELSE stock.quantityonhand - CAST(stock.quantityonhand * 0.7 AS INTEGER) END,
           CASE half WHEN 0 THEN CAST(stock.quantityavailable * 0.7 AS INTEGER)
               ELSE stock.quantityavailable - CAST(stock.quantityavailable * 0.7 AS INTEGER) END,
           0.0, stock.quantitycommitted
    FROM inventoryitemlocations AS stock CROSS JOIN (SELECT 0 AS half UNION ALL SELECT 1)
    LEFT JOIN inventorynumber AS lot ON lot.item = stock.item;
    INSERT INTO inventoryassignment
        (id, "transaction", transactionline, inventorynumber, bin, inventorystatus, quantity,
         expirationdate, item)
    SELECT row_number() OVER (ORDER BY line.uniquekey), line."transaction", line.id, lot.id,
           1 + (line.item * 5) % {BINS_PER_LOCATION}, 1, line.quantity, lot.expirationdate,
           line.item
    FROM transactionline AS line
    JOIN "transaction" AS head ON head.id = line."transaction"
    JOIN inventorynumber AS lot ON lot.item = line.item
    WHERE head.type IN ('CustInvc', 'VendBill')
    ORDER BY line.uniquekey;
"""  # noqa: S608 - a constant of ours


def derive(connection: sqlite3.Connection) -> None:
    """Fill these tables of the base world."""
    for script in (*(_address_book(owner) for owner in _BOOKS), _PARTIES, _GOODS, _STOCK):
        for statement in script.split(";"):
            connection.execute(statement)
    _place_warehouses(connection)


def _address_book(owner: str) -> str:
    at_work = owner == "vendor"
    return _ADDRESS_BOOK.format(
        owner=owner,
        addressee="owner.companyname" if at_work else "owner.entityid",
        label="Main" if at_work else "Home",
        residential="F" if at_work else "T",
    )


def _place_warehouses(connection: sqlite3.Connection) -> None:
    (last,) = connection.execute("SELECT max(nkey) FROM entityaddress").fetchone()
    for table, content in warehouse_addresses(last + 1).items():
        insert(connection, table, content)
    connection.execute(
        "UPDATE location SET mainaddress = nkey, returnaddress = nkey "
        "FROM locationmainaddress WHERE addressee = location.name"
    )
    connection.execute(
        "UPDATE subsidiary SET mainaddress = nkey FROM subsidiarymainaddress AS seat "
        "WHERE seat.country = subsidiary.country"
    )
