"""SuiteQL over REST: what it answers, page by page, and what it refuses, by cause."""

import pytest

PREFIX = "Invalid search query. Detailed unprocessed description follows. "
UNSUPPORTED = PREFIX + "Search error occurred: Invalid or unsupported search."


def test_the_envelope_of_a_single_page(shared):
    answer = shared.suiteql("SELECT 1 AS Answer FROM dual")
    assert answer.json() == {
        "links": [{"rel": "self", "href": f"{shared.sandbox.url}/services/rest/query/v1/suiteql"}],
        "count": 1,
        "hasMore": False,
        "items": [{"links": [], "answer": "1"}],
        "offset": 0,
        "totalResults": 1,
    }


def test_values_are_texts_nulls_are_left_out_and_names_are_lower_case(shared):
    (row,) = shared.rows("SELECT ID, CompanyName, cost, fax, isInactive FROM Vendor WHERE id = 42")
    assert row == {
        "id": "42",
        "companyname": "Acme Industrial Supply",
        "cost": "10",
        "isinactive": "F",
    }


def test_a_raw_date_has_the_accounts_format_and_no_time(own):
    row = [{"id": 42, "lastmodifieddate": "2026-03-02T23:59:58Z"}]
    own.door("POST", "tables/vendor/rows", row)
    (row,) = own.rows(
        "SELECT lastmodifieddate, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS whole, "
        """TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS utc """
        "FROM vendor WHERE id = 42"
    )
    assert row == {
        "lastmodifieddate": "3/2/2026",
        "whole": "2026-03-02 15:59:58",
        "utc": "2026-03-02T23:59:58Z",
    }


def test_parameters_are_bound_in_the_order_of_the_text(shared):
    query = (
        "SELECT CASE WHEN id = ? THEN ? ELSE 'other' END AS which FROM vendor "
        "WHERE id IN (?, ?) AND companyname <> '?' ORDER BY id DESC"
    )
    rows = shared.rows(query, "42", "Acmé?", 42, "41")
    assert rows == [{"which": "Acmé?"}, {"which": "other"}]


@pytest.mark.parametrize("params", [[], ["1"], ["1", "2", "3"]])
def test_as_many_parameters_are_needed_as_there_are_marks(shared, params):
    answer = shared.suiteql("SELECT id FROM vendor WHERE id IN (?, ?)", *params)
    assert answer.status == 400
    assert f"{len(params)} were given" in answer.detail


def test_display_values_of_references_codes_and_flags(shared):
    (row,) = shared.rows(
        "SELECT BUILTIN.DF(t.entity) entity, BUILTIN.DF(t.status) status, BUILTIN.DF(t.type) type, "
        "BUILTIN.DF(t.posting) posting, v.companyname FROM transaction t "
        "JOIN vendor v ON v.id = t.entity WHERE t.type = 'VendBill' AND t.status = 'B' "
        "ORDER BY t.id ASC FETCH FIRST 1 ROWS ONLY"
    )
    assert row["entity"] == row["companyname"]
    assert row["status"] == "Bill : Paid In Full"
    assert row["type"] == "Bill"
    assert row["posting"] == "Yes"


def test_conditions_agree_with_the_rows_read_whole(shared):
    everything = shared.rows("SELECT id, cost, terms, email FROM vendor")
    cases = {
        "cost > 100 AND cost <= 200": lambda r: 100 < float(r["cost"]) <= 200,
        "cost BETWEEN 20 AND 60": lambda r: 20 <= float(r["cost"]) <= 60,
        "NOT (terms = 2 OR terms = 3)": lambda r: r["terms"] not in "23",
        "terms IN (2, 4)": lambda r: r["terms"] in "24",
        "terms NOT IN (2, 4)": lambda r: r["terms"] not in "24",
        "email LIKE '%bearing%'": lambda r: "bearing" in r["email"],
        "email NOT LIKE '%bearing%'": lambda r: "bearing" not in r["email"],
        "UPPER(email) LIKE '%BEARING%'": lambda r: "bearing" in r["email"],
        "fax IS NULL": lambda r: True,
        "fax IS NOT NULL": lambda r: False,
        "id <> 42 AND id < 45": lambda r: int(r["id"]) < 45 and r["id"] != "42",
    }
    for condition, holds in cases.items():
        found = {row["id"] for row in shared.rows(f"SELECT id FROM vendor WHERE {condition}")}
        assert found == {row["id"] for row in everything if holds(row)}, condition


def test_like_tells_upper_from_lower_case(shared):
    assert shared.rows("SELECT id FROM vendor WHERE companyname LIKE 'acme%'") == []
    assert len(shared.rows("SELECT id FROM vendor WHERE companyname LIKE 'Acme%'")) == 1


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("UPPER('peñasco')", "PEÑASCO"),
        ("LOWER('ÀB')", "àb"),
        ("SUBSTR('abcdef', 2, 3)", "bcd"),
        ("NVL(fax, 'none')", "none"),
        ("COALESCE(fax, phone, 'x') || ''", None),
        ("NVL2(fax, 1, 2)", "2"),
        ("DECODE(id, 41, 'a', 42, 'b', 'c')", "b"),
        ("DECODE(fax, NULL, 'no fax')", "no fax"),
        ("'a' || fax || 'b'", "ab"),
        ("7 / 2", "3.5"),
        ("ROUND(10 / 3, 2)", "3.33"),
        ("-cost + 3 * 2", "-4"),
        ("TO_CHAR(12.50)", "12.5"),
        ("LENGTH('four')", "4"),
        ("INSTR('haystack', 'st')", "4"),
        ("FLOOR(2.9) + CEIL(2.1)", "5"),
        ("TO_CHAR(TO_DATE('2026-02-27', 'YYYY-MM-DD') + 2, 'DD-MON-YY')", "01-MAR-26"),
        ("TO_DATE('2026-03-01', 'YYYY-MM-DD') - TO_DATE('02/27/2026', 'MM/DD/YYYY')", "2"),
        ("TO_DATE('2026-03-01', 'YYYY-MM-DD')", "3/1/2026"),
        ("TRUNC(TO_DATE('2026-03-01 10:11:12', 'YYYY-MM-DD HH24:MI:SS'))", "3/1/2026"),
        ("CASE id WHEN 42 THEN 'it' END", "it"),
        ("''", ""),
    ],
)
def test_functions_and_operators(shared, expression, value):
    (row,) = shared.rows(f"SELECT {expression} AS v FROM vendor WHERE id = 42")
    if value is None:
        assert row["v"].startswith("(")
    else:
        assert row.get("v", "") == value


def test_an_expression_without_a_name_gets_one(shared):
    assert shared.rows("SELECT 1, 2, COUNT(*) AS n FROM dual") == [
        {"expr1": "1", "expr2": "2", "n": "1"}
    ]


def test_groups_and_aggregates_agree_with_the_rows(shared):
    grouped = shared.rows(
        "SELECT type, COUNT(*) n, COUNT(DISTINCT entity) e, MIN(trandate) first FROM transaction "
        "GROUP BY type HAVING COUNT(*) > 1 ORDER BY type ASC"
    )
    assert [row["type"] for row in grouped] == [
        "CustInvc", "Journal", "PurchOrd", "SalesOrd", "VendBill",
    ]  # fmt: skip
    (total,) = shared.rows("SELECT COUNT(*) n FROM transaction")
    assert sum(int(row["n"]) for row in grouped) == int(total["n"]) == 1500
    assert all("/" in row["first"] for row in grouped)


def test_inner_and_left_joins_and_subqueries(shared):
    left = shared.rows(
        "SELECT c.id, t.id AS t FROM customer c LEFT JOIN transaction t ON t.entity = c.id "
        "WHERE t.id IS NULL ORDER BY c.id"
    )
    without = shared.rows(
        "SELECT id FROM customer WHERE id NOT IN "
        "(SELECT entity FROM transaction WHERE entity IS NOT NULL) ORDER BY id"
    )
    unmatched = shared.rows(
        "SELECT c.id FROM customer c WHERE NOT EXISTS "
        "(SELECT 1 FROM transaction t WHERE t.entity = c.id) ORDER BY c.id"
    )
    assert left == without == unmatched
    top = shared.rows(
        "SELECT q.n FROM (SELECT entity, COUNT(*) AS n FROM transaction WHERE entity IS NOT NULL "
        "GROUP BY entity ORDER BY COUNT(*) DESC) q WHERE ROWNUM <= 3"
    )
    assert len(top) == 3
    assert int(top[0]["n"]) >= int(top[1]["n"]) >= int(top[2]["n"])


def test_nulls_sort_last_upwards_and_first_downwards(shared):
    up = shared.rows("SELECT id, url FROM customer ORDER BY url ASC, id ASC")
    assert "url" in up[0]
    assert "url" not in up[-1]
    down = shared.rows("SELECT id, url FROM customer ORDER BY url DESC, id DESC")
    assert down == up[::-1]


def test_three_ways_to_ask_for_the_first_rows(shared):
    first = [{"id": "101"}, {"id": "102"}]
    assert shared.rows("SELECT TOP 2 id FROM item ORDER BY id") == first
    assert shared.rows("SELECT id FROM item ORDER BY id FETCH FIRST 2 ROWS ONLY") == first
    assert len(shared.rows("SELECT id FROM item WHERE ROWNUM <= 2")) == 2
    assert len(shared.rows("SELECT id FROM item WHERE ROWNUM < 3 AND id > 100")) == 2


def test_rownum_counts_before_the_rows_are_sorted(shared):
    query = "SELECT id FROM (SELECT id FROM item ORDER BY id) WHERE ROWNUM <= 3 ORDER BY id DESC"
    assert shared.rows(query) == [{"id": "103"}, {"id": "102"}, {"id": "101"}]


def test_pages_follow_one_another(shared):
    query = "SELECT id FROM transaction ORDER BY id ASC"
    seen = []
    for offset in range(0, 1500, 400):
        body = shared.suiteql(query, page=f"?limit=400&offset={offset}").json()
        seen += [int(item["id"]) for item in body["items"]]
        assert body["totalResults"] == 1500
        assert body["hasMore"] is (offset < 1200)
        rels = [link["rel"] for link in body["links"]]
        assert ("next" in rels, "prev" in rels) == (offset < 1200, offset > 0)
        here = next(link["href"] for link in body["links"] if link["rel"] == "self")
        assert here.endswith(f"?limit=400&offset={offset}")
    assert seen == list(range(1, 1501))


def test_a_page_has_a_thousand_rows_at_most(shared):
    body = shared.suiteql("SELECT id FROM transaction ORDER BY id ASC").json()
    assert (body["count"], body["hasMore"]) == (1000, True)
    last = next(link["href"] for link in body["links"] if link["rel"] == "last")
    assert last.endswith("?limit=1000&offset=1000")


@pytest.mark.parametrize(
    ("page", "at_fault"),
    [
        ("?limit=1001", "limit"),
        ("?limit=0", "limit"),
        ("?limit=ten", "limit"),
        ("?limit=10&offset=5", "offset"),
        ("?offset=-1", "offset"),
    ],
)
def test_a_bad_page_is_refused(shared, page, at_fault):
    answer = shared.suiteql("SELECT id FROM item", page=page)
    assert answer.status == 400
    (detail,) = answer.json()["o:errorDetails"]
    assert (detail["o:errorCode"], detail["o:errorQueryParam"]) == ("INVALID_PARAMETER", at_fault)


def test_the_error_body_of_an_unknown_column_is_netsuites(shared):
    answer = shared.suiteql("SELECT nosuch FROM transaction")
    assert answer.status == 400
    assert answer.json() == {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1",
        "title": "Bad Request",
        "status": 400,
        "o:errorDetails": [
            {
                "detail": PREFIX + "Search error occurred: Unknown identifier 'nosuch'. "
                "Available identifiers are: {transaction=transaction}.",
                "o:errorQueryParam": "q",
                "o:errorCode": "INVALID_PARAMETER",
            }
        ],
    }


@pytest.mark.parametrize(
    ("query", "tail"),
    [
        (
            "SELECT nope FROM transaction t JOIN customer c ON c.id = t.entity",
            (
                "Search error occurred: Unknown identifier 'nope'. "
                "Available identifiers are: {t=transaction, c=customer}."
            ),
        ),
        (
            "SELECT x.id FROM customer c",
            (
                "Search error occurred: Unknown identifier 'x'. "
                "Available identifiers are: {c=customer}."
            ),
        ),
        (
            "SELECT c.nope FROM customer c",
            (
                "Search error occurred: Field 'nope' for record 'customer' was not found. "
                "Reason: REMOVED - Field is removed"
            ),
        ),
        ("SELECT id FROM nosuchtable", "Invalid search type: nosuchtable."),
        (
            "SELECT id FROM customer WHERE",
            (
                "Search error occurred: Failed to parse SQL [SELECT id FROM customer WHERE]: "
                "syntax error, state:"
            ),
        ),
    ],
)
def test_each_cause_has_its_own_detail(shared, query, tail):
    answer = shared.suiteql(query)
    assert answer.status == 400
    assert answer.detail.startswith(PREFIX + tail)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM customer OFFSET 5",
        "WITH c AS (SELECT id FROM customer) SELECT id FROM c",
        "SELECT id FROM customer FOR UPDATE",
        "SELECT id FROM customer WHERE id = :p0",
        "SELECT [id] FROM customer",
        "SELECT id FROM customer WHERE datecreated > '2026-01-01'",
        "SELECT id FROM customer WHERE datecreated BETWEEN '1/1/2026' AND '2/1/2026'",
        "SELECT TO_DATE('yesterday', 'YYYY-MM-DD') FROM dual",
        "SELECT TO_CHAR(datecreated, 'ZZZ') FROM customer",
        "SELECT LISTAGG(id) FROM customer",
        "SELECT CEILING(1) FROM dual",
        "SELECT load_extension('x') FROM dual",
        "SELECT readfile('/etc/passwd') FROM dual",
        "SELECT NVL(datecreated, 5) FROM customer",
        "SELECT SUM(*) FROM customer",
        "SELECT companyname, COUNT(*) FROM customer",
        "SELECT terms AS t, COUNT(*) FROM customer GROUP BY terms ORDER BY t",
        "SELECT id FROM customer c JOIN vendor v ON v.id = c.id",
        "SELECT id FROM customer, customer",
        "SELECT id FROM customer c RIGHT JOIN vendor v ON v.id = c.id",
        "SELECT id FROM customer ORDER BY 2",
        "SELECT id FROM customer WHERE id IN (" + ", ".join(["1"] * 1001) + ")",
        "SELECT BUILTIN.MNFILTER(terms) FROM customer",
        "SELECT LAG(id) OVER (ORDER BY id) FROM customer",
        "SELECT " + "(" * 3000 + "1" + ")" * 3000 + " FROM dual",
        "SELECT " + "1+" * 5000 + "1 FROM dual",
    ],
)
def test_what_suiteql_does_not_do_is_refused(shared, query):
    answer = shared.suiteql(query)
    assert answer.status == 400
    assert answer.detail == UNSUPPORTED


def test_a_thousand_values_in_a_list_are_taken(shared):
    values = ", ".join(str(number) for number in range(1000))
    assert len(shared.rows(f"SELECT id FROM vendor WHERE id IN ({values})")) == 60


@pytest.mark.parametrize(
    "query",
    [
        "SELECT name FROM sqlite_master",
        "SELECT * FROM sandbox_ledger",
        "SELECT * FROM sandbox_choice",
        "SELECT * FROM main.customer",
        "SELECT * FROM pragma_table_info('customer')",
        "PRAGMA writable_schema = 1",
        "ATTACH DATABASE '/tmp/x' AS x",
        "DROP TABLE customer",
        "DELETE FROM customer",
        "UPDATE customer SET email = 'x'",
        "INSERT INTO customer (id) VALUES (1)",
        "SELECT id FROM customer; DROP TABLE customer",
        "SELECT id FROM customer; SELECT id FROM vendor",
        'SELECT "x"" FROM customer; --" FROM customer',
        "EXPLAIN SELECT id FROM customer",
        "VACUUM INTO '/tmp/x'",
    ],
)
def test_nothing_but_the_accounts_tables_can_be_read(shared, query):
    answer = shared.suiteql(query)
    assert answer.status == 400
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_PARAMETER"
    assert shared.rows("SELECT COUNT(*) AS n FROM customer") == [{"n": "250"}]


@pytest.mark.parametrize("prefer", ["", "respond-async", "persistent"])
def test_the_prefer_header_is_required(shared, prefer):
    answer = shared.suiteql("SELECT 1 FROM dual", Prefer=prefer)
    assert answer.status == 400
    assert answer.json()["o:errorDetails"][0]["o:errorHeader"] == "Prefer"


def test_a_missing_content_type_is_tolerated_and_a_foreign_one_is_not(shared):
    assert shared.suiteql("SELECT 1 FROM dual", **{"Content-Type": ""}).status == 200
    assert shared.suiteql("SELECT 1 FROM dual", **{"Content-Type": "text/xml"}).status == 415


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"\xff", b'{"q": 5}', b'{"q": ""}', b'{"q": "SELECT \\ud800 FROM dual"}',
        b'{"q": "SELECT 1 FROM dual", "params": "x"}',
        b'{"q": "SELECT ? FROM dual", "params": [true]}',
        b'{"q": "SELECT ? FROM dual", "params": [99999999999999999999]}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_malformed_body_is_refused_in_netsuites_form(shared, body):
    answer = shared.send("POST", "/services/rest/query/v1/suiteql", body, Prefer="transient")
    assert answer.status == 400
    assert answer.json()["title"] == "Bad Request"


def test_only_post_and_known_addresses_are_answered(shared):
    assert shared.send("GET", "/services/rest/query/v1/suiteql").status == 405
    answer = shared.send("GET", "/services/rest/record/v1/customer/1")
    assert (answer.status, answer.json()["title"]) == (404, "Not Found")
