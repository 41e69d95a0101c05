"""The books: accounts, periods, currencies and their rates, taxes."""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

LEDGER: tuple[Table, ...] = (
    table(
        "account",
        """
        id integer*, acctnumber text, accountsearchdisplayname text*, fullname text*,
        accttype list:accttype, description memo, parent ->account, currency ->currency,
        subsidiary ->subsidiary, issummary boolean, eliminate boolean, inventory boolean,
        isinactive boolean, externalid text,
        accountsearchdisplaynamecopy text*, displaynamewithhierarchy text*, generalrate text,
        cashflowrate text, sspecacct text*, class ->classification, department ->department,
        location ->location, deferralacct ->account, billableexpensesacct ->account,
        category1099misc integer, includechildren boolean, revalue boolean,
        reconcilewithmatching boolean, availablebalance decimal*, sbankname text,
        sbankroutingnumber text~, sbankcompanyid text~, unit ->unitstypeuom, unitstype ->unitstype,
        balance decimal*!, openingbalance decimal!, legalname text!
        """,
        label="accountsearchdisplayname",
    ),
    table(
        "accounttype",
        """
        id text*, internalid integer*, longname text*, balancesheet boolean*, left boolean*,
        seqnum integer*, includeinrevaldefault boolean*, usercanchangerevaloption boolean*,
        defaultgeneralratetype text*, defaultcashflowratetype text*, eliminationalgo text*
        """,
        label="longname",
    ),
    table(
        "accountsubsidiarymap",
        "account =>account, subsidiary ->subsidiary",
        label="subsidiary",
        key=("account", "subsidiary"),
    ),
    table(
        "accountingbook",
        """
        id integer*, name text, isprimary boolean, isadjustmentonly boolean,
        isconsolidated boolean, basebook ->accountingbook, effectiveperiod ->accountingperiod,
        includechildren boolean, contingentrevenuehandling boolean,
        twosteprevenueallocation boolean, unbilledreceivablegrouping text,
        subsidiariesstring text*, externalid text, lastmodifieddate datetime*
        """,
    ),
    table(
        "accountingbooksubsidiaries",
        "accountingbook =>accountingbook, subsidiary ->subsidiary, status text",
        label="subsidiary",
        key=("accountingbook", "subsidiary"),
    ),
    table(
        "accountingperiod",
        """
        id integer*, periodname text, startdate date, enddate date, parent ->accountingperiod,
        isyear boolean, isquarter boolean, isposting boolean, isadjust boolean, closed boolean*,
        closedondate date*, aplocked boolean, arlocked boolean, alllocked boolean,
        isinactive boolean, allownonglchanges boolean, payrolllocked boolean, year integer*
        """,
        label="periodname",
    ),
    table(
        "accountingperiodfiscalcalendars",
        "accountingperiod =>accountingperiod, fiscalcalendar ->fiscalcalendar, fullname text*, "
        "parent ->accountingperiod",
        label="fullname",
        key=("accountingperiod", "fiscalcalendar"),
    ),
    table(
        "fiscalcalendar",
        "id integer*, name text, fiscalmonth text, isdefault boolean, externalid text",
    ),
    table(
        "currency",
        "id integer*, name text, symbol text, displaysymbol text, currencyprecision integer, "
        "exchangerate decimal, isbasecurrency boolean, isinactive boolean, externalid text, "
        "overridecurrencyformat boolean, symbolplacement integer, includeinfxrateupdates boolean, "
        "fxrateupdatetimezone integer, locale text",
    ),
    table(
        "currencyrate",
        """
        id integer*, basecurrency ->currency, transactioncurrency ->currency,
        exchangerate decimal, effectivedate date, externalid text, lastmodifieddate datetime*
        """,
        label="exchangerate",
    ),
    table(
        "consolidatedexchangerate",
        """
        id integer*, accountingbook ->accountingbook, postingperiod ->accountingperiod,
        fromsubsidiary ->subsidiary, tosubsidiary ->subsidiary, fromcurrency ->currency,
        tocurrency ->currency, currentrate decimal, averagerate decimal, historicalrate decimal,
        isderived boolean*, isperiodclosed boolean*, iseliminationsubsidiary boolean*,
        externalid text
        """,
        label="currentrate",
    ),
    table(
        "term",
        "id integer*, name text, daysuntilnetdue integer, discountpercent decimal, "
        "daysuntilexpiry integer, datedriven boolean, isinactive boolean, externalid text, "
        "lastmodifieddate datetime*, dayofmonthnetdue integer, duenextmonthifwithindays integer, "
        "discountpercentdatedriven decimal, daydiscountexpires integer, installment boolean, "
        "splitevenly boolean, repeatevery integer, recurrencecount integer, preferred boolean",
    ),
    table(
        "salestaxitem",
        "id integer*, itemid text, displayname text, description memo, rate decimal, state text, "
        "county text, taxaccount ->account, isinactive boolean, externalid text, "
        "taxtype ->taxtype, taxagency ->vendor, nexuscountry text, effectivefrom date, "
        "validuntil date, city text, zip text, available text, isdefault boolean, "
        "export boolean, eccode boolean, exempt boolean, reversecharge boolean, "
        "subsidiary ->subsidiary, includechildren boolean, purchaseaccount ->account, "
        "saleaccount ->account",
        label="itemid",
    ),
    table(
        "taxgroup",
        """
        id integer*, itemid text, description memo, rate decimal, state text, county text,
        city text, zip text, nexuscountry text, taxitem1 ->salestaxitem, taxitem2 ->salestaxitem,
        unitprice1 decimal, unitprice2 decimal, taxtype ->taxtype, subsidiary ->subsidiary,
        includechildren boolean, isdefault boolean, isinactive boolean, externalid text
        """,
        label="itemid",
    ),
    table(
        "taxtype",
        """
        id integer*, name text, country text, description memo, doesnotaddtototal boolean,
        postingtogl boolean, reversecharge boolean, taxinnetamount boolean, isinactive boolean,
        externalid text
        """,
    ),
    table(
        "taxacct",
        "id integer*, name text, description memo, account ->account, nexus ->nexus, "
        "country text, taxaccttype text, isinactive boolean, externalid text",
    ),
    table(
        "nexus",
        "id integer*, description text, country text, state text, taxagency ->vendor, "
        "effectivefrom date, isinactive boolean, externalid text",
        label="description",
    ),
    table(
        "subsidiarynexus",
        "subsidiary =>subsidiary, nexus ->nexus, country text, state text",
        label="nexus",
        key=("subsidiary", "nexus"),
    ),
    table(
        "budgets",
        """
        id integer*, accountingbook ->accountingbook, accountingperiod ->accountingperiod,
        account ->account, subsidiary ->subsidiary, department ->department,
        class ->classification, location ->location, amount decimal, budgettype text,
        category integer
        """,
        label="amount",
    ),
)
"""The tables of the general ledger."""
