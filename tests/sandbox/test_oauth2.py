"""OAuth 2.0 client credentials: what buys a token, what a token opens, and for how long."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from nsconsole.sandbox.behaviour import Behaviour

TOKEN = "/services/rest/auth/oauth2/v1/token"
SUITEQL = "/services/rest/query/v1/suiteql"
RESTLET = (
    "/app/site/hosting/restlet.nl"
    "?script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"
)
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BOTH = ["restlets", "rest_webservices"]


class Time:
    def __init__(self):
        self.at = datetime.now(UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Time()


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@cache
def private_key(text):
    """The key of a PEM text, which takes long to check."""
    return load_pem_private_key(text.encode(), password=None)


def assertion(caller, *, key=None, alg="PS256", kid=None, headers=None, **changes) -> str:
    """A client assertion; a change to None leaves a claim out."""
    now = int(caller.now())
    claims = {
        "iss": caller.sandbox.client_id,
        "scope": BOTH,
        "aud": caller.sandbox.url + TOKEN,
        "iat": now,
        "exp": now + 3600,
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    key = key or private_key(Path(caller.sandbox.private_key_file).read_text())
    kid = caller.sandbox.certificate_id if kid is None else kid
    return jwt.encode(claims, key, algorithm=alg, headers={"kid": kid, **(headers or {})})


def form(token, **changes) -> bytes:
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": token,
        **changes,
    }
    return urlencode({k: v for k, v in fields.items() if v is not None}).encode()


def ask(caller, body, content_type="application/x-www-form-urlencoded"):
    return caller.send("POST", TOKEN, body, auth=False, Content_Type=content_type)


def bought(caller, **claims) -> str:
    answer = ask(caller, form(assertion(caller, **claims)))
    assert answer.status == 200, (answer.text, caller.last_refusal())
    return answer.json()["access_token"]


def send(caller, path, body, authorization):
    return caller.send(
        "POST", path, body, auth=authorization, Prefer="transient", Content_Type="application/json"
    )


def suiteql(caller, token) -> int:
    return send(caller, SUITEQL, {"q": "SELECT 1 FROM dual"}, f"Bearer {token}").status


def restlet(caller, token) -> int:
    return send(caller, RESTLET, {"operation": "ping"}, f"Bearer {token}").status


@pytest.fixture(scope="module")
def shared(patient):
    """A sandbox that may refuse as often as it will: it never locks."""
    return patient


def test_a_token_opens_rest_and_restlets(shared):
    answer = ask(shared, form(assertion(shared)))
    assert answer.status == 200
    said = answer.json()
    assert set(said) == {"access_token", "expires_in", "token_type"}  # no refresh token
    assert (said["expires_in"], said["token_type"]) == (3600, "Bearer")
    assert suiteql(shared, said["access_token"]) == 200
    assert restlet(shared, said["access_token"]) == 200


def test_the_seconds_of_a_token_may_come_as_text(start):
    with start(behaviour=Behaviour(expires_in="text")) as caller:
        assert ask(caller, form(assertion(caller))).json()["expires_in"] == "3600"


def test_a_token_looks_like_one_of_netsuites(shared):
    token = bought(shared)
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert header == {"alg": "RS256", "kid": "s.SYSTEM.2020_1", "typ": "JWT"}
    assert claims["aud"][0] == shared.sandbox.client_id
    assert claims["scope"] == BOTH
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["jti"] != jwt.decode(bought(shared), options={"verify_signature": False})["jti"]


def test_the_key_is_for_its_owner_alone(own):
    path = Path(own.sandbox.private_key_file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_uid == os.getuid()
    assert own.sandbox.client_id == own.sandbox.consumer_key
    assert path.read_text() not in repr(own.sandbox)


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (["restlets"], (401, 200)),
        (["rest_webservices"], (200, 401)),
        (["suite_analytics"], (401, 401)),
        ("restlets", (401, 200)),
        ("restlets,rest_webservices", (200, 200)),
        ("restlets, rest_webservices", (200, 200)),
        ("rest_webservices restlets", (200, 200)),
        (["rest_webservices", "restlets", "suite_analytics"], (200, 200)),
    ],
)
def test_the_scope_decides_what_a_token_opens(shared, scope, status):
    token = bought(shared, scope=scope)
    assert (suiteql(shared, token), restlet(shared, token)) == status


@pytest.mark.parametrize(
    "host", ["1234567-sb1.suitetalk.api.netsuite.com", "1234567-sb1.restlets.api.netsuite.com"]
)
def test_the_audience_may_be_either_host_of_the_account(shared, host):
    bought(shared, aud=f"https://{host}{TOKEN}")
    bought(shared, aud=[f"https://{host}{TOKEN}"])


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"aud": "https://1234567.suitetalk.api.netsuite.com" + TOKEN}, "grant", "InvalidAudience"),
        ({"aud": "http://1234567-sb1.suitetalk.api.netsuite.com" + TOKEN}, "grant",
         "InvalidAudience"),
        ({"aud": "https://1234567-sb1.suitetalk.api.netsuite.com"}, "grant", "InvalidAudience"),
        ({"aud": None}, "grant", "InvalidAudience"),
        ({"iss": "somebody else"}, "client", "InvalidIssuer"),
        ({"iss": None}, "client", "InvalidIssuer"),
        ({"scope": None}, "scope", "InvalidScope"),
        ({"scope": []}, "scope", "InvalidScope"),
        ({"scope": ""}, "scope", "InvalidScope"),
        ({"scope": ["restlets", "everything"]}, "scope", "InvalidScope"),
        ({"scope": 7}, "scope", "InvalidScope"),
        ({"scope": [["restlets"]]}, "scope", "InvalidScope"),
        ({"exp": None}, "grant", "MissingRequiredParameter"),
        ({"iat": None}, "grant", "MissingRequiredParameter"),
        ({"kid": "unknown"}, "grant", "CertificateUnknown"),
        ({"headers": {"typ": "at+jwt"}}, "grant", "InvalidJwt"),
    ],
)  # fmt: skip
def test_an_assertion_that_claims_something_else_buys_nothing(shared, changes, error, reason):
    answer = ask(shared, form(assertion(shared, **changes)))
    assert (answer.status, answer.json()) == (400, {"error": f"invalid_{error}"})
    assert shared.last_refusal() == reason


@pytest.mark.parametrize(
    ("iat", "exp", "reason"),
    [
        (0, 3600, None),
        (0, 1, None),
        (290, 3000, None),
        (0, 3601, "InvalidLifetime"),
        (-3600, 0, "InvalidTimestamp"),
        (-7200, -3600, "InvalidTimestamp"),
        (310, 3000, "InvalidTimestamp"),
        (10, 10, "InvalidLifetime"),
    ],
)
def test_an_assertion_lives_an_hour_at_most_and_only_now(start, clock, iat, exp, reason):
    with start(now=clock) as caller:
        now = int(clock().timestamp())
        clock.at = datetime.fromtimestamp(now, UTC)
        answer = ask(caller, form(assertion(caller, iat=now + iat, exp=now + exp)))
        assert answer.status == (400 if reason else 200)
        assert reason is None or caller.last_refusal() == reason


def test_an_assertion_signed_by_another_key_buys_nothing(shared, rsa_key):
    assert ask(shared, form(assertion(shared, key=rsa_key))).json() == {"error": "invalid_grant"}
    assert shared.last_refusal() == "InvalidSignature"


@pytest.mark.parametrize("alg", ["HS256", "none", "RS256", "ES384", "EdDSA"])
def test_an_algorithm_that_is_not_the_keys_buys_nothing(shared, rsa_key, alg):
    keys = {
        "HS256": "s" * 64,
        "none": None,
        "RS256": rsa_key,
        "ES384": ec.generate_private_key(ec.SECP384R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    }
    now = int(shared.now())
    claims = {
        "iss": shared.sandbox.client_id, "scope": BOTH, "aud": shared.sandbox.url + TOKEN,
        "iat": now, "exp": now + 60,
    }  # fmt: skip
    token = jwt.encode(
        claims, keys[alg], algorithm=alg, headers={"kid": shared.sandbox.certificate_id}
    )
    assert ask(shared, form(token)).json() == {"error": "invalid_grant"}
    assert shared.last_refusal() in {"UnknownAlgorithm", "InvalidJwt"}


@pytest.mark.parametrize("part", [0, 1, 2])
def test_each_changed_character_of_an_assertion_makes_it_worthless(shared, part):
    parts = assertion(shared).split(".")
    text = parts[part]
    # The last character of base 64 may have bits that mean nothing.
    for position in range(0, len(text) - 1, 7):
        other = "A" if text[position] != "A" else "B"
        changed = [*parts]
        changed[part] = text[:position] + other + text[position + 1 :]
        answer = ask(shared, form(".".join(changed)))
        assert (answer.status, answer.json()["error"][:8]) == (400, "invalid_"), position


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "...", "é", "eyJhbGciOiJFUzI1NiJ9.e30.", "[" * 5000]
)
def test_nonsense_is_no_assertion(shared, token):
    answer = ask(shared, form(token))
    assert answer.status == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_request"}
    assert shared.door("GET", "stats").json()["unexpected_errors"] == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"client_assertion_type": "jwt"}, "invalid_request"),
        ({"client_assertion": None}, "invalid_request"),
    ],
)
def test_a_form_that_asks_for_no_such_token_is_refused_and_is_no_login(own, changes, error):
    for _ in range(6):  # more than would lock
        answer = ask(own, form(assertion(own), **changes))
        assert (answer.status, answer.json()) == (400, {"error": error})
    assert own.last_refusal().startswith(f"{error}: ")
    assert own.restlet({"operation": "ping"}).status == 200
    bought(own)


@pytest.mark.parametrize(
    "content_type", ["application/json", "", "text/plain", "multipart/form-data"]
)
def test_the_request_for_a_token_must_be_a_form(shared, content_type):
    answer = ask(shared, form(assertion(shared)), content_type)
    assert (answer.status, answer.json()) == (400, {"error": "invalid_request"})


def test_the_form_may_say_its_charset(shared):
    content_type = "application/x-www-form-urlencoded;charset=UTF-8"
    assert ask(shared, form(assertion(shared)), content_type).status == 200


def test_a_parameter_given_twice_is_refused(shared):
    body = form(assertion(shared)) + b"&grant_type=client_credentials"
    assert ask(shared, body).json() == {"error": "invalid_request"}
    assert ask(shared, b"\xff=%ff").json() == {"error": "invalid_request"}


def test_only_post_gets_a_token(shared):
    assert shared.send("GET", TOKEN, auth=False).status == 405


def test_a_token_lives_for_an_hour_of_the_sandboxs_time(start, clock):
    with start(now=clock) as caller:
        token = bought(caller)
        clock.at += timedelta(seconds=3599)
        assert suiteql(caller, token) == 200
        clock.at += timedelta(seconds=2)
        assert suiteql(caller, token) == 401
        assert caller.last_refusal() == "AccessTokenExpired"


def test_tokens_survive_a_restart_and_the_state_does_not_have_them(start, clock, state):
    with start(now=clock) as caller:
        token = bought(caller)
        secret = Path(caller.sandbox.private_key_file).read_text()
    with start(now=clock) as caller:
        assert suiteql(caller, token) == 200
        assert Path(caller.sandbox.private_key_file).read_text() == secret
    for path in state.parent.glob("state.db*"):
        assert path.name.endswith(".key.pem") or token.encode() not in path.read_bytes()


def test_a_refused_bearer_gets_the_challenge_of_its_scheme(own):
    rest = send(own, SUITEQL, {"q": "SELECT 1 FROM dual"}, "Bearer abc")
    assert rest.status == 401
    assert rest.headers["www-authenticate"] == (
        'Bearer realm="1234567_SB1", error="invalid_token", '
        'error_description="Invalid login attempt."'
    )
    assert rest.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"
    script = send(own, RESTLET, {"operation": "ping"}, "Bearer abc")
    assert script.status == 401
    assert script.text == (
        '{"error" : {"code" : "INVALID_LOGIN_ATTEMPT", "message" : "Invalid login attempt."}}'
    )
    assert own.last_refusal() == "InvalidAccessToken"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer a b"])
def test_a_bearer_without_a_token_is_no_proper_request(shared, header):
    answer = send(shared, SUITEQL, {"q": "SELECT 1 FROM dual"}, header)
    assert answer.status == 400
    assert (
        'Bearer realm="1234567_SB1", error="invalid_request"' in answer.headers["www-authenticate"]
    )


def test_a_token_with_one_changed_character_opens_nothing(shared):
    token = bought(shared)
    for position in range(0, len(token), 40):
        other = "A" if token[position] != "A" else "B"
        assert suiteql(shared, token[:position] + other + token[position + 1 :]) == 401
    assert suiteql(shared, token) == 200


def test_failed_bearers_and_assertions_lock_the_account_for_every_login(own):
    token = bought(own)
    narrow = bought(own, scope="restlets")
    for _ in range(3):
        assert suiteql(own, narrow) == 401
    for _ in range(2):
        ask(own, form(assertion(own, exp=1)))
    assert suiteql(own, token) == 401
    assert own.last_refusal() == "temporary_locked"
    assert ask(own, form(assertion(own))).json() == {"error": "invalid_grant"}
    assert own.last_refusal() == "temporary_locked"
    assert own.restlet({"operation": "ping"}).status == 401


def test_a_token_or_certificate_that_nobody_has_is_nobodys_failed_login(own):
    token = bought(own)
    for _ in range(5):
        assert suiteql(own, "abc") == 401
        ask(own, form(assertion(own, kid="unknown")))
        ask(own, form("no.assertion"))
    reasons = {each["reason"] for each in own.door("GET", "stats").json()["refused_logins"]}
    assert reasons == {"InvalidAccessToken", "CertificateUnknown", "InvalidJwt"}
    assert suiteql(own, token) == 200


def test_a_good_assertion_takes_the_failures_away(own):
    for _ in range(4):
        assert suiteql(own, "abc") == 401
    token = bought(own)
    assert suiteql(own, "abc") == 401
    assert suiteql(own, token) == 200


# --- certificates ---


def pem(key) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def certificate(key, *, days=730, since=None) -> str:
    since = since or datetime.now(UTC) - timedelta(days=1)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(since).not_valid_after(since + timedelta(days=days))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def register(caller, name, text):
    return caller.door("POST", "certificates", {"certificate_id": name, "public_key": text})


@pytest.mark.parametrize(
    ("curve", "alg"), [("SECP256R1", "ES256"), ("SECP384R1", "ES384"), ("SECP521R1", "ES512")]
)
def test_a_key_on_each_curve_signs_with_its_own_algorithm(shared, curve, alg):
    key = ec.generate_private_key(getattr(ec, curve)())
    assert register(shared, curve, pem(key)).json() == {"certificate_id": curve, "algorithms": alg}
    bought(shared, key=key, kid=curve, alg=alg)


def test_an_rsa_key_signs_with_pss_alone(shared, rsa_key):
    assert register(shared, "rsa", certificate(rsa_key)).status == 200
    for alg in ("PS256", "PS384", "PS512"):
        bought(shared, key=rsa_key, kid="rsa", alg=alg)
    for alg in ("RS256", "RS512"):
        answer = ask(shared, form(assertion(shared, key=rsa_key, kid="rsa", alg=alg)))
        assert answer.json() == {"error": "invalid_grant"}


def test_a_registered_certificate_survives_a_restart(start, clock):
    key = ec.generate_private_key(ec.SECP384R1())
    with start(now=clock) as caller:
        register(caller, "mine", certificate(key))
    with start(now=clock) as caller:
        bought(caller, key=key, kid="mine", alg="ES384")


def test_an_expired_certificate_signs_nothing_more(start, clock):
    key = ec.generate_private_key(ec.SECP256R1())
    with start(now=clock) as caller:
        assert register(caller, "short", certificate(key, days=10)).status == 200
        clock.at += timedelta(days=11)
        now = int(clock().timestamp())
        late = assertion(caller, key=key, kid="short", alg="ES256", iat=now, exp=now + 60)
        answer = ask(caller, form(late))
        assert answer.json() == {"error": "invalid_grant"}
        assert caller.last_refusal() == "CertificateExpired"


def test_what_netsuite_would_not_take_is_refused(shared, rsa_key):
    small = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    odd = ec.generate_private_key(ec.SECP256K1())
    old = datetime.now(UTC) - timedelta(days=800)
    ed = ed25519.Ed25519PrivateKey.generate()
    own_key = rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for text, said in (
        (pem(small), "3072"),
        (pem(odd), "P-256"),
        (pem(ed), "P-256"),
        (certificate(rsa_key, days=732), "two years"),
        (certificate(rsa_key, days=700, since=old), "expired"),
        (own_key, "PEM"),
        ("nonsense", "PEM"),
        ("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----", "PEM"),
    ):
        answer = register(shared, "refused", text)
        assert answer.status == 400
        assert said in answer.json()["error"]
    assert ask(shared, form(assertion(shared, kid="refused"))).status == 400


def test_a_registration_needs_an_id_of_its_own(shared):
    key = pem(ec.generate_private_key(ec.SECP256R1()))
    for name in (None, "", 7, "x" * 201, shared.sandbox.certificate_id):
        assert register(shared, name, key).status == 400
    for body in (None, [], {"certificate_id": "x"}, {"public_key": key}):
        assert shared.door("POST", "certificates", body).status == 400
    bought(shared)


def test_the_key_file_goes_with_a_sandbox_that_leaves_nothing():
    from nsconsole.sandbox.server import Options, running

    with running(Options()) as sandbox:
        path = Path(sandbox.private_key_file)
        assert path.exists()
        assert json.dumps(sandbox.as_json()).count(str(path)) == 1
    assert not path.exists()
