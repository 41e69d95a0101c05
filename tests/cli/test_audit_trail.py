"""`nsconsole audit-trail`, as people and programs meet it."""

import json
import sqlite3
from contextlib import closing

import pytest

HEX = set("0123456789abcdef")


@pytest.fixture
def forge(home):
    """Run SQL on the workspace's database, as somebody with the file itself could."""

    def run(sql, *parameters):
        with closing(sqlite3.connect(home / "nsconsole.db")) as connection, connection:
            connection.execute("DROP TRIGGER IF EXISTS audit_trail_no_update")
            connection.execute("DROP TRIGGER IF EXISTS audit_trail_no_delete")
            connection.execute(sql, parameters)

    return run


def exported(text):
    return [json.loads(line) for line in text.splitlines()]


class TestVerify:
    def test_says_that_a_trail_is_sound_and_what_its_head_is(self, staged):
        found = staged.here("audit-trail", "verify", "--json")
        assert found.code == 0
        assert found.json.keys() == {"sound", "entries", "head", "first_bad", "why"}
        assert found.json["sound"] is True
        assert found.json["first_bad"] is None
        assert len(found.json["head"]) == 64
        shown = staged.here("audit-trail", "verify")
        assert shown.code == 0
        assert shown.out == (
            f"The trail is sound. Entries: {found.json['entries']}. Head: {found.json['head']}\n"
        )

    def test_names_the_first_entry_that_is_wrong(self, staged, forge):
        forge("UPDATE audit_trail SET actor = 'eve' WHERE id IN (2, 3)")
        found = staged.here("audit-trail", "verify", "--json")
        assert found.code == 1
        assert (found.json["sound"], found.json["first_bad"]) == (False, 2)
        shown = staged.here("audit-trail", "verify")
        assert shown.code == 1
        assert shown.out == (
            "The trail is not sound: entry 2 is not what was written: its hash is another. "
            "Sound entries before that: 1.\n"
        )

    def test_finds_a_head_that_was_noted_before(self, staged, forge):
        head = staged.here("audit-trail", "verify", "--json").json["head"]
        assert staged.here("operator", "add", "rita", "--role", "reviewer").code == 0
        assert staged.here("audit-trail", "verify", "--head", head).code == 0
        forge("DELETE FROM audit_trail")
        forge("DELETE FROM sqlite_sequence WHERE name = 'audit_trail'")
        assert staged.here("audit-trail", "verify").code == 0  # it begins anew
        found = staged.here("audit-trail", "verify", "--head", head, "--json")
        assert found.code == 1
        assert found.json["why"] == "no entry bears the head that was noted"

    @pytest.mark.parametrize("head", ["", "abc", "g" * 64, "a" * 65])
    def test_refuses_a_head_that_is_none(self, program, head):
        refused = program.here("audit-trail", "verify", "--head", head)
        assert refused.code == 2
        assert "is not a hash of 64 hex digits" in refused.err


class TestExport:
    def test_writes_an_object_a_line(self, staged):
        entries = exported(staged.here("audit-trail", "export").out)
        assert [entry["id"] for entry in entries] == list(range(1, len(entries) + 1))
        newest = entries[-1]
        assert newest.keys() == {
            "id", "at", "actor", "event", "subject", "detail", "previous_hash", "hash",
        }  # fmt: skip
        assert (newest["actor"], newest["event"]) == ("pricing-bot", "staged")
        assert newest["subject"] == "proposal:1"
        assert newest["detail"]["target_id"] == "42"
        head = staged.here("audit-trail", "verify", "--json").json["head"]
        assert newest["hash"] == head

    def test_writes_a_file(self, staged, tmp_path):
        file = tmp_path / "trail.jsonl"
        done = staged.here("audit-trail", "export", str(file))
        lines = file.read_text(encoding="ascii")
        assert done.code == 0
        assert done.out == f"Entries written to {file}: {len(exported(lines))}\n"
        assert lines == staged.here("audit-trail", "export", "-").out
        as_json = staged.here("audit-trail", "export", str(file), "--json").json
        assert as_json == {"entries": len(exported(lines)), "file": str(file)}

    def test_goes_on_after_an_entry(self, staged):
        whole = exported(staged.here("audit-trail", "export").out)
        rest = exported(staged.here("audit-trail", "export", "--since", "2").out)
        assert rest == whole[2:]
        assert staged.here("audit-trail", "export", "--since", "9999").out == ""

    def test_is_one_document_with_json(self, staged):
        whole = exported(staged.here("audit-trail", "export").out)
        assert staged.here("audit-trail", "export", "--json").json == {"entries": whole}

    def test_shows_what_came_from_outside_as_text(self, staged, forge):
        hostile = "\x1b[2J[bold]\u202ex\n"
        forge(
            "INSERT INTO audit_trail (at, actor, event, subject, detail_json, previous_hash, hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(hostile,) * 4,
            json.dumps({"why": hostile}),
            hostile,
            hostile,
        )
        out = staged.here("audit-trail", "export").out
        assert out.isascii()
        assert "\x1b" not in out
        newest = exported(out)[-1]
        assert newest["actor"] == newest["hash"] == hostile
        assert newest["detail"] == {"why": hostile}
        shown = staged.here("audit-trail", "verify")
        assert shown.code == 1
        assert "\x1b" not in shown.out

    def test_says_where_a_file_cannot_be_written(self, staged, tmp_path):
        refused = staged.here("audit-trail", "export", str(tmp_path / "nowhere" / "trail"))
        assert refused.code == 1
        assert "No such file or directory" in refused.err
