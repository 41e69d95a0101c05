"""The audit trail tells what a workspace is set to, and when that changes."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from nsconsole.services import workspace as workspaces
from nsconsole.services.audit_trail import SYSTEM, export, verify
from nsconsole.store.engine import open_database


def test_settings_are_told_at_the_first_opening_and_when_they_change(open_workspace):
    workspace = open_workspace({})
    open_workspace({})
    open_workspace({}, retry_after=60.0, self_approval=frozenset({"medium", "low"}))
    began, recorded, changed = export(workspace)
    assert (began["event"], began["detail"]) == ("trail_began", {"applied_before": 0})
    assert (recorded["actor"], recorded["event"]) == (SYSTEM, "settings_recorded")
    assert recorded["subject"] == changed["subject"] == "settings"
    assert recorded["detail"]["settings"]["retry_after"] == 30.0
    assert changed["event"] == "settings_changed"
    assert changed["detail"]["changed"] == {
        "retry_after": {"from": 30.0, "to": 60.0},
        "self_approval": {"from": [], "to": ["low", "medium"]},
    }
    assert changed["detail"]["settings"]["retry_after"] == 60.0


def test_neither_places_nor_people_nor_secrets_are_told(open_workspace, home, tmp_path):
    workspace = open_workspace(
        {
            "NSCONSOLE_NETSUITE_URL": "https://me:pass/word@proxy.example/path?key=of-mine",
            "NSCONSOLE_DATABASE_URL": f"sqlite:///{tmp_path / 'secret-place.db'}",
            "NSCONSOLE_OPERATOR": "a-person",
            "NSCONSOLE_TOKEN_SECRET": "token-of-mine",
        },
        theme="light",
    )
    (_, recorded) = export(workspace)
    assert recorded["detail"]["settings"]["netsuite_url"] == "https://proxy.example/path"
    text = json.dumps(recorded)
    for left_out in ("word", "mine", "secret", str(home), "a-person", "light"):
        assert left_out not in text


def test_a_change_is_told_once_by_many_that_open_at_once(open_workspace):
    workspace = open_workspace({})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: open_workspace({}, log_days=7), range(8)))
    assert [entry["event"] for entry in export(workspace)][2:] == ["settings_changed"]
    assert verify(workspace).sound


def test_an_opening_that_changes_nothing_waits_for_no_writer(open_workspace):
    first = open_workspace({})
    with first.database.writing():
        begun = time.monotonic()
        open_workspace({})
        assert time.monotonic() - begun < 5  # a writer waits for 10 seconds


def test_a_change_that_cannot_be_told_keeps_no_workspace_from_opening(open_workspace, monkeypatch):
    first = open_workspace({})
    impatient = partial(open_database, busy_timeout=0.05)
    monkeypatch.setattr(workspaces, "open_database", impatient)
    with first.database.writing():
        open_workspace({}, log_days=7)
    assert len(list(export(first))) == 2
    open_workspace({}, log_days=7)
    assert [entry["event"] for entry in export(first)][2:] == ["settings_changed"]


def test_a_setting_that_no_database_can_hold_is_told_with_stand_ins(open_workspace):
    workspace = open_workspace({"NSCONSOLE_ACCOUNT": "1234\udcff"})
    (_, recorded) = export(workspace)
    assert recorded["detail"]["settings"]["account"] == "1234⟨U+DCFF⟩"
    assert verify(workspace).sound


@pytest.mark.parametrize("detail", ["no JSON", "[]", '{"settings": 7}'])
def test_settings_that_somebody_spoiled_are_told_anew(open_workspace, detail):
    workspace = open_workspace({})
    with workspace.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_trail_no_update")
        spoil = "UPDATE audit_trail SET detail_json = ? WHERE subject = 'settings'"
        connection.exec_driver_sql(spoil, (detail,))
    open_workspace({})
    assert list(export(workspace))[-1]["event"] == "settings_recorded"
    assert not verify(workspace).sound
