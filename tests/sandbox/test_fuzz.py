"""Whatever is sent, the sandbox answers in NetSuite's form, and keeps its books."""

import pytest

from nsconsole.sandbox.behaviour import Behaviour

from .fuzzing import Fuzzer


@pytest.mark.parametrize("seed", [1, 2])
def test_spoiled_requests_get_netsuites_answers_and_the_ledger_has_what_was_said(start, seed):
    with start(behaviour=Behaviour(lock_after=0)) as caller:
        fuzzer = Fuzzer(caller, seed)
        fuzzer.run(600)
        assert fuzzer.complaints == []
        assert fuzzer.acknowledged
        assert fuzzer.missing_from(caller.ledger()) == []
        assert caller.door("GET", "stats").json()["unexpected_errors"] == []
        assert caller.restlet({"operation": "ping"}).json()["ok"] is True
