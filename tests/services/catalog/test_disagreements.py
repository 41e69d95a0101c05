"""What a fetch and an imported export say otherwise of the same column."""

import json

from nsconsole.catalog import Reason, Source, State
from nsconsole.services.coverage.catalog.importing import import_export

from .told import columns_of


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
    email = columns_of(workspace, "customer")["email"]
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
    assert set(columns_of(workspace, "customer")["email"].says) == {Source.SUITEQL, Source.RECORDS}


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
