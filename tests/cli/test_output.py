import io
import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest

from nsconsole.cli import output
from nsconsole.cli.progress import Progress

WIDE = "漢字"  # two columns each


@pytest.fixture
def columns(monkeypatch):
    return lambda number: monkeypatch.setenv("COLUMNS", str(number))


def test_columns_are_aligned(capsys, columns):
    columns(80)
    output.table(("ID", "NAME"), [("1", "Acme"), ("22", "Birch")])
    assert capsys.readouterr().out == "ID  NAME\n1   Acme\n22  Birch\n"


def test_wide_and_combining_characters_keep_the_columns_straight(capsys, columns):
    columns(80)
    output.table(("A", "B"), [(WIDE, "x"), ("e\u0301", "y"), ("abcd", "z")])
    assert capsys.readouterr().out.splitlines() == ["A     B", f"{WIDE}  x", "é     y", "abcd  z"]


@pytest.mark.parametrize("number", [20, 40, 79, 200])
def test_no_line_is_wider_than_the_terminal(capsys, columns, number):
    columns(number)
    output.table(("ID", "TEXT", "MORE"), [("1", "x" * 300, "y" * 30), ("2", WIDE * 40, "")])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) == number
    assert "…" in lines[1]


def test_a_pipe_gets_everything(program):
    name = "x" * 300
    change = {
        "action_type": "update_vendor_contact",
        "target_id": "42",
        "change": {"email": name[:60], "phone": "1" * 32, "comments": "c" * 60},
    }
    assert program("propose", stdin=[change]).code == 0
    listed = program("inbox").out
    assert "c" * 60 in listed
    assert "…" not in listed


def test_data_is_cleaned_in_tables_lines_and_errors(capsys):
    hostile = "a\x1b[31m\x07\x9b\u202eb"
    output.table(("X",), [(hostile,)])
    output.line(hostile)
    output.fail(hostile, code=1, as_json=True)
    out, err = capsys.readouterr()
    assert not set("\x1b\x07\x9b\u202e") & set(out + err)
    assert out.count("a␛[31m␇⟨U+009B⟩⟨U+202E⟩b") == 2
    assert json.loads(out.splitlines()[-1])["error"]["message"] == hostile


def test_times_are_utc_with_a_z():
    berlin = datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert output.moment(berlin) == "2026-06-30T22:30:00Z"
    assert output.minute(berlin) == "2026-06-30 22:30"


def test_a_document_is_one_ascii_line(capsys):
    output.document({"at": datetime(2026, 7, 1, tzinfo=UTC), "text": "ü\n\x1b\ud800"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert json.loads(out) == {"at": "2026-07-01T00:00:00Z", "text": "ü\n\x1b\ud800"}


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_silent_for_a_second_and_leaves_nothing_behind():
    seconds, terminal = [0.0], _Terminal()
    with Progress("asking", clock=lambda: seconds[0], stream=terminal) as progress:
        progress(1, 3)
        assert terminal.getvalue() == ""
        seconds[0] = 1.5
        progress(2, 3)
        assert terminal.getvalue().endswith("asking: 2 of 3")
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_progress_is_for_terminals_alone():
    seconds, pipe = [0.0], io.StringIO()
    with Progress("asking", clock=lambda: seconds[0], stream=pipe) as progress:
        seconds[0] = 5.0
        progress(2, 3)
    assert pipe.getvalue() == ""


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["inbox"], {"proposals"}),
        (["queue"], {"pushes"}),
        (["dlq"], {"groups", "items"}),
        (["dlq", "show", "7"], {"error"}),
        (["dlq", "replay", "--all"], {"replayed"}),
        (["log"], {"entries"}),
        (["sync", "bin"], {"error"}),
        (["map", "show", "vendor"], {"tables"}),
        (["doctor"], {"checks"}),
        (["drain"], {"applied", "retried", "dead", "waiting", "stopped"}),
        (["decide", "approve", "7"], {"decisions"}),
        (["operator", "list"], {"operators"}),
        (["operator", "add", "bob", "--role", "viewer"], {"operator", "role", "edit_token"}),
        (["operator", "rotate", "ada"], {"operator", "role", "edit_token"}),
        (["completion", "bash"], {"shell", "script"}),
        (["propose", "/nowhere"], {"error"}),
        (["init"], {"error"}),
        (["operator", "disable", "ada"], {"error"}),
        (["nonsense"], {"error"}),
        (["inbox", "--limit", "x"], {"error"}),
    ],
)
def test_with_json_there_is_exactly_one_document(program, words, keys):
    result = program.here(*words, "--json")
    assert set(result.json) == keys
    if keys == {"error"}:
        assert result.json["error"]["code"] == result.code
        assert result.json["error"]["message"] in result.err
    else:
        assert result.err == ""


def test_bad_settings_end_with_2(program, home):
    (home / "config.toml").write_text("[approvals\n")
    result = program.here("inbox", "--json")
    assert result.code == 2
    assert "config.toml" in result.json["error"]["message"]


def test_a_database_that_cannot_be_used_ends_with_1(program, home):
    (home / "nsconsole.db").write_bytes(b"no database " * 500)
    result = program.here("inbox", "--json")
    assert result.code == 1
    assert "not an nsconsole database" in result.json["error"]["message"]


def _break_a_push(program, home):
    """Leave something in the database that no version of the program writes."""
    assert program.here("decide", "approve", "1").code == 0
    with closing(sqlite3.connect(home / "nsconsole.db")) as database:
        database.execute("UPDATE ns_pending_pushes SET error_json = 'not json'")
        database.commit()


def test_what_nobody_foresaw_is_a_sentence_and_a_log(staged, home):
    _break_a_push(staged, home)
    result = staged("queue", "--json")
    assert result.code == 1
    assert result.json["error"]["code"] == 1
    assert "Traceback" not in result.err
    assert "JSONDecodeError" in result.err
    assert len(result.err.splitlines()) == 1
    log = home / "logs" / "nsconsole.log"
    assert str(log) in result.err
    assert "Traceback" in log.read_text()
    assert "list_pushes" in log.read_text()


def test_without_a_place_for_the_log_it_is_still_a_sentence(staged, home):
    _break_a_push(staged, home)
    (home / "logs").touch()
    result = staged.here("queue")
    assert result.code == 1
    assert "no log could be written" in result.err


def _run_into(program, stdout, *words):
    done = subprocess.run(
        [sys.executable, "-m", "nsconsole", *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=program.environ,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_reader_who_left_is_met_with_silence(staged):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert _run_into(staged, writer, "inbox") == (1, "")
    finally:
        os.close(writer)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux alone has /dev/full")  # noqa: PTH110
def test_a_full_disk_behind_stdout_is_a_sentence(staged):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        code, err = _run_into(staged, full, "inbox", "--json")
    assert code == 1
    assert err.splitlines() == ["nsconsole: No space left on device"]


def test_a_terminal_without_unicode_gets_escapes(staged):
    staged.environ["PYTHONIOENCODING"] = "ascii"
    result = staged("inbox")
    assert result.code == 0
    assert "\\u2192" in result.out


def test_ctrl_c_ends_with_130_and_no_traceback(program):
    master, slave = os.openpty()
    process = program.start("propose", stdin=slave)
    try:
        ready, _, _ = select.select([process.stderr], [], [], 30)
        assert ready
        assert "Ctrl-D" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "nsconsole: interrupted"
