"""The one way in: every request to NetSuite logs in here, by either scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.logins import oauth2, tba
from nsconsole.sandbox.logins.certificates import Certificates
from nsconsole.sandbox.logins.lock import Lock
from nsconsole.sandbox.logins.nonces import Nonces

if TYPE_CHECKING:
    from nsconsole.sandbox.account import Account
    from nsconsole.sandbox.behaviour import Switches
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.logins.tba import SignedRequest


class Gate:
    """Who may come in to the account; times are Unix seconds of the sandbox's clock."""

    def __init__(self, account: Account, database: Database, switches: Switches) -> None:
        self.certificates = Certificates(account, database)
        self._account = account
        self._nonces = Nonces(database)
        self._lock = Lock(database, switches)
        self._tokens = oauth2.Tokens(account, database)

    def admit(self, request: SignedRequest, scope: str, now: float) -> None:
        """Let a request in whose login is right; its nonce is used up then.

        `scope` is what a bearer token needs for the surface that the request is for.

        Raises:
            LoginRefusedError: a bad login, or the account is locked.
        """
        header = request.authorization
        if header.partition(" ")[0].lower() == "bearer":
            with self._lock.attempt(
                now, lambda: self._tokens.names_user(header), error="invalid_token"
            ):
                self._tokens.check(header, scope, now)
            return
        with self._lock.attempt(now, lambda: tba.names_user(header, self._account)):
            self._nonces.spend(tba.authenticate(request, self._account, now=now), now)

    def grant(self, content_type: str, body: bytes | None, address: str, now: float) -> str:
        """An access token for what was sent to the token endpoint; the client calls it `address`.

        Raises:
            Refusal: it is no request for a token.
            LoginRefusedError: its assertion is not right, or the account is locked.
        """
        token = oauth2.assertion(content_type, body)
        hosts = (self._account.host("suitetalk"), self._account.host("restlets"))

        def names_user() -> bool:
            return self.certificates.has(oauth2.certificate_id(token))

        with self._lock.attempt(now, names_user, error="invalid_grant"):
            scopes = oauth2.granted_scopes(
                token,
                client_id=self._account.client_id,
                certificates=self.certificates,
                audiences={address, *(f"https://{host}{oauth2.PATH}" for host in hosts)},
                now=now,
            )
        return self._tokens.issue(scopes, now)
