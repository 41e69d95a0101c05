"""The doctor: looks at everything that a workspace stands on, and says the mend for each."""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.credentials import connect_netsuite
from nsconsole.services.errors import NetSuiteUnavailableError, RefusedError
from nsconsole.services.link import note
from nsconsole.services.operators import authenticate, find_operator
from nsconsole.services.workspace import Clock, Workspace, open_workspace, utc_now
from nsconsole.settings import Settings, SettingsError, load_settings
from nsconsole.store.engine import DatabaseError, open_database
from nsconsole.store.health import Health, examine
from nsconsole.store.revision import HEAD

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

NETSUITE_CHECKS = ("credentials", "netsuite", "clock", "restlet", "permissions")

_LEAST_FREE = 200 * 2**20  # bytes: a backup before a migration needs room beside the database
_PATIENCE = 2.0  # seconds for whoever writes just now to end
_CLOCK_TOLERANCE = 300  # seconds, by Oracle's “Troubleshoot Token-based Authentication”


class CheckState(StrEnum):
    """What a check found. One that rests on a failed one is not made."""

    OK = "ok"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `detail` says what was found and, unless it is ok, the mend."""

    name: str
    state: CheckState
    detail: str

    @property
    def ok(self) -> bool:
        """Whether it was checked and found right."""
        return self.state is CheckState.OK


def _ok(name: str, detail: str) -> Check:
    return Check(name, CheckState.OK, detail)


def _failed(name: str, detail: str) -> Check:
    return Check(name, CheckState.FAILED, detail)


def _not_checked(why: str, *names: str) -> list[Check]:
    return [Check(name, CheckState.NOT_CHECKED, why) for name in names]


def check(
    environ: Mapping[str, str],
    *,
    home: Path | None,
    login: str,
    now: Clock = utc_now,
) -> list[Check]:
    """Look at everything, however broken; `login` is the OS user.

    NetSuite is asked as by a person, so that a right answer ends the pause after a refused login;
    after a refusal nothing more is asked.
    """
    try:
        settings = load_settings(environ, home=home)
    except SettingsError as error:
        rest = ("database", "schema", "operator", *NETSUITE_CHECKS)
        return [
            _failed("settings", str(error)),
            *_not_checked("the settings must be mended first", *rest),
        ]
    with ExitStack() as stack:
        stored, workspace = _storage(settings, environ, now)
        if workspace:
            stack.callback(workspace.close)
        return [
            _ok("settings", f"workspace {settings.home}"),
            *stored,
            _operator(workspace, environ, login),
            *_netsuite(settings, workspace, environ, now),
        ]


def _storage(
    settings: Settings, environ: Mapping[str, str], now: Clock
) -> tuple[list[Check], Workspace | None]:
    database = _database(settings)
    if not database.ok:
        return [database, *_not_checked("the database must be mended first", "schema")], None
    try:
        workspace = open_workspace(settings, environ=environ, now=now)
    except DatabaseError as error:
        return [database, _failed("schema", str(error))], None
    return [database, _ok("schema", f"version {HEAD}, the newest")], workspace


def _database(settings: Settings) -> Check:
    try:
        database = open_database(settings.database, busy_timeout=_PATIENCE)
        if not database.path.exists():
            return _failed("database", f"{database.path} is not there yet: run `nsconsole init`")
        try:
            health = examine(database)
        finally:
            database.close()
        free = shutil.disk_usage(database.path.parent).free
    except (DatabaseError, OSError) as error:
        return _failed("database", f"{error}. Copies of it are kept in {settings.backups}")
    wrong = _ailment(health, free, settings)
    if wrong:
        return _failed("database", f"{database.path}: {wrong}")
    return _ok(
        "database", f"{database.path} is sound and can be written, {free // 2**20:,} MB free"
    )


def _ailment(health: Health, free: int, settings: Settings) -> str:
    if health.damage:
        return f"damaged ({health.damage}); restore it from {settings.backups}"
    if health.journal != "wal":
        return (
            f"its disk cannot share it (journal mode {health.journal}, not WAL); move the "
            "workspace to a local disk"
        )
    if free < _LEAST_FREE:
        return f"only {free // 2**20} MB are free on its disk; make room"
    return ""


def _operator(workspace: Workspace | None, environ: Mapping[str, str], login: str) -> Check:
    if workspace is None:
        return _not_checked("the database must be mended first", "operator")[0]
    try:
        return _known_operator(workspace, environ, login)
    except DatabaseError as error:
        return _failed("operator", str(error))


def _known_operator(workspace: Workspace, environ: Mapping[str, str], login: str) -> Check:
    name, token = workspace.settings.operator, environ.get("NSCONSOLE_EDIT_TOKEN", "").strip()
    operator = find_operator(workspace, name=name, login=login)
    if operator is None:
        who = f"called {name}" if name else f"for the login {login}"
        return _failed(
            "operator",
            f"there is no operator {who}: set NSCONSOLE_OPERATOR, ask an admin for `nsconsole "
            "operator add`, or run `nsconsole init` in a new workspace",
        )
    if operator.disabled:
        return _failed("operator", f"{operator.name} is disabled: ask an admin")
    if not token:
        return _ok(
            "operator", f"{operator.name} ({operator.role}); no edit token in the environment"
        )
    try:
        authenticate(workspace, operator, token)
    except RefusedError as error:
        return _failed("operator", f"{error}: an admin can `nsconsole operator rotate` it")
    return _ok("operator", f"{operator.name} ({operator.role}); the edit token is theirs")


def _netsuite(
    settings: Settings, workspace: Workspace | None, environ: Mapping[str, str], now: Clock
) -> list[Check]:
    try:
        client = connect_netsuite(settings, environ, now)
    except NetSuiteUnavailableError as error:
        rest = _not_checked("the credentials must be there first", *NETSUITE_CHECKS[1:])
        return [_failed("credentials", str(error)), *rest]
    with client:
        refusal, checks = _ping(client, workspace)
        if refusal:
            return checks
        return [*checks, _permissions(client, workspace)]


def _ping(client: "NetSuite", workspace: Workspace | None) -> tuple[bool, list[Check]]:
    """Ask the RESTlet for itself; give whether nothing more may be asked, and what it proves."""
    try:
        ping = client.ping()
    except NetSuiteError as error:
        _note(workspace, error)
        return _after_failed_ping(error)
    restlet = f"version {ping.version}, up to {ping.max_operations} operations a call"
    return False, [
        *_logged_in(),
        _ok("restlet", restlet)
        if ping.idempotent
        else _failed(
            "restlet",
            f"{restlet}, but it does not remember requests, so a write could happen twice: deploy "
            "a version that does",
        ),
    ]


def _logged_in() -> list[Check]:
    return [
        _ok("credentials", "NetSuite accepts them"),
        _ok("netsuite", "it answers"),
        _ok("clock", f"within the {_CLOCK_TOLERANCE // 60} minutes that NetSuite accepts"),
    ]


def _after_failed_ping(error: NetSuiteError) -> tuple[bool, list[Check]]:
    if error.outcome is Outcome.UNAUTHORIZED:
        rest = _not_checked("the login must succeed first", "restlet", "permissions")
        return True, [*_refused_login(error), *rest]
    if error.outcome is Outcome.PERMANENT and error.status in range(400, 500):
        return False, [*_logged_in(), _failed("restlet", str(error))]
    here = _not_checked("they are there, but NetSuite must answer first", "credentials")
    rest = _not_checked("NetSuite must answer first", "clock", "restlet", "permissions")
    return True, [*here, _failed("netsuite", str(error)), *rest]


def _refused_login(error: NetSuiteError) -> list[Check]:
    answers = _ok("netsuite", "it answers")
    skew = error.clock_skew
    if skew is None:
        unknown = _not_checked("NetSuite did not say its time", "clock")
        return [_failed("credentials", str(error)), answers, *unknown]
    if abs(skew) > _CLOCK_TOLERANCE:
        first = _not_checked("the clock must be right first", "credentials")
        return [*first, answers, _failed("clock", str(error))]
    right = _ok("clock", f"{abs(skew):.0f} seconds from NetSuite's")
    return [_failed("credentials", str(error)), answers, right]


def _permissions(client: "NetSuite", workspace: Workspace | None) -> Check:
    try:
        client.suiteql("SELECT id FROM vendor ORDER BY id ASC", limit=1)
    except NetSuiteError as error:
        _note(workspace, error)
        return _failed(
            "permissions",
            f"{error} The role needs SuiteAnalytics Workbook, REST Web Services, and to view "
            "vendors",
        )
    _note(workspace, None)
    return _ok("permissions", "the role reads vendors by SuiteQL")


def _note(workspace: Workspace | None, error: NetSuiteError | None) -> None:
    if workspace:
        with suppress(DatabaseError):  # a check of its own
            note(workspace, error)
