"""A workspace on a sandbox, with changes that people approved."""

import contextlib
import json
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from nsconsole.sandbox.server import Options, running
from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.operators import Authority, Role, add_operator, authenticate, first_operator
from nsconsole.services.proposals import propose
from nsconsole.services.workspace import Workspace, open_workspace
from nsconsole.settings import load_settings
from tests.conftest import Sandbox, _environ

from .clock import SharedClock

LEASE = 65  # seconds after which a dead drainer's pushes are free, with the timeout below
FIRST_CUSTOMER, CUSTOMERS = 73, 250
_FIELDS = ("comments", "phone")

# A call that gets no answer is waited for so long in earnest, so this is short.
CONFIG = """
[timeouts]
total = 3
read = 3
[approvals]
undo_seconds = {{ low = 0, medium = 0, high = 0 }}
[drain]
batch = {batch}
[sync]
concurrency = {concurrency}
"""


def change(number):
    """A change that nobody else makes: an update if the number is even, else a new record."""
    word, turn = f"change {number}", number // 2
    if number % 2 or turn >= CUSTOMERS * len(_FIELDS):
        values = {"companyname": f"Company {number}", "comments": word}
        return {"action_type": "create_record", "target_record": "customer", "change": values}
    return {
        "action_type": "update_customer_contact",
        "target_id": str(FIRST_CUSTOMER + turn // len(_FIELDS)),
        "change": {_FIELDS[turn % len(_FIELDS)]: word},
    }


@dataclass(frozen=True)
class World:
    """A workspace, its NetSuite and their clock; `admin` may replay, `reviewer` approves."""

    home: Path
    clock: SharedClock
    sandbox: Sandbox
    workspace: Workspace
    admin: Authority
    admin_token: str = field(repr=False)
    reviewer: Authority

    def approve(self, *changes):
        """Stage changes and approve them; give the ids of their pushes."""
        staged = propose(self.workspace, changes, author="bot")
        choices = [Choice(proposal.id) for proposal in staged]
        decisions = decide(self.workspace, self.reviewer, Verdict.APPROVE, choices)
        return [decision.push_id for decision in decisions]

    def query(self, sql, *parameters):
        """Run SQL on the workspace's database; give the rows."""
        with self.workspace.database.reading() as connection:
            return [row._asdict() for row in connection.exec_driver_sql(sql, parameters)]

    def heal(self):
        """Let NetSuite do what it is asked from now on."""
        request = urllib.request.Request(f"{self.sandbox.url}/sandbox/faults", method="DELETE")
        with urllib.request.urlopen(request, timeout=10) as answer:
            json.load(answer)


@contextlib.contextmanager
def world(folder, *, batch=5, concurrency=5):
    """A world in a folder, for as long as the block lasts.

    A drainer sends `batch` changes in a call, and makes `concurrency` calls at once.
    """
    clock = SharedClock(folder / "clock")
    home = folder / "home"
    home.mkdir()
    (home / "config.toml").write_text(CONFIG.format(batch=batch, concurrency=concurrency))
    with running(Options(now=clock)) as started:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        sandbox = Sandbox(started.url, _environ(started, *names), {})
        settings = load_settings(sandbox.environ, home=home)
        workspace = open_workspace(settings, environ=sandbox.environ, now=clock)
        with contextlib.closing(workspace):
            ada, token = first_operator(workspace, "ada", login="ada")
            admin = authenticate(workspace, ada, token)
            rita = add_operator(workspace, admin, "rita", Role.REVIEWER)
            reviewer = authenticate(workspace, *rita)
            yield World(home, clock, sandbox, workspace, admin, token, reviewer)
