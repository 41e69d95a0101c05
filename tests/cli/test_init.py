import json
import stat
import tomllib

import pytest

SECRETS = ("CONSUMER_KEY", "CONSUMER_SECRET", "TOKEN_ID", "TOKEN_SECRET")
KEY_FILE = "Private key file of an OAuth 2.0 certificate, or nothing for an access token: "
QUESTIONS = ("Consumer key: ", "Consumer secret: ", "Token id: ", "Token secret: ")

# A keyring that keeps what it is given in a file, found by keyring's own means.
KEYRING = """
import json, os
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 1
    def _all(self):
        path = os.environ["KEYRING_FILE"]
        return json.load(open(path)) if os.path.exists(path) else {}
    def get_password(self, service, name):
        return self._all().get(f"{service}/{name}")
    def set_password(self, service, name, value):
        everything = self._all() | {f"{service}/{name}": value}
        with open(os.environ["KEYRING_FILE"], "w") as file:
            json.dump(everything, file)
"""


def test_it_takes_the_environment_and_the_defaults(fresh, sandbox, home):
    made = fresh.here("init", "--json").json
    assert made["home"] == str(home)
    assert (made["operator"], made["role"], made["account"]) == ("ada", "admin", "1234567_SB1")
    assert len(made["edit_token"]) >= 32
    settings = tomllib.loads((home / "config.toml").read_text())
    assert settings["account"] == "1234567_SB1"
    assert settings["netsuite_url"] == sandbox.url


def test_what_it_makes_is_closed_to_others(fresh, home):
    fresh.here("init")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "config.toml").stat().st_mode) == 0o600


def test_later_commands_find_account_and_address_in_the_settings(fresh):
    assert fresh.here("init").code == 0
    del fresh.environ["NSCONSOLE_ACCOUNT"], fresh.environ["NSCONSOLE_NETSUITE_URL"]
    assert fresh.here("doctor").code == 0


def test_every_question_has_a_flag(bare, sandbox, home):
    bare.environ |= {k: v for k, v in sandbox.environ.items() if k.endswith(SECRETS)}
    words = ["--operator", "mike", "--account", "1234567_SB1", "--netsuite-url", sandbox.url]
    made = bare.here("init", *words, "--json").json
    assert (made["operator"], made["account"]) == ("mike", "1234567_SB1")
    assert bare.here("operator", "list", "--json").json["operators"][0]["login"] == "ada"


def test_without_an_account_netsuite_is_left_for_later(bare):
    result = bare.here("init")
    assert result.code == 0
    assert "not set up yet" in result.out
    assert bare.here("inbox").code == 0


def test_a_second_init_is_refused_and_changes_nothing(program, home):
    before = (home / "config.toml").read_bytes()
    result = program.here("init", "--operator", "eve", "--json")
    assert result.code == 3
    assert "is a workspace already" in result.json["error"]["message"]
    assert (home / "config.toml").read_bytes() == before
    assert len(program.here("operator", "list", "--json").json["operators"]) == 1


def test_a_folder_in_which_somebody_only_looked_can_still_be_initialised(fresh):
    assert fresh.here("inbox").code == 0
    assert fresh.here("init").code == 0


def test_an_existing_config_is_kept(fresh, home):
    home.mkdir()
    (home / "config.toml").write_text('[approvals]\nself_approval = ["low"]\n')
    assert fresh.here("init").code == 0
    assert (home / "config.toml").read_text() == '[approvals]\nself_approval = ["low"]\n'


def test_a_flag_that_contradicts_an_existing_config_is_refused(bare, home):
    home.mkdir()
    (home / "config.toml").write_text('account = "7654321"\n')
    result = bare.here("init", "--account", "1234567", "--json")
    assert result.code == 2
    assert "config.toml exists already" in result.json["error"]["message"]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("NSCONSOLE_TOKEN_SECRET", "0" * 64, "refused the credentials"),
        ("NSCONSOLE_TOKEN_SECRET", "", "NSCONSOLE_TOKEN_SECRET not set"),
        ("NSCONSOLE_NETSUITE_URL", "http://127.0.0.1:1", "not reachable"),
    ],
)
def test_with_wrong_credentials_or_no_host_nothing_is_made(fresh, home, variable, value, said):
    fresh.environ[variable] = value
    result = fresh.here("init", "--json")
    assert result.code == 4
    assert said in result.json["error"]["message"]
    assert not home.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--operator", "two words"], "letters, digits"),
        (["--account", "not an account"], "is not a NetSuite account id"),
        (["--netsuite-url", "ftp://x"], "https://"),
    ],
)
def test_with_bad_input_nothing_is_made(fresh, home, words, said):
    result = fresh.here("init", *words, "--json")
    assert result.code == 2
    assert said in result.json["error"]["message"]
    assert not home.exists()


def test_a_folder_that_cannot_be_made_is_named(bare, tmp_path):
    (tmp_path / "file").touch()
    result = bare.here("init", "--home", str(tmp_path / "file" / "home"), "--json")
    assert result.code == 1
    assert str(tmp_path / "file") in result.json["error"]["message"]


@pytest.fixture
def keyring(bare, tmp_path):
    """A system keyring that works; give what it holds when called."""
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "filed_keyring.py").write_text(KEYRING)
    file = tmp_path / "keyring.json"
    bare.environ |= {
        "PYTHONPATH": str(modules),
        "PYTHON_KEYRING_BACKEND": "filed_keyring.Keyring",
        "KEYRING_FILE": str(file),
    }
    return lambda: json.loads(file.read_text()) if file.exists() else {}


def _answers(sandbox, **others):
    typed = {q: sandbox.environ[f"NSCONSOLE_{s}"] for q, s in zip(QUESTIONS, SECRETS, strict=True)}
    asked = {
        "Operator's name [ada]: ": "",
        "NetSuite account id, or nothing to set it up later: ": "1234567_SB1",
        KEY_FILE: "",
    }
    return asked | typed | others


def test_on_a_terminal_it_asks_and_keeps_the_credentials_in_the_keyring(
    bare, sandbox, home, keyring, type_into
):
    code, shown = type_into(bare, ["init", "--netsuite-url", sandbox.url], _answers(sandbox))
    assert code == 0
    assert "account 1234567_SB1 answers" in shown
    kept = [f"nsconsole:1234567_SB1/{name.lower()}" for name in SECRETS]
    assert sorted(keyring()) == sorted(kept)
    for name in SECRETS:
        secret = sandbox.environ[f"NSCONSOLE_{name}"]
        assert secret not in shown
        assert secret not in (home / "config.toml").read_text()
    assert bare("doctor").code == 0  # by the keyring, since nothing is in the environment


def test_a_certificate_is_asked_for_and_kept_just_so(bare, sandbox, keyring, type_into):
    client, certificate, file = (
        sandbox.certificate[f"NSCONSOLE_{name}"]
        for name in ("CLIENT_ID", "CERTIFICATE_ID", "PRIVATE_KEY_FILE")
    )
    secrets = {KEY_FILE: file, "Client id: ": client, "Certificate id: ": certificate}
    answers = {q: a for q, a in _answers(sandbox).items() if q not in QUESTIONS} | secrets
    code, shown = type_into(bare, ["init", "--netsuite-url", sandbox.url], answers)
    assert code == 0
    assert client not in shown
    assert keyring() == {
        "nsconsole:1234567_SB1/client_id": client,
        "nsconsole:1234567_SB1/certificate_id": certificate,
        "nsconsole:1234567_SB1/private_key_file": file,
    }
    assert bare("doctor").code == 0
    assert sandbox.stats()["requests"]["token"] == {"200": 2}


def test_a_certificate_in_the_environment_goes_before_a_token(fresh, sandbox):
    fresh.environ |= sandbox.certificate
    assert fresh.here("init", "--json").code == 0
    assert sandbox.stats()["requests"]["token"] == {"200": 1}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("NSCONSOLE_PRIVATE_KEY_FILE", "/no/such/key.pem", "private key file cannot be read"),
        ("NSCONSOLE_CERTIFICATE_ID", "", "NSCONSOLE_CERTIFICATE_ID not set"),
        ("NSCONSOLE_CERTIFICATE_ID", "unknown", "invalid_grant"),
    ],
)
def test_a_certificate_that_is_not_right_is_refused(fresh, sandbox, home, variable, value, said):
    fresh.environ |= {**sandbox.certificate, variable: value}
    result = fresh.here("init", "--json")
    assert result.code == 4
    assert said in result.json["error"]["message"]
    assert not home.exists()


def test_what_was_typed_wrong_is_neither_kept_nor_made(bare, sandbox, home, keyring, type_into):
    answers = _answers(sandbox, **{"Token secret: ": "0" * 64})
    code, shown = type_into(bare, ["init", "--netsuite-url", sandbox.url], answers)
    assert code == 4
    assert "refused the credentials" in shown
    assert keyring() == {}
    assert not home.exists()


def test_without_a_keyring_it_says_where_credentials_go_instead(bare, sandbox, home, type_into):
    code, shown = type_into(bare, ["init", "--netsuite-url", sandbox.url], _answers(sandbox))
    assert code == 1
    assert "no system keyring" in shown
    assert not home.exists()


def test_credentials_in_the_environment_are_not_asked_for_nor_moved(fresh, keyring, type_into):
    code, _ = type_into(fresh, ["init"], {"Operator's name [ada]: ": "mike"})
    assert code == 0
    assert keyring() == {}


def test_with_json_nothing_is_asked_even_on_a_terminal(fresh, type_into):
    code, shown = type_into(fresh, ["init", "--json"], {})
    assert code == 0
    assert json.loads(shown)["operator"] == "ada"
