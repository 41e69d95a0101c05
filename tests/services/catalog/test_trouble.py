"""A fetch of which a part fails, that is refused or called off, or that is not alone."""

import threading

import pytest

from nsconsole.catalog import Event
from nsconsole.services.coverage.catalog.fetching import fetch_catalog
from nsconsole.services.coverage.catalog.reports import FetchStatus
from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from tests.catalog_account import RECORDS, SUITEQL, columns, running_account

from .conftest import custom_field
from .told import columns_of


@pytest.mark.parametrize(
    "path", [SUITEQL, RECORDS, f"{SUITEQL}/customer", f"{RECORDS}/customer", "customfield"]
)
def test_what_fails_stays_as_it_was(fetch, account, workspace, path):
    account.custom["customfield"] = [custom_field(1, "CUSTBODY_A", "BODY")]
    fetch()
    before = {name: columns_of(workspace, name) for name in ("customer", "transaction")}
    account.broken[path] = 403
    if path == f"{RECORDS}/customer":
        account.suiteql["customer"]["email"]["title"] = "E-Mail"  # so that it is asked again
        before["customer"].pop("email")
    account.custom["customfield"].append(custom_field(2, "CUSTBODY_B", "BODY"))
    report = fetch()
    assert report.status is FetchStatus.PARTIAL
    assert report.error
    assert Event.GONE not in report.changes
    for name, known in before.items():
        assert known.items() <= columns_of(workspace, name).items()
    del account.broken[path]
    assert fetch().status is FetchStatus.DONE
    assert account.asked[path]  # what failed is asked for again
    assert "custbody_b" in columns_of(workspace, "transaction")


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
