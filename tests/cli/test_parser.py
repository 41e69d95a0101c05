import re
import statistics
import subprocess
import sys
import time

import pytest

from nsconsole import __version__
from nsconsole.cli import parser

COMMANDS = {
    "propose": ["FILE"],
    "inbox": ["--status", "--limit"],
    "decide": ["approve", "reject", "ID", "--reason", "NSCONSOLE_EDIT_TOKEN"],
    "drain": ["--limit"],
    "queue": ["--status", "--limit"],
    "breaker": ["status", "hold", "reset"],
    "breaker hold": ["--reason", "admin"],
    "status": [],
    "sync": ["TABLE", "--tier", "--full"],
    "log": ["--follow", "--table", "--level", "--limit"],
    "map": ["show", "edit", "check"],
    "map show": ["TABLE"],
    "map edit": ["--file", "VISUAL", "EDITOR", "NSCONSOLE_EDIT_TOKEN"],
    "map check": [],
    "worker": ["SIGTERM", "130"],
    "doctor": [],
    "init": ["--operator", "--account", "--netsuite-url", "NSCONSOLE_TOKEN_SECRET"],
    "operator": ["add", "list", "disable", "rotate"],
    "operator add": ["NAME", "--role"],
    "operator list": [],
    "operator disable": ["NAME"],
    "operator rotate": ["NAME"],
    "sandbox": [
        "--port",
        "--rows",
        "--seed",
        "--latency-ms",
        "--concurrency",
        "--set",
        "--verbose",
        "--state",
        "--exit-with-stdin",
    ],
    "demo": ["--fresh"],
    "completion": ["bash", "zsh", "tcsh"],
}


def _exit_of(words, capsys):
    with pytest.raises(SystemExit) as end:
        parser.parse(words)
    return end.value.code, *capsys.readouterr()


def test_no_command_means_the_screens():
    args = parser.parse([])
    assert (args.command, args.home, args.json) == (None, None, False)


@pytest.mark.parametrize(
    "words", [["--home", "w", "--json", "inbox"], ["inbox", "--home", "w", "--json"]]
)
def test_the_global_flags_may_stand_before_and_after_the_command(words):
    args = parser.parse(words)
    assert (args.command, str(args.home), args.json) == ("inbox", "w", True)


def test_the_global_flags_may_stand_after_a_command_of_two_words():
    args = parser.parse(["--home", "w", "operator", "list", "--json"])
    assert (args.command, args.action, str(args.home), args.json) == ("operator", "list", "w", True)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_tells_its_flags(command, capsys):
    code, out, err = _exit_of([*command.split(), "--help"], capsys)
    assert (code, err) == (0, "")
    for flag in [*COMMANDS[command], "--home", "--json"]:
        assert flag in out, flag


def test_the_main_help_tells_all_commands_exit_codes_and_variables(capsys):
    code, out, _ = _exit_of(["--help"], capsys)
    assert code == 0
    for word in {command.split()[0] for command in COMMANDS}:
        assert re.search(rf"^ +{word}\b", out, re.MULTILINE), word
    for word in ("exit codes", "130", "NSCONSOLE_EDIT_TOKEN", "NSCONSOLE_HOME", "completion"):
        assert word in out, word


def test_no_flag_takes_a_secret(capsys):
    words = " ".join(_exit_of([*c.split(), "--help"], capsys)[1] for c in COMMANDS)
    flags = set(re.findall(r"--[a-z-]+", words))
    assert not {flag for flag in flags if re.search("secret|token|key|password", flag)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "nonsense"),
        (["inbox", "--status", "nope"], "nope"),
        (["inbox", "--stat", "pending"], "--stat"),
        (["inbox", "--limit", "0"], "at least 1"),
        (["inbox", "--limit", "ten"], "whole number"),
        (["inbox", "--limit", "9" * 5000], "whole number"),
        (["decide", "approve"], "ID"),
        (["decide", "maybe", "1"], "maybe"),
        (["decide", "approve", "1", "x"], "whole number"),
        (["decide", "approve", "-1"], "-1"),
        (["decide", "approve", "9223372036854775808"], "whole number"),
        (["decide", "approve", "٣"], "whole number"),
        (["operator"], "COMMAND"),
        (["map"], "COMMAND"),
        (["sync", "--tier", "10"], "10"),
        (["sync", "vendor", "--tier", "5"], "not allowed with"),
        (["log", "--level", "bad"], "bad"),
        (["log", "--limit", "0"], "at least 1"),
        (["operator", "add", "bob"], "--role"),
        (["operator", "add", "bob", "--role", "king"], "king"),
        (["sandbox", "--port", "65536"], "65535"),
        (["--home", "", "inbox"], "--home"),
        (["completion", "cmd.exe"], "cmd.exe"),
    ],
)
def test_wrong_usage_ends_with_2_and_names_the_word(words, said, capsys):
    code, out, err = _exit_of(words, capsys)
    assert code == 2
    assert said in err
    assert err.startswith("usage: nsconsole")
    assert out == ""


def test_wrong_usage_is_shown_without_control_codes(capsys):
    _, _, err = _exit_of(["inbox", "--st\x1b[2J\u202eatus"], capsys)
    assert "\x1b" not in err
    assert "\u202e" not in err
    assert "␛[2J⟨U+202E⟩" in err


@pytest.mark.parametrize("words", [["--json"], ["demo", "--json"]])
def test_the_screens_have_no_json(words, capsys):
    code, out, err = _exit_of(words, capsys)
    assert code == 2
    assert '"code": 2' in out
    assert "screens" in err


def _run(*words):
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=True, timeout=30
    )


def test_the_version_is_printed():
    assert _run("-m", "nsconsole", "--version").stdout == f"nsconsole {__version__}\n"


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(flag):
    trace = _run("-X", "importtime", "-m", "nsconsole", flag).stderr
    loaded = {line.rpartition("|")[2].strip() for line in trace.splitlines()}
    assert "argparse" in loaded
    heavy = {"textual", "rich", "sqlalchemy", "httpx", "starlette", "uvicorn", "asyncio", "shtab"}
    assert not loaded & {*heavy, "nsconsole.services", "nsconsole.settings", "nsconsole.sandbox"}


def test_the_help_takes_little_longer_than_python_itself():
    def seconds(*words):
        begun = time.perf_counter()
        _run(*words)
        return time.perf_counter() - begun

    # Side by side, so that a busy machine slows both.
    added = [seconds("-m", "nsconsole", "--help") - seconds("-c", "") for _ in range(9)]
    assert statistics.median(added) < 0.25  # about 0.04 on an idle machine
