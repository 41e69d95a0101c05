"""Credentials: from the environment, else from the system keyring; never from or to a file."""

from collections.abc import Mapping

from nsconsole.netsuite.account import TbaCredentials, endpoint
from nsconsole.netsuite.client import NetSuite, Timeouts
from nsconsole.netsuite.restlet import RestletAddress
from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from nsconsole.services.workspace import Clock
from nsconsole.settings import Settings

TBA_NAMES = ("consumer_key", "consumer_secret", "token_id", "token_secret")


def connect_netsuite(settings: Settings, environ: Mapping[str, str], now: Clock) -> NetSuite:
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
            TbaCredentials(**find_tba(settings.account, environ)),
            restlet=RestletAddress(settings.restlet_script, settings.restlet_deploy),
            timeouts=limits,
            now=now,
        )
    except ValueError as error:
        raise NetSuiteUnavailableError(str(error)) from error


def find_tba(account: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Find the four values of an account's token, by the names in TBA_NAMES.

    Raises NetSuiteUnavailableError when one is missing.
    """
    found = {name: environ.get(f"NSCONSOLE_{name.upper()}") or "" for name in TBA_NAMES}
    if not any(found.values()):
        found = {name: _from_keyring(account, name) for name in TBA_NAMES}
    missing = [f"NSCONSOLE_{name.upper()}" for name, value in found.items() if not value]
    if missing:
        raise NetSuiteUnavailableError(
            f"no credentials for account {account}: {', '.join(missing)} not set, and not in the "
            "system keyring. Set them, or run `nsconsole init`"
        )
    return found


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
            "this machine has no system keyring to keep the credentials in; set NSCONSOLE_"
            "CONSUMER_KEY, _CONSUMER_SECRET, _TOKEN_ID and _TOKEN_SECRET in the environment instead"
        ) from error


def _keyring_service(account: str) -> str:
    return f"nsconsole:{account}"
