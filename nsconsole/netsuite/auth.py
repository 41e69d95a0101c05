"""Token-based authentication: OAuth 1.0a with HMAC-SHA256, over httpx."""

import logging
import secrets
from collections.abc import Callable, Generator
from datetime import datetime

import httpx
from requests_oauthlib import OAuth1

from nsconsole.netsuite.account import TbaCredentials

__all__ = ["TbaAuth", "TbaCredentials"]

# At DEBUG oauthlib writes out the base string, with the consumer key and the token id in it.
logging.getLogger("oauthlib").setLevel(logging.INFO)


def _new_nonce() -> str:
    return secrets.token_hex(16)


class TbaAuth(httpx.Auth):
    """Sign each request as NetSuite wants it, with a nonce and timestamp of its own.

    Query parameters are signed and stay in the URL; a JSON body is not part of an OAuth signature.
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

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the Authorization header on the request, anew each time that it is sent."""
        request.headers["Authorization"] = self._authorization(request.method, str(request.url))
        yield request

    def _authorization(self, method: str, url: str) -> str:
        signer = OAuth1(
            self._credentials.consumer_key,
            self._credentials.consumer_secret,
            self._credentials.token_id,
            self._credentials.token_secret,
            signature_method="HMAC-SHA256",
            realm=self._realm,
            nonce=self._nonce(),
            timestamp=str(int(self._now().timestamp())),
            decoding=None,
        ).client
        _, headers, _ = signer.sign(url, http_method=method)
        return str(headers["Authorization"])
