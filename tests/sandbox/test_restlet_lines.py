"""Edits of a transaction's lines and header, and everything in the books that follows from them."""

from datetime import UTC, datetime, timedelta

import pytest

DAY = "2026-11-20"
TWO = {"expense": [{"account": 611, "amount": 60}, {"account": 621, "amount": 40}]}


def bill(caller, sublists=None, **values):
    values = {"entity": 42, "trandate": DAY, **values}
    return caller.made("vendorbill", values=values, sublists=sublists or TWO)


def lines(caller, number) -> dict[int, float]:
    """The amount of each line by its id."""
    query = "SELECT id, foreignamount FROM transactionline WHERE transaction = ? ORDER BY id"
    return {int(row["id"]): float(row["foreignamount"]) for row in caller.rows(query, number)}


def head(caller, number, *fields) -> dict:
    return caller.read("vendorbill", number, *fields)["values"]


def balance(caller, entity=42) -> float:
    return caller.read("vendor", entity, "balance")["values"]["balance"]


def edit(caller, number, *expense, **parts):
    return caller.do("update", "vendorbill", id=number, sublists={"expense": expense}, **parts)


def test_a_line_is_removed_and_the_total_with_it(own):
    number = bill(own)
    assert edit(own, number, {"line": 1, "remove": True})["ok"]
    assert lines(own, number) == {0: -40, 2: 40}
    assert head(own, number, "foreigntotal", "foreignamountunpaid") == {
        "foreigntotal": -40,
        "foreignamountunpaid": 40,
    }


def test_a_removed_line_leaves_no_trace_among_deleted_records(own):
    (before,) = own.rows("SELECT COUNT(*) AS n FROM deletedrecord")
    assert edit(own, bill(own), {"line": 1, "remove": True})["ok"]
    assert own.rows("SELECT COUNT(*) AS n FROM deletedrecord") == [before]


def test_neither_the_id_nor_the_key_of_a_removed_line_is_given_again(own):
    number = bill(own)
    keys = "SELECT MAX(uniquekey) AS k FROM transactionline"
    (last,) = own.rows(keys)
    assert edit(own, number, {"line": 2, "remove": True})["ok"]
    assert edit(own, number, {"account": 631, "amount": 5})["ok"]
    assert lines(own, number) == {0: -65, 1: 60, 3: 5}
    assert int(own.rows(keys)[0]["k"]) > int(last["k"])


def test_lines_are_added_changed_and_removed_at_once(own):
    number = bill(own)
    result = edit(
        own, number,
        {"line": 1, "remove": True}, {"line": 2, "amount": 41, "remove": False},
        {"account": 631, "amount": 9},
    )  # fmt: skip
    assert result["ok"]
    assert lines(own, number) == {0: -50, 2: 41, 3: 9}


@pytest.mark.parametrize(
    "line",
    [
        {"line": 9, "remove": True},
        {"line": 0, "remove": True},
        {"line": 0, "amount": 1},
        {"remove": True},
        {"line": 1, "remove": True, "amount": 2},
        {"line": "1 OR 1", "amount": 2},
        {"line": [1], "amount": 2},
    ],
)
def test_a_line_that_is_none_cannot_be_edited(own, line):
    number = bill(own)
    assert edit(own, number, line)["error"]["code"] == "SSS_INVALID_SUBLIST_OPERATION"
    assert lines(own, number) == {0: -100, 1: 60, 2: 40}


def test_a_line_is_of_one_sublist_only(own):
    number = bill(own)
    result = own.do("update", "vendorbill", id=number, sublists={"item": [{"line": 1, "rate": 2}]})
    assert result["error"]["code"] == "SSS_INVALID_SUBLIST_OPERATION"


@pytest.mark.parametrize("line", [{"line": 1, "account": None}, {"line": 1, "remove": "yes"}])
def test_a_line_cannot_lose_what_it_must_have_nor_be_removed_by_a_word(own, line):
    result = edit(own, bill(own), line)
    assert result["error"]["code"] in ("USER_ERROR", "NONEXISTENT_FIELD")


def test_another_item_brings_its_own_price_and_unit(own):
    number = bill(own, {"item": [{"item": 101, "quantity": 3, "rate": 2}]})
    change = {"item": [{"line": 1, "item": 102}]}
    assert own.do("update", "vendorbill", id=number, sublists=change)["ok"]
    (item,) = own.rows("SELECT cost, itemtype FROM item WHERE id = 102")
    (line,) = own.rows(
        "SELECT quantity, rate, itemtype FROM transactionline WHERE transaction = ? AND id = 1",
        number,
    )
    assert (float(line["quantity"]), float(line["rate"])) == (3, float(item["cost"]))
    assert line["itemtype"] == item["itemtype"]


@pytest.fixture
def clocked(start):
    """A sandbox with a clock that the test moves, and what moves it by a minute."""
    now = [datetime(2026, 11, 22, 9, tzinfo=UTC)]

    def wait():
        now[0] += timedelta(minutes=1)
        return now[0].strftime("%Y-%m-%d %H:%M:%S")

    with start(now=lambda: now[0]) as caller:
        yield caller, wait


def stamps(caller, number) -> dict[int, str]:
    query = (
        "SELECT id, TO_CHAR(SYS_EXTRACT_UTC(linelastmodifieddate), 'YYYY-MM-DD HH24:MI:SS') AS at "
        "FROM transactionline WHERE transaction = ?"
    )
    return {int(row["id"]): row["at"] for row in caller.rows(query, number)}


def test_only_the_lines_that_change_get_another_last_modified(clocked):
    caller, wait = clocked
    number = bill(caller)
    born = stamps(caller, number)[0]
    same_total = wait()
    assert edit(caller, number, {"line": 2, "memo": "x"})["ok"]
    assert stamps(caller, number) == {0: born, 1: born, 2: same_total}
    other_total = wait()
    assert edit(caller, number, {"line": 2, "amount": 41})["ok"]
    assert stamps(caller, number) == {0: other_total, 1: born, 2: other_total}


def test_the_header_moves_with_its_lines(clocked):
    caller, wait = clocked
    number = bill(caller)
    at = wait()
    edit(caller, number, {"line": 1, "remove": True})
    stamp = head(caller, number, "lastmodifieddate")["lastmodifieddate"]
    assert stamp == at.replace(" ", "T") + "Z"


def test_another_date_brings_another_period_and_due_date(own):
    number = bill(own, terms=2)
    assert head(own, number, "duedate") == {"duedate": "2026-12-20"}
    assert own.do("update", "vendorbill", id=number, values={"trandate": "2026-10-05"})["ok"]
    period = "SELECT BUILTIN.DF(postingperiod) AS p FROM transaction WHERE id = ?"
    assert own.rows(period, number) == [{"p": "Oct 2026"}]
    assert head(own, number, "duedate") == {"duedate": "2026-11-04"}


def test_other_terms_bring_another_due_date_unless_one_is_given(own):
    number = bill(own, terms=2)
    assert own.do("update", "vendorbill", id=number, values={"terms": 1})["ok"]
    assert head(own, number, "duedate") == {"duedate": "2026-12-05"}
    values = {"terms": 4, "duedate": "2026-12-24"}
    assert own.do("update", "vendorbill", id=number, values=values)["ok"]
    assert head(own, number, "duedate") == {"duedate": "2026-12-24"}


@pytest.mark.parametrize("field", ["trandate", "currency", "exchangerate", "entity"])
def test_a_transaction_cannot_lose_what_it_always_has(own, field):
    result = own.do("update", "vendorbill", id=bill(own), values={field: None})
    assert result["error"]["code"] == "USER_ERROR"
    assert field in result["error"]["message"]


def test_terms_without_end_are_due_on_the_last_of_days(own):
    number = own.made("term", values={"name": "Never", "daysuntilnetdue": 10**12})
    assert head(own, bill(own, terms=number), "duedate") == {"duedate": "9999-12-31"}


def test_another_number_shows_in_the_display_name(own):
    number = bill(own)
    assert own.do("update", "vendorbill", id=number, values={"tranid": "B-77"})["ok"]
    assert head(own, number, "trandisplayname") == {"trandisplayname": "Bill #B-77"}


def test_another_exchange_rate_revalues_every_line_and_the_books_still_balance(own):
    number = bill(own)
    assert own.do("update", "vendorbill", id=number, values={"exchangerate": 1.333})["ok"]
    nets = own.rows(
        "SELECT id, netamount FROM transactionline WHERE transaction = ? ORDER BY id", number
    )
    assert [row["netamount"] for row in nets] == ["-133.3", "79.98", "53.32"]


def test_a_journal_in_a_foreign_currency_balances_to_the_cent(own):
    sides = [{"account": 611, "debit": 10.01}, {"account": 621, "debit": 10.01},
             {"account": 201, "credit": 20.02}]  # fmt: skip
    values = {"currency": 2, "exchangerate": 0.715, "trandate": DAY}
    number = own.made("journalentry", values=values, sublists={"line": sides})
    query = "SELECT SUM(netamount) AS n FROM transactionline WHERE transaction = ?"
    assert float(own.rows(query, number)[0]["n"]) == pytest.approx(0, abs=1e-9)


class TestBalances:
    def test_a_vendor_is_owed_what_is_unpaid(self, own):
        owed = balance(own)
        number = bill(own)
        assert balance(own) == pytest.approx(owed + 100)
        edit(own, number, {"line": 1, "amount": 10})
        assert balance(own) == pytest.approx(owed + 50)
        assert own.do("delete", "vendorbill", id=number)["ok"]
        assert balance(own) == pytest.approx(owed)

    def test_a_customer_owes_what_is_unpaid(self, own):
        def owes():
            return own.read("customer", 80, "balancesearch")["values"]["balancesearch"]

        before = owes()
        sale = {"values": {"entity": 80, "trandate": DAY}}
        own.made("invoice", **sale, sublists={"item": [{"item": 101, "quantity": 1, "rate": 7.5}]})
        own.made("salesorder", **sale, sublists={"item": [{"item": 101}]})
        assert owes() == pytest.approx(before + 7.5)

    def test_a_bill_that_goes_to_another_vendor_takes_its_balance_along(self, own):
        (other,) = own.rows("SELECT MIN(id) AS id FROM vendor WHERE id <> 42 AND currency = 1")
        number, theirs, ours = bill(own), balance(own, other["id"]), balance(own)
        assert own.do("update", "vendorbill", id=number, values={"entity": other["id"]})["ok"]
        assert balance(own) == pytest.approx(ours - 100)
        assert balance(own, other["id"]) == pytest.approx(theirs + 100)
        query = "SELECT DISTINCT entity FROM transactionline WHERE transaction = ?"
        assert own.rows(query, number) == [{"entity": other["id"]}]

    def test_a_colleague_who_deletes_a_bill_changes_the_balance_too(self, own):
        owed, number = balance(own), bill(own)
        own.door("DELETE", "tables/transaction/rows", {"ids": [number]})
        assert balance(own) == pytest.approx(owed)
