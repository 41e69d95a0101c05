"""What NetSuite's catalogs say, read strictly where it matters and kindly where it does not."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsconsole.catalog import Reason, is_custom, kind_of
from nsconsole.mapping import Kind
from nsconsole.netsuite.metadata import customization, records, rows, suiteql
from nsconsole.netsuite.metadata.export import load_export


@pytest.mark.parametrize(
    ("told", "native_type", "kind"),
    [
        ({"type": "integer", "format": "int64"}, "integer", Kind.INTEGER),
        ({"type": "number", "format": "double"}, "number", Kind.REAL),
        ({"type": "boolean"}, "boolean", Kind.BOOLEAN),
        ({"type": "string"}, "string", Kind.TEXT),
        ({"type": "string", "format": "date"}, "date", Kind.DATE),
        ({"type": "string", "format": "date-time"}, "date-time", Kind.DATETIME),
        ({"type": "string", "format": "clob"}, "clob", Kind.TEXT),
        ({"type": "string", "format": "of-the-future"}, "string", Kind.TEXT),
        ({"type": ["string", "null"]}, "", None),
        ({}, "", None),
        ("nothing at all", "", None),
    ],
)
def test_suiteql_tells_types_as_json_schema_does(told, native_type, kind):
    (column,) = suiteql.parse_columns({"type": "object", "properties": {"a": told}})
    assert (column.native_type, column.kind, column.exposed) == (native_type, kind, True)


def test_suiteql_tells_whose_ids_a_column_holds():
    told = {"type": "integer", "x-n:joinable": True, "x-n:recordType": "Vendor"}
    joined, other = suiteql.parse_columns(
        {"properties": {"entity": told, "other": {**told, "x-n:joinable": False}}}
    )
    assert (joined.refers_to, other.refers_to) == ("vendor", None)


def test_a_table_may_be_told_without_its_columns():
    assert suiteql.parse_columns({"type": "object"}) == ()
    assert records.parse_fields({"type": "object", "$schema": "x"}) == ()


@pytest.mark.parametrize(
    "parse",
    [suiteql.parse_tables, suiteql.parse_columns, records.parse_types, records.parse_fields],
)
@pytest.mark.parametrize(
    "payload", [None, [], {}, "x", {"items": {}}, {"items": [1]}, {"properties": []}]
)
def test_what_is_no_catalog_is_refused(parse, payload):
    with pytest.raises(ValueError, match=r"not|without"):
        parse(payload)


def test_fields_of_records_are_told_without_sublists_and_links():
    reference = {"properties": {"id": {"type": "string"}, "refName": {"type": "string"}}}
    properties = {
        "links": {"type": "array"},
        "entity": {"type": "object", **reference},
        "status": {"type": "object", "properties": {"id": {"type": "string", "enum": ["A"]}}},
        "nextapprover": {"$ref": "/services/rest/record/v1/metadata-catalog/nsResource"},
        "item": {"type": "object", "properties": {"items": {"type": "array"}}},
        "addressbook": {
            "$ref": "/services/rest/record/v1/metadata-catalog/x-addressbookCollection"
        },
        "tranDate": {"type": "string", "format": "date", "title": "Date"},
    }
    fields = {
        field.shown_name: (field.native_type, field.kind, field.exposed)
        for field in records.parse_fields({"properties": properties})
    }
    assert fields == {
        "entity": ("reference", Kind.INTEGER, None),
        "status": ("choice", Kind.TEXT, None),
        "nextapprover": ("reference", Kind.INTEGER, None),
        "tranDate": ("date", Kind.DATE, None),
    }


def test_record_types_share_the_tables_of_transactions_and_items():
    assert records.table_of("salesorder", {"transaction"}) == "transaction"
    assert records.table_of("kititem", {"item"}) == "item"
    assert records.table_of("opportunity", {"transaction", "opportunity"}) == "opportunity"
    assert records.table_of("customer", set()) == "customer"


def test_custom_fields_tell_their_type_in_words():
    row = {"scriptid": "CUSTRECORD_A", "name": "A", "fieldtype": "RECORD", "recordtype": "4"}
    reference = {"fieldvaluetype": "List/Record", "fieldvaluetyperecord": "EMPLOYEE"}
    (field,) = customization.read_fields([{**row, **reference}, {}], {"4": "customrecord_x"})
    assert (field.table, field.fact.name) == ("customrecord_x", "custrecord_a")
    assert (field.fact.kind, field.fact.refers_to) == (Kind.INTEGER, "employee")


def test_words_of_all_sources_for_a_type_are_known():
    words = "Free-Form Text,CLOBTEXT,Check Box,FLOAT,Percent,Date/Time,DATETIME,Multiple Select"
    kinds = [kind_of(word) for word in words.split(",")]
    text, boolean, real, moment = Kind.TEXT, Kind.BOOLEAN, Kind.REAL, Kind.DATETIME
    assert kinds == [text, text, boolean, real, real, moment, moment, text]
    assert kind_of("hologram") is None


def test_what_the_account_made_itself_is_known_by_its_name():
    assert is_custom("custbody_x")
    assert is_custom("customrecord_x")
    assert not is_custom("customer")
    assert not is_custom("custodian")


def test_rows_show_kinds_as_far_as_all_values_agree():
    seen = [{"a": "1", "b": "T", "c": "0.5", "d": "007"}, {"a": "-20", "b": "F", "c": "2"}]
    kinds = {column.name: column.kind for column in rows.columns_in(seen)}
    assert kinds == {"a": Kind.INTEGER, "b": Kind.BOOLEAN, "c": Kind.REAL, "d": Kind.REAL}
    with pytest.raises(ValueError, match="not the name"):
        rows.look_at("x; DROP")


def _field(name, **how):
    return {"id": name, "label": "", "dataType": "STRING", "isColumn": True, **how}


def _file(fields, **more):
    detail = {"id": "Customer", "fields": fields, **more}
    return json.dumps({"recordTypes": [], "details": [detail]}).encode()


def test_an_export_tells_whether_a_query_may_name_a_field():
    fields = [_field("a"), _field("b", isColumn=False), _field("c", removed=True)]
    (table,) = load_export(_file(fields)).tables
    assert [column.reason for column in table.columns] == [
        None,
        Reason.NOT_QUERYABLE,
        Reason.REMOVED,
    ]
    assert [column.exposed for column in table.columns] == [True, False, False]


def test_an_export_tells_whose_ids_a_field_holds():
    join = {"fieldId": "Rep", "joinType": "AUTOMATIC", "sourceTargetType": {"id": "Employee"}}
    odd = [None, {"fieldId": 3}, {**join, "fieldId": "b", "joinType": "INVERSE"}]
    (table,) = load_export(_file([_field("Rep"), _field("b")], joins=[*odd, join])).tables
    assert [column.refers_to for column in table.columns] == ["employee", None]


def test_an_export_that_tells_when_it_was_saved_is_believed_if_that_is_a_time():
    document = {"recordTypes": [{"id": "a", "isAvailable": True}], "details": []}
    for said, year in (("2026-11-22T09:15:00.000Z", 2026), ("2026-11-22", None), (7, None)):
        saved_at = load_export(json.dumps({**document, "savedAt": said}).encode()).saved_at
        assert (saved_at and saved_at.year) == year


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["recordTypes", "details", "id", "fields", "isAvailable", "joins", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=60)
@given(st.binary(max_size=40) | _json.map(lambda value: json.dumps(value).encode()))
def test_whatever_file_there_is_is_taken_or_refused(data):
    with contextlib.suppress(ValueError):
        assert load_export(data).tables
