"""Transactions written through the RESTlet: lines, totals, and what follows from them."""

import pytest


def lines(caller, number):
    return caller.rows(
        "SELECT id, mainline, item, quantity, rate, foreignamount FROM transactionline "
        "WHERE transaction = ? ORDER BY id",
        number,
    )


def bill(caller, **sublists):
    sublists = sublists or {"expense": [{"account": 611, "amount": 99.5}]}
    values = {"entity": 42, "trandate": "2026-11-20"}
    return caller.made("vendorbill", values=values, sublists=sublists)


def test_a_new_bill_gets_its_number_dates_period_and_total(own):
    own.door("POST", "tables/vendor/rows", [{"id": 42, "terms": 2}])
    number = bill(own, expense=[{"account": 611, "amount": 99.5}], item=[{"item": 101}])
    (item,) = own.rows("SELECT cost, itemtype FROM item WHERE id = 101")
    values = own.read("vendorbill", number)["values"]
    assert values["tranid"] == f"BILL{10_000 + int(number)}"
    assert (values["type"], values["status"], values["terms"]) == ("VendBill", "A", 2)
    assert (values["trandate"], values["duedate"]) == ("2026-11-20", "2026-12-20")
    assert values["foreigntotal"] == -round(99.5 + float(item["cost"]), 2)
    assert values["foreignamountunpaid"] == -values["foreigntotal"]
    (period,) = own.rows(
        "SELECT BUILTIN.DF(postingperiod) AS p FROM transaction WHERE id = ?", number
    )
    assert period == {"p": "Nov 2026"}


def test_the_lines_of_a_purchase_are_positive_and_its_main_line_is_not(own):
    number = bill(own, item=[{"item": 101, "quantity": 3, "rate": 2.5}])
    assert lines(own, number) == [
        {"id": "0", "mainline": "T", "foreignamount": "-7.5"},
        {"id": "1", "mainline": "F", "item": "101", "quantity": "3", "rate": "2.5",
         "foreignamount": "7.5"},
    ]  # fmt: skip


def test_the_lines_of_a_sale_are_negative_and_its_main_line_is_not(own):
    sale = {"values": {"entity": 80}, "sublists": {"item": [{"item": 101, "quantity": 2}]}}
    number = own.made("salesorder", **sale)
    (price,) = own.rows("SELECT baseprice FROM item WHERE id = 101")
    main, line = lines(own, number)
    assert line["quantity"] == "-2"
    assert float(line["foreignamount"]) == -float(main["foreignamount"])
    assert float(main["foreignamount"]) == round(2 * float(price["baseprice"]), 2)


def test_changing_a_line_changes_amount_and_total(own):
    number = bill(own, item=[{"item": 101, "quantity": 3, "rate": 2}, {"item": 102, "rate": 1}])
    change = {"item": [{"line": 1, "quantity": 5}, {"item": 103, "quantity": 1, "rate": 4}]}
    result = own.do("update", "vendorbill", id=number, sublists=change)
    assert result["ok"]
    assert [line["foreignamount"] for line in lines(own, number)] == ["-15", "10", "1", "4"]
    assert own.read("vendorbill", number, "foreigntotal")["values"] == {"foreigntotal": -15}
    assert own.ledger()[-1]["fields"] == change


def test_an_amount_makes_the_rate_that_goes_with_it(own):
    number = bill(own, item=[{"item": 101, "quantity": 4, "amount": 10}])
    assert lines(own, number)[1]["rate"] == "2.5"


@pytest.mark.parametrize(
    ("sublists", "code"),
    [
        ({}, "USER_ERROR"),
        ({"item": []}, "USER_ERROR"),
        ({"item": [{"quantity": 1}]}, "USER_ERROR"),
        ({"expense": [{"account": 611}]}, "USER_ERROR"),
        ({"item": [{"item": 999_999}]}, "INVALID_KEY_OR_REF"),
        ({"item": [{"item": 101, "quantity": "many"}]}, "INVALID_FLD_VALUE"),
        ({"item": [{"item": 101, "colour": "red"}]}, "NONEXISTENT_FIELD"),
        ({"parts": [{"item": 101}]}, "SSS_INVALID_SUBLIST_ID"),
    ],
)
def test_a_bill_with_lines_that_cannot_be_is_not_made(own, sublists, code):
    (before,) = own.rows("SELECT COUNT(*) AS n FROM transactionline")
    result = own.do("create", "vendorbill", values={"entity": 42}, sublists=sublists)
    assert result["error"]["code"] == code
    assert own.rows("SELECT COUNT(*) AS n FROM transactionline") == [before]
    assert own.ledger() == []


def test_a_line_that_is_not_there_cannot_be_changed(own):
    change = {"item": [{"line": 9, "quantity": 5}]}
    result = own.do("update", "vendorbill", id=bill(own), sublists=change)
    assert result["error"]["code"] == "SSS_INVALID_SUBLIST_OPERATION"


def test_a_journal_must_balance(own):
    def journal(credit):
        lines = [{"account": 611, "debit": 100}, {"account": 201, "credit": credit}]
        return own.do("create", "journalentry", sublists={"line": lines})

    assert journal(99)["error"]["code"] == "USER_ERROR"
    balanced = journal(100)
    values = own.read("journalentry", balanced["ns_internal_id"], "foreigntotal")["values"]
    assert values == {"foreigntotal": 100}


def test_a_deleted_bill_takes_its_lines_along(own):
    number = bill(own)
    assert own.do("delete", "vendorbill", id=number)["ok"]
    assert lines(own, number) == []
    query = "SELECT recordid FROM deletedrecord WHERE scriptid = 'vendorbill'"
    assert own.rows(query) == [{"recordid": number}]
