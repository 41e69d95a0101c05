"""How far the pages of a query reach, and how a client gets along with what it is refused."""

import pytest

PAIRS = "SELECT a.id, b.id AS b FROM transaction a, transaction b ORDER BY a.id ASC, b.id ASC"


@pytest.fixture
def switched(own):
    """Change switches of the test's own sandbox."""

    def switch(**values):
        assert own.door("PATCH", "behaviour", values).status == 200
        return own

    return switch


def page(caller, limit, offset):
    return caller.suiteql(PAIRS, page=f"?limit={limit}&offset={offset}")


def test_there_are_a_thousand_pages_however_small_they_are(shared):
    last, behind = page(shared, 10, 9_990).json(), page(shared, 10, 10_000).json()
    assert (last["count"], last["hasMore"], last["totalResults"]) == (10, False, 2_250_000)
    assert (behind["count"], behind["hasMore"], behind["items"]) == (0, False, [])


def test_a_hundred_thousand_rows_can_be_reached(shared):
    last, behind = page(shared, 1_000, 99_000).json(), page(shared, 1_000, 100_000).json()
    assert (last["count"], last["hasMore"], last["totalResults"]) == (1_000, False, 2_250_000)
    assert (behind["count"], behind["hasMore"]) == (0, False)


def test_with_suiteanalytics_connect_a_million_can(switched):
    caller = switched(connect=True)
    assert page(caller, 1_000, 100_000).json()["hasMore"] is True
    assert page(caller, 1_000, 999_000).json()["hasMore"] is False


def test_where_pages_end_before_the_rows_some_accounts_answer_with_an_error(switched):
    caller = switched(past_limit="error")
    assert page(caller, 1_000, 99_000).json()["hasMore"] is True
    answer = page(caller, 1_000, 100_000)
    (detail,) = answer.json()["o:errorDetails"]
    assert answer.status == 400
    assert (detail["o:errorCode"], detail["o:errorQueryParam"]) == ("INVALID_PARAMETER", "offset")


@pytest.mark.parametrize(
    ("stable", "direction", "orders"), [(True, "", 1), (False, " ASC", 1), (False, "", 2)]
)
def test_in_some_accounts_an_order_counts_only_with_its_direction(
    switched, stable, direction, orders
):
    caller = switched(bare_order_is_stable=stable)
    query = f"SELECT id FROM vendor ORDER BY id{direction}"
    seen = {
        frozenset(row["id"] for row in caller.rows(query, page="?limit=20&offset=20"))
        for _ in range(12)
    }
    assert min(len(seen), 2) == orders


def test_the_id_of_a_line_is_its_transactions_and_its_unique_key_the_tables(shared):
    (counts,) = shared.rows(
        "SELECT COUNT(*) AS n, COUNT(DISTINCT uniquekey) AS keys, COUNT(DISTINCT id) AS ids, "
        "COUNT(DISTINCT transaction || '/' || id) AS pairs FROM transactionline"
    )
    assert counts["n"] == counts["keys"] == counts["pairs"]
    assert int(counts["ids"]) < 20


def test_in_an_older_account_the_type_of_an_error_is_the_w3cs_page(switched):
    new, old = switched().suiteql("x").json(), switched(error_type="w3c").suiteql("x").json()
    assert new["type"].startswith("https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1")
    assert old["type"].startswith("https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html")
    assert {**old, "type": ""} == {**new, "type": ""}


def test_a_bad_column_may_be_a_500_and_is_found_by_asking_for_one_at_a_time(switched):
    caller = switched(bad_column="error_500")
    answer = caller.suiteql("SELECT id, nosuch, companyname FROM vendor")
    (detail,) = answer.json()["o:errorDetails"]
    assert (answer.status, detail["o:errorCode"]) == (500, "UNEXPECTED_ERROR")
    statuses = {
        column: caller.suiteql(f"SELECT {column} FROM vendor", page="?limit=1").status
        for column in ("id", "nosuch", "companyname")
    }
    assert statuses == {"id": 200, "nosuch": 500, "companyname": 200}


def test_columns_that_an_error_names_can_be_left_out_until_the_query_works(shared):
    columns = ["id", "nosuch", "companyname", "noneither"]
    for _ in range(2):
        detail = shared.suiteql(f"SELECT {', '.join(columns)} FROM vendor").detail
        columns.remove(detail.split("'")[1])
    assert shared.suiteql(f"SELECT {', '.join(columns)} FROM vendor").status == 200


def test_netsuites_own_names_mean_https_as_behind_a_proxy_with_tls(shared):
    host = "1234567-sb1.suitetalk.api.netsuite.com"
    page = "?limit=1&offset=0"
    path = f"/services/rest/query/v1/suiteql{page}"
    answer = shared.suiteql(
        "SELECT id FROM vendor ORDER BY id ASC",
        page=page,
        auth=shared.header_of_oauthlib("POST", path, url=f"https://{host}"),
        Host=host,
    )
    assert answer.status == 200, answer.text
    assert all(link["href"].startswith(f"https://{host}/") for link in answer.json()["links"])


def test_a_fault_for_text_that_utf_8_cannot_carry_is_listed_all_the_same(own):
    fault = {"on": "suiteql", "fault": "slow", "ms": 1, "where": {"contains": "\ud800"}}
    assert own.door("POST", "faults", fault).status == 200
    assert own.door("GET", "faults").json()[0]["where"] == {"contains": "\ud800"}


@pytest.mark.parametrize(
    "path", ["record/v1/metadata-catalog", "query/v1/suiteql/metadata-catalog"]
)
def test_a_catalogs_list_is_found_behind_a_slash_too(shared, path):
    plain = shared.send("GET", f"/services/rest/{path}").json()
    assert shared.send("GET", f"/services/rest/{path}/").json() == plain
    assert len(plain["items"]) > 100


def test_the_schema_of_the_one_selected_record_type_can_be_asked_of_the_list(shared):
    path = "/services/rest/record/v1/metadata-catalog"
    accept = {"Accept": "application/schema+json"}
    selected = shared.send("GET", f"{path}?select=customer", **accept)
    assert selected.json() == shared.send("GET", f"{path}/customer", **accept).json()
    assert shared.send("GET", f"{path}?select=customer,vendor", **accept).status == 400
