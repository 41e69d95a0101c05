"""A sandbox to talk to, and a signer of the tests' own (RFC 5849 in thirty lines)."""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import secrets
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from oauthlib.oauth1 import Client

from nsconsole.sandbox.behaviour import Behaviour
from nsconsole.sandbox.server import Options, Running, running

RESTLET = (
    "/app/site/hosting/restlet.nl"
    "?script=customscript_gfs_platform_query&deploy=customdeploy_gfs_platform_query"
)
SUITEQL = "/services/rest/query/v1/suiteql"


@dataclass
class Reply:
    status: int
    headers: dict
    text: str

    def json(self):
        return json.loads(self.text)

    @property
    def detail(self) -> str:
        """The detail of a REST error, which must have the one form."""
        (detail,) = self.json()["o:errorDetails"]
        return detail["detail"]


@dataclass
class Caller:
    """A client of one sandbox."""

    sandbox: Running
    now: object = time.time
    numbers: object = field(default_factory=lambda: itertools.count(1))

    def oauth(self, **changes) -> dict:
        """The parameters of a login; a change to None leaves one out."""
        oauth = {
            "oauth_consumer_key": self.sandbox.consumer_key,
            "oauth_token": self.sandbox.token_id,
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_timestamp": str(int(self.now())),
            "oauth_nonce": secrets.token_hex(10),
            "oauth_version": "1.0",
            **changes,
        }
        return {name: value for name, value in oauth.items() if value is not None}

    def header(self, method, path, *, secret=None, realm=None, **changes) -> str:
        """An `Authorization` header for a request."""
        oauth = self.oauth(**changes)
        url = urlsplit(self.sandbox.url + path)
        query = parse_qsl(url.query, keep_blank_values=True)
        pairs = sorted((enc(k), enc(v)) for k, v in [*oauth.items(), *query])
        address = f"http://{url.netloc}{url.path}"
        base = "&".join(map(enc, (method, address, "&".join(f"{k}={v}" for k, v in pairs))))
        key = f"{self.sandbox.consumer_secret}&{secret or self.sandbox.token_secret}"
        digest = hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()
        oauth.setdefault("oauth_signature", base64.b64encode(digest).decode())
        parts = {"realm": realm or self.sandbox.account, **oauth}
        return "OAuth " + ", ".join(f'{k}="{enc(v)}"' for k, v in parts.items())

    def header_of_oauthlib(self, method, path, *, url=None) -> str:
        """The `Authorization` header that oauthlib makes, for the sandbox or another address."""
        client = Client(
            self.sandbox.consumer_key,
            client_secret=self.sandbox.consumer_secret,
            resource_owner_key=self.sandbox.token_id,
            resource_owner_secret=self.sandbox.token_secret,
            signature_method="HMAC-SHA256",
            realm=self.sandbox.account,
        )
        return client.sign((url or self.sandbox.url) + path, method)[1]["Authorization"]

    def send(self, method, path, body=None, *, auth=True, **headers) -> Reply:
        """Send a request; `auth` is True, False or a ready header; `a_b` names the header A-B."""
        sent = {name.replace("_", "-"): value for name, value in headers.items() if value}
        if auth:
            sent["Authorization"] = self.header(method, path) if auth is True else auth
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        url = urlsplit(self.sandbox.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
        try:
            connection.request(method, path, body=data, headers=sent)
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.headers), answer.read().decode())
        finally:
            connection.close()

    def suiteql(self, q, *params, page="", **headers) -> Reply:
        body = {"q": q, "params": list(params)} if params else {"q": q}
        sent = {"Prefer": "transient", "Content-Type": "application/json", **headers}
        return self.send("POST", SUITEQL + page, body, **sent)

    def rows(self, q, *params, page="") -> list[dict]:
        """The items of a query's answer, without their `links`."""
        answer = self.suiteql(q, *params, page=page)
        assert answer.status == 200, answer.text
        items = answer.json()["items"]
        assert all(item.pop("links") == [] for item in items)
        return items

    def restlet(self, body, **headers) -> Reply:
        return self.send("POST", RESTLET, body, **{"Content-Type": "application/json", **headers})

    def results(self, *operations) -> list[dict]:
        answer = self.restlet({"operations": list(operations)})
        assert answer.status == 200, answer.text
        return answer.json()["results"]

    def do(self, operation, record_type, **parts) -> dict:
        """One operation, under a new request id unless one is given."""
        parts.setdefault("request_id", f"request-{next(self.numbers)}")
        (result,) = self.results({"operation": operation, "record_type": record_type, **parts})
        return result

    def made(self, record_type, **parts) -> str:
        """The id of a new record."""
        result = self.do("create", record_type, **parts)
        assert result["ok"], result
        return result["ns_internal_id"]

    def read(self, record_type, number, *fields) -> dict:
        request = {"operation": "read", "record_type": record_type, "id": number}
        return self.restlet({**request, "fields": list(fields)}).json()

    def door(self, method, path, body=None) -> Reply:
        return self.send(method, f"/sandbox/{path}", body, auth=False)

    def ledger(self) -> list[dict]:
        return self.door("GET", "ledger").json()

    def last_refusal(self) -> str:
        return self.door("GET", "stats").json()["refused_logins"][-1]["reason"]


def enc(text: str) -> str:
    return quote(text, safe="~-._")


@pytest.fixture(scope="session")
def seeded_state(tmp_path_factory) -> Path:
    """A sandbox's state file, made once, since copying is quicker than seeding."""
    path = tmp_path_factory.mktemp("seeded") / "state.db"
    with running(Options(state=path)):
        pass
    return path


@pytest.fixture(scope="session")
def shared(seeded_state, tmp_path_factory):
    """A sandbox for tests that change nothing."""
    state = shutil.copy(seeded_state, tmp_path_factory.mktemp("shared") / "state.db")
    with running(Options(state=Path(state))) as sandbox:
        yield Caller(sandbox)


@pytest.fixture(scope="session")
def patient(seeded_state, tmp_path_factory):
    """A sandbox that never locks the account, however many logins fail."""
    state = shutil.copy(seeded_state, tmp_path_factory.mktemp("patient") / "state.db")
    with running(Options(state=Path(state), behaviour=Behaviour(lock_after=0))) as sandbox:
        yield Caller(sandbox)


@pytest.fixture
def state(seeded_state, tmp_path) -> Path:
    """A state file of the test's own, freshly seeded."""
    return Path(shutil.copy(seeded_state, tmp_path / "state.db"))


@pytest.fixture
def start(state):
    """Start a sandbox on the test's state: `with start(**options) as caller`."""

    @contextmanager
    def starting(**options):
        clock = options.get("now")
        with running(Options(**{"state": state, **options})) as sandbox:
            yield Caller(sandbox, (lambda: clock().timestamp()) if clock else time.time)

    return starting


@pytest.fixture
def own(start):
    """A sandbox for a test that changes things."""
    with start() as caller:
        yield caller
