"""Pages: how far they reach, and whether they cover every row exactly once."""

import pytest

from nsconsole.sandbox.behaviour import Behaviour
from nsconsole.sandbox.birth import tables
from nsconsole.sandbox.suiteql.compiling import compile_query
from nsconsole.sandbox.suiteql.parsing import parse

ALL = 1500


def page(caller, query, limit, offset):
    answer = caller.suiteql(query, page=f"?limit={limit}&offset={offset}")
    assert answer.status == 200, answer.text
    return answer.json()


def pull(caller, query, limit=300):
    """Every id that paging by offset sees."""
    seen = []
    for offset in range(0, ALL, limit):
        seen += [int(item["id"]) for item in page(caller, query, limit, offset)["items"]]
    return seen


def shifts(caller, query):
    """Whether paging loses or repeats rows, in some of many tries."""
    return any(len(set(pull(caller, query))) < ALL for _ in range(12))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM transaction",
        "SELECT id FROM transaction ORDER BY type",
        "SELECT id FROM transaction ORDER BY postingperiod DESC, type ASC",
        "SELECT t.id FROM transaction t JOIN currency c ON c.id = t.currency ORDER BY c.id",
        "SELECT id, type FROM transaction UNION ALL SELECT 0, 'x' FROM dual ORDER BY type",
    ],
)
def test_an_order_with_ties_shifts_between_pages(shared, query):
    assert shifts(shared, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM transaction ORDER BY id",
        "SELECT id AS id FROM transaction ORDER BY 1 DESC",
        "SELECT id FROM transaction ORDER BY type, id ASC",
        "SELECT t.id FROM transaction t LEFT JOIN entity e ON e.id = t.entity ORDER BY t.id",
        "SELECT DISTINCT id FROM transaction ORDER BY id",
        "SELECT id FROM transaction GROUP BY id ORDER BY id",
        "SELECT q.id FROM (SELECT id, type FROM transaction) q ORDER BY q.id",
        "SELECT id FROM transaction UNION SELECT id FROM transaction ORDER BY id",
    ],
)
def test_a_unique_order_gives_every_row_once(shared, query):
    assert not shifts(shared, query)


def test_lines_are_told_apart_by_their_number_within_the_transaction(shared):
    query = "SELECT uniquekey AS id FROM transactionline WHERE transaction < 500 ORDER BY {}"
    for order in ("transaction, id", "uniquekey"):
        assert pull(shared, query.format(order)) == pull(shared, query.format(order))
    assert any(
        pull(shared, query.format("transaction")) != pull(shared, query.format("transaction"))
        for _ in range(8)
    )


def test_whether_a_bare_order_counts_is_a_switch(start):
    with start(behaviour=Behaviour(bare_order_is_stable=False)) as caller:
        assert shifts(caller, "SELECT id FROM transaction ORDER BY id")
        assert not shifts(caller, "SELECT id FROM transaction ORDER BY id ASC")


@pytest.mark.parametrize(
    ("tail", "settled"),
    [
        ("transaction t JOIN entity e ON e.id = t.entity ORDER BY t.id", True),
        ("transaction t LEFT JOIN entity e ON e.id = t.entity ORDER BY t.id", True),
        ("transaction t, entity e WHERE e.id = t.entity ORDER BY t.id", True),
        ("transactionline t JOIN transaction h ON h.id = t.transaction ORDER BY uniquekey", True),
        ("transaction t JOIN entity e ON e.id = t.entity ORDER BY e.id", False),
        ("transaction t JOIN entity e ON e.email = t.memo ORDER BY t.id", False),
        ("transaction t CROSS JOIN term e ORDER BY t.id", False),
    ],
)
def test_a_joined_row_is_settled_by_what_it_is_joined_on(tail, settled):
    tree, _ = parse(f"SELECT t.id FROM {tail}", Behaviour())
    assert compile_query(tree, tables(1), Behaviour()).is_settled is settled


def test_all_rows_on_one_page_come_in_one_order(shared):
    query = "SELECT id FROM vendor ORDER BY terms"
    assert len({tuple(row["id"] for row in shared.rows(query)) for _ in range(8)}) == 1


@pytest.mark.parametrize("limit", [7, 100, 1000])
def test_pages_behind_the_last_key_cover_everything_and_count_what_is_left(shared, limit):
    last, seen = 0, []
    while True:
        query = f"SELECT id FROM transaction WHERE type <> 'Journal' AND id > {last} ORDER BY id"
        body = page(shared, query, limit, 0)
        left = shared.rows(
            f"SELECT COUNT(*) AS n FROM transaction WHERE type <> 'Journal' AND id > {last + 0}"
        )
        assert body["totalResults"] == int(left[0]["n"])
        if not body["items"]:
            break
        seen += [int(item["id"]) for item in body["items"]]
        last = seen[-1] if limit > 7 else seen[-1] + 200
    whole = pull(shared, "SELECT id FROM transaction WHERE type <> 'Journal' ORDER BY id")
    assert seen == whole if limit > 7 else set(seen) < set(whole)


def test_pages_behind_a_key_of_two_columns(shared):
    query = "SELECT transaction, id FROM transactionline t WHERE {} ORDER BY t.transaction, t.id"
    seen, condition = [], "t.transaction > 0"
    while True:
        body = page(shared, query.format(condition), 1000, 0)
        assert body["totalResults"] + len(seen) == total(shared, "transactionline")
        if not body["items"]:
            break
        seen += [(int(item["transaction"]), int(item["id"])) for item in body["items"]]
        line, number = seen[-1]
        condition = f"((t.transaction > {line}) OR (t.transaction = {line} AND t.id > {number}))"
    assert seen == sorted(set(seen))


def test_pages_behind_a_moment_and_an_id(shared):
    full = "'YYYY-MM-DD HH24:MI:SS'"
    query = (
        f"SELECT t.id, TO_CHAR(t.lastmodifieddate, {full}) AS at, "
        f"TO_CHAR(SYS_EXTRACT_UTC(t.lastmodifieddate), {full}) AS utc FROM transaction t "
        "WHERE t.lastmodifieddate IS NOT NULL {} ORDER BY t.lastmodifieddate, t.id"
    )
    seen, condition = [], ""
    while True:
        body = page(shared, query.format(condition), 250, 0)
        assert body["totalResults"] + len(seen) == ALL
        if not body["items"]:
            break
        seen += [(item["utc"], int(item["id"])) for item in body["items"]]
        last = body["items"][-1]
        literal = f"TO_DATE('{last['at']}', {full})"
        condition = (
            f"AND ((t.lastmodifieddate > {literal}) OR "
            f"(t.lastmodifieddate = {literal} AND t.id > {last['id']}))"
        )
    assert seen == sorted(set(seen))


def total(caller, table):
    (row,) = caller.rows(f"SELECT COUNT(*) AS n FROM {table}")
    return int(row["n"])


def test_totals_follow_the_rows_as_they_change(own):
    query = "SELECT id FROM transaction WHERE id > 10 ORDER BY id"
    before = page(own, query, 100, 0)["totalResults"]
    own.door("DELETE", "tables/transaction/rows", {"ids": [20, 21]})
    assert page(own, query, 100, 0)["totalResults"] == before - 2
    further = page(own, query.replace("10", "110"), 100, 0)["totalResults"]
    assert further == before - 100


def test_small_pages_reach_a_thousand_pages(shared):
    query = "SELECT a.id FROM transaction a, currency b WHERE b.id < 3 ORDER BY a.id, b.id"
    body = page(shared, query, 1, 999)
    assert (body["hasMore"], body["count"], body["totalResults"]) == (False, 1, 3000)
    rels = {link["rel"]: link["href"] for link in body["links"]}
    assert set(rels) == {"prev", "first", "self"}
    first = page(shared, query, 1, 0)
    assert first["links"][1]["href"].endswith("?limit=1&offset=999")
    beyond = page(shared, query, 1, 1000)
    assert (beyond["items"], beyond["hasMore"], beyond["totalResults"]) == ([], False, 3000)


def test_past_the_limit_there_may_be_an_error(start):
    query = "SELECT a.id FROM transaction a, currency b WHERE b.id < 3 ORDER BY a.id, b.id"
    with start(behaviour=Behaviour(past_limit="error")) as caller:
        body = page(caller, query, 1, 999)
        assert (body["hasMore"], body["count"]) == (True, 1)
        beyond = caller.suiteql(query, page="?limit=1&offset=1000")
    assert beyond.status == 400
    assert beyond.json()["o:errorDetails"][0]["o:errorQueryParam"] == "offset"


def test_a_hundred_thousand_rows_are_reached_and_with_connect_more(start):
    query = "SELECT a.id FROM transaction a CROSS JOIN customer b ORDER BY a.id, b.id"
    with start() as caller:
        body = page(caller, query, 1000, 99_000)
        assert (body["count"], body["hasMore"]) == (1000, False)
        assert body["totalResults"] > 100_000
        uneven = page(caller, query, 300, 99_900)
        assert (uneven["count"], uneven["hasMore"]) == (100, False)
        caller.door("PATCH", "behaviour", {"connect": True})
        assert page(caller, query, 1000, 99_000)["hasMore"] is True
        assert page(caller, query, 1000, 100_000)["count"] == 1000


def test_the_links_of_a_page_in_the_middle(shared):
    body = page(shared, "SELECT id FROM transaction ORDER BY id", 500, 500)
    address = f"{shared.sandbox.url}/services/rest/query/v1/suiteql"
    assert body["links"] == [
        {"rel": "prev", "href": f"{address}?limit=500&offset=0"},
        {"rel": "first", "href": f"{address}?limit=500&offset=0"},
        {"rel": "next", "href": f"{address}?limit=500&offset=1000"},
        {"rel": "last", "href": f"{address}?limit=500&offset=1000"},
        {"rel": "self", "href": f"{address}?limit=500&offset=500"},
    ]


def test_a_clock_of_twelve_hours_does_not_confuse_the_count(shared):
    (first,) = shared.rows(
        "SELECT MIN(TO_CHAR(lastmodifieddate, 'YYYY-MM-DD')) AS day FROM transaction "
        "WHERE TO_CHAR(lastmodifieddate, 'HH24') < '12'"
    )
    condition = "t.lastmodifieddate > TO_DATE('{} {}', 'YYYY-MM-DD HH:MI:SS')"
    for time in ("11:59:59", "12:00:00"):  # a minute to noon, and midnight before it
        behind = condition.format(first["day"], time)
        wanted = total(shared, f"transaction t WHERE {behind}")
        query = f"SELECT id FROM transaction t WHERE {behind} ORDER BY t.lastmodifieddate, t.id"
        assert page(shared, query, 1, 0)["totalResults"] == wanted


@pytest.mark.parametrize("asked", ["", "?limit=5", "?offset=0", "?limit=5&offset=0"])
def test_a_pages_own_address_is_the_one_that_it_was_asked_for_at(shared, asked):
    body = shared.suiteql("SELECT id FROM vendor ORDER BY id", page=asked).json()
    (own,) = [link["href"] for link in body["links"] if link["rel"] == "self"]
    assert own == f"{shared.sandbox.url}/services/rest/query/v1/suiteql{asked}"
