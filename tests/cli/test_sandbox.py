import json
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

KEYS = {
    "url",
    "account",
    "consumer_key",
    "consumer_secret",
    "token_id",
    "token_secret",
    "client_id",
    "certificate_id",
    "private_key_file",
}


@pytest.fixture
def start(bare):
    """Start a small sandbox; give its process and the first line that it prints."""
    started = []

    def start_one(*words, **how):
        process = bare.start("sandbox", "--rows", "10", *words, **how)
        started.append(process)
        return process, process.stdout.readline()

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def _answers(url):
    with urllib.request.urlopen(f"{url}/sandbox/ledger", timeout=10) as answer:
        return json.load(answer) == []


def test_with_json_it_prints_one_line_once_it_answers(start):
    process, line = start("--json")
    facts = json.loads(line)
    assert set(facts) == KEYS
    assert _answers(facts["url"])
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 130


def test_sigterm_ends_it_without_complaint(start):
    process, _ = start("--json")
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0


def test_it_ends_with_whoever_started_it(start):
    process, line = start("--json", "--exit-with-stdin", stdin=subprocess.PIPE)
    assert _answers(json.loads(line)["url"])
    process.stdin.write("anything\n")
    process.stdin.flush()
    assert _answers(json.loads(line)["url"])
    out, err = process.communicate(timeout=30)  # closes stdin
    assert (process.returncode, out, err) == (0, "", "")


def test_what_it_prints_points_a_shell_at_it(start, bare):
    process, first = start()
    assert first.startswith("# ")
    lines = [process.stdout.readline() for _ in range(6)]
    variables = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
    assert all(line.startswith("export NSCONSOLE_") for line in lines)
    bare.environ |= variables
    assert bare.here("init").code == 0


def test_the_same_seed_has_the_same_credentials(start):
    def facts(*words):
        found = json.loads(start("--json", *words)[1])
        found["private_key_file"] = Path(found["private_key_file"]).read_text()
        return {key: value for key, value in found.items() if key != "url"}

    seven = facts("--seed", "7")
    assert facts("--seed", "7") == seven
    assert facts("--seed", "8") != seven


def test_its_state_outlives_it(start, bare, tmp_path):
    words = ("--json", "--exit-with-stdin", "--state", str(tmp_path / "state.db"))
    process, line = start(*words, stdin=subprocess.PIPE)
    facts = json.loads(line)
    bare.environ |= {
        f"NSCONSOLE_{key.upper()}": facts[key]
        for key in ("account", "consumer_key", "consumer_secret", "token_id", "token_secret")
    }
    bare.environ["NSCONSOLE_NETSUITE_URL"] = facts["url"]
    bare.environ["NSCONSOLE_EDIT_TOKEN"] = bare.here("init", "--json").json["edit_token"]
    change = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12.5}}
    bare.here("propose", stdin=change | {"author": "bot"})
    bare.here("decide", "approve", "1")
    assert bare.here("drain").code == 0
    process.communicate(timeout=30)
    _, line = start(*words, stdin=subprocess.PIPE)
    assert not _answers(json.loads(line)["url"])


def test_a_port_that_is_taken_is_a_sentence(bare):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = bare.here("sandbox", "--port", str(port), "--json")
    assert result.code == 1
    assert f"127.0.0.1:{port}" in result.json["error"]["message"]
