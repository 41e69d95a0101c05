"""The record service's metadata catalog: its list, its JSON Schemas, its OpenAPI documents."""

import pytest

CATALOG = "/services/rest/record/v1/metadata-catalog"
SCHEMA = "application/schema+json"
OPENAPI = "application/swagger+json"


def listed(caller) -> list[str]:
    return [item["name"] for item in caller.send("GET", CATALOG).json()["items"]]


def properties(caller, name) -> dict:
    answer = caller.send("GET", f"{CATALOG}/{name}", Accept=SCHEMA)
    assert answer.status == 200, answer.text
    return answer.json()["properties"]


def test_each_type_is_listed_with_the_documented_links(shared):
    answer = shared.send("GET", CATALOG)
    assert answer.headers["content-type"].startswith("application/json")
    account = answer.json()["items"][0]
    here = shared.sandbox.url + CATALOG
    assert account == {
        "name": "account",
        "links": [
            {"rel": "canonical", "href": f"{here}/account", "mediaType": "application/json"},
            {"rel": "alternate", "href": f"{here}/account", "mediaType": OPENAPI},
            {"rel": "alternate", "href": f"{here}/account", "mediaType": SCHEMA},
            {"rel": "describes", "href": f"{shared.sandbox.url}/services/rest/record/v1/account"},
        ],
    }


def test_it_lists_record_types_and_not_suiteqls_tables(shared):
    names = listed(shared)
    assert {"customer", "salesOrder", "vendorBill", "journalEntry", "inventoryItem"} <= set(names)
    assert "customrecord_gfs_rebate_agreement" in names
    assert not {"transaction", "transactionLine", "item", "customField", "entity"} & set(names)
    assert not [name for name in names if name.startswith(("map_", "customlist"))]
    assert len(names) > 150


def test_select_limits_the_list_to_its_types_in_any_case(shared):
    answer = shared.send("GET", f"{CATALOG}?select=customer,journalentry")
    assert [item["name"] for item in answer.json()["items"]] == ["customer", "journalEntry"]


@pytest.mark.parametrize("select", ["customer,%20vendor", "", "customer,", "cust%27omer", "%00"])
def test_a_select_that_is_not_names_with_commas_is_malformed(shared, select):
    answer = shared.send("GET", f"{CATALOG}?select={select}")
    assert answer.status == 400
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_REQUEST"


@pytest.mark.parametrize("name", ["transaction", "nope", "customer/", "..%2Fcustomer", "x" * 9000])
def test_a_type_that_there_is_not_is_not_found(shared, name):
    answer = shared.send("GET", f"{CATALOG}/{name}")
    assert answer.status == 404
    assert "does not exist" in answer.detail
    assert len(answer.text) < 500


@pytest.mark.parametrize(
    "path", [f"{CATALOG}/taxItem", CATALOG.replace("metadata-catalog", "taxItem")]
)
def test_netsuite_says_by_name_and_address_which_type_there_is_not(shared, path):
    assert shared.send("GET", path).json() == {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.5",
        "title": "Not Found",
        "status": 404,
        "o:errorDetails": [
            {
                "detail": "Record type 'taxItem' does not exist.",
                "o:errorUrl": path,
                "o:errorCode": "NONEXISTENT_ID",
            }
        ],
    }


def test_an_unknown_type_in_a_select_is_not_found_either(shared):
    assert shared.send("GET", f"{CATALOG}?select=customer,transaction").status == 404


def test_a_schema_names_fields_as_the_record_service_does(shared):
    fields = properties(shared, "customer")
    assert fields["companyName"] == {"title": "Company Name", "type": "string", "nullable": True}
    assert fields["lastModifiedDate"]["format"] == "date-time"
    assert fields["lastModifiedDate"]["readOnly"] is True
    assert fields["startDate"]["format"] == "date"
    assert fields["isInactive"]["type"] == "boolean"
    assert fields["creditLimit"]["format"] == "double"
    assert "companyname" not in fields


def test_a_schema_is_a_draft_6_hyper_schema(shared):
    for headers in ({"Accept": SCHEMA}, {"Accept": "text/html;q=0.1, */*"}, {}):
        answer = shared.send("GET", f"{CATALOG}/customer", **headers)
        assert answer.headers["content-type"].startswith(SCHEMA)
        assert answer.json()["$schema"] == "http://json-schema.org/draft-06/hyper-schema#"
        assert answer.json()["type"] == "object"


def test_a_reference_is_an_object_with_id_and_name(shared):
    terms = properties(shared, "customer")["terms"]
    assert terms["type"] == "object"
    assert set(terms["properties"]) == {"id", "refName", "externalId", "links"}
    link = terms["properties"]["links"]["items"]["$ref"]
    assert shared.send("GET", link).json()["properties"].keys() == {"rel", "href"}


def test_a_status_has_the_codes_of_its_own_transaction_type(shared):
    codes = {
        name: properties(shared, name)["status"]["properties"]["id"]["enum"]
        for name in ("salesOrder", "vendorBill")
    }
    assert {"B", "F", "G"} <= set(codes["salesOrder"])
    assert "F" not in codes["vendorBill"]


def test_custom_fields_keep_their_names_and_are_marked(shared):
    fields = properties(shared, "customer")
    own = [name for name in fields if name.startswith("custentity")]
    assert len(own) > 50
    assert all(fields[name]["x-ns-custom-field"] is True for name in own)
    assert "x-ns-custom-field" not in fields["companyName"]


def test_a_multiselect_field_is_a_collection(shared):
    field = properties(shared, "customer")["custentity_gfs_industries"]
    items = field["properties"]["items"]
    assert (field["type"], items["type"], items["items"]["type"]) == ("object", "array", "object")


def test_lines_are_a_sublist_with_the_custom_fields_of_lines(shared):
    items = properties(shared, "salesOrder")["item"]["properties"]["items"]["items"]["properties"]
    assert {"line", "item", "quantity", "rate"} <= set(items)
    assert any(name.startswith("custcol_") for name in items)
    assert "item" not in properties(shared, "journalEntry")


def test_a_custom_record_says_that_it_is_one(shared):
    answer = shared.send("GET", f"{CATALOG}/customrecord_gfs_rebate_agreement", Accept=SCHEMA)
    assert answer.json()["x-ns-custom-record"] is True
    assert "custrecord_gfs_reb_rate_pct" in answer.json()["properties"]


def test_an_openapi_document_describes_the_selected_types(shared):
    answer = shared.send("GET", f"{CATALOG}?select=customer,salesorder", Accept=OPENAPI)
    document = answer.json()
    assert document["openapi"].startswith("3.0")
    assert set(document["paths"]) == {
        "/customer", "/customer/{id}", "/salesOrder", "/salesOrder/{id}"
    }  # fmt: skip
    assert "companyName" in document["components"]["schemas"]["customer"]["properties"]


def test_every_reference_of_an_openapi_document_leads_somewhere(shared):
    document = shared.send("GET", f"{CATALOG}/invoice", Accept=OPENAPI).json()
    found = set(references(document))
    assert "#/components/schemas/nsLink" in found
    for reference in found:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    if isinstance(node, list):
        for value in node:
            yield from references(value)


def test_an_unknown_media_type_is_an_invalid_header(shared):
    answer = shared.send("GET", f"{CATALOG}/customer", Accept="text/csv")
    assert answer.status == 400
    assert answer.json()["o:errorDetails"][0]["o:errorHeader"] == "Accept"


@pytest.mark.parametrize("path", ["", "/customer"])
@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_a_catalog_is_only_read(shared, path, method):
    assert shared.send(method, CATALOG + path).status == 405


def test_a_catalog_needs_a_login(start):
    with start() as caller:
        assert caller.send("GET", CATALOG, auth=False).status == 401


def test_every_so_many_schemas_come_without_fields_if_the_account_is_like_that(start):
    with start() as caller:
        caller.door("PATCH", "behaviour", {"empty_schema_every": 3})
        got = [caller.send("GET", f"{CATALOG}/vendor").json() for _ in range(6)]
    assert ["properties" in schema for schema in got] == [True, True, False] * 2
    assert got[2]["type"] == "object"


def test_faults_of_the_catalog_strike_it(start):
    with start() as caller:
        caller.door("POST", "faults", {"on": "catalog", "fault": "error_500", "times": 1})
        assert caller.send("GET", CATALOG).status == 500
        assert caller.send("GET", CATALOG).status == 200
