"""Settings of a workspace: flag, environment, `config.toml`, default, in that order.

No secret passes through here: credentials and edit tokens come from the environment or the system
keyring, and a `config.toml` that holds one is refused.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RISK_TIERS = ("low", "medium", "high")

_SECRETS = (
    "consumer_key",
    "consumer_secret",
    "token_id",
    "token_secret",
    "edit_token",
    "client_id",
    "certificate_id",
    "private_key_file",
    "password",
)


class SettingsError(Exception):
    """A setting that cannot be used; the message names it, where it stands and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a workspace can be told. Times are seconds, unless the name says otherwise.

    `concurrency` is how many calls to the account may be under way at once; None leaves it to what
    NetSuite allows. `nightly_audit` is a local time of day, such as 02:00; None is never.
    """

    home: Path
    database_url: str | None = None
    account: str | None = None
    netsuite_url: str | None = None
    operator: str | None = None
    restlet_script: str = "customscript_gfs_platform_query"
    restlet_deploy: str = "customdeploy_gfs_platform_query"
    restlet_idempotent: bool = True
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    total_timeout: float = 60.0
    self_approval: frozenset[str] = frozenset()
    drain_every: float = 3.0
    retry_after: float = 30.0
    drain_batch: int = 50
    undo_low: float = 5.0
    undo_medium: float = 5.0
    undo_high: float = 10.0
    sync_lookback: float = 3600.0
    reconcile_every: float = 24.0  # hours
    log_days: int = 30
    concurrency: int | None = None
    nightly_audit: str | None = "02:00"
    theme: str = "dark"

    @property
    def database(self) -> Path | str:
        """The workspace's own database file, or the SQLAlchemy URL that stands in for it."""
        return self.database_url or self.home / "nsconsole.db"

    @property
    def undo_seconds(self) -> dict[str, float]:
        """How long an approval can be called back, by risk tier."""
        return {"low": self.undo_low, "medium": self.undo_medium, "high": self.undo_high}

    @property
    def backups(self) -> Path:
        """Where copies of the database are laid before a migration."""
        return self.home / "backups"

    @property
    def logs(self) -> Path:
        """Where log files go."""
        return self.home / "logs"


# `config.toml` key → the field of Settings that it fills.
_KEYS = {
    "account": "account",
    "netsuite_url": "netsuite_url",
    "operator": "operator",
    "database_url": "database_url",
    "restlet.script": "restlet_script",
    "restlet.deploy": "restlet_deploy",
    "restlet.idempotent": "restlet_idempotent",
    "timeouts.connect": "connect_timeout",
    "timeouts.read": "read_timeout",
    "timeouts.total": "total_timeout",
    "approvals.self_approval": "self_approval",
    "approvals.undo_seconds.low": "undo_low",
    "approvals.undo_seconds.medium": "undo_medium",
    "approvals.undo_seconds.high": "undo_high",
    "drain.every_seconds": "drain_every",
    "drain.retry_after_seconds": "retry_after",
    "drain.batch": "drain_batch",
    "sync.lookback_seconds": "sync_lookback",
    "sync.reconcile_every_hours": "reconcile_every",
    "sync.log_days": "log_days",
    "sync.concurrency": "concurrency",
    "audit.nightly": "nightly_audit",
    "screen.theme": "theme",
}

_UNDO = tuple(f"approvals.undo_seconds.{tier}" for tier in RISK_TIERS)
# The most that a number may be, by its key, and what it counts; all but undo windows are above 0.
_NUMBERS = {
    **dict.fromkeys(_UNDO, (600, "seconds")),
    "timeouts.connect": (3600, "seconds"),
    "timeouts.read": (3600, "seconds"),
    "timeouts.total": (3600, "seconds"),
    "drain.every_seconds": (3600, "seconds"),
    "drain.retry_after_seconds": (3600, "seconds"),
    "sync.lookback_seconds": (7 * 86_400, "seconds"),
    "sync.reconcile_every_hours": (24 * 366, "hours"),
}
# The same of whole numbers.
_WHOLE_NUMBERS = {"sync.log_days": 3660, "sync.concurrency": 200, "drain.batch": 50}

_ENVIRONMENT = {
    "NSCONSOLE_DATABASE_URL": "database_url",
    "NSCONSOLE_ACCOUNT": "account",
    "NSCONSOLE_NETSUITE_URL": "netsuite_url",
    "NSCONSOLE_OPERATOR": "operator",
}


def load_settings(environ: Mapping[str, str] = os.environ, *, home: Path | None = None) -> Settings:
    """Read the settings of the workspace at `home` (else `NSCONSOLE_HOME`, else the default place).

    Raises SettingsError for a file that is not TOML, an unknown key or a value of the wrong kind.
    """
    try:
        home = (home or default_home(environ)).expanduser().absolute()
    except RuntimeError as error:
        raise SettingsError(f"{home}: {error}; name the workspace by its whole path") from error
    values: dict[str, Any] = {}
    if (home / "config.toml").exists():
        values |= _from_file(home / "config.toml")
    values |= {field: environ[name] for name, field in _ENVIRONMENT.items() if environ.get(name)}
    return Settings(home=home, **values)


def config_text(*, account: str | None, netsuite_url: str | None, operator: str | None) -> str:
    """Give the text of a new workspace's `config.toml`, with what may be set as comments."""
    return "\n".join(
        [
            "# Settings of this nsconsole workspace. No secret belongs in this file.",
            _line("account", account, "1234567_SB1"),
            _line("netsuite_url", netsuite_url, "https://proxy.example"),
            _line("operator", operator, "mike"),
            "",
            "[approvals]",
            "# Risk tiers in which an operator may approve what they staged themselves.",
            'self_approval = []   # e.g. ["low"]',
            "# Seconds in which an approval can be called back, by risk tier; 0 sends at once.",
            "# undo_seconds = { low = 5, medium = 5, high = 10 }",
            "",
            "# [restlet]",
            "# idempotent = true   # false if it keeps no record of the requests it has done",
            "",
            "[drain]",
            "# every_seconds = 3",
            "# retry_after_seconds = 30      # the longest first pause after a failure",
            "# batch = 50                    # changes in one call",
            "",
            "[sync]",
            "# lookback_seconds = 3600        # how far behind its last run a sync begins",
            "# reconcile_every_hours = 24     # how often ids are compared, to find deletions",
            "# log_days = 30",
            "# concurrency = 5                # calls at once; by default what NetSuite allows",
            "",
            "# [audit]",
            '# nightly = "02:00"   # local time; "off" for never',
            "",
            "[screen]",
            '# theme = "dark"   # or "light"',
            "",
        ]
    )


def _line(key: str, value: str | None, example: str) -> str:
    import json  # only for a new file; a JSON string is a TOML basic string

    return f"{key} = {json.dumps(value)}" if value else f"# {key} = {json.dumps(example)}"


def default_home(environ: Mapping[str, str], name: str = "nsconsole") -> Path:
    """Give the folder that `NSCONSOLE_HOME` names, else the platform's place for `name`."""
    if environ.get("NSCONSOLE_HOME"):
        return Path(environ["NSCONSOLE_HOME"])
    import platformdirs  # only when nothing names the workspace

    return platformdirs.user_data_path(name, appauthor=False)


def _from_file(path: Path) -> dict[str, Any]:
    import tomllib  # the first frame of a workspace without a file does without

    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}") from error
    return {_field(key, path): _value(key, value, path) for key, value in _flatten(tree)}


def _flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        found += (
            _flatten(value, f"{prefix}{key}.")
            if isinstance(value, dict)
            else [(f"{prefix}{key}", value)]
        )
    return found


def _field(key: str, path: Path) -> str:
    if key.rpartition(".")[2].lower() in _SECRETS:
        raise SettingsError(
            f"{path}: “{key}” is a secret and does not belong in a file; take it out and set it in "
            "the environment or let `nsconsole init` put it into the system keyring"
        )
    if key not in _KEYS:
        near = difflib.get_close_matches(key, _KEYS, n=1)
        hint = f"; did you mean “{near[0]}”?" if near else f"; known: {', '.join(_KEYS)}"
        raise SettingsError(f"{path}: unknown key “{key}”{hint}")
    return _KEYS[key]


def _value(key: str, value: object, path: Path) -> object:
    if key == "approvals.self_approval":
        if isinstance(value, list) and all(tier in RISK_TIERS for tier in value):
            return frozenset(value)
        raise SettingsError(f"{path}: “{key}” must be a list of {', '.join(RISK_TIERS)}")
    if key in _NUMBERS:
        return _number(key, value, path)
    if key in _WHOLE_NUMBERS:
        return _whole_number(key, value, path)
    if key == "restlet.idempotent":
        if isinstance(value, bool):
            return value
        raise SettingsError(f"{path}: “{key}” must be true or false")
    if key == "audit.nightly":
        return _time_of_day(key, value, path)
    if key == "screen.theme" and value not in ("dark", "light"):
        raise SettingsError(f'{path}: “{key}” must be "dark" or "light"')
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{path}: “{key}” must be text between quotes")
    return value


def _number(key: str, value: object, path: Path) -> float:
    most, unit = _NUMBERS[key]
    may_be_none = key in _UNDO
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and (0 < value <= most or (value == 0 and may_be_none))
    ):
        return float(value)
    least = "from 0" if may_be_none else "above 0"
    raise SettingsError(f"{path}: “{key}” must be a number of {unit} {least}, at most {most}")


def _whole_number(key: str, value: object, path: Path) -> int:
    most = _WHOLE_NUMBERS[key]
    if type(value) is int and 1 <= value <= most:
        return value
    raise SettingsError(f"{path}: “{key}” must be a whole number from 1 to {most}")


def _time_of_day(key: str, value: object, path: Path) -> str | None:
    if value == "off":
        return None
    hours, _, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
    digits = len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal()
    if digits and int(hours) < 24 and int(minutes) < 60:
        return f"{int(hours):02}:{int(minutes):02}"
    raise SettingsError(f'{path}: “{key}” must be a time of day such as "02:00", or "off"')
