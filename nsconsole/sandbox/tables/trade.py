"""Transactions, their lines, the links between them, and what they mean in the books."""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

_LINES = '"transactionline" AS line JOIN "transaction" AS head ON head.id = line."transaction"'


def _of_head(expression: str) -> str:
    """A value of the line's transaction; asked for in this way, a query without it pays nothing."""
    return f'(SELECT {expression} FROM "transaction" AS head WHERE head.id = line."transaction")'  # noqa: S608 - constants of this module


def _of_item(column: str) -> str:
    return f"(SELECT {column} FROM item WHERE item.id = line.item)"  # noqa: S608 - constants of this module


def _of_main_line(column: str) -> str:
    amount = _of_head(f"round(head.{column} * head.exchangerate, 2)")
    return f"CASE WHEN line.mainline = 'T' THEN {amount} END"


def _of_posting(column: str) -> str:
    return _of_head(f"CASE WHEN head.posting = 'T' THEN head.{column} END")


_ACCOUNT = (
    f"coalesce(line.expenseaccount, CASE line.accountinglinetype "
    f"WHEN 'INCOME' THEN {_of_item('incomeaccount')} WHEN 'ASSET' THEN {_of_item('assetaccount')} "
    f"ELSE {_of_item('expenseaccount')} END)"
)
_ACCOUNTING = f"""
    SELECT line."transaction" AS "transaction", line.id AS transactionline, 1 AS accountingbook,
           {_ACCOUNT} AS account,
           (SELECT accttype FROM account WHERE account.id = {_ACCOUNT}) AS accounttype,
           line.netamount AS amount,
           CASE WHEN line.netamount > 0 THEN line.netamount END AS debit,
           CASE WHEN line.netamount < 0 THEN -line.netamount END AS credit,
           line.netamount AS netamount, {_of_main_line("foreignamountpaid")} AS amountpaid,
           {_of_main_line("foreignamountunpaid")} AS amountunpaid,
           {_of_main_line("foreignamountpaid")} AS amountlinked,
           NULL AS paymentamountused, NULL AS paymentamountunused,
           {_of_head("posting")} AS posting, {_of_head("exchangerate")} AS exchangerate,
           'F' AS processedbyrevcommit, {_of_posting("transactionnumber")} AS glauditnumber,
           {_of_posting("trandate")} AS glauditnumberdate, NULL AS glauditnumbersequence,
           NULL AS glauditnumbersetby, NULL AS overheadparentitem
    FROM transactionline AS line
"""  # noqa: S608 - constants above
_SOLD = f"""
    SELECT line.uniquekey AS uniquekey, line."transaction" AS "transaction", line.id AS tranline,
           head.type AS type, head.trandate AS trandate, head.entity AS entity,
           head.employee AS employee, head.postingperiod AS postingperiod,
           head.otherrefnum AS ponumber, line.item AS item, item.incomeaccount AS account,
           -line.netamount AS amount, -line.netamount AS amountnet,
           -line.quantity AS itemcount, line.class AS class, line.department AS department,
           line.location AS location, line.subsidiary AS subsidiary, line.memo AS memo,
           line.costestimate AS costestimate, line.estgrossprofit AS estgrossprofit,
           line.estgrossprofitpercent AS estgrossprofitpercent
    FROM {_LINES} JOIN item ON item.id = line.item
"""  # noqa: S608 - constants above
_SOLD_COLUMNS = """
    uniquekey integer*, transaction ->transaction, tranline integer*, type list:transactiontype,
    trandate date*, entity ->entity, employee ->employee, postingperiod ->accountingperiod,
    ponumber text*, item ->item, account ->account, amount decimal*, amountnet decimal*,
    itemcount decimal*, class ->classification, department ->department, location ->location,
    subsidiary ->subsidiary, memo memo*, costestimate decimal*, estgrossprofit decimal*,
    estgrossprofitpercent decimal*
"""
_LINE_LINK = """
    previousdoc =>transaction, previousline integer*, previoustype list:transactiontype*,
    nextdoc =>transaction, nextline integer*, nexttype list:transactiontype*, linktype text*,
    foreignamount decimal*, discount boolean*, lastmodifieddate datetime*
"""
_LINK = """
    previousdoc =>transaction, nextdoc =>transaction, linktype text*,
    previoustype list:transactiontype*, nexttype list:transactiontype*,
    foreignamount decimal*, lastmodifieddate datetime*
"""
_LINE_LINK_KEY = ("previousdoc", "previousline", "nextdoc", "nextline", "linktype")
_LINK_KEY = ("previousdoc", "nextdoc", "linktype")

TRADE: tuple[Table, ...] = (
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
        externalid text, createddate datetime*, lastmodifieddate datetime*,
        typebaseddocumentnumber text*, accountbasednumber text*, number integer*, title text,
        customform integer, customtype integer*, source text*, message memo, email text, fax text,
        startdate date, enddate date, actualshipdate date*, expectedclosedate date,
        discountdate date*, prevdate date*, nextbilldate date*, daysopen integer*,
        daysoverduesearch integer*, billingstatus boolean*, balsegstatus integer*,
        ordpicked boolean*, ordreceived boolean*, printedpickingticket boolean, tobeprinted boolean,
        shipcomplete boolean, shipcarrier text, shipmethod ->shipitem, fob text, incoterm integer,
        linkedtrackingnumberlist memo*, trackingnumberlist memo*, paymenthold boolean,
        paymentmethod ->paymentmethod, paymentoption integer, paymentlink text*,
        foreignpaymentamountused decimal*, foreignpaymentamountunused decimal*,
        foreignamountpaidnopost decimal*, foreignpaymentamountusednopost decimal*,
        totalcostestimate decimal*, estgrossprofit decimal*, estgrossprofitpercent decimal*,
        altsalestotal decimal*, netaltsalestotal decimal*, fxaltsalestotal decimal*,
        fxnetaltsalestotal decimal*, amountunbilled decimal*, projectedtotal decimal*,
        weightedtotal decimal*, rangehigh decimal, rangelow decimal, estimatedbudget decimal,
        isbudgetapproved boolean, buyingreason integer, buyingtimeframe integer,
        salesreadiness integer, leadsource integer, probability decimal, forecasttype integer,
        includeinforecast boolean, entitystatus integer, winlossreason integer, actionitem text,
        opportunity integer*, nextapprover ->employee, nexus ->nexus, legacytax boolean*,
        partner integer@partners, website integer, visibletocustomer boolean,
        void boolean*, isfinchrg boolean*, isreversal boolean*, reversal integer*,
        reversaldate date, reversaldefer boolean, journaltype text*, memdoc integer*,
        memorized boolean*, sourcetransaction integer*, recurmonthly boolean*,
        recurannually boolean*, onetime boolean*, needsbill boolean*, revision integer*,
        fulfillmenttype integer, committed boolean*, firmed boolean, transferlocation ->location,
        tosubsidiary ->subsidiary, intercoadj boolean*, intercostatus integer*,
        intercotransaction integer*, useitemcostastransfercost boolean,
        userevenuearrangement boolean@advancedrevenuemanagement,
        openingbalancetransaction boolean*, iswip boolean@manufacturing,
        schedulingmethod text@manufacturing, manufacturingrouting integer@manufacturing,
        actualproductionstartdate date@manufacturing, actualproductionenddate date@manufacturing,
        autocalculatelag boolean@manufacturing, bulkprocsubmission integer*,
        parentexpensealloc integer*, completeddatetime datetime*, releaseddatetime datetime*,
        applypickdecomposition boolean, payrollbatch integer~, total decimal*!,
        subtotal decimal*!, taxtotal decimal*!, discounttotal decimal*!, shippingcost decimal!,
        balance decimal*!, istaxable boolean!, shipaddress memo*!, billaddress memo*!
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
        linecreateddate datetime*, linelastmodifieddate datetime*,
        createdfrom ->transaction*, createdpo integer*, documentnumber text*,
        transactionlinetype text*, category integer, closedate date*, actualshipdate date*,
        expectedshipdate date,
        billeddate date*, duedate date*, periodclosed date*, cleared boolean*,
        cleareddate date*, blandedcost boolean*, iscogs boolean*, isinventoryaffecting boolean*,
        isfullyshipped boolean*, isfxvariance boolean*, isrevrectransaction boolean*,
        iscustomglline boolean*, fulfillable boolean*, hasfulfillableitems boolean*,
        kitcomponent boolean*, kitmemberof integer*, assemblycomponent boolean*,
        transactiondiscount boolean*, donotdisplayline boolean*, donotprintline boolean,
        dropship boolean*, specialorder boolean*, matchbilltoreceipt boolean,
        processedbyrevcommit boolean*, eliminate boolean*, isnonreimbursable boolean,
        hascostline boolean*, excludefromraterequest boolean, quantitybackordered decimal*,
        quantitycommitted decimal*, quantitypacked decimal*, quantitypicked decimal*,
        quantityrejected decimal*, commitinventory integer, commitmentfirm boolean,
        oldcommitmentfirm boolean*, orderpriority decimal, inventoryreportinglocation integer*,
        costestimate decimal, costestimatebase decimal*, costestimaterate decimal,
        costestimatetype text, estgrossprofit decimal*, estgrossprofitpercent decimal*,
        estimatedamount decimal*, rateamount decimal, ratepercent decimal,
        foreignamountpaid decimal*, foreignamountunpaid decimal*,
        foreignpaymentamountused decimal*, foreignpaymentamountunused decimal*,
        foreignamountpaidnopost decimal*, foreignpaymentamountusednopost decimal*,
        fxamountlinked decimal*, settlementamount decimal*, landedcostcategory integer,
        landedcostperline boolean*, landedcostsourcelineid integer*, billingschedule integer,
        billvariancestatus text*, paymentmethod integer, shipmethod integer, requestnote text,
        itemsource text, transferorderitemlineid integer*, orderallocationstrategy integer,
        allocationalert text*, dayslate integer*, vsoeisestimate boolean*,
        bomquantity decimal*, componentyield decimal@manufacturing,
        buildvariance text@manufacturing, isscrap boolean@manufacturing,
        operationdisplaytext text@manufacturing,
        revenueelement integer@advancedrevenuemanagement,
        amortizationsched integer@amortization, amortizstartdate date@amortization,
        amortizationenddate date@amortization, amortizationresidual text@amortization,
        payitem integer~, amount decimal*!, grossamt decimal*!, taxamount decimal*!,
        taxrate1 decimal*!, costestimatepercent decimal*!
        """,
        label="linesequencenumber",
        key=("uniquekey",),
    ),
    table(
        "transactionaccountingline",
        """
        transaction =>transaction, transactionline integer*, accountingbook ->accountingbook*,
        account ->account*, accounttype list:accttype*, amount decimal*, debit decimal*,
        credit decimal*, netamount decimal*, amountpaid decimal*, amountunpaid decimal*,
        amountlinked decimal*, paymentamountused decimal*, paymentamountunused decimal*,
        posting boolean*, exchangerate decimal*, processedbyrevcommit boolean*,
        glauditnumber text*, glauditnumberdate date*, glauditnumbersequence integer*,
        glauditnumbersetby integer*, overheadparentitem ->item*
        """,
        label="account",
        key=("transaction", "transactionline", "accountingbook"),
        view=_ACCOUNTING,
    ),
    table(
        "nexttransactionlinelink",
        _LINE_LINK,
        label="linktype",
        key=_LINE_LINK_KEY,
    ),
    table(
        "previoustransactionlinelink",
        _LINE_LINK,
        label="linktype",
        key=_LINE_LINK_KEY,
        view="SELECT * FROM nexttransactionlinelink",
    ),
    table("nexttransactionlink", _LINK, label="linktype", key=_LINK_KEY),
    table(
        "previoustransactionlink",
        _LINK,
        label="linktype",
        key=_LINK_KEY,
        view="SELECT * FROM nexttransactionlink",
    ),
    table(
        "salesordered",
        _SOLD_COLUMNS,
        label="item",
        key=("uniquekey",),
        view=f"{_SOLD} WHERE head.type = 'SalesOrd'",
    ),
    table(
        "salesinvoiced",
        _SOLD_COLUMNS,
        label="item",
        key=("uniquekey",),
        view=f"{_SOLD} WHERE head.type = 'CustInvc'",
    ),
    table(
        "transactionstatus",
        "trantype text*, id text*, name text*, fullname text*, trancustomtype integer*",
        key=("trantype", "id"),
    ),
    table(
        "paymentmethod",
        "id integer*, name text, methodtype text, undepfunds boolean, account ->account, "
        "isonline boolean, isinactive boolean, externalid text",
    ),
    table(
        "shipitem",
        """
        id integer*, itemid text, displayname text, description memo, account ->account,
        costbasis text, handlingaccount ->account, islegacytax boolean, subsidiary ->subsidiary,
        includechildren boolean, isonline boolean, minimumshippingcost decimal,
        maximumshippingcost decimal, hasminimumshippingcost boolean,
        hasmaximumshippingcost boolean, needsallfreeshippingitems boolean,
        omitpackaging boolean, isinactive boolean, externalid text
        """,
        label="itemid",
    ),
)
"""The tables of transactions."""
