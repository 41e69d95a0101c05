"""Fixtures for every test: a NetSuite of one's own, a workspace on it, and people who may decide.

Time stands still unless a test moves it, for the workspace and its NetSuite alike.
"""

import json
import os
import shutil
import tempfile
import urllib.request
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import hypothesis
import pytest

# Before anything imports Textual or keyring; and nobody's own workspace is ever touched.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["LANGUAGE"] = "C"  # argparse would look for a translation of each of its words
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
_CACHE = tempfile.TemporaryDirectory(prefix="nsconsole-cache-")
os.environ["XDG_CACHE_HOME"] = _CACHE.name
for name in [name for name in os.environ if name.startswith("NSCONSOLE_")]:
    del os.environ[name]

hypothesis.settings.register_profile("default", max_examples=50, deadline=None)
hypothesis.settings.register_profile("ci", max_examples=30, deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


@dataclass
class Clock:
    """A clock that a test sets; calling it gives the time, aware and in UTC."""

    now: datetime = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox and its doors.

    `environ` points a workspace at it with an access token, `certificate` with a certificate.
    """

    url: str
    environ: dict[str, str]
    certificate: dict[str, str]

    def ledger(self):
        """Every change that really happened, in order."""
        return self._door("ledger")

    def stats(self):
        return self._door("stats")

    def edit(self, table, *rows):
        """Change or add rows, as another user of NetSuite would."""
        return self._door(f"tables/{table}/rows", list(rows))

    def delete(self, table, *ids):
        """Delete rows by their keys, as another user of NetSuite would."""
        return self._door(f"tables/{table}/rows", {"ids": list(ids)}, method="DELETE")

    def drift(self, table, **change):
        """Change a column: drop=, rename=[old, new], hide=, show= or add={"name", "type"}."""
        return self._door(f"tables/{table}/columns", change)

    def load(self, **tables):
        """Put tables of one's own into the account: name={"columns", "key", "rows"}."""
        return self._door("load", {"tables": tables})

    def fault(self, on, fault, **how):
        """Order a fault: `times` or `rate`, `where`, `ms`, `code`."""
        return self._door("faults", {"on": on, "fault": fault, **how})

    def behave(self, **switches):
        """Set what differs from account to account: a time zone, a date format, a limit."""
        return self._door("behaviour", switches, method="PATCH")

    def _door(self, path, body=None, *, method=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        url = f"{self.url}/sandbox/{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def seeded_state(tmp_path_factory):
    """A sandbox's state file, made once, since copying is quicker than seeding."""
    from nsconsole.sandbox.server import Options, running

    path = tmp_path_factory.mktemp("sandbox") / "state.db"
    with running(Options(state=path, now=Clock())):
        return path


@pytest.fixture
def sandbox(seeded_state, tmp_path, clock):
    from nsconsole.sandbox.server import Options, running

    state = tmp_path / "sandbox.db"
    shutil.copy(seeded_state, state)
    with running(Options(state=state, now=clock)) as started:
        tba = _environ(started, "consumer_key", "consumer_secret", "token_id", "token_secret")
        oauth2 = _environ(started, "client_id", "certificate_id", "private_key_file")
        yield Sandbox(started.url, tba, oauth2)


def _environ(sandbox, *names):
    return {
        "NSCONSOLE_ACCOUNT": sandbox.account,
        "NSCONSOLE_NETSUITE_URL": sandbox.url,
        **{f"NSCONSOLE_{name.upper()}": str(getattr(sandbox, name)) for name in names},
    }


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def quick_hashes(monkeypatch):
    """Hash operators' tokens at next to no cost: in earnest each takes 50 ms, on purpose."""
    from nsconsole.services import operators

    monkeypatch.setattr(operators, "_COST", {"n": 2, "r": 1, "p": 1})


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory):
    """A database of the newest schema, made once, since copying is quicker than migrating."""
    from nsconsole.store.engine import open_database
    from nsconsole.store.schema import migrate

    path = tmp_path_factory.mktemp("database") / "nsconsole.db"
    database = open_database(path)
    migrate(database, path.parent / "backups", now=Clock().now)
    database.close()
    return path


@pytest.fixture
def open_workspace(home, clock, quick_hashes, migrated_database):
    """Open the workspace at `home` with an environment of one's own, as another process would."""
    from nsconsole.services import workspace as service
    from nsconsole.settings import load_settings

    opened = []

    def open_one(environ, *, now=clock, **settings):
        if not home.exists():
            home.mkdir(mode=0o700)
            shutil.copy(migrated_database, home / "nsconsole.db")
        at_once = {"undo_low": 0.0, "undo_medium": 0.0, "undo_high": 0.0}
        chosen = replace(load_settings(environ, home=home), **at_once | settings)
        opened.append(service.open_workspace(chosen, environ=environ, now=now))
        return opened[-1]

    yield open_one
    for workspace in opened:
        workspace.close()


@pytest.fixture
def workspace(open_workspace, sandbox):
    return open_workspace(sandbox.environ)


@pytest.fixture
def admin(workspace):
    """The authority of ada, the workspace's first operator."""
    from nsconsole.services.operators import authenticate, first_operator

    return authenticate(workspace, *first_operator(workspace, "ada", login="ada"))


@pytest.fixture
def add_operator(workspace, admin):
    """Add an operator of a role; give their authority."""
    from nsconsole.services import operators

    def add(name, role):
        made = operators.add_operator(workspace, admin, name, operators.Role(role))
        return operators.authenticate(workspace, *made)

    return add


@pytest.fixture
def reviewer(add_operator):
    return add_operator("rita", "reviewer")


@pytest.fixture
def viewer(add_operator):
    return add_operator("vic", "viewer")
