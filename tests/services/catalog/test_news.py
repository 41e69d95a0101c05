"""What a fetch finds new, gone, back, renamed or of another type since the one before."""

from nsconsole.catalog import Event, Reason, State
from nsconsole.mapping import Kind
from nsconsole.services.coverage.catalog import reading
from tests.catalog_account import RECORDS, columns

from .told import columns_of, news_of


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
    assert news_of(workspace, "customer") == {(Event.NEW, "terms", None, "integer")}
    assert news_of(workspace, "vendor") == {(Event.NEW, "", None, "queryable")}


def test_a_column_that_no_source_lists_any_more_is_gone_and_may_return(
    fetch, account, workspace, column, clock
):
    fetch()
    balance = account.suiteql["customer"].pop("balance")
    fetch()
    assert column("customer", "balance").gone_at == clock.now
    assert columns_of(workspace, "customer")["balance"].says == {}
    account.suiteql["customer"]["balance"] = balance
    fetch()
    assert column("customer", "balance").gone_at is None
    assert news_of(workspace, "customer") == {
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
    assert news_of(workspace, "customer") == {
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
    assert news_of(workspace, "customer") == {(Event.RENAMED, "balance", "balance", "openamount")}
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
    assert news_of(workspace, "customer") == {
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
    assert news_of(workspace, "customer") == {(Event.TYPE_CHANGED, "balance", "real", "text")}


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
