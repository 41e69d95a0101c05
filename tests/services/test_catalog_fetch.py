"""The catalog as it is fetched, from an account that has whatever a test puts into it."""

import json
import threading

import pytest

from nsconsole.catalog import Event, Reason, Source, State
from nsconsole.mapping import Kind
from nsconsole.services.coverage.catalog import reading
from nsconsole.services.coverage.catalog.fetching import fetch_catalog
from nsconsole.services.coverage.catalog.importing import import_export
from nsconsole.services.coverage.catalog.reports import FetchStatus
from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from tests.catalog_account import QUERY, RECORDS, SUITEQL, columns, running_account


@pytest.fixture
def account():
    with running_account() as account:
        account.suiteql = {
            "customer": columns(
                id="integer", email="string", balance="number", created=("string", "date-time")
            ),
            "transaction": columns(id="integer", trandate=("string", "date"), total="number"),
            "transactionstatus": {},
        }
        account.records = {
            "customer": columns(id="string", email="string", creditHold="boolean"),
            "invoice": columns(id="string", tranDate=("string", "date"), dueDate="string"),
        }
        yield account


@pytest.fixture
def workspace(account, open_workspace):
    return open_workspace(account.environ, concurrency=5)


@pytest.fixture
def fetch(workspace, account, clock):
    """Fetch a minute later than the last time, counting requests anew."""

    def fetch_now(**how):
        clock.advance(60)
        account.asked.clear()
        return fetch_catalog(workspace, **how)

    return fetch_now


@pytest.fixture
def column(workspace):
    """A column's row."""
    return lambda table, name: _columns(workspace, table)[name].row


def _columns(workspace, table):
    return {each.row.name: each for each in reading.table(workspace, table).columns}


def _history(workspace, table):
    history = reading.table(workspace, table).history
    return {(change.event, change.name, change.before, change.after) for _, change in history}


def test_a_column_is_queryable_that_suiteqls_catalog_lists(fetch, column):
    assert fetch().status is FetchStatus.DONE
    created = column("customer", "created")
    assert (created.state, created.reason, created.kind) == (State.QUERYABLE, None, Kind.DATETIME)
    assert (created.native_type, created.position) == ("date-time", 3)


def test_a_field_that_only_the_record_service_has_is_not_queryable(fetch, column):
    fetch()
    hold = column("customer", "credithold")
    assert (hold.state, hold.reason) == (State.UNQUERYABLE, Reason.NOT_QUERYABLE)


def test_record_types_of_transactions_tell_of_the_one_table_of_all(fetch, workspace):
    fetch()
    assert reading.table(workspace, "invoice") is None
    says = _columns(workspace, "transaction")["trandate"].says
    assert says[Source.RECORDS].shown_name == "tranDate"
    assert set(says) == {Source.SUITEQL, Source.RECORDS}


def test_what_nobody_was_asked_about_is_unknown(fetch, column, account):
    account.records["transactionStatus"] = columns(id="string", name="string")
    fetch()
    name = column("transactionstatus", "name")
    assert (name.state, name.reason) == (State.UNKNOWN, Reason.UNPROBED)


def test_rows_show_the_columns_that_no_catalog_tells(fetch, column, account):
    account.rows["transactionstatus"] = [
        {"id": "1", "rate": "0.5", "name": "Open", "links": []},
        {"id": "2", "isclosed": "F", "name": "7", "links": []},
    ]
    fetch()
    kinds = {name: column("transactionstatus", name).kind for name in ("id", "rate", "name")}
    assert kinds == {"id": Kind.INTEGER, "rate": Kind.REAL, "name": Kind.TEXT}
    assert column("transactionstatus", "isclosed").state is State.QUERYABLE


def test_a_schema_that_comes_without_fields_is_asked_for_again(fetch, account, column):
    told = account.records["customer"]
    account.records["customer"] = {}

    def tell_at_the_second_look(path):
        if account.asked[f"{RECORDS}/customer"] == 2:
            account.records["customer"] = told

    account.on_request = tell_at_the_second_look
    fetch()
    assert column("customer", "credithold").state is State.UNQUERYABLE


def test_a_refetch_asks_for_lists_and_suiteqls_descriptions_alone(fetch, account):
    fetch()
    report = fetch()
    assert set(account.asked) == {
        SUITEQL,
        RECORDS,
        *(f"{SUITEQL}/{table}" for table in account.suiteql),
        "customrecordtype",
        "customlist",
        "customfield",
        "transactionstatus",  # of which nobody has told a column yet
    }
    assert report.requests == account.asked.total() == 9
    assert report.changes == {}
    assert report.sources[Source.SUITEQL].unchanged == 2


def test_the_record_service_is_asked_about_a_table_that_changed(fetch, account):
    fetch()
    account.suiteql["customer"] |= columns(terms="integer")
    fetch()
    assert account.asked[f"{RECORDS}/customer"] == 1
    assert account.asked[f"{RECORDS}/invoice"] == 0


def test_a_fetch_without_news_leaves_every_column_and_fact_as_it_was(fetch, workspace):
    fetch()
    before = [reading.table(workspace, table) for table in ("customer", "transaction")]
    fetch()
    after = [reading.table(workspace, table) for table in ("customer", "transaction")]
    assert [table.columns for table in after] == [table.columns for table in before]
    assert all(table.history == () for table in after)


def test_the_first_fetch_is_no_news_but_what_comes_later_is(fetch, account, workspace):
    assert fetch().changes == {}
    account.suiteql["customer"] |= columns(terms="integer")
    account.suiteql["vendor"] = columns(id="integer")
    report = fetch()
    assert report.changes == {Event.NEW: 2}  # the columns of a new table are no news besides
    assert _history(workspace, "customer") == {(Event.NEW, "terms", None, "integer")}
    assert _history(workspace, "vendor") == {(Event.NEW, "", None, "queryable")}


def test_a_column_that_no_source_lists_any_more_is_gone_and_may_return(
    fetch, account, workspace, column, clock
):
    fetch()
    balance = account.suiteql["customer"].pop("balance")
    fetch()
    assert column("customer", "balance").gone_at == clock.now
    assert _columns(workspace, "customer")["balance"].says == {}
    account.suiteql["customer"]["balance"] = balance
    fetch()
    assert column("customer", "balance").gone_at is None
    assert _history(workspace, "customer") == {
        (Event.GONE, "balance", "real", None),
        (Event.RETURNED, "balance", None, "real"),
    }


def test_a_column_hidden_from_queries_is_still_there(fetch, account, workspace, column):
    fetch()
    del account.suiteql["customer"]["email"]
    fetch()
    email = column("customer", "email")
    assert (email.state, email.reason) == (State.UNQUERYABLE, Reason.NOT_QUERYABLE)
    assert (email.gone_at, email.kind) == (None, Kind.TEXT)
    assert _history(workspace, "customer") == {
        (Event.STATE_CHANGED, "email", "queryable", "unqueryable: not_queryable")
    }


def test_a_column_that_goes_while_another_takes_its_place_was_probably_renamed(
    fetch, account, workspace, column
):
    fetch()
    told = account.suiteql["customer"]
    account.suiteql["customer"] = {
        {"balance": "openamount"}.get(name, name): told[name] for name in told
    }
    fetch()
    assert _history(workspace, "customer") == {(Event.RENAMED, "balance", "balance", "openamount")}
    assert column("customer", "balance").gone_at
    assert column("customer", "openamount").state is State.QUERYABLE


def test_a_column_is_known_again_whatever_else_went_at_the_same_time(fetch, account, workspace):
    account.suiteql["customer"] = columns(
        id="integer", fax="string", phone="string", note="string", balance="number", email="string"
    )
    fetch()
    account.suiteql["customer"] = columns(
        id="integer", phone="string", openamount="number", email="string", added="string"
    )
    fetch()
    assert _history(workspace, "customer") == {
        (Event.GONE, "fax", "text", None),
        (Event.GONE, "note", "text", None),
        (Event.RENAMED, "balance", "balance", "openamount"),
        (Event.NEW, "added", None, "text"),
    }


def test_a_column_of_another_kind_in_its_place_is_another_column(fetch, account, workspace):
    fetch()
    told = account.suiteql["customer"]
    account.suiteql["customer"] = {
        **{name: told[name] for name in ("id", "email")},
        **columns(openamount="string"),
        "created": told["created"],
    }
    assert fetch().changes == {Event.GONE: 1, Event.NEW: 1}


def test_another_type_is_told(fetch, account, workspace, column):
    fetch()
    account.suiteql["customer"]["balance"] = {"type": "string"}
    fetch()
    assert column("customer", "balance").kind is Kind.TEXT
    assert _history(workspace, "customer") == {(Event.TYPE_CHANGED, "balance", "real", "text")}


def test_a_table_goes_with_its_columns_and_comes_back_with_them(fetch, account, workspace, column):
    fetch()
    told = account.suiteql.pop("customer"), account.records.pop("customer")
    assert fetch().changes == {Event.GONE: 1}
    assert reading.table(workspace, "customer").row.gone_at
    assert column("customer", "email").gone_at
    account.suiteql["customer"], account.records["customer"] = told
    assert fetch().changes == {Event.RETURNED: 1}
    assert column("customer", "email").gone_at is None
    assert column("customer", "email").state is State.QUERYABLE


def test_a_table_only_the_record_service_has_is_closed_with_all_its_columns(
    fetch, account, workspace, column
):
    account.records["emailTemplate"] = columns(id="string", subject="string")
    fetch()
    row = reading.table(workspace, "emailtemplate").row
    assert (row.state, row.reason) == (State.UNQUERYABLE, Reason.NOT_QUERYABLE)
    assert column("emailtemplate", "subject").state is State.UNQUERYABLE
    fetch()
    assert account.asked[f"{RECORDS}/emailTemplate"] == 0
    account.suiteql["emailtemplate"] = columns(id="integer")
    fetch()
    assert column("emailtemplate", "id").state is State.QUERYABLE


@pytest.mark.parametrize(
    "path", [SUITEQL, RECORDS, f"{SUITEQL}/customer", f"{RECORDS}/customer", "customfield"]
)
def test_what_fails_stays_as_it_was(fetch, account, workspace, path):
    account.custom["customfield"] = [_custom_field(1, "CUSTBODY_A", "BODY")]
    fetch()
    before = {name: _columns(workspace, name) for name in ("customer", "transaction")}
    account.broken[path] = 403
    if path == f"{RECORDS}/customer":
        account.suiteql["customer"]["email"]["title"] = "E-Mail"  # so that it is asked again
        before["customer"].pop("email")
    account.custom["customfield"].append(_custom_field(2, "CUSTBODY_B", "BODY"))
    report = fetch()
    assert report.status is FetchStatus.PARTIAL
    assert report.error
    assert Event.GONE not in report.changes
    for name, known in before.items():
        assert known.items() <= _columns(workspace, name).items()
    del account.broken[path]
    assert fetch().status is FetchStatus.DONE
    assert account.asked[path]  # what failed is asked for again
    assert "custbody_b" in _columns(workspace, "transaction")


def test_a_table_is_not_told_by_half_of_its_record_types(fetch, account, column):
    account.records["salesOrder"] = columns(shipDate="string")
    fetch()
    account.records["salesOrder"] = {}
    account.suiteql["transaction"] |= columns(memo="string")
    fetch()
    assert column("transaction", "shipdate").gone_at is None
    assert column("transaction", "duedate").gone_at is None


def test_without_any_list_the_fetch_has_failed(fetch, account):
    account.broken = {SUITEQL: 403, RECORDS: 403, "customrecordtype": 403, "customlist": 403}
    report = fetch()
    assert report.status is FetchStatus.FAILED
    assert "no" in report.error


def test_a_refused_login_is_not_repeated(fetch, account, workspace):
    account.broken = dict.fromkeys((SUITEQL, RECORDS, "customrecordtype", "customlist"), 401)
    for _ in range(2):
        with pytest.raises(NetSuiteUnavailableError):
            fetch_catalog(workspace)
    assert account.asked.total() == 1


def test_an_unreachable_netsuite_ends_the_fetch(open_workspace, clock):
    with running_account() as account:
        environ = account.environ
    workspace = open_workspace(environ, concurrency=5)
    workspace.sleep = lambda _: None
    with pytest.raises(NetSuiteUnavailableError, match="127"):
        fetch_catalog(workspace)


def test_a_fetch_can_be_cancelled(fetch, account):
    stop = threading.Event()
    account.on_request = lambda path: stop.set() if path == f"{SUITEQL}/customer" else None
    assert fetch(stopping=stop.is_set).status is FetchStatus.CANCELLED
    account.on_request = lambda _: None
    assert fetch().status is FetchStatus.DONE


def test_two_do_not_fetch_at_once(workspace, account):
    def fetch_too(path):
        if path == SUITEQL:
            with pytest.raises(ServiceError, match="somebody else"):
                fetch_catalog(workspace)
            refused.append(path)

    refused = []
    account.on_request = fetch_too
    fetch_catalog(workspace)
    assert refused == [SUITEQL]


def test_progress_counts_the_tables_that_are_described(fetch):
    told = []
    fetch(progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def _custom_field(number, name, sort, **more):
    return {
        "internalid": str(number),
        "scriptid": name,
        "name": name.title(),
        "fieldtype": sort,
        "fieldvaluetype": "Check Box",
        "lastmodifieddate": "2026-01-01",
        **more,
    }


def test_custom_fields_belong_to_the_table_of_their_sort(fetch, account, workspace):
    account.custom = {
        "customrecordtype": [
            {"internalid": "7", "scriptid": "CUSTOMRECORD_RIG", "name": "Drilling Rig"}
        ],
        "customfield": [
            _custom_field(1, "CUSTBODY_A", "BODY"),
            _custom_field(2, "CUSTRECORD_DEPTH", "RECORD", recordtype="7"),
            _custom_field(3, "CUSTENTITY_VIP", "ENTITY"),
            _custom_field(4, "CUSTENTITY_NOWHERE", "ENTITY"),
        ],
    }
    account.suiteql["customrecord_rig"] = {}
    account.suiteql["customer"] |= columns(custentity_vip="string")
    fetch()
    assert reading.table(workspace, "customrecord_rig").row.label == "Drilling Rig"
    assert _columns(workspace, "customrecord_rig")["custrecord_depth"].row.kind is Kind.BOOLEAN
    vip = _columns(workspace, "customer")["custentity_vip"]
    assert set(vip.says) == {Source.SUITEQL, Source.CUSTOMIZATION}
    # SuiteQL lists others of transactions and leaves it out, and so does the record service.
    a = _columns(workspace, "transaction")["custbody_a"].row
    assert (a.state, a.reason) == (State.UNQUERYABLE, Reason.NOT_PERMITTED)


def test_custom_fields_are_read_again_only_if_one_changed(fetch, account, workspace):
    fields = [_custom_field(number, f"CUSTBODY_{number}", "BODY") for number in range(1, 1502)]
    account.custom["customfield"] = fields
    fetch()
    assert account.asked["customfield"] == 3  # what stands for them, and two pages
    fetch()
    assert account.asked["customfield"] == 1
    fields[4] |= {"name": "Other", "lastmodifieddate": "2026-11-01"}
    fetch()
    assert account.asked["customfield"] == 3
    assert _columns(workspace, "transaction")["custbody_5"].row.label == "Other"
    del fields[6]
    fetch()
    assert _columns(workspace, "transaction")["custbody_7"].row.gone_at


HOSTILE = [
    "quote\"s'`",
    "x; DROP TABLE ns_catalog_columns; --",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "l" * 200,
    "new\nline\x00nul\u202e",
    "select",
    "ns_customer_live",
]


def test_names_of_any_kind_are_kept_literally_and_those_that_no_mirror_can_have_are_marked(
    fetch, account, workspace
):
    account.suiteql |= {name: columns(id="integer") for name in HOSTILE}
    account.suiteql["customer"] |= {name: {"type": "string"} for name in HOSTILE}
    report = fetch()
    assert [told.failed for told in report.sources.values()] == [{}, {}, {}]
    rows = {line.row.name: line.row for line in reading.tables(workspace)}
    found = _columns(workspace, "customer")
    for name in HOSTILE:
        fine = name in {"select", "ns_customer_live"}
        for row in (rows[name.lower()], found[name.lower()].row):
            assert row.reason == (None if fine else Reason.BAD_NAME)
            assert row.state is (State.QUERYABLE if fine else State.UNQUERYABLE)
        assert found[name.lower()].says[Source.SUITEQL].shown_name == name
        assert reading.table(workspace, name.lower()).columns[0].row.name == "id"
    assert fetch().changes == {}


def test_names_that_differ_in_their_capitals_alone_are_one_with_a_note(fetch, account, workspace):
    account.suiteql["customer"] |= columns(Phone="string", PHONE="string", **{"": "string"})
    account.suiteql["VENDOR"] = account.suiteql["Vendor"] = columns(id="integer")
    fetch()
    found = _columns(workspace, "customer")
    assert found["phone"].says[Source.SUITEQL].shown_name == "Phone / PHONE"
    assert "" not in found
    says = reading.table(workspace, "vendor").says
    assert says[Source.SUITEQL].shown_name == "VENDOR / Vendor"


def _export(**tables):
    details = [
        {
            "id": table,
            "fields": [
                {"id": name, "dataType": "STRING", "isColumn": told, "removed": False}
                for name, told in fields.items()
            ],
        }
        for table, fields in tables.items()
    ]
    listed = [{"id": table, "label": table.title(), "isAvailable": True} for table in tables]
    return json.dumps({"recordTypes": listed, "details": details}).encode()


def test_what_sources_say_otherwise_is_kept_and_told(fetch, workspace, column, clock):
    fetch()
    import_export(workspace, _export(customer={"email": False, "secret": True, "id": True}))
    email = _columns(workspace, "customer")["email"]
    assert (email.row.state, email.row.disagrees) == (State.QUERYABLE, True)
    assert (email.says[Source.SUITEQL].exposed, email.says[Source.EXPORT].exposed) == (True, False)
    assert column("customer", "id").disagrees  # a number to the one, a text to the other
    assert column("customer", "secret").state is State.QUERYABLE


def test_an_export_takes_back_what_the_last_one_said(fetch, workspace, column):
    fetch()
    import_export(workspace, _export(customer={"email": False}, vendor={}))
    assert column("customer", "email").disagrees
    import_export(workspace, _export(vendor={}))
    assert not column("customer", "email").disagrees
    assert set(_columns(workspace, "customer")["email"].says) == {Source.SUITEQL, Source.RECORDS}


def test_an_older_export_does_not_hold_what_suiteql_withdrew(
    fetch, workspace, account, column, clock
):
    fetch()
    import_export(workspace, _export(customer={"balance": True, "email": True}))
    del account.suiteql["customer"]["balance"], account.suiteql["customer"]["email"]
    fetch()
    assert column("customer", "balance").gone_at
    email = column("customer", "email")  # of which the record service tells still
    assert (email.state, email.reason) == (State.UNQUERYABLE, Reason.NOT_QUERYABLE)
    clock.advance(60)
    import_export(workspace, _export(customer={"balance": True}))
    assert column("customer", "balance").gone_at is None
    assert column("customer", "balance").state is State.QUERYABLE
    fetch()
    assert column("customer", "balance").state is State.QUERYABLE


def test_requests_are_made_as_many_at_once_as_the_account_takes(fetch, account):
    tables = {f"table{number}": columns(id="integer") for number in range(30)}
    account.suiteql |= tables
    five, under_way, most, lock = threading.Barrier(5, timeout=20), 0, 0, threading.Lock()

    def answer_five_together(path):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        if path.rpartition("/")[2] in tables:
            five.wait()
        with lock:
            under_way -= 1

    account.on_request = answer_five_together
    assert fetch().status is FetchStatus.DONE
    assert not five.broken
    assert most == 5


def test_the_query_path_is_the_one_that_netsuite_has():
    assert SUITEQL.startswith(QUERY)
