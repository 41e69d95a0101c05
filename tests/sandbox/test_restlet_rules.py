"""What NetSuite refuses to save: each by a rule on the records, and with NetSuite's own code."""

import pytest

OPEN_DAY, CLOSED_DAY = "2026-11-20", "2026-03-10"
EXPENSE = {"expense": [{"account": 611, "amount": 100}]}
DEPENDENT = "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS"


def code(result) -> str:
    assert result["ok"] is False, result
    return result["error"]["code"]


def bill(caller, **values):
    values = {"entity": 42, "trandate": OPEN_DAY, **values}
    return caller.made("vendorbill", values=values, sublists=EXPENSE)


def one(caller, query) -> str:
    """The id of a row that a query finds."""
    return caller.rows(query)[0]["id"]


def change(caller, table, **row):
    answer = caller.door("POST", f"tables/{table}/rows", [row])
    assert answer.status == 200, answer.text


def closed_bill(caller) -> str:
    """An unpaid bill of a month that was closed after it."""
    number = bill(caller)
    period = one(caller, "SELECT id FROM accountingperiod WHERE periodname = 'Nov 2026'")
    change(caller, "accountingperiod", id=int(period), closed=True)
    return number


class TestPeriods:
    @pytest.mark.parametrize("record_type", ["vendorbill", "invoice", "journalentry"])
    def test_nothing_new_is_posted_in_a_closed_period(self, own, record_type):
        sublists = {
            "vendorbill": EXPENSE,
            "invoice": {"item": [{"item": 101}]},
            "journalentry": {"line": [{"account": 611, "debit": 1}, {"account": 201, "credit": 1}]},
        }
        party = {"vendorbill": {"entity": 42}, "invoice": {"entity": 80}, "journalentry": {}}
        values = {"trandate": CLOSED_DAY, **party[record_type]}
        result = own.do("create", record_type, values=values, sublists=sublists[record_type])
        assert result["error"] == {
            "code": "CLOSED_TRAN_PRD",
            "message": "The G/L impact of a transaction in a closed period cannot be changed.",
        }

    def test_an_order_does_not_post_and_may_bear_any_date(self, own):
        values = {"entity": 42, "trandate": CLOSED_DAY}
        assert own.made("purchaseorder", values=values, sublists=EXPENSE)

    def test_a_date_without_any_period_is_refused(self, own):
        values = {"entity": 42, "trandate": "2035-01-01"}
        result = own.do("create", "vendorbill", values=values, sublists=EXPENSE)
        assert code(result) == "VALID_PRD_REQD"
        assert "2035-01-01" in result["error"]["message"]

    @pytest.mark.parametrize(
        "parts",
        [
            {"values": {"exchangerate": 2}},
            {"sublists": {"expense": [{"line": 1, "amount": 99}]}},
            {"sublists": {"expense": [{"line": 1, "memo": "x"}]}},
        ],
    )
    def test_what_is_posted_in_a_closed_period_keeps_its_meaning(self, own, parts):
        assert code(own.do("update", "vendorbill", id=closed_bill(own), **parts)) == (
            "CLOSED_TRAN_PRD"
        )

    def test_a_closed_period_may_allow_changes_that_the_ledger_does_not_see(self, own):
        number = closed_bill(own)
        memo = {"id": number, "values": {"memo": "seen"}}
        assert code(own.do("update", "vendorbill", **memo)) == "CLOSED_TRAN_PRD"
        for row in own.rows("SELECT id FROM accountingperiod"):
            change(own, "accountingperiod", id=int(row["id"]), allownonglchanges=True)
        assert own.do("update", "vendorbill", **memo)["ok"]

    def test_nothing_moves_into_or_out_of_a_closed_period(self, own):
        into = own.do("update", "vendorbill", id=bill(own), values={"trandate": CLOSED_DAY})
        number = closed_bill(own)
        out = own.do("update", "vendorbill", id=number, values={"trandate": "2026-10-20"})
        for result in (into, out):
            assert code(result) == "CLOSED_TRAN_PRD"
            assert result["error"]["message"] == (
                "You cannot move a transaction to or from a closed period."
            )

    def test_a_posting_of_a_closed_period_is_not_deleted(self, own):
        assert code(own.do("delete", "vendorbill", id=closed_bill(own))) == "CLOSED_TRAN_PRD"

    @pytest.mark.parametrize(
        ("lock", "refused"),
        [("aplocked", {"vendorbill"}), ("arlocked", {"invoice"}),
         ("alllocked", {"vendorbill", "invoice"})],
    )  # fmt: skip
    def test_a_period_may_be_locked_for_one_side_of_the_books(self, own, lock, refused):
        period = one(own, "SELECT id FROM accountingperiod WHERE periodname = 'Nov 2026'")
        change(own, "accountingperiod", id=int(period), **{lock: True})
        sale = {"values": {"entity": 80, "trandate": OPEN_DAY}}
        sale["sublists"] = {"item": [{"item": 101}]}
        purchase = {"values": {"entity": 42, "trandate": OPEN_DAY}, "sublists": EXPENSE}
        results = {
            "vendorbill": own.do("create", "vendorbill", **purchase),
            "invoice": own.do("create", "invoice", **sale),
        }
        assert {name for name, result in results.items() if not result["ok"]} == refused


class TestLocks:
    @pytest.mark.parametrize("record_type", ["purchaseorder", "vendorbill"])
    def test_what_waits_for_approval_is_locked_until_somebody_approves_it(self, own, record_type):
        values = {"entity": 42, "trandate": OPEN_DAY, "approvalstatus": "1"}
        number = own.made(record_type, values=values, sublists=EXPENSE)
        for verb in ("update", "delete"):
            result = own.do(verb, record_type, id=number, values={"memo": "x"})
            assert result["error"] == {
                "code": "RCRD_LOCKED_BY_WF",
                "message": "This record has been locked by a user defined workflow.",
            }
        assert own.read(record_type, number, "memo")["ok"]
        change(own, "transaction", id=int(number), approvalstatus="2")
        assert own.do("update", record_type, id=number, values={"memo": "x"})["ok"]

    def test_an_order_that_waits_says_so_in_its_status(self, own):
        values = {"entity": 42, "approvalstatus": "1"}
        number = own.made("purchaseorder", values=values, sublists=EXPENSE)
        assert own.read("purchaseorder", number, "status")["values"] == {"status": "A"}


class TestPermission:
    @pytest.mark.parametrize(
        ("record_type", "permission"),
        [("employee", "Lists -> Employees"), ("subsidiary", "Setup -> Subsidiaries"),
         ("accountingperiod", "Setup -> Manage Accounting Periods")],
    )  # fmt: skip
    @pytest.mark.parametrize("verb", ["create", "update", "delete"])
    def test_some_record_types_may_only_be_viewed(self, own, record_type, permission, verb):
        number = one(own, f"SELECT MIN(id) AS id FROM {record_type}")
        parts = {} if verb == "create" else {"id": number}
        result = own.do(verb, record_type, **parts)
        assert code(result) == "INSUFFICIENT_PERMISSION"
        assert f"'{permission}' permission" in result["error"]["message"]
        assert own.read(record_type, number)["ok"]

    def test_a_table_that_is_hidden_from_the_role_is_no_record_type_for_it(self, own):
        own.door("POST", "tables/vendor", {"access": "no permission"})
        result = own.do("update", "vendor", id=42, values={"cost": 1})
        assert code(result) == "INSUFFICIENT_PERMISSION"
        assert own.read("vendor", 42)["error"]["code"] == "INSUFFICIENT_PERMISSION"

    def test_fields_that_the_role_may_not_see_cannot_be_set(self, own):
        for field in ("taxidnum", "balance"):
            result = own.do("update", "vendor", id=42, values={field: 1})
            assert code(result) == "INSUFFICIENT_PERMISSION"
            assert f"element {field} due to" in result["error"]["message"]
        assert own.read("vendor", 42, "taxidnum")["error"]["code"] == "NONEXISTENT_FIELD"

    def test_a_field_that_is_only_hidden_from_suiteql_can_be_set(self, own):
        own.door("POST", "tables/vendor/columns", {"hide": "cost"})
        assert own.do("update", "vendor", id=42, values={"cost": 7}, expected={"cost": 10})["ok"]
        assert own.read("vendor", 42, "cost")["values"] == {"cost": 7}


class TestReferences:
    def test_what_is_inactive_cannot_be_chosen_but_may_stay_chosen(self, own):
        change(own, "vendor", id=42, terms=2)
        change(own, "term", id=2, isinactive=True)
        change(own, "term", id=3, isinactive=True)
        result = own.do("update", "vendor", id=42, values={"terms": 3})
        assert result["error"] == {
            "code": "INVALID_KEY_OR_REF", "message": "Invalid terms reference key 3.",
        }  # fmt: skip
        assert own.do("update", "vendor", id=42, values={"terms": 2, "cost": 3})["ok"]

    def test_an_inactive_item_cannot_be_bought_or_sold(self, own):
        change(own, "item", id=101, isinactive=True)
        sale = {"values": {"entity": 80}, "sublists": {"item": [{"item": 101}]}}
        assert code(own.do("create", "salesorder", **sale)) == "INVALID_KEY_OR_REF"

    @pytest.mark.parametrize(
        ("record_type", "entity"), [("vendorbill", 80), ("purchaseorder", 80), ("salesorder", 42)]
    )
    def test_a_transaction_is_with_a_party_of_its_own_kind(self, own, record_type, entity):
        result = own.do(
            "create", record_type, values={"entity": entity}, sublists={"item": [{"item": 101}]}
        )
        assert code(result) == "INVALID_KEY_OR_REF"

    def test_a_transaction_is_in_the_currency_of_its_party(self, own):
        values = {"entity": 42, "currency": 2, "trandate": OPEN_DAY}
        result = own.do("create", "vendorbill", values=values, sublists=EXPENSE)
        assert code(result) == "INVALID_KEY_OR_REF"
        assert "currency reference key 2 for entity 42" in result["error"]["message"]
        change(own, "vendor", id=42, currency=2)
        number = bill(own)
        assert own.read("vendorbill", number, "currency", "exchangerate")["values"] == {
            "currency": 2, "exchangerate": 0.71,
        }  # fmt: skip


class TestUniqueness:
    @pytest.mark.parametrize(
        ("record_type", "values", "refusal"),
        [
            ("customer", {"companyname": "Twice Ltd."}, "UNIQUE_CUST_ID_REQD"),
            ("vendor", {"companyname": "Twice Ltd."}, "DUP_VENDOR_NAME"),
            ("inventoryitem", {"itemid": "TWICE-1"}, "DUP_ITEM"),
            ("department", {"name": "Twice"}, "DUP_RCRD"),
        ],
    )
    def test_a_name_that_another_has_is_refused(self, own, record_type, values, refusal):
        first = own.made(record_type, values=values)
        assert code(own.do("create", record_type, values=values)) == refusal
        assert own.do("update", record_type, id=first, values=values)["ok"]

    def test_a_name_cannot_be_changed_to_that_of_another(self, own):
        (taken,) = own.rows("SELECT entityid FROM vendor WHERE id = 41")
        values = {"entityid": taken["entityid"]}
        assert code(own.do("update", "vendor", id=42, values=values)) == "DUP_VENDOR_NAME"

    def test_vendors_and_customers_may_have_the_same_name(self, own):
        assert own.made("vendor", values={"companyname": "Twice Ltd."})
        assert own.made("customer", values={"companyname": "Twice Ltd."})


class TestAmounts:
    def test_a_bill_cannot_come_to_less_than_was_paid_of_it(self, own):
        number = bill(own)
        change(own, "transaction", id=int(number), foreignamountpaid=60, foreignamountunpaid=40)
        less = {"expense": [{"line": 1, "amount": 59.99}]}
        assert code(own.do("update", "vendorbill", id=number, sublists=less)) == "INVALID_LINK_SUM"
        enough = {"expense": [{"line": 1, "amount": 60}]}
        assert own.do("update", "vendorbill", id=number, sublists=enough)["ok"]
        values = own.read("vendorbill", number, "foreignamountunpaid", "status")["values"]
        assert values == {"foreignamountunpaid": 0, "status": "B"}

    def test_a_transaction_keeps_at_least_one_line(self, own):
        gone = {"expense": [{"line": 1, "remove": True}]}
        assert code(own.do("update", "vendorbill", id=bill(own), sublists=gone)) == "USER_ERROR"


class TestDependents:
    def test_an_order_that_was_billed_is_not_deleted(self, own):
        query = "SELECT MIN(previousdoc) AS id FROM nexttransactionlink WHERE previoustype = '{}'"
        for kind, record_type in (("PurchOrd", "purchaseorder"), ("SalesOrd", "salesorder")):
            number = one(own, query.format(kind))
            assert code(own.do("delete", record_type, id=number)) == DEPENDENT

    def test_a_bill_that_was_paid_is_not_deleted(self, own):
        number = bill(own)
        change(own, "transaction", id=int(number), foreignamountpaid=1)
        assert code(own.do("delete", "vendorbill", id=number)) == DEPENDENT

    def test_contacts_do_not_keep_their_company_but_are_let_go(self, own):
        vendor = own.made("vendor", values={"companyname": "Elm"})
        values = {"entityid": "Ann Elm", "company": vendor}
        contact = own.made("contact", values=values)
        assert own.do("delete", "vendor", id=vendor)["ok"]
        assert own.read("contact", contact, "company")["values"] == {"company": None}

    def test_a_record_that_refers_to_itself_may_go(self, own):
        customer = own.made("customer", values={"companyname": "Elm"})
        change(own, "customer", id=int(customer), parent=int(customer))
        assert own.do("delete", "customer", id=customer)["ok"]

    def test_a_refused_delete_leaves_everything_as_it_was(self, own):
        (before,) = own.rows("SELECT COUNT(*) AS n FROM itemprice WHERE item = 101")
        assert code(own.do("delete", "item", id=101)) == DEPENDENT
        assert own.rows("SELECT COUNT(*) AS n FROM itemprice WHERE item = 101") == [before]
        assert own.ledger() == []


def test_a_feature_that_is_off_takes_its_fields_along(own):
    features = own.door("POST", "features", {"partners": False}).json()["features"]
    assert "partners" not in features
    result = own.do("update", "customer", id=80, values={"partner": 1})
    assert code(result) == "INSUFFICIENT_PERMISSION"
    assert "2) An associated feature is disabled" in result["error"]["message"]


def test_a_record_whose_feature_is_off_cannot_be_made_until_it_is_on(own):
    result = own.do("create", "billingratecard", values={"name": "Standard"})
    assert code(result) == "FEATURE_DISABLED"
    assert "The feature 'projects' required" in result["error"]["message"]
    own.door("POST", "features", {"projects": True})
    assert code(own.do("update", "billingratecard", id=10**9)) == "RCRD_DSNT_EXIST"
