"""The audit trail is one chain, and nothing can be done to it that is not found."""

import hashlib
import json
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from nsconsole.services.audit_trail import Entry, append, export, verify
from nsconsole.services.pushes.draining import drain
from nsconsole.store import audit_trail

COST = {
    "action_type": "update_vendor_cost",
    "target_record": "vendor",
    "target_id": "42",
    "change": {"cost": 12.5},
}
OTHER_COST = COST | {"target_id": "43"}


@pytest.fixture
def tell(workspace):
    """Add entries of one's own, each in a transaction of its own; give their number."""

    def add(*subjects, **detail):
        for subject in subjects:
            with workspace.database.writing() as connection:
                append(connection, workspace.now(), [Entry("ada", "done", subject, detail)])
        return len(list(export(workspace)))

    return add


@pytest.fixture
def forge(query):
    """Run SQL on the trail as only somebody with the file itself could."""

    def run(sql, *parameters):
        for verb in ("update", "delete"):
            query(f"DROP TRIGGER IF EXISTS audit_trail_no_{verb}")
        return query(sql, *parameters)

    return run


def sealed(previous, entry):
    """The hash of an entry by the rule that is written down, and by nothing else of the program."""
    detail = json.dumps(entry["detail"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    told = [previous, *(entry[name] for name in ("at", "actor", "event", "subject")), detail]
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class TestTheChain:
    def test_holds_what_it_was_told_in_order(self, workspace, clock):
        clock.advance(0.25)
        entries = [Entry("ada", "done", f"push:{number}", {"ü": [number]}) for number in range(3)]
        with workspace.database.writing() as connection:
            append(connection, clock(), entries)
        held = list(export(workspace, since=2))
        assert [entry["subject"] for entry in held] == ["push:0", "push:1", "push:2"]
        assert {(entry["actor"], entry["event"]) for entry in held} == {("ada", "done")}
        assert [entry["detail"] for entry in held] == [{"ü": [0]}, {"ü": [1]}, {"ü": [2]}]
        assert {datetime.fromisoformat(entry["at"]) for entry in held} == {clock()}

    def test_can_be_proven_from_its_export_alone(self, workspace, tell, enqueue):
        enqueue(COST)
        tell("push:1", text='quoted " and \\ and é and \x1b[2J and 高い', number=0.1, none=None)
        previous = "0" * 64
        for number, entry in enumerate(export(workspace), 1):
            assert entry["id"] == number
            assert entry["previous_hash"] == previous
            assert entry["hash"] == sealed(previous, entry)
            previous = entry["hash"]
        assert verify(workspace).head == previous

    def test_takes_nothing_from_a_transaction_that_is_undone(self, workspace, tell):
        count = tell("push:1")

        def fail():
            with workspace.database.writing() as connection:
                append(connection, workspace.now(), [Entry("ada", "done", "push:2", {})])
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        assert tell("push:3") == count + 1
        assert verify(workspace).sound

    def test_of_many_entries_at_once_is_one_chain(self, workspace):
        with workspace.database.writing() as connection:
            append(connection, workspace.now(), [])
            append(
                connection, workspace.now(), [Entry("a", "b", f"c:{n}", {}) for n in range(5000)]
            )
            append(connection, workspace.now(), [Entry("a", "b", "c:5000", {})])
        found = verify(workspace)
        assert found.sound
        assert found.entries == 2 + 5001

    def test_takes_no_moment_without_a_time_zone(self, workspace):
        with (
            pytest.raises(ValueError, match="time zone"),
            workspace.database.writing() as connection,
        ):
            append(connection, datetime(2026, 1, 1), [Entry("a", "b", "c:1", {})])  # noqa: DTZ001

    def test_is_not_forked_by_eight_threads(self, workspace, tell):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: tell(*(f"thread:{n}" for _ in range(50))), range(8)))
        found = verify(workspace)
        assert (found.sound, found.entries) == (True, 2 + 400)

    def test_is_not_forked_by_four_processes(self, workspace):
        program = (
            "import sys\n"
            "from datetime import UTC, datetime\n"
            "from nsconsole.services.audit_trail import Entry, append\n"
            "from nsconsole.store.engine import open_database\n"
            "from pathlib import Path\n"
            "database = open_database(Path(sys.argv[1]), busy_timeout=60)\n"
            "for number in range(50):\n"
            "    with database.writing() as connection:\n"
            "        append(connection, datetime.now(UTC), [Entry('p', 'done', 'p:1', {})])\n"
        )
        command = [sys.executable, "-c", program, str(workspace.database.path)]
        started = [subprocess.Popen(command) for _ in range(4)]
        assert [process.wait(timeout=120) for process in started] == [0] * 4
        found = verify(workspace)
        assert (found.sound, found.entries) == (True, 2 + 200)

    def test_forks_without_the_write_lock_so_the_tests_above_can_fail(self, workspace, monkeypatch):
        stale = "0" * 64
        monkeypatch.setattr(audit_trail, "last_hash", lambda _: stale)
        with workspace.database.writing() as connection:
            append(connection, workspace.now(), [Entry("ada", "done", "push:1", {})])
        found = verify(workspace)
        assert (found.sound, found.first_bad) == (False, 3)


TAMPERINGS = {
    "a detail that says another thing": (
        "UPDATE audit_trail SET detail_json = '{\"n\":2}' WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "a detail with the same meaning in other words": (
        "UPDATE audit_trail SET detail_json = ' ' || detail_json WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "another actor": (
        "UPDATE audit_trail SET actor = 'eve' WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "another event": (
        "UPDATE audit_trail SET event = 'rejected' WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "another subject": (
        "UPDATE audit_trail SET subject = 'push:6' WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "another time": (
        "UPDATE audit_trail SET at = '2020-01-01T00:00:00.000000Z' WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "a time that is none": (
        "UPDATE audit_trail SET at = 'yesterday' WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "bytes that are no text": (
        "UPDATE audit_trail SET actor = CAST(x'FF61' AS TEXT) WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "a hash of one's own": (
        "UPDATE audit_trail SET hash = lower(hex(randomblob(32))) WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "another entry before it": (
        "UPDATE audit_trail SET previous_hash = printf('%064d', 0) WHERE id = 5",
        (5, "entry 5 is not what was written"),
    ),
    "one deleted": ("DELETE FROM audit_trail WHERE id = 5", (5, "entry 5 is missing")),
    "the first deleted": ("DELETE FROM audit_trail WHERE id = 1", (1, "entry 1 is missing")),
    "the last deleted": (
        "DELETE FROM audit_trail WHERE id = 8",
        (8, "entries 8 to 8 are missing: the end was cut off"),
    ),
    "the end deleted": (
        "DELETE FROM audit_trail WHERE id > 5",
        (6, "entries 6 to 8 are missing: the end was cut off"),
    ),
    "all deleted": ("DELETE FROM audit_trail", (1, "entries 1 to 8 are missing")),
    "one moved to the end": (
        "UPDATE audit_trail SET id = 9 WHERE id = 5",
        (5, "entry 5 is missing: entry 6 stands in its place"),
    ),
    "one put in before the first": (
        "INSERT INTO audit_trail VALUES (-1, 'at', 'eve', 'event', 'subject', '{}', '', '')",
        (1, "entry 1 is missing: entry -1 stands in its place"),
    ),
    "the count of entries set back": (
        "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit_trail'",
        (None, "count of entries was set back"),
    ),
}


class TestTampering:
    @pytest.fixture(autouse=True)
    def eight_entries(self, tell):
        assert tell(*(f"push:{number}" for number in range(3, 9)), n=1) == 8

    @pytest.mark.parametrize("what", TAMPERINGS)
    def test_is_found_and_the_entry_named(self, workspace, forge, what):
        assert verify(workspace).sound
        sql, (first_bad, why) = TAMPERINGS[what]
        forge(sql)
        found = verify(workspace)
        assert not found.sound
        assert found.first_bad == first_bad
        assert why in found.why

    def test_by_two_entries_that_change_places_is_found(self, workspace, forge):
        for old, new in ((4, 99), (5, 4), (99, 5)):
            forge("UPDATE audit_trail SET id = ? WHERE id = ?", new, old)
        forge("UPDATE sqlite_sequence SET seq = 8 WHERE name = 'audit_trail'")
        found = verify(workspace)
        assert (found.first_bad, found.entries) == (4, 3)
        assert "entry 4 was written after another entry than 3" in found.why

    def test_by_an_entry_with_a_good_hash_is_found_by_the_next(self, workspace, forge):
        (fifth,) = (entry for entry in export(workspace) if entry["id"] == 5)
        hash_ = sealed(fifth["previous_hash"], fifth | {"actor": "eve"})
        forge("UPDATE audit_trail SET actor = 'eve', hash = ? WHERE id = 5", hash_)
        found = verify(workspace)
        assert (found.first_bad, found.entries) == (6, 5)

    def test_cut_off_the_end_is_found_after_others_were_added(self, workspace, forge, tell):
        forge("DELETE FROM audit_trail WHERE id = 8")
        tell("push:9")
        assert verify(workspace).first_bad == 8

    def test_by_whoever_forges_all_of_it_is_found_by_a_head_noted_before(self, workspace, forge):
        noted = verify(workspace).head
        forge("DELETE FROM audit_trail WHERE id = 8")
        forge("UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit_trail'")
        assert verify(workspace).sound  # nothing in the file itself can tell
        found = verify(workspace, head=noted)
        assert (found.sound, found.first_bad) == (False, None)
        assert "no entry bears the head that was noted" in found.why

    def test_is_not_suspected_of_a_trail_that_grew_since_its_head_was_noted(self, workspace, tell):
        noted = verify(workspace).head
        tell("push:9")
        found = verify(workspace, head=noted)
        assert found.sound
        assert found.head != noted

    def test_does_not_keep_the_trail_from_being_exported(self, workspace, forge):
        forge("UPDATE audit_trail SET detail_json = 'no JSON' WHERE id = 5")
        forge("UPDATE audit_trail SET actor = CAST(x'FF61' AS TEXT) WHERE id = 6")
        _, _, _, _, fifth, sixth, _, _ = export(workspace)
        assert fifth["detail"] == "no JSON"
        assert sixth["actor"].endswith("a")
        assert json.dumps(sixth).isascii()


class TestAppliedPushes:
    def test_of_which_no_entry_tells_are_found(self, workspace, enqueue, query):
        done, _, forged = enqueue(COST, OTHER_COST, COST | {"target_id": "44"})
        drain(workspace, limit=1)
        assert verify(workspace).sound
        query("UPDATE ns_pending_pushes SET status = 'applied' WHERE id = ?", forged)
        found = verify(workspace)
        assert (found.sound, found.first_bad) == (False, None)
        assert found.why == f"push {forged} is applied, and no entry tells of it"
        assert done != forged

    def test_of_before_there_was_a_trail_need_no_entry(
        self, open_workspace, sandbox, workspace, enqueue, forge
    ):
        enqueue(COST)
        drain(workspace)
        forge("DELETE FROM audit_trail")
        forge("DELETE FROM sqlite_sequence WHERE name = 'audit_trail'")
        assert "no entry tells of it" in verify(workspace).why
        later = open_workspace(sandbox.environ)
        assert next(export(later))["detail"] == {"applied_before": 1}
        assert verify(later).sound

        push_id, *_ = enqueue(OTHER_COST)
        drain(later)
        assert verify(later).sound
        forge("UPDATE audit_trail SET event = 'done' WHERE event = 'applied'")
        assert not verify(later).sound
        assert push_id


def test_verifying_holds_one_entry_in_memory_however_many_there_are(workspace):
    entries = [
        Entry("ada", "done", f"push:{number}", {"text": "x" * 500}) for number in range(20_000)
    ]
    with workspace.database.writing() as connection:
        append(connection, workspace.now(), entries)
    del entries
    told = []
    tracemalloc.start()
    try:
        found = verify(workspace, progress=lambda done, of: told.append((done, of)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.sound, found.entries) == (True, 20_002)
    assert told == [(done, 20_002) for done in range(0, 20_002, 1000)]
    assert peak < 8 * 2**20  # the entries are 20 MB
