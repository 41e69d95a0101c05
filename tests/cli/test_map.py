"""`map`: the map of the mirror as text, to show, to edit and to check."""

import json
import stat
import sys

import pytest

from nsconsole.services.sync.map_text import base_map, parse, render

BIN = """
[bin]
key = ["id"]
mode = "incremental"
tier = 15
cursor = "lastmodifieddate"
[bin.columns]
id = "integer"
binnumber = "text"
lastmodifieddate = "datetime"
"""


def _map(program):
    return parse(program.here("map", "show").out)


def _use(program, text):
    assert program.here("map", "edit", "--file", "-", stdin=text).code == 0


def test_a_new_workspace_shows_the_base_map(program):
    assert program.here("map", "show").out == render(base_map()).rstrip() + "\n"


def test_with_json_each_table_tells_all_that_the_map_has(program):
    (shown,) = program.here("map", "show", "currencyrate", "--json").json["tables"]
    assert shown["columns"].pop("effectivedate") == "date"
    assert len(shown.pop("columns")) == 6
    assert shown == {
        "table": "currencyrate",
        "mirror": "ns_currencyrate",
        "key": ["id"],
        "mode": "incremental",
        "tier": 15,
        "cursor": "lastmodifieddate",
        "tracked_as": ["currencyrate"],
        "parent": None,
    }


def test_only_the_tables_asked_for_are_shown(program):
    shown = parse(program.here("map", "show", "vendor", "customer").out)
    assert [table.name for table in shown] == ["customer", "vendor"]
    result = program.here("map", "show", "vender")
    assert result.code == 2
    assert "vender" in result.err


def test_a_file_takes_the_place_of_the_whole_map(program, tmp_path):
    (tmp_path / "map.toml").write_text(BIN)
    result = program.here("map", "edit", "--file", str(tmp_path / "map.toml"), "--json")
    assert result.code == 0
    assert result.json["added"] == ["bin"]
    assert set(result.json["removed"]) == {table.name for table in base_map()}
    assert result.json["changes"][-1] == "+ bin: 3 columns, incremental, every 15 minutes"
    assert _map(program) == parse(BIN)


def test_the_map_from_stdin_says_what_it_changes(program):
    _use(program, BIN)
    result = program.here("map", "edit", "--file", "-", stdin=BIN.replace("15", "60"))
    assert result.out == "~ bin: tier is 60, was 15\n"
    again = program.here("map", "edit", "--file", "-", stdin=BIN.replace("15", "60"))
    assert (again.code, again.out) == (0, "The map stays as it is.\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BIN.replace("15", "16"), "[bin] tier: must be one of 5, 15, 60"),
        ("", "no table in it"),
        (b"\xff", "not text in UTF-8"),
        (b"#" * (8 * 2**20 + 1), "more than 8 MB"),
    ],
)
def test_what_is_no_map_changes_nothing_and_ends_with_2(program, text, said):
    result = program.here("map", "edit", "--file", "-", stdin=text)
    assert result.code == 2
    assert said in result.err
    assert _map(program) == base_map()


def test_a_file_that_is_not_there_is_named(program, tmp_path):
    result = program.here("map", "edit", "--file", str(tmp_path / "nothing.toml"))
    assert result.code == 2
    assert "nothing.toml cannot be read: No such file" in result.err


def test_only_an_admin_changes_the_map(program):
    made = program.here("operator", "add", "rita", "--role", "reviewer", "--json").json
    program.environ |= {"NSCONSOLE_OPERATOR": "rita", "NSCONSOLE_EDIT_TOKEN": made["edit_token"]}
    result = program.here("map", "edit", "--file", "-", stdin=BIN)
    assert result.code == 3
    assert "rita is a reviewer; this takes the role admin" in result.err
    assert _map(program) == base_map()
    assert program.here("map", "show").code == 0


def test_without_the_edit_token_nothing_is_changed(program):
    del program.environ["NSCONSOLE_EDIT_TOKEN"]
    result = program.here("map", "edit", "--file", "-", stdin=BIN)
    assert result.code == 3
    assert _map(program) == base_map()


def test_without_a_terminal_there_is_no_editor(program):
    result = program.here("map", "edit")
    assert result.code == 2
    assert "--file" in result.err


@pytest.fixture
def editor(program, tmp_path):
    """Let each start of the editor run the next of some shell commands on the file, as $f."""

    def set_up(*commands):
        script, turn = tmp_path / "editor", tmp_path / "turn"
        cases = "\n".join(f"{n}) {command};;" for n, command in enumerate(commands, 1))
        count = f"echo x >>{turn}\nn=$(wc -l <{turn} | tr -d ' ')"
        script.write_text(f"#!/bin/sh\nf=$2\n{count}\ncase $n in\n{cases}\nesac\n")
        script.chmod(script.stat().st_mode | stat.S_IEXEC)
        program.environ |= {"VISUAL": f"{script} --wait", "TMPDIR": str(tmp_path)}

    return set_up


def _left_behind(tmp_path):
    return list(tmp_path.glob("nsconsole-map-*"))


def test_the_editor_changes_the_map_after_a_question(program, editor, type_into, tmp_path):
    _use(program, BIN)
    editor("sed -i s/15/60/ $f")
    code, shown = type_into(program, ["map", "edit"], {"Put this map into use? [y/N] ": "y"})
    assert code == 0
    assert "~ bin: tier is 60, was 15" in shown
    assert [table.tier for table in _map(program)] == [60]
    assert _left_behind(tmp_path) == []


def test_who_does_not_say_yes_changes_nothing(program, editor, type_into):
    _use(program, BIN)
    editor("sed -i s/15/60/ $f")
    code, _ = type_into(program, ["map", "edit"], {"Put this map into use? [y/N] ": ""})
    assert code == 0
    assert _map(program) == parse(BIN)


def test_an_editor_that_changes_nothing_asks_nothing(program, editor, type_into, tmp_path):
    editor("true")
    code, shown = type_into(program, ["map", "edit"], {})
    assert code == 0
    assert "The map stays as it is." in shown
    assert _left_behind(tmp_path) == []


def test_what_is_wrong_stands_in_the_file_and_the_editor_opens_again(
    program, editor, type_into, tmp_path
):
    _use(program, BIN)
    seen = tmp_path / "seen"
    editor(
        "sed -i s/15/16/ $f",
        f"cat $f >>{seen}; sed -i 's/16/15/; s/\"text/\"txt/' $f",
        f"cat $f >>{seen}; sed -i 's/txt/text/; s/= 15/= 5/' $f",
    )
    again = "Open the editor again? [y/N] "
    answers = {again: "y", f"did you mean “text”?\r\n{again}": "y"}
    answers["Put this map into use? [y/N] "] = "y"
    code, shown = type_into(program, ["map", "edit"], answers)
    assert code == 0
    assert "[bin] tier: must be one of 5, 15, 60" in shown
    marks = [line for line in seen.read_text().splitlines() if line.startswith("#!")]
    assert marks[0] == "#! [bin] tier: must be one of 5, 15, 60"
    assert marks[1].startswith("#! [bin] columns.binnumber: “txt” is not one of")
    assert len(marks) == 2
    assert [table.tier for table in _map(program)] == [5]


def test_who_gives_up_keeps_what_they_wrote(program, editor, type_into, tmp_path):
    _use(program, BIN)
    editor("sed -i s/15/16/ $f")
    code, shown = type_into(program, ["map", "edit"], {"Open the editor again? [y/N] ": "n"})
    assert code == 2
    (kept,) = _left_behind(tmp_path)
    assert str(kept) in shown.replace("\r\n", "")
    assert "tier = 16" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("command", "said"), [("false", "the editor false failed"), ("no-such-one", "set VISUAL")]
)
def test_an_editor_that_fails_is_a_sentence(program, type_into, command, said):
    program.environ["VISUAL"] = command
    code, shown = type_into(program, ["map", "edit"], {})
    assert code == 1
    assert said in shown
    assert "Traceback" not in shown


def test_what_somebody_else_changed_meanwhile_is_not_undone(program, editor, type_into, tmp_path):
    _use(program, BIN)
    other = tmp_path / "other.toml"
    other.write_text(BIN.replace("15", "60"))
    python = f"{sys.executable} -m nsconsole map edit --file {other} >/dev/null"
    editor(f"sed -i s/binnumber/zone/ $f; {python}")
    code, shown = type_into(program, ["map", "edit"], {"Put this map into use? [y/N] ": "y"})
    assert code == 3
    assert "somebody else changed the map meanwhile" in shown
    assert _map(program) == parse(BIN.replace("15", "60"))
    assert len(_left_behind(tmp_path)) == 1


def test_netsuite_has_all_of_the_base_map(program):
    result = program.here("map", "check", "--json")
    assert (result.code, result.json) == (0, {"findings": []})
    assert "every table and column" in program.here("map", "check").out


def test_what_netsuite_does_not_have_is_found(program, sandbox):
    _use(program, BIN + BIN.replace("[bin", "[bim").replace("15", "60"))
    sandbox.drift("bin", drop="binnumber")
    result = program.here("map", "check", "--json")
    assert result.code == 1
    found = {(finding["table"], finding["column"]) for finding in result.json["findings"]}
    assert found == {("bin", "binnumber"), ("bim", None)}
    assert json.dumps(result.json).count("binnumber") >= 1
    assert "binnumber" in program.here("map", "check").out


def test_a_check_without_netsuite_ends_with_4(program):
    program.environ["NSCONSOLE_NETSUITE_URL"] = "http://127.0.0.1:1"
    assert program.here("map", "check").code == 4
