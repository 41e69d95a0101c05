"""Which NetSuite account is meant, where it answers, and what proves who is asking."""

import hashlib
import ipaddress
import re
from dataclasses import dataclass, field, fields
from urllib.parse import SplitResult, quote, urlsplit

_ACCOUNT = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")
_ACCOUNT_LENGTH = 40  # with the host's own words it still fits a DNS label of 63
_HOST_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"{_HOST_LABEL}(?:\.{_HOST_LABEL})*")

_OAUTH_VALUE = re.compile(
    r"""(oauth_\w+(?:=|%3D)\\*(?:["']|&quot;|%22)?)[^"'\s,&]+""", re.IGNORECASE
)
_TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - an address
_HIDDEN = "(hidden)"
_SHORTEST_SECRET = 8  # real ones have 64 characters; hiding "ck" would only garble the text


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One account's addresses.

    `account` is written NetSuite's way, `1234567_SB1`. The bases have no trailing slash.
    """

    account: str
    rest_base: str
    restlet_base: str

    @property
    def token_url(self) -> str:
        """Where an OAuth 2.0 token is asked for."""
        return f"{self.rest_base}{_TOKEN_PATH}"

    @property
    def token_audience(self) -> str:
        """The token endpoint by NetSuite's own name for it, whatever stands in between."""
        return f"https://{_host_of(self.account)}.suitetalk.api.netsuite.com{_TOKEN_PATH}"

    @property
    def realm(self) -> str:
        """The OAuth realm: NetSuite refuses the login unless it has underscores and capitals."""
        return self.account

    @property
    def is_loopback(self) -> bool:
        """Whether the account is answered on this very machine, by a sandbox."""
        return _is_loopback(urlsplit(self.rest_base).hostname or "")


def endpoint(account: str, base_url: str | None = None) -> Endpoint:
    """Take an account id, as `1234567_SB1` or `1234567-sb1`, and give its addresses.

    `base_url` (scheme, host and port) stands for every NetSuite host: a sandbox or a proxy.
    Raises ValueError, as a sentence for people, when either is not what it should be.
    """
    if len(account) > _ACCOUNT_LENGTH or not _ACCOUNT.fullmatch(account):
        raise ValueError(
            f"{account[:60]!r} is not a NetSuite account id: it looks like 1234567 or 1234567_SB1."
        )
    canonical = account.upper().replace("-", "_")
    if base_url is not None:
        base = _checked_base(base_url)
        return Endpoint(canonical, rest_base=base, restlet_base=base)
    host = _host_of(canonical)
    return Endpoint(
        canonical,
        rest_base=f"https://{host}.suitetalk.api.netsuite.com",
        restlet_base=f"https://{host}.restlets.api.netsuite.com",
    )


def _host_of(account: str) -> str:
    return account.lower().replace("_", "-")


def _checked_base(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _bad_url(base_url, str(error)) from None
    _check_only_host_and_port(base_url, parts)
    if port == 0 or not _is_host(host):
        raise _bad_url(base_url, "its host or port is not valid")
    if parts.scheme == "http" and not _is_loopback(host):
        raise _bad_url(base_url, "http:// is only for this machine (127.0.0.1); use https://")
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}" + (f":{port}" if port else "")


def _check_only_host_and_port(base_url: str, parts: SplitResult) -> None:
    if not base_url.isascii() or not base_url.isprintable() or " " in base_url:
        raise _bad_url(base_url, "it has spaces or characters that no address has")
    if parts.scheme not in {"https", "http"}:
        raise _bad_url(base_url, "it must begin with https://")
    if "@" in parts.netloc:
        raise _bad_url(base_url, "it must not carry a user name or password")
    if parts.path not in {"", "/"} or "?" in base_url or "#" in base_url:
        raise _bad_url(base_url, "only scheme, host and port belong there")


def _bad_url(base_url: str, why: str) -> ValueError:
    shown = re.sub(r"//[^/]*@", "//", base_url)[:80]  # what is before an @ may be a password
    return ValueError(f"{shown!r} cannot be NetSuite's address: {why}.")


def _is_host(host: str) -> bool:
    if ":" in host:
        return _is_address(host)
    return len(host) <= 253 and _HOST_NAME.fullmatch(host) is not None


def _is_address(host: str) -> bool:
    try:
        return "%" not in host and bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def check_printable(name: str, value: str) -> None:
    """Raise ValueError, naming the value but not its content, if no credential looks like it."""
    if not value:
        raise ValueError(f"The {name} is missing.")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(f"The {name} has white space or characters that no token has.")


@dataclass(frozen=True, slots=True)
class TbaCredentials:
    """The four values of a NetSuite access token; none of them is ever shown.

    Raises ValueError, naming the value but not its content, if one is empty or has white space or
    characters that no token has, as a bad paste leaves them.
    """

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    token_id: str = field(repr=False)
    token_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        for item in fields(self):
            value: str = getattr(self, item.name)
            check_printable(item.name.replace("_", " "), value)

    @property
    def mark(self) -> str:
        """Eight hex digits that tell these credentials from others, and nothing else of them."""
        values: list[str] = [getattr(self, item.name) for item in fields(self)]
        return hashlib.sha256("\n".join(values).encode()).hexdigest()[:8]

    def redact(self, text: str) -> str:
        """Return the text without these values and without any other OAuth parameter's value.

        A proxy's error page may quote the request, with its Authorization header, back at us.
        """
        for item in fields(self):
            value: str = getattr(self, item.name)
            if len(value) >= _SHORTEST_SECRET:
                text = text.replace(value, _HIDDEN).replace(quote(value, safe="~"), _HIDDEN)
        return _OAUTH_VALUE.sub(rf"\1{_HIDDEN}", text)
