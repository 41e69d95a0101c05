"""Credentials: from the environment, else from the system keyring; never from or to a file.

An account is logged in to with a certificate (OAuth 2.0) or with an access token (TBA). What the
environment has goes before the keyring, and a certificate before a token, which NetSuite retires.
"""

from collections.abc import Mapping
from pathlib import Path

from nsconsole.netsuite.account import TbaCredentials, endpoint
from nsconsole.netsuite.client import Credentials, NetSuite, Timeouts
from nsconsole.netsuite.governance import Permits
from nsconsole.netsuite.restlet import RestletAddress
from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from nsconsole.services.workspace import Clock
from nsconsole.settings import Settings

TBA_NAMES = ("consumer_key", "consumer_secret", "token_id", "token_secret")
OAUTH2_NAMES = ("client_id", "certificate_id", "private_key_file")


def connect_netsuite(
    settings: Settings,
    environ: Mapping[str, str],
    now: Clock,
    *,
    permits: Permits | None = None,
) -> NetSuite:
    """Make a client for the workspace's account; no call is made yet.

    Raises NetSuiteUnavailableError when the account or a credential is missing or malformed.
    """
    if not settings.account:
        raise NetSuiteUnavailableError(
            "no NetSuite account is set: set NSCONSOLE_ACCOUNT, or run `nsconsole init`"
        )
    limits = Timeouts(settings.connect_timeout, settings.read_timeout, settings.total_timeout)
    try:
        return NetSuite(
            endpoint(settings.account, settings.netsuite_url),
            _credentials(find_credentials(settings.account, environ)),
            restlet=RestletAddress(settings.restlet_script, settings.restlet_deploy),
            timeouts=limits,
            now=now,
            permits=permits,
        )
    except ValueError as error:
        raise NetSuiteUnavailableError(str(error)) from error


def find_credentials(account: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Find what logs in to an account, by the names in OAUTH2_NAMES or those in TBA_NAMES.

    Raises NetSuiteUnavailableError when there is nothing, or a part of it is missing.
    """
    kept = {name: environ.get(variable(name)) or "" for name in (*OAUTH2_NAMES, *TBA_NAMES)}
    if not any(kept.values()):
        kept = {name: _from_keyring(account, name) for name in kept}
    names = OAUTH2_NAMES if any(kept[name] for name in OAUTH2_NAMES) else TBA_NAMES
    missing = [variable(name) for name in names if not kept[name]]
    if missing:
        raise NetSuiteUnavailableError(
            f"no credentials for account {account}: {', '.join(missing)} not set, and not in the "
            "system keyring. Set them, or run `nsconsole init`"
        )
    return {name: kept[name] for name in names}


def variable(name: str) -> str:
    """The environment variable that a credential of that name is read from."""
    return f"NSCONSOLE_{name.upper()}"


def _credentials(found: Mapping[str, str]) -> Credentials:
    if "client_id" not in found:
        return TbaCredentials(**found)
    from nsconsole.netsuite.oauth2 import load_oauth2

    path = Path(found["private_key_file"]).expanduser()
    return load_oauth2(found["client_id"], found["certificate_id"], path)


def _from_keyring(account: str, name: str) -> str:
    import keyring  # slow to import, and seldom asked
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_keyring_service(account), name) or ""
    except KeyringError:
        return ""  # a machine without a keyring, as most servers are


def keep_in_keyring(account: str, credentials: Mapping[str, str]) -> None:
    """Lay credentials into the system keyring. Raises ServiceError if there is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        for name, value in credentials.items():
            keyring.set_password(_keyring_service(account), name, value)
    except KeyringError as error:
        raise ServiceError(
            "this machine has no system keyring to keep the credentials in; set "
            f"{', '.join(map(variable, credentials))} in the environment instead"
        ) from error


def _keyring_service(account: str) -> str:
    return f"nsconsole:{account}"
