"""A schema that changes while it is used: columns and tables come, go, hide and get new names."""

import pytest


def drift(caller, table, change):
    answer = caller.door("POST", f"tables/{table}/columns", change)
    assert answer.status == 200, answer.text
    return answer.json()["columns"]


def failure(caller, query) -> str:
    answer = caller.suiteql(query)
    assert answer.status == 400, answer.text
    return answer.json()["o:errorDetails"][0]["detail"]


def test_a_dropped_column_is_gone_for_queries_and_scripts(own):
    assert drift(own, "vendor", {"drop": "phone"})["phone"] == "removed"
    assert failure(own, "SELECT phone FROM vendor")
    for parts in ({"values": {"phone": "1"}}, {"expected": {"phone": "1"}}):
        result = own.do("update", "vendor", id=42, **parts)
        assert result["error"]["code"] == "NONEXISTENT_FIELD"
    assert "phone" not in own.read("vendor", 42)["values"]
    assert own.door("POST", "tables/vendor/rows", [{"id": 42, "phone": "1"}]).status == 400


def test_a_dropped_column_comes_back_with_its_values_if_it_is_of_the_same_type(own):
    before = own.read("vendor", 42, "phone")["values"]
    drift(own, "vendor", {"drop": "phone"})
    drift(own, "vendor", {"add": {"name": "phone", "type": "string"}})
    assert own.read("vendor", 42, "phone")["values"] == before


def test_a_dropped_column_of_another_type_comes_back_empty(own):
    drift(own, "vendor", {"drop": "fax"})
    drift(own, "vendor", {"add": {"name": "fax", "type": "integer"}})
    assert own.read("vendor", 42, "fax")["values"] == {"fax": None}
    assert own.do("update", "vendor", id=42, values={"fax": 5})["ok"]
    assert own.rows("SELECT fax FROM vendor WHERE id = 42") == [{"fax": "5"}]


def test_a_hidden_column_is_refused_to_queries_until_it_is_shown(own):
    drift(own, "vendor", {"hide": "cost"})
    assert failure(own, "SELECT cost FROM vendor")
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 10}
    drift(own, "vendor", {"show": "cost"})
    assert own.rows("SELECT cost FROM vendor WHERE id = 42") == [{"cost": "10"}]


def test_a_renamed_column_answers_to_its_new_name_alone(own):
    drift(own, "vendor", {"rename": ["cost", "standardcost"]})
    assert own.rows("SELECT standardcost FROM vendor WHERE id = 42") == [{"standardcost": "10"}]
    assert failure(own, "SELECT cost FROM vendor")
    assert own.do("update", "vendor", id=42, values={"standardcost": 4})["ok"]
    assert own.do("update", "vendor", id=42, values={"cost": 4})["ok"] is False


def test_an_added_column_is_written_and_queried(own):
    drift(own, "vendor", {"add": {"name": "custentity_tier", "type": "integer"}})
    assert own.do("update", "vendor", id=42, values={"custentity_tier": "3"})["ok"]
    query = "SELECT id FROM vendor WHERE custentity_tier = 3"
    assert own.rows(query) == [{"id": "42"}]


def test_a_custom_field_of_lines_is_written_through_their_sublists(own):
    drift(own, "transactionline", {"add": {"name": "custcol_lot", "type": "string"}})
    number = own.made(
        "purchaseorder", values={"entity": 42},
        sublists={"expense": [{"account": 611, "amount": 1, "custcol_lot": "L-1"}]},
    )  # fmt: skip
    query = "SELECT custcol_lot FROM transactionline WHERE transaction = ? AND mainline = 'F'"
    assert own.rows(query, number) == [{"custcol_lot": "L-1"}]


def test_a_table_whose_stamp_is_renamed_has_none_any_more(own):
    drift(own, "vendor", {"rename": ["lastmodifieddate", "touched"]})
    before = own.read("vendor", 42, "touched")["values"]
    assert own.do("update", "vendor", id=42, values={"cost": 3})["ok"]
    own.door("POST", "tables/vendor/rows", [{"id": 42, "cost": 4}])
    assert own.read("vendor", 42, "touched")["values"] == before


def test_a_key_is_not_dropped(own):
    answer = own.door("POST", "tables/vendor/columns", {"drop": "ID"})
    assert (answer.status, "key of vendor" in answer.json()["error"]) == (400, True)
    assert own.rows("SELECT id FROM vendor WHERE id = 42") == [{"id": "42"}]


def test_a_table_whose_key_is_renamed_keeps_its_rows_apart(own):
    drift(own, "term", {"rename": ["id", "number"]})
    assert own.do("update", "term", id=2, values={"name": "Thirty Days"})["ok"]
    assert own.rows("SELECT name FROM term WHERE number = 2") == [{"name": "Thirty Days"}]
    own.door("POST", "tables/term/rows", [{"number": 2, "name": "Net 30"}])
    assert own.rows("SELECT name FROM term WHERE number = 2") == [{"name": "Net 30"}]


@pytest.mark.parametrize(
    ("verb", "column"),
    [
        *(("drop", name) for name in ("lastmodifieddate", "companyname", "externalid")),
        *(("hide", name) for name in ("id", "lastmodifieddate", "companyname", "externalid")),
    ],
)
def test_whatever_column_is_taken_away_scripts_and_colleagues_go_on(own, verb, column):
    drift(own, "vendor", {verb: column})
    assert own.do("update", "vendor", id=42, values={"cost": 3})["ok"]
    assert own.rows("SELECT cost FROM vendor WHERE cost = 3") == [{"cost": "3"}]
    assert own.do("create", "vendor", values={"entityid": "Elm"}, external_id="e")["ok"]


@pytest.mark.parametrize(
    ("table", "column"),
    [("transaction", "duedate"), ("transaction", "terms"), ("transaction", "postingperiod"),
     ("transaction", "lastmodifieddate"), ("transactionline", "linelastmodifieddate"),
     ("transactionline", "memo"), ("vendor", "terms"), ("vendor", "balance"),
     ("accountingperiod", "closed"), ("accountingperiod", "startdate"), ("item", "cost"),
     ("term", "daysuntilnetdue"), ("currency", "exchangerate"), ("vendor", "currency"),
     ("customer", "email"), ("transaction", "exchangerate"), ("transactionline", "netamount")],
)  # fmt: skip
def test_bills_are_still_written_when_a_column_of_theirs_has_another_name(own, table, column):
    drift(own, table, {"rename": [column, "renamed"]})
    lines = {"item": [{"item": 101}]}
    result = own.do("create", "vendorbill", values={"entity": 42}, sublists=lines)
    known = ("VALID_PRD_REQD", "SSS_INVALID_SUBLIST_ID")
    assert result["ok"] or result["error"]["code"] in known, result
    assert own.door("GET", "stats").json()["unexpected_errors"] == []


def test_a_view_loses_the_column_whose_source_is_renamed(own):
    drift(own, "customer", {"rename": ["email", "mail"]})
    assert "Reason: REMOVED" in failure(own, "SELECT email FROM entity")
    assert own.rows("SELECT entityid FROM entity WHERE id = 42")


class TestTables:
    @pytest.mark.parametrize("access", ["removed", "no permission"])
    def test_a_table_goes_and_comes_back_with_its_rows(self, own, access):
        answer = own.door("POST", "tables/bom", {"access": access})
        assert answer.json() == {"access": access}
        assert failure(own, "SELECT id FROM bom")
        assert own.do("create", "bom", values={"name": "x"})["ok"] is False
        own.door("POST", "tables/bom", {"access": "open"})
        assert own.rows("SELECT COUNT(*) AS n FROM bom")
        assert own.made("bom", values={"name": "x"})

    def test_a_table_that_is_gone_is_no_record_type(self, own):
        own.door("POST", "tables/bom", {"access": "removed"})
        result = own.do("create", "bom", values={"name": "x"})
        assert result["error"]["code"] == "INVALID_RCRD_TYPE"
        assert own.made("vendor", values={"companyname": "Elm"})

    @pytest.mark.parametrize(
        ("table", "body"),
        [("nosuch", {"access": "open"}), ("vendor", {"access": "feature off"}),
         ("vendor", {"access": 1}), ("vendor", {}), ("vendor", []), ("vendor", {"acess": "open"}),
         ("vendor", {"access": "open", "x": 1})],
    )  # fmt: skip
    def test_an_access_that_is_none_is_refused(self, own, table, body):
        assert own.door("POST", f"tables/{table}", body).status == 400


@pytest.mark.parametrize("body", [{"projects": 1}, {"nosuch": True}, [], "projects", None])
def test_features_that_are_none_are_refused(own, body):
    answer = own.door("POST", "features", body)
    assert answer.status == 400
    on = own.door("POST", "features", {}).json()["features"]
    assert on == ["manufacturing", "partners"]


def test_drift_outlives_a_restart(start):
    with start() as caller:
        drift(caller, "vendor", {"drop": "phone"})
        drift(caller, "vendor", {"rename": ["cost", "standardcost"]})
        drift(caller, "vendor", {"add": {"name": "custentity_x", "type": "integer"}})
        caller.do("update", "vendor", id=42, values={"custentity_x": 5})
        caller.door("POST", "tables/bom", {"access": "removed"})
    with start() as caller:
        query = "SELECT standardcost, custentity_x FROM vendor WHERE id = 42"
        assert caller.rows(query) == [{"standardcost": "10", "custentity_x": "5"}]
        assert failure(caller, "SELECT phone FROM vendor")
        assert failure(caller, "SELECT id FROM bom")


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("nosuch", {"drop": "id"}), ("vendor", {"drop": "nosuch"}), ("vendor", {}),
        ("vendor", []), ("vendor", {"drop": "phone", "hide": "fax"}), ("vendor", {"burn": "phone"}),
        ("vendor", {"drop": 5}), ("vendor", {"drop": None}), ("vendor", {"rename": "phone"}),
        ("vendor", {"rename": ["phone"]}), ("vendor", {"rename": ["phone", "fax"]}),
        ("vendor", {"rename": ["phone", "a b"]}), ("vendor", {"rename": ["phone", 5]}),
        ("entity", {"rename": ["email", "mail"]}),
        ("vendor", {"add": {"name": "phone", "type": "string"}}),
        ("vendor", {"add": {"name": "x"}}), ("vendor", {"add": {"name": "x", "type": "colour"}}),
        ("vendor", {"add": {"name": 'x"; DROP TABLE vendor', "type": "string"}}),
        ("vendor", {"add": {"name": "x", "type": "string", "size": 5}}),
        ("entity", {"add": {"name": "x", "type": "string"}}),
        ("sandbox_ledger", {"drop": "seq"}), ("sqlite_master", {"drop": "sql"}),
    ],
)  # fmt: skip
def test_a_change_that_makes_no_sense_is_refused_and_nothing_is_changed(own, table, change):
    answer = own.door("POST", f"tables/{table}/columns", change)
    assert answer.status == 400
    assert answer.json()["error"]
    assert own.rows("SELECT COUNT(phone) AS n FROM vendor")


def test_a_table_can_be_filled_with_columns_up_to_what_a_database_holds(own):
    columns = {"id": "integer", **{f"c{i}": "integer" for i in range(1998)}}  # and externalid
    own.door("POST", "load", {"tables": {"full": {"columns": columns}}})
    one_more = {"add": {"name": "x", "type": "integer"}}
    assert own.door("POST", "tables/full/columns", one_more).status == 400
    assert own.rows("SELECT COUNT(*) AS n FROM full") == [{"n": "0"}]
