"""OAuth 2.0 client credentials: assertions signed by a certificate, and the tokens they buy.

Facts: Oracle, "POST Request to the Token Endpoint and the Access Token Response", "The Request
Token Structure" and "OAuth 2.0 Access and Refresh Token Structure"; the error codes are those of
RFC 6749, section 5.2.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl

from nsconsole.sandbox.forms import Refusal
from nsconsole.sandbox.logins import LoginRefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from nsconsole.sandbox.account import Account
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.logins.certificates import Certificates

PATH = "/services/rest/auth/oauth2/v1/token"
SCOPES = ("restlets", "rest_webservices", "suite_analytics")
LIFETIME_SECONDS = 3600
_LONGEST_ASSERTION_SECONDS = 3600
_SKEW_SECONDS = 300  # how far ahead the client's clock may be, as in token-based authentication
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SIGNER = "s.SYSTEM.2020_1"


def assertion(content_type: str, body: bytes | None) -> str:
    """The client assertion in the form that the token endpoint takes.

    Raises:
        Refusal: the form is not one, or asks for something else; it is no login yet.
    """
    if content_type.lower() != "application/x-www-form-urlencoded" or body is None:
        raise Refusal(400, "invalid_request", "The body is not a form.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refusal(400, "invalid_request", "The form is not UTF-8.") from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise Refusal(400, "invalid_request", "A parameter is given twice.")
    if not form.get("grant_type"):
        raise Refusal(400, "invalid_request", "There is no grant_type.")
    if form["grant_type"] != "client_credentials":
        raise Refusal(400, "unsupported_grant_type", "The grant_type is another.")
    if form.get("client_assertion_type") != _ASSERTION_TYPE or not form.get("client_assertion"):
        raise Refusal(400, "invalid_request", "There is no client assertion.")
    return form["client_assertion"]


def certificate_id(token: str) -> object:
    """The id of the certificate that an assertion says it is signed by; None if it says none."""
    import jwt

    try:
        return jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None


def granted_scopes(
    token: str,
    *,
    client_id: str,
    certificates: Certificates,
    audiences: Collection[str],
    now: float,
) -> list[str]:
    """The scopes that a client assertion asks for, if it is right at `now` (Unix seconds).

    Raises:
        LoginRefusedError: for anything but an assertion by the client, signed by a certificate of
            its, made for this token endpoint and for now.
    """
    claims = _signed_claims(token, certificates, now)
    if claims.get("iss") != client_id:
        _refuse("InvalidIssuer", "invalid_client")
    _check_audience(claims.get("aud"), audiences)
    _check_times(claims, now)
    return _scopes(claims.get("scope"))


def _signed_claims(token: str, certificates: Certificates, now: float) -> dict[str, object]:
    """What the assertion claims, once its signature is found right."""
    import jwt

    try:
        header = jwt.get_unverified_header(token)
        certificate = certificates.find(header.get("kid"), now)
        if header.get("alg") not in certificate.algorithms:
            _refuse("UnknownAlgorithm")
        if header.get("typ", "JWT") != "JWT":
            _refuse("InvalidJwt")
        claims = json.loads(jwt.PyJWS().decode(token, certificate.key, algorithms=[header["alg"]]))
    except jwt.InvalidSignatureError:
        _refuse("InvalidSignature")
    except (jwt.PyJWTError, ValueError, RecursionError):
        _refuse("InvalidJwt")
    if not isinstance(claims, dict):
        _refuse("InvalidJwt")
    return claims


def _refuse(reason: str, error: str = "invalid_grant") -> NoReturn:
    raise LoginRefusedError(reason, error=error)


def _check_audience(audience: object, audiences: Collection[str]) -> None:
    named = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(each, str) and each in audiences for each in named):
        _refuse("InvalidAudience")


def _check_times(claims: Mapping[str, object], now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not _is_number(issued) or not _is_number(expires):
        _refuse("MissingRequiredParameter")
    assert isinstance(issued, int | float)  # noqa: S101 - both were just checked
    assert isinstance(expires, int | float)  # noqa: S101
    if not issued - _SKEW_SECONDS <= now < expires:
        _refuse("InvalidTimestamp")
    if not 0 < expires - issued <= _LONGEST_ASSERTION_SECONDS:
        _refuse("InvalidLifetime")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scopes(given: object) -> list[str]:
    """The scopes, given as an array or as a text with commas or spaces between them."""
    if isinstance(given, str):
        given = given.replace(",", " ").split()
    if not isinstance(given, list) or not given or any(each not in SCOPES for each in given):
        _refuse("InvalidScope", "invalid_scope")
    return list(dict.fromkeys(given))


class Tokens:
    """The access tokens that were issued and have not expired; they outlive the sandbox.

    The state has their digests only. A token is known by its digest, not by its signature, which
    is there for clients that look into tokens.
    """

    def __init__(self, account: Account, database: Database) -> None:
        self._account = account
        self._database = database
        with database.write() as connection:
            rows = connection.execute("SELECT * FROM sandbox_token").fetchall()
        self._issued = {row["digest"]: (row["scopes"].split(), row["expires"]) for row in rows}

    def issue(self, scopes: list[str], now: float) -> str:
        """A new token for `scopes`, good for an hour from `now` (Unix seconds)."""
        import jwt

        token = jwt.encode(
            self._claims(scopes, int(now)), self._key, algorithm="RS256", headers={"kid": _SIGNER}
        )
        expires = now + LIFETIME_SECONDS
        with self._database.write() as connection:
            connection.execute("DELETE FROM sandbox_token WHERE expires <= ?", (now,))
            connection.execute(
                "INSERT INTO sandbox_token VALUES (?, ?, ?)",
                (_digest(token), " ".join(scopes), expires),
            )
        self._issued[_digest(token)] = (scopes, expires)
        return token

    def names_user(self, authorization: str) -> bool:
        """Whether the `Authorization` header has a token that was issued, expired or not."""
        return _digest(_bearer(authorization)) in self._issued

    def check(self, authorization: str, scope: str, now: float) -> None:
        """Check an `Authorization` header of the scheme Bearer, for a surface that needs `scope`.

        Raises:
            LoginRefusedError: unknown or expired, not for this surface, or no token at all.
        """
        token = _bearer(authorization)
        if not token or " " in token:
            _refuse("MissingRequiredParameter", "invalid_request")
        scopes, expires = self._issued.get(_digest(token), ((), 0))
        if not scopes:
            _refuse("InvalidAccessToken", "invalid_token")
        if expires <= now:
            _refuse("AccessTokenExpired", "invalid_token")
        if scope not in scopes:
            _refuse("InvalidScope", "invalid_token")

    def _claims(self, scopes: list[str], now: int) -> dict[str, object]:
        application = uuid.uuid5(uuid.NAMESPACE_OID, self._account.client_id)
        return {
            "sub": "3;7",
            "aud": [self._account.client_id, f"{application};{self._account.id}"],
            "scope": scopes,
            "iss": "https://system.netsuite.com",
            "oit": now,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }

    @cached_property
    def _key(self) -> RSAPrivateKey:
        """NetSuite's own key; a new one for each run, since nothing is verified with it."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _bearer(authorization: str) -> str:
    return authorization.partition(" ")[2].strip()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()
