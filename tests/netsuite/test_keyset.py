"""Pages by position, proven on the account's own answers."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsconsole.mapping import Column, Kind, MappedTable, Mode, Parent
from nsconsole.netsuite import keyset

STAMP = Column("lastmodifieddate", Kind.DATETIME)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def integers(*names):
    return tuple(Column(name, Kind.INTEGER) for name in names)


def mapped(name, columns, *key, cursor=None, parent=None):
    mode = Mode.INCREMENTAL if cursor else Mode.FULL
    return MappedTable(name, tuple(columns), key, mode, 5, cursor=cursor, parent=parent)


VENDOR = mapped(
    "vendor",
    [*integers("id"), Column("companyname", Kind.TEXT), STAMP],
    "id",
    cursor="lastmodifieddate",
)
LINES = mapped(
    "transactionline",
    [*integers("transaction", "id"), Column("linelastmodifieddate", Kind.DATETIME)],
    "transaction",
    "id",
    cursor="linelastmodifieddate",
    parent=Parent("transaction", "transaction"),
)
EVENT = mapped("event", [*integers("id"), STAMP], "id", cursor="lastmodifieddate")
PAIRS = mapped("pairs", [*integers("a"), Column("b", Kind.TEXT)], "a", "b")


def rows(account, query, **window):
    return account.suiteql(query.sql, query.params, **window).rows


def walk(account, make_query, order, *, limit):
    """Read page after page, each behind the last row of the one before; give all rows."""
    found, after = [], None
    while page := rows(account, make_query(after), limit=limit):
        found += page
        after = tuple(page[-1][name] for name in order)
        assert len(found) < 20_000, "the pages do not come to an end"
    return found


def load(sandbox, table, records):
    words = {Kind.INTEGER: "integer", Kind.TEXT: "string", Kind.DATETIME: "date-time",
             Kind.DATE: "date", Kind.BOOLEAN: "boolean", Kind.REAL: "float"}  # fmt: skip
    columns = {column.name: words[column.kind] for column in table.columns}
    sandbox.load(**{table.name: {"columns": columns, "key": list(table.key), "rows": records}})


def iso(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# By key


def test_a_table_is_read_whole_in_the_order_of_its_key(account):
    found = walk(
        account, lambda after: keyset.by_key(VENDOR, VENDOR.columns, after=after), ["id"], limit=7
    )
    everything = account.suiteql("SELECT id, companyname FROM vendor ORDER BY id ASC").rows
    assert [row["id"] for row in found] == [row["id"] for row in everything]
    assert [row["companyname"] for row in found] == [row["companyname"] for row in everything]


def test_a_key_of_two_columns_leads_from_page_to_page(account):
    found = walk(account, lambda after: keyset.by_key(LINES, (), after=after), LINES.key, limit=997)
    places = [(int(row["transaction"]), int(row["id"])) for row in found]
    assert places == sorted(set(places))
    (counted,) = rows(account, keyset.Query("SELECT COUNT(*) AS total FROM transactionline"))
    assert len(places) == int(counted["total"])


def test_texts_are_keys_like_others_whatever_they_are(account, sandbox):
    texts = ["A", "a", "B", "'", "' OR 1=1 --", '"', "?", "Ä", "ß", "日本", "%", "_", " ", "A ",
             "\\", "10", "9", "x" * 300]  # fmt: skip
    load(sandbox, PAIRS, [{"a": a, "b": text} for a in (-1, 1, 2) for text in texts])
    found = walk(account, lambda after: keyset.by_key(PAIRS, (), after=after), PAIRS.key, limit=4)
    assert len(found) == len(texts) * 3
    assert {(row["a"], row["b"]) for row in found} == {
        (a, text) for a in ("-1", "1", "2") for text in texts
    }


def test_ids_that_no_float_can_tell_apart_are_told_apart(account, sandbox):
    ids = [-(2**53) - 1, -5, 2**53, 2**53 + 1, 2**53 + 2, 2**63 - 2, 2**63 - 1]
    load(sandbox, EVENT, [{"id": each} for each in ids])
    found = walk(account, lambda after: keyset.by_key(EVENT, (), after=after), ["id"], limit=1)
    assert [int(row["id"]) for row in found] == ids
    some = [(str(2**53 + 1),), (str(2**63 - 1),)]
    assert [(row["id"],) for row in rows(account, keyset.of_keys(EVENT, (), some))] == some


def test_a_page_ends_where_it_is_told_to(account):
    query = keyset.by_key(LINES, (), after=("1001", "1"), upto=("1003", "0"))
    found = [(int(row["transaction"]), int(row["id"])) for row in rows(account, query)]
    assert found[0] == (1001, 2)
    assert found[-1] == (1003, 0)
    everything = account.suiteql(
        "SELECT COUNT(*) AS n FROM transactionline WHERE transaction IN (1001, 1002, 1003)"
    )
    behind = account.suiteql(
        "SELECT COUNT(*) AS n FROM transactionline "
        "WHERE (transaction = 1001 AND id <= 1) OR (transaction = 1003 AND id > 0)"
    )
    assert len(found) == int(everything.rows[0]["n"]) - int(behind.rows[0]["n"])


def test_a_table_wider_than_a_query_is_read_in_several(account, sandbox):
    names = [f"c{number}" for number in range(1_900)]
    wide = mapped("wide", [*integers("id", *names), STAMP], "id", cursor="lastmodifieddate")
    row = {name: number for number, name in enumerate(names)}
    load(sandbox, wide, [{"id": 7, **row, "lastmodifieddate": "2026-02-03T04:05:06Z"}])
    groups = keyset.column_groups(wide, wide.columns)
    assert [len(group) for group in groups] == [998, 902]
    found = {}
    for group in groups:
        for query in (
            keyset.by_key(wide, group, after=None),
            keyset.by_cursor(wide, group, since=LONG_AGO, after=None),
        ):
            (part,) = rows(account, query)
            assert part["id"] == "7"
            found |= part
    assert found == {
        "id": "7",
        "lastmodifieddate": "2026-02-03T04:05:06Z",
        **{name: str(value) for name, value in row.items()},
    }


def test_columns_are_shared_out_though_there_be_none():
    assert keyset.column_groups(VENDOR, VENDOR.key_columns) == [()]
    assert keyset.column_groups(VENDOR, VENDOR.columns, most=3) == [
        (Column("companyname", Kind.TEXT),)
    ]
    with pytest.raises(ValueError, match="no room"):
        keyset.column_groups(VENDOR, VENDOR.columns, most=2)


# By cursor


def by_cursor(since, **bounds):
    return lambda after: keyset.by_cursor(EVENT, (), since=since, after=after, **bounds)


PLACE = ("lastmodifieddate", "id")


def test_rows_stamped_in_the_same_second_are_each_read_once(account, sandbox):
    burst = datetime(2026, 5, 1, 12, tzinfo=UTC)
    moments = [burst - timedelta(seconds=1), *[burst] * 25, burst + timedelta(seconds=1)]
    load(
        sandbox, EVENT,
        [{"id": n, "lastmodifieddate": iso(moment)} for n, moment in enumerate(moments)],
    )  # fmt: skip
    found = walk(account, by_cursor(burst), PLACE, limit=4)
    assert [int(row["id"]) for row in found] == list(range(1, 27))


def test_the_bound_itself_is_read_again_and_rows_without_a_stamp_are_not(account, sandbox):
    at = datetime(2026, 5, 1, 12, 0, 5, tzinfo=UTC)
    load(sandbox, EVENT, [{"id": 1, "lastmodifieddate": iso(at)}, {"id": 2}])
    for since, expected in [
        (at, ["1"]),
        (at + timedelta(microseconds=1), ["1"]),  # NetSuite's stamps are whole seconds
        (at + timedelta(seconds=1), []),
        (at.astimezone(ZoneInfo("Asia/Tokyo")), ["1"]),
    ]:
        found = rows(account, by_cursor(since)(None))
        assert [row["id"] for row in found] == expected, since


# A stretch of six hours around each change of the clocks: put forward, and back.
CHANGES = {
    "America/Los_Angeles": ("2026-03-08T10:00Z", "2026-11-01T09:00Z"),
    "Europe/Berlin": ("2026-03-29T01:00Z", "2026-10-25T01:00Z"),
    "Australia/Lord_Howe": ("2026-10-03T15:30Z", "2026-04-04T15:00Z"),
    "America/Santiago": ("2026-09-06T04:00Z", "2026-04-05T03:00Z"),  # at midnight
    "Pacific/Kiritimati": ("2026-03-29T00:00Z",),  # as far ahead of UTC as there is, never changes
    "Etc/GMT+12": ("2026-03-29T00:00Z",),  # as far behind
}


@pytest.mark.parametrize(
    ("zone", "change"), [(zone, change) for zone, changes in CHANGES.items() for change in changes]
)
def test_no_row_is_lost_or_doubled_where_the_clocks_are_moved(account, sandbox, zone, change):
    sandbox.behave(time_zone=zone, date_format="D.M.YYYY")
    middle = datetime.fromisoformat(change)
    moments = [middle + timedelta(minutes=10 * step) for step in range(-18, 19)]
    shuffled = moments[::2] + moments[1::2]
    load(
        sandbox, EVENT,
        [{"id": n, "lastmodifieddate": iso(each)} for n, each in enumerate(shuffled)],
    )  # fmt: skip
    for since in moments[::3]:
        expected = [iso(moment) for moment in moments if moment >= since]
        found = walk(account, by_cursor(since), PLACE, limit=10)
        assert [row["lastmodifieddate"] for row in found] == expected


def test_a_stretch_by_cursor_ends_where_it_is_told_to(account, sandbox):
    begin = datetime(2026, 11, 1, 8, tzinfo=UTC)
    load(
        sandbox, EVENT,
        [{"id": n, "lastmodifieddate": iso(begin + timedelta(minutes=n // 3))} for n in range(30)],
    )  # fmt: skip
    upto = (iso(begin + timedelta(minutes=5)), "16")
    found = walk(account, by_cursor(begin, upto=upto), PLACE, limit=5)
    assert [int(row["id"]) for row in found] == list(range(17))


def test_lines_are_read_by_their_own_stamp(account):
    found = walk(
        account,
        lambda after: keyset.by_cursor(LINES, (), since=LONG_AGO, after=after),
        ("linelastmodifieddate", "transaction", "id"),
        limit=1000,
    )
    places = [
        (row["linelastmodifieddate"], int(row["transaction"]), int(row["id"])) for row in found
    ]
    assert places == sorted(set(places))
    (stamped,) = rows(
        account, keyset.Query("SELECT COUNT(linelastmodifieddate) AS n FROM transactionline")
    )
    assert len(places) == int(stamped["n"])


YEAR = 31_557_600  # seconds, from 1970 on
ZONES = sorted(available_timezones() - {"localtime"})


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    moment=st.integers(2 * YEAR, 67 * YEAR).map(lambda at: datetime.fromtimestamp(at, UTC)),
)
def test_the_bound_for_the_index_comes_before_the_moment_by_the_clocks_of_every_zone(zone, moment):
    sql = keyset.by_cursor(EVENT, (), since=moment, after=None).sql
    literal = re.search(r"t\.lastmodifieddate >= TO_DATE\('([0-9: -]+)'", sql)[1]
    readings = [datetime.fromisoformat(literal).replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    assert all(reading <= moment for reading in readings)
    assert all(moment - reading < timedelta(days=3) for reading in readings)


# By parent, by key, and other questions


def test_all_lines_of_some_parents_are_read(account):
    parents = ["1001", "1002", "1005"]
    found = walk(
        account,
        lambda after: keyset.of_parents(LINES, LINES.columns, parents, after=after),
        LINES.key,
        limit=3,
    )
    everything = account.suiteql(
        "SELECT transaction, id FROM transactionline WHERE transaction IN (1001, 1002, 1005) "
        "ORDER BY transaction ASC, id ASC"
    )
    assert [(row["transaction"], row["id"]) for row in found] == [
        (row["transaction"], row["id"]) for row in everything.rows
    ]
    assert len(found) > 6


def test_as_many_rows_as_a_query_takes_are_found_by_their_keys(account, sandbox):
    load(sandbox, EVENT, [{"id": n} for n in range(1200)])
    keys = [(str(n),) for n in range(keyset.most_keys(EVENT))]
    found = rows(account, keyset.of_keys(EVENT, EVENT.columns, keys))
    assert [(row["id"],) for row in found] == keys
    with pytest.raises(ValueError, match="1 to 1000 keys, not 1001"):
        keyset.of_keys(EVENT, (), [*keys, ("1000",)])
    with pytest.raises(ValueError, match="not 0"):
        keyset.of_keys(EVENT, (), [])


def test_rows_are_found_by_keys_of_two_columns(account, sandbox):
    load(sandbox, PAIRS, [{"a": a, "b": b} for a in range(150) for b in ("x", "y'", "z")])
    keys = [(str(n), b) for n in range(149, 49, -1) for b in ("y'", "x")]
    assert len(keys) == keyset.most_keys(PAIRS)
    found = rows(account, keyset.of_keys(PAIRS, (), keys))
    assert [(row["a"], row["b"]) for row in found] == sorted(
        keys, key=lambda key: (int(key[0]), key[1])
    )
    with pytest.raises(ValueError, match="1 to 200 keys, not 201"):
        keyset.of_keys(PAIRS, (), [*keys, ("1", "z")])


def test_rows_are_found_by_keys_of_texts_alone(account, sandbox):
    texts = mapped("texts", [Column("a", Kind.TEXT), Column("b", Kind.TEXT)], "a", "b")
    load(sandbox, texts, [{"a": a, "b": b} for a in ("x", "y", "z") for b in ("x", "y", "z")])
    keys = [("x", "y"), ("x", "z"), ("y", "z"), ("z", "x")]
    found = rows(account, keyset.of_keys(texts, (), keys[::-1]))
    assert [(row["a"], row["b"]) for row in found] == keys


def test_rows_without_a_stamp_are_counted(account, sandbox):
    load(sandbox, EVENT, [])
    assert rows(account, keyset.count_unstamped(EVENT)) == [{"unstamped": "0"}]
    load(sandbox, EVENT, [{"id": 1}, {"id": 2, "lastmodifieddate": "2026-11-01T08:30:00Z"}])
    assert rows(account, keyset.count_unstamped(EVENT)) == [{"unstamped": "1"}]
    with pytest.raises(ValueError, match="no cursor"):
        keyset.count_unstamped(mapped("vendor", integers("id"), "id"))


def test_a_probe_is_answered_with_one_row_at_most(account):
    page = account.suiteql(keyset.probe(VENDOR, VENDOR.columns).sql)
    assert (len(page.rows), page.total) == (1, 1)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_each_kind_of_value_comes_as_it_is_whatever_the_accounts_settings(account, sandbox, zone):
    sandbox.behave(time_zone=zone, date_format="D-MONTH-YYYY")
    kinds = mapped("kinds", [Column(kind.value, kind) for kind in Kind], "integer")
    value = {"integer": 1, "real": 0.25, "text": "x", "boolean": True, "date": "2026-02-03",
             "datetime": "2026-11-01T08:59:59Z"}  # fmt: skip
    load(sandbox, kinds, [value, {"integer": 2}])
    found = rows(account, keyset.by_key(kinds, kinds.columns, after=None))
    assert found == [
        {"integer": "1", "real": "0.25", "text": "x", "boolean": "T", "date": "2026-02-03",
         "datetime": "2026-11-01T08:59:59Z"},
        {"integer": "2"},
    ]  # fmt: skip


# The text itself


def test_a_query_names_its_columns_and_says_in_which_order_it_wants_the_rows():
    query = keyset.by_cursor(
        LINES,
        (),
        since=LONG_AGO,
        after=("2026-11-01T08:30:00Z", "5", "2"),
    )
    stamp = "SYS_EXTRACT_UTC(t.linelastmodifieddate)"
    bound = "TO_TIMESTAMP('2026-11-01 08:30:00', 'YYYY-MM-DD HH24:MI:SS')"
    assert query.sql == (
        f'SELECT TO_CHAR({stamp}, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\') AS linelastmodifieddate, '
        "t.transaction, t.id FROM transactionline t "
        "WHERE t.linelastmodifieddate >= TO_DATE('2026-10-31 12:00:00', 'YYYY-MM-DD HH24:MI:SS') "
        f"AND {stamp} >= {bound} AND ({stamp} > {bound} "
        "OR (t.transaction >= 5 AND (t.transaction > 5 OR (t.id > 2)))) "
        f"ORDER BY {stamp} ASC, t.transaction ASC, t.id ASC"
    )
    assert query.params == ()


def test_a_text_never_becomes_part_of_a_query():
    hostile = "x') OR 1=1 --"
    for query in (
        keyset.by_key(PAIRS, (), after=("1", hostile)),
        keyset.of_keys(PAIRS, (), [("1", hostile)]),
    ):
        assert "1=1" not in query.sql
        assert query.params == (hostile,)


@pytest.mark.parametrize(
    "name", ["", "ID", "id; --", "id\n", "a.b", "x'", "1st", "a" * 129, "ñ", "a b", "*"]
)
def test_a_name_that_is_none_of_netsuites_is_refused(name):
    for wrong in (
        lambda: keyset.by_key(VENDOR, integers(name), after=None),
        lambda: keyset.probe(VENDOR, [Column(name, Kind.DATETIME)]),
        lambda: keyset.by_key(mapped(name, integers("id"), "id"), (), after=None),
        lambda: keyset.by_key(mapped("vendor", integers(name), name), (), after=None),
        lambda: keyset.count_unstamped(
            mapped("vendor", [Column(name, Kind.DATETIME)], cursor=name)
        ),
    ):
        with pytest.raises(ValueError, match="not the name"):
            wrong()


@pytest.mark.parametrize(
    "position",
    [
        (),
        ("1",),
        ("1", "2", "3"),
        ("1", ""),
        ("1.5", "x"),
        ("١", "x"),
        ("1 OR 1=1", "x"),
        ("", "x"),
    ],
)
def test_a_position_that_is_none_of_the_tables_is_refused(position):
    with pytest.raises(ValueError, match=r"key of pairs|is no integer|is no text"):
        keyset.by_key(PAIRS, (), after=position)
    with pytest.raises(ValueError, match=r"key of pairs|is no integer|is no text"):
        keyset.of_keys(PAIRS, (), [position])


@pytest.mark.parametrize(
    "position",
    [(), ("5",), ("2026-11-01", "5"), ("2026-11-01T08:30:00+00:00", "5"),
     ("2026-13-01T08:30:00Z", "5"), ("2026-11-01T08:30:00Z",), ("2026-11-01T08:30:00Z'", "5")],
)  # fmt: skip
def test_a_position_by_cursor_begins_with_a_moment_in_utc(position):
    with pytest.raises(ValueError, match=r"time such as|key of event|month must be"):
        keyset.by_cursor(EVENT, (), since=LONG_AGO, after=position)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        keyset.by_cursor(EVENT, (), since=LONG_AGO.replace(tzinfo=None), after=None)
    for cursor in (None, "id"):
        with pytest.raises(ValueError, match="no cursor that is a datetime"):
            keyset.by_cursor(
                mapped("vendor", integers("id"), "id", cursor=cursor),
                (), since=LONG_AGO, after=None,
            )  # fmt: skip
    with pytest.raises(ValueError, match="has no parent"):
        keyset.of_parents(VENDOR, (), ["1"], after=None)
    for parents in ([], [str(n) for n in range(1001)]):
        with pytest.raises(ValueError, match="1 to 1000 values"):
            keyset.of_parents(LINES, (), parents, after=None)
    with pytest.raises(ValueError, match="1 to 1000 columns, not 1001"):
        keyset.by_key(VENDOR, integers(*(f"c{n}" for n in range(1000))), after=None)
    with pytest.raises(ValueError, match="is no date to find"):
        keyset.by_key(mapped("x", [Column("d", Kind.DATE)], "d"), (), after=("2026-01-01",))
