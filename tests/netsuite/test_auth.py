import logging
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx
import pytest
from oauthlib.oauth1.rfc5849 import signature

from nsconsole.netsuite.auth import TbaAuth, TbaCredentials

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

# Oracle's worked examples (NetSuite help, "The Signature for Web Services and RESTlets").
ORACLE = TbaCredentials(
    consumer_key="ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    consumer_secret="d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
    token_id="2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    token_secret="c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
)
RESTLET = (
    "https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl"
    "?script=6&deploy=1&customParam=someValue&testParam=someOtherValue"
)
RECORD = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40"


def oracle_auth():
    return TbaAuth(
        ORACLE,
        realm="123456",
        now=lambda: datetime.fromtimestamp(1508242306, UTC),
        nonce=lambda: "fjaLirsIcCGVZWzBX0pg",
    )


def signed(auth, method, url, **request):
    return next(auth.auth_flow(httpx.Request(method, url, **request)))


def parameters(request):
    """Read the Authorization header as a server would."""
    scheme, _, rest = request.headers["Authorization"].partition(" ")
    assert scheme == "OAuth"
    return {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', rest)}


@pytest.mark.parametrize(
    ("method", "url", "expected"),
    [
        ("POST", RESTLET, "+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ="),
        ("GET", RECORD, "B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY="),
    ],
)
def test_the_signature_is_the_one_of_oracles_example(method, url, expected):
    assert parameters(signed(oracle_auth(), method, url))["oauth_signature"] == expected


def test_the_header_has_exactly_what_netsuite_asks_for():
    sent = parameters(signed(oracle_auth(), "POST", RESTLET))
    assert sent.pop("oauth_signature")
    assert sent == {
        "realm": "123456",
        "oauth_consumer_key": ORACLE.consumer_key,
        "oauth_token": ORACLE.token_id,
        "oauth_nonce": "fjaLirsIcCGVZWzBX0pg",
        "oauth_timestamp": "1508242306",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_version": "1.0",
    }


def test_the_base_string_holds_every_query_parameter_and_no_realm(monkeypatch):
    seen = []
    build = signature.signature_base_string
    monkeypatch.setattr(
        signature, "signature_base_string", lambda *parts: seen.append(build(*parts)) or seen[-1]
    )
    signed(oracle_auth(), "POST", RESTLET)
    expected = (
        "POST&https%3A%2F%2F123456.restlets.api.netsuite.com%2Fapp%2Fsite%2Fhosting%2Frestlet.nl&"
        "customParam%3DsomeValue%26deploy%3D1"
        f"%26oauth_consumer_key%3D{ORACLE.consumer_key}"
        "%26oauth_nonce%3DfjaLirsIcCGVZWzBX0pg%26oauth_signature_method%3DHMAC-SHA256"
        f"%26oauth_timestamp%3D1508242306%26oauth_token%3D{ORACLE.token_id}"
        "%26oauth_version%3D1.0%26script%3D6%26testParam%3DsomeOtherValue"
    )
    assert seen == [expected]


def test_a_json_body_is_not_part_of_the_signature():
    with_body = signed(oracle_auth(), "POST", RESTLET, json={"a": 1})
    assert parameters(with_body) == parameters(signed(oracle_auth(), "POST", RESTLET))
    assert with_body.content == b'{"a":1}'
    assert with_body.headers["Content-Type"] == "application/json"


def test_a_port_is_signed_as_the_server_sees_it():
    plain, ported = (
        parameters(signed(oracle_auth(), "POST", f"https://proxy.example{port}/x"))
        for port in (":443", ":8443")
    )
    default = parameters(signed(oracle_auth(), "POST", "https://proxy.example/x"))
    assert plain == default
    assert ported != default


def test_sending_again_takes_a_new_nonce_and_the_time_of_that_moment():
    clock = iter([datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(seconds=n) for n in range(9)])
    auth = TbaAuth(ORACLE, realm="1", now=lambda: next(clock))
    request = httpx.Request("POST", RESTLET)
    first, second = (parameters(next(auth.auth_flow(request))) for _ in range(2))
    assert len(first["oauth_nonce"]) >= 20
    assert first["oauth_nonce"] != second["oauth_nonce"]
    assert int(second["oauth_timestamp"]) == int(first["oauth_timestamp"]) + 1
    assert first["oauth_signature"] != second["oauth_signature"]
    assert len(request.headers.get_list("Authorization")) == 1


def signed_ahead(seconds):
    """Prepare a request and send it so many seconds later, twice; give what was on it each time."""
    clock = iter([NOW, NOW + timedelta(seconds=seconds), *[NOW + timedelta(minutes=1)] * 2])
    auth = TbaAuth(ORACLE, realm="1", now=lambda: next(clock))
    request = httpx.Request("POST", RESTLET)
    auth.prepare(request)
    ahead = parameters(request)
    return ahead, *(parameters(next(auth.auth_flow(request))) for _ in range(2))


def test_a_signature_that_was_made_ahead_serves_once():
    ahead, first, second = signed_ahead(9)
    assert first == ahead
    assert second["oauth_nonce"] != ahead["oauth_nonce"]
    assert second["oauth_timestamp"] == str(int(NOW.timestamp()) + 60)


@pytest.mark.parametrize("seconds", [10, -1], ids=["old", "of the future"])
def test_a_signature_that_was_made_ahead_is_made_anew_if_it_is(seconds):
    ahead, first, _ = signed_ahead(seconds)
    assert first["oauth_nonce"] != ahead["oauth_nonce"]
    assert first["oauth_signature"] != ahead["oauth_signature"]


def test_signing_logs_nothing_of_the_credentials(caplog):
    caplog.set_level(logging.DEBUG)
    value = parameters(signed(oracle_auth(), "POST", RESTLET))["oauth_signature"]
    for secret in (ORACLE.consumer_key, ORACLE.consumer_secret, ORACLE.token_id, value):
        assert secret not in caplog.text


def test_the_signer_shows_no_secret():
    assert ORACLE.consumer_secret not in repr(vars(oracle_auth()))
    assert ORACLE.consumer_key not in repr(vars(oracle_auth()))
