"""The side tables' names, by family, and the columns that the tables of a family have.

The names are those of N/query's types. The columns are believable and nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """Tables of one sort: those columns that all of them have, and those that some have.

    `recorded` tells whether the record service knows them too.
    """

    names: str
    always: str
    sometimes: str
    feature: str | None = None
    recorded: bool = True


COMMON = """
    externalid text, owner ->employee, createdby ->employee*, createddate datetime*,
    lastmodifiedby ->employee*, custom boolean, customform integer, sortorder integer,
    description memo, comments memo, subsidiary ->subsidiary, department ->department,
    class ->classification, location ->location, currency ->currency, isdefault boolean,
    issystem boolean*, includechildren boolean, displayname text, abbreviation text, language text,
    legacyid integer, effectivedate date, enddate date, startdate date
"""

FAMILIES = (
    Family(
        """
        clientscript usereventscript suitelet restlet mapreducescript scheduledscript
        workflowactionscript promotionsplugin taxcalculationplugin plugintype workflow
        """,
        "id integer*, name text, scriptid text, isinactive boolean, scriptfile ->file",
        """
        apiversion text, scripttype text, notifyadmins boolean, notifyowner boolean,
        notifyemails text, notifygroup integer, defaultfunction text, beforeloadfunction text,
        beforesubmitfunction text, aftersubmitfunction text, pageinitfunction text,
        saverecordfunction text, fieldchangedfunction text, validatefieldfunction text,
        getfunction text, postfunction text, putfunction text, deletefunction text, version text,
        isloggingenabled boolean, loglevel text, bundle integer, portlettype text, class text,
        implementation text, status text, libraryscriptfile ->file, recordtype text,
        isstandard boolean, lastmodifieddate datetime*
        """,
        recorded=False,
    ),
    Family(
        """
        mapreducescriptdeployment restletdeployment scheduledscriptdeployment suiteletdeployment
        usereventscriptdeployment workflowactionscriptdeployment
        """,
        "primarykey integer*, scriptid text, script ->script, isdeployed boolean, status text",
        """
        title text, loglevel text, allroles boolean, allemployees boolean, allpartners boolean,
        alllocalizationcontexts boolean, executioncontext text, eventtype text, recordtype text,
        runasrole ->role, runasuser ->employee, isonline boolean, externalurl text, url text,
        startdate date, starttime text, recurrence text, repeatinterval integer, queueid integer,
        concurrencylimit integer, buffersize integer, yieldaftermins integer, priority text,
        queueallstagesatonce boolean, offlineclient boolean, sequence integer, dashboardapp boolean
        """,
        recorded=False,
    ),
    Family(
        """
        calendarevent phonecall task note message supportcase issue knowledgebase activity
        projecttask emailtemplate pdftemplate customermessage promotioncode couponcode campaign
        campaignresponse
        """,
        "id integer*, title text, isinactive boolean, lastmodifieddate datetime*",
        """
        status text, priority text, assigned ->employee, organizer ->employee, company ->entity,
        contact ->contact, startdate date, enddate date, completeddate date, timedevent boolean,
        starttime text, endtime text, message memo, notedate datetime, notetype text,
        direction text, phone text, email text, subject text, author ->employee, recipient ->entity,
        cc text, attachment ->file, sent boolean, incoming boolean, casenumber text, category text,
        origin text, issue text, profile text, stage text, transaction ->transaction, item ->item,
        reminderminutes integer, accesslevel text, percentcomplete decimal, estimatedwork decimal,
        actualwork decimal, remainingwork decimal, discountrate decimal, usetype text, code text,
        url text, strengths memo, weaknesses memo
        """,
    ),
    Family(
        """
        contactcategory contactrole expensecategory leadsource winlossreason salesrole jobstatus
        jobtype employeestatus employeetype billingclass chargetype incoterm pricinggroup
        itemrevenuecategory costcategory currencyratetype projectexpensetype
        fulfillmentexceptionreason issuepriority customerstatus salesterritory planningitemcategory
        """,
        "id integer*, name text, isinactive boolean",
        """
        code text, account ->account, expenseaccount ->account, rate decimal, probability decimal,
        defaultrate decimal, ratereq boolean, isrequired boolean, isprivate boolean,
        istoplevel boolean, parent integer, color text, sequence integer, percent decimal,
        incomeaccount ->account, quantitydefault decimal, isprojectspecific boolean,
        isbillable boolean, campaigncategory text, cost decimal, translation text, glyph text,
        lastmodifieddate datetime*
        """,
    ),
    Family(
        """
        accountingcontext allocationmethod amortizationschedule amortizationtemplate billingschedule
        billrun budgetcategory generalallocationschedule taxperiod taxschedule invoicegroup
        paymentevent paymentinstrument paymentcard paymentcardtoken bankingstatement
        bankingtransaction quota forecast quantitypricingschedule salestaxpayment
        expensereportpolicy invtitempricehistory realizedgainorloss
        """,
        "id integer*, name text, isinactive boolean, lastmodifieddate datetime*",
        """
        amount decimal, amountremaining decimal*, debit decimal, credit decimal, rate decimal,
        exchangerate decimal, account ->account, targetaccount ->account, sourceaccount ->account,
        accountingbook ->accountingbook, postingperiod ->accountingperiod,
        startperiod ->accountingperiod, endperiod ->accountingperiod, transaction ->transaction,
        entity ->entity, customer ->customer, vendor ->vendor, item ->item, frequency text,
        recurrencetype text, nextdate date, lastrundate date, initialamount decimal, method text,
        inarrears boolean, isposted boolean, status text, type text, total decimal*,
        quantity decimal, pricelevel ->pricelevel, unitprice decimal, terms ->term,
        percentage decimal, periodoffset integer, startoffset integer, residual text, cardtype text,
        cardexpirationdate date, maskednumber text, token text, gateway text, reference text,
        responsecode text, statementdate date, openingbalance decimal, closingbalance decimal,
        remainder decimal, weight decimal, subsequentdays integer
        """,
    ),
    Family(
        """
        revenueelement revenueplan revenuerecognitionrule revenueallocationgroup fairvalueprice
        """,
        "id integer*, name text, isinactive boolean, lastmodifieddate datetime*",
        """
        item ->item, amount decimal, revenueplan integer, revenuerecognitionrule integer,
        allocationamount decimal, fairvalue decimal, fairvaluecurrency ->currency,
        source ->transaction, recognitionmethod text, startdate date, enddate date,
        plannedperiod ->accountingperiod, isrecognized boolean, quantity decimal,
        deferralaccount ->account, recognitionaccount ->account, discountedsalesamount decimal
        """,
        feature="advancedrevenuemanagement",
    ),
    Family(
        """
        job resourceallocation charge billingratecard
        """,
        "id integer*, name text, isinactive boolean, lastmodifieddate datetime*",
        """
        customer ->customer, startdate date, projectedenddate date, actualtime decimal,
        plannedwork decimal, percentcomplete decimal, manager ->employee, amount decimal,
        rate decimal, quantity decimal, stage text, chargedate date, billingitem ->item,
        allocationunit text, approvalstatus text, jobtype integer, jobstatus integer
        """,
        feature="projects",
    ),
    Family(
        """
        contactsubsidiaryrelationship employeesubsidiaryrelationship entitysubsidiaryrelationship
        partnersubsidiaryrelationship
        """,
        "id integer*, name text*, entity ->entity, subsidiary ->subsidiary, isprimarysub boolean",
        "balance decimal*, creditlimit decimal, primarycurrency ->currency, isinactive boolean",
        recorded=False,
    ),
    Family(
        """
        gllinesauditlog transactionnumberingauditlog usrauditlog scriptnote sentemail
        undeliveredemail systemnote2 entitystatushistory savedsearch companyfeaturesetup
        """,
        "internalid integer*, name text*, date datetime*, status text*",
        """
        type text*, recordtype text*, recordid integer*, context text*, detail memo*, title text*,
        user ->employee*, role ->role*, oldvalue text*, newvalue text*, field text*,
        fromaddress text*, toaddress text*, subject text*, bounced boolean*, reason text*,
        queue integer*, percentcomplete decimal*, starttime datetime*, endtime datetime*,
        durationms integer*, requestcount integer*, rowcount integer*, script ->script*,
        transaction ->transaction*, linenumber integer*, ipaddress text*, isfailed boolean*,
        errorcode text*, errormessage memo*, sourcetype text*, publicview boolean*
        """,
        recorded=False,
    ),
    Family(
        """
        othername partner entitygroup timebill timesheet workcalendar importedemployeeexpense
        commissionschedule
        """,
        "id integer*, name text, isinactive boolean, lastmodifieddate datetime*",
        """
        employee ->employee, trandate date, hours decimal, approvalstatus text,
        supervisorapproval boolean, email text, phone text, firstname text, lastname text,
        grouptype text, groupsize integer*, groupowner ->employee, isdynamic boolean,
        totalhours decimal, submittedhours decimal, rejectedhours decimal, startday text,
        workhoursperday decimal, monday boolean, tuesday boolean, wednesday boolean,
        thursday boolean, friday boolean, entityid text, companyname text, item ->item,
        laborcost decimal, memo memo, isbillable boolean, status text, accrualrate decimal
        """,
    ),
    Family(
        """
        manufacturingcomponent inboundshipmentlink inboundshipment shippingpackage trackingnumber
        itemrevision itemcollection globalinventoryrelationship inventorycostaccounting
        manufacturingrouting manufacturingoperationtask manufacturingcosttemplate
        transactionbinnumbers workcenter
        """,
        "id integer*, name text, isinactive boolean, lastmodifieddate datetime*",
        """
        item ->item, quantity decimal, units ->unitstypeuom, bin ->bin, rate decimal, memo memo,
        transaction ->transaction, shipmentnumber text, shipmentstatus text,
        expectedshippingdate date, actualshippingdate date, expecteddeliverydate date,
        actualdeliverydate date, vesselnumber text, billoflading text, trackingnumber text,
        packageweight decimal, packagelength decimal, packagewidth decimal, packageheight decimal,
        carrier text, operationsequence integer, setuptime decimal, runrate decimal,
        costcategory integer, workcenter integer, billofmaterials ->bom, isdefaultrouting boolean,
        autocalculatelag boolean, lagamount decimal, status text, picktype text, priority integer,
        receivinglocation ->location, averagecost decimal*, inventorydetail integer
        """,
    ),
    Family(
        """
        planningitemgroup planningrulegroup plannedorder supplyplandefinition
        """,
        "id integer*, name text, isinactive boolean, lastmodifieddate datetime*",
        """
        item ->item, quantity decimal, plandate date, supplydate date, demanddate date, action text,
        sourcelocation ->location, horizon integer, bucket text, score decimal, confidence decimal,
        message memo, isfirm boolean, runby ->employee
        """,
        feature="demandplanning",
    ),
    Family(
        """
        website sitecategory onlinecaseform giftcertificate
        """,
        "id integer*, name text, isinactive boolean, lastmodifieddate datetime*",
        """
        url text, isonline boolean, pagetitle text, metakeywords text, template text,
        hostedroot text, parent integer, storedetaileddescription memo, isdisplayed boolean,
        giftcode text, amountavailable decimal, expirationdate date, urlfragment text
        """,
        feature="websitedev",
    ),
    Family(
        """
        payrollitem oauthtoken generaltoken deviceid
        """,
        "id integer*, name text, isinactive boolean, user ->employee",
        """
        token text, expirationdate date, itemtype text, rate decimal, account ->account,
        vendor ->vendor, limit decimal, application text, role ->role, ipaddress text,
        lastuseddate datetime*, scope text, certificateid text
        """,
        recorded=False,
    ),
)
"""Every family of side tables."""
