"""The account's own records, lists and fields, written through the RESTlet like any other."""

import pytest


@pytest.fixture
def custom(own) -> str:
    """A custom record type that has rows, and that the role may see."""
    query = "SELECT scriptid FROM customrecordtype"
    for row in own.rows(query):
        name = row["scriptid"].lower()
        answer = own.suiteql(f"SELECT MAX(id) AS id FROM {name}")
        if answer.status == 200 and answer.json()["items"][0].get("id"):
            return name
    raise AssertionError("the account has no custom record type with rows")


def test_a_custom_record_is_made_changed_and_deleted(own, custom):
    (last,) = own.rows(f"SELECT MAX(id) AS id FROM {custom}")
    number = own.made(custom, values={"name": "One"}, external_id="e-1")
    assert int(number) == int(last["id"]) + 1
    changed = own.do("update", custom, id=number, values={"name": "Two"}, expected={"name": "One"})
    assert changed["ok"]
    (row,) = own.rows(f"SELECT name, externalid, isinactive FROM {custom} WHERE id = {number}")
    assert row == {"name": "Two", "externalid": "e-1", "isinactive": "F"}
    assert own.do("delete", custom, id=number)["ok"]


def test_its_deletion_is_known_by_the_number_of_its_own_type(own, custom):
    (kind,) = own.rows(
        f"SELECT internalid FROM customrecordtype WHERE LOWER(scriptid) = '{custom}'"
    )
    number = own.made(custom, values={"name": "One"})
    assert own.do("delete", custom, id=number)["ok"]
    query = f"SELECT recordid, recordtypeid, iscustomrecord FROM deletedrecord WHERE scriptid = '{custom}'"  # noqa: E501
    assert {"recordid": number, "recordtypeid": kind["internalid"], "iscustomrecord": "T"} in (
        own.rows(query)
    )


def test_two_custom_records_cannot_have_one_external_id(own, custom):
    own.made(custom, values={"name": "One"}, external_id="e-1")
    result = own.do("create", custom, values={"name": "Two"}, external_id="e-1")
    assert result["error"]["code"] == "UNIQUE_RCRD_ID_REQD"


def test_custom_fields_of_a_transaction_are_written_with_it(own):
    added = {"add": {"name": "custbody_own", "type": "string"}}
    own.door("POST", "tables/transaction/columns", added)
    values = {"entity": 42, "custbody_own": "mine"}
    lines = {"expense": [{"account": 611, "amount": 5}]}
    number = own.made("purchaseorder", values=values, sublists=lines)
    assert own.read("purchaseorder", number, "custbody_own")["values"] == {"custbody_own": "mine"}
    assert own.do("update", "purchaseorder", id=number, values={"custbody_own": None})["ok"]
