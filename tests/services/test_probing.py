"""Probing: which columns NetSuite gives and how full they are, in few requests, and remembered."""

import math
import re
import shutil
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsconsole.catalog import Reason, State
from nsconsole.mapping import Column, Kind
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.suiteql import Page
from nsconsole.sandbox.server import Options, running
from nsconsole.services.coverage.learning import add_columns
from nsconsole.services.coverage.probing import TableRefusedError, discover, probe, probe_columns
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError, ServiceError
from nsconsole.services.sync.asking import Asker
from nsconsole.services.sync.halt import Halt
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.conftest import Clock, Sandbox, _environ
from tests.planning import catalogued, facts_of, row_of

BAD = ("balance", "aging", "custentity1")  # of customer; the last was removed


@pytest.fixture(scope="module")
def sandbox(seeded_state, tmp_path_factory):
    """A NetSuite that all these tests share."""
    state = tmp_path_factory.mktemp("account") / "sandbox.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, now=Clock())) as started:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        yield Sandbox(started.url, _environ(started, *names), {})


@pytest.fixture
def workspace(sandbox, migrated_database, clock, tmp_path):
    """A workspace of one's own, in which waiting takes no time."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(migrated_database, home / "nsconsole.db")
    settings = load_settings(sandbox.environ, home=home)
    with closing(open_workspace(settings, environ=sandbox.environ, now=clock)) as workspace:
        workspace.sleep = clock.advance
        yield workspace


@pytest.fixture
def asked(sandbox):
    """How many queries NetSuite has been asked since the test began."""
    before = sum(sandbox.stats()["requests"].get("suiteql", {}).values())
    return lambda: sum(sandbox.stats()["requests"]["suiteql"].values()) - before


@pytest.fixture
def behave(sandbox):
    """Set what differs from account to account, for one test."""
    yield sandbox.behave
    sandbox.behave(bad_column="named", name_all_bad_columns=False)


def most(good, bad):
    """The most requests that it may take to find so many bad columns."""
    return bad * math.ceil(math.log2(good + bad)) + bad + 1


def asker_on(workspace):
    return Asker(workspace.netsuite(), Halt(lambda: False, workspace.sleep))


class Answers:
    """Answers as NetSuite does, and counts the questions; `bad` columns fail a query."""

    def __init__(self, bad, *, named, down=False):
        self.bad = bad
        self.named = named
        self.down = down
        self.requests = 0

    def ask(self, query, *, limit=1, attempts=4):
        self.requests += 1
        asked = re.findall(r"WHEN t\.(\w+) IS", query.sql)
        wrong = [name for name in asked if name in self.bad]
        if self.down or (wrong and not self.named):
            raise _failure()
        if wrong:
            raise _named(wrong[0])
        return Page([{"sampled": "7", **{f"f{n}": "5" for n in range(len(asked))}}], 1, False)


def _failure():
    return NetSuiteError(Outcome.TRANSIENT, "it failed", status=500, code="UNEXPECTED_ERROR")


def _named(column):
    said = f"Search error occurred: Field '{column}' for record 'it' was not found. Reason: REMOVED"
    details = (f"Invalid search query. Detailed unprocessed description follows. {said}",)
    return NetSuiteError(
        Outcome.PERMANENT, said, status=400, code="INVALID_PARAMETER", details=details
    )


@st.composite
def columns_with_bad_ones(draw):
    count = draw(st.integers(1, 130))
    names = [f"c{n}" for n in range(count)]
    return names, draw(st.sets(st.sampled_from(names), max_size=min(count, 9)))


@given(columns_with_bad_ones(), st.booleans())
@settings(max_examples=60)
def test_bad_columns_are_found_in_few_requests(chosen, named):
    names, bad = chosen
    netsuite = Answers(bad, named=named)
    try:
        found = probe(netsuite, "it", [Column(name, Kind.TEXT) for name in names])
    except NetSuiteError:
        pytest.fail("what NetSuite answers without any column is no outage")

    assert [each.column for each in found] == names
    assert {each.column for each in found if not each.queryable} == bad
    assert all((each.filled, each.sampled) == (5, 7) for each in found if each.queryable)
    assert netsuite.requests <= (len(bad) + 1 if named else most(len(names) - len(bad), len(bad)))


@pytest.mark.parametrize("count", [1, 2, 64, 900])
def test_an_outage_is_blamed_on_no_column_and_soon_noticed(count):
    netsuite = Answers((), named=False, down=True)
    with pytest.raises(NetSuiteError):
        probe(netsuite, "it", [Column(f"c{n}", Kind.TEXT) for n in range(count)])
    assert netsuite.requests <= 2 * math.log2(count) + 4


def test_named_columns_are_left_out_one_answer_each(workspace, asked):
    found = probe_columns(workspace, "customer", ["id", "email", "comments", *BAD])

    assert asked() <= len(BAD) + 1
    assert {each.column: each.reason for each in found if not each.queryable} == {
        "balance": Reason.NOT_QUERYABLE,
        "aging": Reason.NOT_QUERYABLE,
        "custentity1": Reason.REMOVED,
    }
    assert "custentity1" in next(each.detail for each in found if each.column == "custentity1")


def test_all_that_one_answer_names_are_left_out_at_once(workspace, asked, behave):
    behave(name_all_bad_columns=True)
    found = probe_columns(workspace, "customer", ["id", *BAD])
    assert [each.column for each in found if each.queryable] == ["id"]
    assert asked() == 2


def test_failures_without_a_name_are_halved(workspace, asked, behave):
    behave(bad_column="error_500")
    good = ["id", "email", "entityid", "altname", "phone", "fax", "url", "comments", "terms"]
    found = probe_columns(workspace, "customer", [*good[:4], *BAD, *good[4:]])
    assert {each.column for each in found if not each.queryable} == set(BAD)
    assert all(each.unnamed for each in found if not each.queryable)
    assert asked() <= most(len(good), len(BAD))


def test_fill_is_counted_in_the_first_rows(workspace, sandbox):
    columns = {"id": "INTEGER", "note": "TEXT", "day": "DATE", "at": "DATETIME", "none": "DECIMAL"}
    rows = [
        {"id": n, "note": "x" if n % 2 else None, "day": "2026-11-22", "at": None, "none": None}
        for n in range(1, 11)
    ]
    sandbox.load(filled={"columns": columns, "key": ["id"], "rows": rows})
    catalogued(
        workspace, "filled", id="integer", note="text", day="date", at="datetime", none="real"
    )

    found = probe_columns(workspace, "FILLED")

    assert {each.column: each.filled for each in found} == {
        "id": 10, "note": 5, "day": 10, "at": 0, "none": 0,
    }  # fmt: skip
    assert {each.sampled for each in found} == {10}


def test_what_is_found_goes_into_the_catalog_as_the_probes_word(workspace, clock):
    catalogued(workspace, "customer", state="unknown", id="integer", email="text", balance="real")
    probe_columns(workspace, "customer", ["id", "balance", "custentity1"])

    assert row_of(workspace, "customer", "id").state is State.QUERYABLE
    assert row_of(workspace, "customer", "balance").state is State.UNQUERYABLE
    assert row_of(workspace, "customer", "balance").reason is Reason.NOT_QUERYABLE
    assert row_of(workspace, "customer", "email").state is State.UNKNOWN
    assert row_of(workspace, "customer", "custentity1") is None  # nobody else tells of it
    assert row_of(workspace, "customer").state is State.QUERYABLE
    facts = facts_of(workspace, "customer")
    assert facts["id", "probe"].exposed is True
    assert facts["balance", "probe"].at == clock()


def test_a_table_that_the_role_may_not_see_is_refused_as_a_whole(workspace):
    catalogued(workspace, "payrollitem", state="unknown", id="integer", name="text")
    found = probe_columns(workspace, "payrollitem")
    assert {each.reason for each in found} == {Reason.NOT_PERMITTED}
    assert row_of(workspace, "payrollitem").reason is Reason.NOT_PERMITTED
    assert row_of(workspace, "payrollitem", "name").state is State.UNQUERYABLE


def test_an_outage_leaves_the_catalog_as_it_was(workspace, sandbox):
    catalogued(workspace, "customer", state="unknown", id="integer", email="text")
    sandbox.fault("suiteql", "error_500", rate=1)
    try:
        with pytest.raises(NetSuiteUnavailableError):
            probe_columns(workspace, "customer")
    finally:
        sandbox._door("faults", method="DELETE")
    assert row_of(workspace, "customer", "email").state is State.UNKNOWN


def test_names_that_cannot_be_are_never_asked_for(workspace, asked):
    hostile = ['x"; DROP TABLE customer', "../x", "<b>", "a" * 200, "id FROM customer --", ""]
    found = probe_columns(workspace, "customer", [*hostile, "ID", "id"])
    assert {each.column: each.reason for each in found} == {
        **{name.lower(): Reason.BAD_NAME for name in hostile}, "id": None,
    }  # fmt: skip
    assert asked() == 1
    with pytest.raises(BadInputError, match="cannot be the name"):
        probe_columns(workspace, "customer; --", ["id"])


def test_a_table_of_which_nothing_is_known_needs_names(workspace):
    with pytest.raises(BadInputError, match="catalog fetch"):
        probe_columns(workspace, "nosuchtable")


def test_a_probe_that_is_stopped_keeps_nothing(workspace):
    with pytest.raises(ServiceError, match="stopped"):
        probe_columns(workspace, "customer", ["id"], stopping=lambda: True)


def test_columns_that_nobody_tells_of_are_found_in_the_rows(workspace):
    catalogued(workspace, "transactionstatus")
    facts = discover(asker_on(workspace), "transactionstatus")
    add_columns(workspace, "transactionstatus", facts)

    assert {"trantype", "id", "name", "trancustomtype"} <= {fact.name for fact in facts}
    assert row_of(workspace, "transactionstatus", "trancustomtype").kind is Kind.INTEGER
    assert row_of(workspace, "transactionstatus", "name").kind is Kind.TEXT
    assert row_of(workspace, "transactionstatus", "name").state is State.QUERYABLE
    with pytest.raises(TableRefusedError):
        discover(asker_on(workspace), "nosuchtable")
