"""The certificates that may sign for the integration, by certificate id.

Oracle, "OAuth 2.0 Client Credentials Setup": RSA keys of 3072 or 4096 bits and EC keys on the
curves of 256, 384 and 521 bits; a certificate is valid for two years at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from nsconsole.sandbox.doors import DoorError
from nsconsole.sandbox.logins import LoginRefusedError

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from nsconsole.sandbox.account import Account
    from nsconsole.sandbox.database import Database

    PublicKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey

LONGEST_VALIDITY = timedelta(days=731)
_RSA_BITS = (3072, 4096)
_RSA_ALGORITHMS = ("PS256", "PS384", "PS512")
_CURVES = {"secp256r1": ("ES256",), "secp384r1": ("ES384",), "secp521r1": ("ES512",)}
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Certificate:
    """A public key, and the algorithms that its signatures may use."""

    key: PublicKey
    algorithms: tuple[str, ...]


class Certificates:
    """The account's own certificate and those registered since; the latter live in the state."""

    def __init__(self, account: Account, database: Database) -> None:
        self._account = account
        self._database = database

    def has(self, certificate_id: object) -> bool:
        """Whether there is a certificate of that id, expired or not."""
        return (
            certificate_id == self._account.certificate_id or self._row(certificate_id) is not None
        )

    def find(self, certificate_id: object, now: float) -> Certificate:
        """The certificate of that id, at `now` (Unix seconds).

        Raises:
            LoginRefusedError: there is none, or it has expired.
        """
        if certificate_id == self._account.certificate_id:
            return self._own
        row = self._row(certificate_id)
        if row is None:
            raise LoginRefusedError("CertificateUnknown", error="invalid_grant")
        if row["expires"] is not None and row["expires"] <= now:
            raise LoginRefusedError("CertificateExpired", error="invalid_grant")
        return _certificate(_read(row["public_key"])[0])

    def register(self, given: object, at: datetime) -> dict[str, str]:
        """Let another key sign: `{"certificate_id": …, "public_key": PEM of a key or certificate}`.

        Raises:
            DoorError: another shape, or a key or certificate that NetSuite would not take.
        """
        parts = given if isinstance(given, dict) else {}
        name, text = parts.get("certificate_id"), parts.get("public_key")
        if not isinstance(name, str) or not isinstance(text, str) or not name:
            raise DoorError('The body must be {"certificate_id": "…", "public_key": "PEM"}.')
        if len(name) > _LONGEST_ID or name == self._account.certificate_id:
            raise DoorError("This certificate id is too long, or the account's own.")
        key, paper = _read(text)
        certificate = _certificate(key)
        expires = None if paper is None else _expiry(paper, at).timestamp()
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO sandbox_certificate VALUES (?, ?, ?)", (name, text, expires)
            )
        return {"certificate_id": name, "algorithms": ", ".join(certificate.algorithms)}

    def _row(self, certificate_id: object) -> sqlite3.Row | None:
        with self._database.write() as connection:
            row: sqlite3.Row | None = connection.execute(
                "SELECT public_key, expires FROM sandbox_certificate WHERE id = ?",
                (str(certificate_id),),
            ).fetchone()
        return row

    @cached_property
    def _own(self) -> Certificate:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        private = load_pem_private_key(
            self._account.private_key.encode(),
            password=None,
            unsafe_skip_rsa_key_validation=True,  # it is our own, and the check takes long
        )
        return _certificate(private.public_key())


def _read(text: str) -> tuple[object, x509.Certificate | None]:
    """The public key in a PEM text, and the certificate that it came in."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if "BEGIN CERTIFICATE" not in text:
            return load_pem_public_key(text.encode()), None
        paper = x509.load_pem_x509_certificate(text.encode())
        return paper.public_key(), paper
    except (ValueError, UnsupportedAlgorithm):
        raise DoorError("The public_key must be a PEM public key or certificate.") from None


def _certificate(key: object) -> Certificate:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if isinstance(key, RSAPublicKey) and key.key_size in _RSA_BITS:
        return Certificate(key, _RSA_ALGORITHMS)
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return Certificate(key, _CURVES[key.curve.name])
    raise DoorError(
        "NetSuite takes RSA keys of 3072 or 4096 bits and EC keys on P-256, P-384 or P-521."
    )


def _expiry(paper: x509.Certificate, at: datetime) -> datetime:
    expires = paper.not_valid_after_utc
    if expires - paper.not_valid_before_utc > LONGEST_VALIDITY:
        raise DoorError("NetSuite takes certificates that are valid for two years at most.")
    if expires <= at:
        raise DoorError("This certificate has expired.")
    return expires
