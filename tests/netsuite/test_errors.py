from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nsconsole.netsuite.account import TbaCredentials
from nsconsole.netsuite.answer import TEXT_LIMIT, Answer, load_json, one_line, refusal
from nsconsole.netsuite.diagnosis import diagnose
from nsconsole.netsuite.errors import Failure, NetSuiteError, Outcome, classify, classify_caught

DONE, TRANSIENT, OVERLOAD = Outcome.DONE, Outcome.TRANSIENT, Outcome.OVERLOAD
AMBIGUOUS, PERMANENT, UNAUTHORIZED = Outcome.AMBIGUOUS, Outcome.PERMANENT, Outcome.UNAUTHORIZED

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
TABLE = [
    # facts, on a read, on a write
    ({"status": 200}, DONE, DONE),
    ({"status": 204}, DONE, DONE),
    ({"status": 302}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "INVALID_CONTENT"}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "INVALID_PARAMETER"}, PERMANENT, PERMANENT),
    ({"status": 400, "code": ""}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "SSS_REQUEST_LIMIT_EXCEEDED"}, OVERLOAD, OVERLOAD),
    ({"status": 400, "code": "SSS_TIME_LIMIT_EXCEEDED"}, TRANSIENT, AMBIGUOUS),
    ({"status": 400, "code": "SSS_USAGE_LIMIT_EXCEEDED"}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "RCRD_HAS_BEEN_CHANGED"}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "UNIQUE_RCRD_ID_REQD"}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "CLOSED_TRAN_PRD"}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "SSS_INVALID_SCRIPTLET_ID"}, PERMANENT, PERMANENT),
    ({"status": 400, "code": "INVALID_LOGIN_ATTEMPT"}, UNAUTHORIZED, UNAUTHORIZED),
    ({"status": 401}, UNAUTHORIZED, UNAUTHORIZED),
    ({"status": 401, "code": "UNEXPECTED_ERROR"}, UNAUTHORIZED, UNAUTHORIZED),
    ({"status": 401, "failure": Failure.DISCONNECTED}, UNAUTHORIZED, UNAUTHORIZED),
    ({"status": 403, "code": "INSUFFICIENT_PERMISSION"}, PERMANENT, PERMANENT),
    ({"status": 404, "code": "NONEXISTENT_ID"}, PERMANENT, PERMANENT),
    ({"status": 405}, PERMANENT, PERMANENT),
    ({"status": 415}, PERMANENT, PERMANENT),
    ({"status": 429, "code": "CONCURRENCY_LIMIT_EXCEEDED"}, OVERLOAD, OVERLOAD),
    ({"status": 429}, OVERLOAD, OVERLOAD),
    ({"status": 500, "code": "UNEXPECTED_ERROR"}, TRANSIENT, AMBIGUOUS),
    ({"status": 502}, TRANSIENT, AMBIGUOUS),
    ({"status": 503}, TRANSIENT, AMBIGUOUS),
    ({"status": 504}, TRANSIENT, AMBIGUOUS),
    ({"status": 999}, TRANSIENT, AMBIGUOUS),
    ({}, TRANSIENT, AMBIGUOUS),
    ({"failure": Failure.NAME_UNKNOWN}, TRANSIENT, TRANSIENT),
    ({"failure": Failure.REFUSED}, TRANSIENT, TRANSIENT),
    ({"failure": Failure.UNREACHABLE}, TRANSIENT, TRANSIENT),
    ({"failure": Failure.NOT_SECURE}, TRANSIENT, TRANSIENT),
    ({"failure": Failure.CONNECT_TIMEOUT}, TRANSIENT, TRANSIENT),
    ({"failure": Failure.TIMEOUT}, TRANSIENT, AMBIGUOUS),
    ({"failure": Failure.DISCONNECTED}, TRANSIENT, AMBIGUOUS),
    ({"failure": Failure.CLOSED}, TRANSIENT, AMBIGUOUS),
    ({"status": 200, "failure": Failure.MALFORMED}, TRANSIENT, AMBIGUOUS),
    ({"status": 200, "failure": Failure.TOO_LARGE}, TRANSIENT, AMBIGUOUS),
    ({"status": 400, "failure": Failure.DISCONNECTED}, TRANSIENT, AMBIGUOUS),
]


@pytest.mark.parametrize(("facts", "read", "write"), TABLE, ids=str)
def test_every_answer_has_its_class(facts, read, write):
    assert classify(write=False, **facts) is read
    assert classify(write=True, **facts) is write


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("RCRD_HAS_BEEN_CHANGED", PERMANENT),
        ("ANYTHING_ELSE", PERMANENT),
        ("", PERMANENT),
        ("SSS_REQUEST_LIMIT_EXCEEDED", OVERLOAD),
        ("SSS_TIME_LIMIT_EXCEEDED", AMBIGUOUS),
    ],
)
def test_an_error_inside_a_200_is_classified_by_the_same_table(code, outcome):
    assert classify_caught(code, write=True) is outcome


@settings(deadline=None)
@given(
    st.booleans(),
    st.none() | st.integers(),
    st.text(),
    st.none() | st.sampled_from(Failure),
)
def test_nothing_but_a_whole_2xx_is_done_and_only_a_write_is_ambiguous(
    write, status, code, failure
):
    outcome = classify(write=write, status=status, code=code, failure=failure)
    assert outcome is not DONE or (status in range(200, 300) and failure is None)
    assert outcome is not AMBIGUOUS or write


REST = (
    b'{"type":"https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1","title":"Bad Request",'
    b'"status":400,"o:errorDetails":[{"detail":"Invalid search query. Search error occurred: '
    b'Unknown identifier \'subsidiary\'.","o:errorQueryParam":"q",'
    b'"o:errorCode":"INVALID_PARAMETER"}]}'
)
SUITESCRIPT = (
    rb'{"error" : {"code" : "ERROR X", "message" : "{\"type\":\"error.SuiteScriptError\",'
    rb"\"name\":\"ERROR X\",\"message\":\"Das geht nicht.\",\"stack\":[\"a\"],\"cause\":{},"
    rb'\"id\":\"\",\"notifyOff\":false,\"userFacing\":true}"}}'
)


BUSY = (
    b'{"title":"Bad Request","status":429,"o:errorCode":"USER_ERROR","o:errorDetails":[{"detail":'
    b'"Concurrent request limit exceeded. Request blocked.",'
    b'"o:errorCode":"CONCURRENCY_LIMIT_EXCEEDED"}]}'
)
LOCALISED = (
    b'{"error" : {"code" : "SSS_REQUEST_LIMIT_EXCEEDED",'
    b'"message" : "Se excedio el limite de solicitudes."}}'
)
LOGIN = b'{"o:errorDetails":[{"detail":"Invalid login attempt.","o:errorCode":"INVALID_LOGIN"}]}'
TEXT = b"error code: SSS_INVALID_SCRIPTLET_ID\nerror message: That Suitelet is invalid."
PAGE = b"<!DOCTYPE html><html><head><title>NetSuite &amp; Co</title></head></html>"
UNKNOWN_COLUMN = "Invalid search query. Search error occurred: Unknown identifier 'subsidiary'."


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (REST, "INVALID_PARAMETER", UNKNOWN_COLUMN),
        (
            BUSY,
            "CONCURRENCY_LIMIT_EXCEEDED",
            "Concurrent request limit exceeded. Request blocked.",
        ),
        (b'{"o:errorDetails":[{"detail":"a","o:errorCode":"A"},{"detail":"b"},7]}', "A", "a; b"),
        (b'{"title":"Bad","o:errorCode":"USER_ERROR","o:errorDetails":[]}', "USER_ERROR", "Bad"),
        (LOCALISED, "SSS_REQUEST_LIMIT_EXCEEDED", "Se excedio el limite de solicitudes."),
        (SUITESCRIPT, "ERROR X", "Das geht nicht."),
        (b'{"error":{"code":"X","message":"{not json"}}', "X", "{not json"),
        (b'{"error":{"message":"no code"}}', "", "no code"),
        (b'{"error":"invalid_grant"}', "invalid_grant", ""),
        (TEXT, "SSS_INVALID_SCRIPTLET_ID", "That Suitelet is invalid."),
        (PAGE, "", 'a web page titled "NetSuite & Co" instead of an answer'),
        (b"<html>", "", "a web page instead of an answer"),
        (b"Service Unavailable", "", "Service Unavailable"),
        (b"", "", ""),
        (b"[]", "", ""),
        (b'{"error":{"code":["list"],"message":7}}', "", ""),
    ],
)
def test_every_form_of_error_body_is_read(body, code, detail):
    found = refusal(body)
    assert (found.code, found.detail) == (code, detail)


def diagnosed(*, write=False, host="acme.example", redact=lambda text: text, **answer):
    return diagnose(Answer(**answer), host=host, write=write, now=NOW, redact=redact)


SECRETS = ("ck-" + "a1" * 30, "cs-" + "b2" * 30, "ti-" + "c3" * 30, "ts-" + "d4" * 30)
CREDENTIALS = TbaCredentials(*SECRETS)
HEADER = (
    f'OAuth realm="1234567", oauth_consumer_key="{SECRETS[0]}", oauth_token="{SECRETS[2]}", '
    'oauth_nonce="n0nce-n0nce", oauth_signature="s1gnature%3D"'
)


@settings(deadline=None)
@given(
    st.none() | st.integers(0, 1200),
    st.binary() | st.sampled_from([REST, SUITESCRIPT, b"[" * 100_000, b"9" * 5_000]),
    st.dictionaries(st.sampled_from(["date", "retry-after"]), st.text()),
    st.none() | st.sampled_from(Failure),
    st.booleans(),
)
@example(401, b"{", {"date": "Mon, 99 Foo 2026"}, None, True)
@example(429, b"", {"retry-after": "9" * 5_000, "date": "1"}, None, True)
@example(500, b'{"error":{"code":"\\ud800","message":"\\ud800"}}', {}, None, True)
def test_whatever_comes_back_becomes_one_error(status, body, headers, failure, write):
    assume(failure is not None or status not in range(200, 300))
    error = diagnosed(status=status, body=body, headers=headers, failure=failure, write=write)
    assert isinstance(error, NetSuiteError)
    assert error.message == str(error)
    assert error.message.isprintable()
    assert error.message.endswith((".", "…", "!", "?"))
    assert len(error.message) < TEXT_LIMIT + 500
    assert error.retry_after is None or error.retry_after >= 0
    error.message.encode()


@settings(deadline=None)
@given(st.text(), st.text(), st.sampled_from([400, 401, 403, 500]))
def test_an_error_that_quotes_the_request_shows_no_credential(before, after, status):
    body = f"{before}{HEADER}{SECRETS[1]}&{SECRETS[3]}{after}".encode(errors="replace")
    error = diagnosed(status=status, body=body, redact=CREDENTIALS.redact)
    shown = f"{error}{error!r}{error.code}"
    assert not any(secret in shown for secret in (*SECRETS, "s1gnature", "n0nce-n0nce"))


def test_a_credential_in_place_of_an_error_code_is_hidden():
    body = f'{{"error":{{"code":"X {SECRETS[1]}","message":""}}}}'.encode()
    error = diagnosed(status=400, body=body, redact=CREDENTIALS.redact)
    assert error.code == "X (hidden)"
    assert SECRETS[1] not in str(error)


def test_a_long_error_text_is_cut():
    error = diagnosed(status=400, body=b"x" * 1_000_000)
    assert TEXT_LIMIT <= len(str(error)) < TEXT_LIMIT + 200


def test_control_characters_do_not_reach_the_message():
    body = "a\x1b]0;title\x07b\n\u202ec\ud800".encode(errors="surrogatepass")
    assert "a ]0;title b c" in str(diagnosed(status=400, body=body))


@pytest.mark.parametrize(
    ("server_minutes", "sentence"),
    [
        (10, "the local clock is 10 minutes behind NetSuite's"),
        (-10, "the local clock is 10 minutes ahead of NetSuite's"),
        (4, "refused the credentials (HTTP 401, INVALID_LOGIN)"),
        (0, "refused the credentials (HTTP 401, INVALID_LOGIN)"),
    ],
)
def test_a_refused_login_tells_a_wrong_clock_from_wrong_credentials(server_minutes, sentence):
    error = diagnosed(
        status=401,
        headers={"date": format_datetime(NOW + timedelta(minutes=server_minutes), usegmt=True)},
        body=LOGIN,
    )
    assert error.outcome is UNAUTHORIZED
    assert error.clock_skew == server_minutes * 60
    assert sentence in str(error)
    assert ("Login Audit Trail" in str(error)) == ("credentials" in sentence)
    assert ("±5 minutes" in str(error)) == ("clock" in sentence)


def test_the_clock_is_compared_only_when_the_login_is_refused():
    date = format_datetime(NOW + timedelta(hours=1), usegmt=True)
    assert diagnosed(status=403, headers={"date": date}).clock_skew is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("-7", None),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    assert diagnosed(status=429, headers={"retry-after": value}).retry_after == seconds


def test_a_redirect_is_told_as_the_wrong_data_centre():
    error = diagnosed(status=302, write=True)
    assert error.outcome is PERMANENT
    assert "data centre" in str(error)
    assert "acme.example" in str(error)


def test_an_ambiguous_write_says_that_it_is_not_known():
    assert "not known" in str(diagnosed(status=503, write=True))
    assert "not known" not in str(diagnosed(status=503, write=False))


@pytest.mark.parametrize("failure", Failure)
def test_each_failure_names_the_host(failure):
    assert "acme.example" in str(diagnosed(failure=failure))


def test_json_numbers_that_are_none_are_refused():
    for text in (b"NaN", b"[Infinity]", b'{"a":-Infinity}', b"1e999", b"[" * 200_000, b"9" * 5000):
        with pytest.raises(ValueError, match=r".+"):
            load_json(text)
    assert load_json(b'\xef\xbb\xbf{"a": 12.5, "b": 3}') == {"a": 12.5, "b": 3}


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_kept():
    loaded = load_json(rb'{"a\ud800": ["\udc00x", "\ud83d\ude00", "\\ud800"]}')
    assert loaded == {"a\ufffd": ["\ufffdx", "😀", r"\ud800"]}


@settings(deadline=None)
@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_short_printable_line(text, limit):
    line = one_line(text, limit)
    assert line.isprintable()
    assert len(line) <= limit
