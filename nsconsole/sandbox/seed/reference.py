"""The lists that every account comes with: countries, roles, books, taxes, bins and their like."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from nsconsole.sandbox.seed.setup import (
    CHOICES,
    EPOCH,
    FIRST_DAY,
    INVENTORY,
    LOCATIONS,
    RECEIVABLES,
    Row,
    periods,
    stamp,
)

SHIP_ITEMS = ("Ground", "LTL Freight", "Will Call", "Next Day Air")
PAYMENT_METHODS = ("Cash", "Check", "Visa", "Master Card", "ACH")
BINS_PER_LOCATION = 12
_SUBSIDIARIES = (1, 2)
_COUNTRIES = {
    "US": "United States", "CA": "Canada", "MX": "Mexico", "GB": "United Kingdom",
    "DE": "Germany", "FR": "France", "IT": "Italy", "ES": "Spain", "NL": "Netherlands",
    "SE": "Sweden", "PL": "Poland", "JP": "Japan", "CN": "China", "TW": "Taiwan", "AU": "Australia",
}  # fmt: skip
_STATES = {
    "US": {"WA": "Washington", "OR": "Oregon", "ID": "Idaho", "CA": "California", "NV": "Nevada",
           "UT": "Utah", "CO": "Colorado", "MT": "Montana", "ND": "North Dakota",
           "MN": "Minnesota", "WI": "Wisconsin", "IA": "Iowa", "MO": "Missouri",
           "OK": "Oklahoma", "TX": "Texas", "OH": "Ohio"},
    "CA": {"BC": "British Columbia", "AB": "Alberta", "SK": "Saskatchewan", "MB": "Manitoba",
           "QC": "Quebec", "ON": "Ontario"},
}  # fmt: skip
_ROLES = {
    3: ("Administrator", "BASIC"), 1: ("Accountant", "ACCOUNTCENTER"),
    8: ("A/P Clerk", "ACCOUNTCENTER"), 15: ("Sales Person", "SALESCENTER"),
    17: ("Sales Manager", "SALESCENTER"), 26: ("Warehouse Manager", "SHIPPINGCENTER"),
    1001: ("Integration", "BASIC"),
}  # fmt: skip
_GONE = (
    ("task", "Task", -21), ("phonecall", "Phone Call", -22), ("calendarevent", "Event", -20),
    ("supportcase", "Case", -23),
)  # fmt: skip
_WAREHOUSES = (
    (1, "4100 E Marginal Way S", "Seattle", "WA", "98134", "US"),
    (2, "5500 E 56th Ave", "Denver", "CO", "80216", "US"),
    (3, "19100 96 Ave", "Surrey", "BC", "V4N 4C4", "CA"),
)


def rows() -> dict[str, list[Row]]:
    """The rows of those tables."""
    return {
        **_people(),
        **_geography(),
        **_books(),
        **_taxes(),
        **_trade(),
        **_warehouse(),
        **_customization(),
        **_multiselects(),
        "deletedrecord": _deleted(),
    }


def _listed(names: tuple[str, ...], **more: object) -> list[Row]:
    return [
        {"id": number, "name": name, "isinactive": "F", **more}
        for number, name in enumerate(names, start=1)
    ]


def _people() -> dict[str, list[Row]]:
    stages = {"13": ("CUSTOMER", 100.0), "16": ("CUSTOMER", 0.0), "7": ("LEAD", 0.0),
              "8": ("PROSPECT", 10.0), "10": ("PROSPECT", 50.0)}  # fmt: skip
    names = {"7": "Qualified", "8": "In Discussion", "10": "Proposal",
             "13": "Closed Won", "16": "Lost Customer"}  # fmt: skip
    return {
        "entitystatus": [
            {"key": int(key), "name": names[key], "entitytype": stage, "probability": chance,
             "inactive": "F", "includeinleadreports": "T"}
            for key, (stage, chance) in sorted(stages.items(), key=lambda pair: int(pair[0]))
        ],
        "salesterritory": [
            {"id": number, "name": name, "descr": f"{name} of the mountains", "matchall": "F",
             "priority": number, "inactive": "F", "lastmodifieddate": stamp(FIRST_DAY)}
            for number, name in enumerate(("West", "East", "North"), start=1)
        ],
        "employeetype": _listed(("Regular Employee", "Contractor", "Seasonal")),
        "contactrole": _listed(("Primary Contact", "Alternate Contact", "Decision Maker")),
        "contactcategory": [{**row, "private": "F", "synctooutlook": "F"}
                            for row in _listed(("Billing", "Purchasing", "Plant"))],
        "entitygroup": [
            {"id": number, "groupname": name, "grouptype": kind, "groupowner": 3,
             "isprivate": "F", "isinactive": "F", "issalesrep": "F", "issupportrep": "F",
             "lastmodifieddate": stamp(FIRST_DAY, 9 * 3600)}
            for number, (name, kind) in enumerate(
                (("Key Accounts", "CustJob"), ("Credit Watch", "CustJob"),
                 ("Preferred Vendors", "Vendor")), start=1)
        ],
        "role": [
            {"id": number, "name": name, "centertype": center, "isinactive": "F",
             "issalesrole": "T" if center == "SALESCENTER" else "F", "issupportrole": "F",
             "iswebserviceonlyrole": "T" if number == 1001 else "F", "restricttime": "F",
             "allowcrosssubsidiary": "T", "subsidiaryoption": "ALL",
             "scriptid": "customrole_integration" if number == 1001 else None}
            for number, (name, center) in sorted(_ROLES.items())
        ],
    }  # fmt: skip


def _geography() -> dict[str, list[Row]]:
    states = [
        (country, short, name) for country, all_of in _STATES.items()
        for short, name in all_of.items()
    ]  # fmt: skip
    return {
        "country": [
            {"id": code, "name": name, "uniquekey": number, "edition": code if number < 3 else "XX",
             "nationality": name}
            for number, (code, name) in enumerate(_COUNTRIES.items(), start=1)
        ],
        "state": [
            {"id": number, "shortname": short, "fullname": name, "country": country}
            for number, (country, short, name) in enumerate(states, start=1)
        ],
    }  # fmt: skip


def _books() -> dict[str, list[Row]]:
    everything = periods()
    months = [row for row in everything if row["isposting"] == "T"]
    balance_sheet = ("Bank", "AcctRec", "OthCurrAsset", "FixedAsset", "AcctPay", "OthCurrLiab",
                     "Equity")  # fmt: skip
    return {
        "accounttype": [
            {"id": code, "internalid": number, "longname": name, "seqnum": number * 10,
             "balancesheet": "T" if code in balance_sheet else "F",
             "left": "T" if code in ("Bank", "AcctRec", "OthCurrAsset", "FixedAsset", "COGS",
                                     "Expense") else "F",
             "includeinrevaldefault": "F", "usercanchangerevaloption": "T",
             "defaultgeneralratetype": "CURRENT" if code in balance_sheet else "AVERAGE",
             "defaultcashflowratetype": "AVERAGE", "eliminationalgo": "NONE"}
            for number, (code, name) in enumerate(CHOICES["accttype"].items(), start=1)
        ],
        "accountingbook": [
            {"id": 1, "name": "Primary Accounting Book", "isprimary": "T", "isadjustmentonly": "F",
             "isconsolidated": "F", "includechildren": "T", "subsidiariesstring": "1, 2",
             "contingentrevenuehandling": "F", "twosteprevenueallocation": "F",
             "lastmodifieddate": stamp(FIRST_DAY)}
        ],
        "accountingbooksubsidiaries": [
            {"accountingbook": 1, "subsidiary": number, "status": "ACTIVE"}
            for number in _SUBSIDIARIES
        ],
        "fiscalcalendar": [
            {"id": 1, "name": "Standard Fiscal Calendar", "fiscalmonth": "JAN", "isdefault": "T"}
        ],
        "accountingperiodfiscalcalendars": [
            {"accountingperiod": row["id"], "fiscalcalendar": 1, "fullname": row["periodname"],
             "parent": row["parent"]}
            for row in everything
        ],
        "currencyrate": [
            {"id": number, "basecurrency": 1, "transactioncurrency": 2, "exchangerate": 0.71,
             "effectivedate": row["startdate"], "lastmodifieddate": row["startdate"]}
            for number, row in enumerate(_past(months), start=1)
        ],
        "consolidatedexchangerate": [
            {"id": number, "accountingbook": 1, "postingperiod": row["id"], "fromsubsidiary": 2,
             "tosubsidiary": 1, "fromcurrency": 2, "tocurrency": 1, "currentrate": 0.71,
             "averagerate": 0.71, "historicalrate": 0.71, "isderived": "F",
             "isperiodclosed": row["closed"], "iseliminationsubsidiary": "F"}
            for number, row in enumerate(_past(months), start=1)
        ],
        "budgets": _budgets(months),
    }  # fmt: skip


def _past(months: list[Row]) -> list[Row]:
    return [row for row in months if str(row["startdate"]) <= stamp(EPOCH)]


def _budgets(months: list[Row]) -> list[Row]:
    plan = {401: 400_000.0, 501: 250_000.0, 601: 9000.0, 611: 21_000.0, 621: 4000.0, 631: 2500.0}
    year = [row for row in months if str(row["startdate"]).startswith(str(EPOCH.year))]
    return [
        {"id": number, "accountingbook": 1, "accountingperiod": month["id"], "account": account,
         "subsidiary": 1, "amount": amount, "budgettype": "LOCAL", "category": 1}
        for number, (month, (account, amount)) in enumerate(
            ((month, pair) for month in year for pair in plan.items()), start=1)
    ]  # fmt: skip


def _taxes() -> dict[str, list[Row]]:
    nexuses = {1: ("US", "WA", "Washington"), 2: ("US", "CO", "Colorado"),
               3: ("CA", "BC", "British Columbia")}  # fmt: skip
    return {
        "taxtype": [
            {"id": 1, "name": "Sales Tax", "country": "US", "postingtogl": "T",
             "doesnotaddtototal": "F", "reversecharge": "F", "taxinnetamount": "F",
             "isinactive": "F"},
            {"id": 2, "name": "GST", "country": "CA", "postingtogl": "T",
             "doesnotaddtototal": "F", "reversecharge": "F", "taxinnetamount": "F",
             "isinactive": "F"},
        ],
        "taxacct": [
            {"id": 1, "name": "Sales Taxes Payable", "account": 231, "nexus": 1, "country": "US",
             "taxaccttype": "SALE", "isinactive": "F"},
            {"id": 2, "name": "GST Payable", "account": 231, "nexus": 3, "country": "CA",
             "taxaccttype": "SALE", "isinactive": "F"},
        ],
        "taxgroup": [
            {"id": 1, "itemid": "WA Seattle", "rate": 10.3, "state": "WA", "city": "Seattle",
             "nexuscountry": "US", "taxitem1": 1, "unitprice1": 10.3, "taxtype": 1,
             "subsidiary": 1, "includechildren": "F", "isdefault": "F", "isinactive": "F"},
        ],
        "nexus": [
            {"id": number, "description": name, "country": country, "state": state,
             "isinactive": "F"}
            for number, (country, state, name) in nexuses.items()
        ],
        "subsidiarynexus": [
            {"subsidiary": 2 if country == "CA" else 1, "nexus": number, "country": country,
             "state": state}
            for number, (country, state, _) in nexuses.items()
        ],
    }  # fmt: skip


def _trade() -> dict[str, list[Row]]:
    statuses = CHOICES["transactionstatus"].items()
    return {
        "transactionstatus": [
            {"trantype": code.partition("/")[0], "id": code.partition("/")[2],
             "name": words.partition(" : ")[2], "fullname": words, "trancustomtype": -1}
            for code, words in statuses
        ],
        "paymentmethod": [
            {**row, "methodtype": row["name"], "undepfunds": "T", "account": RECEIVABLES,
             "isonline": "F"}
            for row in _listed(PAYMENT_METHODS)
        ],
        "shipitem": [
            {"id": number, "itemid": name, "displayname": name, "account": 402,
             "costbasis": "FLAT", "subsidiary": 1, "includechildren": "T", "isonline": "F",
             "hasminimumshippingcost": "F", "hasmaximumshippingcost": "F",
             "needsallfreeshippingitems": "F", "omitpackaging": "F", "islegacytax": "T",
             "isinactive": "F"}
            for number, name in enumerate(SHIP_ITEMS, start=1)
        ],
        "pricinggroup": _listed(("Consumables", "Equipment", "Safety")),
    }  # fmt: skip


def _warehouse() -> dict[str, list[Row]]:
    born = stamp(FIRST_DAY, 9 * 3600)
    return {
        "inventorystatus": [
            {**row, "inventoryavailable": "T" if row["id"] == 1 else "F", "lastmodifieddate": born}
            for row in _listed(("Good", "Inspection"))
        ],
        "bin": [
            {"id": (location - 1) * BINS_PER_LOCATION + number, "location": location,
             "binnumber": f"{name[:3].upper()}-{(number + 3) // 4:02d}-{(number - 1) % 4 + 1}",
             "sequencenumber": number, "type": "STORAGE", "isinactive": "F",
             "lastmodifieddate": born}
            for location, name in LOCATIONS.items()
            for number in range(1, BINS_PER_LOCATION + 1)
        ],
    }  # fmt: skip


def warehouse_addresses(first_key: int) -> dict[str, list[Row]]:
    """Where the warehouses and the subsidiaries are; their `nkey`s go up from `first_key`."""
    made = [
        {"nkey": first_key + i, "addressee": LOCATIONS[number], "addr1": street, "city": city,
         "state": state, "dropdownstate": state, "zip": code, "country": country, "override": "F",
         "addrtext": f"{LOCATIONS[number]}\n{street}\n{city} {state} {code}",
         "lastmodifieddate": stamp(FIRST_DAY)}
        for i, (number, street, city, state, code, country) in enumerate(_WAREHOUSES)
    ]  # fmt: skip
    seats = [{**made[i], "nkey": first_key + 3 + n} for n, i in enumerate((0, 2))]
    return {"locationmainaddress": made, "subsidiarymainaddress": seats}


def _customization() -> dict[str, list[Row]]:
    born = stamp(FIRST_DAY, 9 * 3600)
    files = (
        ("gfs_platform_query.js", 18_240, "JAVASCRIPT"),
        ("northgate_logo.png", 9120, "PNGIMAGE"),
        ("price_list_2026.csv", 80_412, "CSV"),
    )
    return {
        "mediaitemfolder": [
            {"id": -15, "name": "SuiteScripts", "istoplevel": "T", "isprivate": "F",
             "isinactive": "F", "numfolderfiles": 1, "foldersize": 18, "owner": 1,
             "lastmodifieddate": born},
            {"id": 101, "name": "Price Lists", "istoplevel": "T", "isprivate": "F",
             "isinactive": "F", "numfolderfiles": 2, "foldersize": 88, "owner": 3,
             "lastmodifieddate": born},
        ],
        "file": [
            {"id": number, "name": name, "folder": -15 if kind == "JAVASCRIPT" else 101,
             "filetype": kind, "filesize": size, "isonline": "F", "hideinbundle": "F",
             "isprivate": "F", "isinactive": "F", "owner": 1, "createddate": born,
             "lastmodifieddate": born,
             "url": f"/core/media/media.nl?id={number}&c=1234567_SB1"}
            for number, (name, size, kind) in enumerate(files, start=1)
        ],
        "script": [
            {"id": 6, "name": "GFS Platform Query", "scriptid": "customscript_gfs_platform_query",
             "scripttype": "RESTLET", "scriptfile": 1, "apiversion": "2.1", "owner": 1,
             "isinactive": "F", "notifyowner": "T", "notifyadmins": "F"}
        ],
        "scriptdeployment": [
            {"primarykey": 1, "script": 6, "scriptid": "customdeploy_gfs_platform_query",
             "title": "GFS Platform Query", "status": "RELEASED", "isdeployed": "T",
             "loglevel": "ERROR", "allroles": "T", "allemployees": "T"}
        ],
        "loginaudit": [
            {"internalid": number, "date": stamp(EPOCH - timedelta(days=10 - number), 15 * 3600),
             "user": 1, "role": 1001, "status": "Success", "requesturi": "/app/site/hosting",
             "oauthappname": "Integration", "ipaddress": f"203.0.113.{number}"}
            for number in range(1, 11)
        ],
    }  # fmt: skip


def _multiselects() -> dict[str, list[Row]]:
    def pairs(ids: tuple[int, ...], chosen: tuple[int, ...]) -> list[Row]:
        return [{"mapone": each, "maptwo": other} for each in ids for other in chosen]

    locations = [{"mapone": number, "maptwo": 2 if number == 3 else 1} for number in LOCATIONS]
    return {
        "map_department_subsidiary": pairs(tuple(range(1, 7)), _SUBSIDIARIES),
        "map_classification_subsidiary": pairs(tuple(range(1, 11)), _SUBSIDIARIES),
        "map_account_subsidiary": pairs((RECEIVABLES, INVENTORY, 401, 501), _SUBSIDIARIES),
        "map_location_subsidiary": cast("list[Row]", locations),
    }


def _deleted() -> list[Row]:
    """What users have deleted over the two years: activities, and entries of a custom record."""
    made: list[Row] = []
    for number in range(1, 25):
        script, name, code = _GONE[number % len(_GONE)]
        custom = number % 6 == 0
        made.append(
            {
                "recordid": number,
                "recordtypeid": 104 if custom else code,
                "scriptid": "customrecord_price_watch" if custom else script,
                "name": f"Price Watch {number}" if custom else f"{name} {number}",
                "type": "Price Watch" if custom else name,
                "deleteddate": stamp(_spread(number), 9 * 3600 + number * 1013),
                "deletedby": 1 + number % 12,
                "context": "UIF" if number % 3 else "CSV",
                "iscustomlist": "F",
                "iscustomrecord": "T" if custom else "F",
                "iscustomtransaction": "F",
            }
        )
    return made


def _spread(number: int) -> date:
    return FIRST_DAY + timedelta(days=number * 29)
