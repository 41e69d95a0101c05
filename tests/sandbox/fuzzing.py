"""Fires spoiled requests at a sandbox, judges the answers, and keeps the books beside it."""

import json
import re
from collections import Counter
from datetime import datetime

from .corpus import RESTLET, TOKEN
from .shots import Maker, Shot
from .wire import Received, Wire

RESTLET_TEXT = re.compile(
    r"error code: \w+\nerror message: .*"
    r"|(?:<\?xml[^>]*>)?\s*<error><code>\w+</code><message>.*</message></error>\s*",
    re.DOTALL,
)


class Fuzzer:
    """What came of the requests so far.

    `statuses` counts by kind and status; `acknowledged` has request id and internal id of every
    change that an answer said was made; `complaints` says which answers were wrong.
    """

    def __init__(self, caller, seed: int) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.acknowledged: list[tuple[str, str]] = []
        self.complaints: list[str] = []
        self._caller = caller
        self._maker = Maker(seed)
        self._switches = caller.door("GET", "behaviour").json()

    def run(self, count: int) -> None:
        """Send `count` requests, one after the other."""
        with Wire(self._caller.sandbox.url) as wire:
            for _ in range(count):
                self.fire(wire, self._maker.shot())

    def fire(self, wire: Wire, shot: Shot) -> None:
        """Send a request and judge its answer."""
        try:
            answer = wire.request(shot.method, shot.target, self._headers(shot), shot.body)
        except TimeoutError:
            wire.close()
            answer = None
        complaint = "no answer" if answer is None else wrong_with(shot, answer)
        if complaint:
            self.complaints.append(f"{complaint}: {answer} to {shot}")
        if answer is not None:
            self._note(shot, answer)

    def missing_from(self, ledger: list[dict]) -> list[str]:
        """What is wrong with a ledger: it has every acknowledged change, in order, and no other."""
        entries = [(each["request_id"], each["internal_id"]) for each in ledger]
        if entries == self.acknowledged:
            return []
        return [f"in the answers or the ledger alone: {set(entries) ^ set(self.acknowledged)}"]

    def _headers(self, shot: Shot):
        if not shot.signed:
            return shot.headers
        try:
            login = self._caller.header(shot.method, shot.target)
        except ValueError:  # an address of which no base string can be made
            return shot.headers
        return (*shot.headers, ("Authorization", self._maker.spoiled_login(login)))

    def _note(self, shot: Shot, answer: Received) -> None:
        self.statuses[shot.kind, answer.status] += 1
        if answer.status != 200:
            return
        if shot.kind == "restlet":
            for result in json.loads(answer.body).get("results", ()):
                if result.get("ok") and not result["idempotent"]:
                    self.acknowledged.append((result["request_id"], result["ns_internal_id"]))
        if shot.kind == "door" and shot.method in {"POST", "PATCH"}:
            self._restore(shot, answer)

    def _restore(self, shot: Shot, answer: Received) -> None:
        """Take back what a door has ordered for the requests to come."""
        door = self._caller.door
        match shot.target.removeprefix("/sandbox/").strip("/"):
            case "behaviour":
                assert door("PATCH", "behaviour", self._switches).status == 200
            case "faults":
                assert door("DELETE", "faults").status == 200
            case "clock":
                ahead = datetime.fromisoformat(json.loads(answer.body)["now"]).timestamp()
                assert door("POST", "clock", {"advance_seconds": self._caller.now() - ahead})


def wrong_with(shot: Shot, answer: Received) -> str:
    """What is wrong with an answer; nothing if it is one that NetSuite could give."""
    if answer.status >= 500:
        return "a 5xx that nobody asked for"
    if shot.method == "HEAD":
        return "HEAD with a body" if answer.body else ""
    if answer.status < 400:
        return "" if answer.status >= 200 else "an odd status"
    return "" if in_form(shot, answer) else "not in NetSuite's form"


def in_form(shot: Shot, answer: Received) -> bool:
    """Whether a refusal has the form of the surface that it came from."""
    text = answer.body.decode()
    if shot.target.startswith(RESTLET) and RESTLET_TEXT.fullmatch(text):
        return True
    try:
        given = json.loads(text)
    except ValueError:
        return False
    details = given.get("o:errorDetails")
    if details is not None:
        named = all(each["detail"] and each["o:errorCode"] for each in details)
        return named and given["status"] == answer.status
    if shot.target.startswith(("/sandbox", TOKEN)):
        return isinstance(given.get("error"), str)
    return shot.target.startswith(RESTLET) and set(given["error"]) == {"code", "message"}
