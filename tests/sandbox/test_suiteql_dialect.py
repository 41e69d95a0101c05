"""Oracle's functions and operators in SuiteQL, and the constructs of both of its syntaxes."""

import itertools

import pytest

from nsconsole.sandbox.behaviour import Behaviour

VALUES = [
    # texts
    ("SUBSTR('abcdef', -3, 2)", "de"),
    ("SUBSTR('abcdef', 0, 2)", "ab"),
    ("SUBSTR('abc', 5)", None),
    ("INSTR('CORPORATE FLOOR', 'OR', 3, 2)", "14"),
    ("INSTR('CORPORATE FLOOR', 'OR', -3, 2)", "2"),
    ("INSTR('abc', 'z')", "0"),
    ("LPAD('7', 3, '0')", "007"),
    ("RPAD('a', 3) || '|'", "a  |"),
    ("LPAD('abcdef', 3)", "abc"),
    ("TRANSLATE('SQL*Plus', ' */''', '___')", "SQL_Plus"),
    ("INITCAP('the soap')", "The Soap"),
    ("ASCII('A') || CHR(66)", "65B"),
    ("TRIM(BOTH 'x' FROM 'xax') || LTRIM('xxb', 'x')", "ab"),
    ("TRIM('   ')", None),
    ("LENGTH('')", None),
    ("REPLACE('abc', 'b')", "ac"),
    ("CONCAT('a', NULL)", "a"),
    ("NULL || NULL", None),
    ("SOUNDEX('Robert')", "R163"),
    ("REGEXP_SUBSTR('a,b,c', '[^,]+', 1, 2)", "b"),
    ("REGEXP_REPLACE('(555) 123', '[^0-9]', '')", "555123"),
    (r"REGEXP_REPLACE('john smith', '(\w+) (\w+)', '\2 \1')", "smith john"),
    ("REGEXP_INSTR('abc123', '[[:digit:]]')", "4"),
    ("REGEXP_COUNT('a1b2', '[0-9]')", "2"),
    # numbers
    ("GREATEST(1, 3, 2)", "3"),
    ("GREATEST(1, NULL)", None),
    ("LEAST('b', 'a')", "a"),
    ("MOD(-11, 4)", "-3"),
    ("MOD(11, 0)", "11"),
    ("MOD(11.5, 4)", "3.5"),
    ("REMAINDER(11, 4)", "-1"),
    ("ROUND(2.5) || ROUND(-2.5)", "3-3"),
    ("ROUND(1.005, 2)", "1.01"),
    ("ROUND(1234.5, -2)", "1200"),
    ("TRUNC(1.999, 2)", "1.99"),
    ("CEIL(2.1) || FLOOR(-2.1)", "3-3"),
    ("SIGN(-5) + POWER(2, 10) + SQRT(16) + BITAND(6, 3)", "1029"),
    ("LN(EXP(2)) + LOG(10, 100)", "4"),
    ("0.1 + 0.2", "0.3"),
    ("1e21", "1000000000000000000000"),
    ("9007199254740993", "9007199254740993"),
    ("1.50", "1.5"),
    ("1 / 2", "0.5"),
    ("TO_CHAR(0.5)", ".5"),
    ("'1' + '2'", "3"),
    ("TO_CHAR(1234.5, '9,999.99')", " 1,234.50"),
    ("TO_CHAR(1234.5, 'FM9,999.99')", "1,234.5"),
    ("TO_CHAR(-5, '999')", "  -5"),
    ("TO_CHAR(5, 'FM000')", "005"),
    ("TO_CHAR(0.5, 'FM990.00')", "0.50"),
    ("TO_CHAR(1234567, '999')", "####"),
    ("TO_CHAR(-12, '99MI')", "12-"),
    ("TO_NUMBER('1,234.5', '9,999.99')", "1234.5"),
    ("CAST('12' AS INTEGER) + CAST('0.5' AS NUMBER)", "12.5"),
    # dates
    ("ADD_MONTHS(TO_DATE('2026-01-31', 'YYYY-MM-DD'), 1)", "2/28/2026"),
    ("LAST_DAY(TO_DATE('2028-02-10', 'YYYY-MM-DD'))", "2/29/2028"),
    (
        "MONTHS_BETWEEN(TO_DATE('1995-02-02', 'YYYY-MM-DD'), TO_DATE('1995-01-01', 'YYYY-MM-DD'))",
        "1.03225806451613",
    ),
    ("NEXT_DAY(TO_DATE('2026-11-22', 'YYYY-MM-DD'), 'TUESDAY')", "11/24/2026"),
    ("EXTRACT(YEAR FROM TO_DATE('2026-11-22', 'YYYY-MM-DD'))", "2026"),
    ("TRUNC(TO_DATE('2026-11-22', 'YYYY-MM-DD'), 'Q')", "10/1/2026"),
    ("ROUND(TO_DATE('2026-11-16', 'YYYY-MM-DD'), 'MONTH')", "12/1/2026"),
    (
        "TO_CHAR(TO_DATE('2026-11-22 15:04', 'YYYY-MM-DD HH24:MI'), 'DY, DD MON YYYY HH12:MI AM')",
        "SUN, 22 NOV 2026 03:04 PM",
    ),
    ("TO_CHAR(TO_DATE('2026-01-05', 'YYYY-MM-DD'), 'FMMonth DD, YYYY')", "January 5, 2026"),
    ("TO_CHAR(TO_DATE('2026-01-05', 'YYYY-MM-DD'), 'Q WW IW D DDD')", "1 01 02 2 005"),
    ("TO_DATE('2024/01/02', 'YYYY-MM-DD')", "1/2/2024"),
    ("TO_DATE('02-JAN-99', 'DD-MON-RR')", "1/2/1999"),
    (
        "TO_CHAR(TO_TIMESTAMP('2024-01-02 03:04:05.1230', 'YYYY-MM-DD HH24:MI:SSxFF'), 'SS.FF3')",
        "05.123",
    ),
    ("1 + TO_DATE('2026-02-28', 'YYYY-MM-DD')", "3/1/2026"),
    # choices
    ("NULLIF(1, 1)", None),
    ("NVL(NULL, 5)", "5"),
    ("NVL(1, '2')", "1"),
    ("NVL2(NULL, 1, 2)", "2"),
    ("COALESCE(NULL, NULL, 3)", "3"),
    ("DECODE(NULL, NULL, 'same', 'other')", "same"),
    ("CASE 2 WHEN '2' THEN 'two' END", "two"),
    ("BUILTIN.CONSOLIDATE(5, 'INCOME', 'DEFAULT', 'DEFAULT', 1, 2, 'DEFAULT')", "5"),
]


def test_values(shared):
    for expression, value in VALUES:
        (row,) = shared.rows(f"SELECT {expression} AS v FROM dual")
        assert row.get("v") == value, expression


@pytest.mark.parametrize(
    "expression",
    [
        "TO_NUMBER('abc')", "NVL(1, 'x')", "CASE WHEN 1 = 1 THEN 'a' ELSE 1 END", "1 = 1", "1 / 0",
        "'a' + 'b'", "TO_DATE('2026-02-30', 'YYYY-MM-DD')", "ORA_HASH('a')", "SUBSTR('a')",
        "LEFT('abc', 1)", "CHARINDEX('a', 'b')", "DATE '2026-01-01'", "COALESCE(1, 'a')",
        "TO_CHAR(SYSDATE, 'nonsense')", "GREATEST(SYSDATE, 'x')", "BUILTIN.DF(1)", "BUILTIN.NO(1)",
        "LISTAGG('a', ',')", "DBMS_RANDOM.VALUE", "q'[it''s]'", "ABS(SYSDATE)", "COUNT(1, 2)",
    ],
)  # fmt: skip
def test_what_oracle_refuses_is_refused(shared, expression):
    assert shared.suiteql(f"SELECT {expression} FROM dual").status == 400


def ids(caller, query, *params):
    return [int(row["id"]) for row in caller.rows(query, *params)]


def test_ids_are_compared_as_numbers(shared):
    assert ids(shared, "SELECT id FROM vendor WHERE id = '42'") == [42]
    assert ids(shared, "SELECT id FROM vendor WHERE id = ?", "42") == [42]
    assert ids(shared, "SELECT id FROM vendor WHERE id + 0 = ?", "42") == [42]
    assert ids(shared, "SELECT id FROM vendor WHERE id IN (?, '43') ORDER BY id", 42) == [42, 43]
    assert shared.suiteql("SELECT id FROM vendor WHERE id = 'abc'").status == 400
    assert shared.suiteql("SELECT id FROM vendor WHERE id = ?", "abc").status == 400


def test_an_empty_text_is_no_text(shared):
    assert ids(shared, "SELECT id FROM vendor WHERE companyname = ''") == []
    assert len(ids(shared, "SELECT id FROM vendor WHERE SUBSTR(companyname, 99) IS NULL")) == 60
    assert len(ids(shared, "SELECT id FROM vendor WHERE ? IS NULL", "")) == 60


def test_a_parameter_is_no_date_until_it_is_made_one(shared):
    dated = "SELECT COUNT(*) AS id FROM vendor WHERE datecreated > "
    assert shared.suiteql(f"{dated} ?", "1990-01-01").status == 400
    assert ids(shared, f"{dated} TO_DATE(?, 'YYYY-MM-DD')", "1990-01-01") == [60]


def test_the_sets_of_two_queries(shared):
    low, high = "SELECT id FROM vendor WHERE id < 45", "SELECT id FROM vendor WHERE id > 42"
    assert ids(shared, f"{low} INTERSECT {high} ORDER BY id") == [43, 44]
    assert ids(shared, f"{high} MINUS {high} ORDER BY 1") == []
    both = ids(shared, f"{low} UNION {high} ORDER BY id DESC")
    assert both == sorted(set(both), reverse=True)
    assert len(ids(shared, f"{low} UNION ALL {high}")) == len(both) + 2
    assert shared.suiteql(f"{low} UNION SELECT id, email FROM vendor").status == 400
    assert shared.suiteql(f"{low} UNION SELECT email FROM vendor").status == 400


def test_outer_joins_of_both_syntaxes_agree(shared):
    ansi = (
        "SELECT t.id, v.companyname FROM transaction t "
        "LEFT JOIN vendor v ON v.id = t.entity ORDER BY t.id FETCH FIRST 50 ROWS ONLY"
    )
    oracle = (
        "SELECT t.id, v.companyname FROM transaction t, vendor v "
        "WHERE t.entity = v.id(+) ORDER BY t.id FETCH FIRST 50 ROWS ONLY"
    )
    assert shared.rows(ansi) == shared.rows(oracle)
    assert any("companyname" not in row for row in shared.rows(ansi))
    right = (
        "SELECT t.id, v.companyname FROM vendor v "
        "RIGHT OUTER JOIN transaction t ON v.id = t.entity ORDER BY t.id FETCH FIRST 50 ROWS ONLY"
    )
    assert shared.rows(right) == shared.rows(ansi)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT v.id FROM vendor v, transaction t WHERE t.entity = v.id(+)",
        "SELECT t.id FROM transaction t, vendor v JOIN term m ON m.id = v.terms",
        "SELECT t.id FROM transaction t JOIN vendor v ON v.id = t.entity WHERE v.terms = t.id(+)",
        'SELECT x.i FROM (SELECT id AS "i" FROM vendor) x',
        "SELECT id FROM vendor v LEFT JOIN term t",
        "SELECT DISTINCT terms FROM vendor ORDER BY id",
        "SELECT id FROM vendor GROUP BY 1",
        "SELECT id FROM vendor WHERE COUNT(*) > 1",
        "SELECT id FROM vendor WHERE id",
        "SELECT id FROM vendor WHERE id = (SELECT id, terms FROM vendor)",
        "SELECT id FROM vendor WHERE EXISTS (SELECT nosuch FROM term)",
        "SELECT id FROM vendor ORDER BY id OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY",
        "SELECT id FROM vendor FETCH FIRST 5 PERCENT ROWS ONLY",
    ],
)
def test_constructs_that_suiteql_does_not_take(shared, query):
    assert shared.suiteql(query).status == 400


def test_rownum_is_given_to_rows_as_they_are_found(shared):
    assert ids(shared, "SELECT id FROM item WHERE ROWNUM = 1") == [101]
    assert ids(shared, "SELECT id FROM item WHERE ROWNUM = 2") == []
    assert ids(shared, "SELECT id FROM item WHERE 3 > ROWNUM") == [101, 102]
    assert ids(shared, "SELECT COUNT(*) AS id FROM item WHERE ROWNUM <= 3") == [3]
    paged = (
        "SELECT * FROM (SELECT ROWNUM AS rn, q.id FROM "
        "(SELECT id FROM item WHERE id < 110 ORDER BY id DESC) q) WHERE rn BETWEEN 2 AND 3"
    )
    assert shared.rows(paged) == [{"rn": "2", "id": "108"}, {"rn": "3", "id": "107"}]


def test_groups_may_be_made_of_expressions(shared):
    rows = shared.rows(
        "SELECT TO_CHAR(trandate, 'YYYY') AS y, COUNT(*) AS n, UPPER(TO_CHAR(trandate, 'YYYY')) u "
        "FROM transaction GROUP BY TO_CHAR(trandate, 'YYYY') "
        "HAVING COUNT(*) > 1 ORDER BY TO_CHAR(trandate, 'YYYY')"
    )
    assert [row["y"] for row in rows] == sorted({row["u"] for row in rows})
    assert sum(int(row["n"]) for row in rows) == 1500


def test_aggregates_agree_with_the_rows(shared):
    costs = [float(row["cost"]) for row in shared.rows("SELECT cost FROM vendor")]
    (row,) = shared.rows(
        "SELECT MEDIAN(cost) AS median, STDDEV(cost) AS stddev, VAR_POP(cost) AS var, "
        "SUM(cost) AS sum, AVG(cost) AS avg, CORR(cost, cost) AS corr FROM vendor"
    )
    mean = sum(costs) / len(costs)
    squares = sum((cost - mean) ** 2 for cost in costs)
    ordered = sorted(costs)
    expected = {
        "median": (ordered[29] + ordered[30]) / 2,
        "stddev": (squares / (len(costs) - 1)) ** 0.5,
        "var": squares / len(costs),
        "sum": sum(costs),
        "avg": mean,
        "corr": 1.0,
    }
    assert {name: float(value) for name, value in row.items()} == pytest.approx(expected)


def test_nothing_adds_up_to_nothing(shared):
    (row,) = shared.rows("SELECT SUM(cost) s, AVG(cost) a, COUNT(cost) c FROM vendor WHERE id < 0")
    assert row == {"c": "0"}


def test_analytic_functions(shared):
    rows = shared.rows(
        "SELECT id, terms, ROW_NUMBER() OVER (PARTITION BY terms ORDER BY id) rn, "
        "RANK() OVER (ORDER BY terms) rank, DENSE_RANK() OVER (ORDER BY terms) dense, "
        "SUM(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) pair "
        "FROM vendor ORDER BY id"
    )
    for before, row in itertools.pairwise(rows):
        assert int(row["pair"]) == int(before["id"]) + int(row["id"])
    terms = [int(row["terms"]) for row in rows]
    for place, row in enumerate(rows):
        assert int(row["rn"]) == terms[: place + 1].count(terms[place])
        assert int(row["rank"]) == 1 + sum(each < terms[place] for each in terms)
        assert int(row["dense"]) == 1 + len({each for each in terms if each < terms[place]})


def test_builtin_functions_know_the_meaning_of_a_field(shared):
    (row,) = shared.rows(
        "SELECT BUILTIN.DF(q.terms) AS terms, t.name FROM "
        "(SELECT terms FROM vendor WHERE id = 42) q JOIN term t ON t.id = q.terms"
    )
    assert row["terms"] == row["name"]
    (row,) = shared.rows(
        "SELECT BUILTIN.CF(status) AS cf, type, status FROM transaction WHERE ROWNUM = 1"
    )
    assert row["cf"] == f"{row['type']}:{row['status']}"
    (row,) = shared.rows(
        "SELECT BUILTIN.RELATIVE_RANGES('TM', 'START') AS first, TRUNC(SYSDATE, 'MM') AS month "
        "FROM dual"
    )
    assert row["first"] == row["month"]


def test_a_hierarchy_is_told_from_the_top(own):
    rows = [{"id": 901, "name": "Top"}, {"id": 902, "name": "Low", "parent": 901}]
    assert own.door("POST", "tables/department/rows", rows).status == 200
    own.door("POST", "tables/vendor/columns", {"add": {"name": "custentity_d", "type": "integer"}})
    (row,) = own.rows(
        "SELECT BUILTIN.HIERARCHY(d.parent, 'DISPLAY_JOINED') AS path FROM department d "
        "WHERE d.id = 902"
    )
    assert row == {"path": "Top"}


def test_comments_case_and_a_semicolon_do_not_matter(shared):
    query = 'select /* all > 5 */ Id as "MyId" -- of = 3\nFROM VENDOR where ID=42;'
    assert shared.rows(query) == [{"myid": "42"}]


def test_equal_values_in_other_places_stay_equal(shared):
    rows = shared.rows(
        "SELECT CASE WHEN terms = 2 THEN 'a' ELSE 'b' END AS g, COUNT(*) AS n FROM vendor "
        "GROUP BY CASE WHEN terms = 2 THEN 'a' ELSE 'b' END "
        "ORDER BY CASE WHEN terms = 2 THEN 'a' ELSE 'b' END"
    )
    assert [row["g"] for row in rows] == ["a", "b"]


def test_with_and_limit_are_switches(start):
    named = "WITH v AS (SELECT id FROM vendor WHERE id < 45) SELECT id FROM v ORDER BY id DESC"
    limited = "SELECT id FROM item ORDER BY id LIMIT 2 OFFSET 1"
    with start() as caller:
        assert caller.suiteql(named).status == caller.suiteql(limited).status == 400
    with start(behaviour=Behaviour(allow_with=True, allow_limit=True)) as caller:
        assert ids(caller, named)[:2] == [44, 43]
        assert ids(caller, limited) == [102, 103]
