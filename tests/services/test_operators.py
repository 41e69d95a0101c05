"""Operators: roles, and the edit token without which nobody decides."""

import pytest

from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.operators import (
    Authority,
    Role,
    add_operator,
    authenticate,
    disable_operator,
    find_operator,
    first_operator,
    list_operators,
    rotate_token,
)


@pytest.fixture
def quick_hashes():
    """No such thing here: tokens are hashed in earnest."""


def refused(action, *arguments, **named):
    with pytest.raises(RefusedError) as caught:
        action(*arguments, **named)
    return str(caught.value)


def test_the_first_operator_is_an_admin_and_is_made_once(workspace):
    operator, _ = first_operator(workspace, "ada", login="al")
    assert (operator.name, operator.role) == ("ada", Role.ADMIN)
    message = refused(first_operator, workspace, "eve", login="eve")
    assert "has operators already (ada)" in message
    assert [one.name for one in list_operators(workspace)] == ["ada"]


def test_an_operator_is_found_by_name_else_by_the_os_login(workspace, admin):
    add_operator(workspace, admin, "bob", Role.VIEWER)
    assert find_operator(workspace, name="bob", login="ada").name == "bob"
    assert find_operator(workspace, name=None, login="ada").name == "ada"
    assert find_operator(workspace, name=None, login="bob").name == "bob"
    assert find_operator(workspace, name=None, login="eve") is None
    assert find_operator(workspace, name="eve", login="ada") is None


def test_a_disabled_operator_is_not_taken_by_login(workspace, admin):
    add_operator(workspace, admin, "bob", Role.VIEWER)
    disable_operator(workspace, admin, "bob")
    assert find_operator(workspace, name=None, login="bob") is None


def test_only_the_right_token_gives_authority(workspace, admin):
    operator, token = add_operator(workspace, admin, "bob", Role.REVIEWER)
    assert authenticate(workspace, operator, token).operator == operator
    assert refused(authenticate, workspace, operator, token + "x") == "that is not bob's edit token"
    assert "bob's edit token is needed" in refused(authenticate, workspace, operator, "")
    assert "bob's edit token is needed" in refused(authenticate, workspace, operator, None)
    assert "you are not an operator" in refused(authenticate, workspace, None, token)
    assert "not bob's" in refused(authenticate, workspace, operator, "\ud800")


def test_a_rotated_token_replaces_the_old_one(workspace, admin):
    operator, old = add_operator(workspace, admin, "bob", Role.REVIEWER)
    _, new = rotate_token(workspace, admin, "bob")
    assert "not bob's edit token" in refused(authenticate, workspace, operator, old)
    assert authenticate(workspace, operator, new)


def test_a_disabled_operator_has_no_authority(workspace, admin):
    operator, token = add_operator(workspace, admin, "bob", Role.REVIEWER)
    assert disable_operator(workspace, admin, "bob").disabled
    assert "bob is disabled" in refused(authenticate, workspace, operator, token)


@pytest.mark.parametrize("action", [rotate_token, disable_operator])
def test_only_an_admin_changes_operators(workspace, reviewer, action):
    message = refused(action, workspace, reviewer, "ada")
    assert message == "rita is a reviewer; this takes the role admin"


def test_only_an_admin_adds_operators(workspace, reviewer):
    refused(add_operator, workspace, reviewer, "eve", Role.ADMIN)
    assert [one.name for one in list_operators(workspace)] == ["ada", "rita"]


@pytest.mark.parametrize("action", [rotate_token, disable_operator])
def test_an_unknown_operator_is_named(workspace, admin, action):
    with pytest.raises(BadInputError, match="there is no operator called eve"):
        action(workspace, admin, "eve")


def test_the_last_admin_stays(workspace, admin, reviewer):
    assert "ada is the last admin" in refused(disable_operator, workspace, admin, "ada")
    add_operator(workspace, admin, "eve", Role.ADMIN)
    assert disable_operator(workspace, admin, "ada").disabled


def test_an_admin_who_was_disabled_meanwhile_changes_nothing(workspace, admin, add_operator):
    eve = add_operator("eve", "admin")
    disable_operator(workspace, eve, "ada")
    assert "ada is disabled" in refused(rotate_token, workspace, admin, "eve")


def test_a_name_is_taken_once(workspace, admin):
    with pytest.raises(BadInputError, match="there is an operator called ada already"):
        add_operator(workspace, admin, "ada", Role.VIEWER)


@pytest.mark.parametrize("name", ["", "a b", "a\n", "\x1b[2J", "x" * 65, "a;b"])
def test_a_name_is_plain(workspace, admin, name):
    with pytest.raises(BadInputError, match="an operator's name is"):
        add_operator(workspace, admin, name, Role.VIEWER)


def test_the_token_is_kept_only_as_a_salted_slow_hash(workspace, admin, home):
    _, token = add_operator(workspace, admin, "bob", Role.VIEWER)
    with workspace.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT token_hash FROM operators").scalars().all()
    assert all(row.startswith("scrypt$16384$8$1$") for row in rows)
    assert len(set(rows)) == 2
    everything = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())
    assert b"bob" in everything
    assert token.encode() not in everything


def test_an_authority_does_not_show_its_hash(admin):
    assert isinstance(admin, Authority)
    assert repr(admin) == "Authority('ada', admin)"
