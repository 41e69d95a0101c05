"""What the sandbox's flags beyond the first ones do: the request log, the limit, the switches."""

import http.client
import json
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

SUITEQL = "/services/rest/query/v1/suiteql"


@pytest.fixture
def start(bare):
    """Start a small sandbox that prints JSON; give its process and what it said."""
    started = []

    def start_one(*words):
        process = bare.start("sandbox", "--json", "--rows", "10", *words, stdin=subprocess.PIPE)
        started.append(process)
        return process, json.loads(process.stdout.readline())

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def call(url, path, body=None, method=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_the_log_has_a_line_for_each_request_and_no_secret(start):
    process, facts = start("--verbose")
    url = facts["url"]
    call(url, "/sandbox/behaviour")
    secret = {"Authorization": 'OAuth oauth_signature="s3cret", oauth_token="t0ken"'}
    call(url, f"{SUITEQL}?limit=5&note=pr1vate", {"q": "SELECT pr1vate"}, **secret)
    call(url, "/services/rest/auth/oauth2/v1/token", {"client_assertion": "s3cret"})
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    door, query, token = err.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d GET    /sandbox/behaviour 200 \d+ ms", door)
    assert re.fullmatch(
        rf"\d\d:\d\d:\d\d POST   {SUITEQL} 401 \d+ ms  login refused: parameter_absent", query
    )
    assert re.fullmatch(r"[\d:]+ POST   /services/rest/auth/oauth2/v1/token 400 \d+ ms", token)
    assert not re.search("s3cret|t0ken|pr1vate", err)


def test_the_log_names_the_fault_that_struck(start):
    process, facts = start("--verbose")
    order = {"on": "token", "fault": "error_503"}
    call(facts["url"], "/sandbox/faults", order)
    assert call(facts["url"], "/services/rest/auth/oauth2/v1/token", {})[0] == 503
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[1].splitlines()[-1].endswith("ms  fault: error_503")


def test_without_verbose_it_says_nothing(start):
    process, facts = start()
    call(facts["url"], SUITEQL, {})
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30) == ("", "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_ends_it_in_the_middle_of_requests_that_hang(start, number, code):
    process, facts = start()
    call(facts["url"], "/sandbox/faults", {"on": "token", "fault": "timeout"})
    ended = []

    def wait():
        try:
            ended.append(call(facts["url"], "/services/rest/auth/oauth2/v1/token", {}))
        except (http.client.HTTPException, OSError) as nothing:
            ended.append(type(nothing))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not call(facts["url"], "/sandbox/faults")[1][0]["struck"]:
        time.sleep(0.02)
    process.send_signal(number)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == code
    waiting.join(10)
    assert ended[0] in {http.client.RemoteDisconnected, ConnectionResetError}


def test_switches_and_limit_can_be_set_from_the_start(start):
    _, facts = start("--set", "connect=true", "--set", "retry_after=4", "--concurrency", "7")
    behaviour = call(facts["url"], "/sandbox/behaviour")[1]
    assert (behaviour["connect"], behaviour["retry_after"]) == (True, 4)
    assert call(facts["url"], "/sandbox/stats")[1]["concurrency"]["limit"] == 7


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "gravity=1"], "lock_after"),
        (["--set", "connect"], "name=value"),
        (["--set", "connect=maybe"], "true or false"),
        (["--concurrency", "0"], "at least 1"),
    ],
)
def test_a_switch_that_there_is_not_is_wrong_usage(bare, words, said):
    result = bare.here("sandbox", *words)
    assert result.code == 2
    assert said in result.err


def test_what_it_prints_shows_both_ways_to_log_in(bare):
    process = bare.start("sandbox", "--rows", "10", stdin=subprocess.PIPE)
    lines = [process.stdout.readline() for _ in range(13)]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    text = "".join(lines)
    for name in ("CLIENT_ID", "CERTIFICATE_ID", "PRIVATE_KEY_FILE"):
        assert f"# export NSCONSOLE_{name}=" in text
    assert lines[-1] == "# Ctrl-C ends it.\n"
