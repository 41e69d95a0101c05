"""Which deletions `deletedrecord` knows of, and what it says of them."""

from datetime import UTC, datetime

import pytest

BUSINESS = {"companyname": "Alder & Sons Supply"}


def traces(caller, *scripts) -> list[dict]:
    query = "SELECT recordid, scriptid FROM deletedrecord WHERE scriptid = '{}'"
    return [row for script in scripts for row in caller.rows(query.format(script))]


def test_a_deleted_record_leaves_its_name_and_who_did_it_when(start):
    at = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    with start(now=lambda: at) as caller:
        vendor = caller.made("vendor", values=BUSINESS)
        assert caller.do("delete", "vendor", id=vendor)["ok"]
        query = (
            "SELECT recordid, recordtypeid, scriptid, name, type, context, iscustomlist, "
            "iscustomrecord, iscustomtransaction, deletedby, "
            "TO_CHAR(SYS_EXTRACT_UTC(deleteddate), 'YYYY-MM-DD HH24:MI:SS') AS at "
            "FROM deletedrecord WHERE scriptid = 'vendor'"
        )
        assert caller.rows(query) == [
            {
                "recordid": vendor, "recordtypeid": "-3", "scriptid": "vendor",
                "name": BUSINESS["companyname"], "type": "Vendor", "context": "RST",
                "iscustomlist": "F", "iscustomrecord": "F", "iscustomtransaction": "F",
                "deletedby": "9", "at": "2026-11-22 09:15:00",
            }
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("record_type", "values", "tracked"),
    [
        ("contact", {"entityid": "Ann Alder"}, True),
        ("inventoryitem", {"itemid": "ALDER-1"}, True),
        ("bom", {"name": "Spare Kit"}, True),
        ("pricelevel", {"name": "Friends"}, True),
        ("term", {"name": "Net 90"}, True),
        ("department", {"name": "Returns"}, False),
        ("classification", {"name": "Valves"}, False),
        ("location", {"name": "Yard"}, False),
        ("vendorcategory", {"name": "Rentals"}, False),
    ],
)
def test_netsuite_tracks_some_record_types_and_not_others(own, record_type, values, tracked):
    number = own.made(record_type, values=values)
    assert own.do("delete", record_type, id=number)["ok"]
    expected = [{"recordid": number, "scriptid": record_type}] if tracked else []
    assert traces(own, record_type) == expected


def test_what_goes_along_with_a_record_leaves_no_trace_of_its_own(own):
    bom = own.made("bom", values={"name": "Spare Kit"})
    own.made("bomrevision", values={"name": "A", "billofmaterials": bom})
    sale = {"values": {"entity": 80}, "sublists": {"item": [{"item": 101}]}}
    order = own.made("salesorder", **sale)
    assert own.do("delete", "bom", id=bom)["ok"]
    assert own.do("delete", "salesorder", id=order)["ok"]
    assert traces(own, "bom", "salesorder", "bomrevision", "transactionline") == [
        {"recordid": bom, "scriptid": "bom"},
        {"recordid": order, "scriptid": "salesorder"},
    ]


def test_mapping_tables_and_lines_leave_no_trace_when_a_colleague_deletes_their_rows(own):
    (before,) = own.rows("SELECT COUNT(*) AS n FROM deletedrecord")
    (line,) = own.rows("SELECT MAX(uniquekey) AS k FROM transactionline")
    assert own.door("DELETE", "tables/transactionline/rows", {"ids": [line["k"]]}).json() == {
        "rows": 1
    }
    (pair,) = own.rows("SELECT item, vendor FROM itemvendor WHERE ROWNUM <= 1")
    key = [int(pair["item"]), int(pair["vendor"])]
    assert own.door("DELETE", "tables/itemvendor/rows", {"ids": [key]}).json() == {"rows": 1}
    assert own.rows("SELECT COUNT(*) AS n FROM deletedrecord") == [before]


def test_a_colleague_who_deletes_leaves_the_same_trace_with_another_name_and_context(own):
    contact = own.made("contact", values={"entityid": "Ann Alder"})
    own.door("DELETE", "tables/contact/rows", {"ids": [contact]})
    query = "SELECT recordid, deletedby, context FROM deletedrecord WHERE scriptid = 'contact'"
    assert own.rows(query) == [{"recordid": contact, "deletedby": "8", "context": "UIF"}]


def test_a_custom_record_leaves_a_trace_and_says_that_it_was_one(own):
    columns = {"id": "integer", "name": "string", "lastmodified": "date-time"}
    rows = [{"id": 1, "name": "One"}]
    table = {"columns": columns, "rows": rows}
    own.door("POST", "load", {"tables": {"customrecord_thing": table, "thing": table}})
    for record_type in ("customrecord_thing", "thing"):
        assert own.do("delete", record_type, id=1)["ok"]
    query = "SELECT name, iscustomrecord FROM deletedrecord WHERE scriptid = 'customrecord_thing'"
    assert own.rows(query) == [{"name": "One", "iscustomrecord": "T"}]
    assert traces(own, "thing") == []
