"""Who the simulated account is, and the credentials that may log in to it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from nsconsole.sandbox import private_key

ACCOUNT_ID = "1234567_SB1"


@dataclass(frozen=True, slots=True)
class Account:
    """The account id (upper case, underscore: also the OAuth realm) and its credentials.

    The consumer key is the client id too, as on NetSuite's integration record; `private_key` is
    that of the certificate, a PEM text, and the same for every account.
    """

    id: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    token_id: str
    token_secret: str = field(repr=False)
    certificate_id: str
    private_key: str = field(repr=False)

    @property
    def client_id(self) -> str:
        """Who the integration is in OAuth 2.0."""
        return self.consumer_key

    def host(self, service: str) -> str:
        """NetSuite's host for a service of this account: `suitetalk` or `restlets`."""
        return f"{self.id.lower().replace('_', '-')}.{service}.api.netsuite.com"


def account(seed: int) -> Account:
    """The account of a seed: the same seed has the same credentials."""
    return Account(
        id=ACCOUNT_ID,
        consumer_key=_digest(seed, "consumer key").hex(),
        consumer_secret=_digest(seed, "consumer secret").hex(),
        token_id=_digest(seed, "token id").hex(),
        token_secret=_digest(seed, "token secret").hex(),
        certificate_id=base64.urlsafe_b64encode(_digest(seed, "certificate id")).decode()[:43],
        private_key=private_key.pem(),
    )


def _digest(seed: int, purpose: str) -> bytes:
    return hashlib.sha256(f"sandbox {seed} {purpose}".encode()).digest()
