"""OAuth 2.0 client credentials, against a server that answers as badly as a test wants."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from nsconsole.netsuite.account import endpoint
from nsconsole.netsuite.client import NetSuite, Timeouts
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.oauth2 import load_oauth2
from nsconsole.netsuite.restlet import Operation, OperationKind

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)

AUDIENCE = "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
PING = {"ok": True, "version": "1.0", "idempotent": True, "max_operations": 50}


def pem(key, password=None):
    locked = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, locked)


@pytest.fixture(scope="session")
def rsa_key():
    return rsa.generate_private_key(65537, 3072)


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key.pem"
    path.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    return path


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def logged_in(server, key_file, clock, *, total):
    credentials = load_oauth2("the-client-id", "certificate-7", key_file)
    limits = Timeouts(connect=2.0, read=5.0, total=total)
    where = endpoint("1234567_SB1", server.url)
    return NetSuite(where, credentials, timeouts=limits, now=clock)


@pytest.fixture
def client(server, key_file, clock):
    with logged_in(server, key_file, clock, total=10.0) as made:
        yield made


def token(server, text="token-1", life=3600):
    return server.http(200, {"access_token": text, "expires_in": life, "token_type": "Bearer"})


def bearers(server):
    return [request.headers.get("authorization") for request in server.requests]


def test_a_token_is_fetched_once_and_opens_every_call(server, client):
    server.play(token(server), server.http(200, PING))
    client.ping()
    client.ping()
    assert bearers(server) == [None, "Bearer token-1", "Bearer token-1"]
    assert server.requests[0].target == "/services/rest/auth/oauth2/v1/token"


def test_the_assertion_is_what_netsuite_asks_for(server, client, key_file):
    server.play(token(server), server.http(200, PING))
    client.ping()
    form = parse_qs(server.requests[0].body.decode(), strict_parsing=True)
    assert form.pop("grant_type") == ["client_credentials"]
    assert form.pop("client_assertion_type") == [
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    ]
    (assertion,) = form.pop("client_assertion")
    assert form == {}
    public = serialization.load_pem_private_key(key_file.read_bytes(), None).public_key()
    claims = jwt.decode(
        assertion, public, algorithms=["ES256"], audience=AUDIENCE,
        options={"verify_iat": False, "verify_exp": False},
    )  # fmt: skip
    assert jwt.get_unverified_header(assertion) == {
        "typ": "JWT", "alg": "ES256", "kid": "certificate-7",
    }  # fmt: skip
    assert claims["iss"] == "the-client-id"
    assert claims["scope"] == ["restlets", "rest_webservices"]
    assert claims["iat"] == int(NOW.timestamp())
    assert 0 < claims["exp"] - claims["iat"] < 3600


def test_a_token_about_to_end_is_renewed(server, client, clock):
    server.play(
        token(server, life=300), server.http(200, PING), token(server, "token-2"),
        server.http(200, PING),
    )  # fmt: skip
    client.ping()
    clock.now += timedelta(seconds=241)
    client.ping()
    assert bearers(server) == [None, "Bearer token-1", None, "Bearer token-2"]


def test_a_token_refused_before_its_time_is_fetched_anew_once(server, client):
    refused = server.http(401, {})
    server.play(token(server), server.http(200, PING), refused, token(server, "token-2"), refused)
    client.ping()
    with pytest.raises(NetSuiteError) as caught:
        client.ping()
    assert caught.value.outcome is Outcome.UNAUTHORIZED
    assert bearers(server)[2:] == ["Bearer token-1", None, "Bearer token-2"]


def test_a_fresh_token_that_is_refused_is_not_tried_again(server, client):
    server.play(token(server), server.http(401, {}))
    with pytest.raises(NetSuiteError) as caught:
        client.ping()
    assert caught.value.outcome is Outcome.UNAUTHORIZED
    assert len(server.requests) == 2


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "invalid_request"])
def test_a_refused_assertion_stops_everything_and_nothing_else_is_sent(server, client, error):
    server.reply(400, {"error": error})
    with pytest.raises(NetSuiteError, match=error) as caught:
        client.ping()
    assert caught.value.outcome is Outcome.UNAUTHORIZED
    assert len(server.requests) == 1


def test_an_overloaded_token_endpoint_is_an_overload(server, client):
    server.reply(429, {})
    with pytest.raises(NetSuiteError) as caught:
        client.ping()
    assert caught.value.outcome is Outcome.OVERLOAD


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"),
        (302, b""),
        (200, b"<html>"),
        (200, {"expires_in": 3600}),
        (200, {"access_token": "", "expires_in": 3600}),
        (200, {"access_token": "a\nb", "expires_in": 3600}),
        (200, {"access_token": "t", "expires_in": "soon"}),
    ],
)
def test_without_a_token_a_write_was_certainly_not_done(server, client, status, body):
    server.reply(status, body)
    operation = Operation(request_id="r", kind=OperationKind.DELETE, record_type="vendor", id="1")
    with pytest.raises(NetSuiteError, match="gave no access token") as caught:
        client.write([operation])
    assert caught.value.outcome is Outcome.TRANSIENT
    assert len(server.requests) == 1


def test_a_token_that_does_not_come_in_time_is_waited_for_no_longer(server, key_file, clock):
    heard = queue.SimpleQueue()
    server.play(lambda connection, _: heard.put(connection.recv(1)))
    with logged_in(server, key_file, clock, total=0.3) as client:
        with pytest.raises(NetSuiteError, match="in time"):
            client.ping()
        assert heard.get(timeout=3) == b"", "the connection was ended"


def test_many_threads_share_one_token(server, client):
    def answer(connection, request):
        body = token(server) if "token" in request.target else server.http(200, PING)
        connection.sendall(body)

    server.play(answer)
    barrier = threading.Barrier(8)

    def ping(_):
        barrier.wait()
        return client.ping()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ping, range(8)))
    assert bearers(server).count(None) == 1


def test_nothing_secret_is_shown(server, client, key_file):
    credentials = load_oauth2("the-client-id", "certificate-7", key_file)
    assert "the-client-id" not in repr(credentials)
    leaked = 'client_assertion=eyJhbGciOi.eyJpc3Mi.c2ln for the-client-id "access_token": "abc"'
    server.reply(400, {"error": "invalid_grant", "error_description": leaked})
    with pytest.raises(NetSuiteError) as caught:
        client.ping()
    for secret in ("the-client-id", "eyJ", "c2ln", "abc"):
        assert secret not in str(caught.value)
    assert len(client.login) == 8


@pytest.mark.parametrize(
    ("curve", "algorithm"),
    [(ec.SECP256R1(), "ES256"), (ec.SECP384R1(), "ES384"), (ec.SECP521R1(), "ES512")],
)
def test_the_curve_decides_the_algorithm(tmp_path, curve, algorithm):
    path = tmp_path / "key.pem"
    path.write_bytes(pem(ec.generate_private_key(curve)))
    assert load_oauth2("client", "certificate", path).algorithm == algorithm


def test_rsa_signs_with_pss(tmp_path, rsa_key):
    path = tmp_path / "key.pem"
    path.write_bytes(pem(rsa_key))
    assert load_oauth2("client", "certificate", path).algorithm == "PS256"


BAD_KEYS = {
    "cannot be read": lambda: None,
    "no private key": lambda: b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "encrypted": lambda: pem(ec.generate_private_key(ec.SECP256R1()), b"secret"),
    "RSA of 2048 bits": lambda: pem(rsa.generate_private_key(65537, 2048)),
    "secp256k1": lambda: pem(ec.generate_private_key(ec.SECP256K1())),
    "neither RSA": lambda: pem(dsa.generate_private_key(1024)),
}


@pytest.mark.parametrize("sentence", BAD_KEYS)
def test_a_key_that_netsuite_would_not_take_is_refused_at_once(tmp_path, sentence):
    path, content = tmp_path / "key.pem", BAD_KEYS[sentence]()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        load_oauth2("client", "certificate", path)


@pytest.mark.parametrize(
    ("client_id", "certificate_id", "sentence"),
    [("", "c", "client id is missing"), ("c", "a b", "certificate id has white space")],
)
def test_a_bad_paste_is_refused(key_file, client_id, certificate_id, sentence):
    with pytest.raises(ValueError, match=sentence):
        load_oauth2(client_id, certificate_id, key_file)
