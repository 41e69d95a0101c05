"""Where the account's services are, told to whoever asks, without a login.

Source: Oracle, "The DataCenterUrls REST Service".
"""

from __future__ import annotations

from nsconsole.sandbox.forms import Refusal

PATH = "/rest/datacenterurls"
_SERVICES = {
    "webservicesDomain": "suitetalk.api",
    "restDomain": "restlets.api",
    "systemDomain": "app",
}


def urls(account_id: str, *, asked: str, here: str) -> dict[str, str]:
    """The address of each service; `here` is where the sandbox was asked about account `asked`.

    Whoever came by a name of NetSuite's gets the account's own names; on this machine all is here.

    Raises:
        Refusal: it is another account.
    """
    if asked.upper().replace("-", "_") != account_id:
        raise Refusal(400, "INVALID_ACCOUNT", "There is no such account.")
    if not here.startswith("https://"):
        return dict.fromkeys(_SERVICES, here)
    name = account_id.lower().replace("_", "-")
    return {key: f"https://{name}.{service}.netsuite.com" for key, service in _SERVICES.items()}
