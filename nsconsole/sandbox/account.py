"""Who the simulated account is, and the credentials that may log in to it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

ACCOUNT_ID = "1234567_SB1"
# Up to the private key itself: PKCS #8 (RFC 5208) of an EC key (RFC 5915) on P-256. Written out
# because the library that could make it takes longer to import than all of the sandbox to start.
_P256_HEAD = bytes.fromhex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420")
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Account:
    """The account id (upper case, underscore: also the OAuth realm) and its credentials.

    The consumer key is the client id too, as on NetSuite's integration record; `private_key` is
    that of the certificate, a PEM text.
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
        private_key=_private_key(_digest(seed, "private key")),
    )


def _digest(seed: int, purpose: str) -> bytes:
    return hashlib.sha256(f"sandbox {seed} {purpose}".encode()).digest()


def _private_key(entropy: bytes) -> str:
    secret = int.from_bytes(entropy) % (_P256_ORDER - 1) + 1
    encoded = base64.encodebytes(_P256_HEAD + secret.to_bytes(32)).decode().replace("\n", "")
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
