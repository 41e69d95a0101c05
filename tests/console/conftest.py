"""The console as a person meets it, with time and threads that a test holds in its hand."""

import asyncio
import io
import os
import time
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from rich.console import Console as Terminal
from textual import events
from textual.widgets._toast import Toast  # the only name that it has

os.environ["TZ"] = "UTC"  # what the screens show is in the reader's own time zone
time.tzset()

_CHARACTERS = {"space": " ", "slash": "/", "asterisk": "*", "question_mark": "?"}
_LISTS = "ProposalList, TableList, PushList, LetterList, GapList"
_STEPS = 4
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
        "item": [
            {"item": "104", "quantity": 200, "rate": 11.0},
            {"item": "105", "quantity": 60, "rate": 3.1},
        ],
    },
    "author": "ap-inbox",
    "reason": "Matches purchase order and receipt.",
}


# What the screens show of NetSuite, whatever the sandbox is seeded with.
RECORDS = {
    "vendor": (
        {"id": 42, "companyname": "Acme Industrial Supply", "cost": 10},
        {"id": 16, "companyname": "Atlas Abrasives"},
    ),
    "item": (
        {"id": 104, "itemid": "ABR-1000", "baseprice": 17.65},
        {"id": 105, "itemid": "SAF-1000"},
    ),
    "contact": ({"id": 323, "entityid": "Claire Mbeki", "title": "Account Manager"},),
    "customer": ({"id": 83, "companyname": "Zhang & Sons Stamping", "creditlimit": 100000},),
}


class ByHand:
    """A background that sends what is queued when a test says so, and counts who asked."""

    def __init__(self, workspace):
        self._workspace = workspace
        self.asked = 0
        self.synced = []

    def start(self):
        pass

    def drain_soon(self):
        self.asked += 1

    def sync_soon(self, tables, *, full):
        self.synced.append((list(tables), full))

    def stop(self):
        pass

    def drain(self):
        from nsconsole.services.pushes.draining import drain

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
    from nsconsole.console.lanes import Lane

    busy, submit = Lanes(), Lane.submit

    def watched_submit(lane, job):
        def watched():
            try:
                job()
            finally:
                busy.done(lane, watched)

        busy.begun(lane, watched)
        submit(lane, watched)

    monkeypatch.setattr(Lane, "submit", watched_submit)
    return busy


@pytest.fixture(autouse=True, scope="session")
def styles_read_once():
    """Let no two consoles read the same style sheets: that takes longer than most tests."""
    from textual.css.stylesheet import Stylesheet

    read, known = Stylesheet._parse_rules, {}

    def remembered(self, *args, **named):
        key = (tuple(sorted(self._variables.items())), args, tuple(sorted(named.items())))
        if key not in known:
            known[key] = read(self, *args, **named)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", remembered)
        yield


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
            await self.type(key)
            await self.settle()

    async def type(self, key):
        """Press a key while lanes may still be at work."""
        self.app.post_message(_key(key))
        await self._taken_in()

    async def hold(self, key, *, times):
        """Hold a key down: all of its repeats arrive before any of them is obeyed."""
        for _ in range(times):
            self.app.post_message(_key(key))
        await self.settle()

    async def write(self, text):
        """Press the keys of a text."""
        for letter in text:
            self.app.post_message(events.Key(letter, letter))
        await self.settle()

    async def until(self, condition):
        """Wait for what threads bring about; the screen goes on meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain:\n{self.sees}"
            await asyncio.sleep(0.005)

    async def until_seen(self, text):
        """Wait until a text stands on the screen."""
        await self.until(lambda: text in self.sees)
        await self.settle()

    async def until_told(self, text):
        """Wait until a passing message says something."""
        await self.until(lambda: text in self.told)
        await self.settle()

    async def settle(self):
        """Wait until nothing is at work but a question that waits for its answer."""
        await self._taken_in()
        while self._at_work():
            await self.until(lambda: not self._at_work())
            await self._taken_in()

    def _at_work(self):
        answered = not self.asked and any(not work.is_finished for work in self.app.workers)
        return self.lanes.newest or answered or self.app.screen._layout_required

    async def _taken_in(self):
        # A key goes from the app to the screen to a widget, and what that posts goes on: each
        # round is one step. (The pilot's own pause without a delay waits for a process at rest.)
        for _ in range(_STEPS):
            await self.pilot.pause(0)

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
        shown = range(getattr(listed, "HEAD", 0), listed.size.height)
        lines = (listed.render_line(y).text.rstrip() for y in shown)
        return [line for line in lines if line]

    @property
    def row(self):
        """The line that the cursor is on."""
        (line,) = (line for line in self.rows if line.startswith("▌"))
        return line

    @property
    def listed(self):
        return self.app.screen_stack[0].query_one(_LISTS)

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
def bill():
    """A new record, of high risk."""
    return BILL


@pytest.fixture
def stage_raw(workspace):
    """Store a proposal past every check, with any text in any field; give its id."""
    from nsconsole.services.proposals import proposal_digest
    from nsconsole.store import proposals

    def run(**fields):
        row = {
            "action_type": "update_vendor_cost",
            "target_record": "vendor",
            "target_id": "42",
            "target_name": "Acme",
            "risk_tier": "low",
            "risk_rank": 1,
            "author": "bot",
            "summary": "Vendor 42 Acme: cost 10.00 → 12.50",
            "search_text": "vendor 42 acme",
            "reason": "",
            "external_id": str(uuid.uuid4()),
            "proposed_change_json": '{"cost":12.5}',
            "seen_json": '{"names":{},"values":{"cost":10.0}}',
            "created_at": workspace.now(),
        } | fields
        with workspace.database.writing() as connection:
            (id_,) = proposals.stage(connection, [row | {"digest": proposal_digest(row)}])
        return id_

    return run


@pytest.fixture
def stage(workspace, sandbox):
    """Stage proposals on records that are known; give their ids."""
    from nsconsole.services.proposals import propose

    for table, record in RECORDS.items():
        sandbox.edit(table, *record)

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
def approved(stage, decide, admin, vendor):
    """Stage a change and approve it."""

    def run():
        (id_,) = stage(vendor)
        decide(admin, "approved", id_)

    return run


@pytest.fixture
def console(clock):
    """Make a console on a workspace; who sits there has given the edit token, if not told so."""
    from nsconsole.console.app import NsConsole
    from nsconsole.console.session import Session

    made = []

    def make(
        workspace, operator=None, *, authority=None, edit_token=None, theme="dark", identify=None
    ):
        app = NsConsole(
            lambda _tell: Session(
                workspace=workspace,
                identify=identify or (lambda: operator or (authority and authority.operator)),
                background=lambda _tell: app.background,
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


def _key(name):
    return events.Key(name, name if len(name) == 1 else _CHARACTERS.get(name))


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
