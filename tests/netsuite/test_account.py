import subprocess
import sys
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsconsole.netsuite.account import TbaCredentials, endpoint


@pytest.mark.parametrize("written", ["1234567_SB1", "1234567-sb1", "1234567_sb1", "1234567-SB1"])
def test_any_spelling_of_an_account_gives_its_realm_and_hosts(written):
    it = endpoint(written)
    assert it.account == it.realm == "1234567_SB1"
    assert it.rest_base == "https://1234567-sb1.suitetalk.api.netsuite.com"
    assert it.restlet_base == "https://1234567-sb1.restlets.api.netsuite.com"
    assert not it.is_loopback


@pytest.mark.parametrize(
    "account",
    ["", " ", "123 456", "123/456", "evil.com/#", "evil.com#", "a@b", "123:80", "-123", "123_", "é",
     "1234567\n", "1" * 41, "../x", "123__SB1", "١٢٣"],
)  # fmt: skip
def test_what_is_no_account_id_is_refused(account):
    with pytest.raises(ValueError, match=r"is not a NetSuite account id"):
        endpoint(account)


@settings(deadline=None)
@given(st.text(max_size=50))
def test_an_account_id_never_reaches_another_host(account):
    try:
        it = endpoint(account)
    except ValueError:
        return
    for base, service in ((it.rest_base, "suitetalk"), (it.restlet_base, "restlets")):
        label, rest = base.removeprefix("https://").split(".", 1)
        assert rest == f"{service}.api.netsuite.com"
        assert label.replace("-", "").isalnum()
        assert label.isascii()


@pytest.mark.parametrize(
    ("base_url", "base"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://Proxy.Example", "https://proxy.example"),
        ("https://proxy.example:8443", "https://proxy.example:8443"),
    ],
)
def test_one_base_url_stands_for_every_host(base_url, base):
    it = endpoint("1234567_SB1", base_url)
    assert (it.rest_base, it.restlet_base) == (base, base)
    assert it.realm == "1234567_SB1"
    assert it.is_loopback == base.startswith("http:")


@pytest.mark.parametrize(
    "base_url",
    ["", "proxy.example", "ftp://proxy.example", "file:///etc/passwd", "http://proxy.example",
     "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://10.0.0.1",
     "https://", "https://a b", "https://proxy.example/path", "https://proxy.example?x=1",
     "https://proxy.example#x", "https://proxy.example/?", "https://host:port", "https://host:0",
     "https://host:99999", "https://[::1", "https://[fe80::1%eth0]", "https://good\\@evil",
     "https://a..b", "https://-a", f"https://{'a' * 64}.example", "https://münchen.example",
     "https://proxy.example\n", "http://0.0.0.0"],
)  # fmt: skip
def test_an_address_that_is_not_scheme_host_and_port_is_refused(base_url):
    with pytest.raises(ValueError, match=r"cannot be NetSuite's address: .+\."):
        endpoint("1234567", base_url)


def test_a_password_in_an_address_is_refused_and_not_repeated():
    with pytest.raises(ValueError, match="user name or password") as caught:
        endpoint("1234567", "https://me:hunter2@proxy.example")
    assert "hunter2" not in str(caught.value)


NAMES = ("consumer_key", "consumer_secret", "token_id", "token_secret")
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=64)


def test_no_credential_is_in_a_repr(credentials):
    assert repr(credentials) == "TbaCredentials()"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("value", "problem"), [("", "missing"), ("abc\n", "white"), ("ä" * 9, "")])
def test_a_credential_that_cannot_be_one_is_named_but_not_shown(name, value, problem):
    values = dict.fromkeys(NAMES, "x" * 64) | {name: value}
    with pytest.raises(ValueError, match=f"{name.replace('_', ' ')}.*{problem}") as caught:
        TbaCredentials(**values)
    assert not value or value not in str(caught.value)


@settings(deadline=None)
@given(SECRETS.filter(lambda s: s not in "(hidden)" and "hidden" not in s))
def test_redaction_leaves_no_credential_plain_or_percent_encoded(secret):
    one = TbaCredentials(secret, "s" * 20, "t" * 20, "u" * 20)
    clean = one.redact(f"key {secret}, token {'u' * 20}, url ?k={quote(secret, safe='~')}")
    assert secret not in clean
    assert "u" * 20 not in clean
    assert quote(secret, safe="~") not in clean


@pytest.mark.parametrize(
    "text",
    ['oauth_signature="abc%3D"', "oauth_signature=abc", r'oauth_signature=\"abc\"',
     "oauth_signature=&quot;abc&quot;", "OAUTH_SIGNATURE%3D%22abc%22"],
)  # fmt: skip
def test_redaction_hides_any_oauth_parameter_an_error_page_quotes(credentials, text):
    assert "abc" not in credentials.redact(f"You sent: OAuth realm=1, {text}")


def test_importing_the_package_loads_no_http_stack():
    code = "import sys, nsconsole.netsuite; print(*sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert {"httpx", "oauthlib", "requests", "asyncio"}.isdisjoint(shown.stdout.split())
