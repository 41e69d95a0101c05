import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

NAMES = [
    "settings",
    "database",
    "schema",
    "operator",
    "credentials",
    "netsuite",
    "clock",
    "restlet",
    "permissions",
]


def _examine(program):
    """Give the exit code and each check as (state, detail) by name."""
    result = program.here("doctor", "--json")
    checks = result.json["checks"]
    assert [check["name"] for check in checks] == NAMES
    assert all(check["ok"] == (check["state"] == "ok") for check in checks)
    assert all(check["detail"] for check in checks)
    shown = program.here("doctor")
    assert shown.code == result.code
    assert len(shown.out.splitlines()) >= len(NAMES)
    return result.code, {check["name"]: (check["state"], check["detail"]) for check in checks}


def _states(checks):
    return {name: state for name, (state, _) in checks.items() if state != "ok"}


def test_a_sound_workspace_passes_every_check(program):
    code, checks = _examine(program)
    assert (code, _states(checks)) == (0, {})
    assert "the edit token is theirs" in checks["operator"][1]
    assert "50 operations" in checks["restlet"][1]


def test_bad_settings_are_named_and_nothing_else_is_tried(program, home):
    (home / "config.toml").write_text('acount = "1"\n')
    code, checks = _examine(program)
    assert code == 1
    assert "did you mean “account”" in checks["settings"][1]
    assert _states(checks) == {"settings": "failed"} | dict.fromkeys(NAMES[1:], "not_checked")


def test_a_secret_in_the_settings_is_not_repeated(program, home):
    (home / "config.toml").write_text('token_secret = "hunter2hunter2"\n')
    _examine(program)
    assert "hunter2" not in "".join(program.said)


def test_a_workspace_that_is_not_there_yet_is_not_made(fresh, home):
    code, checks = _examine(fresh)
    assert code == 1
    assert "nsconsole init" in checks["database"][1]
    assert _states(checks) == {
        "database": "failed",
        "schema": "not_checked",
        "operator": "not_checked",
    }
    assert not home.exists()


def test_a_file_that_is_no_database_is_told(program, home):
    (home / "nsconsole.db").write_bytes(b"not a database, whatever its name says " * 100)
    code, checks = _examine(program)
    assert code == 1
    assert checks["database"][0] == "failed"
    assert "not a" in checks["database"][1]
    assert checks["netsuite"][0] == "ok"  # asked all the same


def test_a_damaged_database_is_told(program, home):
    path = home / "nsconsole.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=DELETE")
        size = database.execute("PRAGMA page_size").fetchone()[0]
        page = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'operators'"
        ).fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    code, checks = _examine(program)
    assert code == 1
    assert checks["database"][0] == "failed"
    assert checks["schema"][0] == "not_checked"


def test_a_newer_database_is_told_and_left_alone(program, home):
    path = home / "nsconsole.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    code, checks = _examine(program)
    assert code == 1
    assert _states(checks) == {"schema": "failed", "operator": "not_checked"}
    assert "9999" in checks["schema"][1]
    assert "Update nsconsole" in checks["schema"][1]


def test_a_database_that_another_program_holds_is_told(program, home):
    with closing(sqlite3.connect(home / "nsconsole.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        result = program.here("doctor", "--json")
    assert result.code == 1
    (database,) = [c for c in result.json["checks"] if c["name"] == "database"]
    assert "locked by another program" in database["detail"]


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_database_that_cannot_be_written_is_told(program, home):
    (home / "nsconsole.db").chmod(0o400)
    home.chmod(0o500)
    try:
        code, checks = _examine(program)
    finally:
        home.chmod(0o700)
    assert (code, checks["database"][0]) == (1, "failed")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("LOGNAME", "stranger", "for the login stranger"),
        ("NSCONSOLE_OPERATOR", "nobody", "called nobody"),
        ("NSCONSOLE_EDIT_TOKEN", "wrong", "not ada's edit token"),
    ],
)
def test_an_operator_or_token_that_is_not_known_is_told(program, variable, value, said):
    program.environ[variable] = value
    code, checks = _examine(program)
    assert (code, _states(checks)) == (1, {"operator": "failed"})
    assert said in checks["operator"][1]


def test_without_a_token_the_operator_is_still_right(program):
    del program.environ["NSCONSOLE_EDIT_TOKEN"]
    code, checks = _examine(program)
    assert (code, _states(checks)) == (0, {})
    assert "no edit token" in checks["operator"][1]


@pytest.mark.parametrize(
    "variable", ["NSCONSOLE_ACCOUNT", "NSCONSOLE_TOKEN_ID", "NSCONSOLE_NETSUITE_URL"]
)
def test_what_netsuite_needs_and_is_missing_or_wrong_is_named(program, home, variable):
    (home / "config.toml").unlink()
    program.environ[variable] = "ftp://x" if variable.endswith("URL") else ""
    code, checks = _examine(program)
    assert code == 4
    assert checks["credentials"][0] == "failed"
    assert (variable in checks["credentials"][1]) or ("ftp://x" in checks["credentials"][1])
    assert checks["netsuite"][0] == "not_checked"


def test_a_host_that_is_down_is_told_once(program):
    program.environ["NSCONSOLE_NETSUITE_URL"] = "http://127.0.0.1:1"
    code, checks = _examine(program)
    assert code == 4
    assert _states(checks) == {
        "credentials": "not_checked",
        "netsuite": "failed",
        "clock": "not_checked",
        "restlet": "not_checked",
        "permissions": "not_checked",
    }
    assert "127.0.0.1:1 is not reachable" in checks["netsuite"][1]


def test_after_a_refused_login_nothing_more_is_asked(program, sandbox):
    program.environ["NSCONSOLE_TOKEN_SECRET"] = "0" * 64
    before = len(sandbox.stats()["refused_logins"])
    result = program.here("doctor", "--json")
    assert result.code == 4
    checks = {check["name"]: check for check in result.json["checks"]}
    assert checks["credentials"]["state"] == "failed"
    assert "refused the credentials" in checks["credentials"]["detail"]
    assert (checks["netsuite"]["ok"], checks["clock"]["ok"]) == (True, True)
    assert (checks["restlet"]["state"], checks["permissions"]["state"]) == (
        "not_checked",
        "not_checked",
    )
    assert len(sandbox.stats()["refused_logins"]) == before + 1
    assert program.here("status", "--json").json["netsuite"]["state"] == "refused"


def test_a_right_answer_ends_the_pause_after_a_refused_login(program):
    right = program.environ["NSCONSOLE_TOKEN_SECRET"]
    program.environ["NSCONSOLE_TOKEN_SECRET"] = "0" * 64
    program.here("doctor")
    program.environ["NSCONSOLE_TOKEN_SECRET"] = right
    assert program.here("doctor").code == 0
    assert program.here("status", "--json").json["netsuite"]["state"] == "ok"


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_off_is_told_apart_from_wrong_credentials(program, clock, minutes):
    clock.skew = timedelta(minutes=minutes)
    code, checks = _examine(program)
    assert code == 4
    assert checks["clock"][0] == "failed"
    assert "10 minutes" in checks["clock"][1]
    assert checks["credentials"][0] == "not_checked"
    assert checks["netsuite"][0] == "ok"


def test_a_script_that_is_not_deployed_is_told_and_the_rest_still_checked(program, home):
    with (home / "config.toml").open("a") as config:
        config.write('[restlet]\nscript = "customscript_elsewhere"\n')
    code, checks = _examine(program)
    assert (code, _states(checks)) == (4, {"restlet": "failed"})
