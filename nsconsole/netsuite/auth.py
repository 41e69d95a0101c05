"""Token-based authentication: OAuth 1.0a with HMAC-SHA256, over httpx."""

import logging
import secrets
from collections.abc import Callable, Generator
from datetime import datetime, timedelta

import httpx
from requests_oauthlib import OAuth1

from nsconsole.netsuite.account import TbaCredentials
from nsconsole.netsuite.wire import Login

__all__ = ["TbaAuth", "TbaCredentials"]

# At DEBUG oauthlib writes out the base string, with the consumer key and the token id in it.
logging.getLogger("oauthlib").setLevel(logging.INFO)

# NetSuite takes timestamps of the last five minutes; a clock that is wrong needs some of them.
_SOON = timedelta(seconds=10)
_SIGNED = "signed"  # among a request's extensions: when


def _new_nonce() -> str:
    return secrets.token_hex(16)


class TbaAuth(Login):
    """Sign each request as NetSuite wants it, with a nonce and timestamp of its own.

    Query parameters are signed and stay in the URL; a JSON body is not part of an OAuth signature.
    A signature that was made ahead serves once, and only if it is sent soon.
    """

    def __init__(
        self,
        credentials: TbaCredentials,
        *,
        realm: str,
        now: Callable[[], datetime],
        nonce: Callable[[], str] = _new_nonce,
    ) -> None:
        self._credentials = credentials
        self._realm = realm
        self._now = now
        self._nonce = nonce

    def prepare(self, request: httpx.Request) -> None:
        """Sign the request ahead."""
        request.extensions[_SIGNED] = self._sign(request)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the Authorization header on the request, anew each time that it is sent."""
        signed = request.extensions.pop(_SIGNED, None)
        if signed is None or not timedelta() <= self._now() - signed < _SOON:
            self._sign(request)
        yield request

    def _sign(self, request: httpx.Request) -> datetime:
        at = self._now()
        request.headers["Authorization"] = self._authorization(request.method, str(request.url), at)
        return at

    def _authorization(self, method: str, url: str, at: datetime) -> str:
        signer = OAuth1(
            self._credentials.consumer_key,
            self._credentials.consumer_secret,
            self._credentials.token_id,
            self._credentials.token_secret,
            signature_method="HMAC-SHA256",
            realm=self._realm,
            nonce=self._nonce(),
            timestamp=str(int(at.timestamp())),
            decoding=None,
        ).client
        _, headers, _ = signer.sign(url, http_method=method)
        return str(headers["Authorization"])
