"""What is bought and sold: items, their prices and vendors, units, bills of materials."""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

_PRICING = """
    SELECT itemprice.id AS internalid, itemprice.item AS item, itemprice.pricelevel AS pricelevel,
           0.0 AS quantity, item.saleunit AS saleunit, itemprice.price AS unitprice, 1 AS currency,
           pricelevel.discountpct AS discount
    FROM itemprice JOIN item ON item.id = itemprice.item
    LEFT JOIN pricelevel ON pricelevel.id = itemprice.pricelevel
"""
_ASSEMBLY_BOM = """
    SELECT bomassembly.id AS id, bomassembly.assembly AS assembly,
           bomassembly.billofmaterials AS billofmaterials,
           (SELECT max(bomrevision.id) FROM bomrevision
            WHERE bomrevision.billofmaterials = bomassembly.billofmaterials) AS currentrevision,
           bomassembly.masterdefault AS masterdefault,
           bomassembly.defaultforlocation AS defaultforlocation
    FROM bomassembly
"""

GOODS: tuple[Table, ...] = (
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
        isonline boolean, externalid text, createddate datetime*, lastmodifieddate datetime*,
        parent ->item, includechildren boolean, matrixtype text, matrixitemnametemplate text,
        maximumquantity integer, quantitycommitted decimal*, quantitybackordered decimal*,
        quantityintransit decimal*, costingmethod text, costingmethoddisplay text*,
        costcategory integer, costestimate decimal, costestimatetype text, fxcost decimal*,
        transferprice decimal, handlingcost decimal, shippingcost decimal, shippackage integer,
        shipindividually boolean, stockdescription text, weightunits text*, isfulfillable boolean,
        isdropshipitem boolean, isspecialorderitem boolean, isspecialworkorderitem boolean,
        islotitem boolean, isserialitem boolean, usebins boolean, tracklandedcost boolean,
        matchbilltoreceipt boolean, generateaccruals boolean, copydescription boolean,
        enforceminqtyinternally boolean, printitems boolean, roundupascomponent boolean,
        buildentireassembly boolean, buildtime decimal, usecomponentyield boolean,
        isphantom boolean, effectivebomcontrol text, pricinggroup ->pricinggroup,
        quantitypricingschedule integer, overallquantitypricingtype text,
        usemarginalrates boolean, taxschedule integer, purchasetaxcode ->salestaxitem,
        salestaxcode ->salestaxitem, billingschedule integer, deferralaccount ->account,
        dropshipexpenseaccount ->account, gainlossaccount ->account, scrapacct ->account,
        wipacct ->account, wipvarianceacct ->account, billpricevarianceacct ->account,
        billqtyvarianceacct ->account, billexchratevarianceacct ->account,
        custreturnvarianceaccount ->account, vendreturnvarianceaccount ->account,
        prodpricevarianceacct ->account, prodqtyvarianceacct ->account,
        purchasepricevarianceacct ->account, unbuildvarianceaccount ->account,
        intercoincomeaccount ->account, intercoexpenseaccount ->account,
        purchaseorderamount decimal, purchaseorderquantity decimal,
        purchaseorderquantitydiff decimal, receiptamount decimal, receiptquantity decimal,
        receiptquantitydiff decimal, autoreorderpoint boolean, autoleadtime boolean,
        autopreferredstocklevel boolean, reordermultiple integer, seasonaldemand boolean,
        safetystockleveldays integer, demandmodifier decimal, demandsource text,
        demandtimefence integer, supplytype text, supplytimefence integer,
        supplylotsizingmethod text, supplyreplenishmentmethod text, fixedlotsize decimal,
        periodiclotsizedays integer, periodiclotsizetype text, rescheduleindays integer,
        rescheduleoutdays integer, forwardconsumptiondays integer,
        backwardconsumptiondays integer, alternatedemandsourceitem ->item, atpmethod text,
        countryofmanufacture text, schedulebcode text, schedulebnumber text,
        schedulebquantity integer, preferencecriterion text, producer boolean, nextagcategory text,
        storedescription memo, storedetaileddescription memo, storedisplayname text,
        storedisplayimage ->file, storedisplaythumbnail ->file, relateditemsdescription text,
        searchkeywords memo, sitemappriority text, urlcomponent text, pagetitle text,
        metataghtml memo, excludefromsitemap boolean, outofstockbehavior text,
        dontshowprice boolean, nopricemessage text, froogleproductfeed boolean,
        nextagproductfeed boolean, shoppingproductfeed boolean, shopzillaproductfeed boolean,
        yahooproductfeed boolean, lastinvtcountdate date*, nextinvtcountdate date,
        invtcountinterval integer, invtclassification text, hazmatid text, ishazmatitem boolean,
        hazmatshippingname text, hazmathazardclass text, hazmatpackinggroup text,
        amortizationperiod integer@amortization, amortizationtemplate integer@amortization,
        residual decimal@amortization, expenseamortizationrule integer@amortization,
        createrevenueplanson integer@advancedrevenuemanagement,
        revenuerecognitionrule integer@advancedrevenuemanagement,
        revrecforecastrule integer@advancedrevenuemanagement,
        revenueallocationgroup integer@advancedrevenuemanagement,
        itemrevenuecategory integer@advancedrevenuemanagement,
        deferredrevenueaccount integer@advancedrevenuemanagement,
        directrevenueposting boolean@advancedrevenuemanagement,
        projecttemplate integer@projects, projectexpensetype integer@projects,
        defaultreturncost decimal!, onhandvaluemli decimal*!, locationsquantityonhand decimal*!,
        internalnotes memo~
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
        "pricing",
        """
        internalid integer*, item ->item, pricelevel ->pricelevel, quantity decimal*,
        saleunit ->unitstypeuom, unitprice decimal*, currency ->currency, discount decimal*
        """,
        label="unitprice",
        key=("internalid",),
        view=_PRICING,
    ),
    table(
        "pricelevel",
        "id integer*, name text, discountpct decimal, isonline boolean, "
        "updateexistingprices boolean, isinactive boolean, externalid text",
    ),
    table("pricinggroup", "id integer*, name text, isinactive boolean, externalid text"),
    table(
        "itemvendor",
        """
        item =>item, vendor ->vendor, vendorcode text, purchaseprice decimal,
        vendorcurrency ->currency, preferredvendor boolean, subsidiary ->subsidiary,
        schedule integer, vendorcostentered decimal
        """,
        label="vendorcode",
        key=("item", "vendor"),
    ),
    table(
        "itemmember",
        """
        parentitem =>item, linenumber integer*, item ->item, quantity decimal,
        memberunit ->unitstypeuom, itemsource list:itemsource, componentyield decimal,
        bomquantity decimal, memberdescr memo*, itemtype text*, effectivedate date,
        obsoletedate date, taxschedule integer
        """,
        label="memberdescr",
        key=("parentitem", "linenumber"),
    ),
    table(
        "itemsubsidiarymap",
        "item =>item, subsidiary ->subsidiary",
        label="subsidiary",
        key=("item", "subsidiary"),
    ),
    table(
        "bom",
        """
        id integer*, name text, memo memo, availableforallassemblies boolean,
        availableforalllocations boolean, includechildren boolean, subsidiary ->subsidiary,
        usecomponentyield boolean, isinactive boolean, externalid text, createddate datetime*,
        legacybomforassembly ->item, revisionname text
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
        itemsource list:itemsource, itemtype text*, weight decimal, fullname text*
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
        "assemblyitembom",
        """
        id integer*, assembly ->item, billofmaterials ->bom, currentrevision ->bomrevision,
        masterdefault boolean, defaultforlocation ->location
        """,
        label="assembly",
        view=_ASSEMBLY_BOM,
    ),
    table("unitstype", "id integer*, name text, isinactive boolean, externalid text"),
    table(
        "unitstypeuom",
        """
        internalid integer*, unitstype =>unitstype, unitname text, pluralname text,
        abbreviation text, pluralabbreviation text, conversionrate decimal, baseunit boolean,
        inuse boolean*
        """,
        label="unitname",
        key=("internalid",),
    ),
)
"""The tables of items and what hangs on them."""
