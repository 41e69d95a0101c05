"""Token-based authentication is as strict as NetSuite's, and as silent about its reasons."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from nsconsole.sandbox.account import account
from nsconsole.sandbox.logins.tba import SignedRequest, base_string, sign

PING = {"operation": "ping"}
RESTLET = (
    "/app/site/hosting/restlet.nl"
    "?script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"
)


@pytest.fixture(scope="module")
def shared(patient):
    """A sandbox that may refuse as often as it will: it never locks."""
    return patient


def ping(caller, *, path=RESTLET, auth=True, **changes):
    header = caller.header("POST", path, **changes) if auth is True else auth
    return caller.send("POST", path, PING, auth=header, Content_Type="application/json")


def test_a_right_signature_logs_in(shared):
    assert ping(shared).json()["ok"] is True


def test_the_signature_of_oauthlib_logs_in(shared):
    path = RESTLET + "&a=%20b&a=c%2Bd"
    answer = ping(shared, path=path, auth=shared.header_of_oauthlib("POST", path))
    assert answer.status == 200


def test_oracles_example_makes_the_signature_that_its_inputs_give():
    request = SignedRequest(
        method="POST",
        host="123456.restlets.api.netsuite.com",
        path="/app/site/hosting/restlet.nl",
        query="",
        authorization="",
    )
    pairs = [
        ("oauth_consumer_key", "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4"),
        ("oauth_nonce", "fjaLirsIcCGVZWzBX0pg"),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", "1508242306"),
        ("oauth_token", "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc"),
        ("oauth_version", "1.0"),
        ("script", "6"),
        ("deploy", "1"),
        ("customParam", "someValue"),
        ("testParam", "someOtherValue"),
    ]
    base = base_string(request, pairs).replace("http%3A", "https%3A", 1)
    signature = sign(
        base,
        "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
        "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    )
    assert signature == "+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ="


def test_credentials_are_those_of_the_seed_and_64_hex_digits_long():
    one, again, other = account(1), account(1), account(2)
    assert one == again
    assert one.token_secret != other.token_secret
    keys = (one.consumer_key, one.consumer_secret, one.token_id, one.token_secret)
    assert len(set(keys)) == 4
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)
    assert one.consumer_secret not in repr(one)


def test_any_further_oauth_parameter_counts_in_the_signature(shared):
    assert (
        ping(shared, oauth_body_hash="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").status == 200
    )
    header = shared.header("POST", RESTLET, oauth_body_hash="47DEQpj8HBSa")
    assert ping(shared, auth=header.replace("47DEQpj8HBSa", "47DEQpj8HBSb")).status == 401


@pytest.mark.parametrize(
    "sent",
    [
        RESTLET.replace("restlet.nl", "restlet.nm"),
        RESTLET + "&limit=1",
        RESTLET.replace("deploy=c", "deploy=b"),
        RESTLET.replace("&deploy=customdeploy_gfs_platform_query", ""),
    ],
    ids=["path", "one parameter more", "a changed parameter", "one parameter less"],
)
def test_an_address_other_than_the_signed_one_is_refused(shared, sent):
    header = shared.header("POST", RESTLET)
    assert ping(shared, path=sent, auth=header).status == 401


def test_a_method_or_host_other_than_the_signed_one_is_refused(shared):
    assert ping(shared, auth=shared.header("PUT", RESTLET)).status == 401
    other = shared.sandbox.url.replace("127.0.0.1", "localhost")
    header = shared.header("POST", RESTLET)
    answer = shared.send("POST", RESTLET, PING, auth=header, Host=urlsplit(other).netloc)
    assert answer.status == 401


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"oauth_version": "2.0"}, "version_rejected"),
        ({"oauth_signature_method": "HMAC-SHA1"}, "UnknownAlgorithm"),
        ({"oauth_signature_method": "PLAINTEXT"}, "UnknownAlgorithm"),
        ({"oauth_nonce": "short"}, "InvalidNonce"),
        ({"oauth_nonce": None}, "parameter_absent"),
        ({"oauth_timestamp": None}, "parameter_absent"),
        ({"oauth_timestamp": "soon"}, "InvalidTimestamp"),
        ({"oauth_token": "0" * 64}, "token_rejected"),
        ({"oauth_consumer_key": "0" * 64}, "consumer_key_unknown"),
        ({"realm": "1234567_sb1"}, "InvalidRealm"),
        ({"realm": "1234567-SB1"}, "InvalidRealm"),
        ({"oauth_token": ""}, "parameter_rejected"),
        ({"extra": "parameter"}, "parameter_rejected"),
    ],
)
def test_a_wrong_parameter_is_refused_for_its_own_reason(own, changes, reason):
    assert ping(own, **changes).status == 401
    assert own.last_refusal() == reason


def test_the_version_may_be_left_out(shared):
    assert ping(shared, oauth_version=None).status == 200


def test_a_parameter_given_twice_is_refused(own):
    header = own.header("POST", RESTLET)
    assert ping(own, auth=header + ', oauth_version="1.0"').status == 401
    assert own.last_refusal() == "parameter_rejected"
    path = RESTLET + "&oauth_version=1.0"
    assert ping(own, path=path, auth=own.header("POST", path)).status == 401
    assert own.last_refusal() == "parameter_rejected"


@pytest.mark.parametrize(
    "header", ["", "Bearer abc", "OAuth", "OAuth nonsense", 'OAuth realm="x" oauth_token="y"', "é"]
)
def test_what_is_no_oauth_header_is_refused(shared, header):
    answer = shared.send("POST", RESTLET, PING, auth=False, Authorization=header)
    assert answer.status == 401


@pytest.mark.parametrize(("seconds", "status"), [(-299, 200), (299, 200), (-302, 401), (302, 401)])
def test_a_timestamp_may_be_five_minutes_off(shared, seconds, status):
    stamp = str(int(shared.now()) + seconds)
    assert ping(shared, oauth_timestamp=stamp).status == status


def test_a_nonce_is_good_once_for_its_timestamp(own):
    header = own.header("POST", RESTLET, oauth_nonce="once-only-nonce")
    assert ping(own, auth=header).status == 200
    assert ping(own, auth=header).status == 401
    assert own.last_refusal() == "nonce_used"
    later = str(int(own.now()) + 1)
    assert ping(own, oauth_nonce="once-only-nonce", oauth_timestamp=later).status == 200


def test_a_wrong_signature_uses_no_nonce_up(own):
    header = own.header("POST", RESTLET, oauth_nonce="kept-nonce")
    assert ping(own, auth=header.replace("OAuth ", 'OAuth oauth_x="1", ')).status == 401
    assert ping(own, auth=header).status == 200


def test_a_used_nonce_is_remembered_over_a_restart(start):
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with start(now=lambda: at, port=0) as caller:
        port = urlsplit(caller.sandbox.url).port
        header = caller.header("POST", RESTLET)
        assert ping(caller, auth=header).status == 200
    with start(now=lambda: at + timedelta(seconds=60), port=port) as caller:
        assert ping(caller, auth=header).status == 401
        assert caller.last_refusal() == "nonce_used"


def test_the_answer_to_a_refused_login_never_tells_why(own):
    answer = own.send("POST", "/services/rest/query/v1/suiteql", {"q": "SELECT 1 FROM dual"},
                      auth=own.header("POST", "/", secret="0" * 64))  # fmt: skip
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == (
        'OAuth realm="1234567_SB1", error="token_rejected", '
        'error_description="Invalid login attempt."'
    )
    assert answer.json() == {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2",
        "title": "Unauthorized",
        "status": 401,
        "o:errorDetails": [
            {
                "detail": "Invalid login attempt. For more details, see the Login Audit Trail in "
                "the NetSuite UI at Setup > Users/Roles > User Management > "
                "View Login Audit Trail.",
                "o:errorCode": "INVALID_LOGIN",
            }
        ],
    }


def test_a_restlet_refuses_a_login_in_the_restlets_form(own):
    answer = ping(own, secret="0" * 64)
    assert answer.text == (
        '{"error" : {"code" : "INVALID_LOGIN_ATTEMPT", "message" : "Invalid login attempt."}}'
    )
    refusal = own.door("GET", "stats").json()["refused_logins"]
    assert [(each["endpoint"], each["reason"]) for each in refusal] == [
        ("restlet", "InvalidSignature")
    ]


def test_the_date_header_is_the_sandboxs_own_time(start):
    at = datetime(2026, 11, 20, 12, 30, 15, tzinfo=UTC)
    with start(now=lambda: at) as caller:
        refused = ping(caller, oauth_timestamp="1")
        assert refused.headers["date"] == "Fri, 20 Nov 2026 12:30:15 GMT"
        assert ping(caller).status == 200
