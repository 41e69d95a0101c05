"""Starting, stopping and starting again."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from nsconsole.sandbox.server import Options, SandboxError, run, running

SCRIPT = """
import json, sys
from pathlib import Path
from nsconsole.sandbox.server import Options, run

def ready(sandbox):
    print(json.dumps(sandbox.as_json()), flush=True)

sys.exit(run(Options(state=Path(sys.argv[1])), on_ready=ready))
"""


@pytest.fixture
def process(state):
    """A sandbox in a process of its own, on the test's state; it has said that it is ready."""
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(state)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    child.line = child.stdout.readline()
    with child:
        yield child
        child.kill()


def test_what_it_says_of_itself_is_enough_to_log_in(shared):
    said = shared.sandbox.as_json()
    assert set(said) == {
        "url", "account", "consumer_key", "consumer_secret", "token_id", "token_secret",
        "client_id", "certificate_id", "private_key_file",
    }  # fmt: skip
    assert said["url"].startswith("http://127.0.0.1:")
    assert said["account"] == "1234567_SB1"
    assert shared.sandbox.token_secret not in repr(shared.sandbox)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
def test_a_signal_stops_it_cleanly(process, number, code):
    assert '"url"' in process.line
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (code, "")


def test_a_killed_sandbox_has_forgotten_nothing(process, state, shared):
    import json

    from nsconsole.sandbox.server import Running

    said = json.loads(process.line)
    login = {name: said[name] for name in Running.__slots__}
    caller = type(shared)(Running(**login))
    done = caller.do("update", "vendor", id=42, values={"cost": 33}, request_id="before")
    process.kill()
    process.wait(timeout=10)
    with running(Options(state=state)) as sandbox:
        again = type(shared)(sandbox)
        assert [entry["request_id"] for entry in again.ledger()] == ["before"]
        assert again.read("vendor", 42, "cost")["values"] == {"cost": 33}
        repeated = again.do("update", "vendor", id=42, values={"cost": 1}, request_id="before")
        assert repeated == {**done, "idempotent": True}


def test_an_event_stops_it(state):
    stop = threading.Event()
    assert run(Options(state=state), on_ready=lambda _: stop.set(), until=stop) == 0
    handler = signal.getsignal(signal.SIGTERM)
    assert handler in (signal.SIG_DFL, signal.default_int_handler)


def test_a_port_in_use_is_a_clear_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"127.0.0.1:{port}"), running(Options(port=port)):
            pass


def test_a_state_that_cannot_be_used_is_a_clear_error(tmp_path, state):
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"not a database at all" * 100)
    for path in (noise, tmp_path / "no" / "such" / "folder.db"):
        with pytest.raises(SandboxError, match=path.name), running(Options(state=path)):
            pass
    with pytest.raises(SandboxError, match="seed 1, not 2"), running(Options(state=state, seed=2)):
        pass
    assert noise.read_bytes().startswith(b"not a database")


def test_the_port_asked_for_is_the_port_got(state):
    with running(Options(state=state)) as sandbox:
        port = urlsplit(sandbox.url).port
    with running(Options(state=state, port=port)) as sandbox:
        assert urlsplit(sandbox.url).port == port


def test_several_run_in_one_process_each_with_its_own_records(seeded_state, tmp_path, shared):
    import shutil

    caller = type(shared)
    with ExitStack() as stack:
        callers = []
        for number in range(3):
            state = shutil.copy(seeded_state, tmp_path / f"{number}.db")
            callers.append(caller(stack.enter_context(running(Options(state=state)))))
        for number, each in enumerate(callers):
            each.do("update", "vendor", id=42, values={"cost": number})
        costs = [each.read("vendor", 42, "cost")["values"]["cost"] for each in callers]
        assert costs == [0, 1, 2]


def test_it_listens_on_the_loopback_alone(shared):
    port = urlsplit(shared.sandbox.url).port
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", port))  # would fail if every address were taken


def test_latency_is_netsuites(start):
    with start(latency_ms=200) as caller:
        begun = time.monotonic()
        assert caller.restlet({"operation": "ping"}).status == 200
        assert time.monotonic() - begun >= 0.2 - 0.001  # to within a millisecond


def test_latency_is_not_the_doors(start):
    with start(latency_ms=3_600_000) as caller:
        assert caller.ledger() == []


def test_a_client_that_says_nothing_is_hung_up_on_when_it_stops(state):
    with running(Options(state=state)) as sandbox:
        silent = socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port), timeout=10)
        silent.sendall(b"POST /services/rest/query/v1/suiteql HTTP/1.1\r\nContent-Length: 9\r\n")
    with silent:
        assert silent.recv(1) == b""


def test_a_state_belongs_to_one_sandbox_at_a_time(state, tmp_path):
    with running(Options(state=state)):
        key = (tmp_path / "state.db.key.pem").stat()
        said = r"state\.db: another sandbox is using this state"
        with pytest.raises(SandboxError, match=said), running(Options(state=state)):
            pass
        assert (tmp_path / "state.db.key.pem").stat() == key
    with running(Options(state=state)):
        pass


def test_a_state_of_another_process_is_not_taken_until_that_is_dead(process, state):
    with pytest.raises(SandboxError, match="another sandbox"), running(Options(state=state)):
        pass
    process.kill()
    process.wait(timeout=10)
    with running(Options(state=state)):
        pass


def test_a_state_in_no_folder_is_refused_by_its_own_name(tmp_path):
    path = tmp_path / "nowhere" / "x.db"
    said = r"nowhere/x\.db: there is no such folder"
    with pytest.raises(SandboxError, match=said), running(Options(state=path)):
        pass
