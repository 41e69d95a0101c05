"""The company itself: subsidiaries and their segments, users and scripts, files, and the logs."""

from __future__ import annotations

from nsconsole.sandbox.schema import Access, Table, table

_MULTISELECTS = {
    "account_subsidiary": ("account", "subsidiary"),
    "classification_subsidiary": ("classification", "subsidiary"),
    "department_subsidiary": ("department", "subsidiary"),
    "location_subsidiary": ("location", "subsidiary"),
    "item_subsidiary": ("item", "subsidiary"),
}


def _mapping(name: str, source: str, target: str) -> Table:
    """The rows of a multiselect field: `mapone` is the record's id, `maptwo` the chosen one's."""
    columns = f"mapone =>{source}, maptwo ->{target}"
    return table(f"map_{name}", columns, label="maptwo", key=("mapone", "maptwo"))


SETUP: tuple[Table, ...] = (
    table(
        "subsidiary",
        """
        id integer*, name text, fullname text*, legalname text, parent ->subsidiary,
        currency ->currency, country text, state text, email text, url text,
        iselimination boolean, isinactive boolean, externalid text,
        dropdownstate text*, edition text, fax text, federalidnumber text~, ssnortin text~,
        state1taxnumber text~, fiscalcalendar ->fiscalcalendar, glimpactlocking boolean,
        intercoaccount ->account, languagelocale text, mainaddress integer*,
        returnaddress integer*, shippingaddress integer*, purchaseorderamount decimal,
        purchaseorderquantity decimal, purchaseorderquantitydiff decimal, receiptamount decimal,
        receiptquantity decimal, receiptquantitydiff decimal, representingcustomer ->customer,
        representingvendor ->vendor, showsubsidiaryname boolean, tranprefix text,
        traninternalprefix text, checklayout integer, pagelogo ->file, logo ->file
        """,
    ),
    table(
        "department",
        "id integer*, name text, fullname text*, parent ->department, subsidiary ->subsidiary, "
        "isinactive boolean, externalid text, includechildren boolean",
    ),
    table(
        "location",
        """
        id integer*, name text, fullname text*, parent ->location, subsidiary ->subsidiary,
        locationtype list:locationtype, makeinventoryavailable boolean, timezone text,
        isinactive boolean, externalid text, mainaddress integer*, returnaddress integer*,
        tranprefix text, usebins boolean, latitude decimal, longitude decimal,
        defaultallocationpriority decimal, includechildren boolean, allowstorepickup boolean,
        autoassignmentregionsetting text, dailyshippingcapacity integer,
        totalshippingcapacity integer, nextpickupcutofftime text, bufferstock integer,
        includelocationregions text, excludelocationregions text, logo ->file,
        makeinventoryavailablestore boolean, includeinsupplyplanning boolean,
        geolocationmethod text
        """,
    ),
    table(
        "classification",
        "id integer*, name text, fullname text*, parent ->classification, subsidiary ->subsidiary, "
        "isinactive boolean, externalid text, includechildren boolean",
    ),
    *(_mapping(name, source, target) for name, (source, target) in _MULTISELECTS.items()),
    table(
        "country",
        "id text*, name text*, uniquekey integer*, edition text*, nationality text*",
    ),
    table(
        "state",
        "id integer*, shortname text, fullname text, country text",
        label="shortname",
    ),
    table(
        "role",
        """
        id integer*, name text, centertype text, issalesrole boolean, issupportrole boolean,
        iswebserviceonlyrole boolean, employeerestriction text, subsidiaryoption text,
        restricttime boolean, allowcrosssubsidiary boolean, scriptid text, isinactive boolean,
        externalid text
        """,
    ),
    table(
        "file",
        """
        id integer*, name text, folder ->mediaitemfolder, filetype text, filesize integer*,
        url text*, description memo, isonline boolean, hideinbundle boolean, isprivate boolean,
        isinactive boolean, owner ->employee, createddate datetime*, lastmodifieddate datetime*
        """,
    ),
    table(
        "mediaitemfolder",
        """
        id integer*, name text, parent ->mediaitemfolder, appfolder text*, description memo,
        foldertype text, istoplevel boolean*, isprivate boolean, isinactive boolean,
        numfolderfiles integer*, foldersize integer*, owner ->employee, externalid text,
        lastmodifieddate datetime*
        """,
    ),
    table(
        "script",
        """
        id integer*, name text, scriptid text, scripttype text, scriptfile ->file,
        apiversion text, description memo, owner ->employee, isinactive boolean,
        notifyowner boolean, notifyadmins boolean, defaultfunction text, externalid text
        """,
    ),
    table(
        "scriptdeployment",
        """
        primarykey integer*, script =>script, scriptid text, title text, status text,
        isdeployed boolean, recordtype text, loglevel text, allroles boolean,
        allemployees boolean, runasrole ->role, externalid text
        """,
        label="title",
        key=("primarykey",),
    ),
    table(
        "loginaudit",
        """
        internalid integer*, date datetime*, user ->employee*, role ->role*, emailaddress text*,
        ipaddress text*, requesturi text*, status text*, detail text*, useragent text*,
        oauthappname text*, oauthaccesstokenname text*
        """,
        label="emailaddress",
        key=("internalid",),
        access=Access.NO_PERMISSION,
    ),
    table(
        "systemnote",
        """
        id integer*, date datetime*, name ->employee*, recordid integer*, recordtypeid integer*,
        record text*, field text*, oldvalue text*, newvalue text*, type integer*, context text*,
        role ->role*, lineid integer*, linetransactionid integer*
        """,
        label="field",
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
"""The tables of the account's set-up."""
