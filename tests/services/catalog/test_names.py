"""Names of any kind that an account gives its tables and columns."""

from nsconsole.catalog import Reason, Source, State
from nsconsole.services.coverage.catalog import reading
from tests.catalog_account import columns

from .told import columns_of

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
    found = columns_of(workspace, "customer")
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
    found = columns_of(workspace, "customer")
    assert found["phone"].says[Source.SUITEQL].shown_name == "Phone / PHONE"
    assert "" not in found
    says = reading.table(workspace, "vendor").says
    assert says[Source.SUITEQL].shown_name == "VENDOR / Vendor"
