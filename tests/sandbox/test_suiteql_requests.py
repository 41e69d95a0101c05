"""The request of a query: its method, headers and body; and queries made to be slow or large."""

import threading

import pytest

from nsconsole.sandbox.behaviour import Behaviour
from nsconsole.sandbox.suiteql import running

PATH = "/services/rest/query/v1/suiteql"
UNSUPPORTED = (
    "Invalid search query. Detailed unprocessed description follows. "
    "Search error occurred: Invalid or unsupported search."
)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_post_is_answered(shared, method):
    answer = shared.send(method, PATH, {"q": "SELECT 1 FROM dual"}, Prefer="transient")
    assert (answer.status, answer.json()["title"]) == (405, "Method Not Allowed")


def test_a_preference_may_be_ignored_by_a_switch(start):
    with start(behaviour=Behaviour(missing_prefer="ignore")) as caller:
        assert caller.suiteql("SELECT 1 FROM dual", Prefer="").status == 200


@pytest.mark.parametrize("prefer", ["transient", "Transient", "transient, respond-async"])
def test_the_preference_is_read_as_a_list(shared, prefer):
    assert shared.suiteql("SELECT 1 FROM dual", Prefer=prefer).status == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        ("", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_the_content_type(shared, content_type, status):
    answer = shared.suiteql("SELECT 1 FROM dual", **{"Content-Type": content_type})
    assert answer.status == status


def test_a_byte_order_mark_is_passed_over(shared):
    body = b'\xef\xbb\xbf{"q": "SELECT 1 AS v FROM dual"}'
    assert shared.send("POST", PATH, body, Prefer="transient").json()["count"] == 1


def test_query_parameters_that_nobody_knows_do_not_matter(shared):
    answer = shared.suiteql("SELECT 1 FROM dual", page="?expand=true&limit=5")
    assert answer.json()["count"] == 1


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({"q": None}, "q"),
        ({"q": ["SELECT 1 FROM dual"]}, "q"),
        ({"q": "  "}, "q"),
        ({}, "q"),
        ({"q": "SELECT ? FROM dual", "params": {"0": 1}}, "params"),
        ({"q": "SELECT ? FROM dual", "params": [[1]]}, "params"),
        ({"q": "SELECT ? FROM dual", "params": [True]}, "params"),
    ],
)
def test_the_part_at_fault_is_named(shared, body, at_fault):
    answer = shared.send("POST", PATH, body, Prefer="transient")
    assert answer.status == 400
    assert answer.json()["o:errorDetails"][0]["o:errorQueryParam"] == at_fault


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM vendor WHERE id = :n0 AND id > 5",
        "SELECT id FROM vendor WHERE id = :now",
        "SELECT ':' || id AS v FROM vendor WHERE id = @x",
    ],
)
def test_parameters_with_names_are_not_taken(shared, query):
    assert shared.suiteql(query).status == 400


def test_a_query_in_quotes_is_a_text_and_nothing_else(shared):
    text = "'; DROP TABLE vendor; -- :n0 ? \" /* > 5"
    doubled = text.replace("'", "''")
    assert shared.rows(f"SELECT '{doubled}' AS v FROM dual") == [{"v": text}]
    assert shared.rows("SELECT ? AS v FROM dual", text) == [{"v": text}]


PATHOLOGICAL = [
    "SELECT COUNT(*) FROM " + ", ".join(f"transactionline t{number}" for number in range(6)),
    "SELECT a.id FROM transactionline a, transactionline b ORDER BY a.memo || b.memo",
    "SELECT MEDIAN(a.id) FROM transactionline a, transactionline b",
    "SELECT id FROM item a WHERE 0 = (SELECT SUM(b.id) FROM item b, item c, item d, item e)",
]


@pytest.fixture
def hurry(monkeypatch):
    """A small budget for a query, so that nobody has to wait for the end of it."""
    monkeypatch.setattr(running, "BUDGET_SECONDS", 0.2)


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("query", PATHOLOGICAL)
def test_a_query_that_takes_too_long_is_ended(shared, query):
    answer = shared.suiteql(query)
    assert answer.status == 500
    (detail,) = answer.json()["o:errorDetails"]
    assert detail["o:errorCode"] == "UNEXPECTED_ERROR"
    assert shared.rows("SELECT 1 AS v FROM dual") == [{"v": "1"}]


LARGE = [
    "SELECT " + "(" * 3000 + "1" + ")" * 3000 + " FROM dual",
    "SELECT " + "1+" * 12_000 + "1 FROM dual",
    "SELECT 1 FROM dual WHERE " + "NOT " * 20_000 + "1=1",
    "SELECT " + "- " * 20_000 + "1 FROM dual",
    "SELECT " + "CASE WHEN 1=1 THEN " * 2000 + "1" + " END" * 2000 + " FROM dual",
    " UNION ALL ".join(["SELECT 1 FROM dual"] * 5000),
    "SELECT " + ",".join(["1"] * 12_000) + " FROM dual",
    "SELECT " + ".".join(["a"] * 20_000) + " FROM vendor",
    "SELECT '" + "x" * 100_000 + "' FROM dual",
    "SELECT REPLACE(RPAD('a', 4000, 'a'), 'a', RPAD('b', 4000, 'b')) FROM dual",
    "SELECT POWER(10, 400) FROM dual",
    "SELECT REGEXP_SUBSTR(RPAD('a', 3000, 'a'), 'a*a*a*b') FROM dual",
    "SELECT REGEXP_SUBSTR('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(a+)+$') FROM dual",
    "SELECT REGEXP_REPLACE('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(a|a)*$', '') FROM dual",
]


@pytest.mark.parametrize("number", range(len(LARGE)))
def test_what_would_blow_up_is_refused_at_once(shared, number):
    answer = shared.suiteql(LARGE[number])
    assert answer.status == 400
    assert answer.detail == UNSUPPORTED


def test_a_padding_without_end_ends_where_oracles_texts_do(shared):
    (row,) = shared.rows("SELECT LENGTH(LPAD('a', 1000000000, 'b')) AS v FROM dual")
    assert row == {"v": "4000"}


def test_thousands_of_conditions_are_taken(shared):
    conditions = " OR ".join(f"id = {number}" for number in range(2000))
    assert shared.rows(f"SELECT COUNT(*) AS n FROM vendor WHERE {conditions}") == [{"n": "60"}]
    unions = " UNION ALL ".join(["SELECT 1 AS v FROM dual"] * 150)
    assert len(shared.rows(unions)) == 150


def test_a_slow_query_holds_up_no_other(shared, monkeypatch):
    monkeypatch.setattr(running, "BUDGET_SECONDS", 1)
    slow = threading.Thread(target=shared.suiteql, args=(PATHOLOGICAL[0],))
    slow.start()
    for _ in range(5):
        assert shared.rows("SELECT 1 AS v FROM dual") == [{"v": "1"}]
    assert slow.is_alive()
    slow.join()
