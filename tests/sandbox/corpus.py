"""What the fuzzer starts from: right requests, and the bits that spoil them."""

import re

RESTLET = "/app/site/hosting/restlet.nl"
SCRIPT = "script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"
SUITEQL = "/services/rest/query/v1/suiteql"
CATALOG = "/services/rest/record/v1/metadata-catalog"
TOKEN = "/services/rest/auth/oauth2/v1/token"
RECORDS_CATALOG = "/app/recordscatalog/rcendpoint.nl"
GOVERNANCE = "/services/rest/system/v1/governanceLimits"

_QUERIES = """
SELECT 1 FROM dual;
SELECT id, companyname FROM customer ORDER BY id ASC;
SELECT * FROM vendor WHERE id = 42;
SELECT COUNT(*) AS n, MAX(id) FROM transaction;
SELECT t.id, tl.id AS line, tl.quantity
  FROM transaction t JOIN transactionline tl ON tl.transaction = t.id
  WHERE t.type = 'SalesOrd' ORDER BY t.id, tl.id;
SELECT type, COUNT(*) AS n, SUM(foreigntotal) FROM transaction
  GROUP BY type HAVING COUNT(*) > 3 ORDER BY COUNT(*) DESC;
SELECT BUILTIN.DF(status) AS s, entity FROM transaction WHERE id BETWEEN 10 AND 90;
SELECT TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS m FROM customer
  WHERE lastmodifieddate >= TO_DATE('2024-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS');
SELECT TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM vendor;
SELECT TOP 5 itemid, NVL(displayname, '-') AS d, DECODE(isinactive, 'T', 1, 0) FROM item;
SELECT id FROM contact WHERE ROWNUM <= 7;
SELECT id FROM item WHERE id IN (101, 102, 103) OR LOWER(itemid) LIKE 'a%' ESCAPE '!';
SELECT id FROM customer c WHERE EXISTS (SELECT 1 FROM transaction t WHERE t.entity = c.id);
SELECT x.id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) AS r FROM vendor) x
  WHERE x.r < 4;
SELECT id FROM vendor UNION ALL SELECT id FROM customer;
SELECT id, CASE WHEN cost > 5 THEN 'dear' ELSE 'cheap' END AS c FROM vendor
  FETCH FIRST 3 ROWS ONLY;
SELECT SUBSTR(companyname, 1, 3) || INITCAP(email) AS x, INSTR(email, '@') FROM customer;
SELECT scriptid, name FROM customfield WHERE LOWER(scriptid) LIKE 'custbody%';
SELECT recordid, TO_CHAR(deleteddate, 'YYYY-MM-DD') FROM deletedrecord
  ORDER BY deleteddate, recordid;
SELECT name FROM subsidiary WHERE id = ? AND name <> ?
"""
QUERIES = [" ".join(query.split()) for query in _QUERIES.split(";\n")]
_WORDS = """
SELECT FROM WHERE AND OR NOT NULL IS IN LIKE BETWEEN GROUP ORDER BY HAVING JOIN LEFT RIGHT FULL
CROSS ON UNION ALL DISTINCT TOP ROWNUM FETCH FIRST ROWS ONLY LIMIT OFFSET WITH CASE END AS
( ) , . * + - / % || = <> < > ? ; ' " [ ] -- /* */ (+) := : @ # $ ! ~ ^ & \\ \x00 \x1a 💥 é
customer transaction transactionline nosuch sqlite_master pragma_table_info dual BUILTIN.DF
id t.id nosuch t.nosuch custbody7 subsidiary class status rowid oid
0 1 -1 42 1e309 0x1F 99999999999999999999 3.14159 .5 'text' '' 'it''s' DATE'2024-01-01'
TO_CHAR( TO_DATE( NVL( DECODE( SUM( MAX( COUNT( REGEXP_SUBSTR( LISTAGG( load_extension(
INSERT UPDATE DELETE DROP ATTACH PRAGMA VACUUM BEGIN INTO VALUES EXPLAIN RECURSIVE
"""
WORDS = re.findall("[^ \n]+", _WORDS)
JUNK = (
    *(None, True, False, 0, -1, 42, 1e308, 2**70, -0.0, 0.1),
    *("", " ", "42", "T", "x" * 5000, "\x00", "\ud800", "💥", "é\u202e", "%00", "../.."),
    *("'; DROP TABLE vendor; --", "2026-02-30", "2026-11-20", "NaN", "create"),
    *([], {}, [[]], [{}], {"id": "42"}, {"": ""}, [1, "2", None]),
    *("vendor", "customer", "transaction", "sandbox_ledger", "sqlite_master"),
)
OPERATIONS = (
    {"operation": "create", "record_type": "vendor", "values": {"companyname": "Fuzz & Sons"}},
    {"operation": "create", "record_type": "customer", "values": {"companyname": "Fuzz Trading"}},
    {
        "operation": "create",
        "record_type": "vendorbill",
        "values": {"entity": 42, "trandate": "2026-11-20"},
        "sublists": {
            "item": [{"item": 101, "quantity": 3, "rate": 2.5}],
            "expense": [{"account": 611, "amount": 9.5}],
        },
    },
    {
        "operation": "update",
        "record_type": "vendor",
        "id": "42",
        "values": {"cost": 12.5},
        "expected": {"cost": 10},
    },
    {
        "operation": "update",
        "record_type": "customer",
        "id": 80,
        "values": {"terms": 2, "email": "a@b.example"},
    },
    {
        "operation": "update",
        "record_type": "salesorder",
        "id": "900",
        "values": {"memo": "fuzz"},
        "sublists": {"item": [{"line": 1, "quantity": 2}]},
    },
    {"operation": "delete", "record_type": "contact", "id": "330"},
    {"operation": "delete", "record_type": "vendor", "id": "20"},
)
CALLS = (
    {"operation": "ping"},
    {"operation": "lookup", "request_ids": ["fuzz-1", "never"]},
    {"operation": "read", "record_type": "vendor", "id": "42", "fields": ["cost", "companyname"]},
)
_TABLE = {
    "columns": {"id": "integer", "name": "text", "at": "datetime", "on": "date", "n": "decimal"},
    "key": ["id"],
    "rows": [
        {"id": 1, "name": "one", "at": "2026-11-20T10:00:00Z", "on": "2026-11-20", "n": 1.5},
    ],
}
_FAULT = {"on": "suiteql", "fault": "slow", "ms": 1, "times": 1, "where": {"contains": "x"}}
_PEM = "-----BEGIN PUBLIC KEY-----"
DOORS = (
    ("GET", "ledger", None),
    ("GET", "stats", None),
    ("GET", "faults", None),
    ("GET", "behaviour", None),
    ("GET", "records-catalog", None),
    ("GET", "session", None),
    ("POST", "tables/vendor/rows", [{"id": 42, "cost": 11}, {"companyname": "By Another"}]),
    ("DELETE", "tables/contact/rows", {"ids": ["331"]}),
    ("POST", "tables/zz_fuzz/rows", [{"id": 1, "name": "one"}]),
    ("POST", "tables/zz_fuzz/columns", {"add": {"name": "more", "type": "text"}}),
    ("POST", "tables/zz_fuzz/columns", {"rename": ["more", "less"]}),
    ("POST", "tables/zz_fuzz/columns", {"drop": "less"}),
    ("POST", "tables/zz_fuzz/columns", {"hide": "name"}),
    ("POST", "tables/zz_fuzz", {"access": "open"}),
    ("POST", "features", {"multisubsidiarycustomer": True}),
    ("POST", "certificates", {"certificate_id": "fuzz", "public_key": _PEM}),
    ("POST", "load", {"tables": {"zz_fuzz": _TABLE}}),
    ("POST", "clock", {"advance_seconds": 1}),
    ("PATCH", "behaviour", {"date_format": "YYYY-MM-DD", "time_zone": "Europe/Berlin"}),
    ("POST", "faults", _FAULT),
    ("POST", "nowhere", {}),
)
PAGES = (
    *("", "?limit=10", "?limit=10&offset=20", "?limit=1000&offset=0", "?limit=1&offset=100000"),
    *("?limit=0", "?limit=1001", "?limit=7&offset=3", "?limit=-1", "?limit=ten", "?limit="),
    *("?limit=5&limit=6", "?nothing=1", "?offset=99999999999999999999", "?%6cimit=5", "?&&="),
    "?limit=%F0%9F%92%A5",
)
ACCEPTS = (
    *("application/json", "application/schema+json", "application/swagger+json", "*/*"),
    *("text/html", "", "application/schema+json;q=0.5, */*", "é", "/", "application/" + "x" * 300),
)
JSON = "application/json"
TYPES = (
    *(JSON, JSON, JSON, "application/json; charset=utf-8", "Application/JSON", "text/plain"),
    *("application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "é", "", None),
    "application/json; charset=utf-16",
)
METHODS = (
    *("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "X"),
)
PATHS = (
    *("/", "//", "/services/rest", "/services/rest/record/v1/customer/42", "/sandbox", "/sandbox/"),
    *(SUITEQL + "/", SUITEQL + "/x", RESTLET, TOKEN, CATALOG, GOVERNANCE, RECORDS_CATALOG),
    *("/sandbox/../ledger", "/%2e%2e/%2e%2e/etc/passwd", "/a%00b", "/%ff%fe", "/" + "a" * 3000),
    *("/*", "/;x=1", "/é", "*", "http://127.0.0.1" + SUITEQL, SUITEQL + "%3Flimit=1"),
)
HEADERS = (
    ("Prefer", "transient"),
    ("Prefer", "respond-async"),
    ("Accept-Language", "xx"),
    ("Accept", "application/schema+json"),
    ("Expect", "100-continue"),
    ("X-Long", "y" * 4000),
    ("X-É", "é"),
    ("Cookie", "JSESSIONID=1; a=b"),
    ("X-NetSuite-PropertyNameValidation", "error"),
    ("Connection", "close"),
    ("Upgrade", "websocket"),
    ("Range", "bytes=0-1"),
    ("Host", "1234567-sb1.suitetalk.api.netsuite.com"),
)
SPOILING_TEXT = ("", "\x00", "'", "é", "%", " ", "9", "\n")
SPOILING_PATH = ("/", "//", "/..", "%2f", "%00", "%zz", ";", "é", "~", ":", "%C3%28", "a" * 99)
