"""The wire over TLS: kept connections, a proxy between, and an end when the caller wants it."""

import ipaddress
import json
import queue
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nsconsole.netsuite import wire
from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.netsuite.restlet import Operation, OperationKind

HOST = "erp.example.com"
PING = {"ok": True, "version": "1.0", "idempotent": True, "max_operations": 50}
UPDATE = Operation(
    "r-1", OperationKind.UPDATE, "vendor", id="42", values={"cost": 12.5}, expected={"cost": 10.0}
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate for the test's host and this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def through_proxy(server, monkeypatch):
    """Have the environment say that the server is the proxy to the world."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, server.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def secure(server, certificate, monkeypatch):
    """Have the server speak TLS, which the client trusts, before it answers."""
    trusted = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(wire, "_trusted", lambda **_: trusted)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer_by(play, *, first=lambda _: None):
        def answer(connection, _):
            first(connection)
            with context.wrap_socket(connection, server_side=True) as secured:
                play(secured)

        server.answers_unasked = True
        server.play(answer)
        return server.url.replace("http:", "https:")

    return answer_by


def pong(server):
    """Answer the requests of a connection, however many."""
    body = json.dumps(PING).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def play(connection):
        while (request := server.read(connection)).method:
            server.requests.append(request)
            connection.sendall(answer)

    return play


def test_calls_go_over_one_connection(server, secure, connect):
    connections = []
    client = connect(secure(pong(server), first=connections.append))
    assert [client.ping().version, client.ping().version] == ["1.0", "1.0"]
    assert (len(server.requests), len(connections)) == (2, 1)


def test_a_server_that_drips_cannot_hold_the_caller_and_the_connection_is_ended(
    server, secure, connect
):
    ended = queue.SimpleQueue()

    def drip(connection):
        server.read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            for _ in range(500):
                connection.sendall(b" ")
                time.sleep(0.01)
        except OSError as error:
            ended.put(error)

    client = connect(secure(drip), total=0.3)
    began = time.monotonic()
    with pytest.raises(NetSuiteError, match="in time") as caught:
        client.write([UPDATE])
    assert time.monotonic() - began < 2
    assert caught.value.outcome is Outcome.AMBIGUOUS
    assert ended.get(timeout=3)


@pytest.mark.usefixtures("through_proxy")
def test_a_proxy_of_the_environment_is_gone_through(server, secure, connect):
    tunnels = []

    def open_tunnel(connection):
        tunnels.append(server.read(connection).target)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    secure(pong(server), first=open_tunnel)
    client = connect(f"https://{HOST}")
    assert [client.ping().version, client.ping().version] == ["1.0", "1.0"]
    assert tunnels == [f"{HOST}:443"]


@pytest.mark.usefixtures("through_proxy")
def test_a_handshake_behind_a_proxy_that_takes_too_long_means_that_nothing_was_sent(
    server, secure, connect
):
    def open_tunnel_to_nobody(connection):
        server.read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        server.closing.wait(3)

    secure(pong(server), first=open_tunnel_to_nobody)
    with pytest.raises(NetSuiteError, match="no connection came about in time") as caught:
        connect(f"https://{HOST}", connect=5, total=0.3).write([UPDATE])
    assert caught.value.outcome is Outcome.TRANSIENT
