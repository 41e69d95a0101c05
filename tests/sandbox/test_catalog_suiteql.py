"""SuiteQL's own metadata catalog, the customization tables, and the Records Catalog."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

CATALOG = "/services/rest/query/v1/suiteql/metadata-catalog"
BROWSER = "/app/recordscatalog/rcendpoint.nl"


def fields(caller, name) -> dict:
    answer = caller.send("GET", f"{CATALOG}/{name}")
    assert answer.status == 200, answer.text
    return answer.json().get("properties", {})


def ask(caller, action, **data):
    cookie = caller.door("POST", "session").json()["cookie"]
    path = f"{BROWSER}?action={action}&data={quote(json.dumps(data))}"
    return caller.send("GET", path, auth=False, Cookie=cookie)


def detail(caller, name) -> dict:
    return ask(caller, "getRecordTypeDetail", scriptId=name, detailType="SS_ANAL").json()["data"]


def test_every_listed_table_can_be_queried(shared):
    items = shared.send("GET", CATALOG).json()["items"]
    names = [item["name"] for item in items]
    assert len(names) >= 300
    assert names == sorted(names)
    for name in names[::13]:
        assert shared.suiteql(f"SELECT * FROM {name} WHERE ROWNUM <= 1").status == 200, name


def test_the_account_has_ten_thousand_columns_that_can_be_queried(shared):
    export = shared.door("GET", "records-catalog").json()
    counts = [
        sum(field["isColumn"] and not field["removed"] for field in table["fields"])
        for table in export["details"]
    ]
    assert len(counts) >= 300
    assert sum(counts) >= 10_000
    assert max(counts) > 1000


def test_fields_have_types_and_tell_where_they_join(shared):
    found = fields(shared, "customer")
    assert found["id"] == {
        "title": "Internal ID",
        "type": "integer",
        "format": "int64",
        "nullable": False,
        "x-n:joinable": False,
    }
    assert found["terms"]["x-n:joinable"] is True
    assert found["terms"]["x-n:recordType"] == "term"
    assert found["companyname"] == {
        "title": "Company Name", "type": "string", "nullable": True, "x-n:joinable": False
    }  # fmt: skip
    assert found["lastmodifieddate"]["format"] == "date-time"


def test_a_transaction_type_has_the_fields_of_transactions(shared):
    assert fields(shared, "salesorder") == fields(shared, "transaction")
    assert shared.suiteql("SELECT id FROM salesorder").status == 400


def test_some_tables_that_work_have_no_fields_there(shared):
    assert shared.send("GET", f"{CATALOG}/transactionstatus").json() == {"type": "object"}
    assert shared.suiteql("SELECT * FROM transactionstatus").status == 200


def test_dangling_custom_fields_break_three_types_if_the_account_is_like_that(start):
    with start() as caller:
        caller.door("PATCH", "behaviour", {"dangling_custom_fields": True})
        broken = [caller.send("GET", f"{CATALOG}/{name}") for name in ("item", "salesOrder")]
        assert [answer.status for answer in broken] == [500, 500]
        assert broken[0].json()["o:errorDetails"][0]["o:errorCode"] == "UNEXPECTED_ERROR"
        assert caller.send("GET", f"{CATALOG}/customer").status == 200


@pytest.mark.parametrize("name", ["nope", "sandbox_choice", "sqlite_master", "customer%00", "a/b"])
def test_what_is_no_table_is_not_found(shared, name):
    assert shared.send("GET", f"{CATALOG}/{name}").status == 404


def test_the_record_service_knows_fields_that_suiteql_refuses(shared):
    schema = shared.send("GET", "/services/rest/record/v1/metadata-catalog/customer").json()
    assert "balance" in schema["properties"]
    assert "balance" not in fields(shared, "customer")
    assert "Reason: NOT_EXPOSED" in shared.suiteql("SELECT c.balance FROM customer c").detail
    (field,) = [each for each in detail(shared, "customer")["fields"] if each["id"] == "balance"]
    assert (field["isColumn"], field["removed"]) == (False, False)


def test_only_the_records_catalog_still_names_a_removed_field(shared):
    (field,) = [e for e in detail(shared, "transaction")["fields"] if e["id"] == "custbody7"]
    assert field["removed"] is True
    assert "custbody7" not in fields(shared, "transaction")
    assert shared.rows("SELECT 1 FROM customfield WHERE scriptid = 'CUSTBODY7'") == []
    assert "Reason: REMOVED" in shared.suiteql("SELECT t.custbody7 FROM transaction t").detail


def test_a_table_hidden_from_the_role_is_only_listed_as_not_available(shared):
    name = "customrecord_gfs_salary_band"
    types = ask(shared, "getRecordTypes", structureType="FLAT").json()["data"]
    assert {"id": name, "label": "Salary Band", "isAvailable": False} in types
    assert ask(shared, "getRecordTypeDetail", scriptId=name).status == 400
    assert shared.send("GET", f"{CATALOG}/{name}").status == 404
    assert shared.send("GET", f"/services/rest/record/v1/metadata-catalog/{name}").status == 404
    assert f"Record '{name}' was not found" in shared.suiteql(f"SELECT id FROM {name}").detail
    assert shared.rows(f"SELECT name FROM customrecordtype WHERE LOWER(scriptid) = '{name}'")


def test_columns_and_tables_come_with_their_feature(start):
    column = "custitem_gfs_subscription_plan"
    query = f"SELECT name FROM customfield WHERE LOWER(scriptid) = '{column}'"
    with start() as caller:
        assert column not in fields(caller, "item")
        assert caller.rows(query) == []
        assert caller.send("GET", f"{CATALOG}/plannedorder").status == 404
        caller.door("POST", "features", {"subscriptionbilling": True, "demandplanning": True})
        assert column in fields(caller, "item")
        assert len(caller.rows(query)) == 1
        assert "id" in fields(caller, "plannedorder")
        caller.door("POST", "features", {"subscriptionbilling": False})
        assert column not in fields(caller, "item")
        assert caller.rows(query) == []


def test_custom_fields_are_rows_with_their_type_in_words(shared):
    found = {
        row["scriptid"]: row
        for row in shared.rows(
            "SELECT scriptid, fieldtype, fieldvaluetype, fieldvaluetyperecord, "
            "BUILTIN.DF(recordtype) AS type FROM CustomField WHERE "
            "LOWER(scriptid) LIKE 'custrecord_gfs_reb_%'"
        )
    }
    assert found["CUSTRECORD_GFS_REB_RATE_PCT"]["fieldvaluetype"] == "Percent"
    assert found["CUSTRECORD_GFS_REB_REGIONS"]["fieldvaluetype"] == "Multiple Select"
    assert found["CUSTRECORD_GFS_REB_SIGNED"]["fieldvaluetype"] == "Check Box"
    assert found["CUSTRECORD_GFS_REB_APPROVED_ON"]["fieldvaluetype"] == "Date/Time"
    assert found["CUSTRECORD_GFS_REB_VENDOR"] == {
        "scriptid": "CUSTRECORD_GFS_REB_VENDOR",
        "fieldtype": "RECORD",
        "fieldvaluetype": "List/Record",
        "fieldvaluetyperecord": "VENDOR",
        "type": "Rebate Agreement",
    }


def test_a_field_of_several_entities_is_one_row(shared):
    total, different = shared.rows(
        "SELECT COUNT(*) AS n, COUNT(DISTINCT scriptid) AS d FROM customfield "
        "WHERE fieldtype = 'ENTITY'"
    )[0].values()
    assert total == different
    both = fields(shared, "customer").keys() & fields(shared, "vendor").keys()
    assert any(name.startswith("custentity_") for name in both)


def test_custom_lists_have_their_values_in_tables_of_their_own(shared):
    lists = shared.rows("SELECT scriptid, name FROM customlist WHERE name = 'Region'")
    assert lists == [{"scriptid": "CUSTOMLIST_GFS_REGION", "name": "Region"}]
    values = shared.rows("SELECT id, name FROM customlist_gfs_region ORDER BY id ASC")
    assert values[0] == {"id": "1", "name": "Northeast"}
    assert len(values) == 7


def test_a_multiselect_field_lists_what_its_mapping_table_has(shared):
    (row,) = shared.rows(
        "SELECT id, custentity_gfs_industries AS chosen FROM customer "
        "WHERE custentity_gfs_industries LIKE '%,%' AND ROWNUM <= 1"
    )
    mapped = shared.rows(
        "SELECT maptwo FROM map_customer_custentity_gfs_industries WHERE mapone = ? "
        "ORDER BY maptwo ASC",
        row["id"],
    )
    assert row["chosen"] == ", ".join(each["maptwo"] for each in mapped)


def test_custom_fields_are_filled_at_different_rates(shared):
    names = [name for name in fields(shared, "item") if name.startswith("custitem_")]
    counts = ", ".join(f"COUNT({name}) AS {name}" for name in names)
    (found,) = shared.rows(f"SELECT COUNT(*) AS everything, {counts} FROM item")
    everything = int(found.pop("everything"))
    rates = [int(count) / everything for count in found.values()]
    assert rates.count(0) > len(rates) / 2
    assert rates.count(1) >= 1
    assert any(0 < rate < 0.1 for rate in rates)
    assert any(0.4 < rate < 0.8 for rate in rates)


def test_references_of_custom_records_lead_to_rows(shared):
    assert shared.rows(
        "SELECT COUNT(*) AS n FROM customrecord_gfs_rebate_claim c "
        "JOIN vendor v ON v.id = c.custrecord_gfs_rbc_vendor"
    ) == shared.rows(
        "SELECT COUNT(custrecord_gfs_rbc_vendor) AS n FROM customrecord_gfs_rebate_claim"
    )
    orphans = shared.rows(
        "SELECT COUNT(*) AS n FROM customrecord_gfs_rebate_tier t WHERE NOT EXISTS (SELECT 1 FROM "
        "customrecord_gfs_rebate_agreement a WHERE a.id = t.custrecord_gfs_rbt_agreement)"
    )
    assert orphans == [{"n": "0"}]


def test_a_drifting_field_drifts_in_every_catalog(start):
    at = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    record = "/services/rest/record/v1/metadata-catalog/vendor"

    def seen(caller, name):
        browser = [each for each in detail(caller, "vendor")["fields"] if each["id"] == name]
        return (
            name in caller.send("GET", record).json()["properties"],
            name in fields(caller, "vendor"),
            bool(caller.rows("SELECT 1 FROM customfield WHERE LOWER(scriptid) = ?", name)),
            browser[0]["isColumn"] and not browser[0]["removed"] if browser else None,
        )

    with start(now=lambda: at) as caller:
        name = "custentity_drifting"
        assert seen(caller, name) == (False, False, False, None)
        column = {"name": name, "type": "currency"}
        caller.door("POST", "tables/vendor/columns", {"add": column})
        assert seen(caller, name) == (True, True, True, True)
        (row,) = caller.rows(
            "SELECT fieldtype, TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate), 'YYYY-MM-DD HH24:MI') "
            "AS at FROM customfield WHERE scriptid = 'CUSTENTITY_DRIFTING'"
        )
        assert row == {"fieldtype": "ENTITY", "at": "2026-11-22 09:15"}
        caller.door("POST", "tables/vendor/columns", {"hide": name})
        assert seen(caller, name) == (True, False, True, False)
        caller.door("POST", "tables/vendor/columns", {"show": name})
        caller.door("POST", "tables/vendor/columns", {"rename": [name, f"{name}_2"]})
        assert seen(caller, name) == (False, False, False, None)
        assert seen(caller, f"{name}_2") == (True, True, True, True)
        caller.door("POST", "tables/vendor/columns", {"drop": f"{name}_2"})
        assert seen(caller, f"{name}_2") == (False, False, False, False)


def test_an_untouched_field_keeps_its_id_and_date_when_another_drifts(start):
    query = "SELECT internalid, lastmodifieddate FROM customfield WHERE fieldtype = 'ITEM'"
    with start() as caller:
        before = caller.rows(query + " ORDER BY internalid ASC")
        caller.door(
            "POST", "tables/vendor/columns", {"add": {"name": "custentity_x", "type": "int"}}
        )
        assert caller.rows(query + " ORDER BY internalid ASC") == before


def test_a_field_dropped_from_one_entity_stays_a_field_of_the_others(start):
    with start() as caller:
        both = fields(caller, "customer").keys() & fields(caller, "vendor").keys()
        name = min(each for each in both if each.startswith("custentity_"))
        caller.door("POST", "tables/customer/columns", {"drop": name})
        assert name not in fields(caller, "customer")
        assert name in fields(caller, "vendor")
        assert caller.rows("SELECT 1 FROM customfield WHERE LOWER(scriptid) = ?", name)


def test_a_record_type_made_anew_keeps_its_internal_id(start):
    name = "customrecord_gfs_kit_recipe"
    query = f"SELECT internalid, name FROM customrecordtype WHERE LOWER(scriptid) = '{name}'"
    with start() as caller:
        (before,) = caller.rows(query)
        assert before["name"] == "Kit Recipe"
        caller.door("POST", "load", {"tables": {name: {"columns": {"id": "integer"}}}})
        (after,) = caller.rows(query)
        assert after == {"internalid": before["internalid"], "name": name}


def test_a_loaded_table_is_in_every_catalog(start):
    content = {"columns": {"id": "integer", "note": "text"}, "rows": [{"id": 1, "note": "a"}]}
    with start() as caller:
        tables = {"customrecord_theirs": content, "widget": content}
        assert caller.door("POST", "load", {"tables": tables}).status == 200
        for name in tables:
            assert set(fields(caller, name)) == {"id", "note"}
            assert len(detail(caller, name)["fields"]) == 2
            path = f"/services/rest/record/v1/metadata-catalog/{name}"
            assert "note" in caller.send("GET", path).json()["properties"]
        (row,) = caller.rows("SELECT name FROM customrecordtype WHERE scriptid LIKE '%THEIRS'")
        assert row == {"name": "customrecord_theirs"}


def test_the_customization_survives_tables_of_the_users_own_in_its_place(start):
    content = {"columns": {"id": "integer"}, "rows": [{"id": 1}]}
    with start() as caller:
        caller.door("POST", "load", {"tables": {"customfield": content, "employee": content}})
        assert caller.rows("SELECT id FROM customfield") == [{"id": "1"}]
        column = {"add": {"name": "custentity_x", "type": "int"}}
        assert caller.door("POST", "tables/vendor/columns", column).status == 200


def test_the_records_catalog_sends_a_signed_call_to_the_login_page(shared):
    path = f"{BROWSER}?action=getRecordTypes&data=%7B%7D"
    for options in ({}, {"auth": False}, {"auth": False, "Cookie": "JSESSIONID=guess"}):
        answer = shared.send("GET", path, **options)
        assert answer.status == 302
        page = shared.send("GET", answer.headers["location"], auth=False)
        assert page.text.startswith("<!DOCTYPE html>")


def test_a_browser_gets_its_session_as_a_cookie(shared):
    answer = shared.send("GET", "/sandbox/session", auth=False)
    assert answer.headers["set-cookie"].startswith(answer.json()["cookie"])


def test_the_records_catalog_tells_of_fields_and_joins_in_its_own_shape(shared):
    types = ask(shared, "getRecordTypes", structureType="FLAT").json()["data"]
    assert {"id": "customer", "label": "Customer", "isAvailable": True} in types
    customer = detail(shared, "customer")
    assert (customer["id"], customer["label"]) == ("customer", "Customer")
    assert customer["fields"][1] == {
        "id": "entityId",
        "label": "Entity ID",
        "dataType": "STRING",
        "isColumn": True,
        "removed": False,
    }
    (terms,) = [join for join in customer["joins"] if join["fieldId"] == "terms"]
    assert terms == {
        "label": "Terms",
        "fieldId": "terms",
        "cardinality": "N:1",
        "joinType": "AUTOMATIC",
        "sourceTargetType": {"id": "term"},
        "joinPairs": [{"label": "customer.terms = term.id"}],
    }
    assert {"id": "customerAddressbook", "recordClass": "SUBRECORD"} in customer["subrecords"]


def test_lines_and_mappings_are_found_only_through_joins(shared):
    types = ask(shared, "getRecordTypes", structureType="FLAT").json()["data"]
    listed = {each["id"] for each in types}
    found = set(listed)
    waiting = [each["id"] for each in types if each["isAvailable"]]
    details = {}
    for table in shared.door("GET", "records-catalog").json()["details"]:
        details[table["id"]] = table
    while waiting:
        for join in details[waiting.pop()]["joins"]:
            target = join["sourceTargetType"]["id"]
            if target not in found:
                found.add(target)
                waiting.append(target)
    assert found >= set(details)
    hidden = found - listed
    assert {"transactionLine", "transactionAccountingLine"} <= hidden
    assert "map_customer_custentity_gfs_industries" in hidden


@pytest.mark.parametrize(
    "query",
    ["", "?action=getRecordTypes", "?action=getRecordTypes&data=%5B",
        "?action=getRecordTypes&data=%5B%5D", "?action=nope&data=%7B%7D",
     "?action=getRecordTypeDetail&data=%7B%22scriptId%22:%5B%5D%7D",
     "?action=getRecordTypeDetail&data=" + "%5B" * 20_000],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(shared, query):
    cookie = shared.door("POST", "session").json()["cookie"]
    answer = shared.send("GET", BROWSER + query, auth=False, Cookie=cookie)
    assert answer.status == 400
    assert answer.json()["o:errorDetails"][0]["o:errorCode"].startswith("INVALID_")


def test_the_records_catalog_is_only_read(shared):
    cookie = shared.door("POST", "session").json()["cookie"]
    for method in ("DELETE", "PUT", "OPTIONS", "BREW"):
        assert shared.send(method, BROWSER, auth=False).status == 302
        answer = shared.send(method, BROWSER, auth=False, Cookie=cookie)
        assert answer.json()["status"] == 405
