"""The account's tables, by the names and columns that SuiteQL gives them."""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

_ENTITY_COLUMNS = (
    "id, entityid, {altname} AS altname, '{type}' AS type, email, phone, isinactive, "
    "datecreated, lastmodifieddate, externalid"
)
_ENTITY_SOURCES = (
    ("customer", "companyname", "CustJob"),
    ("vendor", "companyname", "Vendor"),
    ("employee", "firstname || ' ' || lastname", "Employee"),
    ("contact", "company", "Contact"),
)


def _entity_view() -> str:
    return " UNION ALL ".join(
        f"SELECT {_ENTITY_COLUMNS.format(altname=altname, type=kind)} FROM {source}"  # noqa: S608 - constants above
        for source, altname, kind in _ENTITY_SOURCES
    )


_PARTIES = (
    table(
        "customer",
        """
        id integer*, entityid text, entitynumber integer*, companyname text, altname text*,
        fullname text*, isperson boolean, firstname text, lastname text, email text, phone text,
        altphone text, fax text, url text, category ->customercategory,
        entitystatus list:entitystatus, stage text*, terms ->term, creditlimit decimal,
        creditholdoverride list:credithold, pricelevel ->pricelevel, salesrep ->employee,
        subsidiary ->subsidiary, currency ->currency, parent ->customer, isinactive boolean,
        taxable boolean, taxitem ->salestaxitem,
        resalenumber text, accountnumber text, comments memo, startdate date,
        firstorderdate date*, lastorderdate date*, firstsaledate date*, lastsaledate date*,
        balancesearch decimal*, overduebalancesearch decimal*, unbilledorderssearch decimal*,
        defaultbillingaddress integer*, defaultshippingaddress integer*, emailpreference text,
        externalid text, datecreated datetime*, lastmodifieddate datetime*
        """,
        label="entityid",
        space="entity",
    ),
    table(
        "vendor",
        """
        id integer*, entityid text, companyname text, altname text*, legalname text,
        isperson boolean, firstname text, lastname text, email text, phone text, fax text, url text,
        category ->vendorcategory, terms ->term, creditlimit decimal, cost decimal,
        currency ->currency, subsidiary ->subsidiary, expenseaccount ->account,
        payablesaccount ->account, accountnumber text, incoterm text, is1099eligible boolean,
        isinactive boolean, purchaseorderamount decimal, purchaseorderquantity decimal,
        balance decimal*, balanceprimary decimal*, unbilledorders decimal*,
        defaultbillingaddress integer*, printoncheckas text, comments memo,
        externalid text, datecreated datetime*, lastmodifieddate datetime*
        """,
        label="entityid",
        space="entity",
    ),
    table(
        "employee",
        """
        id integer*, entityid text, firstname text, lastname text, title text, email text,
        phone text, mobilephone text, supervisor ->employee, department ->department,
        location ->location, subsidiary ->subsidiary, issalesrep boolean, hiredate date,
        releasedate date, isinactive boolean, externalid text,
        datecreated datetime*, lastmodifieddate datetime*
        """,
        label="entityid",
        space="entity",
    ),
    table(
        "contact",
        """
        id integer*, entityid text, firstname text, lastname text, title text, email text,
        phone text, mobilephone text, company ->entity, subsidiary ->subsidiary,
        isprivate boolean, isinactive boolean, comments memo, externalid text,
        datecreated datetime*, lastmodifieddate datetime*
        """,
        label="entityid",
        space="entity",
    ),
    table(
        "entity",
        """
        id integer*, entityid text, altname text, type list:entitytype, email text, phone text,
        isinactive boolean, datecreated datetime*, lastmodifieddate datetime*, externalid text
        """,
        label="entityid",
        view=_entity_view(),
    ),
    table(
        "customeraddressbook",
        """
        internalid integer*, entity =>customer, addressbookaddress integer*, label text,
        defaultbilling boolean, defaultshipping boolean, isresidential boolean
        """,
        label="label",
        key=("internalid",),
    ),
    table(
        "customeraddressbookentityaddress",
        """
        nkey integer*, addressee text, attention text, addr1 text, addr2 text, addr3 text,
        city text, state text, zip text, country text, addrphone text, addrtext memo,
        lastmodifieddate datetime*
        """,
        label="addr1",
        key=("nkey",),
    ),
    table(
        "vendorsubsidiaryrelationship",
        """
        id integer*, name text*, entity =>vendor, subsidiary ->subsidiary, isprimarysub boolean,
        creditlimit decimal, balance decimal*, lastmodifieddate datetime*
        """,
    ),
)

_GOODS = (
    table(
        "item",
        """
        id integer*, itemid text, displayname text, itemtype list:itemtype, subtype text*,
        fullname text*, description memo, purchasedescription memo, salesdescription memo,
        upccode text, mpn text, manufacturer text, vendorname text, cost decimal,
        averagecost decimal*, lastpurchaseprice decimal*, baseprice decimal, reorderpoint decimal,
        preferredstocklevel decimal, safetystocklevel decimal, leadtime integer,
        quantityonhand decimal*, quantityavailable decimal*, quantityonorder decimal*,
        totalquantityonhand decimal*, totalvalue decimal*, weight decimal,
        weightunit list:weightunit, unitstype ->unitstype, saleunit ->unitstypeuom,
        purchaseunit ->unitstypeuom, stockunit ->unitstypeuom, class ->classification,
        department ->department, location ->location, subsidiary ->subsidiary,
        incomeaccount ->account, expenseaccount ->account, assetaccount ->account,
        preferredlocation ->location, minimumquantity integer, isinactive boolean,
        isonline boolean, externalid text, createddate datetime*, lastmodifieddate datetime*
        """,
        label="itemid",
    ),
    table(
        "itemprice",
        """
        id integer*, item =>item, pricelevel ->pricelevel, pricelevelname text*, price decimal,
        isonline boolean
        """,
        label="pricelevelname",
    ),
    table(
        "itemvendor",
        """
        item =>item, vendor ->vendor, vendorcode text, purchaseprice decimal,
        vendorcurrency ->currency, preferredvendor boolean, subsidiary ->subsidiary
        """,
        label="vendorcode",
        key=("item", "vendor"),
    ),
    table(
        "inventoryitemlocations",
        """
        item =>item, location ->location, quantityonhand decimal*, quantityavailable decimal*,
        quantitycommitted decimal*, quantityonorder decimal*, quantitybackordered decimal*,
        quantityintransit decimal*, reorderpoint decimal, preferredstocklevel decimal,
        safetystocklevel decimal, leadtime integer, averagecostmli decimal*,
        lastpurchasepricemli decimal*, onhandvaluemli decimal*, lastinvtcountdate date*
        """,
        label="item",
        key=("item", "location"),
    ),
    table(
        "bom",
        """
        id integer*, name text, memo memo, availableforallassemblies boolean,
        availableforalllocations boolean, includechildren boolean, subsidiary ->subsidiary,
        usecomponentyield boolean, isinactive boolean, externalid text, createddate datetime*
        """,
    ),
    table(
        "bomrevision",
        """
        id integer*, billofmaterials =>bom, name text, memo memo, effectivestartdate date,
        effectiveenddate date, isinactive boolean, externalid text, createddate datetime*
        """,
    ),
    table(
        "bomrevisioncomponentmember",
        """
        id integer*, bomrevision =>bomrevision, lineid integer, item ->item, description memo,
        bomquantity decimal, quantity decimal, componentyield decimal, units ->unitstypeuom,
        itemsource list:itemsource
        """,
        label="description",
    ),
    table(
        "bomassembly",
        """
        id integer*, assembly ->item, billofmaterials =>bom, masterdefault boolean,
        defaultforlocation ->location
        """,
        label="assembly",
    ),
    table(
        "pricelevel",
        "id integer*, name text, discountpct decimal, isonline boolean, "
        "updateexistingprices boolean, isinactive boolean, externalid text",
    ),
    table("unitstype", "id integer*, name text, isinactive boolean, externalid text"),
    table(
        "unitstypeuom",
        """
        internalid integer*, unitstype =>unitstype, unitname text, pluralname text,
        abbreviation text, pluralabbreviation text, conversionrate decimal, baseunit boolean
        """,
        label="unitname",
        key=("internalid",),
    ),
)

_TRADE = (
    table(
        "transaction",
        """
        id integer*, tranid text, transactionnumber text*, type list:transactiontype*,
        recordtype text*, abbrevtype text*, trandisplayname text*, trandate date, duedate date,
        closedate date*, shipdate date, entity ->entity, status list:transactionstatus/type*,
        foreigntotal decimal*, foreignamountpaid decimal*, foreignamountunpaid decimal*,
        currency ->currency, exchangerate decimal, memo memo, otherrefnum text, terms ->term,
        postingperiod ->accountingperiod, posting boolean*, voided boolean*,
        approvalstatus list:approvalstatus, employee ->employee, createdby ->employee*,
        lastmodifiedby ->employee*, billingaddress integer*, shippingaddress integer*,
        externalid text, createddate datetime*, lastmodifieddate datetime*
        """,
        label="trandisplayname",
    ),
    table(
        "transactionline",
        """
        uniquekey integer*, transaction =>transaction, id integer*, linesequencenumber integer,
        mainline boolean*, taxline boolean*, item ->item, itemtype list:itemtype*,
        expenseaccount ->account, accountinglinetype list:linetype*, entity ->entity,
        quantity decimal, quantitybilled decimal*, quantityshiprecv decimal*, rate decimal,
        foreignamount decimal, netamount decimal, creditforeignamount decimal,
        debitforeignamount decimal, memo memo, department ->department, class ->classification,
        location ->location, subsidiary ->subsidiary, price ->pricelevel, units ->unitstypeuom,
        isclosed boolean, isbillable boolean, expectedreceiptdate date,
        linecreateddate datetime*, linelastmodifieddate datetime*
        """,
        label="linesequencenumber",
        key=("uniquekey",),
    ),
)

_SETUP = (
    table(
        "account",
        """
        id integer*, acctnumber text, accountsearchdisplayname text*, fullname text*,
        accttype list:accttype, description memo, parent ->account, currency ->currency,
        subsidiary ->subsidiary, issummary boolean, eliminate boolean, inventory boolean,
        isinactive boolean, externalid text
        """,
        label="accountsearchdisplayname",
    ),
    table(
        "subsidiary",
        """
        id integer*, name text, fullname text*, legalname text, parent ->subsidiary,
        currency ->currency, country text, state text, email text, url text,
        iselimination boolean, isinactive boolean, externalid text
        """,
    ),
    table(
        "department",
        "id integer*, name text, fullname text*, parent ->department, subsidiary ->subsidiary, "
        "isinactive boolean, externalid text",
    ),
    table(
        "location",
        "id integer*, name text, fullname text*, parent ->location, subsidiary ->subsidiary, "
        "locationtype list:locationtype, makeinventoryavailable boolean, timezone text, "
        "isinactive boolean, externalid text",
    ),
    table(
        "classification",
        "id integer*, name text, fullname text*, parent ->classification, subsidiary ->subsidiary, "
        "isinactive boolean, externalid text",
    ),
    table(
        "currency",
        "id integer*, name text, symbol text, displaysymbol text, currencyprecision integer, "
        "exchangerate decimal, isbasecurrency boolean, isinactive boolean, externalid text, "
        "lastmodifieddate datetime*",
        label="name",
    ),
    table(
        "term",
        "id integer*, name text, daysuntilnetdue integer, discountpercent decimal, "
        "daysuntilexpiry integer, datedriven boolean, isinactive boolean, externalid text, "
        "lastmodifieddate datetime*",
    ),
    table(
        "accountingperiod",
        """
        id integer*, periodname text, startdate date, enddate date, parent ->accountingperiod,
        isyear boolean, isquarter boolean, isposting boolean, isadjust boolean, closed boolean*,
        closedondate date*, aplocked boolean, arlocked boolean, alllocked boolean,
        isinactive boolean, lastmodifieddate datetime*
        """,
        label="periodname",
    ),
    table(
        "salestaxitem",
        "id integer*, itemid text, displayname text, description memo, rate decimal, state text, "
        "county text, taxaccount ->account, isinactive boolean, externalid text",
        label="itemid",
    ),
    table("customercategory", "id integer*, name text, isinactive boolean, externalid text"),
    table(
        "vendorcategory",
        "id integer*, name text, istaxagency boolean, isinactive boolean, externalid text",
    ),
    table(
        "deletedrecord",
        """
        recordid integer*, recordtypeid integer*, scriptid text*, name text*, type text*,
        deleteddate datetime*, deletedby ->employee*, context text*, iscustomlist boolean*,
        iscustomrecord boolean*, iscustomtransaction boolean*
        """,
        key=("recordid", "recordtypeid", "scriptid"),
    ),
)

TABLES: dict[str, Table] = {each.name: each for each in (*_PARTIES, *_GOODS, *_TRADE, *_SETUP)}
"""Every table that SuiteQL knows, by its lower-case name."""

INDEXES = (
    ("transactionline", "transaction"),
    ("transactionline", "item"),
    ("transaction", "entity"),
    ("contact", "company"),
    ("itemprice", "item"),
    ("customeraddressbook", "entity"),
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
