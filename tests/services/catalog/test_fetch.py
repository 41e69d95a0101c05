"""A fetch: what the sources tell comes together, and nobody is asked oftener than needed."""

import threading

from nsconsole.catalog import Reason, Source, State
from nsconsole.mapping import Kind
from nsconsole.services.coverage.catalog import reading
from nsconsole.services.coverage.catalog.reports import FetchStatus
from tests.catalog_account import QUERY, RECORDS, SUITEQL, columns

from .told import columns_of


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
    says = columns_of(workspace, "transaction")["trandate"].says
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


def test_progress_counts_the_tables_that_are_described(fetch):
    told = []
    fetch(progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


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
