"""`breaker`: whether pushes may go just now."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest


@pytest.fixture
def breaker(program):
    """Give what `breaker` prints as JSON."""
    return lambda *words: program.here("breaker", *words, "--json").json


def test_a_new_one_is_closed(program, breaker):
    assert breaker() == {
        "state": "closed",
        "generation": 0,
        "failures": 0,
        "since": None,
        "open_until": None,
        "cooldown_seconds": 30.0,
        "reason": "",
        "held_by": None,
    }
    assert breaker("status") == breaker()
    assert program.here("breaker").out == "closed\n"


def test_it_is_held_for_a_reason_and_reset(program, breaker):
    held = breaker("hold", "--reason", "year's end")
    assert (held["state"], held["held_by"], held["reason"]) == ("open", "ada", "year's end")
    assert held["since"].endswith("Z")
    shown = program.here("breaker").out
    assert shown.startswith("held open by ada since ")
    assert "(year's end); nothing is sent until it is reset" in shown
    again = breaker("reset")
    assert (again["state"], again["held_by"], again["generation"]) == ("closed", None, 2)


def test_status_tells_how_it_stands(program, breaker):
    held = breaker("hold")
    assert program.here("status", "--json").json["breaker"] == held
    assert "\nbreaker    held open by ada since " in program.here("status").out


def test_whoever_comes_second_to_hold_it_is_refused(program, breaker):
    breaker("hold")
    result = program.here("breaker", "hold", "--json")
    assert (result.code, result.json["error"]["code"]) == (3, 3)


@pytest.mark.parametrize("word", ["hold", "reset"])
def test_it_takes_an_edit_token(program, word):
    del program.environ["NSCONSOLE_EDIT_TOKEN"]
    assert program.here("breaker", word).code == 3


@pytest.mark.parametrize("words", [["open"], ["hold", "why"], ["reset", "--reason", "x"]])
def test_what_makes_no_sense_is_wrong_usage(program, words):
    assert program.here("breaker", *words).code == 2


def test_a_reason_controls_no_terminal(program):
    assert program.here("breaker", "hold", "--reason", "\x1b[2J").code == 0
    assert "(␛[2J)" in program.here("breaker").out


def test_one_that_opened_by_itself_says_why_and_until_when(program, breaker):
    breaker("hold")
    breaker("reset")
    _stand(program, "open", reason="NetSuite failed (HTTP 503)", failures=5)
    assert program.here("breaker").out == (
        "open since 2026-11-22T09:15:00Z (NetSuite failed (HTTP 503)); "
        "from 2026-11-22T09:15:30Z on NetSuite is tried again\n"
    )
    assert breaker()["open_until"] == "2026-11-22T09:15:30Z"
    _stand(program, "half_open")
    assert program.here("breaker").out.startswith("half open since 2026-11-22T09:15:00Z")
    assert breaker()["open_until"] is None
    _stand(program, "closed", failures=3)
    assert "; 3 calls failed in a row" in program.here("breaker").out


def _stand(program, state, *, reason="", failures=0):
    """Put the breaker into a state that it came to at 9:15."""
    moments = ("2026-11-22T09:15:00.000000Z", "2026-11-22T09:15:30.000000Z")
    file = Path(program.environ["NSCONSOLE_HOME"]) / "nsconsole.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE ns_push_breakers SET state = ?, reason = ?, failures = ?, changed_at = ?, "
            "open_until = ?",
            (state, reason, failures, *moments),
        )
