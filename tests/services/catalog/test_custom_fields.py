"""Custom fields, as customization itself tells them."""

from nsconsole.catalog import Reason, Source, State
from nsconsole.mapping import Kind
from nsconsole.services.coverage.catalog import reading
from tests.catalog_account import columns

from .conftest import custom_field
from .told import columns_of


def test_custom_fields_belong_to_the_table_of_their_sort(fetch, account, workspace):
    account.custom = {
        "customrecordtype": [
            {"internalid": "7", "scriptid": "CUSTOMRECORD_RIG", "name": "Drilling Rig"}
        ],
        "customfield": [
            custom_field(1, "CUSTBODY_A", "BODY"),
            custom_field(2, "CUSTRECORD_DEPTH", "RECORD", recordtype="7"),
            custom_field(3, "CUSTENTITY_VIP", "ENTITY"),
            custom_field(4, "CUSTENTITY_NOWHERE", "ENTITY"),
        ],
    }
    account.suiteql["customrecord_rig"] = {}
    account.suiteql["customer"] |= columns(custentity_vip="string")
    fetch()
    assert reading.table(workspace, "customrecord_rig").row.label == "Drilling Rig"
    assert columns_of(workspace, "customrecord_rig")["custrecord_depth"].row.kind is Kind.BOOLEAN
    vip = columns_of(workspace, "customer")["custentity_vip"]
    assert set(vip.says) == {Source.SUITEQL, Source.CUSTOMIZATION}
    # SuiteQL lists others of transactions and leaves it out, and so does the record service.
    a = columns_of(workspace, "transaction")["custbody_a"].row
    assert (a.state, a.reason) == (State.UNQUERYABLE, Reason.NOT_PERMITTED)


def test_custom_fields_are_read_again_only_if_one_changed(fetch, account, workspace):
    fields = [custom_field(number, f"CUSTBODY_{number}", "BODY") for number in range(1, 1502)]
    account.custom["customfield"] = fields
    fetch()
    assert account.asked["customfield"] == 3  # what stands for them, and two pages
    fetch()
    assert account.asked["customfield"] == 1
    fields[4] |= {"name": "Other", "lastmodifieddate": "2026-11-01"}
    fetch()
    assert account.asked["customfield"] == 3
    assert columns_of(workspace, "transaction")["custbody_5"].row.label == "Other"
    del fields[6]
    fetch()
    assert columns_of(workspace, "transaction")["custbody_7"].row.gone_at
