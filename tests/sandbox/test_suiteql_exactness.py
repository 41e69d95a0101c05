"""Numbers are decimal, rows are numbered as they are found, a sub-query is one value."""

import pytest

BALANCED = (
    "SELECT {} AS v FROM (SELECT 0.1 AS a FROM dual UNION SELECT 0.2 FROM dual "
    "UNION SELECT -0.3 FROM dual) q"
)


def values(caller, query, *params):
    """The one column of an answer."""
    return [next(iter(row.values()), None) for row in caller.rows(query, *params)]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1.1 + 2.2 - 3.3", "0"),
        ("100000000.1 - 100000000", "0.1"),
        ("0.1 * 3", "0.3"),
        ("0.3 / 0.1", "3"),
        ("0.001 * 0.00000000001", "0.00000000000001"),
        ("9007199254740993 + 2", "9007199254740995"),
        ("CASE WHEN 0.1 + 0.2 = 0.3 THEN 1 ELSE 0 END", "1"),
    ],
)
def test_arithmetic_is_decimal(shared, expression, value):
    assert values(shared, f"SELECT {expression} AS v FROM dual") == [value]


@pytest.mark.parametrize(
    ("expression", "value"),
    [("SUM(a)", "0"), ("SUM(DISTINCT a)", "0"), ("AVG(ABS(a))", "0.2"), ("SUM(a * 3)", "0")],
)
def test_sums_of_decimals_are_exact(shared, expression, value):
    assert values(shared, BALANCED.format(expression)) == [value]


def test_a_running_sum_and_a_moving_average_are_exact(shared):
    running = values(shared, BALANCED.format("SUM(a) OVER (ORDER BY a DESC)"))
    assert sorted(running) == ["0", "0.2", "0.3"]
    frame = "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW"
    moving = values(shared, BALANCED.format(f"AVG(a) OVER (ORDER BY a DESC {frame})"))
    assert sorted(moving) == ["-0.1", "0.15", "0.2"]


def test_a_number_out_of_range_is_refused(shared):
    big = "9" * 200 + ".5"
    assert shared.suiteql(f"SELECT {big} * {big} AS v FROM dual").status == 400


def test_the_books_balance(shared):
    lines = "FROM transactionaccountingline"
    assert values(shared, f"SELECT SUM(amount) AS v {lines}") == ["0"]
    off = (
        f"SELECT transaction, SUM(amount) AS s {lines} GROUP BY transaction HAVING SUM(amount) <> 0"
    )
    assert shared.rows(off) == []


def test_rownum_selected_beside_rownum_compared(shared):
    query = "SELECT ROWNUM AS rn, id FROM customer WHERE ROWNUM <= 3"
    first = values(shared, "SELECT id FROM customer ORDER BY id ASC FETCH FIRST 3 ROWS ONLY")
    assert shared.rows(query) == [{"rn": str(n + 1), "id": id_} for n, id_ in enumerate(first)]
    assert [row["rn"] for row in shared.rows(f"{query} ORDER BY id DESC")] == ["3", "2", "1"]


def test_a_page_by_the_number_in_a_derived_table(shared):
    inner = "SELECT id, ROWNUM AS rn FROM customer WHERE ROWNUM <= 5"
    assert values(shared, f"SELECT rn FROM ({inner}) WHERE rn >= 4") == ["4", "5"]


def test_windows_look_at_the_rows_that_rownum_lets_through(shared):
    ranked = "SELECT RANK() OVER (ORDER BY id DESC) AS r FROM customer WHERE ROWNUM <= 3"
    assert sorted(values(shared, ranked)) == ["1", "2", "3"]
    counted = "SELECT COUNT(*) OVER () AS n FROM customer WHERE ROWNUM < 3"
    assert values(shared, counted) == ["2", "2"]


def test_rownum_over_a_join_is_counted_before_it_is_grouped(shared):
    joined = "FROM transaction t JOIN transactionline l ON l.transaction = t.id WHERE ROWNUM <= 40"
    assert values(shared, f"SELECT COUNT(*) AS n {joined}") == ["40"]
    groups = shared.rows(f"SELECT t.id, COUNT(*) AS n {joined} GROUP BY t.id")
    assert sum(int(group["n"]) for group in groups) == 40
    named = shared.rows(f"SELECT BUILTIN.DF(t.status) AS s, ROWNUM AS rn {joined}")
    assert [row["rn"] for row in named] == [str(n + 1) for n in range(40)]
    assert all(row["s"] for row in named)


def test_rownum_in_a_correlated_sub_query(shared):
    first = "(SELECT l.id FROM transactionline l WHERE l.transaction = t.id AND ROWNUM = 1)"
    query = f"SELECT t.id, {first} AS line FROM transaction t WHERE t.id < 1100 AND ROWNUM <= 5"
    rows = shared.rows(query)
    assert rows
    for row in rows:
        lines = f"SELECT id FROM transactionline WHERE transaction = {row['id']}"
        assert row["line"] in values(shared, lines)


@pytest.mark.parametrize(
    ("condition", "params", "rows"),
    [
        ("ROWNUM <= ?", [3], 3), ("ROWNUM < ?", ["3"], 2), ("? >= ROWNUM", [2.5], 2),
        ("ROWNUM < ?", [2.5], 2), ("ROWNUM = ?", [1], 1), ("ROWNUM = ?", [2], 0),
        ("ROWNUM BETWEEN ? AND ?", [1, 4], 4), ("ROWNUM BETWEEN ? AND ?", [2, 4], 0),
        ("ROWNUM <= ? AND ROWNUM < 3", [9], 2), ("ROWNUM <= ?", [-1], 0),
        ("ROWNUM >= ? AND ROWNUM <= 4", [1], 4), ("ROWNUM > 0 AND ROWNUM <= 2 + 2", [], 4),
    ],
)  # fmt: skip
def test_rownum_is_compared_with_what_is_the_same_for_every_row(shared, condition, params, rows):
    assert len(shared.rows(f"SELECT id FROM item WHERE {condition}", *params)) == rows


@pytest.mark.parametrize(
    "condition",
    ["ROWNUM <= id", "ROWNUM <= 'x'", "ROWNUM <= 3 OR id = 1", "MOD(ROWNUM, 2) = 0"],
)
def test_rownum_that_changes_from_row_to_row_is_refused(shared, condition):
    assert shared.suiteql(f"SELECT id FROM item WHERE {condition}").status == 400


def test_a_sub_query_of_several_rows_is_no_value(shared):
    assert shared.suiteql("SELECT (SELECT id FROM vendor) AS v FROM dual").status == 400
    assert shared.suiteql("SELECT id FROM vendor WHERE id = (SELECT id FROM vendor)").status == 400
    one = "SELECT id FROM vendor WHERE ROWNUM = 1"
    assert values(shared, f"SELECT ({one}) AS v FROM dual") == values(shared, one)
    none = "(SELECT id FROM vendor WHERE id < 0)"
    assert shared.rows(f"SELECT NVL({none}, 7) AS v FROM dual") == [{"v": "7"}]


def test_the_empty_key_of_a_derived_group_is_the_largest(shared):
    groups = "(SELECT parent AS k, COUNT(*) AS n FROM customer GROUP BY parent) v"
    keys = [row.get("c") for row in shared.rows(f"SELECT k AS c FROM {groups} ORDER BY 1 DESC")]
    assert None in keys
    assert keys[0] is None


def test_a_grouped_column_may_be_sorted_by_though_it_is_an_alias_too(shared):
    query = "SELECT type AS type, COUNT(*) AS n FROM transaction GROUP BY type ORDER BY type"
    types = [row["type"] for row in shared.rows(query)]
    assert types == sorted(types)
    other = "SELECT UPPER(type) AS t, COUNT(*) AS n FROM transaction GROUP BY type ORDER BY t"
    assert shared.suiteql(other).status == 400


def test_a_select_of_nothing_is_no_sql(shared):
    query = "SELECT FROM customer"
    answer = shared.suiteql(query)
    assert answer.status == 400
    assert f"Failed to parse SQL [{query}]" in answer.detail
    assert "near: FROM(1," in answer.detail


def test_dual_has_a_row_and_a_column(shared):
    assert shared.rows("SELECT * FROM dual") == [{"dummy": "X"}]
    assert shared.rows("SELECT 1 AS one FROM dual") == [{"one": "1"}]
    assert shared.rows("SELECT ROWNUM AS n FROM dual d WHERE d.dummy = 'X'") == [{"n": "1"}]
