"""What a refused query tells of the columns and tables that are gone."""

import pytest

from nsconsole.mapping import Column, Kind, MappedTable, Mode
from nsconsole.netsuite.drift import Drift, Reason, read_drift
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.keyset import by_key

PREFIX = "Invalid search query. Detailed unprocessed description follows. "


def refusal(*details, status=400, code="INVALID_PARAMETER", outcome=Outcome.PERMANENT):
    return NetSuiteError(outcome, "; ".join(details), status=status, code=code, details=details)


def asked(account, query):
    """The error of a query that must not work."""
    with pytest.raises(NetSuiteError) as caught:
        account.suiteql(query)
    return caught.value


# What the account says


@pytest.mark.parametrize(
    ("switch", "reason"), [("identifier", Reason.UNKNOWN), ("field", Reason.REMOVED)]
)
def test_a_column_that_never_was_is_named(account, sandbox, switch, reason):
    sandbox.behave(unknown_column=switch)
    error = asked(account, "SELECT t.id, t.nosuch FROM vendor t")
    assert read_drift(error) == Drift({"nosuch": reason}, None, str(error))
    assert "nosuch" in str(error)


def test_columns_that_are_hidden_dropped_and_renamed_are_told_apart(account, sandbox):
    sandbox.behave(name_all_bad_columns=True, unknown_column="identifier")
    sandbox.drift("vendor", hide="phone")
    sandbox.drift("vendor", drop="email")
    sandbox.drift("vendor", rename=["fax", "telefax"])
    error = asked(account, "SELECT t.id, t.phone, t.email, t.FAX FROM vendor t")
    assert read_drift(error).columns == {
        "phone": Reason.NOT_EXPOSED,
        "email": Reason.REMOVED,
        "fax": Reason.UNKNOWN,
    }


def test_a_thousand_columns_that_one_answer_names_are_all_read(account, sandbox):
    sandbox.behave(name_all_bad_columns=True)
    names = [f"custrecord_gone_{number}" for number in range(999)]
    sandbox.load(event={"columns": {"id": "integer"}, "rows": [{"id": 1}]})
    columns = tuple(Column(name, Kind.DATE) for name in names)
    table = MappedTable("event", (Column("id", Kind.INTEGER), *columns), ("id",), Mode.FULL, 5)
    error = asked(account, by_key(table, table.columns, after=None).sql)
    assert list(read_drift(error).columns) == names
    assert len(str(error)) < 3_000, "what people are told stays short"


@pytest.mark.parametrize(
    ("access", "reason"), [("no permission", Reason.NO_PERMISSION), ("removed", Reason.UNKNOWN)]
)
def test_a_table_that_is_not_there_is_told_from_its_columns(account, sandbox, access, reason):
    sandbox._door("tables/vendor", {"access": access})
    error = asked(account, "SELECT t.id, t.nosuch FROM vendor t")
    assert read_drift(error) == Drift({}, reason, str(error))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT t.id FROM vendor t ORDER BY",
        "SELECT t.id AS \"Unknown identifier 'phone'\" FROM vendor t WHERE",
        "SELECT t.id FROM vendor t WHERE t.id = 'abc'",
        "SELECT t.id FROM vendor t, vendor t",
    ],
)
def test_a_query_that_is_wrong_is_no_drift(account, query):
    error = asked(account, query)
    assert (error.status, error.code) == (400, "INVALID_PARAMETER")
    assert read_drift(error) is None


def test_an_error_that_names_nothing_is_no_drift(account, sandbox):
    sandbox.behave(bad_column="error_500")
    error = asked(account, "SELECT t.nosuch FROM vendor t")
    assert (error.status, read_drift(error)) == (500, None)


@pytest.mark.parametrize("fault", ["concurrency", "error_500", "unauthorized", "drop_before"])
def test_an_outage_is_no_drift(account, sandbox, fault):
    sandbox.fault("suiteql", fault)
    assert read_drift(asked(account, "SELECT t.nosuch FROM vendor t")) is None


# The forms that are known

REMOVED = "Field 'a' for record 'r' was not found. Reason: REMOVED - Field is removed"
NOT_EXPOSED = (
    "Field 'b' for record 'r' was not found. Reason: NOT_EXPOSED - Not available for channel SEARCH"
)
COLUMNS = {
    f"{PREFIX}Search error occurred: Unknown identifier 'subsidiary'. "
    "Available identifiers are: {transaction=transaction}.": {"subsidiary": "unknown"},
    "Unknown identifier 'x'. Available identifiers are: {t=customer}": {"x": "unknown"},
    'UNKNOWN IDENTIFIER "T.CustBody1".': {"custbody1": "unknown"},
    "Unknown identifier ‘a’; Unknown identifier `b`": {"a": "unknown", "b": "unknown"},
    "Unknown identifier: a.": {"a": "unknown"},
    f"{PREFIX}Search error occurred: {REMOVED}": {"a": "removed"},
    NOT_EXPOSED: {"b": "not_exposed"},
    f"{REMOVED}; {NOT_EXPOSED}.": {"a": "removed", "b": "not_exposed"},
    "Field 'a' for record 'r' was not found. Reason: NO_PERMISSION": {"a": "no_permission"},
    "Field 'a' for record 'r' was not found. Reason: FEATURE_DISABLED - Off": {"a": "other"},
    "field 'a' for record 'r' was not found.": {"a": "other"},
}


@pytest.mark.parametrize(("detail", "columns"), COLUMNS.items())
def test_a_column_is_read_out_of_every_form(detail, columns):
    assert read_drift(refusal(detail)) == Drift(columns, None, detail)


TABLES = {
    f"{PREFIX}Invalid search type: transactiontablethatdoesnotexist.": Reason.UNKNOWN,
    f"{PREFIX}Search error occurred: Record 'subsidiary' was not found.": Reason.NO_PERMISSION,
    'record "subsidiary" was not found': Reason.NO_PERMISSION,
}


@pytest.mark.parametrize(("detail", "reason"), TABLES.items())
def test_a_table_is_read_out_of_every_form(detail, reason):
    assert read_drift(refusal(detail)) == Drift({}, reason, detail)


def test_all_statements_of_an_answer_count():
    found = read_drift(
        refusal(
            PREFIX + "Search error occurred: Unknown identifier 'a'.",
            "Something else.",
            PREFIX + "Search error occurred: Unknown identifier 'b'.",
        )
    )
    assert found.columns == {"a": Reason.UNKNOWN, "b": Reason.UNKNOWN}


@pytest.mark.parametrize(
    "detail",
    [
        "",
        "Search error occurred: Invalid or unsupported search.",
        "Failed to parse SQL [SELECT Unknown identifier 'a']: syntax error, state:0(0) near: '",
        "Unknown identifier '../../etc'",
        "Unknown identifier 'ñandú'",
        "Unknown identifier ''",
        "The field was not found.",
    ],
)
def test_nothing_is_made_up(detail):
    assert read_drift(refusal(detail)) is None


@pytest.mark.parametrize(
    "error",
    [
        {"status": 500, "outcome": Outcome.TRANSIENT},
        {"status": 401, "outcome": Outcome.UNAUTHORIZED},
        {"status": 429, "outcome": Outcome.OVERLOAD},
        {"status": None, "outcome": Outcome.TRANSIENT},
        {"code": "USER_ERROR"},
        {"code": ""},
    ],
)
def test_only_a_refused_parameter_is_drift(error):
    said = "Search error occurred: Unknown identifier 'a'."
    assert read_drift(refusal(said)) is not None
    assert read_drift(refusal(said, **error)) is None
