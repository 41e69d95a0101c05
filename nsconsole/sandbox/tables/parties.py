"""Who the account deals with: customers, vendors, employees, contacts, and what ties them to it."""

from __future__ import annotations

from nsconsole.sandbox.schema import Table, table

_ENTITY_COLUMNS = (
    "id, entityid, entitynumber, {altname} AS altname, {fullname} AS fullname, "
    "'{type}' AS type, {own}, {isperson} AS isperson, email, {altemail} AS altemail, phone, "
    "{altphone} AS altphone, {fax} AS fax, {homephone} AS homephone, {mobilephone} AS mobilephone, "
    "firstname, middlename, lastname, salutation, title, entitytitle, comments, "
    "{parent} AS parent, id AS toplevelparent, {laborcost} AS laborcost, isinactive, "
    "datecreated, lastmodifieddate, externalid"
)
_OWN = ("customer", "vendor", "employee", "contact")
_NAMED_BY_COMPANY = {"altname": "companyname", "fullname": "entityid", "isperson": "isperson"}
_NAMED_BY_PERSON = {
    "altname": "firstname || ' ' || lastname",
    "fullname": "entityid",
    "isperson": "'T'",
}
_EVERY_PHONE = {name: name for name in ("altphone", "homephone", "mobilephone")}
_ENTITY_SOURCES = (
    (
        "customer",
        {**_NAMED_BY_COMPANY, **_EVERY_PHONE, "type": "CustJob", "fax": "fax",
         "altemail": "altemail", "parent": "parent", "laborcost": "NULL"},
    ),
    (
        "vendor",
        {**_NAMED_BY_COMPANY, **_EVERY_PHONE, "type": "Vendor", "fax": "fax",
         "altemail": "altemail", "parent": "NULL", "laborcost": "laborcost"},
    ),
    (
        "employee",
        {**_NAMED_BY_PERSON, "altphone": "officephone", "homephone": "homephone",
         "mobilephone": "mobilephone", "type": "Employee", "fax": "fax", "altemail": "NULL",
         "parent": "NULL", "laborcost": "laborcost"},
    ),
    (
        "contact",
        {**_NAMED_BY_PERSON, "altphone": "officephone", "homephone": "homephone",
         "mobilephone": "mobilephone", "type": "Contact", "fax": "fax", "altemail": "altemail",
         "parent": "company", "laborcost": "NULL"},
    ),
)  # fmt: skip


def _entity_view() -> str:
    return " UNION ALL ".join(
        f"SELECT {_ENTITY_COLUMNS.format(own=_own_ids(source), **columns)} FROM {source}"  # noqa: S608 - constants above
        for source, columns in _ENTITY_SOURCES
    )


def _own_ids(source: str) -> str:
    """The id again, in the column that is named after the kind of entity."""
    return ", ".join(f"{'id' if name == source else 'NULL'} AS {name}" for name in _OWN)


PARTIES: tuple[Table, ...] = (
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
        externalid text, datecreated datetime*, lastmodifieddate datetime*,
        salutation text, middlename text, title text, entitytitle text*, altemail text,
        homephone text, mobilephone text, contact ->contact, contactlist memo*,
        toplevelparent integer*, oncredithold boolean*, daysoverduesearch integer*,
        consolbalancesearch decimal*, consoloverduebalancesearch decimal*,
        consoldaysoverduesearch integer*, consolunbilledorderssearch decimal*,
        firstsaleperiod ->accountingperiod*, lastsaleperiod ->accountingperiod*,
        dateclosed date, datelead date*, dateprospect date*, dategrosslead date*,
        dateconversion date*, enddate date, reminderdays integer, searchstage text*,
        probability decimal, salesreadiness integer, buyingreason integer,
        buyingtimeframe integer, estimatedbudget decimal, isbudgetapproved boolean,
        leadsource integer, campaignevent integer, territory ->salesterritory,
        partner integer@partners, receivablesaccount ->account, defaultbankaccount ->account,
        prefccprocessor integer, paymentmethod ->paymentmethod, printoncheckas text,
        shippingcarrier text, shippingitem ->shipitem, shipcomplete boolean,
        thirdpartyacct text, thirdpartycarrier text, thirdpartycountry text,
        thirdpartyzipcode text, defaultorderpriority decimal, alcoholrecipienttype text,
        emailtransactions boolean, faxtransactions boolean, printtransactions boolean,
        globalsubscriptionstatus integer, unsubscribe boolean, language text,
        numberformat integer, negativenumberformat integer, overridecurrencyformat boolean,
        symbolplacement integer, displaysymbol text, isautogeneratedrepresentingentity boolean*,
        representingsubsidiary ->subsidiary, isexplicitconversion boolean*, isjob boolean*,
        convertedtocontact ->contact*, convertedtocustomer ->customer*, duplicate boolean*,
        giveaccess boolean, weblead boolean, assignedwebsite integer, sourcewebsite integer,
        clickstream text*, keywords text*, referrer text*, visits integer*, firstvisit datetime*,
        lastvisit datetime*, lastpagevisited text*, billingratecard integer@projects,
        defaulttaxreg integer, taxrounding text, isjobresource boolean@projects,
        balance decimal*!, overduebalance decimal*!, depositbalance decimal*!,
        unbilledorders decimal*!, consolbalance decimal*!, daysoverdue integer*!, aging decimal*!,
        aging1 decimal*!, aging2 decimal*!, aging3 decimal*!, aging4 decimal*!,
        defaultaddress memo*!, shipaddr1 text*!, shipcity text*!, shipstate text*!,
        shipzip text*!, billstate text*!, creditcardnumber text!, vatregnumber text~
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
        externalid text, datecreated datetime*, lastmodifieddate datetime*,
        entitynumber integer*, fullname text*, salutation text, middlename text, title text,
        entitytitle text*, altemail text, altphone text, homephone text, mobilephone text,
        contact ->contact, contactlist memo*, unbilledordersprimary decimal*,
        defaultshippingaddress integer*, purchaseorderquantitydiff decimal,
        receiptamount decimal, receiptquantity decimal, receiptquantitydiff decimal,
        emailpreference text, emailtransactions boolean, faxtransactions boolean,
        printtransactions boolean, globalsubscriptionstatus integer, unsubscribe boolean,
        giveaccess boolean, language text, defaultbankaccount ->account,
        openingbalance decimal, openingbalancedate date, openingbalanceaccount ->account,
        billingclass integer@projects, isjobresourcevend boolean@projects,
        laborcost decimal, workcalendar integer, isautogeneratedrepresentingentity boolean*,
        representingsubsidiary ->subsidiary, intransitbalance decimal*, defaultvendorpaymentaccount
        ->account, predictedrisk text*, predicteddays integer*, predconfidence decimal*,
        rolesforsearch text*, subsidiaryedition text*, isaccountant boolean,
        eligibleforcommission boolean, duplicate boolean*, manufacturinglocation ->location,
        bcn text, timeapprover ->employee, purchasepricelevel integer, image ->file,
        lastpurchasedate date*, defaulttaxreg integer, taxrounding text,
        taxidnum text~, socialsecuritynumber text~, vatregnumber text~,
        defaultaddress memo*!, billcity text*!, billstate text*!, billpay boolean!
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
        datecreated datetime*, lastmodifieddate datetime*,
        entitynumber integer*, initials text, salutation text, middlename text, entitytitle text*,
        officephone text, homephone text, fax text, comments memo, class ->classification,
        currency ->currency, employeetype ->employeetype, employeestatus integer, gender text,
        birthdate date~, socialsecuritynumber text~, accountnumber text,
        approver ->employee, approvallimit decimal, expenselimit decimal,
        purchaseorderapprover ->employee, purchaseorderapprovallimit decimal,
        purchaseorderlimit decimal, timeapprover ->employee, defaultexpensereportcurrency
        ->currency, defaultbillingaddress integer*, defaultshippingaddress integer*,
        issupportrep boolean, isemployee boolean*, isdesignatedapprover boolean,
        isjobresource boolean@projects, isjobmanager boolean@projects,
        billingclass integer@projects, targetutilization decimal@projects,
        laborcost decimal, giveaccess boolean, i9verified boolean, visatype text,
        visaexpdate date, maritalstatus text~, ethnicity text~, residentstatus text,
        nextreviewdate date, lastreviewdate date, lastpaiddate date, jobdescription memo,
        workcalendar integer, salesrole integer, commissionpaymentpreference text,
        eligibleforcommission boolean, globalsubscriptionstatus integer, unsubscribe boolean,
        emailpreference text, template text, terminationbydeath boolean, terminationcategory text,
        terminationdetails memo, terminationreason integer, rehireable boolean,
        concurrentwebservicesuser boolean, sendemail boolean!, subsidiaryedition text*,
        workassignment integer, workplace integer, image ->file, rolesforsearch text*,
        basewage decimal~, defaultaddress memo*!
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
        datecreated datetime*, lastmodifieddate datetime*,
        entitynumber integer*, salutation text, middlename text, entitytitle text*,
        altemail text, officephone text, homephone text, fax text, assistant ->contact,
        assistantphone text, supervisor ->contact, supervisorphone text,
        contactsource integer, contactcampaignevent integer, category ->contactcategory,
        contactrole ->contactrole, owner ->employee, globalsubscriptionstatus integer,
        unsubscribe boolean, weblead boolean, clickstream text*, keywords text*, referrer text*,
        visits integer*, firstvisit datetime*, lastvisit datetime*, lastpagevisited text*,
        language text, emailpreference text, image ->file, defaultbillingaddress integer*,
        defaultshippingaddress integer*, subsidiaryedition text*, giveaccess boolean,
        duplicate boolean*, defaultaddress memo*!
        """,
        label="entityid",
        space="entity",
    ),
    table(
        "entity",
        """
        id integer*, entityid text, entitynumber integer*, altname text, fullname text*,
        type list:entitytype, customer ->customer, vendor ->vendor, employee ->employee,
        contact ->contact, isperson boolean, email text, altemail text, phone text, altphone text,
        fax text, homephone text, mobilephone text, firstname text, middlename text, lastname text,
        salutation text, title text, entitytitle text, comments memo, parent ->entity,
        toplevelparent ->entity, laborcost decimal, isinactive boolean, datecreated datetime*,
        lastmodifieddate datetime*, externalid text
        """,
        label="entityid",
        view=_entity_view(),
    ),
    table(
        "customersubsidiaryrelationship",
        """
        id integer*, name text*, entity =>customer, subsidiary ->subsidiary,
        isprimarysub boolean, primarycurrency ->currency, balance decimal*,
        unbilledorders decimal*, depositbalance decimal*, isinactive boolean, externalid text,
        lastmodifieddate datetime*
        """,
    ),
    table(
        "vendorsubsidiaryrelationship",
        """
        id integer*, name text*, entity =>vendor, subsidiary ->subsidiary, isprimarysub boolean,
        creditlimit decimal, balance decimal*, lastmodifieddate datetime*,
        primarycurrency ->currency, unbilledorders decimal*, prepaymentbalance decimal*,
        isinactive boolean, externalid text
        """,
    ),
    table(
        "companycontactrelationship",
        "id integer*, company ->entity, contact =>contact, contactrole ->contactrole, "
        "giveaccess boolean, sendemail boolean, externalid text",
        label="contact",
    ),
    table(
        "entitygroup",
        """
        id integer*, groupname text, grouptype text, groupowner ->employee, email text,
        comments memo, issalesrep boolean, issupportrep boolean, isprivate boolean,
        isinactive boolean, ismanufacturingworkcenter boolean, machineresources integer,
        laborresources integer, subsidiary ->subsidiary, savedsearch integer, externalid text,
        lastmodifieddate datetime*
        """,
        label="groupname",
    ),
    table(
        "entitynote",
        """
        id integer*, entity =>entity, author ->employee, title text, note memo, notetype integer,
        direction integer, notedate datetime, externalid text, lastmodifieddate datetime*
        """,
        label="title",
    ),
    table(
        "customercategory",
        "id integer*, name text, isinactive boolean, externalid text",
    ),
    table(
        "vendorcategory",
        "id integer*, name text, istaxagency boolean, isinactive boolean, externalid text",
    ),
    table(
        "contactcategory",
        "id integer*, name text, private boolean, synctooutlook boolean, isinactive boolean, "
        "externalid text",
    ),
    table("contactrole", "id integer*, name text, isinactive boolean, externalid text"),
    table(
        "entitystatus",
        "key integer*, name text, entitytype text, probability decimal, inactive boolean, "
        "includeinleadreports boolean, externalid text",
        key=("key",),
    ),
    table(
        "salesterritory",
        "id integer*, name text, descr memo, matchall boolean, priority integer, "
        "inactive boolean, lastmodifieddate datetime*",
    ),
    table("employeetype", "id integer*, name text, isinactive boolean, externalid text"),
    table(
        "employeerolesforsearch",
        "entity =>employee, role ->role",
        label="role",
        key=("entity", "role"),
    ),
)
"""The tables of customers, vendors, employees and contacts."""
