"""OAuth 2.0 client credentials: a certificate's signature buys a token that opens every call.

Facts: Oracle, "OAuth 2.0 Client Credentials Flow" and "POST Request to the Token Endpoint".
"""

import hashlib
import logging
import re
import threading
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from nsconsole.netsuite.account import Endpoint, check_printable
from nsconsole.netsuite.answer import load_json
from nsconsole.netsuite.errors import NoTokenError
from nsconsole.netsuite.wire import Login

_SCOPE = ["restlets", "rest_webservices"]
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE = timedelta(minutes=10)
_SPARE = timedelta(seconds=60)  # a token is renewed before it can end on the way
_LONGEST_LIFE = 3600
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RSA_BITS = (3072, 4096)
_JWT = re.compile(r"eyJ[\w-]+(?:\.[\w-]+){1,2}|((?:assertion|access_token)[\"':= ]+)[^\s\"'&,]+")

# At DEBUG it tells of the headers that it sends.
logging.getLogger("httpcore").setLevel(logging.INFO)

_Key = RSAPrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class OAuth2Credentials:
    """A client id, the id of a certificate and its private key; see `load_oauth2`."""

    client_id: str = field(repr=False)
    certificate_id: str
    key: _Key = field(repr=False)
    algorithm: str

    @property
    def mark(self) -> str:
        """Eight hex digits that tell these credentials from others, and nothing else of them."""
        return hashlib.sha256(f"{self.client_id}\n{self.certificate_id}".encode()).hexdigest()[:8]

    def redact(self, text: str) -> str:
        """Return the text without the client id and without anything that could be a token."""
        text = text.replace(self.client_id, "(hidden)")
        return _JWT.sub(lambda found: f"{found[1] or ''}(hidden)", text)


def load_oauth2(client_id: str, certificate_id: str, private_key_file: Path) -> OAuth2Credentials:
    """Read the private key and check it as NetSuite would check its certificate.

    Raises ValueError, as a sentence for people, for an empty or garbled id, a file that cannot be
    read or holds no bare private key, or a kind of key that NetSuite does not take.
    """
    check_printable("client id", client_id)
    check_printable("certificate id", certificate_id)
    key = _private_key(private_key_file)
    return OAuth2Credentials(client_id, certificate_id, key, _algorithm(key))


def _private_key(path: Path) -> _Key:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise ValueError(f"The private key file cannot be read: {error.strerror}.") from None
    except TypeError:
        raise ValueError("The private key file is encrypted; NetSuite needs a bare key.") from None
    except ValueError:
        raise ValueError("The private key file holds no private key in PEM form.") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise _bad_key("neither RSA nor of an elliptic curve")
    return key


def _algorithm(key: _Key) -> str:
    if isinstance(key, RSAPrivateKey):
        if key.key_size not in _RSA_BITS:
            raise _bad_key(f"RSA of {key.key_size} bits")
        return "PS256"
    algorithm = _CURVES.get(key.curve.name)
    if algorithm is None:
        raise _bad_key(f"of the curve {key.curve.name}")
    return algorithm


def _bad_key(kind: str) -> ValueError:
    return ValueError(
        f"The private key is {kind}; NetSuite takes RSA of 3072 or 4096 bits, or the curves P-256, "
        "P-384 and P-521."
    )


class OAuth2Auth(Login):
    """Put a bearer token on each request, fetching one when there is none or it is about to end.

    A token that NetSuite refuses before its time is fetched anew once, for a request answered with
    401 was not carried out. Of many requests at once one fetches, and the others wait for it.
    """

    def __init__(
        self,
        credentials: OAuth2Credentials,
        *,
        endpoint: Endpoint,
        now: Callable[[], datetime],
    ) -> None:
        self._credentials = credentials
        self._endpoint = endpoint
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._until: datetime | None = None

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a token; the answer to a refused token request is the answer."""
        kept = self._kept_token()
        if kept:
            response = yield _bearing(request, kept)
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
        with self._lock:
            if self._kept_token() == kept:  # nobody else has fetched another meanwhile
                response = yield self._token_request(within=request)
                if response.is_client_error:
                    self._until = None
                    return
                response.read()
                self._keep(response)
        yield _bearing(request, self._token)

    def _kept_token(self) -> str:
        in_time = self._until is not None and self._now() < self._until
        return self._token if in_time else ""

    def _token_request(self, *, within: httpx.Request) -> httpx.Request:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        url = self._endpoint.token_url  # bounded in time and cut off as the request it is for
        return httpx.Request("POST", url, data=form, extensions=within.extensions)

    def _assertion(self) -> str:
        at = self._now()
        claims = {
            "iss": self._credentials.client_id,
            "scope": _SCOPE,
            "aud": self._endpoint.token_audience,
            "iat": int(at.timestamp()),
            "exp": int((at + _ASSERTION_LIFE).timestamp()),
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(
            claims,
            self._credentials.key,
            algorithm=self._credentials.algorithm,
            headers={"kid": self._credentials.certificate_id},
        )

    def _keep(self, response: httpx.Response) -> None:
        if not response.is_success:
            raise NoTokenError(f"HTTP {response.status_code} in place of a token")
        try:
            answer = load_json(response.content)
        except ValueError:
            answer = None
        match answer:
            case {"access_token": str(token), "expires_in": int() | str() as life} if token:
                pass
            case _:
                raise NoTokenError("its answer has no token")
        if not str(life).isdecimal() or not token.isascii() or not token.isprintable():
            raise NoTokenError("its answer has no token that can be used")
        self._token = token
        self._until = self._now() + timedelta(seconds=min(int(life), _LONGEST_LIFE)) - _SPARE


def _bearing(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request
