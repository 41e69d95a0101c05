"""Settings: flag, environment, file, default, in that order; and no secret in the file."""

import tomllib
from pathlib import Path

import pytest

from nsconsole.settings import SettingsError, config_text, load_settings


@pytest.fixture
def configured(tmp_path):
    """Write a `config.toml`; give the settings that come of it."""

    def load(text, **environ):
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        return load_settings(environ, home=tmp_path)

    return load


def test_without_anything_a_workspace_has_its_defaults(tmp_path):
    settings = load_settings({}, home=tmp_path)
    assert settings.database == tmp_path / "nsconsole.db"
    assert settings.account is None
    assert settings.self_approval == frozenset()
    assert settings.backups == tmp_path / "backups"


def test_the_home_is_the_flag_then_the_environment_then_the_platforms_folder(tmp_path):
    environ = {"NSCONSOLE_HOME": str(tmp_path / "environment")}
    assert load_settings(environ, home=tmp_path / "flag").home == tmp_path / "flag"
    assert load_settings(environ).home == tmp_path / "environment"
    assert load_settings({}).home.name == "nsconsole"


def test_a_home_of_nobody_is_told_and_not_raised(tmp_path):
    with pytest.raises(SettingsError, match="name the workspace by its whole path"):
        load_settings({}, home=Path("~no-such-person/here"))


def test_a_relative_home_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings({}, home=Path("here")).home == tmp_path / "here"


def test_the_environment_goes_before_the_file(configured):
    text = 'account = "111"\noperator = "mike"'
    settings = configured(text, NSCONSOLE_ACCOUNT="222", NSCONSOLE_OPERATOR="")
    assert settings.account == "222"
    assert settings.operator == "mike"  # an empty variable says nothing


def test_every_setting_of_the_file_is_read(configured):
    settings = configured(
        """
        account = "1234567_SB1"
        netsuite_url = "https://proxy.example"
        database_url = "sqlite:////elsewhere.db"
        [restlet]
        script = "customscript_mine"
        deploy = "customdeploy_mine"
        [timeouts]
        connect = 1
        read = 2.5
        total = 3
        [approvals]
        self_approval = ["low", "medium"]
        [drain]
        every_seconds = 4
        retry_after_seconds = 5
        [sync]
        lookback_seconds = 60
        reconcile_every_hours = 0.5
        log_days = 7
        concurrency = 12
        [audit]
        nightly = "04:05"
        [screen]
        theme = "light"
        """
    )
    assert settings.account == "1234567_SB1"
    assert settings.netsuite_url == "https://proxy.example"
    assert settings.database == "sqlite:////elsewhere.db"
    assert (settings.restlet_script, settings.restlet_deploy) == (
        "customscript_mine",
        "customdeploy_mine",
    )
    timeouts = (settings.connect_timeout, settings.read_timeout, settings.total_timeout)
    assert timeouts == (1.0, 2.5, 3.0)
    assert settings.self_approval == {"low", "medium"}
    assert (settings.drain_every, settings.retry_after) == (4.0, 5.0)
    assert (settings.sync_lookback, settings.reconcile_every) == (60.0, 0.5)
    assert (settings.log_days, settings.concurrency) == (7, 12)
    assert settings.nightly_audit == "04:05"
    assert settings.theme == "light"


def test_the_nightly_audit_can_be_turned_off(configured):
    assert configured("").nightly_audit == "02:00"
    assert configured('[audit]\nnightly = "off"').nightly_audit is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("account = ", "cannot be read as TOML"),
        ("account = 1234567", "“account” must be text between quotes"),
        ('account = ""', "“account” must be text between quotes"),
        ('acount = "1"', "unknown key “acount”; did you mean “account”"),
        ('colour = "red"', "unknown key “colour”; known: account"),
        ("[drain]\nevery_seconds = 0", "“drain.every_seconds” must be a number of seconds above 0"),
        ("[drain]\nevery_seconds = true", "must be a number of seconds"),
        ("[drain]\nevery_seconds = nan", "must be a number of seconds"),
        ("[timeouts]\ntotal = 1e9", "at most 3600"),
        ("[sync]\nlookback_seconds = 0", "“sync.lookback_seconds” must be a number of seconds"),
        ("[sync]\nreconcile_every_hours = -1", "must be a number of hours above 0, at most 8784"),
        ("[sync]\nlog_days = 0.5", "“sync.log_days” must be a whole number from 1 to 3660"),
        ("[sync]\nconcurrency = 0", "“sync.concurrency” must be a whole number from 1 to 200"),
        ("[sync]\nconcurrency = true", "must be a whole number from 1 to 200"),
        ('[audit]\nnightly = "24:00"', "“audit.nightly” must be a time of day such as"),
        ('[audit]\nnightly = "2:00"', 'must be a time of day such as "02:00", or "off"'),
        ("[audit]\nnightly = 2", "must be a time of day"),
        ('[approvals]\nself_approval = ["none"]', "must be a list of low, medium, high"),
        ('[approvals]\nself_approval = "low"', "must be a list of low, medium, high"),
        ("[approvals]\nself_approval = [[1]]", "must be a list of low, medium, high"),
        ('[screen]\ntheme = "pink"', "“screen.theme” must be"),
        ("[[account]]\nx = 1", "“account” must be text between quotes"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_file(configured, tmp_path, text, message):
    with pytest.raises(SettingsError) as caught:
        configured(text)
    assert message in str(caught.value)
    assert str(tmp_path / "config.toml") in str(caught.value)


@pytest.mark.parametrize(
    "key", ["token_secret", "consumer_key", "EDIT_TOKEN", "netsuite.token_id", "private_key_file"]
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(configured, key):
    with pytest.raises(SettingsError, match="is a secret and does not belong in a file") as caught:
        configured(f'{key} = "hunter2hunter2"')
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read as TOML"):
        load_settings({}, home=tmp_path)


@pytest.mark.parametrize("operator", ["mike", 'o"neill\\', "Émilie"])
def test_the_file_of_a_new_workspace_reads_back(configured, operator):
    text = config_text(account="1234567_SB1", netsuite_url=None, operator=operator)
    settings = configured(text)
    assert (settings.account, settings.netsuite_url, settings.operator) == (
        "1234567_SB1",
        None,
        operator,
    )
    assert "netsuite_url" not in tomllib.loads(text)
