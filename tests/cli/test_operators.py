import pytest


def _become(program, name, token):
    program.environ |= {"NSCONSOLE_OPERATOR": name, "NSCONSOLE_EDIT_TOKEN": token}


def _add(program, name, role):
    return program.here("operator", "add", name, "--role", role, "--json").json


def test_a_new_operator_gets_a_token_that_works(staged):
    made = _add(staged, "rita", "reviewer")
    assert (made["operator"], made["role"]) == ("rita", "reviewer")
    _become(staged, "rita", made["edit_token"])
    assert staged.here("decide", "approve", "1").code == 0


def test_the_list_shows_everybody_and_no_token(program):
    made = _add(program, "vic", "viewer")
    listed = program.here("operator", "list", "--json")
    assert listed.json["operators"] == [
        {"operator": "ada", "role": "admin", "login": "ada", "disabled": False},
        {"operator": "vic", "role": "viewer", "login": None, "disabled": False},
    ]
    assert made["edit_token"] not in listed.out
    assert "vic" in program.here("operator", "list").out


def test_a_rotated_token_replaces_the_old_one_at_once(staged):
    old = _add(staged, "rita", "reviewer")["edit_token"]
    new = staged.here("operator", "rotate", "rita", "--json").json["edit_token"]
    _become(staged, "rita", old)
    assert staged.here("decide", "approve", "1").code == 3
    _become(staged, "rita", new)
    assert staged.here("decide", "approve", "1").code == 0


def test_a_disabled_operator_decides_nothing(staged):
    token = _add(staged, "rita", "reviewer")["edit_token"]
    disabled = staged.here("operator", "disable", "rita", "--json")
    assert (disabled.code, disabled.json["disabled"]) == (0, True)
    _become(staged, "rita", token)
    result = staged.here("decide", "approve", "1", "--json")
    assert result.code == 3
    assert "rita is disabled" in result.json["error"]["message"]


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
@pytest.mark.parametrize("action", [["disable", "ada"], ["rotate", "ada"]])
def test_only_an_admin_changes_operators(program, role, action):
    made = _add(program, "otto", role)
    _become(program, "otto", made["edit_token"])
    result = program.here("operator", *action, "--json")
    assert result.code == 3
    message = result.json["error"]["message"]
    assert "otto" in message
    assert role in message
    assert "admin" in message


def test_the_last_admin_stays(program):
    result = program.here("operator", "disable", "ada")
    assert result.code == 3
    assert "last admin" in result.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "ada", "--role", "viewer"], "already"),
        (["add", "two words", "--role", "viewer"], "letters, digits"),
        (["add", "a\x1bb", "--role", "viewer"], "letters, digits"),
        (["rotate", "nobody"], "no operator called nobody"),
        (["disable", "nobody"], "no operator called nobody"),
    ],
)
def test_a_name_that_cannot_be_is_refused(program, words, said):
    result = program.here("operator", *words, "--json")
    assert result.code == 2
    assert said in result.json["error"]["message"]
    assert len(program.here("operator", "list", "--json").json["operators"]) == 1
