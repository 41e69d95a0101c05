"""An account that has whatever a test puts into its catalogs, and a workspace that fetches them."""

import pytest

from nsconsole.services.coverage.catalog.fetching import fetch_catalog
from tests.catalog_account import columns, running_account

from .told import columns_of


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
    return lambda table, name: columns_of(workspace, table)[name].row


def custom_field(number, name, sort, **more):
    """A custom field as customization tells it."""
    return {
        "internalid": str(number),
        "scriptid": name,
        "name": name.title(),
        "fieldtype": sort,
        "fieldvaluetype": "Check Box",
        "lastmodifieddate": "2026-01-01",
        **more,
    }
