"""A schema and rows of one's own: any names, types and keys, queried and written like any other."""

import json

import pytest

BIG = 2**53 + 1
WIDGETS = {
    "columns": {"id": "integer", "name": "string", "weight": "float", "sold": "boolean",
                "made": "date", "lastmodified": "date-time", "note": "clob"},
    "rows": [
        {"id": BIG, "name": "Ünï — ✓", "weight": 1.5, "sold": True, "made": "2026-02-03",
         "lastmodified": "2026-02-03T04:05:06Z", "note": "x"},
        {"id": 7, "name": "Plain"},
    ],
}  # fmt: skip


def load(caller, **tables):
    return caller.door("POST", "load", {"tables": tables})


def test_loaded_rows_are_there_to_be_queried(own):
    assert load(own, Widget=WIDGETS).json() == {"rows": {"widget": 2}}
    query = "SELECT id, name, weight, sold FROM widget ORDER BY id ASC"
    assert own.rows(query) == [
        {"id": "7", "name": "Plain"},
        {"id": str(BIG), "name": "Ünï — ✓", "weight": "1.5", "sold": "T"},
    ]


def test_a_loaded_table_is_a_record_type_of_the_restlet(own):
    load(own, widget=WIDGETS)
    assert own.read("widget", str(BIG), "name", "made")["values"] == {
        "name": "Ünï — ✓",
        "made": "2026-02-03",
    }
    made = own.made("Widget", values={"name": "New", "sold": True})
    assert int(made) == BIG + 1
    assert own.do("update", "widget", id=BIG, values={"weight": 2}, expected={"weight": 1.5})["ok"]
    assert own.do("delete", "widget", id="7")["ok"]
    query = "SELECT id, weight FROM widget ORDER BY id ASC"
    assert own.rows(query) == [{"id": str(BIG), "weight": "2"}, {"id": made}]
    assert [entry["operation"] for entry in own.ledger()] == ["create", "update", "delete"]


def test_its_last_modified_moves(own):
    load(own, widget=WIDGETS)
    result = own.do("update", "widget", id=7, values={"note": "y"})
    assert own.read("widget", 7, "lastmodified")["values"] == {
        "lastmodified": result["lastmodified"]
    }


def test_a_key_may_be_a_text_that_the_writer_chooses(own):
    columns = {"code": "string", "label": "string"}
    rows = [{"code": "A/1", "label": "one"}]
    load(own, colour={"columns": columns, "key": "code", "rows": rows})
    assert own.made("colour", values={"code": "B 'x\"", "label": "two"}) == "B 'x\""
    assert own.do("update", "colour", id="A/1", values={"label": "uno"})["ok"]
    again = own.do("create", "colour", values={"code": "A/1"})
    assert again["error"]["code"] == "UNIQUE_RCRD_ID_REQD"
    renamed = own.do("update", "colour", id="A/1", values={"code": "C"})
    assert renamed["error"]["code"] == "INSUFFICIENT_PERMISSION"
    assert own.do("create", "colour", values={"label": "x"})["error"]["code"] == "USER_ERROR"
    assert own.do("delete", "colour", id="B 'x\"")["ok"]
    assert own.rows("SELECT code, label FROM colour") == [{"code": "A/1", "label": "uno"}]


def test_rows_of_a_key_of_several_columns_are_no_records_but_a_colleague_edits_them(own):
    columns = {"a": "integer", "b": "string", "v": "integer"}
    rows = [{"a": 1, "b": "x", "v": 1}, {"a": 1, "b": "y", "v": 2}]
    load(own, pairs={"columns": columns, "key": ["a", "b"], "rows": rows})
    assert own.do("delete", "pairs", id=1)["error"]["code"] == "INVALID_RCRD_TYPE"
    own.door("POST", "tables/pairs/rows", [{"a": 1, "b": "y", "v": 3}])
    own.door("DELETE", "tables/pairs/rows", {"ids": [[1, "x"]]})
    assert own.rows("SELECT a, b, v FROM pairs") == [{"a": "1", "b": "y", "v": "3"}]


@pytest.mark.parametrize("name", ["order", "group", "select", "values", "index", "table1", "_x"])
def test_words_of_sql_are_names_like_others(own, name):
    table = {"columns": {"id": "integer", name: "integer"}, "rows": [{"id": 1, name: 5}]}
    assert load(own, **{name: table}).json() == {"rows": {name: 1}}
    assert own.do("update", name, id=1, values={name: 6}, expected={name: 5})["ok"]
    assert own.read(name, 1)["values"] == {"id": 1, name: 6}


def test_a_table_may_have_more_than_a_thousand_columns(own):
    names = [f"c{i}" for i in range(1500)]
    row = {"id": 1, **dict.fromkeys(names, 1)}
    columns = {"id": "integer", **dict.fromkeys(names, "integer")}
    load(own, wide={"columns": columns, "rows": [row]})
    assert own.rows("SELECT c0, c1499 FROM wide") == [{"c0": "1", "c1499": "1"}]
    assert own.do("update", "wide", id=1, values=dict.fromkeys(names, 2))["ok"]


def test_a_loaded_text_may_be_longer_than_a_script_could_make_it(own):
    long = "x" * 100_000
    load(own, essay={"columns": {"id": "int", "t": "string"}, "rows": [{"id": 1, "t": long}]})
    assert own.read("essay", 1, "t")["values"] == {"t": long}
    result = own.do("update", "essay", id=1, values={"t": long})
    assert result["error"]["code"] == "EXCEEDED_MAX_FIELD_LENGTH"


def test_rows_are_loaded_by_the_ten_thousand(own):
    columns = {"id": "integer", "name": "string", "price": "float", "at": "date-time",
               "lastmodified": "date-time"}  # fmt: skip
    stamp = "2026-02-03T04:05:06Z"
    rows = [
        {"id": i, "name": f"n{i}", "price": i / 7, "at": stamp, "lastmodified": stamp}
        for i in range(20_000)
    ]
    assert load(own, big={"columns": columns, "rows": rows}).json() == {"rows": {"big": 20_000}}
    assert own.rows("SELECT COUNT(*) AS n FROM big") == [{"n": "20000"}]


CUSTOMER = {
    "columns": {"id": "integer", "tier": "string", "lastmodifieddate": "date-time"},
    "rows": [{"id": 5, "tier": "gold", "lastmodifieddate": "2026-01-01T00:00:00Z"}],
}


class TestInTheirPlace:
    """Tables of the account give way to loaded ones of the same name."""

    def test_a_record_type_works_on_the_columns_that_there_are(self, own):
        load(own, customer=CUSTOMER)
        assert own.made("customer", values={"tier": "tin"}) == "6"
        assert own.do("update", "customer", id=5, values={"tier": "lead"})["ok"]
        unknown = own.do("update", "customer", id=5, values={"companyname": "x"})
        assert unknown["error"]["code"] == "NONEXISTENT_FIELD"
        assert own.rows("SELECT id, tier FROM customer ORDER BY id ASC") == [
            {"id": "5", "tier": "lead"},
            {"id": "6", "tier": "tin"},
        ]

    def test_its_deletions_are_tracked_as_before(self, own):
        load(own, customer=CUSTOMER)
        assert own.do("delete", "customer", id=5)["ok"]
        query = "SELECT recordid FROM deletedrecord WHERE scriptid = 'customer'"
        assert own.rows(query) == [{"recordid": "5"}]

    def test_a_view_that_no_longer_fits_is_gone_and_nothing_breaks_over_it(self, own):
        load(own, customer=CUSTOMER)
        assert own.suiteql("SELECT id FROM entity").status == 400
        assert own.made("contact", values={"entityid": "Ann", "company": 42})
        assert own.made("vendorbill", values={"entity": 42, "trandate": "2026-11-20"},
                        sublists={"expense": [{"account": 611, "amount": 5}]})  # fmt: skip
        drifted = own.door("POST", "tables/vendor/columns", {"rename": ["email", "mail"]})
        assert drifted.status == 200

    def test_transactions_without_room_for_the_books_are_plain_records(self, own):
        columns = {"id": "integer", "type": "string", "memo": "string"}
        rows = [{"id": 10**6, "type": "VendBill", "memo": "a"}, {"id": 2, "type": "SalesOrd"}]
        load(own, transaction={"columns": columns, "rows": rows})
        assert own.do("update", "vendorbill", id=10**6, values={"memo": "b"})["ok"]
        assert own.do("update", "vendorbill", id=2)["error"]["code"] == "RCRD_DSNT_EXIST"
        made = own.made("vendorbill", values={"memo": "c"})
        assert own.read("vendorbill", made)["values"] == {
            "id": 10**6 + 1, "type": "VendBill", "memo": "c",
        }  # fmt: skip
        lines = {"expense": [{"account": 611, "amount": 1}]}
        refused = own.do("update", "vendorbill", id=10**6, sublists=lines)
        assert refused["error"]["code"] == "SSS_INVALID_SUBLIST_ID"
        assert own.do("delete", "vendorbill", id=10**6)["ok"]

    def test_price_levels_follow_a_base_price_no_more_when_their_table_is_another(self, own):
        table = {"columns": {"id": "integer"}, "rows": []}
        load(own, itemprice=table)
        assert own.do("update", "inventoryitem", id=101, values={"baseprice": 5})["ok"]

    def test_deletions_are_done_though_nothing_keeps_their_traces(self, own):
        load(own, deletedrecord={"columns": {"id": "integer"}, "rows": []})
        vendor = own.made("vendor", values={"companyname": "Elm"})
        assert own.do("delete", "vendor", id=vendor)["ok"]


def test_a_loaded_schema_outlives_a_restart(start):
    with start() as caller:
        load(caller, widget=WIDGETS, customer=CUSTOMER)
    with start() as caller:
        assert caller.rows("SELECT name FROM widget WHERE id = 7") == [{"name": "Plain"}]
        assert caller.made("widget", values={"name": "New"}) == str(BIG + 1)
        assert caller.rows("SELECT tier FROM customer") == [{"tier": "gold"}]


COLUMNS = {"id": "integer", "v": "integer"}


@pytest.mark.parametrize(
    "tables",
    [
        {}, [], None, {"t": {}}, {"t": {"columns": []}}, {"t": {"columns": {}}},
        {"t": {"columns": {"v": "integer"}}},
        {"t": {"columns": {"id": "colour"}}},
        {"t": {"columns": {"id": "integer", "ID": "integer"}}},
        {"t": {"columns": {"id": "integer", "a b": "integer"}}},
        {"sqlite_x": {"columns": COLUMNS}}, {"sandbox_meta": {"columns": COLUMNS}},
        {"dual": {"columns": COLUMNS}}, {"a;b": {"columns": COLUMNS}}, {"": {"columns": COLUMNS}},
        {"t": {"columns": COLUMNS}, "T": {"columns": COLUMNS}},
        {"t": {"columns": COLUMNS, "key": ["id", "id"]}},
        {"t": {"columns": COLUMNS, "key": ["x"]}},
        {"t": {"columns": COLUMNS, "rows": {}}}, {"t": {"columns": COLUMNS, "rows": [1]}},
        {"t": {"columns": COLUMNS, "rows": [{"v": 1}]}},
        {"t": {"columns": COLUMNS, "rows": [{"id": 1, "w": 1}]}},
        {"t": {"columns": COLUMNS, "rows": [{"id": "x"}]}},
        {"t": {"columns": COLUMNS, "rows": [{"id": 2**63}]}},
        {"t": {"columns": COLUMNS, "rows": [{"id": 1}, {"id": "1"}]}},
        {"t": {"columns": {"id": "integer", **{f"c{i}": "integer" for i in range(2500)}}}},
        {"vendor": {"columns": COLUMNS}, "t": {"columns": COLUMNS, "rows": [{"id": None}]}},
    ],
    ids=lambda tables: json.dumps(tables)[:50],
)  # fmt: skip
def test_a_schema_that_cannot_be_is_refused_whole(own, tables):
    answer = own.door("POST", "load", {"tables": tables})
    assert answer.status == 400, answer.text
    assert answer.json()["error"]
    assert own.suiteql("SELECT id FROM t").status == 400
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 10}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a": NaN}']
)
def test_what_is_not_the_json_of_a_schema_is_refused(shared, body):
    assert shared.door("POST", "load", body).status == 400


@pytest.mark.parametrize(
    ("word", "value", "stored"),
    [
        ("varchar(255)", "x", "x"),
        ("VARCHAR2 (300)", "x", "x"),
        ("char(1)", "x", "x"),
        ("decimal(10, 2)", "1.5", 1.5),
        ("Decimal Number", 1e300, 1e300),
        ("float", 10**20, 1e20),
        ("Integer Number", 7, 7),
        ("select", 7, 7),
        ("Check Box", 1, True),
        ("boolean", 0, False),
        ("boolean", "T", True),
        ("boolean", "false", False),
        ("multiselect", "1,2", "1,2"),
        ("email", "a@example.com", "a@example.com"),
        ("time", "9:30 am", "9:30 am"),
        ("Date/Time", "2026-01-01T00:05", "2026-01-01T00:05:00Z"),
        ("datetime", "2026-01-01 00:05Z", "2026-01-01T00:05:00Z"),
    ],
)
def test_a_schema_may_have_the_words_and_values_of_other_systems(own, word, value, stored):
    answer = load(own, t={"columns": {"id": "int", "c": word}, "rows": [{"id": 1, "c": value}]})
    assert answer.json() == {"rows": {"t": 1}}
    assert own.read("t", 1, "c")["values"] == {"c": stored}


@pytest.mark.parametrize(
    ("word", "value", "said"),
    [
        ("int", "x", "Row 2: t.c is a column of type integer; it cannot hold this text."),
        ("boolean", 2, "Row 2: t.c is a column of type boolean; it cannot hold this number."),
        ("date", [], "Row 2: t.c is a column of type date; it cannot hold this array."),
        ("text", True, "Row 2: t.c is a column of type text; it cannot hold this boolean."),
        ("datetime", "00:05", "Row 2: t.c is a column of type datetime; it cannot hold this text."),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_told_by_its_row_and_column(own, word, value, said):
    rows = [{"id": 1, "c": None}, {"id": 2, "c": value}]
    answer = load(own, t={"columns": {"id": "int", "c": word}, "rows": rows})
    assert (answer.status, answer.json()) == (400, {"error": said})
    load(own, t={"columns": {"id": "int", "c": word}})
    answer = own.door("POST", "tables/t/rows", rows)
    assert (answer.status, answer.json()) == (400, {"error": said})


def test_a_record_keeps_its_external_id_without_a_column_for_it(own):
    load(own, widget=WIDGETS)
    made = own.made("widget", values={"name": "New"}, external_id="proposal-7")
    again = own.do("create", "widget", values={"name": "Twin"}, external_id="proposal-7")
    assert again["error"]["code"] == "UNIQUE_RCRD_ID_REQD"
    assert own.made("widget", values={"name": "Other"}, external_id="proposal-8")
    assert own.do("update", "widget", id=made, values={"name": "N"}, external_id="proposal-7")["ok"]
    assert own.ledger()[0]["fields"] == {"name": "New", "externalid": "proposal-7"}


def test_an_external_id_that_was_not_loaded_is_nothing_that_a_query_or_catalog_shows(own):
    load(own, widget=WIDGETS)
    (row, *_) = own.rows("SELECT * FROM widget WHERE id = 7")
    assert "externalid" not in row
    assert own.read("widget", 7)["values"].keys() == WIDGETS["columns"].keys()
    schema = own.send("GET", "/services/rest/record/v1/metadata-catalog/widget").json()
    assert "weight" in schema["properties"]
    assert "externalId" not in schema["properties"]
