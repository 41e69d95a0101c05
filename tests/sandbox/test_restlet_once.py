"""A request id is done once: over batches, other payloads, restarts and a killed process."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.client import HTTPException

import pytest

from nsconsole.sandbox.behaviour import Behaviour

SERVE = """
import json, sys
from pathlib import Path
from nsconsole.sandbox.server import Options, running
with running(Options(state=Path(sys.argv[1]))) as sandbox:
    print(json.dumps(sandbox.as_json()), flush=True)
    sys.stdin.read()
"""


def update(request_id, cost):
    return {
        "request_id": request_id,
        "operation": "update",
        "record_type": "vendor",
        "id": "42",
        "values": {"cost": cost},
    }


def test_a_request_id_twice_in_one_call_is_done_once(own):
    first, second = own.results(update("same", 11), update("same", 12))
    assert second == {**first, "idempotent": True}
    assert own.read("vendor", 42, "cost")["values"] == {"cost": 11}


def test_a_request_id_answers_for_what_it_did_whatever_is_asked_with_it_now(own):
    made = own.made("vendor", values={"companyname": "Elm & Co."}, request_id="r")
    other = {"request_id": "r", "operation": "delete", "record_type": "customer", "id": "80"}
    assert own.results(other)[0]["ns_internal_id"] == made
    assert own.read("customer", 80)["ok"]


def test_one_record_several_times_in_a_call_is_changed_in_order(own):
    batch = [update(str(cost), cost) for cost in (11, 12, 13)]
    batch[2]["expected"] = {"cost": 12}
    assert [each["ok"] for each in own.results(*batch)] == [True, True, True]
    assert [entry["fields"]["cost"] for entry in own.ledger()] == [11, 12, 13]


def test_request_ids_are_remembered_over_a_restart(start):
    with start() as caller:
        done = caller.results(update("r", 11))[0]
    with start() as caller:
        assert caller.results(update("r", 12)) == [{**done, "idempotent": True}]
        assert len(caller.ledger()) == 1


def test_a_script_that_is_not_idempotent_says_so_and_does_everything_again(start):
    with start(behaviour=Behaviour(restlet_idempotent=False)) as caller:
        assert caller.restlet({"operation": "ping"}).json()["idempotent"] is False
        for _ in range(2):
            assert caller.results(update("r", 11))[0]["idempotent"] is False
        assert len(caller.ledger()) == 2
        answer = caller.restlet({"operation": "lookup", "request_ids": ["r"]})
        assert (answer.status, answer.json()["error"]["code"]) == (400, "UNSUPPORTED_METHOD")


def test_what_a_script_did_before_it_remembered_is_not_known(start):
    with start(behaviour=Behaviour(restlet_idempotent=False)) as caller:
        caller.results(update("r", 11))
        caller.door("PATCH", "behaviour", {"restlet_idempotent": True})
        assert caller.restlet({"operation": "lookup", "request_ids": ["r"]}).json() == {
            "results": [{"request_id": "r", "found": False}]
        }


@dataclass
class Elsewhere:
    """A sandbox of another process, as far as a caller needs to know it."""

    url: str
    account: str
    consumer_key: str
    consumer_secret: str
    token_id: str
    token_secret: str


@contextlib.contextmanager
def process(state):
    child = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(state)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        told = json.loads(child.stdout.readline())
        yield child, Elsewhere(**{name: told[name] for name in Elsewhere.__dataclass_fields__})
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_sandbox_has_done_each_request_id_once_or_not_at_all(state, shared, start, seed):
    answered, batches = set(), [[f"{b}-{i}" for i in range(8)] for b in range(60)]
    pause = random.Random(seed).uniform(0.02, 0.3)
    with process(state) as (child, sandbox):
        caller = type(shared)(sandbox)
        threading.Timer(pause, os.kill, (child.pid, signal.SIGKILL)).start()
        for batch in batches:
            try:
                results = caller.results(*(create(each) for each in batch))
            except (OSError, HTTPException, AssertionError, ValueError):
                break
            answered |= {each["request_id"] for each in results if each["ok"]}
    with start() as caller:
        before = [entry["request_id"] for entry in caller.ledger()]
        assert len(set(before)) == len(before)
        assert answered <= set(before)
        for batch in batches:
            again = caller.results(*(create(each) for each in batch))
            assert [each["idempotent"] for each in again] == [each in before for each in batch]
        (vendors,) = caller.rows("SELECT COUNT(*) AS n FROM vendor WHERE companyname LIKE 'New %'")
        assert int(vendors["n"]) == len(caller.ledger()) == 480


def create(request_id):
    return {
        "request_id": request_id,
        "operation": "create",
        "record_type": "vendor",
        "values": {"companyname": f"New {request_id}"},
    }
