"""The command line as people and programs meet it: the real program on a real sandbox."""

import io
import json
import os
import pty
import select
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from tests.true_clock import TrueClock

CHANGE = {
    "action_type": "update_vendor_cost",
    "target_record": "vendor",
    "target_id": "42",
    "change": {"cost": 12.5},
    "author": "pricing-bot",
}


@dataclass(frozen=True)
class Result:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON document on stdout; anything else there is an error."""
        assert self.out.endswith("\n")
        assert self.out.isascii()
        return json.loads(self.out)


@dataclass
class Program:
    """Runs nsconsole in a process of its own, or in this one, with an environment."""

    environ: dict[str, str]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture
    said: list[str] = field(default_factory=list)

    def __call__(self, *words, stdin=""):
        """Run a command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "nsconsole", *words],
            input=_bytes(stdin),
            capture_output=True,
            env=self.environ,
            timeout=60,
            check=False,
        )
        return self._remember(Result(done.returncode, done.stdout.decode(), done.stderr.decode()))

    def here(self, *words, stdin=""):
        """Run a command in this process, which is quicker."""
        from nsconsole.__main__ import main

        self.capsys.readouterr()
        with self.monkeypatch.context() as patch:
            patch.setattr(os, "environ", dict(self.environ))
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(_bytes(stdin))))
            try:
                code = main(words)
            except SystemExit as end:
                code = end.code
        return self._remember(Result(code, *self.capsys.readouterr()))

    def start(self, *words, **how):
        """Start a command and give its process."""
        command = [sys.executable, "-m", "nsconsole", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | how
        return subprocess.Popen(command, env=self.environ, **pipes)

    def _remember(self, result):
        self.said += [result.out, result.err]
        return result


def _bytes(stdin):
    if isinstance(stdin, bytes):
        return stdin
    return (stdin if isinstance(stdin, str) else json.dumps(stdin)).encode()


@pytest.fixture
def clock():
    return TrueClock()


@pytest.fixture
def bare(home, monkeypatch, capsys):
    """The program on a workspace that is not there yet, without NetSuite."""
    kept = ("PATH", "PYTHON_KEYRING_BACKEND", "PYTHONPATH", "LANG", "TZ")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    environ |= {"NSCONSOLE_HOME": str(home), "LOGNAME": "ada", "HOME": str(home.parent)}
    return Program(environ, monkeypatch, capsys)


@pytest.fixture
def fresh(bare, sandbox):
    """The program on a workspace that is not there yet, with NetSuite."""
    bare.environ |= sandbox.environ
    return bare


@pytest.fixture(scope="session")
def initialised(tmp_path_factory):
    """A workspace's folder and its admin's edit token, made once, since copying is quicker."""
    from nsconsole.services import operators
    from nsconsole.services.setup import Plan, make_workspace
    from nsconsole.settings import load_settings

    home = tmp_path_factory.mktemp("cli") / "home"
    with pytest.MonkeyPatch.context() as patch:  # the hash of the token is checked with its cost
        patch.setattr(operators, "_COST", {"n": 2, "r": 1, "p": 1})
        made = make_workspace(load_settings({}, home=home), Plan("ada", "ada"), environ={})
    # What is approved is sent at once, unless a test says otherwise: nobody here waits to see.
    config = home / "config.toml"
    undo = "# undo_seconds = { low = 5, medium = 5, high = 10 }"
    assert undo in config.read_text()
    config.write_text(
        config.read_text().replace(undo, "undo_seconds = { low = 0, medium = 0, high = 0 }")
    )
    return home, made.edit_token


@pytest.fixture
def program(fresh, home, initialised):
    """The program on a workspace whose admin ada gives the commands."""
    made, token = initialised
    shutil.copytree(made, home)
    fresh.environ["NSCONSOLE_EDIT_TOKEN"] = token
    return fresh


@pytest.fixture
def staged(program):
    """The program, with one proposal that a bot staged."""
    assert program.here("propose", stdin=CHANGE).code == 0
    return program


@pytest.fixture
def type_into():
    """Run a command on a terminal and answer its prompts; give its exit code and what it shows."""
    return _type_into


def _type_into(program, words, answers):
    master, slave = pty.openpty()
    # A session of its own, so that no prompt reaches the terminal that runs the tests.
    process = program.start(*words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown, waiting = "", dict(answers)
    try:
        while chunk := _read(master):
            shown += chunk
            for prompt in [prompt for prompt in waiting if shown.endswith(prompt)]:
                os.write(master, f"{waiting.pop(prompt)}\n".encode())
        assert not waiting, f"never asked: {list(waiting)}; shown: {shown}"
        return process.wait(timeout=30), shown
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _read(terminal):
    ready, _, _ = select.select([terminal], [], [], 30)
    assert ready, "nothing was said for 30 seconds"
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # its other side is closed
        return ""


@pytest.fixture
def unused_tcp_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
