"""The RESTlet's HTTP manners, and that no input makes it lose them."""

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsconsole.sandbox.tables import TABLES

PING = {"operation": "ping"}
PATH = "/app/site/hosting/restlet.nl"
SCRIPT = "?script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"


def code(answer) -> str:
    return answer.json()["error"]["code"]


@pytest.mark.parametrize(
    "query",
    ["?script=7&deploy=1", "?script=6&deploy=2", SCRIPT.replace("query&", "qery&")],
)
def test_another_script_or_deployment_is_not_there(shared, query):
    answer = shared.send("POST", PATH + query, PING, Content_Type="application/json")
    assert answer.status == 404
    assert answer.text == (
        '{"error" : {"code" : "SSS_INVALID_SCRIPTLET_ID", "message" : '
        '"That Suitelet is invalid, disabled, or no longer exists."}}'
    )


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("", "script"),
        ("?deploy=1", "script"),
        ("?script=6", "deploy"),
        ("?script=&deploy=1", "script"),
    ],
)
def test_an_address_without_script_or_deployment_misses_an_argument(shared, query, missing):
    answer = shared.send("POST", PATH + query, PING, Content_Type="application/json")
    assert (answer.status, code(answer)) == (400, "SSS_MISSING_REQD_ARGUMENT")
    assert answer.json()["error"]["message"].endswith(missing)


def test_the_script_goes_by_its_number_too(shared):
    answer = shared.send("POST", f"{PATH}?script=6&deploy=1", PING, Content_Type="application/json")
    assert answer.json()["ok"] is True


def test_a_wrong_path_is_not_found(shared):
    wrong = PATH.replace("restlet.nl", "restlet") + SCRIPT
    assert shared.send("POST", wrong, PING, Content_Type="application/json").status == 404


def test_a_get_with_a_body_is_a_bad_request(shared):
    answer = shared.send("GET", PATH + SCRIPT, PING, Content_Type="application/json")
    assert (answer.status, code(answer)) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_the_script_has_no_other_entry_point(shared, method):
    assert shared.send(method, PATH + SCRIPT, Content_Type="application/json").status == 405


@pytest.mark.parametrize(
    "kind", ["", "application/x-www-form-urlencoded", "Application/JSON", "text/html"]
)
def test_an_unsupported_content_type_is_refused_in_text(shared, kind):
    answer = shared.restlet(PING, **{"Content-Type": kind})
    assert answer.status == 415
    assert answer.text == (
        "error code: INVALID_CONTENT_TYPE\nerror message: Invalid content type. You can only use "
        "application/json, application/xml or text/plain with RESTlets."
    )
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_request_without_content_type_is_refused_in_text(shared):
    answer = shared.send("DELETE", PATH + SCRIPT)
    assert answer.status == 405
    assert answer.text.startswith("error code: INVALID_REQUEST\nerror message: ")


def test_an_error_is_in_xml_when_the_request_is(shared):
    answer = shared.restlet(b"<ping & pong/>", **{"Content-Type": "application/xml"})
    assert answer.status == 400
    error = ET.fromstring(answer.text)
    assert [child.tag for child in error] == ["code", "message"]
    assert error.findtext("code") == "INVALID_REQUEST"
    assert answer.headers["content-type"].startswith("application/xml")


def test_a_text_is_answered_with_a_text(shared):
    answer = shared.restlet(PING, **{"Content-Type": "text/plain"})
    assert (answer.status, json.loads(answer.text)["ok"]) == (200, True)
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_text_that_is_not_json_is_more_than_the_script_can_read(shared):
    answer = shared.restlet(b"ping", **{"Content-Type": "text/plain"})
    assert answer.status == 400
    _, message = answer.text.split("\nerror message: ")
    assert json.loads(message)["type"] == "error.SuiteScriptError"
    assert message.startswith(
        '{"type":"error.SuiteScriptError","name":"INVALID_REQUEST","message":'
    )


def test_a_content_type_may_have_parameters(shared):
    kind = {"Content-Type": "application/json; charset=utf-8"}
    assert shared.restlet(PING, **kind).json()["ok"] is True


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_a_body_that_is_not_json_is_refused(shared, body):
    answer = shared.restlet(body)
    assert (answer.status, code(answer)) == (400, "INVALID_REQUEST")
    assert answer.text == (
        '{"error" : {"code" : "INVALID_REQUEST", "message" : "The request could not be understood '
        'by the server due to malformed syntax."}}'
    )


@pytest.mark.parametrize(
    "body",
    [
        [], "ping", {}, {"operation": "drop"}, {"operations": {}}, {"operations": []},
        {"operations": [{}] * 51}, {"operation": "lookup"},
        {"operation": "lookup", "request_ids": [5]}, {"operation": "read", "id": 42},
        {"operation": "read", "record_type": "vendor"},
        {"operation": "read", "record_type": "vendor", "id": 42, "fields": "cost"},
    ],
)  # fmt: skip
def test_what_the_script_throws_comes_encoded_twice(shared, body):
    answer = shared.restlet(body)
    assert (answer.status, code(answer)) == (400, "INVALID_REQUEST")
    thrown = json.loads(answer.json()["error"]["message"])
    assert thrown["type"] == "error.SuiteScriptError"
    assert thrown["name"] == "INVALID_REQUEST"


def test_ten_megabytes_are_too_much(shared):
    padding = {"operation": "ping", "padding": "x" * (10 * 1024 * 1024)}
    answer = shared.restlet(padding)
    assert (answer.status, code(answer)) == (400, "INVALID_REQUEST")
    assert "10 MB" in answer.json()["error"]["message"]


fields = st.sampled_from(sorted({name for table in TABLES.values() for name in table.columns}))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text() | st.sampled_from(["42", "2026-11-20", "T", "customer"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
operations = st.fixed_dictionaries(
    {
        "request_id": st.text(min_size=1, max_size=8),
        "operation": st.sampled_from(["create", "update", "delete"]),
        "record_type": st.sampled_from(
            [
                "vendor",
                "customer",
                "item",
                "vendorbill",
                "salesorder",
                "journalentry",
                "bom",
                "x",
                "customrecord_gfs_rebate_agreement",
                "employee",
                "term",
                "transactionline",
                "entity",
                "map_item_subsidiary",
                "deletedrecord",
                "sandbox_ledger",
                "bin",
            ]
        ),
    },
    optional={
        "id": st.sampled_from(["42", "101", "1", "0", "-1", 42]) | json_values,
        "values": st.dictionaries(fields, json_values, max_size=4) | json_values,
        "sublists": st.dictionaries(
            st.sampled_from(["item", "expense", "line"]),
            st.lists(
                st.dictionaries(
                    st.sampled_from(
                        ["item", "account", "amount", "quantity", "line", "debit", "remove"]
                    ),
                    st.integers(0, 700) | st.just(True) | json_values,
                    max_size=4,
                ),
                max_size=3,
            ),
        ),
        "expected": st.dictionaries(fields, json_values, max_size=2),
        "external_id": json_values,
    },
)


@pytest.fixture(scope="module")
def victim(seeded_state, tmp_path_factory):
    """A sandbox that may be written to at will."""
    import shutil

    from nsconsole.sandbox.server import Options, running

    state = shutil.copy(seeded_state, tmp_path_factory.mktemp("victim") / "state.db")
    with running(Options(state=state)) as sandbox:
        yield sandbox


@given(batch=st.lists(operations | json_values, min_size=1, max_size=4))
@settings(max_examples=100)
def test_every_operation_gets_an_answer_and_the_ledger_has_what_was_done(victim, shared, batch):
    caller = type(shared)(victim)
    caller.door("DELETE", "ledger")
    answer = caller.restlet(json.dumps({"operations": batch}).encode())
    assert answer.status == 200, caller.door("GET", "stats").json()["unexpected_errors"]
    results = answer.json()["results"]
    assert len(results) == len(batch)
    assert all(
        "ns_internal_id" in each if each["ok"] else each["error"]["code"] for each in results
    )
    done = [each for each in results if each["ok"] and not each["idempotent"]]
    assert [(entry["request_id"], entry["internal_id"]) for entry in caller.ledger()] == [
        (each["request_id"], each["ns_internal_id"]) for each in done
    ]


@given(
    request=st.fixed_dictionaries(
        {"operation": st.sampled_from(["read", "lookup", "ping"])},
        optional={
            "record_type": st.sampled_from(["vendor", "transaction", "entity", "x"]) | json_values,
            "id": json_values,
            "fields": st.lists(fields | json_values, max_size=3) | json_values,
            "request_ids": st.lists(json_values, max_size=3) | json_values,
        },
    )
)
@settings(max_examples=60)
def test_every_question_gets_an_answer_in_netsuites_form(shared, request):
    answer = shared.restlet(json.dumps(request).encode())
    assert answer.status in (200, 400)
    assert answer.status == 200 or code(answer) == "INVALID_REQUEST"


def test_the_script_is_called_by_the_numbers_that_a_query_finds(shared):
    (found,) = shared.rows(
        "SELECT s.id AS script, d.primarykey AS deploy FROM script s "
        "JOIN scriptdeployment d ON d.script = s.id WHERE s.scripttype = 'RESTLET'"
    )
    path = f"{PATH}?script={found['script']}&deploy={found['deploy']}"
    answer = shared.send("POST", path, PING, Content_Type="application/json")
    assert (answer.status, answer.json()["ok"]) == (200, True)
