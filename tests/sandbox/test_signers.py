"""Whoever signs by RFC 5849 gets in; whoever has one bit of it wrong does not."""

import base64
import hmac
import json
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest
from authlib.oauth1.rfc5849.client_auth import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.util import escape
from hypothesis import given
from hypothesis import strategies as st

from .wire import Wire

RESTLET = (
    "/app/site/hosting/restlet.nl"
    "?script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"
)
ADDRESS = RESTLET + "&note=a%20b%2Fc&note=%C3%BC&empty="
PING = b'{"operation":"ping"}'
JSON = ("Content-Type", "application/json")
SECRETS = ("consumer_secret", "token_secret")


class AuthlibClient(ClientAuth):
    """Authlib's signer; of HMAC-SHA256 it knows the base string alone."""

    def _hmac_sha256(self, request):
        key = f"{escape(self.client_secret)}&{escape(self.token_secret)}".encode()
        base = generate_signature_base_string(request).encode()
        return base64.b64encode(hmac.digest(key, base, "sha256")).decode()

    SIGNATURE_METHODS = {"HMAC-SHA256": _hmac_sha256}  # noqa: RUF012 - as its base class has it


def by_oauthlib(caller, method, path, **where):
    return caller.header_of_oauthlib(method, path, **where)


def by_authlib(caller, method, path):
    """The header that Authlib makes, with the hash of the body among what it signs."""
    sandbox = caller.sandbox
    client = AuthlibClient(
        sandbox.consumer_key,
        client_secret=sandbox.consumer_secret,
        token=sandbox.token_id,
        token_secret=sandbox.token_secret,
        signature_method="HMAC-SHA256",
        realm=sandbox.account,
    )
    headers = {"Content-Type": "application/json"}
    header = client.sign(method, sandbox.url + path, headers, PING)[1]["Authorization"]
    assert 'oauth_body_hash="' in header
    return header


def by_the_tests(caller, method, path):
    """The header that the tests' own thirty lines make."""
    return caller.header(method, path)


SIGNERS = pytest.mark.parametrize("signer", [by_oauthlib, by_authlib, by_the_tests])


@SIGNERS
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "path",
    [
        RESTLET,
        ADDRESS,
        RESTLET + "&limit=10&offset=20",
        RESTLET + "&b=2&a=1&a=1&a=0&A=9",
        "/services/rest/query/v1/suiteql?limit=5&offset=5",
        "/services/rest/record/v1/metadata-catalog?select=customer%2CjournalEntry",
        "/services/rest/nowhere%20at/all;v=1?x=~tilde-._!*()",
    ],
)
def test_what_a_signer_signs_logs_in(shared, signer, method, path):
    header = signer(shared, method, path)
    assert shared.send(method, path, auth=header).status != 401


@SIGNERS
@given(
    pairs=st.lists(
        st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=12)), min_size=1, max_size=6
    )
)
def test_whatever_the_query_has_in_it_is_signed(shared, signer, pairs):
    query = urlencode([(name, value) for name, value in pairs if not name.startswith("oauth_")])
    path = f"{RESTLET}&{query}"
    assert shared.send("POST", path, auth=signer(shared, "POST", path)).status != 401


def changes(text: str):
    """`text` as bytes, with each of its bits changed in turn."""
    data = text.encode("latin-1")
    for position in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[position] ^= 1 << bit
            yield bytes(changed)


def refused(wire, header, *, target=ADDRESS, **headers) -> bool:
    """Whether a call is refused for its login, or as no HTTP at all."""
    sent = [("Authorization", header), JSON, *headers.items()]
    answer = wire.request("POST", target, sent, PING)
    return answer is not None and answer.status in {400, 401}


def logs_in(wire, header, target=ADDRESS) -> bool:
    answer = wire.request("POST", target, [("Authorization", header), JSON], PING)
    return answer.status == 200 and json.loads(answer.body)["ok"] is True


def same_address(changed: bytes) -> bool:
    """Whether only the case of a percent escape in the query changed (RFC 3986, section 2.1)."""
    path, _, query = changed.decode("latin-1").partition("?")
    as_signed = urlsplit(ADDRESS)
    return path == as_signed.path and parse_qsl(
        query, keep_blank_values=True, encoding="latin-1"
    ) == parse_qsl(as_signed.query, keep_blank_values=True, encoding="latin-1")


def same_header(changed: bytes, header: str) -> bool:
    """Whether only the case of the scheme (RFC 9110) or of a percent escape changed."""
    text = changed.decode("latin-1")
    return unquote(text[5:]) == unquote(header[5:]) and text[:5].lower() == "oauth"


def test_each_changed_bit_of_the_address_is_refused(patient):
    header = patient.header("POST", ADDRESS)
    with Wire(patient.sandbox.url) as wire:
        for target in changes(ADDRESS):
            assert same_address(target) or refused(wire, header, target=target), target
        assert logs_in(wire, header)
    assert patient.door("GET", "stats").json()["unexpected_errors"] == []


def test_each_changed_bit_of_the_host_is_refused(patient):
    header = patient.header("POST", ADDRESS)
    with Wire(patient.sandbox.url) as wire:
        for host in changes(wire.host):
            assert refused(wire, header, Host=host), host
        assert logs_in(wire, header)


def test_each_changed_bit_of_the_header_is_refused(patient):
    header = by_authlib(patient, "POST", ADDRESS)
    with Wire(patient.sandbox.url) as wire:
        for changed in changes(header):
            assert same_header(changed, header) or refused(wire, changed), changed
        assert logs_in(wire, header)
    assert patient.door("GET", "stats").json()["unexpected_errors"] == []


@pytest.mark.parametrize("part", ["consumer_key", "token_id", "account", *SECRETS])
def test_each_changed_bit_of_the_credentials_is_refused_however_well_it_signs(patient, part):
    with Wire(patient.sandbox.url) as wire:
        for changed in changes(getattr(patient.sandbox, part)):
            stranger = replace(patient.sandbox, **{part: changed.decode("latin-1")})
            header = type(patient)(stranger).header("POST", ADDRESS)
            assert refused(wire, header), changed
        assert logs_in(wire, patient.header("POST", ADDRESS))


@pytest.mark.parametrize(
    ("name", "value"), [("signature_method", "HMAC-SHA256"), ("version", "1.0")]
)
def test_each_changed_bit_of_the_scheme_of_signing_is_refused(patient, name, value):
    with Wire(patient.sandbox.url) as wire:
        for changed in changes(value):
            signed = {f"oauth_{name}": changed.decode("latin-1")}
            assert refused(wire, patient.header("POST", ADDRESS, **signed)), changed


def test_the_case_of_the_scheme_and_of_an_escape_means_nothing(patient):
    with Wire(patient.sandbox.url) as wire:
        header = patient.header("POST", ADDRESS)
        assert logs_in(wire, header.replace("OAuth", "oAUTH").replace("%3D", "%3d"))
        header = patient.header("POST", ADDRESS)
        assert logs_in(wire, header, ADDRESS.replace("%2F", "%2f").replace("%C3%BC", "%c3%bc"))


def test_the_case_of_the_host_means_nothing(patient):
    url = patient.sandbox.url.replace("127.0.0.1", "localhost")
    header = by_oauthlib(patient, "POST", ADDRESS, url=url)
    with Wire(patient.sandbox.url) as wire:
        sent = [("Authorization", header), JSON, ("Host", urlsplit(url).netloc.upper())]
        assert wire.request("POST", ADDRESS, sent, PING).status == 200


def test_the_order_and_spacing_of_the_parameters_mean_nothing(patient):
    parts = patient.header("POST", ADDRESS).removeprefix("OAuth ").split(", ")
    with Wire(patient.sandbox.url) as wire:
        assert logs_in(wire, "OAuth " + ",".join(reversed(parts)))


def test_a_login_cannot_be_moved_to_another_request(patient):
    header = patient.header("POST", ADDRESS)
    with Wire(patient.sandbox.url) as wire:
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            sent = [("Authorization", header), JSON]
            assert wire.request(method, ADDRESS, sent, PING).status == 401
        assert logs_in(wire, header)
        assert not logs_in(wire, header)
