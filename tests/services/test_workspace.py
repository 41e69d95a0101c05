"""Opening a workspace, and finding the credentials that it calls with."""

import pytest

from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.store.engine import DatabaseError
from nsconsole.store.schema import DatabaseTooNew

SECRETS = {
    "NSCONSOLE_CONSUMER_KEY": "consumer-key-of-mine",
    "NSCONSOLE_CONSUMER_SECRET": "consumer-secret-of-mine",
    "NSCONSOLE_TOKEN_ID": "token-id-of-mine",
    "NSCONSOLE_TOKEN_SECRET": "token-secret-of-mine",
}


def refused(workspace):
    with pytest.raises(NetSuiteUnavailableError) as caught:
        workspace.netsuite()
    assert "of-mine" not in str(caught.value)
    return str(caught.value)


def test_a_new_workspace_makes_its_folder_for_its_owner_alone(open_workspace, home):
    open_workspace({})
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "nsconsole.db").exists()


def test_a_database_elsewhere_has_its_folder_made_too(open_workspace, home, tmp_path):
    open_workspace({"NSCONSOLE_DATABASE_URL": f"sqlite:///{tmp_path / 'a' / 'b' / 'some.db'}"})
    assert (tmp_path / "a" / "b" / "some.db").exists()
    assert home.exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(open_workspace, home):
    home.write_text("a file where the folder should be")
    with pytest.raises(DatabaseError, match="cannot be made: File exists"):
        open_workspace({})


def test_a_database_of_a_later_program_is_refused(open_workspace):
    workspace = open_workspace({})
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTooNew, match="Update nsconsole"):
        open_workspace({})


def test_the_client_is_made_once(workspace):
    assert workspace.netsuite() is workspace.netsuite()


class TestCredentials:
    def test_are_missed_by_name(self, open_workspace):
        message = refused(open_workspace({"NSCONSOLE_ACCOUNT": "1"}))
        assert all(name in message for name in SECRETS)
        some = {"NSCONSOLE_ACCOUNT": "1", **SECRETS, "NSCONSOLE_TOKEN_ID": ""}
        assert "NSCONSOLE_TOKEN_ID not set" in refused(open_workspace(some))

    def test_are_missed_with_the_account(self, open_workspace):
        assert "set NSCONSOLE_ACCOUNT" in refused(open_workspace(SECRETS))

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"NSCONSOLE_ACCOUNT": "my account"}, "is not a NetSuite account id"),
            ({"NSCONSOLE_NETSUITE_URL": "http://elsewhere.example"}, "use https://"),
            (
                {"NSCONSOLE_TOKEN_SECRET": "token-secret of-mine"},
                "The token secret has white space",
            ),
        ],
    )
    def test_that_cannot_be_right_are_refused_unsent(self, open_workspace, changed, message):
        environ = {"NSCONSOLE_ACCOUNT": "1", **SECRETS, **changed}
        assert message in refused(open_workspace(environ))

    def test_nor_is_a_script_that_cannot_be_one(self, open_workspace):
        environ = {"NSCONSOLE_ACCOUNT": "1", **SECRETS}
        workspace = open_workspace(environ, restlet_script="custom script")
        assert "is not the id of a script" in refused(workspace)

    def test_are_in_no_file_of_the_workspace(self, workspace, sandbox, enqueue, home):
        from nsconsole.services.pushes.draining import drain

        enqueue({"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12}})
        drain(workspace)
        everything = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
        assert b"Acme Industrial Supply" in everything
        for name in SECRETS:
            assert sandbox.environ[name].encode() not in everything
