"""The console as a person meets it, with time and threads that a test holds in its hand."""

import asyncio
import io
import os
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from rich.console import Console as Terminal
from textual import events
from textual.widgets._toast import Toast  # the only name that it has

from nsconsole.console.inbox.proposal_list import ProposalList

os.environ["TZ"] = "UTC"  # what the screens show is in the reader's own time zone
time.tzset()

PATIENCE = 15  # seconds after which a condition is taken never to hold
VENDOR = {
    "action_type": "update_vendor_cost",
    "target_record": "vendor",
    "target_id": "42",
    "change": {"cost": 12.5},
    "author": "pricing-bot",
    "reason": "Price list of 20 November.",
}
PRICE = {
    "action_type": "update_item_price",
    "target_id": "104",
    "change": {"price": 18.9},
    "author": "pricing-bot",
    "reason": "Follows the cost of October.",
}
CONTACT = {
    "action_type": "update_contact",
    "target_id": "323",
    "change": {"title": "Purchasing Manager"},
    "author": "crm-sync",
    "reason": "From her e-mail signature.",
}
LIMIT = {
    "action_type": "update_customer_credit_limit",
    "target_id": "83",
    "change": {"credit_limit": 140000},
    "author": "credit-watch",
    "reason": "24 invoices paid on time; average order grew by a third.",
}
BILL = {
    "action_type": "create_vendor_bill",
    "change": {
        "entity": "16",
        "trandate": "2026-11-18",
        "tranid": "AA-20981",
        "item": [{"item": "104", "quantity": 200, "rate": 11.0}],
    },
    "author": "ap-inbox",
    "reason": "Matches purchase order and receipt.",
}


class ByHand:
    """A background that sends what is queued when a test says so, and counts who asked."""

    def __init__(self, workspace):
        self._workspace = workspace
        self.asked = 0

    def start(self):
        pass

    def drain_soon(self):
        self.asked += 1

    def stop(self):
        pass

    def drain(self):
        from nsconsole.services.pushes import drain

        return drain(self._workspace, attended=False)


@dataclass
class Lanes:
    """Which of the console's lanes have work; each is known by its newest job."""

    newest: dict[object, object] = field(default_factory=dict)

    def begun(self, lane, job):
        self.newest[lane] = job

    def done(self, lane, job):
        if self.newest.get(lane) is job:
            del self.newest[lane]


@pytest.fixture(autouse=True)
def lanes(monkeypatch):
    """Watch all lanes."""
    from nsconsole.console.inbox import reading
    from nsconsole.console.lanes import Lane

    busy = Lanes()

    class WatchedLane(Lane):
        def submit(self, job):
            def watched():
                try:
                    job()
                finally:
                    busy.done(self, watched)

            busy.begun(self, watched)
            super().submit(watched)

    monkeypatch.setattr(reading, "Lane", WatchedLane)
    return busy


@pytest.fixture(autouse=True)
def steady_cursor(monkeypatch):
    """Let no text cursor blink."""
    from textual.widgets import Input

    monkeypatch.setattr(Input.cursor_blink, "_default", False)


@dataclass(frozen=True)
class Person:
    """Somebody at a console: presses keys, waits, and sees what stands on the screen."""

    app: object
    pilot: object
    lanes: Lanes

    async def press(self, *keys):
        """Press keys one after the other, and wait until the screen has come to rest."""
        for key in keys:
            await self.pilot.press(key)
        await self.settle()

    async def hold(self, key, *, times):
        """Hold a key down: all of its repeats arrive before any of them is obeyed."""
        character = key if len(key) == 1 else None
        for _ in range(times):
            self.app.post_message(events.Key(key, character))
        await self.settle()

    async def write(self, text):
        """Press the keys of a text."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def until(self, condition):
        """Wait for what threads bring about; the screen goes on meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain:\n{self.sees}"
            await asyncio.sleep(0.005)
            await self.pilot.pause()

    async def until_seen(self, text):
        """Wait until a text stands on the screen."""
        await self.until(lambda: text in self.sees)
        await self.settle()

    async def until_told(self, text):
        """Wait until a passing message says something."""
        await self.until(lambda: text in self.told)
        await self.settle()

    async def settle(self):
        """Wait until every lane is idle and the screen has taken in what they said."""
        await self.pilot.pause()
        await self.until(lambda: not self.lanes.newest)
        await self.pilot.pause()

    async def drain(self):
        """Let the background send what is queued."""
        return await asyncio.to_thread(self.app.background.drain)

    @property
    def sees(self):
        """What stands on the screen, dialogs and messages included."""
        return screen_text(self.app)

    @property
    def told(self):
        """The passing messages, without the lines' ends that the width makes."""
        return "\n".join(toast.render().plain for toast in self.app.screen.query(Toast))

    @property
    def rows(self):
        """The lines of the list, a dialog before it or not."""
        listed = self.listed
        lines = (listed.render_line(y).text.rstrip() for y in range(listed.size.height))
        return [line for line in lines if line]

    @property
    def row(self):
        """The line that the cursor is on."""
        (line,) = (line for line in self.rows if line.startswith("▌"))
        return line

    @property
    def listed(self):
        return self.app.screen_stack[0].query_one(ProposalList)

    @property
    def asked(self):
        """Whether a question stands before the screen."""
        return len(self.app.screen_stack) > 1


@pytest.fixture
def sitting(lanes):
    """Sit down at a console, once it shows what it has to show."""

    @asynccontextmanager
    async def sit(app, size=(80, 24)):
        async with app.run_test(size=size, notifications=True) as pilot:
            person = Person(app, pilot, lanes)
            await person.until(lambda: "Opening" not in person.sees)
            await person.settle()
            yield person

    return sit


@pytest.fixture
def vendor():
    """A change to a vendor's cost, of medium risk."""
    return VENDOR


@pytest.fixture
def stage(workspace):
    """Stage proposals; give their ids."""
    from nsconsole.services.proposals import propose

    def stage_some(*entries):
        return [staged.id for staged in propose(workspace, entries, author="bot")]

    return stage_some


@pytest.fixture
def staged(stage, clock):
    """Five proposals of all risks, half an hour apart, the newest a vendor's cost; give the ids."""
    ids = []
    for entry in (BILL, LIMIT, CONTACT, PRICE, VENDOR):
        ids += stage(entry)
        clock.advance(1800)
    return ids


@pytest.fixture
def decide(workspace):
    """Decide as somebody else does, at another screen."""
    from nsconsole.services import approvals

    def decide_one(authority, verdict, *ids, reason=""):
        return approvals.decide(
            workspace,
            authority,
            approvals.Verdict(verdict),
            [approvals.Choice(id_) for id_ in ids],
            reason=reason,
        )

    return decide_one


@pytest.fixture
def console(clock):
    """Make a console on a workspace; who sits there has given the edit token, if not told so."""
    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session

    made = []

    def make(workspace, operator=None, *, authority=None, edit_token=None, theme="dark"):
        app = NsConsole(
            lambda _tell: Session(
                workspace=workspace,
                identify=lambda: operator or (authority and authority.operator),
                background=lambda: app.background,
                edit_token=edit_token,
                authority=authority,
            ),
            account=workspace.settings.account,
            theme=theme,
            now=clock,
        )
        app.background = ByHand(workspace)
        made.append(app)
        return app

    yield make
    for app in made:
        app.stop_background()


@pytest.fixture
def app(console, workspace, reviewer):
    """The console of rita, a reviewer who gave her token."""
    return console(workspace, authority=reviewer)


@pytest.fixture
def refused_threads(monkeypatch):
    """What threads failed with, unseen."""
    failed = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    return failed


def screen_text(app):
    """What stands on the screen, dialogs and messages included."""
    terminal = Terminal(
        width=app.size.width,
        height=app.size.height,
        file=io.StringIO(),
        color_system=None,
        force_terminal=False,
        legacy_windows=False,
    )
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    with terminal.capture() as captured:
        terminal.print(update)
    return captured.get()

