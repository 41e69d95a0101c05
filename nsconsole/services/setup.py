"""A new workspace: credentials are tested first, and only then is anything made."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from nsconsole.netsuite.account import endpoint
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services.credentials import (
    OAUTH2_NAMES,
    TBA_NAMES,
    connect_netsuite,
    find_credentials,
    keep_in_keyring,
    variable,
)
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError, RefusedError
from nsconsole.services.link import note
from nsconsole.services.operators import Operator, check_name, first_operator, list_operators
from nsconsole.services.workspace import Clock, open_workspace, utc_now
from nsconsole.settings import Settings, config_text
from nsconsole.store.engine import open_database
from nsconsole.store.schema import current_revision


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new workspace is to be.

    `login` is the OS user whom the first operator is. `credentials` are those that a person typed,
    by the names in TBA_NAMES or OAUTH2_NAMES; empty if they come from elsewhere.
    """

    operator: str
    login: str
    account: str | None = None
    netsuite_url: str | None = None
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """What was made; `restlet` is the version of the script that answered, None without account."""

    home: Path
    operator: Operator
    edit_token: str = field(repr=False)
    account: str | None
    restlet: str | None


def refuse_initialised(settings: Settings) -> None:
    """Raise RefusedError if the workspace has operators already."""
    database = open_database(settings.database)
    try:
        if current_revision(database) is None:
            return
    finally:
        database.close()
    with closing(open_workspace(settings)) as workspace:
        if list_operators(workspace):
            raise RefusedError(
                f"{settings.home} is a workspace already. `nsconsole doctor` checks it, an admin "
                "adds people with `nsconsole operator add`, and config.toml holds its settings; "
                "for another workspace name another --home"
            )


def check_plan(settings: Settings, plan: Plan) -> None:
    """Check all that needs nobody's answer. Raises BadInputError."""
    check_name(plan.operator)
    if plan.account:
        try:
            endpoint(plan.account, plan.netsuite_url)
        except ValueError as error:
            raise BadInputError(str(error)) from error
    config = settings.home / "config.toml"
    as_set = (settings.account, settings.netsuite_url)
    if config.exists() and (plan.account, plan.netsuite_url) != as_set:
        raise BadInputError(f"{config} exists already; change the account and address there")


def needs_credentials(plan: Plan, environ: Mapping[str, str]) -> bool:
    """Tell whether a person has to give credentials: none are set, and the keyring has none."""
    names = (*OAUTH2_NAMES, *TBA_NAMES)
    if not plan.account or any(environ.get(variable(name)) for name in names):
        return False
    try:
        find_credentials(plan.account, environ)
    except NetSuiteUnavailableError:
        return True
    return False


def make_workspace(
    settings: Settings, plan: Plan, *, environ: Mapping[str, str], now: Clock = utc_now
) -> NewWorkspace:
    """Test the credentials, then make the folder, its settings, the database and the first admin.

    Raises BadInputError, RefusedError if there is a workspace already, or
    NetSuiteUnavailableError; then nothing was made.
    """
    refuse_initialised(settings)
    check_plan(settings, plan)
    planned = replace(settings, account=plan.account, netsuite_url=plan.netsuite_url)
    restlet = None
    if plan.account:
        restlet = _tested(planned, plan, environ, now)
        if plan.credentials:
            keep_in_keyring(plan.account, plan.credentials)
    _write_config(settings.home, plan)
    with closing(open_workspace(planned, environ=environ, now=now)) as workspace:
        operator, token = first_operator(workspace, plan.operator, login=plan.login)
        if restlet:
            note(workspace, None)
    return NewWorkspace(settings.home, operator, token, plan.account, restlet)


def _tested(settings: Settings, plan: Plan, environ: Mapping[str, str], now: Clock) -> str:
    typed = {variable(name): value for name, value in plan.credentials.items()}
    try:
        with connect_netsuite(settings, {**environ, **typed}, now) as netsuite:
            return netsuite.ping().version
    except NetSuiteError as error:
        raise NetSuiteUnavailableError(f"{error} Nothing was made.") from error


def _write_config(home: Path, plan: Plan) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = home / "config.toml"
    if not config.exists():
        config.touch(mode=0o600)
        text = config_text(account=plan.account, netsuite_url=plan.netsuite_url, operator=None)
        config.write_text(text, encoding="utf-8")
