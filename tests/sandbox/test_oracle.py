"""SuiteQL answered twice: by the sandbox, and by an evaluation in plain Python over the rows."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from nsconsole.sandbox.server import Options, running

from .conftest import SUITEQL, Caller
from .oracle import shipped
from .oracle.dates import ACCOUNT_FORMATS
from .oracle.functions import text_of
from .oracle.pages import check_links, check_page
from .oracle.queries import Session, answer
from .oracle.render import render
from .oracle.shapes import Shapes
from .oracle.tables import TURNS, every_value, table
from .oracle.tree import (
    Call,
    Column,
    Compare,
    Item,
    Literal,
    Select,
    Source,
    Trim,
)
from .oracle.writing import FORMATS_OUT

ZONES = ("America/Los_Angeles", "UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe")
QUERIES = 5  # for each set of tables
KEY_FORMAT = "YYYY-MM-DD HH24:MI:SS"


def examples(count):
    """So many examples: one costs a load and some requests, and draws much."""
    return settings(max_examples=count, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("oracle") / "state.db"


@pytest.fixture(scope="module")
def asked(state):
    """A small account; the examples add tables of their own and change its ways."""
    with running(Options(rows=10, state=state)) as sandbox:
        yield Caller(sandbox)


@pytest.fixture(scope="module")
def account(asked, state):
    """Some of the account's tables, and a session over them."""
    return shipped.read(state)


@st.composite
def loaded(draw):
    """Three random tables."""
    return [draw(table(f"zz_{name}")) for name in "abc"]


@st.composite
def queries(draw, tables, **limits):
    return Shapes(draw, tables, **limits).query()


def load(asked, tables):
    """Put the tables into the account; return a session over them."""
    body = {"tables": {each.name: each.as_door() for each in tables}}
    reply = asked.door("POST", "load", body)
    assert reply.status == 200, reply.text
    rows = {each.name: each.rows for each in tables}
    return Session(rows, {each.name: tuple(each.fields) for each in tables})


def behaving(asked, session, draw):
    """The session in a zone and with a date format that the account has from now on."""
    zone, form = draw(st.sampled_from(ZONES)), draw(st.sampled_from(ACCOUNT_FORMATS))
    switches = {"time_zone": zone, "date_format": form}
    reply = asked.door("PATCH", "behaviour", switches)
    assert reply.status == 200, reply.text
    return replace(session, zone=zone, date_format=form)


def check(asked, query, session, draw):
    """Ask for the first page, perhaps another one, perhaps one behind the last."""
    expected = answer(query, session)
    text, parameters = render(query, draw(st.sampled_from((str, str.lower, str.upper))))
    limit = draw(st.sampled_from((1000, 3, 7, 1)))
    note(f"{text}\n{parameters}")
    pages = range(0, max(expected.total, 1), limit)
    # Drawn without a look at the answer: what is drawn must not depend on it.
    others = draw(st.lists(st.integers(0, 999), max_size=2))
    for offset in (0, *(place % (len(pages) + 1) * limit for place in others)):
        asked_for = limit < 1000 or offset > 0
        page = f"?limit={limit}&offset={offset}" if asked_for else ""
        reply = asked.suiteql(text, *parameters, page=page)
        assert reply.status == 200, reply.text
        check_page(reply.json(), expected, session, limit=limit, offset=offset)
        if offset in pages:
            address = asked.sandbox.url + SUITEQL
            check_links(reply.json(), address, limit=limit, offset=offset, asked=asked_for)


@pytest.fixture(scope="module")
def everything(asked):
    """A table of hard values, and a session over it."""
    made = every_value("zz_every")
    return made, load(asked, [made])


@examples(30)
@given(data=st.data())
def test_random_expressions_have_the_values_that_oracles_rules_give(asked, everything, data):
    made, session = everything
    session = behaving(asked, session, data.draw)
    query = Shapes(data.draw, [made]).battery(15)
    check(asked, query, session, data.draw)


@examples(30)
@given(data=st.data())
def test_random_queries_over_random_tables_have_the_answers_that_oracles_rules_give(asked, data):
    tables = data.draw(loaded())
    session = behaving(asked, load(asked, tables), data.draw)
    for _ in range(QUERIES):
        check(asked, data.draw(queries(tables)), session, data.draw)


@examples(15)
@given(data=st.data())
def test_random_queries_over_the_accounts_tables_have_the_answers_that_oracles_rules_give(
    asked, account, data
):
    tables, session = account
    session = behaving(asked, session, data.draw)
    for _ in range(QUERIES):
        check(asked, data.draw(queries(tables, most_sources=2)), session, data.draw)


def number(value):
    return Literal(Decimal(str(value)))


def text(value):
    return Literal(value)


def call(name, *arguments):
    return Call(name, tuple(arguments))


def day(written):
    return call("TO_DATE", text(written), text("DD-MON-YYYY"))


def shown(moment, form="DD-MON-YYYY"):
    return call("TO_CHAR", moment, text(form))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (call("SUBSTR", text("ABCDEFG"), number(3), number(4)), "CDEF"),
        (call("SUBSTR", text("ABCDEFG"), number(-5), number(4)), "CDEF"),
        (call("INSTR", text("CORPORATE FLOOR"), text("OR"), number(3), number(2)), "14"),
        (call("INSTR", text("CORPORATE FLOOR"), text("OR"), number(-3), number(2)), "2"),
        (call("LPAD", text("Page 1"), number(15), text("*.")), "*.*.*.*.*Page 1"),
        (call("RPAD", text("MORRISON"), number(12), text("ab")), "MORRISONabab"),
        (call("LTRIM", text("<=====>BROWNING<=====>"), text("<>=")), "BROWNING<=====>"),
        (call("RTRIM", text("<=====>BROWNING<=====>"), text("<>=")), "<=====>BROWNING"),
        (Trim("LEADING", "0", text("0012300")), "12300"),
        (call("REPLACE", text("JACK and JUE"), text("J"), text("BL")), "BLACK and BLUE"),
        (
            call("TRANSLATE", text("SQL*Plus User's Guide"), text(" */'"), text("___")),
            "SQL_Plus_Users_Guide",
        ),
        (call("INITCAP", text("the soap")), "The Soap"),
        (call("LENGTH", text("CANDIDE")), "7"),
        (call("MOD", number(11), number(4)), "3"),
        (call("MOD", number(-11), number(4)), "-3"),
        (call("MOD", number(11), number(-4)), "3"),
        (call("MOD", number(11), number(0)), "11"),
        (call("ROUND", number(15.193), number(1)), "15.2"),
        (call("ROUND", number(15.193), number(-1)), "20"),
        (call("ROUND", number(-2.5)), "-3"),
        (call("TRUNC", number(15.79), number(1)), "15.7"),
        (call("TRUNC", number(15.79), number(-1)), "10"),
        (call("CEIL", number(268651.8)), "268652"),
        (call("FLOOR", number(15.7)), "15"),
        (call("GREATEST", text("HARRY"), text("HARRIOT"), text("HAROLD")), "HARRY"),
        (call("LEAST", text("HARRY"), text("HARRIOT"), text("HAROLD")), "HAROLD"),
        (call("TO_CHAR", number(0.56)), ".56"),
        (shown(call("TRUNC", day("27-OCT-1992"), text("YEAR"))), "01-JAN-1992"),
        (shown(call("ADD_MONTHS", day("31-JAN-2026"), number(1))), "28-FEB-2026"),
        (shown(call("ADD_MONTHS", day("28-FEB-2026"), number(1))), "31-MAR-2026"),
        (shown(call("LAST_DAY", day("10-FEB-2024"))), "29-FEB-2024"),
        (shown(day("05-APR-2026"), "FMMonth DD, YYYY"), "April 5, 2026"),
        (
            shown(call("SYS_EXTRACT_UTC", day("28-MAR-2000")), "DD-MON-YYYY HH24:MI:SS"),
            "28-MAR-2000 08:00:00",
        ),
    ],
)
def test_the_examples_in_oracles_pages_come_out_the_same_on_both_sides(asked, expression, value):
    asked.door("PATCH", "behaviour", {"time_zone": "America/Los_Angeles"})
    query = Select((Item(expression, "v"),), None)
    (row,) = answer(query, Session({}, {})).rows
    assert text_of(row[0]) == value
    assert asked.rows(render(query)[0]) == [{"v": value}]


def of_word(made, word):
    """The first column of that type of a table."""
    return Column(
        made.name, next(name for name, field in made.fields.items() if field.word == word)
    )


def check_items(asked, session, made, items, where=None):
    """Ask for the items of each row, and compare them."""
    ident = Item(Column(made.name, "id"), None)
    named = (Item(each, f"c{number}") for number, each in enumerate(items))
    query = Select((ident, *named), Source(made.name), where=where)
    written, parameters = render(query)
    body = asked.suiteql(written, *parameters).json()
    check_page(body, answer(query, session), session, limit=1000, offset=0)


def in_zone(asked, session, zone):
    reply = asked.door("PATCH", "behaviour", {"time_zone": zone, "date_format": "M/D/YYYY"})
    assert reply.status == 200, reply.text
    return replace(session, zone=zone)


def test_each_function_of_a_text_over_each_text(asked, everything):
    made, session = everything
    name = of_word(made, "text")
    plain = ("UPPER", "LOWER", "INITCAP", "TRIM", "LTRIM", "RTRIM", "LENGTH")
    places = [number(each) for each in (-99, -3, -1, 0, 1, 2, 99)]
    items = [call(each, name) for each in plain]
    items += [call("SUBSTR", name, place) for place in places]
    items += [call("SUBSTR", name, place, number(2)) for place in places]
    items += [call(pad, name, width) for pad in ("LPAD", "RPAD") for width in places[3:6]]
    check_items(asked, in_zone(asked, session, "UTC"), made, items)


@pytest.mark.parametrize("zone", ZONES)
def test_each_instant_in_each_format_and_beside_each_turn_of_the_clocks(asked, everything, zone):
    made, session = everything
    stamp = of_word(made, "datetime")
    session = in_zone(asked, session, zone)
    check_items(asked, session, made, [shown(stamp, form) for form in FORMATS_OUT])
    seconds = "YYYY-MM-DD HH24:MI:SS"
    for turn in TURNS:
        moment = call("TO_TIMESTAMP", text(turn.replace("T", " ")), text(seconds))
        items = [shown(call("SYS_EXTRACT_UTC", moment), seconds)]
        check_items(asked, session, made, items, Compare("=", stamp, moment))
        check_items(asked, session, made, items, Compare("<", stamp, moment))


def keyset_page(asked, table, limit, last):
    """The keys of a page behind the key `last`, by a walk that no offset has part in."""
    key, bound, parameters = [], [], []
    for name in table.key:
        instant = table.fields[name].word == "datetime"
        key.append(f"SYS_EXTRACT_UTC({name})" if instant else name)
        bound.append(f"TO_TIMESTAMP(?, '{KEY_FORMAT}')" if instant else "?")
    behind = []
    for place in range(len(key)):
        equal = [f"{key[n]} = {bound[n]}" for n in range(place)]
        behind.append(" AND ".join([*equal, f"{key[place]} > {bound[place]}"]))
        parameters += last[: place + 1] if last else []
    where = f" WHERE ({') OR ('.join(behind)})" if last else ""
    items = ", ".join(
        f"TO_CHAR({each}, '{KEY_FORMAT}') AS k{n}" if each != name else f"{name} AS k{n}"
        for n, (each, name) in enumerate(zip(key, table.key, strict=True))
    )
    query = f"SELECT {items} FROM {table.name}{where} ORDER BY {', '.join(table.key)}"
    rows = asked.rows(query, *parameters, page=f"?limit={limit}&offset=0")
    return [tuple(row[f"k{n}"] for n in range(len(key))) for row in rows]


@examples(20)
@given(data=st.data(), limit=st.sampled_from((1, 2, 5, 1000)))
def test_a_walk_by_key_meets_each_row_once(asked, data, limit):
    made = data.draw(table("zz_a"))
    behaving(asked, load(asked, [made]), data.draw)
    walked, last = [], ()
    while page := keyset_page(asked, made, limit, last):
        walked += page
        last = page[-1]
    expected = [
        tuple(
            row[name].strftime("%Y-%m-%d %H:%M:%S") if name == "stamp" else str(row[name])
            for name in made.key
        )
        for row in made.rows
    ]
    assert sorted(walked) == sorted(expected)


@pytest.mark.parametrize("order", ["", " ORDER BY grp", " ORDER BY grp DESC"])
def test_ties_come_in_another_order_from_request_to_request(asked, order):
    rows = [{"id": number, "grp": number % 2} for number in range(40)]
    columns = {"id": "integer", "grp": "integer"}
    asked.door("POST", "load", {"tables": {"zz_ties": {"columns": columns, "rows": rows}}})
    pages = set()
    for _ in range(20):
        page = asked.rows(f"SELECT id, grp FROM zz_ties{order}", page="?limit=10&offset=10")
        pages.add(tuple(row["id"] for row in page))
    assert len(pages) > 1


def test_an_order_that_ends_in_the_key_never_shifts(asked):
    rows = [{"id": number, "grp": number % 2} for number in range(40)]
    columns = {"id": "integer", "grp": "integer"}
    asked.door("POST", "load", {"tables": {"zz_ties": {"columns": columns, "rows": rows}}})
    query = "SELECT id FROM zz_ties ORDER BY grp DESC, id ASC"
    expected = [{"id": str(row["id"])} for row in sorted(rows, key=lambda r: (-r["grp"], r["id"]))]
    for _ in range(20):
        assert asked.rows(query, page="?limit=10&offset=10") == expected[10:20]
