"""Random queries with something wrong: each is refused for what it is, and changes nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsconsole.sandbox.server import Options, running

from .conftest import Caller
from .oracle import shipped
from .oracle.render import render
from .oracle.shapes import Shapes
from .oracle.tree import Between, Call, Column, Compare, InList, Item, Literal, Sort, Source

PREFIX = "Invalid search query. Detailed unprocessed description follows. "
UNSUPPORTED = "Search error occurred: Invalid or unsupported search."
UNREADABLE = "Search error occurred: Failed to parse SQL ["
DAY = Call("TO_DATE", (Literal("01-MAR-2026"), Literal("DD-MON-YYYY")))

many = settings(max_examples=30, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("oracle") / "state.db"


@pytest.fixture(scope="module")
def asked(state):
    """A small account."""
    with running(Options(rows=10, state=state)) as sandbox:
        yield Caller(sandbox)


@pytest.fixture(scope="module")
def tables(asked, state):
    """Some of the account's tables."""
    return shipped.read(state)[0]


def refusal(reply):
    """The end of the detail of a query's refusal, which must be in the one form."""
    assert reply.status == 400, reply.text
    body = reply.json()
    assert (body["status"], body["title"]) == (400, "Bad Request")
    (detail,) = body["o:errorDetails"]
    assert (detail["o:errorCode"], detail["o:errorQueryParam"]) == ("INVALID_PARAMETER", "q")
    assert detail["detail"].startswith(PREFIX)
    return detail["detail"].removeprefix(PREFIX)


def spoiled_names(query):
    """The query with a name that is not there, and how that is refused."""
    name, record = query.source.name, query.source.table
    unknown = Column(name, "nosuch", qualified=False)
    missing = Column(name, "nosuch")
    identifier = (
        "Search error occurred: Unknown identifier 'nosuch'. "
        f"Available identifiers are: {{{name}={record}}}."
    )
    field = (
        f"Search error occurred: Field 'nosuch' for record '{record}' was not found. "
        "Reason: REMOVED - Field is removed"
    )
    return [
        (replace(query, items=(Item(unknown, None),)), identifier),
        (replace(query, where=Compare("=", unknown, Literal(Decimal(1)))), identifier),
        (replace(query, items=(Item(missing, None),)), field),
        (replace(query, order=(Sort(missing),)), field),
        (replace(query, source=Source("nosuchtable", name)), "Invalid search type: nosuchtable."),
    ]


def spoiled_conditions(query):
    """The query with a condition that SuiteQL does not take."""
    many = tuple(Literal(Decimal(each)) for each in range(1001))
    conditions = [
        Compare(">", DAY, Literal("2026-01-01")),
        Compare("=", Literal("3/1/2026"), DAY),
        Between(DAY, Literal("2026-01-01"), Literal("2026-12-31"), negated=False),
        InList(Literal(Decimal(1)), many, negated=False),
    ]
    return [replace(query, where=condition) for condition in conditions]


def spoiled_texts(written, name):
    """What is no single query, or no query at all."""
    return [
        f"WITH q AS ({written}) SELECT * FROM q",
        f"{written} LIMIT 5",
        f"{written} OFFSET 5",
        f"{written}; {written}",
        f"{written}; DROP TABLE {name}",
        f"{written} FOR UPDATE",
        f"EXPLAIN {written}",
        f"INSERT INTO {name} {written}",
        f"CREATE TABLE zz_new AS {written}",
        f"CREATE VIEW zz_new AS {written}",
        f"DELETE FROM {name}",
        f"UPDATE {name} SET a = 1",
        f"DROP TABLE {name}",
        "PRAGMA writable_schema = 1",
        "ATTACH DATABASE ':memory:' AS other",
        f"SELECT * FROM main.{name}",
        "SELECT * FROM sqlite_master",
    ]


@many
@given(data=st.data())
def test_a_query_with_one_thing_wrong_is_refused_for_it(asked, tables, data):
    query = Shapes(data.draw, tables).whole_table()
    wrong, reason = data.draw(st.sampled_from(spoiled_names(query)))
    assert refusal(asked.suiteql(*flat(render(wrong)))) == reason
    wrong = data.draw(st.sampled_from(spoiled_conditions(query)))
    assert refusal(asked.suiteql(*flat(render(wrong)))) == UNSUPPORTED


@many
@given(data=st.data())
def test_nothing_but_one_query_is_run(asked, tables, data):
    query = Shapes(data.draw, tables).whole_table()
    written, parameters = render(query)
    wrong = data.draw(st.sampled_from(spoiled_texts(written, query.source.table)))
    parameters *= wrong.count(written)
    why = refusal(asked.suiteql(wrong, *parameters))
    known = (UNSUPPORTED, UNREADABLE, "Invalid search type: sqlite_master.")
    assert why.startswith(known)
    assert refusal(asked.suiteql("SELECT * FROM zz_new")) == "Invalid search type: zz_new."
    for each in tables:
        assert asked.rows(f"SELECT COUNT(*) AS n FROM {each.name}") == [{"n": str(len(each.rows))}]


@many
@given(data=st.data())
def test_a_query_with_a_piece_cut_out_is_answered_or_refused(asked, tables, data):
    written, _ = render(Shapes(data.draw, tables).query())
    start = data.draw(st.integers(0, len(written)))
    piece = data.draw(st.integers(1, 12))
    reply = asked.suiteql(written[:start] + written[start + piece :])
    if reply.status != 200:
        refusal(reply)


def flat(rendered):
    written, parameters = rendered
    return [written, *parameters]
