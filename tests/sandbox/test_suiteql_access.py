"""Columns and tables that cannot be had: NetSuite's sentence for each cause."""

import re
import shutil
from pathlib import Path

import pytest

from nsconsole.sandbox.behaviour import Behaviour
from nsconsole.sandbox.server import Options, running
from tests.sandbox.conftest import Caller

PREFIX = "Invalid search query. Detailed unprocessed description follows. "
REMOVED = (
    "Search error occurred: Field '{}' for record '{}' was not found. "
    "Reason: REMOVED - Field is removed"
)
HIDDEN = (
    "Search error occurred: Field '{}' for record '{}' was not found. "
    "Reason: NOT_EXPOSED - Not available for channel SEARCH"
)
UNKNOWN = "Search error occurred: Unknown identifier '{}'. Available identifiers are: {{{}}}."


def refusal(detail):
    return {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1",
        "title": "Bad Request",
        "status": 400,
        "o:errorDetails": [
            {
                "detail": PREFIX + detail,
                "o:errorQueryParam": "q",
                "o:errorCode": "INVALID_PARAMETER",
            }
        ],
    }


@pytest.fixture(scope="module")
def drifted(seeded_state, tmp_path_factory):
    state = shutil.copy(seeded_state, tmp_path_factory.mktemp("drifted") / "state.db")
    with running(Options(state=Path(state))) as sandbox:
        caller = Caller(sandbox)
        for path, change in (
            ("tables/vendor/columns", {"hide": "email"}),
            ("tables/vendor/columns", {"drop": "fax"}),
            ("tables/department", {"access": "no permission"}),
        ):
            assert caller.door("POST", path, change).status == 200
        yield caller


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("SELECT nosuch FROM vendor", UNKNOWN.format("nosuch", "vendor=vendor")),
        ("SELECT NoSuch FROM Vendor V", UNKNOWN.format("NoSuch", "v=vendor")),
        ("SELECT v.nosuch FROM vendor v", REMOVED.format("nosuch", "vendor")),
        ("SELECT id FROM vendor WHERE nosuch = 1", UNKNOWN.format("nosuch", "vendor=vendor")),
        ("SELECT id FROM vendor ORDER BY nosuch", UNKNOWN.format("nosuch", "vendor=vendor")),
        ("SELECT x.id FROM vendor v", UNKNOWN.format("x", "v=vendor")),
        ("SELECT fax FROM vendor", REMOVED.format("fax", "vendor")),
        ("SELECT v.fax FROM vendor v", REMOVED.format("fax", "vendor")),
        ("SELECT email FROM vendor", HIDDEN.format("email", "vendor")),
        ("SELECT v.email FROM vendor v", HIDDEN.format("email", "vendor")),
        ("SELECT custbody7 FROM transaction", REMOVED.format("custbody7", "transaction")),
        ("SELECT taxidnum FROM vendor", HIDDEN.format("taxidnum", "vendor")),
        ("SELECT id FROM nosuchtable", "Invalid search type: nosuchtable."),
        ("SELECT nosuch FROM nosuchtable", "Invalid search type: nosuchtable."),
        (
            "SELECT id FROM Department",
            "Search error occurred: Record 'Department' was not found.",
        ),
        ("SELECT id FROM job", "Search error occurred: Record 'job' was not found."),
        (
            "SELECT id, COUNT(*) FROM vendor",
            "Search error occurred: Invalid or unsupported search.",
        ),
    ],
)
def test_each_cause_has_its_own_body(drifted, query, detail):
    answer = drifted.suiteql(query)
    assert answer.status == 400
    assert answer.json() == refusal(detail)


@pytest.mark.parametrize(
    ("query", "near"),
    [
        ("SELECT id, companyName FROM vendor WHERE id < 100 LIMIT 5", "LIMIT(1,51"),
        ("SELECT id FROM vendor WHERE id = = 'it''s'", "=(1,34"),
        ("SELECT id FROM vendor\n WHERE name ! 5", "!(2,13"),
        ("SELECT id FROM vendor\nLIMIT 5", "LIMIT(2,1"),
        ("SELECT FROM vendor", "FROM(1,8"),
        ("SELECT id,, email FROM vendor", ",(1,11"),
        ("SELECT id, FROM vendor", "FROM(1,12"),
        ("SELECT id FROM vendor WHERE id IN (1,)", ")(1,38"),
        ("SELECT id FROM vendor ORDER BY id,", ",(1,34"),
        ("SELECT id FROM vendor WHERE id IN ()", ")(1,36"),
        ("SELECT id FROM vendor LIMIT ?", "LIMIT(1,23"),
        ("FROM vendor", "FROM(1,1"),
        ("SELECT * FROM (FROM vendor)", "FROM(1,16"),
        ("SELECT 'id FROM vendor", "(1,1"),
        ("SELECT id FROM vendor WHERE id == 42", "==(1,32"),
        ("SELECT id FROM vendor WHERE !(id = 42)", "!(1,29"),
        ("SELECT id FROM vendor WHERE email ISNULL", "ISNULL(1,35"),
        ("SELECT id FROM vendor ORDER BY id ASC DESC", "DESC(1,39"),
        ("SELECT v.id FROM vendor v JOIN term t", "t(1,37"),
        ("SELECT v.id FROM vendor v INNER JOIN term t WHERE v.terms = t.id", "WHERE(1,45"),
        ("SELECT id FROM (SELECT v.id FROM vendor v LEFT JOIN term t)", ")(1,59"),
    ],
)
def test_a_query_that_is_no_sql_is_told_where(shared, query, near):
    assert shared.suiteql(query).detail == (
        f"{PREFIX}Search error occurred: Failed to parse SQL [{query}]: syntax error, "
        f"state:1545(10102) near: {near}, token code:0)\n"
        "no_root_node(-1000) near: no root node(0,0, token code:0)."
    )


def test_what_is_odd_in_quotes_is_a_text(shared):
    query = "SELECT id FROM vendor WHERE id = 42 AND 'a!,' LIKE '%!!,' ESCAPE '!' AND '==' = '=='"
    assert shared.rows(query) == [{"id": "42"}]


@pytest.mark.parametrize(
    "sources",
    [
        "vendor v JOIN term t JOIN currency c ON c.id = 1 ON t.id = v.terms",
        "vendor v JOIN (SELECT id FROM term WHERE id > 0) t ON t.id = v.terms CROSS JOIN dual",
        "(vendor v JOIN term t ON (t.id = v.terms)) JOIN currency c ON c.id = 1",
    ],
)
def test_each_join_has_its_condition_somewhere(shared, sources):
    answer = shared.suiteql(f"SELECT v.id FROM {sources}")
    assert "Failed to parse SQL" not in answer.text


def test_a_column_may_have_the_name_of_a_clause(own):
    columns = {"id": "integer", "limit": "integer", "offset": "integer"}
    row = {"id": 1, "limit": 5, "offset": 6}
    own.door("POST", "load", {"tables": {"odd": {"columns": columns, "rows": [row]}}})
    query = "SELECT o.limit, o.offset, id AS limit FROM odd o WHERE o.limit < 6 AND limit > 4"
    assert own.rows(query.replace(", id AS limit", "")) == [{"limit": "5", "offset": "6"}]
    assert own.rows(query) == [{"limit": "1", "offset": "6"}]


def test_a_star_stands_for_what_can_be_seen(drifted):
    (row,) = drifted.rows("SELECT * FROM vendor WHERE id = 42")
    assert row["companyname"] == "Acme Industrial Supply"
    assert not {"email", "fax", "taxidnum"} & set(row)


def test_a_column_of_a_feature_comes_and_goes_with_it(own):
    query = "SELECT partner FROM customer WHERE id < 0"
    own.door("POST", "features", {"partners": False})
    assert own.suiteql(query).detail == PREFIX + UNKNOWN.format("partner", "customer=customer")
    own.door("POST", "features", {"partners": True})
    assert own.rows(query) == []


def test_a_renamed_column_is_asked_for_by_its_new_name(own):
    own.door("POST", "tables/vendor/columns", {"rename": ["fax", "faxnumber"]})
    assert own.suiteql("SELECT fax FROM vendor").status == 400
    assert own.suiteql("SELECT faxnumber FROM vendor").status == 200


def test_the_first_of_several_bad_columns_is_named_or_all(start):
    query = "SELECT one, v.two, one, id FROM vendor v WHERE three = 4 ORDER BY five"
    with start() as caller:
        assert caller.suiteql(query).detail == PREFIX + UNKNOWN.format("one", "v=vendor")
    with start(behaviour=Behaviour(name_all_bad_columns=True)) as caller:
        details = caller.suiteql(query).json()["o:errorDetails"]
    assert [each["detail"].removeprefix(PREFIX) for each in details] == [
        UNKNOWN.format("one", "v=vendor"),
        REMOVED.format("two", "vendor"),
        UNKNOWN.format("three", "v=vendor"),
        UNKNOWN.format("five", "v=vendor"),
    ]


@pytest.mark.parametrize("column", ["nosuch", "custbody7", "billingratecard"])
def test_a_bad_column_may_be_an_error_that_says_nothing(start, column):
    with start(behaviour=Behaviour(bad_column="error_500")) as caller:
        answer = caller.suiteql(f"SELECT id, {column} FROM transaction")
        fine = caller.suiteql("SELECT nosuch FROM nosuchtable")
    assert answer.status == 500
    (detail,) = answer.json()["o:errorDetails"]
    assert detail["o:errorCode"] == "UNEXPECTED_ERROR"
    assert re.fullmatch(r"An unexpected error occurred\. Error ID: [a-z]{20}", detail["detail"])
    assert fine.status == 400


@pytest.mark.parametrize(
    ("switch", "bare", "qualified"),
    [
        ("identifier", UNKNOWN.format("nosuch", "v=vendor"), UNKNOWN.format("nosuch", "v=vendor")),
        ("field", REMOVED.format("nosuch", "vendor"), REMOVED.format("nosuch", "vendor")),
    ],
)
def test_which_sentence_an_unknown_column_gets_is_a_switch(start, switch, bare, qualified):
    with start(behaviour=Behaviour(unknown_column=switch)) as caller:
        assert caller.suiteql("SELECT nosuch FROM vendor v").detail == PREFIX + bare
        assert caller.suiteql("SELECT v.nosuch FROM vendor v").detail == PREFIX + qualified
