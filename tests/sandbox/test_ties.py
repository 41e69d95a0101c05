"""Rows that an order leaves open come as chance has it, and chance follows from the seed."""

import pytest

from nsconsole.sandbox.server import Options, running
from tests.sandbox.conftest import Caller

ORDERS = ("SELECT id FROM itemprice ORDER BY pricelevel ASC", "SELECT id FROM itemprice")


def pages(seed):
    with running(Options(seed=seed, rows=60)) as sandbox:
        caller = Caller(sandbox)
        asked = [(query, page) for query in ORDERS for page in range(8)]
        return [
            [row["id"] for row in caller.rows(query, page=f"?limit=20&offset={page * 20}")]
            for query, page in asked
        ]


def test_the_same_requests_of_the_same_seed_find_open_rows_in_the_same_order():
    first = pages(1)
    assert pages(1) == first
    assert pages(2) != first


@pytest.mark.parametrize("table", ["customer", "item", "transaction"])
def test_an_import_has_touched_several_rows_in_the_same_second(shared, table):
    (most,) = shared.rows(
        f"SELECT MAX(many) AS many FROM (SELECT COUNT(*) AS many FROM {table} "
        "GROUP BY lastmodifieddate)"
    )
    assert int(most["many"]) > 10
