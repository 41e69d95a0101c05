"""The session's clock: its zone, its daylight saving, its date format."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from nsconsole.sandbox.behaviour import Behaviour, DateFormat

ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe")
FULL = "'YYYY-MM-DD HH24:MI:SS'"


@pytest.fixture
def at(start):
    """Starts a sandbox whose vendor 42 was last modified at a moment (UTC) of the test's."""

    def starting(moment=None, **behaviour):
        opened = start(behaviour=Behaviour(**behaviour))
        caller = opened.__enter__()
        opens.append(opened)
        if moment is not None:
            row = [{"id": 42, "lastmodifieddate": moment}]
            assert caller.door("POST", "tables/vendor/rows", row).status == 200
        return caller

    opens = []
    yield starting
    for opened in opens:
        opened.__exit__(None, None, None)


def value(caller, expression):
    (row,) = caller.rows(f"SELECT {expression} AS v FROM vendor WHERE id = 42")
    return row.get("v")


def found(caller, condition):
    return bool(caller.rows(f"SELECT id FROM vendor WHERE id = 42 AND {condition}"))


# Around each change of the clocks in 2026, in one zone or another.
MOMENTS = [
    f"2026-{day}T{time}:07Z"
    for day, times in {
        "03-08": ("09:59", "10:00", "10:30"),
        "11-01": ("08:30", "08:59", "09:00", "09:30"),
        "03-29": ("00:59", "01:00", "01:30"),
        "10-25": ("00:30", "00:59", "01:00", "01:30"),
        "04-04": ("14:30", "14:59", "15:00", "15:15"),
        "10-03": ("15:15", "15:29", "15:30", "15:45"),
    }.items()
    for time in times
]


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_is_shown_by_the_clocks_of_the_zone(at, zone):
    caller = at(time_zone=zone)
    for moment in MOMENTS:
        caller.door("POST", "tables/vendor/rows", [{"id": 42, "lastmodifieddate": moment}])
        local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
        (row,) = caller.rows(
            f"SELECT TO_CHAR(lastmodifieddate, {FULL}) AS whole, lastmodifieddate AS raw, "
            f"TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate), {FULL}) AS utc "
            "FROM vendor WHERE id = 42"
        )
        assert row == {
            "whole": f"{local:%Y-%m-%d %H:%M:%S}",
            "raw": f"{local.month}/{local.day}/{local.year}",
            "utc": moment.replace("T", " ")[:-1],
        }


@pytest.mark.parametrize("zone", ZONES)
def test_a_literal_is_read_by_the_clocks_of_the_zone(at, zone):
    moment = datetime(2026, 6, 15, 22, 30, tzinfo=UTC)
    caller = at(moment.isoformat().replace("+00:00", "Z"), time_zone=zone)
    local = moment.astimezone(ZoneInfo(zone))
    for seconds in (-1, 0, 1):
        text = f"{local + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"
        for word in ("TO_DATE", "TO_TIMESTAMP"):
            literal = f"{word}('{text}', {FULL})"
            assert found(caller, f"lastmodifieddate >= {literal}") is (seconds <= 0)
            assert found(caller, f"lastmodifieddate = {literal}") is (seconds == 0)
            assert found(caller, f"{literal} > lastmodifieddate") is (seconds > 0)


def test_of_an_hour_that_comes_twice_a_literal_means_the_second_one(at):
    caller = at("2026-11-01T08:30:00Z")  # 01:30, still with daylight saving
    literal = f"TO_DATE('2026-11-01 01:30:00', {FULL})"
    assert value(caller, f"TO_CHAR(lastmodifieddate, {FULL})") == "2026-11-01 01:30:00"
    assert not found(caller, f"lastmodifieddate = {literal}")
    assert found(caller, f"lastmodifieddate < {literal}")
    again = [{"id": 42, "lastmodifieddate": "2026-11-01T09:30:00Z"}]
    caller.door("POST", "tables/vendor/rows", again)
    assert value(caller, f"TO_CHAR(lastmodifieddate, {FULL})") == "2026-11-01 01:30:00"
    assert found(caller, f"lastmodifieddate = {literal}")


def test_a_literal_in_an_hour_that_is_skipped_counts_as_after_it(at):
    caller = at("2026-03-08T10:30:00Z")
    assert value(caller, f"TO_CHAR(lastmodifieddate, {FULL})") == "2026-03-08 03:30:00"
    for hour in ("02", "03"):
        literal = f"TO_DATE('2026-03-08 {hour}:30:00', {FULL})"
        assert found(caller, f"lastmodifieddate = {literal}")


def test_the_bound_in_utc_is_compared_with_the_moment_in_utc(at):
    caller = at("2026-03-02T23:59:58Z")
    utc = "SYS_EXTRACT_UTC(lastmodifieddate)"
    assert found(caller, f"{utc} >= TO_TIMESTAMP('2026-03-02 23:59:58', {FULL})")
    assert not found(caller, f"{utc} >= TO_TIMESTAMP('2026-03-02 23:59:59', {FULL})")
    # The classic mistake: a bound in UTC against the bare column misses eight hours of changes.
    assert not found(caller, f"lastmodifieddate >= TO_DATE('2026-03-02 20:00:00', {FULL})")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_day_has_no_zone(at, zone):
    caller = at(time_zone=zone)
    first, second = (
        caller.rows(
            f"SELECT trandate, TO_CHAR(trandate, 'YYYY-MM-DD HH24:MI') AS v, id "
            f"FROM transaction WHERE {condition} ORDER BY id FETCH FIRST 5 ROWS ONLY"
        )
        for condition in ("id > 0", "trandate = TRUNC(trandate) AND id > 0")
    )
    assert first == second
    assert all(row["v"].endswith(" 00:00") for row in first)


def test_a_day_and_a_moment_meet_at_local_midnight(at):
    caller = at("2026-06-15T06:59:59Z")  # 23:59:59 on the 14th in Los Angeles
    midnight = "TO_DATE('2026-06-15', 'YYYY-MM-DD')"
    assert found(caller, f"lastmodifieddate < {midnight}")
    assert found(caller, f"TRUNC(lastmodifieddate) = {midnight} - 1")
    assert value(caller, "lastmodifieddate + 1") == "6/15/2026"
    assert value(caller, f"{midnight} - TRUNC(lastmodifieddate)") == "1"
    assert value(caller, f"ROUND(({midnight} - lastmodifieddate) * 86400)") == "1"


def test_now_is_the_sandboxs_time_by_the_sessions_clocks(start):
    moment = datetime(2026, 7, 4, 3, 4, 5, tzinfo=UTC)
    with start(now=lambda: moment) as caller:
        (row,) = caller.rows(
            f"SELECT SYSDATE AS day, TO_CHAR(SYSDATE, {FULL}) AS whole, "
            f"TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), {FULL}) AS utc, "
            f"TO_CHAR(CURRENT_DATE - 1/24, {FULL}) AS earlier FROM dual"
        )
    assert row == {
        "day": "7/3/2026",
        "whole": "2026-07-03 20:04:05",
        "utc": "2026-07-04 03:04:05",
        "earlier": "2026-07-03 19:04:05",
    }


FORMATS = {
    "M/D/YYYY": "3/2/2026",
    "D/M/YYYY": "2/3/2026",
    "D-Mon-YYYY": "2-Mar-2026",
    "D.M.YYYY": "2.3.2026",
    "D-MONTH-YYYY": "2-March-2026",
    "D MONTH, YYYY": "2 March, 2026",
    "YYYY/M/D": "2026/3/2",
    "YYYY-M-D": "2026-3-2",
    "DD/MM/YYYY": "02/03/2026",
    "DD-Mon-YYYY": "02-Mar-2026",
    "DD.MM.YYYY": "02.03.2026",
    "DD-MONTH-YYYY": "02-March-2026",
    "DD MONTH, YYYY": "02 March, 2026",
    "MM/DD/YYYY": "03/02/2026",
    "YYYY/MM/DD": "2026/03/02",
    "YYYY-MM-DD": "2026-03-02",
}


def test_every_date_format_of_an_account_has_its_example():
    assert set(FORMATS) == set(get_args(DateFormat))


def test_a_raw_date_is_in_the_accounts_format(at):
    caller = at("2026-03-02T20:00:00Z")
    for date_format, shown in FORMATS.items():
        caller.door("PATCH", "behaviour", {"date_format": date_format})
        assert value(caller, "lastmodifieddate") == shown
        assert value(caller, "TO_DATE('2026-03-02', 'YYYY-MM-DD')") == shown
        assert value(caller, "'on ' || lastmodifieddate") == f"on {shown}"
        assert value(caller, f"TO_CHAR(lastmodifieddate, {FULL})") == "2026-03-02 12:00:00"


def test_a_switched_zone_holds_for_the_next_query(own):
    row = [{"id": 42, "lastmodifieddate": "2026-03-02T23:59:58Z"}]
    own.door("POST", "tables/vendor/rows", row)
    assert value(own, "lastmodifieddate") == "3/2/2026"
    own.door("PATCH", "behaviour", {"time_zone": "Europe/Berlin"})
    assert value(own, "lastmodifieddate") == "3/3/2026"


def test_moments_in_union_and_case_become_the_sessions_time(at):
    caller = at("2026-03-02T05:00:00Z")
    assert (
        value(
            caller,
            f"TO_CHAR(COALESCE(lastmodifieddate, TO_DATE('2020-01-01', 'YYYY-MM-DD')), {FULL})",
        )
        == "2026-03-01 21:00:00"
    )
    rows = caller.rows(
        "SELECT lastmodifieddate AS v FROM vendor WHERE id = 42 UNION ALL "
        "SELECT TO_DATE('2026-03-02', 'YYYY-MM-DD') FROM dual ORDER BY 1"
    )
    assert [row["v"] for row in rows] == ["3/1/2026", "3/2/2026"]


RANGES = {
    "TODAY": ("11/22", "11/22"), "DAGO30": ("10/23", "10/23"), "DFN10": ("12/2", "12/2"),
    "TW": ("11/22", "11/28"), "LW": ("11/15", "11/21"), "TWTD": ("11/22", "11/22"),
    "LWTD": ("11/15", "11/15"), "LBW": ("11/16", "11/20"), "WAN": ("12/6", "12/12"),
    "LM": ("10/1", "10/31"), "MB": ("8/1", "8/31"), "LMTD": ("10/1", "10/22"),
    "TFQ": ("10/1", "12/31"), "TFQTD": ("10/1", "11/22"), "FQBL": ("4/1", "6/30"),
    "TFH": ("7/1", "12/31"), "LFH": ("1/1", "6/30"), "TFY": ("1/1", "12/31"),
    "TYTD": ("1/1", "11/22"), "SMLFQ": ("8/1", "8/31"), "SDLM": ("10/22", "10/22"),
}  # fmt: skip


def test_relative_ranges_are_counted_from_the_sessions_day(start):
    now = [datetime(2026, 11, 22, 20, tzinfo=UTC)]  # a Sunday
    with start(now=lambda: now[0]) as caller:
        ends = [
            f"BUILTIN.RELATIVE_RANGES('{name}', '{end}') AS {name}_{end}"
            for name in RANGES
            for end in ("START", "END")
        ]
        (row,) = caller.rows(f"SELECT {', '.join(ends)} FROM dual")
        shown = {name: value.removesuffix("/2026") for name, value in row.items()}
        assert {
            name: (shown[f"{name}_start".lower()], shown[f"{name}_end".lower()]) for name in RANGES
        } == RANGES
        now[0] = datetime(2028, 2, 29, 20, tzinfo=UTC)
        assert value(caller, "BUILTIN.RELATIVE_RANGES('SDLFY', 'START')") == "2/28/2027"
        assert value(caller, "BUILTIN.RELATIVE_RANGES('LFYTD', 'END', 'DATE')") == "2/28/2027"


def test_a_range_that_is_not_known_is_refused(shared):
    for unknown in ("'XX', 'START'", "'TM', 'MIDDLE'"):
        query = f"SELECT BUILTIN.RELATIVE_RANGES({unknown}) AS v FROM dual"
        assert shared.suiteql(query).status == 400


def test_short_and_long_forms_of_a_time_are_americas(at):
    caller = at("2026-03-02T23:05:09Z")
    shown = {
        "DS TS": "3/2/2026 3:05:09 PM",
        "DL": "Monday, March 2, 2026",
        "RM": "III ",
        "FMRM": "III",
    }
    for form, text in shown.items():
        assert value(caller, f"TO_CHAR(lastmodifieddate, '{form}')") == text
    assert value(caller, "TO_CHAR(TO_DATE('2026-03-02', 'YYYY-MM-DD'), 'TS')") == "12:00:00 AM"


WITH_ZONE = "'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM'"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-02T23:05:09+00:00", "2026-03-02 23:05:09"),
        ("2026-03-02T23:05:09-05:30", "2026-03-03 04:35:09"),
        ("2026-03-02T23:05:09+14:00", "2026-03-02 09:05:09"),
        ("2026-03-02T23:05:09", "2026-03-03 07:05:09"),  # by the session's clocks
    ],
)
def test_a_timestamp_may_bring_its_own_zone(at, text, utc):
    caller = at(utc.replace(" ", "T") + "Z")
    instant = f"TO_TIMESTAMP_TZ('{text}', {WITH_ZONE})"
    assert value(caller, f"TO_CHAR(SYS_EXTRACT_UTC({instant}), {FULL})") == utc
    assert found(caller, f"lastmodifieddate = {instant}")
    assert not found(caller, f"lastmodifieddate > {instant}")


@pytest.mark.parametrize(
    "expression",
    [
        f"TO_DATE('2026-03-02T23:05:09+00:00', {WITH_ZONE})",
        f"TO_TIMESTAMP_TZ('2026-03-02 x', {WITH_ZONE})",
        "TO_TIMESTAMP_TZ('9999-12-31 23 -14', 'YYYY-MM-DD HH24 TZH')",
        "TO_CHAR(lastmodifieddate, 'TZH')",
    ],
)
def test_a_zone_where_none_can_be_is_refused(shared, expression):
    assert shared.suiteql(f"SELECT {expression} AS v FROM vendor").status == 400
